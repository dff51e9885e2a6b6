//! `comity policy pull`.

use super::place::{Place, Which, files_of};
use crate::{cli, exit, exit::Code};
use anyhow::Context as _;
use comity_app::policies::Files;
use comity_policy::Bundle;
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs,
    io::{IsTerminal as _, Write as _},
    path::Path,
};

pub async fn run(data: &Path, arguments: cli::Pull) -> anyhow::Result<Code> {
    let place = Place::open(data, &arguments.place).await?;
    let which = match arguments.version {
        Some(number) => Which::Number(number),
        None if arguments.draft => Which::Draft,
        None => Which::Live,
    };
    let found = place.find(which).await?;
    let files = files_of(&found)?;
    if let Some(stray) = files.keys().find(|path| !Bundle::belongs(path)) {
        let message = format!("the {which} has a file {stray}, which is no part of a policy; nothing was written");
        return Err(exit::fail(Code::Faults, message));
    }
    let others: Vec<String> =
        policy_files(&arguments.dir)?.into_iter().filter(|path| !files.contains_key(path)).collect();
    if !others.is_empty() && !arguments.force && !may_remove(which, &others)? {
        let list = others.join(", ");
        let message = format!("the {which} does not have {list}; nothing was written. Pass --force to remove them");
        return Err(exit::fail(Code::Faults, message));
    }
    let written = write(&arguments.dir, &files)?;
    for path in &others {
        fs::remove_file(arguments.dir.join(path)).with_context(|| format!("removing {path}"))?;
    }
    if arguments.place.json {
        let (number, revision) = (&found["number"], &found["revision"]);
        println!("{}", json!({ "number": number, "revision": revision, "written": written, "removed": others }));
    } else {
        let same = files.len() - written.len();
        println!("{which}: {} files written, {} removed, {same} as they were", written.len(), others.len());
    }
    Ok(Code::Ok)
}

/// What of a policy is in a folder, which need not be there.
fn policy_files(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for (prefix, inner) in [("", ""), ("languages/", "languages"), ("tests/", "tests")] {
        let folder = folder.join(inner);
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_file() && Bundle::belongs(&path) {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

/// Asks, where there is somebody to ask.
fn may_remove(which: Which, others: &[String]) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("The {which} does not have {}. Remove them? [y/N] ", others.join(", "));
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// The files that were not there like this.
fn write(folder: &Path, files: &Files) -> anyhow::Result<Vec<String>> {
    let mut written = Vec::new();
    for (path, text) in files {
        let file = folder.join(path);
        if fs::read(&file).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        }
        fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
        written.push(path.clone());
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_byte_for_byte_and_others_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("README.md"), "mine").unwrap();
        fs::write(folder.path().join("old.rhai"), "").unwrap();
        let texts = [
            ("a.rhai", "// ünïcode\r\nno end"),
            ("settings.toml", "\u{feff}x = 1\n\n"),
            ("tests/empty.toml", ""),
            ("languages/de.toml", ""),
        ];
        let files: Files = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        assert_eq!(
            write(folder.path(), &files).unwrap(),
            ["a.rhai", "languages/de.toml", "settings.toml", "tests/empty.toml"]
        );
        for (path, text) in texts {
            assert_eq!(fs::read(folder.path().join(path)).unwrap(), text.as_bytes(), "{path}");
        }
        assert!(write(folder.path(), &files).unwrap().is_empty(), "what is there already is left alone");
        let found: Vec<String> = policy_files(folder.path()).unwrap().into_iter().collect();
        assert_eq!(found, ["a.rhai", "languages/de.toml", "old.rhai", "settings.toml", "tests/empty.toml"]);
    }
}
