//! The published responsibilities of both parties.

use crate::Party;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

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

/// `due LENGTH from SIGNAL until SIGNAL [paused from SIGNAL until SIGNAL]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Due {
    pub within: Length,
    pub from: Signal,
    pub until: Signal,
    /// While time does not count, because the other side has to say something first.
    pub paused: Option<Pausing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pausing {
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

impl Length {
    /// How long it is on any calendar, unless it is counted in working time.
    #[must_use]
    pub fn elapsed(self) -> Option<SignedDuration> {
        match self {
            Self::Minutes(count) => Some(SignedDuration::from_mins(count.into())),
            Self::Hours(count) => Some(SignedDuration::from_hours(count.into())),
            Self::Days(count) => Some(SignedDuration::from_hours(i64::from(count) * 24)),
            Self::WorkingHours(_) | Self::WorkingDays(_) => None,
        }
    }
}

/// As scripts write it: `working_hours(4)`.
impl FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unit_and_count = text.trim().strip_suffix(')').and_then(|text| text.split_once('('));
        let length = unit_and_count.and_then(|(unit, count)| {
            let count = count.trim().parse().ok()?;
            Some(match unit.trim() {
                "minutes" => Self::Minutes(count),
                "hours" => Self::Hours(count),
                "days" => Self::Days(count),
                "working_hours" => Self::WorkingHours(count),
                "working_days" => Self::WorkingDays(count),
                _ => return None,
            })
        });
        length.ok_or_else(|| {
            format!("{text:?} is no length of time; write minutes(15), hours(4), days(7), working_hours(4) or working_days(2)")
        })
    }
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
