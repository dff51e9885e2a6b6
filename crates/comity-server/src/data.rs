//! The data folder: everything an installation knows, used by one process at a time.
//!
//! ```text
//! comity.toml     settings, optional
//! comity.sqlite   the database, unless it is PostgreSQL
//! secret.key      opens the secrets of connections; keep a copy of it apart from the database
//! cache/          compiled connectors; may be deleted
//! plugins/        connectors of your own, *.wasm
//! comity.lock     held while a process uses the folder
//! ```

use crate::{clock::SystemClock, exit, exit::Code, settings::Settings};
use anyhow::Context as _;
use comity_app::{App, Clock as _, Parts, connections::Plugins, vault::Vault};
use comity_plugin_host::{HostConfig, PluginHost};
use comity_store::{Store, StoreConfig};
use rust_embed::RustEmbed;
use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// The connectors that come with the program.
#[derive(RustEmbed)]
#[folder = "../../plugins/dist"]
#[allow_missing = true]
struct Bundled;

/// An opened data folder. The lock is let go when this is dropped.
pub struct Data {
    pub app: Arc<App>,
    /// How long requests in hand may take when the server is to end.
    pub stop_within: Duration,
    _lock: File,
}

/// Opens the folder, making it when it is not there.
pub async fn open(folder: &Path, first_policy: &'static str) -> anyhow::Result<Data> {
    open_with(folder, first_policy, |_| {}).await
}

/// The same, with settings that this command needs otherwise.
pub async fn open_with(
    folder: &Path,
    first_policy: &'static str,
    adjust: impl FnOnce(&mut comity_app::Config),
) -> anyhow::Result<Data> {
    make_private(folder)?;
    let lock = lock(folder)?;
    let mut settings = Settings::read(folder)?;
    adjust(&mut settings.app);
    let vault = Vault::open(&folder.join("secret.key"))?;
    let url = settings.database.unwrap_or_else(|| format!("sqlite://{}", folder.join("comity.sqlite").display()));
    let store = Store::open(StoreConfig::new(url)).await?;
    let host = PluginHost::new(HostConfig::new(folder.join("cache"), vault.derive_key("compiled connectors")))?;
    let clock = Arc::new(SystemClock);
    let mailer = crate::mail::mailer(&settings.app.notify, folder)?;
    let announcer = crate::announce::announcer(&settings.app.announce, folder)?;
    let plugins = Plugins::load(host, components(folder)?, clock.now()).await;
    let parts = Parts { store, clock, config: settings.app, vault, plugins, first_policy, mailer, announcer };
    Ok(Data { app: App::open(parts).await?, stop_within: settings.stop_within, _lock: lock })
}

/// The bundled connectors, then those in the folder.
fn components(folder: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut components: Vec<(String, Vec<u8>)> = Bundled::iter()
        .filter(|name| name.ends_with(".wasm"))
        .filter_map(|name| Some((name.to_string(), Bundled::get(&name)?.data.into_owned())))
        .collect();
    let own = folder.join("plugins");
    if own.is_dir() {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(&own)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
        paths.sort();
        for path in paths {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            components.push((path.display().to_string(), bytes));
        }
    }
    Ok(components)
}

fn make_private(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    if folder.is_dir() {
        return Ok(());
    }
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("making the data folder {}", folder.display()))
}

fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("comity.lock");
    let file = File::options().create(true).write(true).truncate(false).open(&path);
    let file = file.with_context(|| format!("opening {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let message = format!(
                "the data folder {} is in use by another comity process; stop it, or go through it with --server and --token \
                 where the command has them",
                folder.display()
            );
            Err(exit::fail(Code::InUse, message))
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("locking {}", path.display())),
    }
}
