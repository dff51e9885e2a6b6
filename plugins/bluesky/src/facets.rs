//! What Bluesky shows as links, mentions and tags: stretches of the text, counted in bytes of UTF-8.

use comity_plugin_sdk::prelude::*;
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

pub const MOST_GRAPHEMES: u32 = 300;
/// The second limit of the post's lexicon.
const MOST_BYTES: usize = 3_000;
const MOST_TAG_GRAPHEMES: usize = 64;

#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
    pub start: usize,
    pub end: usize,
    pub feature: Feature<'a>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Feature<'a> {
    Link(&'a str),
    /// A handle, still to be resolved.
    Mention(&'a str),
    Tag(&'a str),
}

pub fn check_length(text: &str) -> Result<()> {
    let count = text.graphemes(true).count();
    if text.trim().is_empty() {
        return Err(error("invalid-input", "an empty post cannot be sent"));
    }
    if count > MOST_GRAPHEMES as usize || text.len() > MOST_BYTES {
        let message = format!("the text has {count} characters, and Bluesky takes {MOST_GRAPHEMES}");
        return Err(error("invalid-input", message).advice("Shorten the text"));
    }
    Ok(())
}

/// Word by word, as people see them.
pub fn find(text: &str) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += word.len();
        let trimmed = word.trim_end();
        let inner = trimmed.trim_start_matches(['(', '[', '"', '\'', '“', '«']);
        let start = start + (trimmed.len() - inner.len());
        if let Some((length, feature)) = feature(inner) {
            found.push(Found { start, end: start + length, feature });
        }
    }
    found
}

fn feature(word: &str) -> Option<(usize, Feature<'_>)> {
    if word.starts_with("https://") || word.starts_with("http://") {
        let link = without_end(word);
        let has_host = link.split_once("://").is_some_and(|(_, rest)| rest.starts_with(char::is_alphanumeric));
        return has_host.then_some((link.len(), Feature::Link(link)));
    }
    if let Some(rest) = word.strip_prefix('@') {
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(rest.len());
        let handle = rest[..length].trim_end_matches(['.', '-']);
        let labels: Vec<&str> = handle.split('.').collect();
        let is_handle = labels.len() > 1 && labels.iter().all(|label| !label.is_empty());
        return is_handle.then_some((1 + handle.len(), Feature::Mention(handle)));
    }
    let sign = ['#', '＃'].into_iter().find(|sign| word.starts_with(*sign))?.len_utf8();
    let tag = word[sign..].trim_end_matches(|c: char| !c.is_alphanumeric());
    let is_tag = tag.chars().any(|c| !c.is_numeric()) && tag.graphemes(true).count() <= MOST_TAG_GRAPHEMES;
    is_tag.then_some((sign + tag.len(), Feature::Tag(tag)))
}

/// A link without the punctuation of its sentence; a closing parenthesis stays when it was opened in the link.
fn without_end(mut link: &str) -> &str {
    loop {
        let shorter = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '"', '\'', '”', '»', ']']);
        let unopened = shorter.ends_with(')') && shorter.matches(')').count() > shorter.matches('(').count();
        let shorter = if unopened { &shorter[..shorter.len() - 1] } else { shorter };
        if shorter.len() == link.len() {
            return link;
        }
        link = shorter;
    }
}

/// The record's `facets`. A mention whose handle leads nowhere stays plain text.
pub fn facets(text: &str, mut resolve: impl FnMut(&str) -> Result<Option<String>>) -> Result<Vec<Value>> {
    let mut facets = Vec::new();
    for Found { start, end, feature } in find(text) {
        let feature = match feature {
            Feature::Link(uri) => json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri }),
            Feature::Tag(tag) => json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag }),
            Feature::Mention(handle) => match resolve(handle)? {
                Some(did) => json!({ "$type": "app.bsky.richtext.facet#mention", "did": did }),
                None => continue,
            },
        };
        facets.push(json!({ "index": { "byteStart": start, "byteEnd": end }, "features": [feature] }));
    }
    Ok(facets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_mentions_and_tags_are_found_by_bytes() {
        let text = "Grüße @ada.bsky.social, siehe (https://example.org/a_(b)). #Überfall! #1";
        let parts: Vec<(&str, Feature)> =
            find(text).into_iter().map(|found| (&text[found.start..found.end], found.feature)).collect();
        assert_eq!(
            parts,
            [
                ("@ada.bsky.social", Feature::Mention("ada.bsky.social")),
                ("https://example.org/a_(b)", Feature::Link("https://example.org/a_(b)")),
                ("#Überfall", Feature::Tag("Überfall")),
            ]
        );
    }

    #[test]
    fn what_only_looks_so_is_left_alone() {
        for text in ["ada@example.org", "@ada", "# a", "#42", "https://", "@.social", "a#b"] {
            assert_eq!(find(text), [], "{text}");
        }
    }

    #[test]
    fn a_handle_that_leads_nowhere_stays_text() {
        let known = |handle: &str| Ok((handle == "ada.test").then(|| "did:plc:ada".to_owned()));
        let facets = facets("@ada.test @bob.test", known).unwrap();
        assert_eq!(facets.len(), 1);
        assert_eq!(facets[0]["features"][0]["did"], "did:plc:ada");
        assert_eq!(
            (facets[0]["index"]["byteStart"].as_u64(), facets[0]["index"]["byteEnd"].as_u64()),
            (Some(0), Some(9))
        );
    }

    #[test]
    fn the_limit_counts_what_people_see() {
        assert!(check_length(&"👨‍👩‍👧".repeat(120)).is_ok(), "120 families, 2,160 bytes");
        assert!(check_length(&"é".repeat(301)).unwrap_err().message.contains("301"));
        assert!(check_length(" \n").is_err());
    }
}
