//! What runs beside the live version is counted with the decisions, and a canary stops in the commit that shows why.

use super::approve;
use crate::support::{Db, at, decided, on_both, post};
use comity_domain::{
    PolicyVersionId, Role,
    compare::{Change, Tally, Wanted},
    life::{Asker, LEAST_FAILURES, State, Step, Trial},
};
use comity_store::{AuditFilter, CommitResult, Compared, PolicyVersion};

/// A version that runs beside the first one as a canary.
async fn canary(db: &Db) -> (PolicyVersion, Asker) {
    let (author, approver) = (db.person(Role::PolicyOwner).await, db.person(Role::Approver).await);
    db.first().await;
    let second = db.propose("two", &author).await;
    db.take_step(&second, &approve(), &approver).await.unwrap();
    db.take_step(&second, &Step::Canary { percent: 20 }, &author).await.unwrap();
    (second, author)
}

fn compared(version: PolicyVersionId, trial: Trial) -> Compared {
    let mut tally = Tally::default();
    tally.add(&Wanted::default(), &Wanted { failed: true, ..Wanted::default() });
    Compared { version, tally, changes: Vec::new(), trial }
}

/// Decides about new posts; every decision is compared like this.
async fn decide(db: &Db, posts: &[&str], compared: &Compared) -> Vec<CommitResult> {
    db.take(posts.iter().map(|id| post(id, "ada", 0, "My bag?")).collect()).await;
    let commits = db.waiting().await.into_iter().map(|undecided| {
        let mut commit = decided(undecided, at(10));
        let change = Change { before: vec![], after: vec![], rules: vec!["new".into()], rules_gone: vec![] };
        let changes = commit.decided.iter().map(|event| (*event, at(0), change.clone())).collect();
        commit.beside = Some(Compared { changes, ..compared.clone() });
        commit
    });
    let commits = commits.collect();
    db.commit_decisions(db.organization, commits, at(10)).await.unwrap()
}

on_both! {
    async fn comparisons_add_up_and_the_newest_differences_are_kept(db: Db) {
        let (second, _) = canary(&db).await;
        let beside = db.policy_beside(db.organization, second.id).await.unwrap();
        assert_eq!((beside.since, beside.tally.events, beside.cases.len()), (Some(at(3)), 0, 0));
        let one = compared(second.id, Trial::default());
        decide(&db, &["a", "b"], &one).await;
        let many: Vec<String> = (0..120).map(|number| format!("p{number}")).collect();
        decide(&db, &many.iter().map(String::as_str).collect::<Vec<_>>(), &one).await;
        decide(&db, &["last"], &one).await;
        let beside = db.policy_beside(db.organization, second.id).await.unwrap();
        assert_eq!((beside.tally.events, beside.tally.different, beside.cases.len()), (123, 123, 100));
        let newest = &beside.cases[0];
        assert_eq!((newest.case.number, newest.event.kind.name(), newest.change.rules[0].as_str()), (123, "post", "new"));
        assert!(beside.cases.iter().all(|case| case.case.number > 2), "the oldest are gone");
    }

    async fn what_was_not_committed_is_not_counted(db: Db) {
        let (second, _) = canary(&db).await;
        db.take(vec![post("a", "ada", 0, "My bag?")]).await;
        let mut stale = decided(db.waiting().await.remove(0), at(10));
        stale.beside = Some(compared(second.id, Trial { decided: 1, failed: 1, over: None }));
        db.decide(at(10)).await;
        let results = db.commit_decisions(db.organization, vec![stale], at(11)).await.unwrap();
        assert_eq!(results, [CommitResult::Conflict]);
        let beside = db.policy_beside(db.organization, second.id).await.unwrap();
        assert_eq!((beside.tally.events, beside.trial.decided), (0, 0));
    }

    async fn a_canary_that_fails_is_sent_back_at_once(db: Db) {
        let (second, author) = canary(&db).await;
        let failing = compared(second.id, Trial { decided: 1, failed: 1, over: None });
        let posts: Vec<String> = (0..LEAST_FAILURES).map(|number| format!("p{number}")).collect();
        let (last, others) = posts.split_last().unwrap();
        decide(&db, &others.iter().map(String::as_str).collect::<Vec<_>>(), &failing).await;
        assert_eq!(db.reload(&second).await.life.state, State::Canary);
        decide(&db, &[last], &failing).await;
        let life = db.reload(&second).await.life;
        let stopped = life.canary_stopped.unwrap();
        assert_eq!((life.state, life.canary_percent, stopped.at), (State::Shadow, None, at(10)));
        assert!(stopped.reason.starts_with("3 of its 3 decisions failed"), "{}", stopped.reason);
        let filter = AuditFilter { action: Some("policy.canary_stop".into()), ..AuditFilter::default() };
        let log = db.audit_entries(db.organization, &filter, None, 9).await.unwrap().items;
        assert_eq!((log.len(), &log[0].entry.detail["reason"]), (1, &stopped.reason.into()));

        // Decisions that were under way count, and stop nothing a second time; a new canary begins from nothing.
        decide(&db, &["late"], &failing).await;
        assert_eq!(db.audit_entries(db.organization, &filter, None, 9).await.unwrap().items.len(), 1);
        db.take_step(&second, &Step::Canary { percent: 5 }, &author).await.unwrap();
        let beside = db.policy_beside(db.organization, second.id).await.unwrap();
        assert_eq!((beside.trial.decided, beside.tally.events), (0, LEAST_FAILURES.cast_unsigned() + 1));
    }

    async fn a_quota_passed_once_is_enough(db: Db) {
        let (second, _) = canary(&db).await;
        let over = compared(second.id, Trial { decided: 1, failed: 0, over: Some("at most 3".into()) });
        decide(&db, &["a"], &over).await;
        let life = db.reload(&second).await.life;
        assert_eq!((life.state, life.canary_stopped.unwrap().reason.as_str()), (State::Shadow, "It passed a quota: at most 3."));
    }

    async fn a_version_that_runs_beside_nothing_is_not_counted(db: Db) {
        let (second, author) = canary(&db).await;
        db.take_step(&second, &Step::SetAside { reason: "No".into() }, &author).await.unwrap();
        let results = decide(&db, &["a"], &compared(second.id, Trial::default())).await;
        assert_eq!(results, [CommitResult::Done]);
        assert_eq!(db.policy_beside(db.organization, second.id).await.unwrap().tally.events, 0);
    }
}
