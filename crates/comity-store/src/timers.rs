//! Due times that become events.

use crate::{Store, StoreError};
use comity_domain::{OrganizationId, Timestamp};

impl Store {
    /// Fires what is due: each timer becomes a breach event, once. A timer whose case still has undecided events is left for
    /// later, because one of them may settle the obligation. How many were fired.
    pub async fn fire_due(
        &self,
        organization: OrganizationId,
        now: Timestamp,
        limit: u64,
    ) -> Result<usize, StoreError> {
        todo!()
    }
    pub async fn next_timer_at(&self, organization: OrganizationId) -> Result<Option<Timestamp>, StoreError> {
        todo!()
    }
}
