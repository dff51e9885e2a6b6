//! One policy over stored decisions next to another, part by part.
//!
//! A part is read while the one before is worked out on a thread for such work. What was recorded is taken for the other
//! version's answer where that version decided and the facts are still the ones it saw; else it is asked again.

use super::Span;
use crate::{App, AppError, policies::Files};
use comity_domain::{
    CaseId,
    compare::{Change, Summary},
};
use comity_policy::Policy;
use comity_store::{Checkpoint, DecisionKey, FoundDiff, Range, StoreError, StoredDecision};
use std::{collections::HashMap, sync::Arc};

/// Two versions and how far they have been compared.
pub struct Trial {
    pub candidate: Arc<Policy>,
    pub against: Arc<Policy>,
    pub range: Range,
    pub checkpoint: Checkpoint,
    /// How many differing events are listed at most.
    pub most_listed: u64,
    /// Read already.
    next: Option<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

/// Decisions with how their cases ended.
struct Part {
    decisions: Vec<StoredDecision>,
    outcomes: HashMap<CaseId, String>,
}

impl Trial {
    /// Goes on from the checkpoint.
    pub fn new(
        candidate: Arc<Policy>,
        against: Arc<Policy>,
        range: Range,
        checkpoint: Checkpoint,
        most_listed: u64,
    ) -> Self {
        Self { candidate, against, range, checkpoint, most_listed, next: None }
    }
}

impl App {
    /// Compares the next part: what was found in it, or nothing when there is no more.
    pub async fn try_part(&self, trial: &mut Trial) -> Result<Option<Vec<FoundDiff>>, AppError> {
        let part = match trial.next.take() {
            Some(part) => part,
            None => self.part(&trial.range, trial.checkpoint.after).await?,
        };
        let Some(last) = part.decisions.last().map(StoredDecision::key) else { return Ok(None) };
        let (candidate, against) = (Arc::clone(&trial.candidate), Arc::clone(&trial.against));
        let (checkpoint, most_listed) = (std::mem::take(&mut trial.checkpoint), trial.most_listed);
        let worked_out = self.blocking(move || work_out(&candidate, &against, checkpoint, most_listed, &part));
        let (worked_out, next) = tokio::join!(worked_out, self.part(&trial.range, Some(last)));
        let (checkpoint, found) = worked_out??;
        trial.checkpoint = checkpoint;
        trial.next = Some(next?);
        Ok(Some(found))
    }

    async fn part(&self, range: &Range, after: Option<DecisionKey>) -> Result<Part, AppError> {
        let (organization, limit) = (self.organization, self.config.backtest.part);
        let decisions = self.store.decisions_by_case(organization, range, after, limit).await?;
        let mut cases: Vec<CaseId> = decisions.iter().map(|row| row.key().case).collect();
        cases.dedup();
        Ok(Part { outcomes: self.store.case_outcomes(organization, &cases).await?, decisions })
    }

    /// Tries files over the stored decisions and leaves no row.
    pub async fn try_files(
        &self,
        files: Files,
        span: Span,
        mut progress: impl FnMut(Progress),
    ) -> Result<Summary, AppError> {
        super::check(span)?;
        let range = Range { from: span.from, until: span.until, decided_until: self.clock.now() };
        let total = self.store.count_decisions(self.organization, &range).await?;
        let live = self.live_policy()?.id;
        let against = self.draft(self.policy_version(live).await?.files).await?;
        let candidate = self.draft(files).await?;
        let mut trial = Trial::new(candidate, against, range, Checkpoint::default(), 0);
        while self.try_part(&mut trial).await?.is_some() {
            progress(Progress { done: trial.checkpoint.tally.events(), total });
        }
        Ok(trial.checkpoint.tally.summary())
    }
}

fn work_out(
    candidate: &Policy,
    against: &Policy,
    mut checkpoint: Checkpoint,
    most_listed: u64,
    part: &Part,
) -> Result<(Checkpoint, Vec<FoundDiff>), StoreError> {
    let mut found = Vec::new();
    for row in &part.decisions {
        let mut record = row.read()?;
        let before = record.made_by(against.version()).unwrap_or_else(|| against.wanted(&record.facts));
        let after = candidate.wanted(&record.facts);
        let outcome = part.outcomes.get(&record.case).map_or("open", String::as_str);
        let difference = checkpoint.tally.add(record.case, outcome, &before, &after);
        checkpoint.after = Some(row.key());
        if difference.is_decided_differently() && checkpoint.listed < most_listed {
            checkpoint.listed += 1;
            let change = Change::new(difference, before, after);
            found.push(FoundDiff { case: record.case, event: record.event, outcome: outcome.to_owned(), change });
        }
    }
    Ok((checkpoint, found))
}
