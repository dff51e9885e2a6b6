//! Two versions over the same facts.

use super::all;
use crate::dto;
use comity_domain::compare::{CaseDiff, CaseRef, EffectDiff, RuleDiff};

impl From<EffectDiff> for dto::EffectDiff {
    fn from(diff: EffectDiff) -> Self {
        Self { effect: diff.effect, more: diff.more, fewer: diff.fewer }
    }
}

impl From<RuleDiff> for dto::RuleDiff {
    fn from(diff: RuleDiff) -> Self {
        Self {
            rule: diff.rule,
            fired_before: diff.fired_before,
            fired_after: diff.fired_after,
            unknown_before: diff.unknown_before,
            unknown_after: diff.unknown_after,
        }
    }
}

impl From<CaseDiff> for dto::CaseDiff {
    fn from(diff: CaseDiff) -> Self {
        Self {
            case: diff.case.into(),
            event: (&diff.event).into(),
            at: diff.event.at,
            before: all(diff.change.before),
            after: all(diff.change.after),
            rules: diff.change.rules,
            rules_gone: diff.change.rules_gone,
        }
    }
}

impl From<CaseRef> for dto::CaseRef {
    fn from(case: CaseRef) -> Self {
        Self {
            id: case.id.0,
            number: case.number,
            subject: case.subject,
            status: case.status.into(),
            closed_reason: case.closed_reason,
        }
    }
}
