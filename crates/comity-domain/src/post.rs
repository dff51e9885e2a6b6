//! One message with its revisions.

use crate::{CaseId, ConnectionId, ContactId, Party, PostId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    #[default]
    Public,
    Private,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    pub id: PostId,
    pub case: CaseId,
    pub connection: ConnectionId,
    pub external_id: String,
    pub author: ContactId,
    pub party: Party,
    /// When it was written, never later than when it was received.
    pub at: Timestamp,
    pub received_at: Timestamp,
    /// The latest revision's text; empty once deleted.
    pub text: String,
    pub lang: Option<String>,
    pub url: Option<String>,
    /// External id of the post it answers; [`Post::parent`] once that one has come.
    pub in_reply_to: Option<String>,
    pub root: Option<String>,
    pub parent: Option<PostId>,
    pub visibility: Visibility,
    pub names_us: Option<bool>,
    /// A deleted post is a tombstone: that it was there stays, its words do not.
    pub deleted_at: Option<Timestamp>,
    /// How many edits came after the first text.
    pub edits: u32,
}

/// One text a post has had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    pub post: PostId,
    pub revision: String,
    pub at: Timestamp,
    pub text: String,
}

/// A person on a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    pub connection: ConnectionId,
    pub external_id: String,
    pub handle: String,
    pub display_name: Option<String>,
    pub followers: Option<u64>,
    pub is_staff: bool,
    /// `None`: nobody knows yet.
    pub is_customer: Option<bool>,
    pub customer_since: Option<Timestamp>,
}

/// What stands in a text for the link to the private page of the case, which is made when the text leaves.
pub const CASE_PAGE: &str = "{case_page}";
/// How the id of a post begins that was written on the private page of its case: the platform does not know it.
const ON_THE_PAGE: &str = "case-page:";

/// The id of a post that is written on the private page of its case.
#[must_use]
pub fn id_on_the_page(once: &str) -> String {
    format!("{ON_THE_PAGE}{once}")
}

impl Post {
    /// Whether it was written on the private page of its case.
    #[must_use]
    pub fn is_on_the_page(&self) -> bool {
        self.external_id.starts_with(ON_THE_PAGE)
    }

    /// The post that a reply to this one answers on the platform: to one on the private page, the one that the page goes on from.
    #[must_use]
    pub fn answered_on_platform(&self) -> Option<&str> {
        if self.is_on_the_page() { self.in_reply_to.as_deref() } else { Some(&self.external_id) }
    }
}

/// Question marks: everybody's, wide, Arabic, Greek, Armenian, Ethiopic, and those that are doubled or drawn.
const QUESTION_MARKS: [char; 13] = ['?', '？', '؟', '\u{37e}', '՞', '፧', '⁇', '⁈', '⁉', '‽', '⸮', '❓', '❔'];

/// Whether a text asks something: a question mark of any script outside a link.
#[must_use]
pub fn asks(text: &str) -> bool {
    let mut words = text.split_whitespace().filter(|word| !word.contains("://"));
    // Most texts are ASCII, in which there is one mark to look for.
    let asks_elsewhere = |word: &str| !word.is_ascii() && (word.contains(QUESTION_MARKS) || asks_in_greek(word));
    let asks = |word: &str| word.contains('?') || asks_elsewhere(word);
    words.any(asks)
}

/// In Greek a semicolon asks.
fn asks_in_greek(word: &str) -> bool {
    let is_greek = |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}');
    word.split_once(';').is_some_and(|(before, _)| before.ends_with(is_greek))
}

#[cfg(test)]
mod tests {
    use super::asks;

    #[test]
    fn questions_are_seen_by_their_marks_in_any_script() {
        for text in [
            "Where is it?",
            "¿Dónde está?",
            "Где мой чемодан?!",
            "Πού είναι η βαλίτσα μου;",
            "Πού είναι\u{37e}",
            "أين حقيبتي؟",
            "איפה המזוודה שלי?",
            "我的行李在哪里？",
            "荷物はどこですか？",
            "กระเป๋าอยู่ที่ไหน?",
            "Որտե՞ղ է իմ ճամպրուկը",
            "ቦርሳዬ የት ነው፧",
            "My bag ❓",
            "really⁉",
        ] {
            assert!(asks(text), "{text}");
        }
        for text in [
            "It is here.",
            "https://a.example/?q=1",
            "Η βαλίτσα μου χάθηκε.",
            "one; two",
            "荷物が届きません。",
            "حقيبتي ضاعت.",
            "",
            "😡😡😡",
        ] {
            assert!(!asks(text), "{text}");
        }
    }
}
