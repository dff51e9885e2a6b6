//! A reply that may have arrived is not sent again without a look.

use crate::{Clock as _, app::tests::Opened};
use comity_domain::{
    DeliveryId, UserId,
    delivery::{Author, Delivery, State},
    post::Visibility,
};
use comity_store::CommitResult;
use jiff::SignedDuration;

impl Opened {
    /// A reply that waits to be sent through a connection whose connector is not there.
    async fn stranded_reply(&self) -> Delivery {
        let case = self.case(self.connection("gone").await).await;
        self.app.decide_all().await.unwrap();
        let now = self.clock.now();
        let mut snapshot = self.app.store.snapshot(self.app.organization, case).await.unwrap().unwrap();
        let delivery = Delivery {
            id: DeliveryId::generate(),
            case,
            connection: snapshot.case.connection,
            text: "We found it.".into(),
            in_reply_to: Some("a".into()),
            root: None,
            visibility: Visibility::Public,
            idempotency_key: "key".into(),
            author: Author::Agent { user: UserId::generate() },
            approval: None,
            state: State::Pending,
            attempts: 0,
            fence: 0,
            due_at: now,
            created_at: now,
            external_id: None,
            last_error: None,
        };
        let base_version = snapshot.case.version;
        snapshot.case.version += 1;
        let mut commit = self.app.case_commit(snapshot, base_version, Vec::new(), now).await.unwrap();
        commit.deliveries.push(delivery.clone());
        let done = self.app.store.commit_decisions(self.app.organization, vec![commit], now).await.unwrap();
        assert_eq!(done, [CommitResult::Done]);
        delivery
    }

    async fn state(&self, id: DeliveryId) -> State {
        self.app.store.delivery(self.app.organization, id).await.unwrap().unwrap().state
    }
}

#[tokio::test]
async fn without_its_connector_a_reply_waits_and_what_may_have_arrived_stays_unknown() {
    let opened = Opened::new().await;
    let reply = opened.stranded_reply().await;
    assert_eq!(opened.app.deliver_due().await.unwrap(), 1);
    assert_eq!(opened.state(reply.id).await, State::Pending, "nothing was sent, so nothing is to be looked up");

    // A worker takes it and is never heard of again.
    opened.clock.advance(60);
    let now = opened.clock.now();
    let until = now + SignedDuration::from_secs(10);
    let lost = opened.app.store.lease_deliveries(opened.app.organization, now, until, 1, "lost").await.unwrap();
    assert_eq!(lost.len(), 1);
    opened.clock.advance(20);
    for _ in 0..2 {
        assert_eq!(opened.app.deliver_due().await.unwrap(), 1);
        assert_eq!(opened.state(reply.id).await, State::Unknown);
        opened.clock.advance(3_600);
    }
    opened.app.stop().await;
}
