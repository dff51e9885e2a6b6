//! One case under a draft: which rules fire for its newest event, and how its story goes.

use super::{past::CasePast, timeline};
use crate::{App, AppError};
use comity_domain::{
    CaseId, Timestamp,
    decision::{Decision, Outcome, RuleTrace, TermTrace, Truth},
};
use comity_policy::Policy;
use std::{collections::HashMap, sync::Arc};

pub struct Pinned {
    pub case: CaseId,
    pub number: i64,
    pub subject: String,
    pub handle: String,
    /// In the order in which the rules run.
    pub marks: Vec<Mark>,
    pub timeline: Vec<timeline::Moment>,
}

/// How a rule comes out, at its place in the script.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub rule: String,
    pub file: String,
    pub line: u32,
    pub outcome: Outcome,
    /// When the event happened that this is about.
    pub event_at: Timestamp,
    /// The first term that is not so, or that nobody knows.
    pub first_false: Option<TermTrace>,
}

impl App {
    pub(super) async fn pinned(
        &self,
        draft: Arc<Policy>,
        case: CaseId,
        now: Option<Timestamp>,
    ) -> Result<Pinned, AppError> {
        let CasePast { past, decisions, .. } = self.case_past(case).await?;
        let now = now.unwrap_or_else(|| self.clock.now());
        let handle = past.contact.as_ref().map(|contact| contact.handle.clone()).unwrap_or_default();
        let (case, number, subject) = (past.case.id, past.case.number, past.case.subject.clone());
        let (marks, timeline) =
            self.blocking(move || (marks(&draft, &decisions, now), timeline::tell(&draft, &past, now))).await?;
        let timeline = timeline.map_err(|error| AppError::invalid("/files", error.to_string()))?;
        Ok(Pinned { case, number, subject, handle, marks, timeline })
    }
}

/// What the draft makes of the newest event by then; nothing when there was none yet.
fn marks(draft: &Policy, decisions: &[Decision], now: Timestamp) -> Vec<Mark> {
    let newest = decisions.iter().filter(|decision| decision.as_of <= now).max_by_key(|decision| decision.as_of);
    let Some(newest) = newest else { return Vec::new() };
    let places: HashMap<String, (String, u32)> =
        draft.rules().into_iter().map(|rule| (rule.id, (rule.file, rule.line))).collect();
    let mark = |trace: RuleTrace| {
        let (file, line) = places.get(trace.rule.as_ref())?.clone();
        let stopped = trace.terms.into_iter().find(|term| matches!(term.value, Truth::False | Truth::Unknown));
        Some(Mark {
            rule: trace.rule.to_string(),
            file,
            line,
            outcome: trace.outcome,
            event_at: newest.as_of,
            first_false: stopped,
        })
    };
    draft.evaluate(&newest.facts).rules.into_iter().filter_map(mark).collect()
}
