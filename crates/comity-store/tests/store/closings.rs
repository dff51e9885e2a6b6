//! How cases ended is written once, whatever is written after it.

use crate::support::{Db, at, on_both, post};
use comity_domain::{
    CaseId, Timestamp,
    case::Status,
    ledger::{Moment, Move},
};
use comity_store::CommitResult;

const HOUR: i64 = 3_600;

async fn moves(db: &Db, case: CaseId, seconds: i64, what: Move) {
    let status = if what == Move::Close { Status::Closed } else { Status::Open };
    let result = db
        .change(case, |commit| {
            commit.case.status = status;
            commit.case.closed_reason = (status == Status::Closed).then(|| "resolved".to_owned());
            commit.case.moments.push(Moment { at: at(seconds), what });
            commit.policy_version = "seven".into();
        })
        .await;
    assert_eq!(result, CommitResult::Done);
}

/// Closed, opened again of those, and how long the ones took that stayed closed, at the median and the end.
async fn counted(db: &Db, until: Timestamp) -> (u64, u64, Vec<Option<i64>>) {
    let figures = db.outcome_figures(db.organization, at(0), until, &[50, 100]).await.unwrap();
    let sum = |count: fn(&comity_store::ReasonFigures) -> u64| figures.reasons.iter().map(count).sum();
    let hours = figures.percentiles.iter().map(|time| time.map(|time| time.as_secs() / HOUR)).collect();
    (sum(|one| one.closed), sum(|one| one.reopened), hours)
}

on_both! {
    async fn closing_and_opening_again_are_counted(db: Db) {
        let one = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        let other = db.case_of(vec![post("b", "bo", 0, "My seat?")]).await;
        assert_eq!(counted(&db, at(99 * HOUR)).await, (0, 0, vec![None, None]));
        moves(&db, one, 2 * HOUR, Move::Close).await;
        moves(&db, other, 4 * HOUR, Move::Close).await;
        // Whatever else is written of a closed case changes nothing.
        db.change(one, |commit| { commit.case.labels.insert("late".into()); }).await;
        assert_eq!(counted(&db, at(99 * HOUR)).await, (2, 0, vec![Some(2), Some(4)]));
        moves(&db, one, 5 * HOUR, Move::Reopen).await;
        assert_eq!(counted(&db, at(99 * HOUR)).await, (2, 1, vec![Some(4), Some(4)]));
        moves(&db, one, 9 * HOUR, Move::Close).await;
        assert_eq!(counted(&db, at(99 * HOUR)).await, (3, 1, vec![Some(4), Some(9)]));
        // As of a moment, and of nobody else.
        assert_eq!(counted(&db, at(3 * HOUR)).await.0, 1);
        let elsewhere = comity_domain::OrganizationId::generate();
        let figures = db.outcome_figures(elsewhere, at(0), at(99 * HOUR), &[50]).await.unwrap();
        assert!(figures.reasons.is_empty());
        let figures = db.outcome_figures(db.organization, at(0), at(99 * HOUR), &[]).await.unwrap();
        assert_eq!((figures.reasons[0].policy_version.as_str(), figures.reasons[0].number), ("seven", None));
    }
}
