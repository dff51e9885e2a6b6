//! How a matter stands in the words of both sides, and what the person concerned asks of the organization beyond an answer.

use crate::{
    ContactId, EventId, Party, PostId, UserId,
    case::{Case, Status},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One side says whether the matter is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    pub party: Party,
    pub solved: bool,
    pub at: Timestamp,
    /// Who said it for the organization.
    #[serde(default)]
    pub by: Option<UserId>,
}

/// What the person concerned asks for and somebody has to grant or refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// That somebody who was not involved looks at the matter.
    Appeal,
    /// That what is held about them is put right.
    Correction,
    /// That what is held about them is erased.
    Erasure,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The event by which it was made.
    pub id: EventId,
    pub ask: Ask,
    /// Who asks.
    pub contact: ContactId,
    pub at: Timestamp,
    /// What they wrote with it.
    #[serde(default)]
    pub post: Option<PostId>,
    #[serde(default)]
    pub answer: Option<Answer>,
}

/// What became of a request. The person concerned reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub at: Timestamp,
    pub by: UserId,
    pub granted: bool,
    pub text: String,
}

impl Ask {
    pub const ALL: [Self; 3] = [Self::Appeal, Self::Correction, Self::Erasure];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Appeal => "appeal",
            Self::Correction => "correction",
            Self::Erasure => "erasure",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ask| ask.as_str() == text)
    }
}

/// What a side said last, if it said anything.
#[must_use]
pub fn said(attestations: &[Attestation], party: Party) -> Option<Attestation> {
    attestations.iter().filter(|one| one.party == party).max_by_key(|one| one.at).copied()
}

/// Whether the sides say different things.
#[must_use]
pub fn is_disputed(attestations: &[Attestation]) -> bool {
    let [company, consumer] = [Party::Company, Party::Consumer].map(|party| said(attestations, party));
    company.zip(consumer).is_some_and(|(company, consumer)| company.solved != consumer.solved)
}

/// Whether somebody has to look at how a case stands: the sides say different things while it is open, or something that was
/// asked for is not answered.
#[must_use]
pub fn is_contested(case: &Case) -> bool {
    let is_asked = case.requests.iter().any(|request| request.answer.is_none());
    is_asked || case.status == Status::Open && is_disputed(&case.attestations)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(party: Party, solved: bool, second: i64) -> Attestation {
        Attestation { party, solved, at: Timestamp::from_second(second).unwrap(), by: None }
    }

    #[test]
    fn sides_that_say_different_things_disagree_until_one_says_otherwise() {
        let mut all = vec![says(Party::Company, true, 1)];
        assert!(!is_disputed(&all), "the other side has not said anything");
        all.push(says(Party::Consumer, false, 2));
        assert!(is_disputed(&all));
        all.push(says(Party::Consumer, true, 3));
        assert!(!is_disputed(&all));
        // What comes late was said when it was said.
        all.push(says(Party::Consumer, false, 2));
        assert_eq!(said(&all, Party::Consumer).map(|one| one.solved), Some(true));
    }
}
