//! What a decision wants done. Recorded first, executed later.

use crate::{case::Priority, refusal::Refusal};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    Label {
        label: String,
    },
    Priority {
        priority: Priority,
    },
    AssignTeam {
        team: String,
    },
    /// Whoever handles the case must have this skill.
    RequireSkill {
        skill: String,
    },
    /// Put a brief before whoever answers, while it is valid.
    ShowBrief {
        brief: String,
    },
    /// Start an article's obligation although its own signal did not.
    StartObligation {
        article: String,
    },
    /// Count an article's running obligation as met.
    MeetObligation {
        article: String,
    },
    /// The obligation is not asked for in this case.
    WaiveObligation {
        article: String,
    },
    /// Prepare a reply for a person to send.
    DraftReply {
        template: String,
    },
    /// Send a reply without a person.
    SendReply {
        template: String,
    },
    /// Nothing leaves until this team releases it.
    HoldReplies {
        team: String,
    },
    Escalate {
        flow: String,
    },
    /// Ask a person what policy could not know.
    Ask {
        question: String,
    },
    /// Pass praise on to the team that earned it.
    Kudos {
        team: String,
    },
    Close {
        reason: String,
    },
}

impl Effect {
    /// Every effect's name.
    pub const NAMES: [&'static str; 15] = [
        "label",
        "priority",
        "assign_team",
        "require_skill",
        "show_brief",
        "start_obligation",
        "meet_obligation",
        "waive_obligation",
        "draft_reply",
        "send_reply",
        "hold_replies",
        "escalate",
        "ask",
        "kudos",
        "close",
    ];

    /// The effect's name, as scripts call it and as it is stored.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Label { .. } => "label",
            Self::Priority { .. } => "priority",
            Self::AssignTeam { .. } => "assign_team",
            Self::RequireSkill { .. } => "require_skill",
            Self::ShowBrief { .. } => "show_brief",
            Self::StartObligation { .. } => "start_obligation",
            Self::MeetObligation { .. } => "meet_obligation",
            Self::WaiveObligation { .. } => "waive_obligation",
            Self::DraftReply { .. } => "draft_reply",
            Self::SendReply { .. } => "send_reply",
            Self::HoldReplies { .. } => "hold_replies",
            Self::Escalate { .. } => "escalate",
            Self::Ask { .. } => "ask",
            Self::Kudos { .. } => "kudos",
            Self::Close { .. } => "close",
        }
    }
}

/// An effect with where it came from; every effect carries this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    #[serde(flatten)]
    pub effect: Effect,
    pub rule: String,
    /// The article that the rule cites. Written as `under`, because an effect may have an `article` of its own.
    #[serde(rename = "under")]
    pub article: Option<String>,
    pub because: String,
}

/// A planned effect that does not happen, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    #[serde(flatten)]
    pub planned: Planned,
    /// Written as `why`, because closing a case has a `reason` of its own.
    #[serde(rename = "why")]
    pub reason: Refusal,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planned_and_dropped_effects_are_read_back_as_written() {
        let word = || "x".to_owned();
        let effects = [
            Effect::Label { label: word() },
            Effect::Priority { priority: Priority::High },
            Effect::AssignTeam { team: word() },
            Effect::RequireSkill { skill: word() },
            Effect::ShowBrief { brief: word() },
            Effect::StartObligation { article: word() },
            Effect::MeetObligation { article: word() },
            Effect::WaiveObligation { article: word() },
            Effect::DraftReply { template: word() },
            Effect::SendReply { template: word() },
            Effect::HoldReplies { team: word() },
            Effect::Escalate { flow: word() },
            Effect::Ask { question: word() },
            Effect::Kudos { team: word() },
            Effect::Close { reason: word() },
        ];
        assert_eq!(effects.each_ref().map(Effect::name), Effect::NAMES);
        for effect in effects {
            let word_of = serde_json::to_value(&effect).unwrap()["effect"].clone();
            assert_eq!(word_of, effect.name());
            let planned = Planned { effect, rule: word(), article: Some("cited".into()), because: word() };
            for reason in [Refusal::AlreadyDone { rule: word() }, Refusal::Told(word())] {
                let dropped = Dropped { planned: planned.clone(), reason };
                let text = serde_json::to_string(&dropped).unwrap();
                assert!(text.contains(&format!("\"effect\":\"{}\"", dropped.planned.effect.name())), "{text}");
                assert_eq!(serde_json::from_str::<Dropped>(&text).unwrap(), dropped, "{text}");
            }
        }
    }
}
