//! One rule in daily life: how often it fires, is unknown and wants what then does not happen, how the cases end that it
//! touches, and which tests look at it.
//!
//! Counted from the decisions themselves, the newest first and so many at most: what was counted is part of the answer.

use crate::{App, AppError, policies::Live};
use comity_domain::{CaseId, DecisionId, Timestamp, compare::Record, decision::Outcome};
use comity_policy::{Bundle, RuleSummary, TestReport};
use comity_store::{StoreError, StoredDecision};
use jiff::{SignedDuration, civil::Date, tz::TimeZone};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

pub struct RulePage {
    pub rule: RuleSummary,
    /// Every day looked at on which something was decided, oldest first.
    pub days: Vec<DayCount>,
    /// How the cases ended in which it fired, the most frequent first.
    pub outcomes: Vec<OutcomeCount>,
    /// Names of the live version's tests that speak of it or in which it fires.
    pub tests: Vec<String>,
    /// Decisions looked at.
    pub events: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// In the calendar's time zone.
    pub day: Date,
    pub fired: u64,
    pub unknown: u64,
    /// Decisions in which something that it wanted did not happen.
    pub dropped: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeCount {
    pub outcome: String,
    pub cases: u64,
}

/// The live version's tests, run once.
#[derive(Default)]
pub struct LiveTests(Mutex<Option<(String, Arc<TestReport>)>>);

pub const LONGEST_DAYS: u32 = 366;
const PART: u64 = 500;

impl App {
    /// A rule of the live version over the last days.
    pub async fn rule_page(&self, rule: &str, days: u32) -> Result<RulePage, AppError> {
        if !(1..=LONGEST_DAYS).contains(&days) {
            return Err(AppError::invalid("/days", format!("ask for 1 to {LONGEST_DAYS} days")));
        }
        let live = self.live_policy()?;
        let found = live.policy.rules().into_iter().find(|known| known.id == rule);
        let rule = found.ok_or(AppError::NotFound { what: "rule in the live policy" })?;
        let zone = TimeZone::get(&live.policy.calendar().time_zone).unwrap_or(TimeZone::UTC);
        let since = self.clock.now().saturating_sub(SignedDuration::from_hours(24 * i64::from(days)));
        let counted = self.count_rule(&rule.id, zone, since.unwrap_or(Timestamp::MIN)).await?;
        let cases: Vec<CaseId> = counted.cases.into_iter().collect();
        let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
        for outcome in self.store.case_outcomes(self.organization, &cases).await?.into_values() {
            *outcomes.entry(outcome).or_default() += 1;
        }
        let mut outcomes: Vec<OutcomeCount> =
            outcomes.into_iter().map(|(outcome, cases)| OutcomeCount { outcome, cases }).collect();
        outcomes.sort_by(|a, b| b.cases.cmp(&a.cases).then_with(|| a.outcome.cmp(&b.outcome)));
        let report = self.live_tests(live).await?;
        let looks = report.cases.iter().filter(|case| case.named.contains(&rule.id) || case.fired.contains(&rule.id));
        let tests = looks.map(|case| case.name.clone()).collect();
        Ok(RulePage { rule, days: counted.days.into_values().collect(), outcomes, tests, events: counted.events })
    }

    async fn count_rule(&self, rule: &str, zone: TimeZone, since: Timestamp) -> Result<RuleCount, AppError> {
        let most = self.config.evidence.rule_events;
        let mut count = RuleCount::new(rule, zone);
        let mut before: Option<(Timestamp, DecisionId)> = None;
        while count.events < most {
            let limit = PART.min(most - count.events);
            let part = self.store.decisions_since(self.organization, since, before, limit).await?;
            let Some(last) = part.last() else { break };
            before = Some((last.decided_at(), last.key().id));
            count = self.blocking(move || count.add(&part)).await??;
        }
        Ok(count)
    }

    async fn live_tests(&self, live: Arc<Live>) -> Result<Arc<TestReport>, AppError> {
        let version = live.policy.version().to_owned();
        let tests = &self.evidence.tests.0;
        if let Some((known, report)) = &*tests.lock().unwrap_or_else(PoisonError::into_inner)
            && *known == version
        {
            return Ok(Arc::clone(report));
        }
        let files = self.policy_version(live.id).await?.files;
        let report = Arc::new(self.blocking(move || comity_policy::run_tests(&Bundle { files })).await?);
        *tests.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, Arc::clone(&report)));
        Ok(report)
    }
}

struct RuleCount {
    rule: String,
    zone: TimeZone,
    days: BTreeMap<Date, DayCount>,
    cases: BTreeSet<CaseId>,
    events: u64,
}

impl RuleCount {
    fn new(rule: &str, zone: TimeZone) -> Self {
        Self { rule: rule.to_owned(), zone, days: BTreeMap::new(), cases: BTreeSet::new(), events: 0 }
    }

    fn add(mut self, part: &[StoredDecision]) -> Result<Self, StoreError> {
        for row in part {
            self.count(&row.read()?);
        }
        Ok(self)
    }

    fn count(&mut self, record: &Record) {
        self.events += 1;
        let day = self.zone.to_datetime(record.decided_at).date();
        let counts = self.days.entry(day).or_insert(DayCount { day, fired: 0, unknown: 0, dropped: 0 });
        let outcome = record.rules.iter().find(|rule| *rule.rule == *self.rule).map(|rule| rule.outcome);
        counts.fired += u64::from(outcome == Some(Outcome::Fired));
        counts.unknown += u64::from(outcome == Some(Outcome::Unknown));
        counts.dropped += u64::from(record.dropped.iter().any(|dropped| dropped.planned.rule == self.rule));
        if outcome == Some(Outcome::Fired) {
            self.cases.insert(record.case);
        }
    }
}
