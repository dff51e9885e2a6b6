//! Replies on their way out.
//!
//! A worker leases a reply, and the lease counts the attempt and raises the fence before anything is sent. What it did is
//! recorded under that fence; a worker whose lease was taken over records nothing. A lease that ran out says nothing about
//! whether the reply left, so it becomes `unknown` and is looked up.

use crate::{Store, StoreError};
use comity_domain::{
    CaseId, DeliveryId, OrganizationId, Timestamp,
    audit::Actor,
    delivery::{Attempt, Delivery, State},
};

/// A reply in a worker's hands.
#[derive(Clone, Debug, PartialEq)]
pub struct Leased {
    /// As leased: state `leased`, attempts counted, fence raised.
    pub delivery: Delivery,
    /// It may have arrived already: look it up before sending.
    pub look_up: bool,
}

/// What recording an attempt changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub case: CaseId,
    pub state: State,
}

impl Store {
    /// Takes what is due, and what another worker's lease left behind.
    pub async fn lease_deliveries(
        &self,
        organization: OrganizationId,
        now: Timestamp,
        until: Timestamp,
        limit: u64,
        worker: &str,
    ) -> Result<Vec<Leased>, StoreError> {
        todo!()
    }
    /// Records what an attempt came to; `most_attempts` decides when retries end in the dead letters. A sent reply becomes
    /// our own post in the same transaction; a refused or given-up one becomes a `delivery_failed` event.
    pub async fn record_attempt(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        fence: i64,
        attempt: &Attempt,
        most_attempts: i32,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        todo!()
    }
    /// When the next reply is due or a lease ends.
    pub async fn next_delivery_at(&self, organization: OrganizationId) -> Result<Option<Timestamp>, StoreError> {
        todo!()
    }
    /// Replies in this state, oldest first.
    pub async fn deliveries(
        &self,
        organization: OrganizationId,
        state: State,
        limit: u64,
    ) -> Result<Vec<Delivery>, StoreError> {
        todo!()
    }
    /// Sends a dead letter again, with its attempts counted anew. It is looked up first.
    pub async fn redrive(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        todo!()
    }
    /// Gives a dead letter up for good.
    pub async fn drop_delivery(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        todo!()
    }
}
