//! The web pages: npm packages, the static build that the server embeds, and their own checks.

use std::process::Command;

use anyhow::Result;

use crate::{needs, paths, shell, stamp};

/// Installs the locked npm packages of a folder, unless the same lock file was installed there before.
pub fn npm_ci(folder: &str) -> Result<()> {
    needs::node()?;
    let home = paths::root().join(folder);
    let hash = stamp::hash(&[home.join("package.json"), home.join("package-lock.json")])?;
    let name = format!("npm-{}", folder.replace('/', "-"));
    stamp::unless_done(&name, &hash, &home.join("node_modules"), || {
        let mut npm = npm(folder, &["ci", "--no-audit", "--no-fund"]);
        eprintln!("    $ (cd {folder} && {})", shell::show(&npm));
        shell::run_logged(&mut npm, &paths::notes().join(format!("{name}.log")))
    })
    .map(drop)
}

/// Builds `web/build`, unless its sources are those of the last build.
pub fn build() -> Result<()> {
    npm_ci("web")?;
    let home = paths::root().join("web");
    let hash = stamp::hash(std::slice::from_ref(&home))?;
    let built = stamp::unless_done("web", &hash, &home.join("build/index.html"), || {
        let mut npm = npm("web", &["run", "build"]);
        eprintln!("    $ (cd web && {})", shell::show(&npm));
        shell::run_logged(&mut npm, &paths::notes().join("web-build.log"))
    })?;
    if !built {
        eprintln!("    web pages: nothing changed");
    }
    Ok(())
}

pub fn run_script(folder: &str, script: &str) -> Result<()> {
    shell::run(&mut npm(folder, &["run", script]))
}

fn npm(folder: &str, words: &[&str]) -> Command {
    let mut command = shell::command("npm");
    command.current_dir(paths::root().join(folder)).args(words);
    command
}
