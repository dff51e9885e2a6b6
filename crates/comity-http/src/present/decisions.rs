//! Decisions with their traces, in sentences.

use crate::dto::{self, DecisionView, DroppedView, EffectView, EventView, PolicyVersionRef};
use comity_app::{
    App, AppError,
    cases::{Explained, Replayed},
    values::{Explanation, Sentence, effect_sentence, refusal_words},
};
use comity_domain::{
    decision::{Decision, GuardVerdict, RuleTrace, TermTrace},
    effect::Planned,
    event::{Event, EventKind},
};
use std::collections::HashMap;

/// What the lists of a decision are in; its explanation is in the reader's language.
const ENGLISH: &str = "en";

/// Without their facts, which would make a long list very long.
pub async fn decisions(app: &App, list: Vec<Explained>) -> Result<Vec<DecisionView>, AppError> {
    let mut versions: HashMap<String, PolicyVersionRef> = HashMap::new();
    let mut views = Vec::with_capacity(list.len());
    for explained in list {
        let hash = explained.decision.policy_version.clone();
        let version = match versions.get(&hash) {
            Some(version) => version.clone(),
            None => versions.entry(hash).or_insert(version_of(app, &explained.decision).await?).clone(),
        };
        views.push(view(explained, version, None));
    }
    Ok(views)
}

/// One decision with its facts.
pub async fn decision(app: &App, explained: Explained) -> Result<DecisionView, AppError> {
    let version = version_of(app, &explained.decision).await?;
    let facts = serde_json::to_value(&explained.decision.facts);
    let facts = facts.map_err(|error| AppError::internal(format!("facts cannot be written: {error}")))?;
    Ok(view(explained, version, Some(facts)))
}

/// What came out now, next to whether it is what was recorded.
pub async fn replay(app: &App, replayed: Replayed) -> Result<dto::Replay, AppError> {
    let mut decision = decision(app, replayed.recorded).await?;
    decision.rules = replayed.rules.into_iter().map(Into::into).collect();
    decision.fallback = replayed.failure;
    Ok(dto::Replay { same: replayed.same, decision })
}

async fn version_of(app: &App, decision: &Decision) -> Result<PolicyVersionRef, AppError> {
    let version = app.policy_version_of(decision).await?;
    Ok(PolicyVersionRef {
        id: version.as_ref().map(|version| version.id.0),
        number: version.map(|version| version.number),
        hash: decision.policy_version.clone(),
    })
}

fn view(explained: Explained, policy_version: PolicyVersionRef, facts: Option<serde_json::Value>) -> DecisionView {
    let Explained { decision, event } = explained;
    let dropped = |dropped: comity_domain::effect::Dropped| DroppedView {
        effect: dropped.planned.into(),
        reason: refusal_words(&dropped.reason, ENGLISH),
    };
    DecisionView {
        id: decision.id.0,
        case_id: decision.case.0,
        event: (&event).into(),
        policy_version,
        as_of: decision.as_of,
        decided_at: decision.decided_at,
        reason: decision.reason,
        fallback: decision.fallback,
        rules: decision.rules.into_iter().map(Into::into).collect(),
        effects: decision.effects.into_iter().map(Into::into).collect(),
        dropped: decision.dropped.into_iter().map(dropped).collect(),
        facts,
    }
}

impl From<Explanation> for dto::Explanation {
    fn from(explanation: Explanation) -> Self {
        let Explanation { language, sentences } = explanation;
        Self { language: language.to_owned(), sentences: sentences.into_iter().map(Into::into).collect() }
    }
}

impl From<Sentence> for dto::Sentence {
    fn from(sentence: Sentence) -> Self {
        let Sentence { kind, text, rule, article } = sentence;
        Self { kind: kind.into(), text, rule, article }
    }
}

impl From<&Event> for EventView {
    fn from(event: &Event) -> Self {
        let post_id = match &event.kind {
            EventKind::Post { post, .. } | EventKind::PostEdited { post } | EventKind::PostDeleted { post } => {
                Some(post.0)
            }
            _ => None,
        };
        Self { id: event.id.0, kind: event.kind.name().to_owned(), at: event.at, post_id }
    }
}

impl From<RuleTrace> for dto::RuleTrace {
    fn from(trace: RuleTrace) -> Self {
        Self {
            rule: trace.rule.to_string(),
            because: trace.because.to_string(),
            article: trace.article.as_deref().map(str::to_owned),
            outcome: trace.outcome.into(),
            terms: trace.terms.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<TermTrace> for dto::TermTrace {
    fn from(term: TermTrace) -> Self {
        Self { source: term.source.to_string(), line: term.line, value: term.value.into(), note: term.note }
    }
}

impl From<Planned> for EffectView {
    fn from(planned: Planned) -> Self {
        Self {
            effect: planned.effect.name().to_owned(),
            text: effect_sentence(&planned.effect, ENGLISH),
            rule: planned.rule,
            article: planned.article,
            because: planned.because,
        }
    }
}

impl From<GuardVerdict> for dto::GuardVerdict {
    fn from(verdict: GuardVerdict) -> Self {
        Self {
            guard: verdict.guard,
            because: verdict.because,
            article: verdict.article,
            action: verdict.action.into(),
            message: verdict.message,
            found: verdict.found,
        }
    }
}
