//! The shape of the tree: what may lie at the top, how long a file may be, and what each bundle and connector brings.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::{paths, shell};

/// Everything at the top of the repository. A new name here is a decision that a reader should not have to guess.
const TOP: [&str; 23] = [
    ".cargo",
    ".ci",
    ".config",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "clippy.toml",
    "crates",
    "docs",
    "fuzz",
    "migrations",
    "plugins",
    "policies",
    "rustfmt.toml",
    "tests",
    "web",
    ".gitattributes",
];

/// From here on a file has to be split, whatever its reason.
const TOO_LONG: usize = 800;
const CODE: [&str; 6] = ["rs", "rhai", "ts", "svelte", "js", "css"];

/// Every file that belongs to the project, relative to its root: what git tracks or would track.
pub fn files() -> Result<Vec<PathBuf>> {
    let mut git = Command::new("git");
    git.current_dir(paths::root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = shell::output(&mut git)?;
    Ok(listed
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .filter(|file| paths::root().join(file).is_file())
        .collect())
}

pub fn check(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files {
        let top =
            file.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
        if !TOP.contains(&top.as_str()) {
            found.push(format!("{}: nothing is expected there at the top of the tree", file.display()));
        }
        if is_code(file) && !is_generated(file) {
            let lines = fs::read_to_string(paths::root().join(file))?.lines().count();
            if lines > TOO_LONG {
                found.push(format!("{}: {lines} lines; split it (the limit is {TOO_LONG})", file.display()));
            }
        }
    }
    found.extend(folders_without(
        files,
        "policies",
        "tests/",
        "a bundle needs tests beside its scripts, in tests/*.toml",
    ));
    found.extend(folders_without(
        files,
        "plugins",
        "README.md",
        "a connector needs a README.md for those who set it up",
    ));
    Ok(found)
}

pub fn is_code(file: &Path) -> bool {
    file.extension().is_some_and(|extension| CODE.iter().any(|known| extension == *known))
}

/// Files that a tool writes say so in their first lines.
fn is_generated(file: &Path) -> bool {
    let text = fs::read_to_string(paths::root().join(file)).unwrap_or_default();
    text.lines().take(5).any(|line| {
        let line = line.to_lowercase();
        line.contains("generated") || line.contains("auto-generated")
    })
}

/// Folders directly below `home` with code in them and no file whose path inside the folder starts with `wanted`.
fn folders_without(files: &[PathBuf], home: &str, wanted: &str, advice: &str) -> Vec<String> {
    let inside = |file: &Path| -> Option<(String, String)> {
        let rest = file.strip_prefix(home).ok()?.to_string_lossy().into_owned();
        let (folder, rest) = rest.split_once('/')?;
        Some((folder.to_owned(), rest.to_owned()))
    };
    let mut folders: Vec<String> = files
        .iter()
        .filter(|file| is_code(file))
        .filter_map(|file| inside(file))
        .map(|(folder, _)| folder)
        .filter(|folder| !folder.starts_with('.'))
        .collect();
    folders.sort();
    folders.dedup();
    folders
        .into_iter()
        .filter(|folder| {
            !files
                .iter()
                .filter_map(|file| inside(file))
                .any(|(other, rest)| other == *folder && rest.starts_with(wanted))
        })
        .map(|folder| format!("{home}/{folder}: {advice}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_without_tests_is_found() {
        let files =
            ["policies/a/charter.rhai", "policies/a/tests/s1.toml", "policies/b/charter.rhai"].map(PathBuf::from);
        assert_eq!(folders_without(&files, "policies", "tests/", "needs tests"), ["policies/b: needs tests"]);
    }

    #[test]
    fn a_connector_without_a_readme_is_found() {
        let files = ["plugins/Cargo.toml", "plugins/x/src/lib.rs", "plugins/y/src/lib.rs", "plugins/y/README.md"];
        let found = folders_without(&files.map(PathBuf::from), "plugins", "README.md", "needs one");
        assert_eq!(found, ["plugins/x: needs one"]);
    }
}
