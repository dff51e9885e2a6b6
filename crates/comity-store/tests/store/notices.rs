//! A notice is there until it has left by its way, and a link works once.

use crate::support::{at, on_both, post};
use comity_domain::{
    Role, UserId,
    audit::Actor,
    flow::{Flow, Reach, Run, Step, Target},
    notify::Way,
};
use comity_store::{CommitResult, FlowAct, FlowLink, NewUser, PushSubscription, Recipients};

fn flow() -> Flow {
    let notify = |team: &str| Step::Notify { target: Target::Team(team.into()) };
    Flow {
        name: "counsel".into(),
        because: "A lawyer looks first".into(),
        article: None,
        steps: vec![notify("legal"), Step::UnlessAcknowledged { minutes: 15 }, notify("legal")],
        file: "escalation.rhai".into(),
        line: 1,
    }
}

on_both! {
    async fn a_notice_waits_until_its_mail_has_left(db: Db) {
        let ada = NewUser {
            name: "Ada".into(), email: "ada@example.org".into(), roles: [Role::Approver].into(), skills: [].into(),
            teams: ["legal".to_owned()].into(), duties: [].into(), password_hash: String::new(),
        };
        let ada = db.create_user(db.organization, ada, &Actor::System, at(0)).await.unwrap().id;
        let case = db.case_of(vec![post("a", "a", 0, "You stole it")]).await;
        let runs: Vec<Run> = [10, 20].map(|seconds| Run::start(case, &flow(), "grave", at(seconds))).into();
        assert_eq!(db.change(case, |commit| commit.flows.clone_from(&runs)).await, CommitResult::Done);
        let people = move |_: &Target| Reach::People(vec![ada]);
        let to = Recipients { reach: &people, ways: &|_: UserId| vec![(Way::Mail, at(30)), (Way::Push, at(35))] };
        assert_eq!(db.advance_flows(db.organization, at(20), 10, to).await.unwrap().len(), 2);
        assert_eq!(db.next_notice_at(db.organization).await.unwrap(), Some(at(30)));
        let take = async |now, not_since| db.take_notices(db.organization, Way::Mail, at(now), at(not_since), at(now + 60), 10).await.unwrap();
        assert!(take(29, 0).await.is_empty(), "not before its time");
        let due = take(30, 0).await;
        assert_eq!((due.len(), due[0].user, due[0].runs.len(), due[0].attempts), (1, ada, 2, 1));
        assert!(take(30, 0).await.is_empty(), "somebody has it");
        // Whoever had it died: it comes again, without what was taken up meanwhile.
        db.act_on_flow(db.organization, runs[0].id, FlowAct::HandOver(UserId::generate()), ada, at(40), &[]).await.unwrap();
        let again = take(90, 0).await;
        assert_eq!((again[0].runs.len(), again[0].runs[0].id, again[0].attempts), (1, runs[1].id, 2));
        db.notices_failed(db.organization, &again[0], Some(at(95)), "busy", at(91)).await.unwrap();
        let third = take(95, 0).await;
        db.notices_done(&third[0], Some(at(96))).await.unwrap();
        // What goes another way waits for itself, and does not throttle the first.
        assert_eq!(db.next_notice_at(db.organization).await.unwrap(), Some(at(35)));
        let pushed = db.take_notices(db.organization, Way::Push, at(97), at(97), at(99), 10).await.unwrap();
        assert_eq!((pushed[0].way, pushed[0].runs.len()), (Way::Push, 1));
        db.notices_done(&pushed[0], Some(at(98))).await.unwrap();
        assert_eq!(db.next_notice_at(db.organization).await.unwrap(), None);
        // The next one waits until some time after the last.
        let step = at(20 + 15 * 60);
        db.advance_flows(db.organization, step, 10, to).await.unwrap();
        let late = 20 + 15 * 60;
        assert!(take(late, 95).await.is_empty());
        assert_eq!(take(late, 96).await.len(), 1);
    }

    async fn a_browser_belongs_to_whoever_is_signed_in_there_and_the_oldest_go(db: Db) {
        let (ada, ben) = (UserId::generate(), UserId::generate());
        let one = |user, number: i64| PushSubscription {
            id: uuid::Uuid::now_v7(), user, endpoint: format!("https://push.example/{number}"), public_key: vec![4; 65],
            auth: vec![number as u8; 16], browser: format!("Browser {number}"), made_at: at(number),
        };
        for number in 1..=3 {
            db.add_push_subscription(db.organization, &one(ada, number), 2).await.unwrap();
        }
        let of = async |user| db.push_subscriptions(user).await.unwrap();
        assert_eq!(of(ada).await.iter().map(|one| one.browser.as_str()).collect::<Vec<_>>(), ["Browser 3", "Browser 2"]);
        let taken = one(ben, 3);
        db.add_push_subscription(db.organization, &taken, 2).await.unwrap();
        assert_eq!((of(ada).await.len(), of(ben).await), (1, vec![taken.clone()]));
        assert_eq!(db.users_with_push(db.organization).await.unwrap(), [ada, ben].into());
        assert!(!db.remove_push_subscription(ada, taken.id).await.unwrap(), "it is not hers");
        assert!(db.remove_push_subscription(ben, taken.id).await.unwrap());
        assert_eq!(db.users_with_push(db.organization).await.unwrap(), [ada].into());
    }

    async fn a_link_works_once_and_not_for_ever(db: Db) {
        let case = db.case_of(vec![post("a", "a", 0, "You stole it")]).await;
        let run = Run::start(case, &flow(), "grave", at(10));
        db.change(case, |commit| commit.flows = vec![run.clone()]).await;
        let link = FlowLink { run: run.id, user: UserId::generate(), until: at(100), used_at: None };
        db.add_flow_links(db.organization, vec![(vec![1; 32], link.clone()), (vec![2; 32], link.clone())]).await.unwrap();
        assert_eq!(db.flow_link(db.organization, &[1; 32]).await.unwrap(), Some(link));
        assert_eq!(db.flow_link(db.organization, &[3; 32]).await.unwrap(), None);
        let elsewhere = comity_domain::OrganizationId::generate();
        assert_eq!(db.flow_link(elsewhere, &[1; 32]).await.unwrap(), None);
        assert!(db.use_flow_link(db.organization, &[1; 32], at(50)).await.unwrap());
        assert!(!db.use_flow_link(db.organization, &[1; 32], at(51)).await.unwrap());
        assert!(!db.use_flow_link(db.organization, &[2; 32], at(100)).await.unwrap(), "too old");
        assert_eq!(db.flow_link(db.organization, &[1; 32]).await.unwrap().unwrap().used_at, Some(at(50)));
    }
}
