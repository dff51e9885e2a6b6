//! Replies leave once; a worker that lost its lease records nothing.

use crate::support::{Db, at, on_both, post, reply};
use comity_domain::{
    CaseId, DeliveryId, UserId,
    audit::Actor,
    delivery::{Approval, Attempt, Author, Delivery, State},
    inbound::InboundEvent,
    post::Visibility,
};
use comity_store::{AuditFilter, CommitResult, ConnectionChange, ConnectionStatus, StoreError};

const MOST: i32 = 3;

async fn answered(db: &Db) -> (CaseId, DeliveryId) {
    recorded(db, State::Pending, None).await
}

async fn recorded(db: &Db, state: State, approval: Option<Approval>) -> (CaseId, DeliveryId) {
    let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
    db.decide(at(1)).await;
    let id = DeliveryId::generate();
    let delivery = Delivery {
        id,
        case,
        connection: db.connection,
        text: "We found it.".into(),
        in_reply_to: Some("a".into()),
        root: Some("a".into()),
        visibility: Visibility::Public,
        idempotency_key: "key".into(),
        author: Author::Agent { user: UserId::generate() },
        approval,
        state,
        attempts: 0,
        fence: 0,
        due_at: at(100),
        created_at: at(100),
        external_id: None,
        last_error: None,
    };
    db.change(case, |commit| commit.deliveries.push(delivery)).await;
    (case, id)
}

fn sent(external_id: &str, seconds: i64) -> Attempt {
    Attempt::Sent { external_id: external_id.into(), url: None, at: at(seconds) }
}

on_both! {
    async fn a_reply_that_waits_for_approval_leaves_once_it_is_given(db: Db) {
        let asked = Approval { why: "Somebody reads it.".into(), by: None, declined: None };
        let (case, id) = recorded(&db, State::AwaitsApproval, Some(asked)).await;
        let awaits = |counts: comity_store::CaseCounts| counts.awaits_approval;
        assert_eq!(awaits(db.case_counts(db.organization, None).await.unwrap()), 1);
        assert_eq!(db.next_delivery_at(db.organization).await.unwrap(), None);
        assert!(db.lease_deliveries(db.organization, at(500), at(530), 10, "one").await.unwrap().is_empty());
        let (by, version) = (UserId::generate(), db.snapshot_of(case).await.case.version);
        let old = db.decide_approval(db.organization, id, by, version - 1, None, at(200)).await.unwrap();
        assert_eq!(old, None, "it was another case that they looked at");
        let approved = db.decide_approval(db.organization, id, by, version, None, at(200)).await.unwrap().unwrap();
        assert_eq!((approved.state, approved.approval.unwrap().by), (State::Pending, Some(by)));
        let again = db.decide_approval(db.organization, id, by, version, Some("No".into()), at(201)).await;
        assert!(matches!(again, Err(StoreError::WrongState { .. })), "{again:?}");
        assert_eq!(db.next_delivery_at(db.organization).await.unwrap(), Some(at(200)));
        assert_eq!(awaits(db.case_counts(db.organization, None).await.unwrap()), 0);
    }

    async fn a_sent_reply_is_our_post(db: Db) {
        let (case, id) = answered(&db).await;
        assert_eq!(db.next_delivery_at(db.organization).await.unwrap(), Some(at(100)));
        assert!(db.lease_deliveries(db.organization, at(99), at(130), 10, "one").await.unwrap().is_empty());
        let leased = db.lease_deliveries(db.organization, at(101), at(130), 10, "one").await.unwrap();
        assert_eq!((leased.len(), leased[0].look_up), (1, false));
        let delivery = &leased[0].delivery;
        assert_eq!((delivery.id, delivery.state, delivery.attempts, delivery.fence), (id, State::Leased, 1, 1));
        assert!(db.lease_deliveries(db.organization, at(102), at(130), 10, "two").await.unwrap().is_empty());

        let recorded = db.record_attempt(db.organization, id, 1, &sent("z", 103), MOST, at(104)).await.unwrap();
        assert_eq!((recorded.case, recorded.state), (case, State::Sent));
        let posts = db.case_posts(db.organization, case).await.unwrap();
        assert_eq!((posts[1].external_id.as_str(), posts[1].parent, posts[1].at), ("z", Some(posts[0].id), at(103)));
        assert_eq!(db.waiting().await[0].events[0].kind.name(), "post");
        assert_eq!(db.next_delivery_at(db.organization).await.unwrap(), None);
        // The platform shows it to us, and an answer to it comes.
        assert_eq!(db.take(vec![reply("z", "a", "northwind", 103, "We found it.")]).await.duplicates, 1);
        assert_eq!(db.case_of(vec![reply("y", "z", "ada", 200, "Thanks!")]).await, case);
    }

    async fn an_echo_before_the_record_is_the_same_post(db: Db) {
        let (case, id) = answered(&db).await;
        db.lease_deliveries(db.organization, at(101), at(130), 10, "one").await.unwrap();
        db.take(vec![reply("z", "a", "northwind", 103, "We found it.")]).await;
        db.record_attempt(db.organization, id, 1, &sent("z", 103), MOST, at(104)).await.unwrap();
        assert_eq!(db.case_posts(db.organization, case).await.unwrap().len(), 2);
        let delivery = db.delivery(db.organization, id).await.unwrap().unwrap();
        assert_eq!((delivery.state, delivery.external_id.as_deref()), (State::Sent, Some("z")));
    }

    async fn a_lease_that_ran_out_is_looked_up_and_its_worker_fenced_off(db: Db) {
        let (_, id) = answered(&db).await;
        db.lease_deliveries(db.organization, at(101), at(130), 10, "one").await.unwrap();
        assert_eq!(db.next_delivery_at(db.organization).await.unwrap(), Some(at(130)));
        let taken_over = db.lease_deliveries(db.organization, at(131), at(160), 10, "two").await.unwrap();
        assert_eq!((taken_over[0].look_up, taken_over[0].delivery.fence), (true, 2));
        let late = db.record_attempt(db.organization, id, 1, &sent("z", 120), MOST, at(132)).await;
        assert!(matches!(late, Err(StoreError::StaleFence)));
        db.record_attempt(db.organization, id, 2, &sent("z", 120), MOST, at(133)).await.unwrap();
        let again = db.record_attempt(db.organization, id, 2, &sent("z", 120), MOST, at(134)).await;
        assert!(matches!(again, Err(StoreError::StaleFence)));
    }

    async fn an_unknown_outcome_is_looked_up(db: Db) {
        let (_, id) = answered(&db).await;
        db.lease_deliveries(db.organization, at(101), at(130), 10, "one").await.unwrap();
        let unknown = Attempt::Unknown { error: "connection lost".into(), look_up_at: at(110) };
        let recorded = db.record_attempt(db.organization, id, 1, &unknown, MOST, at(105)).await.unwrap();
        assert_eq!(recorded.state, State::Unknown);
        let leased = db.lease_deliveries(db.organization, at(111), at(140), 10, "one").await.unwrap();
        assert!(leased[0].look_up);
        let retry = |seconds| Attempt::Retry { error: "busy".into(), at: at(seconds) };
        db.record_attempt(db.organization, id, 2, &retry(112), 9, at(112)).await.unwrap();
        let leased = db.lease_deliveries(db.organization, at(113), at(140), 10, "one").await.unwrap();
        assert!(leased[0].look_up, "this attempt sent nothing, an earlier one may have");
        let stale = db.is_not_there(db.organization, id, 2).await;
        assert!(matches!(stale, Err(StoreError::StaleFence)));
        db.is_not_there(db.organization, id, 3).await.unwrap();
        db.record_attempt(db.organization, id, 3, &retry(115), 9, at(114)).await.unwrap();
        let leased = db.lease_deliveries(db.organization, at(116), at(140), 10, "one").await.unwrap();
        assert!(!leased[0].look_up, "surely not sent: nothing to look up");
    }

    async fn dead_letters_are_told_of_and_sent_again(db: Db) {
        let (case, id) = answered(&db).await;
        let mut now = 101;
        for fence in 1..=i64::from(MOST) {
            db.lease_deliveries(db.organization, at(now), at(now + 5), 10, "one").await.unwrap();
            let retry = Attempt::Retry { error: "busy".into(), at: at(now + 10) };
            let recorded = db.record_attempt(db.organization, id, fence, &retry, MOST, at(now + 1)).await.unwrap();
            let expected = if fence == i64::from(MOST) { State::Dead } else { State::Pending };
            assert_eq!(recorded.state, expected);
            now += 20;
        }
        assert_eq!(db.deliveries(db.organization, State::Dead, 10).await.unwrap()[0].last_error.as_deref(), Some("busy"));
        assert_eq!(db.waiting().await[0].events[0].kind.name(), "delivery_failed");
        assert!(db.lease_deliveries(db.organization, at(999), at(1_010), 10, "one").await.unwrap().is_empty());

        let again = db.redrive(db.organization, id, &Actor::System, at(1_000)).await.unwrap();
        assert_eq!((again.state, again.attempts), (State::Pending, 0));
        let leased = db.lease_deliveries(db.organization, at(1_001), at(1_010), 10, "one").await.unwrap();
        assert_eq!(leased[0].delivery.fence, i64::from(MOST) + 1);
        let refused = Attempt::Refused { error: "account closed".into() };
        db.record_attempt(db.organization, id, leased[0].delivery.fence, &refused, MOST, at(1_002)).await.unwrap();
        db.drop_delivery(db.organization, id, &Actor::System, at(1_003)).await.unwrap();
        let gone = db.redrive(db.organization, id, &Actor::System, at(1_004)).await;
        assert!(matches!(gone, Err(StoreError::WrongState { state: "cancelled", .. })));
        assert_eq!(db.case_deliveries(db.organization, case).await.unwrap().len(), 1);
    }

    async fn a_paused_connection_sends_nothing(db: Db) {
        let (_, id) = answered(&db).await;
        let set = async |status| {
            let change = ConnectionChange { status: Some(status), ..ConnectionChange::default() };
            db.update_connection(db.organization, db.connection, change, "pause", &Actor::System, at(100)).await.unwrap();
        };
        set(ConnectionStatus::Paused).await;
        assert_eq!(db.next_delivery_at(db.organization).await.unwrap(), None);
        assert!(db.lease_deliveries(db.organization, at(101), at(130), 10, "one").await.unwrap().is_empty());
        set(ConnectionStatus::Running).await;
        let leased = db.lease_deliveries(db.organization, at(200), at(230), 10, "one").await.unwrap();
        assert_eq!((leased[0].delivery.id, leased[0].delivery.attempts), (id, 1));
    }

    async fn a_held_case_sends_nothing(db: Db) {
        let (case, _) = answered(&db).await;
        db.change(case, |commit| commit.case.held_for = Some("legal".into())).await;
        assert_eq!(db.next_delivery_at(db.organization).await.unwrap(), None);
        assert!(db.lease_deliveries(db.organization, at(101), at(130), 10, "one").await.unwrap().is_empty());
        db.change(case, |commit| commit.case.held_for = None).await;
        assert_eq!(db.lease_deliveries(db.organization, at(200), at(230), 10, "one").await.unwrap().len(), 1);
    }

    async fn one_key_is_one_reply(db: Db) {
        let (case, id) = answered(&db).await;
        let first = db.delivery_by_key(db.organization, "key").await.unwrap().unwrap();
        assert_eq!(first.id, id);
        let twin = Delivery { id: DeliveryId::generate(), ..first };
        let log = async || {
            let filter = AuditFilter { case: Some(case), ..AuditFilter::default() };
            db.audit_entries(db.organization, &filter, None, 50).await.unwrap().items.len()
        };
        let before = log().await;
        let result = db.change(case, |commit| commit.deliveries.push(twin)).await;
        assert_eq!((result, log().await), (CommitResult::Conflict, before), "nothing of it is written");
        assert_eq!(db.case_deliveries(db.organization, case).await.unwrap().len(), 1);
    }

    async fn the_platform_may_say_later_what_became_of_it(db: Db) {
        let (case, id) = answered(&db).await;
        let status = |status: &str, external_id: Option<&str>| InboundEvent::DeliveryStatus {
            idempotency_key: "key".into(),
            status: status.into(),
            external_id: external_id.map(str::to_owned),
            at: at(150),
        };
        db.lease_deliveries(db.organization, at(101), at(130), 10, "one").await.unwrap();
        assert_eq!(db.take(vec![status("delivered", Some("z"))]).await.stored, 1);
        assert_eq!(db.take(vec![status("delivered", Some("z"))]).await.duplicates, 1);
        let delivery = db.delivery(db.organization, id).await.unwrap().unwrap();
        assert_eq!((delivery.state, delivery.external_id.as_deref()), (State::Sent, Some("z")));
        assert_eq!(db.case_posts(db.organization, case).await.unwrap().len(), 2);
        db.take(vec![status("rejected", None)]).await;
        assert_eq!(db.delivery(db.organization, id).await.unwrap().unwrap().state, State::Dead);
    }
}
