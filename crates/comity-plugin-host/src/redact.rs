//! Takes secrets out of what goes back to a guest and into logs, in the forms in which platforms echo them.

use crate::SecretText;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use std::collections::BTreeSet;

/// What stands in a secret's place.
pub(crate) const BLANK: &str = "[secret]";

/// What stands in the place of a whole text when there is no way to look for secrets in it.
const WITHHELD: &str = "[withheld, because it could not be searched for secrets]";

/// Shorter ones would blank ordinary words, and guessing them needs no leak.
const SHORTEST: usize = 6;

pub(crate) struct Redactor {
    search: Search,
}

enum Search {
    /// There is nothing to look for.
    Nothing,
    For(AhoCorasick),
    /// There is, and no way to do it.
    Impossible,
}

impl Redactor {
    pub fn new<'a>(secrets: impl Iterator<Item = &'a SecretText>) -> Self {
        let mut forms = BTreeSet::new();
        for secret in secrets.map(SecretText::expose).filter(|secret| secret.len() >= SHORTEST) {
            add_forms(secret, &mut forms);
        }
        if forms.is_empty() {
            return Self { search: Search::Nothing };
        }
        // Of the kinds of automaton this one takes the least memory, and never more than in proportion to the secrets.
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::ContiguousNFA));
        let search = builder.build(forms).map_or_else(
            |error| {
                tracing::error!(%error, "texts are withheld from a connector: they cannot be searched for its secrets");
                Search::Impossible
            },
            Search::For,
        );
        Self { search }
    }

    pub fn text(&self, text: &str) -> String {
        match &self.search {
            Search::For(search) if search.is_match(text) => {
                search.replace_all(text, &vec![BLANK; search.patterns_len()])
            }
            Search::Nothing | Search::For(_) => text.to_owned(),
            Search::Impossible => WITHHELD.to_owned(),
        }
    }

    pub fn bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        match &self.search {
            Search::For(search) if search.is_match(&bytes) => {
                search.replace_all_bytes(&bytes, &vec![BLANK.as_bytes(); search.patterns_len()])
            }
            Search::Nothing | Search::For(_) => bytes,
            Search::Impossible => WITHHELD.into(),
        }
    }
}

fn add_forms(secret: &str, forms: &mut BTreeSet<String>) {
    forms.insert(secret.to_owned());
    forms.insert(hex::encode(secret));
    forms.insert(hex::encode_upper(secret));
    forms.insert(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    forms.insert(percent_encoded(secret));
    let json = serde_json::Value::from(secret).to_string();
    forms.insert(json[1..json.len() - 1].to_owned());
    // Inside a longer text, such as `user:secret` of Basic authentication, base64 takes one of three alignments; the
    // characters that also hold bits of the neighbours are left out.
    for before in 0..3 {
        let mut padded = vec![0; before];
        padded.extend_from_slice(secret.as_bytes());
        let encoded = STANDARD_NO_PAD.encode(&padded);
        let first = [0, 2, 3][before];
        let last = encoded.len() - usize::from(!padded.len().is_multiple_of(3));
        // With its last character it is the end of a longer text, without it the middle of one.
        for form in [&encoded[first..], &encoded[first..last]].into_iter().filter(|form| form.len() >= SHORTEST) {
            forms.insert(form.to_owned());
            forms.insert(form.replace('+', "-").replace('/', "_"));
        }
    }
}

/// Everything but unreserved characters of RFC 3986, as in paths and queries.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    #[test]
    fn every_form_is_taken_out() {
        let secret = "p@ss/w\"ord+é~1";
        let redactor = Redactor::new([SecretText::new(secret)].iter());
        let encoded = [
            secret.to_owned(),
            hex::encode(secret),
            serde_json::to_string(secret).unwrap(),
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            percent_encoded(secret),
            STANDARD.encode(secret),
            URL_SAFE.encode(secret),
            STANDARD.encode(format!("a:{secret}")),
            STANDARD.encode(format!("a:{secret}:z")),
            STANDARD.encode(format!("user:{secret}x")),
        ];
        for form in encoded {
            let text = redactor.text(&format!("before {form} after"));
            assert!(text.contains(BLANK), "{form} stayed");
            assert!(text.starts_with("before ") && text.ends_with(" after"), "{text}");
            assert_eq!(redactor.bytes(form.clone().into_bytes()), redactor.text(&form).into_bytes());
        }
        assert_eq!(redactor.text("an ordinary sentence"), "an ordinary sentence");
    }

    #[test]
    fn short_secrets_and_none_change_nothing() {
        assert_eq!(Redactor::new([SecretText::new("abc")].iter()).text("abc"), "abc");
        assert_eq!(Redactor::new([].iter()).bytes(vec![0xff, 0x00]), [0xff, 0x00]);
    }

    #[test]
    fn what_cannot_be_searched_is_withheld() {
        let redactor = Redactor { search: Search::Impossible };
        assert_eq!(redactor.text("the token is abcdef"), WITHHELD);
        assert_eq!(redactor.bytes(b"abcdef".to_vec()), WITHHELD.as_bytes());
    }

    /// Characters whose encoded forms are the longest, as many as a connection may have captured.
    #[test]
    fn the_search_stays_small() {
        let limits = crate::Limits::default();
        let secrets = (0..limits.captured_bytes / limits.captured_secret).map(|number| {
            let mut state = number as u32 + 1;
            let text = std::iter::repeat_with(|| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from((state >> 27) as u8)
            });
            SecretText::new(text.take(limits.captured_secret).collect::<String>())
        });
        let Search::For(search) = Redactor::new(secrets.collect::<Vec<_>>().iter()).search else { panic!("no search") };
        assert_eq!(search.kind(), AhoCorasickKind::ContiguousNFA);
        assert!(search.memory_usage() < 16 << 20, "{} MiB", search.memory_usage() >> 20);
    }
}
