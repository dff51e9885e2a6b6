//! A bundle: the files of one policy, by their path, and nothing else.
//!
//! A bundle is named by the hash of its content, so two folders with the same texts are the same version wherever they
//! came from. [`Bundle::read_dir`] is the only place in this crate that touches files.

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Scripts, settings, texts in other languages, and tests: relative path with `/` to text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    pub files: BTreeMap<String, String>,
}

#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is not UTF-8 text; save it as UTF-8")]
    NotText { path: PathBuf },
    #[error("{path} holds no policy: a bundle needs settings.toml and at least one .rhai file")]
    Empty { path: PathBuf },
}

/// The name of the settings file.
pub const SETTINGS: &str = "settings.toml";
const LANGUAGES: &str = "languages/";
const TESTS: &str = "tests/";

impl Bundle {
    pub fn new(files: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path.into(), text.into())).collect() }
    }

    /// Reads `*.rhai`, `settings.toml`, `languages/*.toml` and `tests/*.toml` of a folder; other files are left alone.
    pub fn read_dir(folder: &Path) -> Result<Self, BundleError> {
        let mut bundle = Self::default();
        for prefix in ["", LANGUAGES, TESTS] {
            let folder = folder.join(prefix);
            if !prefix.is_empty() && !folder.is_dir() {
                continue;
            }
            let unreadable = |source| BundleError::Read { path: folder.clone(), source };
            for entry in fs::read_dir(&folder).map_err(unreadable)? {
                let path = entry.map_err(unreadable)?.path();
                let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
                let name = format!("{prefix}{name}");
                if path.is_file() && Self::belongs(&name) {
                    bundle.files.insert(name, read(&path)?);
                }
            }
        }
        if bundle.scripts().next().is_none() {
            return Err(BundleError::Empty { path: folder.to_owned() });
        }
        Ok(bundle)
    }

    /// The content's name: BLAKE3 over every path and text, in hex.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for part in self.files.iter().flat_map(|(path, text)| [path, text]) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Whether a path has a place in a bundle.
    #[must_use]
    pub fn belongs(path: &str) -> bool {
        path == SETTINGS || is_script(path) || language(path).is_some() || is_test(path)
    }

    /// Path and text of the scripts, in the order in which their rules run.
    pub fn scripts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter(|(path, _)| is_script(path)).map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Language, path and text of the texts in other languages.
    pub fn languages(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((language(path)?, path.as_str(), text.as_str())))
    }

    /// Path and text of the bundle's tests.
    pub fn tests(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter(|(path, _)| is_test(path)).map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

fn is_script(path: &str) -> bool {
    has_extension(path, "rhai") && !path.contains('/')
}

fn is_test(path: &str) -> bool {
    path.strip_prefix(TESTS).is_some_and(is_table)
}

/// The language that a file of texts is named after.
fn language(path: &str) -> Option<&str> {
    path.strip_prefix(LANGUAGES).filter(|name| is_table(name))?.strip_suffix(".toml")
}

fn is_table(name: &str) -> bool {
    has_extension(name, "toml") && !name.contains('/')
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

fn read(path: &Path) -> Result<String, BundleError> {
    let bytes = fs::read(path).map_err(|source| BundleError::Read { path: path.to_owned(), source })?;
    String::from_utf8(bytes).map_err(|_| BundleError::NotText { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_content_and_keeps_path_and_text_apart() {
        let one = Bundle::new([("a.rhai", "b"), ("c.rhai", "")]);
        let other = Bundle::new([("a.rhai", ""), ("bc.rhai", "")]);
        assert_eq!(one.hash(), Bundle::new([("c.rhai", ""), ("a.rhai", "b")]).hash());
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one.hash().len(), 64);
    }

    #[test]
    fn only_policy_files_belong() {
        for path in ["charter.rhai", "settings.toml", "languages/de.toml", "tests/first.toml"] {
            assert!(Bundle::belongs(path), "{path}");
        }
        for path in
            ["README.md", "sub/rules.rhai", "other.toml", "tests/deep/a.toml", "tests/a.rhai", "languages/de.txt"]
        {
            assert!(!Bundle::belongs(path), "{path}");
        }
    }

    #[test]
    fn a_folder_is_read_with_its_languages_and_tests() {
        let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/starter");
        let folder = tempfile::tempdir().unwrap();
        for path in ["languages", "tests"] {
            fs::create_dir(folder.path().join(path)).unwrap();
        }
        fs::copy(starter.join("charter.rhai"), folder.path().join("charter.rhai")).unwrap();
        for path in ["settings.toml", "languages/pt-BR.toml", "tests/a.toml", "languages/notes.md"] {
            fs::write(folder.path().join(path), "# nothing yet").unwrap();
        }
        let bundle = Bundle::read_dir(folder.path()).unwrap();
        let paths: Vec<&str> = bundle.files.keys().map(String::as_str).collect();
        assert_eq!(paths, ["charter.rhai", "languages/pt-BR.toml", "settings.toml", "tests/a.toml"]);
        assert_eq!(bundle.languages().map(|(language, ..)| language).collect::<Vec<_>>(), ["pt-BR"]);
    }
}
