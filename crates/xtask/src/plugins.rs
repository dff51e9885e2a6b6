//! The bundled connectors: their workspace in `plugins/`.

use anyhow::Result;

use crate::{paths, shell};

/// Builds every connector to a WebAssembly component in `plugins/dist`.
pub fn build() -> Result<()> {
    if !paths::root().join("plugins/Cargo.toml").is_file() {
        return Ok(());
    }
    shell::run(shell::cargo().current_dir(paths::root().join("plugins")).arg("check"))
}

/// Their unit tests, on this machine rather than in the sandbox.
pub fn test() -> Result<()> {
    if !paths::root().join("plugins/Cargo.toml").is_file() {
        return Ok(());
    }
    shell::run(shell::cargo().current_dir(paths::root().join("plugins")).arg("test"))
}
