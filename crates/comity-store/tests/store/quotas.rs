//! Quotas are counted in the commit, and never passed whoever else commits.

use crate::support::{Db, at, decided, on_both, post};
use comity_domain::{
    Timestamp,
    effect::{Effect, Planned},
    quota::{Count, Limited, Per, Standing},
};
use comity_store::{CaseCommit, CommitResult};

fn ask() -> Limited {
    Limited::Effect("ask".into())
}

/// A decision about each of these posts that asks a person something, under a quota of three an hour as it was read.
async fn asking(db: &Db, posts: &[&str], used: i64, since: Timestamp) -> Vec<CaseCommit> {
    db.take(posts.iter().map(|id| post(id, id, 0, "My bag?")).collect()).await;
    let commits = db.waiting().await.into_iter().map(|undecided| {
        let mut commit = decided(undecided, at(10));
        for decision in &mut commit.decisions {
            let effect = Effect::Ask { question: "Is it ours?".into() };
            decision.effects = vec![Planned { effect, rule: "r".into(), article: None, because: String::new() }];
            let count = Count { of: ask(), per: Per::Hour, since, used };
            decision.quotas = vec![Standing { most: 3, count, over: 0 }];
        }
        commit
    });
    commits.collect()
}

async fn used(db: &Db, since: Timestamp) -> Vec<(Timestamp, i64)> {
    let counts = db.quota_counts(db.organization, since).await.unwrap().0;
    counts.into_iter().map(|count| (count.since, count.used)).collect()
}

on_both! {
    async fn what_is_done_is_counted_in_its_window(db: Db) {
        let commits = asking(&db, &["a", "b"], 0, at(0)).await;
        db.commit_decisions(db.organization, commits, at(10)).await.unwrap();
        assert_eq!(used(&db, at(0)).await, [(at(0), 2)]);
        let commits = asking(&db, &["c"], 0, at(3_600)).await;
        db.commit_decisions(db.organization, commits, at(3_610)).await.unwrap();
        assert_eq!(used(&db, at(3_600)).await, [(at(3_600), 1)]);
        // What is long over is not kept.
        let later = at(10 * 86_400);
        let commits = asking(&db, &["d"], 0, later).await;
        db.commit_decisions(db.organization, commits, later).await.unwrap();
        assert_eq!(used(&db, at(0)).await, [(later, 1)]);
    }

    async fn what_others_used_meanwhile_is_not_used_again(db: Db) {
        // Both have read that nothing is used yet.
        let mut commits = asking(&db, &["a", "b", "c", "d"], 0, at(0)).await;
        let theirs = commits.split_off(2);
        db.commit_decisions(db.organization, commits, at(10)).await.unwrap();
        let results = db.commit_decisions(db.organization, theirs, at(10)).await.unwrap();
        assert_eq!(results, [CommitResult::Done, CommitResult::Conflict]);
        assert_eq!(used(&db, at(0)).await, [(at(0), 3)]);
        assert_eq!(db.waiting().await.len(), 1, "it is decided again");
    }

    async fn at_once_they_do_not_pass_it_either(db: Db) {
        let mut commits = asking(&db, &["a", "b", "c", "d", "e", "f"], 0, at(0)).await;
        let theirs = commits.split_off(3);
        let (ours, theirs) = tokio::join!(
            db.commit_decisions(db.organization, commits, at(10)),
            db.commit_decisions(db.organization, theirs, at(10)),
        );
        let done = ours.unwrap().into_iter().chain(theirs.unwrap()).filter(|result| *result == CommitResult::Done).count();
        assert_eq!((done, used(&db, at(0)).await), (3, vec![(at(0), 3)]));
    }

    async fn a_case_that_changed_meanwhile_uses_nothing(db: Db) {
        let commits = asking(&db, &["a"], 0, at(0)).await;
        db.decide(at(10)).await;
        let results = db.commit_decisions(db.organization, commits, at(10)).await.unwrap();
        assert_eq!(results, [CommitResult::Conflict]);
        assert_eq!(used(&db, at(0)).await.iter().map(|(_, used)| used).sum::<i64>(), 0);
    }
}
