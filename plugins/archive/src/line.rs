//! One line, one post, or the reason why not.

use crate::Config;
use comity_plugin_sdk::prelude::*;
use serde_json::{Map, Value};

const FORM: &str = r#"{"id": …, "author": …, "at": …, "text": …}"#;

/// Reads whole lines; empty ones are passed over.
pub fn read_all(config: &Config, first_line: u32, content: &[u8]) -> Piece {
    let mut piece = Piece { events: Vec::new(), rejected: Vec::new() };
    for (line, bytes) in (first_line..).zip(content.split(|byte| *byte == b'\n')) {
        let bytes = if line == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        match read(config, bytes) {
            Ok(post) => piece.events.push(Event::PostCreated(post)),
            Err(reason) => piece.rejected.push(Rejected { line, reason }),
        }
    }
    piece
}

fn read(config: &Config, bytes: &[u8]) -> Result<Post, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text")?;
    let value: Value = serde_json::from_str(text).map_err(|problem| {
        let column = problem.column();
        format!("it is not one complete JSON value (at character {column}); a line is {FORM}")
    })?;
    let Value::Object(fields) = value else { return Err(format!("it is JSON, but not an object like {FORM}")) };
    let fields = Fields(fields);
    let (id, name) = (checked_id("id", fields.required("id")?)?, checked_id("author", fields.required("author")?)?);
    let at = time::parse(&fields.required("at")?).map_err(|problem| format!("`at`: {}", problem.message))?;
    let text = fields.required("text")?;
    let company = fields.optional("company")?.or_else(|| config.company.clone());
    let party = match fields.optional("party")?.as_deref() {
        Some(party @ ("company" | "consumer")) => party.to_owned(),
        Some(other) => return Err(format!("`party` is {other:?}; it can be \"company\" or \"consumer\"")),
        None if company.as_ref() == Some(&name) => "company".into(),
        None => "consumer".into(),
    };
    let names_us = company.as_ref().is_some_and(|company| mentions(&text, company)).then_some(true);
    Ok(Post {
        party,
        names_us,
        company,
        conversation: fields.reference("conversation")?,
        parent: fields.reference("in_reply_to")?,
        url: fields.optional("url")?,
        lang: fields.optional("lang")?,
        ..post(id, author(name.clone(), name), at, text)
    })
}

struct Fields(Map<String, Value>);

impl Fields {
    fn required(&self, name: &str) -> Result<String, String> {
        self.optional(name)?.ok_or_else(|| format!("`{name}` is missing or empty"))
    }

    fn reference(&self, name: &str) -> Result<Option<String>, String> {
        self.optional(name)?.map(|text| checked_id(name, text)).transpose()
    }

    /// Missing, `null` and empty are the same; a number is taken as the text it is written as.
    fn optional(&self, name: &str) -> Result<Option<String>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok((!text.trim().is_empty()).then(|| text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(format!("`{name}` is not text")),
        }
    }
}

/// Whether the text has `@name` as a whole word, in any case.
fn mentions(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), format!("@{}", name.trim_start_matches('@').to_lowercase()));
    text.match_indices(&name).any(|(at, _)| {
        let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
        !text[..at].ends_with(part_of_word) && !text[at + name.len()..].starts_with(part_of_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Result<Post, String> {
        read(&Config::default(), line.as_bytes())
    }

    #[test]
    fn a_full_line_keeps_everything() {
        let post = one(
            r#"{"conversation":"c1","company":"Northwind","id":7,"author":"ada","party":"consumer","at":"2020-04-01T17:31:32Z",
                "text":"@northwind where is it?","in_reply_to":"6","url":"https://example.org/7","lang":"en","extra":[1]}"#,
        )
        .unwrap();
        assert_eq!((post.id.as_str(), post.at, post.party.as_str()), ("7", 1_585_762_292_000, "consumer"));
        assert_eq!((post.parent.as_deref(), post.conversation.as_deref()), (Some("6"), Some("c1")));
        assert_eq!((post.names_us, post.lang.as_deref()), (Some(true), Some("en")));
    }

    #[test]
    fn the_party_follows_from_the_company() {
        let line = |author: &str| {
            format!(r#"{{"id":"1","author":"{author}","at":"2020-04-01T17:31:32Z","text":"x","company":"Acme"}}"#)
        };
        assert_eq!(one(&line("Acme")).unwrap().party, "company");
        assert_eq!(one(&line("bob")).unwrap().party, "consumer");
        assert_eq!(one(&line("bob")).unwrap().names_us, None);
    }

    #[test]
    fn a_bad_line_has_its_number_and_reason_and_the_rest_goes_on() {
        let good = r#"{"id":"1","author":"a","at":"2020-04-01T17:31:32Z","text":"x"}"#;
        let content = format!(
            "\u{feff}{good}\r\n\n{{\"id\":\n[1]\n{}\n{}\n{}\n{}\n{}\n{}\n{good}",
            good.replace("2020-04-01T17:31:32Z", "last week"),
            good.replace("\"x\"", "null"),
            good.replace("\"x\"", "\"x\",\"party\":\"us\""),
            good.replace("\"1\"", &format!("\"{}\"", "1".repeat(1_025))),
            good.replace("\"a\"", "\"a\\nb\""),
            good.replace("\"x\"", "\"x\",\"in_reply_to\":\"a\\u0000b\""),
        );
        let piece = read_all(&Config::default(), 1, content.as_bytes());
        assert_eq!(piece.events.len(), 2);
        let found: Vec<(u32, &str)> = piece.rejected.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
        let expected = [
            (3, "not one complete"),
            (4, "not an object"),
            (5, "`at`:"),
            (6, "`text` is missing"),
            (7, "`party`"),
            (8, "`id` is longer than 1024 bytes"),
            (9, "`author` has control characters"),
            (10, "`in_reply_to` has control characters"),
        ];
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((line, reason), (at, words)) in found.iter().zip(expected) {
            assert!(*line == at && reason.contains(words), "{line}: {reason}");
        }
        assert_eq!(read_all(&Config::default(), 41, b"{}").rejected[0].line, 41);
    }

    #[test]
    fn a_mention_is_a_whole_word() {
        assert!(mentions("thanks @Acme!", "acme") && mentions("(@acme)", "Acme"));
        assert!(!mentions("mail me@acme.example", "acme") && !mentions("@acmecorp", "acme"));
    }
}
