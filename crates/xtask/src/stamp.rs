//! Knowing that nothing changed: a hash over source files, kept in a file once the work on them is done.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::paths;

/// Folders that hold results, never sources.
const RESULTS: [&str; 8] =
    ["node_modules", "build", "dist", "target", ".svelte-kit", "test-results", "playwright-report", ".git"];

/// A hash over the names and contents of every file below these paths.
pub fn hash(paths: &[PathBuf]) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    for path in paths {
        add(&mut hasher, path)?;
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// Runs the work unless the stamp of this name already carries the hash. Tells whether it ran.
pub fn unless_done(name: &str, hash: &str, result: &Path, work: impl FnOnce() -> Result<()>) -> Result<bool> {
    let stamp = paths::notes().join(format!("{name}.stamp"));
    if result.exists() && fs::read_to_string(&stamp).is_ok_and(|done| done == hash) {
        return Ok(false);
    }
    work()?;
    fs::create_dir_all(paths::notes())?;
    fs::write(&stamp, hash).with_context(|| format!("could not write {}", stamp.display()))?;
    Ok(true)
}

fn add(hasher: &mut blake3::Hasher, path: &Path) -> Result<()> {
    let about = || format!("could not read {}", path.display());
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path).with_context(about)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        entries.sort();
        for entry in entries {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !RESULTS.contains(&name.as_str()) {
                add(hasher, &entry)?;
            }
        }
    } else if path.is_file() {
        let name = path.strip_prefix(paths::root()).unwrap_or(path).to_string_lossy().into_owned();
        let content = fs::read(path).with_context(about)?;
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
        hasher.update(&(content.len() as u64).to_le_bytes()).update(&content);
    }
    Ok(())
}
