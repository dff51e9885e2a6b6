//! Links in our own documents lead somewhere: a file that moves takes its readers along.

use std::{fs, path::PathBuf};

use anyhow::Result;

use crate::paths;

pub fn check(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let path = paths::root().join(file);
        let text = fs::read_to_string(&path)?;
        for link in links(&text) {
            let target = link.split('#').next().unwrap_or_default();
            let is_ours = !target.is_empty() && !target.contains(':') && !target.starts_with('/');
            if is_ours && !path.with_file_name("").join(target).exists() {
                found.push(format!("{}: the link {link} leads nowhere", file.display()));
            }
        }
    }
    Ok(found)
}

/// The targets of `[text](target)` and `![text](target)`.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.contains(' ')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_pictures_are_seen() {
        let text = "See [the map](ARCHITECTURE.md#code-map) and ![the inbox](docs/images/inbox.png). f[i](x + 1)";
        assert_eq!(links(text), ["ARCHITECTURE.md#code-map", "docs/images/inbox.png"]);
    }
}
