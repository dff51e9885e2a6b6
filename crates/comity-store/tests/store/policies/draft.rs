//! The draft, and who counts as having written in it.

use super::{approve, files, version};
use crate::support::{Db, at, on_both};
use comity_domain::{
    Role, UserId,
    life::{Asker, Step, Why},
};
use std::collections::BTreeSet;

async fn save(db: &Db, text: &str, by: &Asker) {
    let base = db.policy_draft(db.organization).await.unwrap().map_or(0, |draft| draft.revision);
    let saved = db.save_policy_draft(db.organization, files(text), base, by.user, at(9)).await;
    saved.unwrap().unwrap();
}

fn users(askers: &[&Asker]) -> BTreeSet<UserId> {
    askers.iter().filter_map(|asker| asker.user).collect()
}

on_both! {
    async fn a_draft_is_saved_on_the_newest_revision_only(db: Db) {
        let user = UserId::generate();
        assert_eq!(db.policy_draft(db.organization).await.unwrap(), None);
        let first = db.save_policy_draft(db.organization, files("one"), 0, Some(user), at(1)).await.unwrap().unwrap();
        let second = db.save_policy_draft(db.organization, files("two"), first.revision, Some(user), at(2)).await.unwrap().unwrap();
        let late = db.save_policy_draft(db.organization, files("mine"), first.revision, Some(user), at(3)).await.unwrap();
        assert_eq!(late, Err(second.clone()));
        assert_eq!(db.policy_draft(db.organization).await.unwrap(), Some(second));
    }

    async fn whoever_wrote_in_the_draft_does_not_approve_what_comes_of_it(db: Db) {
        let (author, writer, other) = (db.person(Role::Owner).await, db.person(Role::Owner).await, db.person(Role::Owner).await);
        db.first().await;
        save(&db, "two", &writer).await;
        save(&db, "one", &writer).await;
        save(&db, "two and more", &author).await;
        let second = db.propose("two and more", &author).await;
        assert_eq!(second.life.writers, users(&[&writer]), "also of what they took back");
        let refused = db.take_step(&second, &approve(), &writer).await.unwrap_err();
        assert_eq!(refused.why, Why::OwnWork);
        // What comes after a proposal is not in it.
        save(&db, "three", &other).await;
        db.take_step(&second, &approve(), &other).await.unwrap();
        db.take_step(&second, &Step::Publish, &author).await.unwrap();

        // The draft was begun before that version and still holds more than it.
        save(&db, "three!", &author).await;
        assert_eq!(db.propose("three!", &other).await.life.writers, users(&[&author, &writer]));
    }

    async fn a_draft_with_nothing_new_in_it_begins_anew(db: Db) {
        let (author, writer) = (db.person(Role::PolicyOwner).await, db.person(Role::PolicyOwner).await);
        db.first().await;
        save(&db, "two", &writer).await;
        db.publish_policy(db.organization, version("two", writer.user), at(5)).await.unwrap();
        assert!(db.propose("something else", &author).await.life.writers.is_empty());
        save(&db, "three", &author).await;
        assert_eq!(db.propose("three", &writer).await.life.writers, users(&[&author]));
    }

    async fn a_draft_without_changes_follows_what_is_taken_back(db: Db) {
        let owner = db.person(Role::Owner).await;
        let first = db.first().await;
        save(&db, "two", &owner).await;
        let second = db.propose("two", &owner).await;
        db.take_step(&second, &Step::Publish, &owner).await.unwrap();
        let restore = Step::Restore { reason: "Too harsh".into() };
        db.take_step(&first, &restore, &owner).await.unwrap();
        let draft = db.policy_draft(db.organization).await.unwrap().unwrap();
        assert_eq!((draft.files, draft.revision), (files("one"), 2));

        save(&db, "two, better", &owner).await;
        db.take_step(&second, &restore, &owner).await.unwrap();
        assert_eq!(db.policy_draft(db.organization).await.unwrap().unwrap().files, files("two, better"), "nothing written is lost");
    }
}
