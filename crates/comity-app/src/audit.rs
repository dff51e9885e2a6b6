//! Reading what was done by whom.

use crate::{App, AppError};
use comity_store::{AuditFilter, AuditRow, Page};

impl App {
    /// Newest first.
    pub async fn audit_log(
        &self,
        filter: &AuditFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<AuditRow>, AppError> {
        Ok(self.store.audit_entries(self.organization, filter, cursor, limit).await?)
    }
}
