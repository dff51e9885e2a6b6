//! The published responsibilities of both parties.

use crate::Party;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Charter {
    pub name: String,
    pub articles: Vec<Article>,
}

/// One responsibility of one party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Article {
    pub id: String,
    pub party: Party,
    /// The sentence the public reads.
    pub owes: String,
    /// An article without a due part always holds and has no clock.
    pub due: Option<Due>,
}

/// `due LENGTH from SIGNAL until SIGNAL`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Due {
    pub within: Length,
    pub from: Signal,
    pub until: Signal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", content = "count", rename_all = "snake_case")]
pub enum Length {
    /// Elapsed minutes.
    Minutes(u32),
    /// Elapsed hours.
    Hours(u32),
    /// Elapsed days of 24 hours.
    Days(u32),
    /// Open hours of the organization's calendar.
    WorkingHours(u32),
    /// Whole open days of the organization's calendar: due when the n-th one after the start closes.
    WorkingDays(u32),
}

/// What starts and settles an obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    ConsumerPost,
    CompanyReply,
    /// A company reply that asks something.
    CompanyQuestion,
    /// Nothing but a rule that says so, by starting or meeting the obligation.
    Rule,
}

impl Signal {
    pub const ALL: [Self; 4] = [Self::ConsumerPost, Self::CompanyReply, Self::CompanyQuestion, Self::Rule];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConsumerPost => "consumer_post",
            Self::CompanyReply => "company_reply",
            Self::CompanyQuestion => "company_question",
            Self::Rule => "rule",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.as_str() == text)
    }
}

impl Charter {
    #[must_use]
    pub fn article(&self, id: &str) -> Option<&Article> {
        self.articles.iter().find(|article| article.id == id)
    }
}
