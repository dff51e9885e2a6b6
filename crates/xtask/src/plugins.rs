//! The bundled connectors: from their workspace in `plugins/` to components in `plugins/dist`.
//!
//! Two compilers can do it. The one of the toolchain, when its wasm target is installed; else Debian's, which brings the
//! standard library's source and builds it for wasm along the way (half a minute, once). Either makes a core module, which
//! `wit-component` wraps into a component.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use wit_component::ComponentEncoder;

use crate::{needs, paths, shell, stamp};

const TARGET: &str = "wasm32-unknown-unknown";
/// Debian's compiler with its wasm parts.
const PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/Cargo.toml";
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
        compile()?;
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
    shell::run(cargo().arg("test"))
}

fn home() -> PathBuf {
    paths::root().join("plugins")
}

/// Cargo in the plugins' workspace, with a build folder of its own: nothing in it fits the main workspace.
fn cargo() -> Command {
    let mut command = shell::cargo();
    command.current_dir(home()).env("CARGO_TARGET_DIR", home().join("target"));
    command
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

fn compile() -> Result<()> {
    let mut cargo = cargo();
    if !has_target()? {
        install()?;
        let lld = sysroot("rustc")?.join("lib/rustlib").join(host()?).join("bin/rust-lld");
        // `-Zbuild-std` is for nightly compilers; the variable says that we know.
        cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", lld);
    }
    shell::run(cargo.args([
        "build",
        "--release",
        "--lib",
        "--target",
        TARGET,
        "--workspace",
        "--exclude",
        "comity-plugin-sdk",
    ]))
}

/// Whether the toolchain's own compiler has the standard library for wasm.
fn has_target() -> Result<bool> {
    Ok(sysroot("rustc")?.join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

fn sysroot(rustc: &str) -> Result<PathBuf> {
    Ok(shell::output(shell::command(rustc).args(["--print", "sysroot"]))?.trim().into())
}

fn host() -> Result<String> {
    let text = shell::output(shell::command("rustc").arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what machine it is for")
}

/// Makes sure that Debian's compiler is there.
fn install() -> Result<()> {
    let is_there = || Path::new(DEBIAN_RUSTC).is_file() && Path::new(DEBIAN_SOURCE).exists();
    if is_there() {
        return Ok(());
    }
    eprintln!("    the Rust toolchain has no {TARGET} target: using Debian's compiler instead");
    needs::apt_install(&PACKAGES).with_context(|| {
        format!("the connectors need a compiler for WebAssembly: `rustup target add {TARGET}` gives one where it can be fetched")
    })?;
    if !is_there() {
        bail!("apt installed {}, but {DEBIAN_RUSTC} or {DEBIAN_SOURCE} was not found", PACKAGES.join(" and "));
    }
    Ok(())
}

fn encode(name: &str, dist: &Path) -> Result<()> {
    let file = format!("{PREFIX}{name}.wasm").replace('-', "_");
    let module = home().join("target").join(TARGET).join("release").join(file);
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
