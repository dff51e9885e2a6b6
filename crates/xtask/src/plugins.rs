//! The bundled connectors: from their workspace in `plugins/` to components in `plugins/dist`. The compiler makes core
//! modules, which `wit-component` wraps into components.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use wit_component::ComponentEncoder;

use crate::{paths, shell, stamp, wasm};

const PREFIX: &str = "comity-connector-";

/// Builds every connector to a WebAssembly component in `plugins/dist`.
pub fn build() -> Result<()> {
    let home = home();
    let sources = [
        home.clone(),
        paths::root().join("crates/comity-plugin-sdk"),
        paths::root().join("crates/comity-plugin-api/wit"),
    ];
    let hash = stamp::hash(&sources)?;
    let dist = home.join("dist");
    let names = names()?;
    let is_whole = names.iter().all(|name| component(&dist, name).is_file());
    let result = if is_whole { dist.clone() } else { dist.join("missing") };
    let built = stamp::unless_done("plugins", &hash, &result, || {
        wasm::build(&home, &["--workspace", "--exclude", "comity-plugin-sdk"])?;
        fs::create_dir_all(&dist)?;
        names.iter().try_for_each(|name| encode(name, &dist))
    })?;
    if !built {
        eprintln!("    connectors ({}): nothing changed", names.join(", "));
    }
    Ok(())
}

/// Their unit tests, on this machine rather than in the sandbox.
pub fn test() -> Result<()> {
    shell::run(wasm::cargo(&home()).arg("test"))
}

fn home() -> PathBuf {
    paths::root().join("plugins")
}

/// The connectors' ids: the folders of `plugins/` that are crates.
fn names() -> Result<Vec<String>> {
    let folders = fs::read_dir(home()).context("could not read plugins/")?;
    let folders = folders.flatten().map(|entry| entry.path()).filter(|folder| folder.join("Cargo.toml").is_file());
    let mut names: Vec<String> = folders.filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

fn component(dist: &Path, name: &str) -> PathBuf {
    dist.join(format!("{name}.wasm"))
}

fn encode(name: &str, dist: &Path) -> Result<()> {
    let module = wasm::module(&home(), &format!("{PREFIX}{name}"));
    let module = fs::read(&module).with_context(|| format!("could not read {}", module.display()))?;
    let component = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(wit_component::ComponentEncoder::encode)
        .with_context(|| format!("{name} does not make a component"))?;
    eprintln!("    {name}.wasm: {} KiB", component.len() / 1024);
    let path = self::component(dist, name);
    fs::write(&path, component).with_context(|| format!("could not write {}", path.display()))
}
