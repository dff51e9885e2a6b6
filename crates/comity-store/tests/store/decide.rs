//! Decisions are recorded once, on the version they were made of.

use crate::support::{Hours, action, at, decided, on_both, post, reply};
use comity_domain::{
    Party,
    ledger::State,
    step::{History, Policy as _},
};
use comity_store::{AuditFilter, CommitResult};

on_both! {
    async fn what_waits_comes_with_its_case(db: Db) {
        let first = db.case_of(vec![reply("b", "a", "ada", 60, "And?"), post("a", "ada", 0, "My bag?")]).await;
        let mut later = db.batch(vec![post("x", "ada", 90, "Another matter")]);
        later.received_at = at(100_001);
        let second = db.ingest(vec![later]).await.unwrap()[0].cases[0];
        let waiting = db.waiting().await;
        assert_eq!(waiting.iter().map(|waiting| waiting.snapshot.case.id).collect::<Vec<_>>(), [first, second]);
        assert_eq!(waiting[0].events.iter().map(|event| event.at).collect::<Vec<_>>(), [at(0), at(60)]);
        assert_eq!((waiting[0].posts.len(), waiting[0].snapshot.posts.len()), (2, 2));
        let new = History { cases: 0, open: Some(0), broken: Some(0), last_at: None };
        let again = History { cases: 1, open: Some(1), broken: Some(0), last_at: Some(at(0)) };
        assert_eq!((waiting[0].snapshot.history, waiting[1].snapshot.history), (new, again));
        assert_eq!(waiting[0].snapshot.contact.as_ref().unwrap().handle, "@ada");
        assert!(waiting[0].snapshot.posts.iter().any(|moment| moment.asks && moment.at == at(0)));
        // Every event of a case comes along, even beyond the limit.
        let limited = db.undecided(db.organization, 1).await.unwrap();
        assert_eq!((limited.len(), limited[0].events.len()), (1, 2));
    }

    async fn a_broken_promise_is_remembered_when_they_come_again(db: Db) {
        db.take(vec![post("a", "ada", 0, "My bag?")]).await;
        db.decide(at(10)).await;
        db.take(vec![reply("b", "a", "northwind", 5 * 3_600, "Found it.")]).await;
        db.decide(at(5 * 3_600)).await;
        let later = db.case_of(vec![post("x", "ada", 6 * 3_600, "And the other one?")]).await;
        // Bob asks in Ada's case, and has had none of his own.
        db.take(vec![reply("y", "x", "bob", 6 * 3_600 + 60, "Mine too.")]).await;
        let snapshot = db.waiting().await.into_iter().find(|waiting| waiting.snapshot.case.id == later).unwrap().snapshot;
        let history = History { cases: 1, open: Some(1), broken: Some(1), last_at: Some(at(0)) };
        assert_eq!(snapshot.history, history);
        let others: Vec<_> = snapshot.others.iter().map(|(contact, history)| (contact.handle.as_str(), history.cases)).collect();
        assert_eq!(others, [("@bob", 0)]);
    }

    async fn a_decision_is_recorded_with_its_ledger(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        assert_eq!(db.decide(at(10)).await, 1);
        assert!(db.waiting().await.is_empty());
        let ledger = db.case_obligations(db.organization, case).await.unwrap();
        assert_eq!((ledger.len(), ledger[0].state, ledger[0].due_at), (1, State::Running, at(4 * 3_600)));
        let decisions = db.case_decisions(db.organization, case).await.unwrap();
        let (decision, event) = &decisions[0];
        assert_eq!((decision.policy_version.as_str(), decision.event, event.kind.name()), (Hours.version(), event.id, "post"));
        assert_eq!(db.decision(db.organization, decision.id).await.unwrap().as_ref(), Some(&decisions[0]));
        let row = db.case_row(db.organization, case).await.unwrap().unwrap();
        assert_eq!((row.turn, row.open_obligations.len()), (Some(Party::Company), 1));
        let log = db.audit_entries(db.organization, &AuditFilter { case: Some(case), ..AuditFilter::default() }, None, 50).await.unwrap();
        let actions: Vec<&str> = log.items.iter().map(|row| row.entry.action.as_str()).collect();
        assert_eq!(actions, ["case.decide", "case.open", "post.store"]);

        db.take(vec![reply("b", "a", "northwind", 60, "Found it.")]).await;
        db.decide(at(70)).await;
        let ledger = db.case_obligations(db.organization, case).await.unwrap();
        assert_eq!((ledger.len(), ledger[0].state, ledger[0].settled_at), (1, State::Met, Some(at(60))));
        assert_eq!(db.case_row(db.organization, case).await.unwrap().unwrap().turn, None);
        let counts = db.case_counts(db.organization, None).await.unwrap();
        assert_eq!((counts.open, counts.ours, counts.overdue), (1, 0, 0));
    }

    async fn a_decision_on_an_older_version_is_refused_and_others_are_not(db: Db) {
        let one = db.case_of(vec![post("a", "ada", 0, "One")]).await;
        db.case_of(vec![post("x", "bob", 0, "Two")]).await;
        let mut waiting = db.waiting().await;
        waiting.sort_by_key(|waiting| waiting.snapshot.case.number);
        db.take(vec![reply("b", "a", "ada", 30, "Still there?")]).await;
        let commits = waiting.into_iter().map(|waiting| decided(waiting, at(40))).collect();
        let results = db.commit_decisions(db.organization, commits, at(40)).await.unwrap();
        assert_eq!(results, [CommitResult::Conflict, CommitResult::Done]);
        assert!(db.case_obligations(db.organization, one).await.unwrap().is_empty());
        let waiting = db.waiting().await;
        assert_eq!((waiting.len(), waiting[0].events.len()), (1, 2));
        assert_eq!(db.decide(at(50)).await, 1);
    }

    async fn two_commits_of_one_case_cannot_both_be_right(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "One")]).await;
        let snapshot = db.snapshot_of(case).await;
        let commits = vec![action(snapshot.clone()), action(snapshot)];
        let results = db.commit_decisions(db.organization, commits, at(1)).await.unwrap();
        assert_eq!(results, [CommitResult::Done, CommitResult::Conflict]);
    }

    async fn an_agents_action_needs_no_decision(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "One")]).await;
        db.decide(at(1)).await;
        let before = db.snapshot_of(case).await.case;
        let result = db.change(case, |commit| {
            commit.case.labels.insert("bag".into());
            commit.case.team = Some("Baggage".into());
            commit.case.held_for = Some("Legal".into());
        }).await;
        assert_eq!(result, CommitResult::Done);
        let after = db.snapshot_of(case).await.case;
        assert_eq!((after.version, after.team.as_deref()), (before.version + 1, Some("Baggage")));
        assert_eq!(db.case_counts(db.organization, None).await.unwrap().held, 1);
        db.change(case, |commit| commit.case.labels.clear()).await;
        assert!(db.snapshot_of(case).await.case.labels.is_empty());
    }

    async fn another_organization_sees_and_changes_nothing(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "One")]).await;
        let other = comity_domain::OrganizationId::generate();
        assert!(db.undecided(other, 10).await.unwrap().is_empty());
        assert!(db.case_row(other, case).await.unwrap().is_none());
        assert!(db.case_posts(other, case).await.unwrap().is_empty());
        assert!(db.snapshot(other, case).await.unwrap().is_none());
        let commit = action(db.snapshot_of(case).await);
        assert_eq!(db.commit_decisions(other, vec![commit], at(1)).await.unwrap(), [CommitResult::Conflict]);
    }
}
