//! Steps at the same moment end in one of their orders, never in a mixture.

use super::{approve, files, version};
use crate::support::{at, on_both};
use comity_domain::{
    Role,
    life::{State, Step, Why},
};

const ROUNDS: usize = 6;

on_both! {
    async fn of_two_published_at_once_one_is_live_and_the_other_is_told(db: Db) {
        let (author, approver) = (db.person(Role::PolicyOwner).await, db.person(Role::Approver).await);
        db.first().await;
        for round in 0..ROUNDS {
            let (one, other) = (db.propose(&format!("one {round}"), &author).await, db.propose(&format!("other {round}"), &author).await);
            for version in [&one, &other] {
                db.take_step(version, &approve(), &approver).await.unwrap();
            }
            let results = tokio::join!(db.take_step(&one, &Step::Publish, &author), db.take_step(&other, &Step::Publish, &author));
            let (won, lost) = match results {
                (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
                both => panic!("{both:?}"),
            };
            assert_eq!(lost.why, Why::PolicyChanged);
            assert_eq!(db.live_policy(db.organization).await.unwrap().unwrap().id, won.id);
            let states = db.policy_versions(db.organization).await.unwrap().into_iter().map(|version| version.life.state);
            assert_eq!(states.filter(|state| *state == State::Live).count(), 1);
        }
    }

    async fn an_approval_comes_before_publishing_or_is_not_needed_any_more(db: Db) {
        let (author, approver) = (db.person(Role::PolicyOwner).await, db.person(Role::Approver).await);
        db.first().await;
        for round in 0..ROUNDS {
            let calm = db.propose(&format!("{round}"), &author).await;
            let (step, emergency) = (approve(), Step::BreakGlass { reason: "Now".into() });
            let (approved, published) = tokio::join!(db.take_step(&calm, &step, &approver), db.take_step(&calm, &Step::Publish, &author));
            assert!(approved.is_ok(), "{approved:?}");
            match published {
                Ok(live) => assert!(live.life.approval.is_some(), "the approval came first"),
                Err(refused) => assert_eq!(refused.why, Why::ApprovalNeeded),
            }
            let urgent = db.propose(&format!("urgent {round}"), &author).await;
            let (approved, broken) = tokio::join!(db.take_step(&urgent, &step, &approver), db.take_step(&urgent, &emergency, &author));
            let broken = broken.unwrap();
            match approved {
                Ok(approved) => assert_eq!(broken.life.approval, approved.life.approval, "approved before"),
                Err(refused) => assert_eq!((refused.why, broken.life.approval), (Why::State, None)),
            }
        }
    }

    async fn what_is_saved_while_something_is_proposed_is_before_it_or_after(db: Db) {
        let (author, writer) = (db.person(Role::PolicyOwner).await, db.person(Role::PolicyOwner).await);
        db.first().await;
        for round in 0..ROUNDS {
            let text = format!("draft {round}");
            db.publish_policy(db.organization, version(&text, None), at(5)).await.unwrap();
            let base = db.policy_draft(db.organization).await.unwrap().map_or(0, |draft| draft.revision);
            let author_saves = db.save_policy_draft(db.organization, files(&text), base, author.user, at(6));
            let base = author_saves.await.unwrap().unwrap().revision;
            let mine = format!("mine {round}");
            let (saved, proposed) = tokio::join!(
                db.save_policy_draft(db.organization, files("theirs"), base, writer.user, at(7)),
                db.propose(&mine, &author),
            );
            assert!(saved.unwrap().is_ok());
            let filter = comity_store::AuditFilter { action: Some("policy.".into()), ..Default::default() };
            let log = db.audit_entries(db.organization, &filter, None, 2).await.unwrap().items;
            let saved_first = log[0].entry.action == "policy.propose";
            assert_eq!(proposed.life.writers.contains(&writer.user.unwrap()), saved_first, "{log:?}");
        }
    }

    async fn of_two_that_want_to_run_beside_the_live_one_one_does(db: Db) {
        let author = db.person(Role::PolicyOwner).await;
        db.first().await;
        for round in 0..ROUNDS {
            let (one, other) = (db.propose(&format!("one {round}"), &author).await, db.propose(&format!("other {round}"), &author).await);
            let results = tokio::join!(db.take_step(&one, &Step::Shadow, &author), db.take_step(&other, &Step::Shadow, &author));
            let beside = match results {
                (Ok(beside), Err(refused)) | (Err(refused), Ok(beside)) => {
                    assert_eq!(refused.why, Why::State);
                    beside
                }
                both => panic!("{both:?}"),
            };
            db.take_step(&beside, &Step::SetAside { reason: "Enough".into() }, &author).await.unwrap();
        }
    }
}
