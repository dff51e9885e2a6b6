//! What is different between the files of two versions.

use super::Files;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileChange {
    pub path: String,
    pub status: FileStatus,
    pub added_lines: usize,
    pub removed_lines: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileStatus {
    Added,
    Removed,
    Changed,
}

/// In the order of their paths; files that are the same are left out.
#[must_use]
pub fn changed_files(before: &Files, after: &Files) -> Vec<FileChange> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |path: &String| {
        let status = match (before.get(path), after.get(path)) {
            (Some(before), Some(after)) if before == after => return None,
            (Some(_), Some(_)) => FileStatus::Changed,
            (Some(_), None) => FileStatus::Removed,
            (None, _) => FileStatus::Added,
        };
        let text = |files: &Files| files.get(path).cloned().unwrap_or_default();
        let (before, after) = (text(before), text(after));
        let diff = TextDiff::from_lines(&before, &after);
        let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
        let (added_lines, removed_lines) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
        Some(FileChange { path: path.clone(), status, added_lines, removed_lines })
    };
    paths.into_iter().filter_map(change).collect()
}

/// One file's changes as a patch that `patch` and `git apply` take.
#[must_use]
pub fn unified_diff(path: &str, before: Option<&str>, after: Option<&str>) -> String {
    let name = |side: &str, text: Option<&str>| text.map_or("/dev/null".to_owned(), |_| format!("{side}/{path}"));
    let diff = TextDiff::from_lines(before.unwrap_or_default(), after.unwrap_or_default());
    diff.unified_diff().context_radius(3).header(&name("a", before), &name("b", after)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn files_are_added_removed_and_changed_by_lines() {
        let before = files(&[("a.rhai", "one\ntwo\n"), ("b.rhai", "same"), ("c.rhai", "gone\n"), ("d.rhai", "x\n")]);
        let after = files(&[("a.rhai", "one\n2\nthree\n"), ("b.rhai", "same"), ("d.rhai", "x\r\n"), ("e.rhai", "")]);
        let found: Vec<_> = changed_files(&before, &after)
            .into_iter()
            .map(|change| (change.path, change.status, change.added_lines, change.removed_lines))
            .collect();
        let expected = [
            ("a.rhai".to_owned(), FileStatus::Changed, 2, 1),
            ("c.rhai".to_owned(), FileStatus::Removed, 0, 1),
            ("d.rhai".to_owned(), FileStatus::Changed, 1, 1),
            ("e.rhai".to_owned(), FileStatus::Added, 0, 0),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_patch_says_what_goes_and_what_comes() {
        let patch = unified_diff("a.rhai", Some("one\ntwo"), Some("one\n2\n"));
        let expected = "--- a/a.rhai\n+++ b/a.rhai\n@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+2\n";
        assert_eq!(patch, expected);
        assert!(unified_diff("a.rhai", None, Some("one\n")).starts_with("--- /dev/null\n+++ b/a.rhai\n"));
    }
}
