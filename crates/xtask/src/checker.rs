//! The policy checker for the browser: `web/checker`, a module that the pages take in when they are built.

use std::fs;

use anyhow::{Context, Result};

use crate::{paths, stamp, wasm};

const PACKAGE: &str = "comity-checker";

/// Builds `web/checker/dist/checker.wasm`, unless nothing that it is made of changed.
pub fn build() -> Result<()> {
    let home = paths::root().join("web/checker");
    let crates = paths::root().join("crates");
    let sources = [
        home.clone(),
        crates.join("comity-policy/src"),
        crates.join("comity-policy/Cargo.toml"),
        crates.join("comity-domain/src"),
        crates.join("comity-domain/Cargo.toml"),
        paths::root().join("Cargo.toml"),
    ];
    let hash = stamp::hash(&sources)?;
    let dist = home.join("dist");
    let built = stamp::unless_done("checker", &hash, &dist.join("checker.wasm"), || {
        wasm::build(&home, &[])?;
        let module = wasm::module(&home, PACKAGE);
        let code = fs::read(&module).with_context(|| format!("could not read {}", module.display()))?;
        eprintln!("    checker.wasm: {} KiB", code.len() / 1024);
        fs::create_dir_all(&dist)?;
        fs::write(dist.join("checker.wasm"), code).context("could not write the checker")
    })?;
    if !built {
        eprintln!("    checker: nothing changed");
    }
    Ok(())
}
