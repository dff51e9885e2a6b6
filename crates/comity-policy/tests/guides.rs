//! The guides in `docs/`: what they show can be written down just so, and does what they say.
//!
//! A reader follows a guide from the top to the bottom, and so does this: each block is added to what came before it. What
//! begins with a charter is a policy of its own; everything else is written into the starter, as the guides say.

mod support;

use comity_policy::{Bundle, Severity, check, run_tests};
use std::{fs, path::Path};
use support::{SETTINGS, shown};

struct Block {
    language: String,
    text: String,
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The fenced blocks of a guide, in order.
fn blocks(guide: &str) -> Vec<Block> {
    let text = fs::read_to_string(root().join("docs").join(guide)).unwrap();
    let fenced = text.split("```").skip(1).step_by(2);
    let block = |fenced: &str| {
        let (language, text) = fenced.split_once('\n').unwrap();
        Block { language: language.trim().to_owned(), text: text.to_owned() }
    };
    fenced.map(block).collect()
}

/// A bundle that somebody who reads a guide is writing.
struct Reader {
    bundle: Bundle,
    written: Vec<String>,
}

impl Reader {
    fn with_the_starter() -> Self {
        Self { bundle: Bundle::read_dir(&root().join("policies/starter")).unwrap(), written: Vec::new() }
    }

    /// The bundle with everything written so far at the end of the engagement rules.
    fn bundle(&self) -> Bundle {
        let mut bundle = self.bundle.clone();
        bundle.files.get_mut("engagement.rhai").unwrap().push_str(&self.written.concat());
        bundle
    }

    /// What begins with the same words is a better version of what is there.
    fn write(&mut self, rules: &str) {
        let name = |text: &str| text.split(" because ").next().unwrap_or_default().to_owned();
        self.written.retain(|earlier| name(earlier) != name(rules));
        self.written.push(rules.to_owned());
    }

    /// Adds each line below the heading that is already there.
    fn set(&mut self, settings: &str) {
        let text = self.bundle.files.get_mut("settings.toml").unwrap();
        let mut heading = "";
        for line in settings.lines().filter(|line| !line.is_empty()) {
            if line.starts_with('[') {
                heading = line;
                assert!(text.contains(&format!("\n{heading}\n")), "the starter has no {heading}");
            } else {
                *text = text.replacen(&format!("\n{heading}\n"), &format!("\n{heading}\n{line}\n"), 1);
            }
        }
    }

    /// A text that is there in one language only is no mistake: people read it in that one.
    fn complaints(&self) -> String {
        let mut found = check(&self.bundle());
        found.retain(|diagnostic| diagnostic.code != "missing-text");
        shown(&found)
    }
}

#[test]
fn the_first_rule_is_written_as_the_guide_says() {
    let mut reader = Reader::with_the_starter();
    let (mut rules, mut tests) = (0, 0);
    for Block { language, text } in blocks("write-your-first-rule.md") {
        match language.as_str() {
            "rhai" => {
                reader.write(&text);
                rules += 1;
                if rules == 1 {
                    let complaints = reader.complaints();
                    assert!(
                        complaints.contains("no team") && complaints.contains("no word list"),
                        "the guide says that these are missing: {complaints}"
                    );
                    continue;
                }
            }
            _ if text.starts_with("[[test]]") => {
                reader.bundle.files.insert("tests/guide.toml".to_owned(), text);
                let report = run_tests(&reader.bundle());
                let failed: Vec<_> = report.cases.iter().filter(|case| !case.passed).collect();
                assert!(failed.is_empty(), "{failed:?}");
                tests += report.cases.iter().filter(|case| case.file == "tests/guide.toml").count();
            }
            _ => reader.set(&text),
        }
        assert_eq!(reader.complaints(), "", "after the block\n{}", reader.written.concat());
    }
    assert!(rules >= 4 && tests >= 2, "the guide shows {rules} pieces of policy and {tests} tests");
}

#[test]
fn the_guide_to_policies_shows_what_the_checker_takes() {
    let scripts: Vec<Block> = blocks("policies.md").into_iter().filter(|block| block.language == "rhai").collect();
    assert!(!scripts.is_empty());
    for Block { text, .. } in scripts {
        let complaints = if text.contains("charter \"") {
            let mut found = check(&Bundle::new([("settings.toml", SETTINGS), ("policy.rhai", &text)]));
            // An example uses a few of the names only.
            found.retain(|diagnostic| diagnostic.severity != Severity::Hint);
            shown(&found)
        } else {
            let mut reader = Reader::with_the_starter();
            reader.write(&text);
            reader.complaints()
        };
        assert_eq!(complaints, "", "{text}");
    }
}

#[test]
fn the_guide_is_short_enough_to_be_read() {
    let text = fs::read_to_string(root().join("docs/write-your-first-rule.md")).unwrap();
    assert!(text.lines().count() < 120, "{} lines", text.lines().count());
}
