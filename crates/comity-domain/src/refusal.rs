//! Why something that a rule wanted does not happen: a value, so that it can be said in any language.

use crate::quota::{Limited, Per};
use serde::{Deserialize, Serialize};

/// Where a rule is named, it came before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    AlreadyDone {
        rule: String,
    },
    HasLabel,
    HasPriority,
    HigherPriority,
    HasTeam,
    TeamAssigned {
        rule: String,
    },
    HasSkill,
    HasBrief,
    /// Its time has not come yet or is over.
    BriefNotValid,
    AlreadyRunning,
    NotRunning,
    AlreadyHeld,
    HeldBy {
        rule: String,
    },
    RepliesHeld,
    DraftWaiting,
    AnsweredBy {
        rule: String,
    },
    FlowStarted,
    AlreadyAsked,
    AlreadyClosed,
    ClosedBy {
        rule: String,
    },
    /// The consumer has written again, so the case is not closed.
    WrittenAgain,
    /// No reply can leave; a person has it as a draft.
    NoAnswer {
        why: NoAnswer,
    },
    /// A guard stops the reply; a person has it as a draft.
    StoppedByGuard {
        guard: String,
        /// What the guard says of it.
        message: String,
    },
    /// It has the link to the private page and everybody could read it; a person has it as a draft.
    LinkInPublic,
    /// So much was done of it in a while that no more is.
    QuotaUsedUp {
        of: Limited,
        most: u32,
        per: Per,
        /// It is a reply, which a person has as a draft.
        drafted: bool,
    },
    /// A sentence, as decisions had them before there were the others.
    #[serde(untagged)]
    Told(String),
}

/// Why there can be no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    /// The connection only reads.
    CannotSend,
    /// Nothing of what they wrote is still there.
    NothingLeft,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read_back_and_so_are_sentences_of_old() {
        let rule = || "r".to_owned();
        for refusal in [
            Refusal::RepliesHeld,
            Refusal::AlreadyDone { rule: rule() },
            Refusal::NoAnswer { why: NoAnswer::CannotSend },
            Refusal::StoppedByGuard { guard: rule(), message: "Not so loud.".to_owned() },
            Refusal::QuotaUsedUp { of: Limited::Rule(rule()), most: 20, per: Per::Hour, drafted: true },
            Refusal::Told("replies are held".to_owned()),
        ] {
            let text = serde_json::to_string(&refusal).unwrap();
            assert_eq!(serde_json::from_str::<Refusal>(&text).unwrap(), refusal, "{text}");
        }
        assert_eq!(serde_json::to_string(&Refusal::RepliesHeld).unwrap(), r#"{"refusal":"replies_held"}"#);
        let old: Refusal = serde_json::from_str(r#""replies are held""#).unwrap();
        assert_eq!(old, Refusal::Told("replies are held".to_owned()));
    }
}
