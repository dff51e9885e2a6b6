//! A compiler for WebAssembly, for the connectors and for the checker in the browser.
//!
//! Two can do it. The one of the toolchain, when its wasm target is installed; else Debian's, which brings the standard
//! library's source and builds it for wasm along the way (half a minute, once).

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{needs, shell};

const TARGET: &str = "wasm32-unknown-unknown";
/// Debian's compiler with its wasm parts.
const PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/Cargo.toml";

/// Cargo in a workspace of its own, with a build folder of its own: nothing in it fits the main workspace.
pub fn cargo(home: &Path) -> Command {
    let mut command = shell::cargo();
    command.current_dir(home).env("CARGO_TARGET_DIR", home.join("target"));
    command
}

/// Builds the libraries of a workspace for release.
pub fn build(home: &Path, more: &[&str]) -> Result<()> {
    let mut cargo = cargo(home);
    if !has_target()? {
        install()?;
        let lld = sysroot("rustc")?.join("lib/rustlib").join(host()?).join("bin/rust-lld");
        // `-Zbuild-std` is for nightly compilers; the variable says that we know.
        cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", lld);
    }
    shell::run(cargo.args(["build", "--release", "--lib", "--target", TARGET]).args(more))
}

/// Where a library of such a workspace lies once it is built.
pub fn module(home: &Path, package: &str) -> PathBuf {
    home.join("target").join(TARGET).join("release").join(format!("{}.wasm", package.replace('-', "_")))
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
        format!("a compiler for WebAssembly is needed: `rustup target add {TARGET}` gives one where it can be fetched")
    })?;
    if !is_there() {
        bail!("apt installed {}, but {DEBIAN_RUSTC} or {DEBIAN_SOURCE} was not found", PACKAGES.join(" and "));
    }
    Ok(())
}
