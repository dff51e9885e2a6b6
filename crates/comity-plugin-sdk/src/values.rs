//! Short ways to the values of the WIT package.

use crate::prelude::{Author, Batch, Description, Post, SecretField};

/// An author known by id and handle.
pub fn author(id: impl Into<String>, handle: impl Into<String>) -> Author {
    Author { id: id.into(), handle: handle.into(), display_name: None, followers: None }
}

/// A public post by a consumer, with nothing known about its thread.
pub fn post(id: impl Into<String>, author: Author, at: u64, text: impl Into<String>) -> Post {
    Post {
        id: id.into(),
        revision: String::new(),
        author,
        at,
        text: text.into(),
        lang: None,
        url: None,
        parent: None,
        root: None,
        conversation: None,
        visibility: "public".into(),
        party: "consumer".into(),
        company: None,
        names_us: None,
        extensions: Vec::new(),
    }
}

/// An empty batch that leaves the cursor empty.
pub fn batch() -> Batch {
    Batch { events: Vec::new(), cursor: None, more: false, delay: None, extensions: Vec::new() }
}

pub fn secret(name: &str, title: &str, help: &str, required: bool) -> SecretField {
    SecretField { name: name.into(), title: title.into(), help: help.into(), required }
}

/// For the extensions of a [`Description`]: the secret goes to this one of its origins, and to no other that is not named in
/// the same way. A captured secret that is not bound goes back to the origin that gave it, one that people enter to any.
pub fn secret_origin(secret: &str, origin: &str) -> (String, String) {
    (format!("secret-origin:{secret}"), origin.into())
}

/// Bytes of the longest id, reference or revision that the host takes.
const LONGEST_ID: usize = 1_024;

/// An id, a reference or a revision from outside, or why it cannot be one. The host leaves out what does not pass here.
pub fn checked_id(name: &str, text: String) -> Result<String, String> {
    if text.len() > LONGEST_ID {
        return Err(format!("`{name}` is longer than {LONGEST_ID} bytes"));
    }
    if text.contains(char::is_control) {
        return Err(format!("`{name}` has control characters, such as a line break"));
    }
    Ok(text)
}

#[doc(hidden)]
pub fn description(version: &str) -> Description {
    Description {
        id: String::new(),
        version: version.into(),
        name: String::new(),
        summary: String::new(),
        publisher: "Comity".into(),
        config_schema: r#"{"type":"object"}"#.into(),
        secrets: Vec::new(),
        origins: Vec::new(),
        text_limit: None,
        features: Vec::new(),
        extensions: Vec::new(),
    }
}

/// The rest of a [`Description`]: the version of the calling crate, and nothing asked for.
#[macro_export]
macro_rules! about {
    () => {
        $crate::description(env!("CARGO_PKG_VERSION"))
    };
}
