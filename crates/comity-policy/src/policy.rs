//! A compiled bundle: what decides.
//!
//! Cheap to share in an `Arc` and used from any thread; nothing in it changes after [`Policy::compile`].

use crate::{
    Bundle, Diagnostic, Flow, Limits, check,
    evaluate::{Machine, Rule},
    languages::{Translation, best},
    settings::Settings,
    template,
    text::{self, Folded},
};
use comity_domain::{
    EventId, Timestamp,
    calendar::Calendar,
    charter::Charter,
    compare::Wanted,
    decision::{Evaluation, GuardVerdict},
    effect::Planned,
    facts::{Facts, ReplyFacts},
    post::Post,
    quota::Quotas,
    step,
    surge::Counted,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub struct Policy {
    pub(crate) charter: Charter,
    pub(crate) settings: Settings,
    /// Language to texts, without the bundle's own.
    pub(crate) translations: BTreeMap<String, Translation>,
    pub(crate) flows: Vec<Flow>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) guards: Vec<Rule>,
    pub(crate) machine: Machine,
    pub(crate) version: String,
}

/// A rule as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSummary {
    pub id: String,
    pub because: String,
    pub article: Option<String>,
    /// Whether the person concerned may be told what it did.
    pub is_public: bool,
    pub file: String,
    pub line: u32,
    /// Why it may look at how many people follow somebody, as written above it.
    #[serde(default)]
    pub reach_reason: Option<String>,
}

impl Policy {
    /// Checks a bundle and makes it ready; only errors stand in the way, warnings do not.
    pub fn compile(bundle: &Bundle) -> Result<Self, Vec<Diagnostic>> {
        Self::compile_with(bundle, Limits::default())
    }

    pub fn compile_with(bundle: &Bundle, limits: Limits) -> Result<Self, Vec<Diagnostic>> {
        check::compile(bundle, limits)
    }

    #[must_use]
    pub fn charter(&self) -> &Charter {
        &self.charter
    }

    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.settings.calendar
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.machine.limits
    }

    /// Template to text, placeholders and all.
    #[must_use]
    pub fn templates(&self) -> &BTreeMap<String, String> {
        &self.settings.templates
    }

    #[must_use]
    pub fn template(&self, name: &str) -> Option<&str> {
        self.settings.templates.get(name).map(String::as_str)
    }

    /// A template's text with its placeholders filled, in the language of the post that the facts are about.
    #[must_use]
    pub fn render_template(&self, name: &str, facts: &Facts) -> Option<String> {
        self.rendered(name, facts, self.language_of(facts.event.lang.as_deref(), &facts.event.text))
    }

    fn rendered(&self, name: &str, facts: &Facts, language: &str) -> Option<String> {
        self.texts(language).template(name).map(|text| template::render(text, facts, language))
    }

    /// The language to answer a text in: the one it is said to be in, else the one it seems to be in, when the bundle has
    /// that; else the bundle's own.
    fn language_of(&self, stated: Option<&str>, text: &str) -> &str {
        let own = self.settings.language.as_str();
        if self.translations.is_empty() {
            return own;
        }
        let stated = stated.and_then(|language| best(language, &self.languages()));
        stated.or_else(|| best(text::language(text, None)?, &self.languages())).unwrap_or(own)
    }

    #[must_use]
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    pub fn rules(&self) -> Vec<RuleSummary> {
        self.rules.iter().map(RuleSummary::of).collect()
    }

    pub fn guards(&self) -> Vec<RuleSummary> {
        self.guards.iter().map(RuleSummary::of).collect()
    }

    /// The bundle's content hash.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Decides. A script that fails gives [`Evaluation::failure`] and no effects.
    #[must_use]
    pub fn evaluate(&self, facts: &Facts) -> Evaluation {
        self.machine.decide(&self.rules, facts)
    }

    /// What it wants of facts, without how it came to that.
    #[must_use]
    pub fn wanted(&self, facts: &Facts) -> Wanted {
        self.machine.wanted(&self.rules, facts, || self.fallback())
    }

    /// What the guards say of a reply. It may go when none says stop; a guard that fails says stop.
    #[must_use]
    pub fn guard(&self, facts: &Facts, reply: &ReplyFacts) -> Vec<GuardVerdict> {
        self.machine.guard(&self.guards, facts, reply)
    }

    /// The topics that are counted.
    #[must_use]
    pub fn topics(&self) -> BTreeSet<String> {
        self.settings.topics.keys().cloned().collect()
    }

    /// What is counted of a consumer's post.
    #[must_use]
    pub fn counted(&self, event: EventId, post: &Post) -> Counted {
        let folded = Folded::of(&post.text);
        let topics = self.machine.lists.topics.iter();
        let told = topics.filter(|(_, lists)| lists.iter().any(|list| list.occurs(&folded)));
        let topics = told.map(|(topic, _)| topic.clone()).collect();
        Counted { event, at: post.at, topics, likeness: text::likeness(&folded) }
    }

    /// How much of what it allows itself in a while.
    #[must_use]
    pub fn quotas(&self) -> &Quotas {
        &self.settings.quotas
    }

    /// What is done when an evaluation fails.
    #[must_use]
    pub fn fallback(&self) -> Vec<Planned> {
        self.settings.fallback.planned()
    }
}

impl RuleSummary {
    fn of(rule: &Rule) -> Self {
        let (id, because, article) = rule.origin.written();
        Self {
            id,
            because,
            article,
            is_public: rule.is_public,
            file: rule.file.clone(),
            line: rule.line,
            reach_reason: rule.reach_reason.clone(),
        }
    }
}

impl step::Policy for Policy {
    fn charter(&self) -> &Charter {
        self.charter()
    }

    fn calendar(&self) -> &Calendar {
        self.calendar()
    }

    fn version(&self) -> &str {
        self.version()
    }

    fn evaluate(&self, facts: &Facts) -> Evaluation {
        self.evaluate(facts)
    }

    fn wanted(&self, facts: &Facts) -> Wanted {
        self.wanted(facts)
    }

    fn render(&self, template: &str, facts: &Facts, to: Option<&Post>) -> Option<String> {
        match to {
            Some(post) => self.rendered(template, facts, self.language_of(post.lang.as_deref(), &post.text)),
            None => self.render_template(template, facts),
        }
    }

    fn guard(&self, facts: &Facts, reply: &ReplyFacts) -> Vec<GuardVerdict> {
        self.guard(facts, reply)
    }

    fn fallback(&self) -> Vec<Planned> {
        self.fallback()
    }

    fn flow(&self, name: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.name == name)
    }

    fn brief_is_valid(&self, brief: &str, at: Timestamp) -> bool {
        self.settings.valid_brief(brief, at).is_some()
    }

    fn quotas(&self) -> &Quotas {
        self.quotas()
    }
}
