//! Evidence, coverage and the page of a rule.

use super::all;
use crate::dto;
use comity_app::{
    evidence::{
        ArticleCoverage, Coverage, DayCount, Evidence, Mark, Moment, MomentKind, OutcomeCount, Pinned, RuleCoverage,
        RulePage, SavedTest, Unknown,
    },
    values::Word,
};

impl From<Evidence> for dto::Evidence {
    fn from(evidence: Evidence) -> Self {
        Self {
            events: evidence.tally.events,
            took_ms: evidence.took.as_secs_f64() * 1_000.0,
            different: evidence.tally.different,
            by_effect: all(evidence.tally.by_effect()),
            by_rule: all(evidence.tally.by_rule()),
            cases: all(evidence.cases),
            unknown: all(evidence.unknown),
            failed: evidence.tally.failed,
            pinned: evidence.pinned.map(Into::into),
        }
    }
}

impl From<Unknown> for dto::UnknownFact {
    fn from(unknown: Unknown) -> Self {
        Self { rule: unknown.rule, fact: unknown.fact, events: unknown.events }
    }
}

impl From<Pinned> for dto::Pinned {
    fn from(pinned: Pinned) -> Self {
        let Pinned { case, number, subject, handle, marks, timeline } = pinned;
        let case = dto::PinnedCase { id: case.0, number, subject, handle };
        Self { case, marks: all(marks), timeline: all(timeline) }
    }
}

impl From<Mark> for dto::RuleMark {
    fn from(mark: Mark) -> Self {
        Self {
            rule: mark.rule,
            file: mark.file,
            line: mark.line,
            outcome: mark.outcome.into(),
            event_at: mark.event_at,
            first_false: mark.first_false.map(Into::into),
        }
    }
}

impl From<Moment> for dto::TimelineMoment {
    fn from(moment: Moment) -> Self {
        let kind = match moment.kind {
            MomentKind::Event => dto::TimelineKind::Event,
            MomentKind::Due => dto::TimelineKind::Due,
            MomentKind::Breach => dto::TimelineKind::Breach,
            MomentKind::Flow => dto::TimelineKind::Flow,
        };
        Self { at: moment.at, kind, text: moment.text }
    }
}

impl From<Coverage> for dto::Coverage {
    fn from(coverage: Coverage) -> Self {
        Self { articles: all(coverage.articles), rules: all(coverage.rules) }
    }
}

impl From<ArticleCoverage> for dto::ArticleCoverage {
    fn from(article: ArticleCoverage) -> Self {
        let ArticleCoverage { id, party, owes, rules, tests } = article;
        Self { id, party: party.into(), owes, rules, tests: tests as u64 }
    }
}

impl From<RuleCoverage> for dto::RuleCoverage {
    fn from(rule: RuleCoverage) -> Self {
        Self { id: rule.id, article: rule.article, tests: rule.tests as u64 }
    }
}

impl From<RulePage> for dto::RulePage {
    fn from(page: RulePage) -> Self {
        let RulePage { rule, days, outcomes, tests, events } = page;
        Self {
            rule: rule.id,
            because: rule.because,
            article: rule.article,
            is_public: rule.is_public,
            file: rule.file,
            line: rule.line,
            days: all(days),
            outcomes: all(outcomes),
            tests,
            events,
        }
    }
}

impl From<DayCount> for dto::RuleDay {
    fn from(day: DayCount) -> Self {
        Self { day: day.day.to_string(), fired: day.fired, unknown: day.unknown, dropped: day.dropped }
    }
}

impl From<OutcomeCount> for dto::RuleOutcomeCount {
    fn from(count: OutcomeCount) -> Self {
        Self { outcome: count.outcome, cases: count.cases }
    }
}

impl From<SavedTest> for dto::SavedTest {
    fn from(test: SavedTest) -> Self {
        Self { path: test.path, text: test.text }
    }
}

impl From<Word> for dto::VocabularyWord {
    fn from(word: Word) -> Self {
        Self {
            name: word.name.to_owned(),
            on: word.on.map(str::to_owned),
            gives: word.gives.to_owned(),
            place: word.place.to_owned(),
            help: word.help.to_owned(),
        }
    }
}
