//! Where things are: the workspace, its build folder, and the folder for our own notes and logs.

use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("xtask lives two folders below the workspace").to_owned()
}

pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The built `comity` binary.
pub fn server(release: bool) -> PathBuf {
    target().join(if release { "release" } else { "debug" }).join("comity")
}

/// Stamps and logs of these commands; safe to delete.
pub fn notes() -> PathBuf {
    target().join("xtask")
}
