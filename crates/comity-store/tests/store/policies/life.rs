//! One step after the other.

use super::{approve, files, version};
use crate::support::on_both;
use comity_domain::{
    Role,
    life::{Asker, State, Step, Why},
};

on_both! {
    async fn a_version_is_proposed_approved_and_published(db: Db) {
        assert_eq!(db.live_policy(db.organization).await.unwrap(), None);
        let (author, approver) = (db.person(Role::PolicyOwner).await, db.person(Role::Approver).await);
        let first = db.first().await;
        assert!(first.is_live() && first.number == 1);
        let second = db.propose("two", &author).await;
        assert_eq!((second.number, second.life.state, second.life.base), (2, State::Candidate, Some(first.named())));
        assert_eq!(db.live_policy(db.organization).await.unwrap().unwrap().id, first.id, "it decides nothing yet");

        let refused = db.take_step(&second, &Step::Publish, &author).await.unwrap_err();
        assert_eq!(refused.why, Why::ApprovalNeeded);
        let approved = db.take_step(&second, &approve(), &approver).await.unwrap();
        assert_eq!(db.reload(&second).await, approved);
        let live = db.take_step(&second, &Step::Publish, &author).await.unwrap();
        assert_eq!((db.live_policy(db.organization).await.unwrap(), live.is_live()), (Some(live.clone()), true));
        assert_eq!(db.reload(&first).await.life.state, State::Retired);
        assert_eq!(db.actions(&second).await, ["policy.propose", "policy.approve", "policy.publish"]);
        assert_eq!(db.actions(&first).await, ["policy.publish", "policy.retire"]);
        let found = db.policy_version_by_hash(db.organization, "hash of two").await.unwrap().unwrap();
        assert_eq!((found.id, found.files), (second.id, files("two")));
    }

    async fn the_same_proposed_again_is_the_one_that_is_there(db: Db) {
        let (author, other) = (db.person(Role::PolicyOwner).await, db.person(Role::PolicyOwner).await);
        let first = db.first().await;
        let second = db.propose("two", &author).await;
        assert_eq!(db.propose("two", &other).await, second);
        db.take_step(&second, &Step::SetAside { reason: "Not now".into() }, &author).await.unwrap();
        let third = db.propose("two", &other).await;
        assert_eq!((third.number, third.life.author), (3, other.user));
        let late = db.propose_policy(db.organization, version("four", other.user), Some(second.id), third.life.proposed_at).await;
        assert_eq!(late.unwrap().unwrap_err(), first.named());
    }

    async fn an_older_version_comes_back_with_a_reason(db: Db) {
        let owner = db.person(Role::Owner).await;
        let first = db.first().await;
        let second = db.propose("two", &owner).await;
        db.take_step(&second, &Step::Publish, &owner).await.unwrap();
        let restore = Step::Restore { reason: "Too harsh".into() };
        let back = db.take_step(&first, &restore, &owner).await.unwrap();
        assert_eq!((back.life.state, db.reload(&second).await.life.state), (State::Live, State::Retired));
        let all = db.policy_versions(db.organization).await.unwrap();
        assert_eq!(all.iter().map(|version| (version.number, version.is_live())).collect::<Vec<_>>(), [(2, false), (1, true)]);
        let refused = db.take_step(&first, &restore, &owner).await.unwrap_err();
        assert_eq!(refused.why, Why::State);
        assert_eq!(db.actions(&first).await, ["policy.publish", "policy.retire", "policy.restore"]);
    }

    async fn an_approval_made_next_to_another_version_does_not_count(db: Db) {
        let (author, approver) = (db.person(Role::PolicyOwner).await, db.person(Role::Approver).await);
        db.first().await;
        let (second, third) = (db.propose("two", &author).await, db.propose("three", &author).await);
        for version in [&second, &third] {
            db.take_step(version, &approve(), &approver).await.unwrap();
        }
        // Read before the other went live, as by somebody who is slow.
        let stale = comity_store::Impact { hash: "impact".into(), against: second.life.base.map(|base| base.id) };
        db.take_step(&second, &Step::Publish, &author).await.unwrap();
        let everything = Asker { roles: [Role::Owner].into(), ..approver };
        for step in [Step::Publish, Step::Canary { percent: 5 }, approve()] {
            let refused = db.take_policy_step(db.organization, third.id, &step, &everything, Some(&stale), third.life.proposed_at);
            assert_eq!(refused.await.unwrap().unwrap_err().why, Why::PolicyChanged, "{step:?}");
        }
    }

    async fn when_another_goes_live_a_canary_decides_no_more_and_a_shadow_goes_on(db: Db) {
        let (author, approver) = (db.person(Role::PolicyOwner).await, db.person(Role::Approver).await);
        db.first().await;
        let (second, third) = (db.propose("two", &author).await, db.propose("three", &author).await);
        db.take_step(&third, &Step::Shadow, &author).await.unwrap();
        let taken = db.take_step(&second, &Step::Shadow, &author).await.unwrap_err();
        assert_eq!(taken.why, Why::State);
        db.take_step(&third, &approve(), &approver).await.unwrap();
        db.take_step(&third, &Step::Canary { percent: 10 }, &author).await.unwrap();
        let standing = db.policies_standing(db.organization).await.unwrap();
        assert_eq!(standing.iter().map(|one| (one.number, one.state, one.canary_percent)).collect::<Vec<_>>(), [
            (1, State::Live, None),
            (3, State::Canary, Some(10)),
        ]);
        db.take_step(&second, &approve(), &approver).await.unwrap();
        db.take_step(&second, &Step::Publish, &author).await.unwrap();
        let life = db.reload(&third).await.life;
        assert_eq!((life.state, life.canary_percent), (State::Shadow, None));
        assert_eq!(life.canary_stopped.unwrap().reason, "Version 2 went live.");
        db.take_step(&second, &Step::Restore { reason: String::new() }, &author).await.unwrap_err();
        let first = db.policy_versions(db.organization).await.unwrap().pop().unwrap();
        db.take_step(&first, &Step::Restore { reason: "Too harsh".into() }, &author).await.unwrap();
        assert_eq!(db.reload(&third).await.life.state, State::Shadow);
        let actions = db.actions(&third).await;
        assert_eq!(actions[3..], ["policy.canary".to_owned(), "policy.canary_stop".into(), "policy.compare_anew".into()], "{actions:?}");
    }

    async fn an_emergency_goes_live_whatever_is_live_by_now(db: Db) {
        let (author, other) = (db.person(Role::Owner).await, db.person(Role::Owner).await);
        db.first().await;
        let (second, third) = (db.propose("two", &author).await, db.propose("three", &author).await);
        let break_glass = Step::BreakGlass { reason: "Wrong numbers".into() };
        db.take_step(&second, &break_glass, &author).await.unwrap();
        let live = db.take_step(&third, &break_glass, &author).await.unwrap();
        assert_eq!(db.live_policy(db.organization).await.unwrap().unwrap().id, third.id);
        let review = Step::Review { note: "It was right".into() };
        assert_eq!(db.take_step(&live, &review, &author).await.unwrap_err().why, Why::OwnWork);
        let reviewed = db.take_step(&live, &review, &other).await.unwrap();
        assert_eq!(db.reload(&third).await.life.break_glass, reviewed.life.break_glass);
        assert_eq!(reviewed.life.break_glass.unwrap().reviewed.unwrap().by, other.user);
    }
}
