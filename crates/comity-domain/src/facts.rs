//! What a policy sees. Plain values, stored with each decision, so that explanation and replay need nothing else.
//!
//! `None` means "not known", and stays distinct from "no" all the way into the script: a getter without a value makes
//! the rule unknown. Times are UTC.

use crate::{Party, case::Priority, promises::FEWEST};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub now: Timestamp,
    pub event: EventFacts,
    pub case: CaseFacts,
    pub author: AuthorFacts,
    pub charter: CharterFacts,
    pub surge: SurgeFacts,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventFacts {
    /// One of [`crate::event::EventKind::NAMES`].
    pub kind: String,
    pub at: Timestamp,
    /// Who wrote or owes: the post's party, or the party of a breached obligation.
    pub party: Option<Party>,
    /// Empty when the event carries no text.
    pub text: String,
    pub lang: Option<String>,
    pub is_public: Option<bool>,
    /// Whether the post is addressed to the organization; unknown for a search hit.
    pub names_us: Option<bool>,
    /// The article breached, for a breach.
    pub breach_of: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseFacts {
    pub is_open: bool,
    pub is_held: bool,
    pub priority: Priority,
    pub labels: BTreeSet<String>,
    pub team: Option<String>,
    /// Briefs shown in the case that are valid now.
    #[serde(default)]
    pub briefs: BTreeSet<String>,
    /// What whoever handles it must know.
    #[serde(default)]
    pub skills: BTreeSet<String>,
    pub company: Option<String>,
    /// Replies by the organization so far.
    pub company_replies: i64,
    /// Posts by the consumer so far, this one included.
    pub consumer_posts: i64,
    /// Replies by the organization since the consumer last wrote.
    pub unanswered_replies: i64,
    pub has_draft: bool,
    /// What each side said last of whether it is solved.
    #[serde(default)]
    pub they_say_solved: Option<bool>,
    #[serde(default)]
    pub we_say_solved: Option<bool>,
    /// Appeals that nobody has answered yet.
    #[serde(default)]
    pub open_appeals: i64,
    /// Flows started so far.
    pub escalations: BTreeSet<String>,
    pub closed_reason: Option<String>,
    pub opened_at: Timestamp,
    pub last_consumer_post_at: Option<Timestamp>,
    pub last_company_reply_at: Option<Timestamp>,
}

/// The contact and its history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AuthorFacts {
    pub handle: String,
    pub display_name: Option<String>,
    pub is_staff: bool,
    pub is_customer: Option<bool>,
    pub customer_since: Option<Timestamp>,
    pub followers: Option<i64>,
    /// Cases with this contact before this one.
    pub earlier_cases: i64,
    /// How many of those are still open.
    #[serde(default)]
    pub open_cases: Option<i64>,
    /// In how many of those we broke a promise.
    #[serde(default)]
    pub broken_promises: Option<i64>,
    /// When the last of those was opened.
    #[serde(default)]
    pub last_case_at: Option<Timestamp>,
}

/// How the articles stand in this case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CharterFacts {
    /// Articles with a running obligation.
    pub running: BTreeSet<String>,
    /// Articles breached at least once.
    pub breached: BTreeSet<String>,
    /// Articles met at least once.
    pub met: BTreeSet<String>,
    /// How well each article is kept over all cases; see [`crate::promises`].
    #[serde(default)]
    pub promises: BTreeMap<String, PromiseFacts>,
}

/// What became of an article's obligations in the last four weeks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseFacts {
    pub kept: Option<i64>,
    pub broken: Option<i64>,
}

impl PromiseFacts {
    /// How many of a hundred are kept, to one decimal; unknown while too few have come to an end to say.
    #[must_use]
    pub fn kept_percent(&self) -> Option<f64> {
        let (kept, broken) = (self.kept?, self.broken?);
        if kept + broken < FEWEST { None } else { percent_kept(kept, broken) }
    }
}

/// How many of a hundred are kept, to one decimal; nothing of none. It is 100 only when none is broken, and 0 only when none is kept.
#[must_use]
pub fn percent_kept(kept: i64, broken: i64) -> Option<f64> {
    let rounded = (kept as f64 * 1_000.0 / (kept + broken) as f64).round() / 10.0;
    let at_least = if kept > 0 { 0.1 } else { 0.0 };
    let at_most = if broken > 0 { 99.9 } else { 100.0 };
    (kept + broken > 0).then(|| rounded.clamp(at_least, at_most))
}

/// How much comes in; see [`crate::surge`] for what is counted how. Unknown until enough is counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SurgeFacts {
    /// Consumer posts in the hour up to now, this one included.
    pub posts_last_hour: Option<i64>,
    pub usual_posts_per_hour: Option<f64>,
    /// Other posts much like this one in the day before it.
    pub similar_posts: Option<i64>,
    /// The same by topic.
    pub topics: BTreeMap<String, TopicFacts>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TopicFacts {
    pub posts_last_hour: Option<i64>,
    pub usual_posts_per_hour: Option<f64>,
}

impl TopicFacts {
    /// How many times as many posts as usual; where less than one an hour is usual, as if one were.
    #[must_use]
    pub fn times_usual(&self) -> Option<f64> {
        Some(self.posts_last_hour? as f64 / self.usual_posts_per_hour?.max(1.0))
    }
}

/// What a guard sees besides the case's facts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplyFacts {
    pub text: String,
    pub is_public: bool,
    /// Sent by policy rather than by a person.
    pub is_automatic: bool,
    /// What whoever writes it knows.
    #[serde(default)]
    pub writer_skills: BTreeSet<String>,
}
