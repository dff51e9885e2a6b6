//! What was done, by whom, to what: appended in the transaction of the change itself, never changed.

use crate::{Page, Store, StoreError};
use comity_domain::{AuditId, CaseId, OrganizationId, audit::AuditEntry};

#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    pub id: AuditId,
    pub entry: AuditEntry,
}

#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub subject: Option<String>,
    pub case: Option<CaseId>,
    /// A whole action, or with a trailing dot every action of a noun.
    pub action: Option<String>,
}

impl Store {
    /// Appends entries that belong to no other write, such as a refused sign-in.
    pub async fn append_audit(&self, organization: OrganizationId, entries: &[AuditEntry]) -> Result<(), StoreError> {
        todo!()
    }
    /// Newest first.
    pub async fn audit_entries(
        &self,
        organization: OrganizationId,
        filter: &AuditFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<AuditRow>, StoreError> {
        todo!()
    }
}
