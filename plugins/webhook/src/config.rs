//! The connection's settings; `config.json` is their schema.

use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The brand spoken to where a post does not say.
    pub company: Option<String>,
    /// Author ids that are ours.
    pub company_authors: Vec<String>,
    /// Where the list of posts is in the body; without it the body is one post or a list of them.
    pub list: Option<String>,
    pub fields: Fields,
    /// Takes requests without a signature.
    pub allow_unsigned: bool,
    pub tolerance_seconds: Option<u64>,
    pub reply_url: Option<String>,
    /// `{key}` stands for the idempotency key.
    pub lookup_url: Option<String>,
}

/// JSON Pointers into one post. The defaults fit a plain flat post.
#[derive(Deserialize)]
#[serde(default)]
pub struct Fields {
    pub id: String,
    pub author: String,
    pub author_handle: String,
    pub author_name: String,
    pub followers: String,
    pub at: String,
    pub text: String,
    pub conversation: String,
    pub in_reply_to: String,
    pub root: String,
    pub url: String,
    pub lang: String,
    pub revision: String,
    pub company: String,
    pub party: String,
    pub visibility: String,
    /// True when the post was taken back.
    pub deleted: String,
    /// True when the post was sent before and has changed.
    pub edited: String,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            id: "/id".into(),
            author: "/author".into(),
            author_handle: "/author_handle".into(),
            author_name: "/author_name".into(),
            followers: "/followers".into(),
            at: "/at".into(),
            text: "/text".into(),
            conversation: "/conversation".into(),
            in_reply_to: "/in_reply_to".into(),
            root: "/root".into(),
            url: "/url".into(),
            lang: "/lang".into(),
            revision: "/revision".into(),
            company: "/company".into(),
            party: "/party".into(),
            visibility: "/visibility".into(),
            deleted: "/deleted".into(),
            edited: "/edited".into(),
        }
    }
}
