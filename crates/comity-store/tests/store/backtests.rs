//! Backtests: one at a time, taken over where they were left, and looked through by rule, effect and outcome.

use crate::support::{Db, at, on_both, post};
use comity_domain::{
    BacktestId, CaseId, PolicyVersionId, UserId,
    audit::Actor,
    compare::{Change, Wanted},
    decision::Outcome,
    effect::{Effect, Planned},
};
use comity_store::{
    AuditFilter, Backtest, BacktestState, Checkpoint, DiffFilter, FoundDiff, NewBacktest, StartedBacktest, StoreError,
    TakenBacktest,
};

fn live() -> PolicyVersionId {
    PolicyVersionId::derived(&[b"live"])
}

fn new(hash: &str) -> NewBacktest {
    NewBacktest {
        version: None,
        hash: hash.to_owned(),
        files: [("rules.rhai".to_owned(), "charter \"c\";".to_owned())].into(),
        against: live(),
        from: None,
        until: None,
        by: UserId::generate(),
    }
}

async fn started(db: &Db, hash: &str, now: i64) -> Backtest {
    match db.start_backtest(db.organization, new(hash), at(now)).await.unwrap() {
        StartedBacktest::Started(backtest) => *backtest,
        StartedBacktest::Busy(id) => panic!("{id} is running"),
    }
}

async fn taken(db: &Db, worker: &str, now: i64) -> Option<TakenBacktest> {
    db.take_backtest(db.organization, worker, at(now), at(now + 30)).await.unwrap()
}

fn label(rule: &str) -> Wanted {
    let effect = Effect::Label { label: "x".to_owned() };
    let planned = Planned { effect, rule: rule.to_owned(), article: None, because: String::new() };
    let outcome = comity_domain::compare::RuleOutcome { rule: rule.into(), outcome: Outcome::Fired };
    Wanted { effects: vec![planned], rules: vec![outcome], failed: false }
}

/// Counts one decision about this case as made differently.
fn count(checkpoint: &mut Checkpoint, case: CaseId, outcome: &str, rule: &str) -> Change {
    let (before, after) = (Wanted::default(), label(rule));
    let difference = checkpoint.tally.add(case, outcome, &before, &after);
    checkpoint.listed += 1;
    Change::new(difference, before, after)
}

on_both! {
    async fn one_runs_at_a_time(db: Db) {
        let first = started(&db, "a", 0).await;
        assert_eq!((first.state, first.total, first.done, &first.summary), (BacktestState::Running, 0, 0, &None));
        let again = db.start_backtest(db.organization, new("b"), at(1)).await.unwrap();
        assert_eq!(again, StartedBacktest::Busy(first.id));
        let cancelled = db.cancel_backtest(db.organization, first.id, &Actor::System, at(2)).await.unwrap();
        assert_eq!((cancelled.state, cancelled.finished_at), (BacktestState::Cancelled, Some(at(2))));
        let twice = db.cancel_backtest(db.organization, first.id, &Actor::System, at(3)).await;
        assert!(matches!(twice, Err(StoreError::NotRunning { state: "cancelled" })), "{twice:?}");
        let second = started(&db, "b", 4).await;
        let listed: Vec<BacktestId> = db.backtests(db.organization).await.unwrap().iter().map(|one| one.id).collect();
        assert_eq!(listed, [second.id, first.id]);
        let filter = AuditFilter { action: Some("policy.".into()), ..AuditFilter::default() };
        let log = db.audit_entries(db.organization, &filter, None, 10).await.unwrap();
        let actions: Vec<&str> = log.items.iter().map(|row| row.entry.action.as_str()).collect();
        assert_eq!(actions, ["policy.backtest", "policy.backtest_cancel", "policy.backtest"]);
    }

    async fn nobody_else_works_on_one_that_is_held(db: Db) {
        assert_eq!(taken(&db, "one", 0).await, None);
        let id = started(&db, "a", 0).await.id;
        let held = taken(&db, "one", 10).await.unwrap();
        assert_eq!((held.files.len(), held.checkpoint), (1, Checkpoint::default()));
        assert_eq!(taken(&db, "two", 39).await, None);
        let mut checkpoint = Checkpoint::default();
        count(&mut checkpoint, CaseId::generate(), "open", "r");
        checkpoint.listed = 0;
        assert!(db.checkpoint_backtest(id, "one", &checkpoint, &[], at(60)).await.unwrap());

        let over = taken(&db, "two", 60).await.expect("its lease is over");
        assert_eq!((over.checkpoint, over.backtest.done), (checkpoint.clone(), 1));
        assert!(!db.checkpoint_backtest(id, "one", &Checkpoint::default(), &[], at(200)).await.unwrap());
        assert!(!db.finish_backtest(id, "one", Ok(&checkpoint), &[], at(61)).await.unwrap());
        db.cancel_backtest(db.organization, id, &Actor::System, at(62)).await.unwrap();
        assert!(!db.finish_backtest(id, "two", Ok(&checkpoint), &[], at(63)).await.unwrap(), "it was cancelled");
        let left = db.backtest(db.organization, id).await.unwrap().unwrap();
        assert_eq!((left.state, left.summary), (BacktestState::Cancelled, None));
    }

    async fn what_is_decided_differently_is_found_by_rule_effect_and_outcome(db: Db) {
        let mut found = Vec::new();
        let mut checkpoint = Checkpoint::default();
        for (name, outcome, rule) in [("a", "open", "one"), ("b", "abandoned", "one"), ("c", "abandoned", "two")] {
            let case = db.case_of(vec![post(name, name, 0, "My bag?")]).await;
            db.decide(at(10)).await;
            let (decision, event) = db.case_decisions(db.organization, case).await.unwrap().remove(0);
            assert_eq!(decision.case, case);
            let change = count(&mut checkpoint, case, outcome, rule);
            found.push(FoundDiff { case, event: event.id, outcome: outcome.to_owned(), change });
        }
        let id = started(&db, "a", 20).await.id;
        taken(&db, "one", 20).await.unwrap();
        let first = Checkpoint { listed: 1, ..checkpoint.clone() };
        assert!(db.checkpoint_backtest(id, "one", &first, &found[..1], at(50)).await.unwrap());
        assert!(db.finish_backtest(id, "one", Ok(&checkpoint), &found[1..], at(30)).await.unwrap());

        let done = db.finished_backtest(db.organization, "a", live()).await.unwrap().unwrap();
        assert_eq!((done.state, done.total, done.done, done.listed), (BacktestState::Done, 3, 3, 3));
        assert_eq!(done.summary, Some(checkpoint.tally.summary()));
        assert_eq!(db.finished_backtest(db.organization, "b", live()).await.unwrap(), None);
        let another = PolicyVersionId::generate();
        assert_eq!(db.finished_backtest(db.organization, "a", another).await.unwrap(), None);
        let look = async |filter: DiffFilter, after: Option<&str>, limit| {
            let page = db.backtest_cases(db.organization, id, &filter, after, limit).await.unwrap();
            (page.items.iter().map(|diff| diff.case.number).collect::<Vec<_>>(), page.next_cursor)
        };
        let rule = |rule: &str| DiffFilter { rule: Some(rule.to_owned()), ..DiffFilter::default() };
        assert_eq!(look(DiffFilter::default(), None, 2).await, (vec![1, 2], Some("2".to_owned())));
        assert_eq!(look(DiffFilter::default(), Some("2"), 2).await, (vec![3], None));
        assert_eq!(look(rule("one"), None, 50).await.0, [1, 2]);
        assert_eq!(look(rule("on"), None, 50).await.0, [0; 0]);
        let abandoned = DiffFilter { outcome: Some("abandoned".to_owned()), ..rule("one") };
        assert_eq!(look(abandoned, None, 50).await.0, [2]);
        let effect = |effect: &str| DiffFilter { effect: Some(effect.to_owned()), ..DiffFilter::default() };
        assert_eq!(look(effect("label"), None, 50).await.0, [1, 2, 3]);
        assert_eq!(look(effect("close"), None, 50).await.0, [0; 0]);
        let nowhere = db.backtest_cases(db.organization, BacktestId::generate(), &rule("one"), None, 50).await;
        assert!(matches!(nowhere, Err(StoreError::NotFound { what: "backtest" })), "{nowhere:?}");
    }

    async fn one_that_cannot_go_on_says_why(db: Db) {
        let id = started(&db, "a", 0).await.id;
        taken(&db, "one", 0).await.unwrap();
        assert!(db.finish_backtest(id, "one", Err("the bundle has errors"), &[], at(5)).await.unwrap());
        let failed = db.backtest(db.organization, id).await.unwrap().unwrap();
        assert_eq!((failed.state, failed.error.as_deref()), (BacktestState::Failed, Some("the bundle has errors")));
        assert_eq!(db.finished_backtest(db.organization, "a", live()).await.unwrap(), None);
    }

    async fn old_lists_go_and_their_sums_stay(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        db.decide(at(10)).await;
        let event = db.case_decisions(db.organization, case).await.unwrap()[0].1.id;
        let mut first = None;
        for number in 0..21 {
            let id = started(&db, "a", 20 + number).await.id;
            taken(&db, "one", 20 + number).await.unwrap();
            let mut checkpoint = Checkpoint::default();
            let change = count(&mut checkpoint, case, "open", "r");
            let found = [FoundDiff { case, event, outcome: "open".to_owned(), change }];
            assert!(db.finish_backtest(id, "one", Ok(&checkpoint), &found, at(20 + number)).await.unwrap());
            first.get_or_insert(id);
        }
        let oldest = db.backtest(db.organization, first.unwrap()).await.unwrap().unwrap();
        assert_eq!((oldest.listed, oldest.summary.map(|summary| summary.decided_differently)), (0, Some(1)));
        let page = db.backtest_cases(db.organization, oldest.id, &DiffFilter::default(), None, 5).await.unwrap();
        assert_eq!(page.items, []);
        assert_eq!(db.backtests(db.organization).await.unwrap().iter().map(|one| one.listed).sum::<u64>(), 20);
    }
}
