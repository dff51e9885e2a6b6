//! What may stand in the sources: no unfinished work, no switched-off tests, nobody but the server reads the clock, and no
//! path of one person's machine.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::{paths, tidy::tree};

struct Ban {
    /// Written in pieces, so that this file does not find itself.
    text: &'static [&'static str],
    /// Folders in which it is allowed.
    except: &'static [&'static str],
    why: &'static str,
}

const UNFINISHED: &str = "finish it, or write an issue";

const BANS: [Ban; 11] = [
    Ban { text: &["TO", "DO"], except: &[], why: UNFINISHED },
    Ban { text: &["FIX", "ME"], except: &[], why: UNFINISHED },
    Ban { text: &["todo", "!("], except: &[], why: UNFINISHED },
    Ban { text: &["unimple", "mented!("], except: &[], why: UNFINISHED },
    Ban { text: &["#[ig", "nore"], except: &[], why: "a test runs or it goes" },
    Ban { text: &["test.", "skip("], except: &[], why: "a test runs or it goes" },
    Ban { text: &["test.", "only("], except: &[], why: "all tests run, not this one only" },
    Ban {
        text: &["SystemTime", "::now"],
        except: &["crates/comity-server", "crates/xtask", "tests"],
        why: "time is passed in; only the server reads the clock",
    },
    Ban {
        text: &["Timestamp", "::now"],
        except: &["crates/comity-server", "crates/comity-testkit", "tests"],
        why: "time is passed in; only the server reads the clock",
    },
    Ban { text: &["/ho", "me/"], except: &[], why: "a path of one machine" },
    Ban { text: &["/ro", "ot/"], except: &[], why: "a path of one machine" },
];

pub fn check(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| tree::is_code(file)) {
        let text = fs::read_to_string(paths::root().join(file))?;
        found.extend(findings(file, &text));
    }
    Ok(found)
}

fn findings(file: &Path, text: &str) -> Vec<String> {
    let bans: Vec<(String, &Ban)> = BANS
        .iter()
        .filter(|ban| !ban.except.iter().any(|folder| file.starts_with(folder)))
        .map(|ban| (ban.text.concat(), ban))
        .collect();
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (banned, ban) in &bans {
            if contains(line, banned) {
                found.push(format!("{}:{}: `{banned}`: {}", file.display(), number + 1, ban.why));
            }
        }
    }
    found
}

/// Whether the text stands in the line; a path only where it begins, as `/a` does not in `/b/a`.
fn contains(line: &str, banned: &str) -> bool {
    line.match_indices(banned).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !banned.starts_with('/') || !before.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_work_is_found_with_its_line() {
        let text = format!("fn a() {{\n    {}!()\n}}\n// {}{}: later\n", "todo", "FIX", "ME");
        let found = findings(Path::new("crates/x/src/lib.rs"), &text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/x/src/lib.rs:2:"));
    }

    #[test]
    fn a_path_of_one_machine_begins_at_its_root() {
        let line = |start: &str| format!("read(\"{start}{}me/project\")", "/ho");
        assert_eq!(findings(Path::new("a.rs"), &line("")).len(), 1);
        assert!(findings(Path::new("a.rs"), &line("/reply")).is_empty());
    }

    #[test]
    fn only_the_server_reads_the_clock() {
        let text = format!("let now = {}::now();", "SystemTime");
        assert_eq!(findings(Path::new("crates/comity-app/src/lib.rs"), &text).len(), 1);
        assert!(findings(Path::new("crates/comity-server/src/main.rs"), &text).is_empty());
    }
}
