//! What was done, what was wanted, and why not, in a catalogue's words.

use super::catalogue::{Catalogue, catalogue, english, fill};
use comity_domain::{
    effect::Effect,
    quota::{Limited, Per},
    refusal::{NoAnswer, Refusal},
};

/// An effect as something that was done, for a list: `Labelled “legal”`.
#[must_use]
pub fn effect_sentence(effect: &Effect, language: &str) -> String {
    let catalogue = catalogue(language).unwrap_or_else(english);
    let done = catalogue.done(effect);
    let mut chars = done.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Why an effect did not happen, as the end of a sentence.
#[must_use]
pub fn refusal_words(refusal: &Refusal, language: &str) -> String {
    catalogue(language).unwrap_or_else(english).refusal(refusal)
}

impl Catalogue {
    pub(super) fn done(&self, effect: &Effect) -> String {
        let (word, value) = parts(effect);
        self.effects
            .get(word)
            .map(|words| fill(&words.done, &[("value", &self.shown(effect, value))]))
            .unwrap_or_default()
    }

    pub(super) fn wanted(&self, effect: &Effect) -> String {
        let (word, value) = parts(effect);
        let words = self.effects.get(word);
        words.map(|words| fill(&words.wanted, &[("value", &self.shown(effect, value))])).unwrap_or_default()
    }

    /// What the person concerned is told of it: no names of ours, and of many effects nothing. `owes` is the sentence of an
    /// article.
    pub(super) fn told(&self, effect: &Effect, owes: impl Fn(&str) -> String) -> Option<String> {
        let (word, value) = parts(effect);
        let words = self.effects.get(word).filter(|words| !words.person.is_empty())?;
        Some(fill(&words.person, &[("owes", &owes(value))]))
    }

    fn shown(&self, effect: &Effect, value: &str) -> String {
        let word = self.values.get(value).filter(|_| matches!(effect, Effect::Priority { .. }));
        word.map_or(value, String::as_str).to_owned()
    }

    pub(super) fn refusal(&self, refusal: &Refusal) -> String {
        let mut message = "";
        let (word, name) = match refusal {
            Refusal::AlreadyDone { rule } => ("already_done", rule.as_str()),
            Refusal::HasLabel => ("has_label", ""),
            Refusal::HasPriority => ("has_priority", ""),
            Refusal::HigherPriority => ("higher_priority", ""),
            Refusal::HasTeam => ("has_team", ""),
            Refusal::TeamAssigned { rule } => ("team_assigned", rule.as_str()),
            Refusal::HasSkill => ("has_skill", ""),
            Refusal::HasBrief => ("has_brief", ""),
            Refusal::BriefNotValid => ("brief_not_valid", ""),
            Refusal::AlreadyRunning => ("already_running", ""),
            Refusal::NotRunning => ("not_running", ""),
            Refusal::AlreadyHeld => ("already_held", ""),
            Refusal::HeldBy { rule } => ("held_by", rule.as_str()),
            Refusal::RepliesHeld => ("replies_held", ""),
            Refusal::DraftWaiting => ("draft_waiting", ""),
            Refusal::AnsweredBy { rule } => ("answered_by", rule.as_str()),
            Refusal::FlowStarted => ("flow_started", ""),
            Refusal::AlreadyAsked => ("already_asked", ""),
            Refusal::AlreadyClosed => ("already_closed", ""),
            Refusal::ClosedBy { rule } => ("closed_by", rule.as_str()),
            Refusal::WrittenAgain => ("written_again", ""),
            Refusal::NoAnswer { why: NoAnswer::CannotSend } => ("cannot_send", ""),
            Refusal::NoAnswer { why: NoAnswer::NothingLeft } => ("nothing_to_answer", ""),
            Refusal::StoppedByGuard { guard, message: said } => {
                message = said;
                ("stopped_by_guard", guard.as_str())
            }
            Refusal::LinkInPublic => ("link_in_public", ""),
            Refusal::QuotaUsedUp { of, most, per, drafted } => return self.used_up(of, *most, *per, *drafted),
            Refusal::Told(sentence) => return sentence.clone(),
        };
        let text = self.refusals.get(word).map(String::as_str).unwrap_or_default();
        fill(text, &[("rule", name), ("guard", name), ("message", message)])
    }
}

impl Catalogue {
    fn used_up(&self, of: &Limited, most: u32, per: Per, drafted: bool) -> String {
        let (word, name) = match of {
            Limited::Effect(effect) => ("effects_used_up", effect),
            Limited::Rule(rule) => ("rule_used_up", rule),
        };
        let per = self.values.get(per.as_str()).map_or(per.as_str(), String::as_str);
        let text = |word: &str| self.refusals.get(word).map(String::as_str).unwrap_or_default();
        let said = fill(text(word), &[("name", name), ("most", &most.to_string()), ("per", per)]);
        if drafted { fill(text("drafted"), &[("refusal", &said)]) } else { said }
    }
}

/// The word of an effect, and what it is about.
fn parts(effect: &Effect) -> (&'static str, &str) {
    match effect {
        Effect::Label { label } => ("label", label),
        Effect::Priority { priority } => ("priority", priority.as_str()),
        Effect::AssignTeam { team } => ("assign_team", team),
        Effect::RequireSkill { skill } => ("require_skill", skill),
        Effect::ShowBrief { brief } => ("show_brief", brief),
        Effect::StartObligation { article } => ("start_obligation", article),
        Effect::MeetObligation { article } => ("meet_obligation", article),
        Effect::WaiveObligation { article } => ("waive_obligation", article),
        Effect::DraftReply { template } => ("draft_reply", template),
        Effect::SendReply { template } => ("send_reply", template),
        Effect::HoldReplies { team } => ("hold_replies", team),
        Effect::Escalate { flow } => ("escalate", flow),
        Effect::Ask { question } => ("ask", question),
        Effect::Kudos { team } => ("kudos", team),
        Effect::Close { reason } => ("close", reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comity_domain::case::Priority;

    #[test]
    fn effects_and_refusals_are_said_in_every_language() {
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
        let refusals = [
            Refusal::AlreadyDone { rule: word() },
            Refusal::HasLabel,
            Refusal::HasPriority,
            Refusal::HigherPriority,
            Refusal::HasTeam,
            Refusal::TeamAssigned { rule: word() },
            Refusal::HasSkill,
            Refusal::HasBrief,
            Refusal::BriefNotValid,
            Refusal::AlreadyRunning,
            Refusal::NotRunning,
            Refusal::AlreadyHeld,
            Refusal::HeldBy { rule: word() },
            Refusal::RepliesHeld,
            Refusal::DraftWaiting,
            Refusal::AnsweredBy { rule: word() },
            Refusal::FlowStarted,
            Refusal::AlreadyAsked,
            Refusal::AlreadyClosed,
            Refusal::ClosedBy { rule: word() },
            Refusal::WrittenAgain,
            Refusal::NoAnswer { why: NoAnswer::CannotSend },
            Refusal::NoAnswer { why: NoAnswer::NothingLeft },
            Refusal::StoppedByGuard { guard: word(), message: "Stop.".to_owned() },
            Refusal::LinkInPublic,
            Refusal::QuotaUsedUp { of: Limited::Effect(word()), most: 200, per: Per::Hour, drafted: true },
            Refusal::QuotaUsedUp { of: Limited::Rule(word()), most: 1, per: Per::Day, drafted: false },
            Refusal::QuotaUsedUp { of: Limited::Rule(word()), most: 5, per: Per::Minute, drafted: false },
            Refusal::Told("as of old".to_owned()),
        ];
        let mut all = String::new();
        for language in ["en", "de"] {
            let catalogue = catalogue(language).unwrap();
            assert_eq!(catalogue.effects.len(), effects.len());
            assert_eq!(catalogue.refusals.len(), refusals.len() - 1);
            for effect in &effects {
                let told = catalogue.told(effect, |article| format!("We owe {article}."));
                let told = told.unwrap_or_else(|| "(nothing)".to_owned());
                let wanted = catalogue.wanted(effect);
                all = format!("{all}{}\n  {wanted}\n  {told}\n", effect_sentence(effect, language));
            }
            let words: Vec<String> = refusals.iter().map(|refusal| refusal_words(refusal, language)).collect();
            all = format!("{all}\n{}\n\n", words.join("\n"));
        }
        assert!(!all.contains(['{', '}']), "{all}");
        assert_eq!(effect_sentence(&effects[0], "fr"), "Labelled “x”");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("effects", all);
        });
    }
}
