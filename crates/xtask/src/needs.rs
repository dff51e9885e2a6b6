//! Installing what a command needs. Whatever is there already is used as it is; the rest comes from apt, npm or cargo, as
//! root or through sudo, and otherwise the exact command is printed and nothing else happens.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::shell;

/// A Debian package and how to see that it is not needed.
pub struct Package {
    pub name: &'static str,
    pub purpose: &'static str,
    pub is_there: fn() -> bool,
}

pub const CHROMIUM: Package =
    Package { name: "chromium", purpose: "drives the pages in the browser tests", is_there: || chromium().is_some() };
pub const EXIM: Package = Package {
    name: "exim4-daemon-light",
    purpose: "takes the mails of the end-to-end tests",
    is_there: || shell::find("exim4").is_some(),
};
pub const POSTGRESQL: Package = Package {
    name: "postgresql",
    purpose: "runs the store's tests on PostgreSQL too",
    is_there: || crate::postgres::binaries().is_some(),
};

/// The browser for the end-to-end tests.
pub fn chromium() -> Option<std::path::PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| shell::find(name))
}

/// Installs the packages that are missing.
pub fn apt(packages: &[Package]) -> Result<()> {
    let missing: Vec<&Package> = packages.iter().filter(|package| !(package.is_there)()).collect();
    for package in packages {
        let found = if missing.iter().any(|other| other.name == package.name) { "missing" } else { "there" };
        eprintln!("    {} ({}): {found}", package.name, package.purpose);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    apt_install(&names)?;
    if let Some(package) = missing.iter().find(|package| !(package.is_there)()) {
        bail!("apt installed {}, but the program it should bring was not found", package.name);
    }
    Ok(())
}

/// Installs Debian packages by name.
pub fn apt_install(names: &[&str]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get update && apt-get install -y --no-install-recommends {}", names.join(" "));
    if !shell::has("apt-get") {
        bail!(
            "needed and not found: {}. There is no apt-get here; install them with your system's tools",
            names.join(", ")
        );
    }
    let Some(prefix) = privilege() else {
        bail!("needed and not found: {}. Run this as root, then try again:\n\n    {by_hand}\n", names.join(", "));
    };
    shell::run(as_root(prefix, &["apt-get", "update", "-q"]).stdout(Stdio::null()))?;
    let mut words = vec!["apt-get", "install", "-y", "-q", "--no-install-recommends"];
    words.extend(names);
    shell::run(as_root(prefix, &words).stdout(Stdio::null()))
}

/// `cargo nextest`, installed from source where it is missing.
pub fn nextest() -> Result<()> {
    let there = shell::cargo().args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if there.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    eprintln!("    cargo-nextest is missing: building it once takes some minutes");
    shell::run(shell::cargo().args(["install", "--locked", "cargo-nextest"]))
}

/// Node and npm, which no package of ours can bring in the version that is needed.
pub fn node() -> Result<()> {
    const OLDEST: u32 = 20;
    if !shell::has("node") || !shell::has("npm") {
        bail!(
            "Node.js {OLDEST} or later with npm is needed to build the web pages; see https://nodejs.org/en/download"
        );
    }
    let version = shell::output(shell::command("node").arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST => Ok(()),
        _ => bail!("Node.js {OLDEST} or later is needed, and this is {}", version.trim()),
    }
}

/// What to put before a command so that it runs as root; nothing can be done without root or a sudo that asks nothing.
fn privilege() -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    let quiet = Command::new("sudo").args(["-n", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let allowed = quiet.is_ok_and(|status| status.success());
    let can_ask = shell::has("sudo") && std::io::IsTerminal::is_terminal(&std::io::stdin());
    (allowed || can_ask).then_some(&["sudo"])
}

pub fn is_root() -> bool {
    shell::output(Command::new("id").arg("-u")).is_ok_and(|text| text.trim() == "0")
}

fn as_root(prefix: &[&str], words: &[&str]) -> Command {
    let all: Vec<&str> =
        prefix.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive"]).chain(words.iter().copied()).collect();
    let mut command = shell::command(all[0]);
    command.args(&all[1..]);
    command
}
