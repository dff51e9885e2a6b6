//! Figures over the ledger, straight from what was posted.

use crate::{Store, StoreError};
use comity_domain::{OrganizationId, Timestamp};

/// A case in which a consumer wrote, and when the company first answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    pub company: Option<String>,
    pub asked_at: Timestamp,
    pub answered_at: Option<Timestamp>,
}

impl Store {
    pub async fn first_answers(&self, organization: OrganizationId) -> Result<Vec<FirstAnswer>, StoreError> {
        todo!()
    }
}
