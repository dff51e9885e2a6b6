//! Compiled connectors on disk, so that a start costs a fraction of a millisecond instead of a compilation.
//!
//! Loading compiled code is running it: whoever can put a file here could run anything. So the folder is private, and each
//! file carries a keyed hash over its name and content which is checked before the engine sees a byte. The key lies elsewhere
//! in the data folder and is given by the caller. A file that does not match is compiled anew and replaced.

use crate::HostError;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use wasmtime::{Engine, component::Component};

const MAC: usize = blake3::OUT_LEN;

/// Of the crate this host is built with; part of a file's name, next to what the engine itself hashes.
const WASMTIME: &str = "48";

pub(crate) struct Cache {
    folder: PathBuf,
    key: [u8; 32],
}

impl Cache {
    pub fn open(folder: &Path, key: [u8; 32]) -> Result<Self, HostError> {
        let failed = |source| HostError::Cache { path: folder.to_owned(), source };
        make_private(folder).map_err(failed)?;
        Ok(Self { folder: folder.to_owned(), key })
    }

    /// The file of this component for this engine.
    pub fn name(engine: &Engine, component: &[u8]) -> String {
        use std::hash::{Hash, Hasher};
        let mut hasher = EngineHash(blake3::Hasher::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        hasher.write(WASMTIME.as_bytes());
        format!("{}-{}.cwasm", blake3::hash(component).to_hex(), &hasher.0.finalize().to_hex()[..16])
    }

    /// The component, if a file that this host wrote has it.
    pub fn load(&self, engine: &Engine, name: &str) -> Option<Component> {
        let bytes = fs::read(self.folder.join(name)).ok()?;
        let (mac, code) = bytes.split_at_checked(MAC)?;
        // `blake3::Hash` compares in constant time.
        if self.mac(name, code) != *<&[u8; MAC]>::try_from(mac).ok()? {
            tracing::warn!(file = name, "a compiled connector was changed on disk; compiling it again");
            return None;
        }
        deserialize(engine, code).inspect_err(|error| tracing::warn!(file = name, %error, "compiling again")).ok()
    }

    /// Failing to keep it costs time at the next start and nothing else.
    pub fn store(&self, name: &str, component: &Component) {
        let kept = component.serialize().map_err(|error| error.to_string()).and_then(|code| {
            let mut bytes = self.mac(name, &code).as_bytes().to_vec();
            bytes.extend_from_slice(&code);
            self.write(name, &bytes).map_err(|error| error.to_string())
        });
        if let Err(error) = kept {
            tracing::warn!(file = name, error, "a compiled connector could not be kept");
        }
    }

    /// Written beside and renamed, so that nobody ever reads half a file.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let draft = self.folder.join(format!("{name}.{:016x}", rand::random::<u64>()));
        fs::write(&draft, bytes)?;
        fs::rename(&draft, self.folder.join(name)).inspect_err(|_| drop(fs::remove_file(&draft)))
    }

    fn mac(&self, name: &str, code: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes()).update(code);
        hasher.finalize()
    }
}

#[allow(unsafe_code)]
fn deserialize(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the engine asks that these bytes come from its own serialization, unchanged. `Cache::load` has just checked them
    // against a keyed hash that only `Cache::store` makes, over what `Component::serialize` gave.
    unsafe { Component::deserialize(engine, code) }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// The standard hasher is only good within a process; this one is the same tomorrow.
struct EngineHash(blake3::Hasher);

impl std::hash::Hasher for EngineHash {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.0.finalize().as_bytes()[..8]);
        u64::from_le_bytes(first)
    }
}
