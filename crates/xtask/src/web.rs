//! The web pages: npm packages, the static build that the server embeds, and their own checks.

use std::process::Command;

use anyhow::Result;

use crate::{needs, paths, shell, stamp};

/// Installs the locked npm packages of a folder, unless the same lock file was installed there before.
pub fn install(folder: &str) -> Result<()> {
    needs::node()?;
    let home = paths::root().join(folder);
    let hash = stamp::hash(&[home.join("package.json"), home.join("package-lock.json")])?;
    let name = format!("npm-{}", folder.replace('/', "-"));
    stamp::unless_done(&name, &hash, &home.join("node_modules"), || {
        // Not `npm ci`: it refuses a lock file that was made where the registry lacks the optional packages of other
        // platforms. This takes the locked versions too, checks their hashes, and leaves the lock file as it is.
        let mut npm = npm(folder, &["install", "--no-save", "--no-audit", "--no-fund"]);
        shell::run_logged(&mut npm, &paths::notes().join(format!("{name}.log")))
    })
    .map(drop)
}

/// Builds `web/build`, unless its sources are those of the last build.
pub fn build() -> Result<()> {
    install("web")?;
    let home = paths::root().join("web");
    let hash = stamp::hash(&[home.clone(), home.join("checker/dist/checker.wasm")])?;
    stamp::unless_done("web", &hash, &home.join("build/index.html"), || {
        let mut npm = npm("web", &["run", "build"]);
        shell::run_logged(&mut npm, &paths::notes().join("web-build.log"))
    })
    .map(drop)
}

/// Folders with npm packages that only tests need. The real servers that connectors talk to are installed by the tests.
pub const TEST_FOLDERS: [&str; 1] = ["tests/browser"];

/// A script of a folder's `package.json`, as a command.
pub fn script(folder: &str, name: &str) -> Command {
    npm(folder, &["run", "--silent", name])
}

fn npm(folder: &str, words: &[&str]) -> Command {
    let mut command = shell::command("npm");
    command.current_dir(paths::root().join(folder)).args(words);
    command
}
