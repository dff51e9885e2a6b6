//! A decision told in sentences: which rules applied and what came of it, which nearly did, what was not known, and what was
//! not done and why.
//!
//! The decision has everything but the words: those are the bundle's own texts in the reader's language, as the deciding
//! version had them, and a catalogue for each language. Its own people read all of it; the person concerned reads only what
//! rules did that say they are public, and no name of a rule, team, flow or label.

mod catalogue;
mod effects;
mod terms;

pub use effects::{effect_sentence, refusal_words};

use crate::{
    Policy,
    evaluate::{IS_NOT_KNOWN, IT_IS, Rule},
    languages::Texts,
};
use catalogue::{Catalogue, catalogue, english, fill};
use comity_domain::{
    Party,
    decision::{Decision, Outcome, RuleTrace, TermTrace, Truth},
    effect::{Dropped, Planned},
    refusal::Refusal,
};
use terms::Words;

/// How many rules that nearly applied are told of.
const MOST_CLOSE: usize = 3;

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Staff,
    /// The person whose case it is.
    Person,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it is told in; the bundle's own texts may lack this language.
    pub language: &'static str,
    pub sentences: Vec<Sentence>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub kind: Kind,
    pub text: String,
    /// Only for staff.
    pub rule: Option<String>,
    pub article: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Fired,
    /// All but its last condition held.
    Close,
    Unknown,
    Dropped,
    /// A script failed.
    Fallback,
    /// A guard kept a reply from leaving.
    Guard,
    /// There is nothing to tell.
    Nothing,
}

/// Tells a decision that this policy made, in the language asked for, else in the policy's own, else in English.
#[must_use]
pub fn explain(policy: &Policy, decision: &Decision, language: Option<&str>, audience: Audience) -> Explanation {
    let own = policy.settings.language.as_str();
    let asked = language.and_then(catalogue);
    let catalogue = asked.or_else(|| catalogue(own)).unwrap_or_else(english);
    let texts = policy.texts(language.unwrap_or(own));
    let teller = Teller { policy, decision, catalogue, texts };
    let sentences = match audience {
        Audience::Staff => teller.everything(),
        Audience::Person => teller.what_is_public(),
    };
    Explanation { language: catalogue.language, sentences }
}

struct Teller<'a> {
    policy: &'a Policy,
    decision: &'a Decision,
    catalogue: &'static Catalogue,
    texts: Texts<'a>,
}

impl Teller<'_> {
    fn everything(&self) -> Vec<Sentence> {
        let mut sentences: Vec<Sentence> = self.fallback().into_iter().collect();
        if self.decision.fallback.is_none() {
            sentences.extend(self.traces(Outcome::Fired).map(|trace| self.fired(trace)));
        }
        if sentences.is_empty() {
            sentences.push(Self::nothing(&self.catalogue.sentences.nothing));
        }
        sentences.extend(self.decision.dropped.iter().map(|dropped| self.dropped(dropped)));
        sentences.extend(self.traces(Outcome::Unknown).map(|trace| self.unknown(trace)));
        let mut close: Vec<&RuleTrace> = self.traces(Outcome::NotFired).filter(|trace| is_close(trace)).collect();
        close.sort_by_key(|trace| std::cmp::Reverse(trace.terms.len()));
        sentences.extend(close.into_iter().take(MOST_CLOSE).map(|trace| self.close(trace)));
        sentences
    }

    fn what_is_public(&self) -> Vec<Sentence> {
        let is_public = |trace: &&RuleTrace| self.rule(&trace.rule).is_some_and(|rule| rule.is_public);
        let fired = self.traces(Outcome::Fired).filter(|_| self.decision.fallback.is_none()).filter(is_public);
        let told: Vec<Sentence> = fired.map(|trace| self.told(trace)).collect();
        if told.is_empty() { vec![Self::nothing(&self.catalogue.sentences.nothing_public)] } else { told }
    }

    fn traces(&self, outcome: Outcome) -> impl Iterator<Item = &RuleTrace> {
        self.decision.rules.iter().filter(move |trace| trace.outcome == outcome)
    }

    fn fired(&self, trace: &RuleTrace) -> Sentence {
        let done: Vec<String> =
            self.effects_of(&trace.rule).map(|planned| self.catalogue.done(&planned.effect)).collect();
        let text = self.reason(trace, &done);
        Self::about(Kind::Fired, text, &trace.rule, trace.article.as_deref())
    }

    fn told(&self, trace: &RuleTrace) -> Sentence {
        let owes = |article: &str| self.texts.owes(article).unwrap_or_default().to_owned();
        let effects = self.effects_of(&trace.rule);
        let done: Vec<String> = effects.filter_map(|planned| self.catalogue.told(&planned.effect, owes)).collect();
        let text = self.reason(trace, &done);
        Sentence { rule: None, ..Self::about(Kind::Fired, text, &trace.rule, trace.article.as_deref()) }
    }

    /// Why a rule applied, what it serves and what it did.
    fn reason(&self, trace: &RuleTrace, done: &[String]) -> String {
        let sentences = &self.catalogue.sentences;
        let because = self.because(&trace.rule, &trace.because);
        let mut parts = vec![fill(&sentences.fired, &[("because", &because)])];
        let article = trace.article.as_deref().and_then(|id| self.policy.charter.article(id));
        if let Some(article) = article {
            let text = if article.party == Party::Company { &sentences.company_owes } else { &sentences.consumer_owes };
            parts.push(fill(text, &[("owes", self.texts.owes(&article.id).unwrap_or(&article.owes))]));
        }
        parts.extend(self.done(done));
        parts.join(" ")
    }

    fn done(&self, effects: &[String]) -> Option<String> {
        let effects = effects.join("; ");
        (!effects.is_empty())
            .then(|| fill(&self.catalogue.sentences.done, &[("effects", effects.trim_end_matches('.'))]))
    }

    fn fallback(&self) -> Option<Sentence> {
        let failure = self.decision.fallback.as_ref()?;
        let text = fill(&self.catalogue.sentences.fallback, &[("failure", failure)]);
        let done: Vec<String> =
            self.decision.effects.iter().map(|planned| self.catalogue.done(&planned.effect)).collect();
        let text = [Some(text), self.done(&done)].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Some(Sentence { kind: Kind::Fallback, text, rule: None, article: None })
    }

    fn dropped(&self, dropped: &Dropped) -> Sentence {
        let Dropped { planned, reason } = dropped;
        let sentences = &self.catalogue.sentences;
        let because = self.because(&planned.rule, &planned.because);
        let effect = self.catalogue.wanted(&planned.effect);
        let (kind, text) = if let Refusal::StoppedByGuard { guard, message } = reason {
            let message = self.texts.message(guard, message).unwrap_or(message);
            let guard = self.because(guard, guard);
            let values = [("because", because.as_str()), ("effect", &effect), ("guard", &guard), ("message", message)];
            (Kind::Guard, fill(&sentences.guard, &values))
        } else {
            let refusal = self.catalogue.refusal(reason);
            let values = [("because", because.as_str()), ("effect", &effect), ("refusal", &refusal)];
            (Kind::Dropped, fill(&sentences.dropped, &values))
        };
        Self::about(kind, text, &planned.rule, planned.article.as_deref())
    }

    fn unknown(&self, trace: &RuleTrace) -> Sentence {
        let term = trace.terms.iter().find(|term| term.value == Truth::Unknown);
        let fact = term.map(|term| self.unknown_fact(term)).unwrap_or_default();
        let because = self.because(&trace.rule, &trace.because);
        let text = fill(&self.catalogue.sentences.unknown, &[("because", &because), ("fact", &fact)]);
        Self::about(Kind::Unknown, text, &trace.rule, trace.article.as_deref())
    }

    fn unknown_fact(&self, term: &TermTrace) -> String {
        let note = term.note.as_deref().unwrap_or_default();
        let fact = note.strip_suffix(IS_NOT_KNOWN).unwrap_or(&term.source);
        let Some(words) = self.catalogue.facts.get(fact) else { return self.catalogue.quoted(fact) };
        // Which text, topic or article it is about stands in the term.
        let terms = &self.catalogue.terms;
        let text = if term.source.contains("reply.text") { &terms.reply } else { &terms.text };
        let named = |call: &str| {
            let name = term.source.split_once(call).and_then(|(_, rest)| rest.split('"').next());
            self.catalogue.quoted(name.unwrap_or_default())
        };
        fill(&words.name, &[("text", text), ("topic", &named("topic(\"")), ("article", &named("promise(\""))])
    }

    fn close(&self, trace: &RuleTrace) -> Sentence {
        let at = trace.terms.iter().position(|term| term.value == Truth::False).unwrap_or_default();
        let missing = trace.terms.get(at).map(|term| self.missing(trace, at, term)).unwrap_or_default();
        let because = self.because(&trace.rule, &trace.because);
        let text = fill(&self.catalogue.sentences.close, &[("because", &because), ("term", &missing)]);
        Self::about(Kind::Close, text, &trace.rule, trace.article.as_deref())
    }

    /// The term that did not hold, in words, with the value that it had instead.
    fn missing(&self, trace: &RuleTrace, at: usize, term: &TermTrace) -> String {
        let words = Words { catalogue: self.catalogue, texts: self.texts };
        let written = self.rule(&trace.rule).and_then(|rule| rule.terms.get(at));
        let written = written.filter(|(_, known)| known.source == term.source);
        let said = written.and_then(|(expr, _)| words.term(expr, true));
        let said = said.unwrap_or_else(|| self.catalogue.quoted(&term.source));
        match term.note.as_deref().and_then(|note| note.strip_prefix(IT_IS)) {
            Some(value) => {
                let value = self.shown(value);
                format!("{said} ({})", fill(&self.catalogue.terms.it_is, &[("value", &value)]))
            }
            None => said,
        }
    }

    /// A value as a trace has it: a text in quotes, a number, or a length of time such as `2 days 3 hours`.
    fn shown(&self, value: &str) -> String {
        if let Some(text) = value.strip_prefix('\u{201c}').and_then(|text| text.strip_suffix('\u{201d}')) {
            let word = self.catalogue.values.get(text);
            return word.cloned().unwrap_or_else(|| self.catalogue.quoted(text));
        }
        let unit = |word: &str| {
            let known = [format!("{word}s"), word.to_owned()];
            let (one, many) = known.iter().find_map(|unit| self.catalogue.units.get(unit))?;
            Some(if word.ends_with('s') { many.clone() } else { one.clone() })
        };
        if value.parse::<f64>().is_ok() {
            return self.catalogue.number(value);
        }
        let words = value.split(' ').map(|word| unit(word).unwrap_or_else(|| word.to_owned()));
        words.collect::<Vec<_>>().join(" ")
    }

    fn effects_of<'b>(&'b self, rule: &'b str) -> impl Iterator<Item = &'b Planned> {
        self.decision.effects.iter().filter(move |planned| planned.rule == rule)
    }

    fn rule(&self, id: &str) -> Option<&Rule> {
        self.policy.rules.iter().find(|rule| *rule.origin.id == *id)
    }

    /// A reason to be put into a sentence.
    fn because(&self, id: &str, recorded: &str) -> String {
        self.texts.because(id).unwrap_or(recorded).trim().trim_end_matches('.').to_owned()
    }

    fn nothing(text: &str) -> Sentence {
        Sentence { kind: Kind::Nothing, text: text.to_owned(), rule: None, article: None }
    }

    fn about(kind: Kind, text: String, rule: &str, article: Option<&str>) -> Sentence {
        Sentence { kind, text, rule: Some(rule.to_owned()), article: article.map(str::to_owned) }
    }
}

/// Whether all terms but the last held, and they were more than one: most rules ask first for a post.
fn is_close(trace: &RuleTrace) -> bool {
    let [before @ .., last] = trace.terms.as_slice() else { return false };
    before.len() > 1 && before.iter().all(|term| term.value == Truth::True) && last.value == Truth::False
}
