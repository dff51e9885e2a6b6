//! Why an obligation is due when it is: which time counts for it, by the charter and the calendar that decide its case.

use super::in_words;
use crate::{App, AppError};
use comity_domain::{CaseId, ObligationId, calendar::Reckoning, ledger::Obligation};

pub struct WhyDue {
    /// With the due time that it was promised with, put off by what was paused.
    pub obligation: Obligation,
    /// In words; empty when the charter no longer has the article, and then nothing is reckoned.
    pub within: String,
    /// The calendar's, an IANA name.
    pub time_zone: String,
    /// As of today: another due time than the promised one means that charter or calendar changed since.
    pub reckoning: Option<Reckoning>,
}

impl App {
    pub async fn why_due(&self, case: CaseId, obligation: ObligationId) -> Result<WhyDue, AppError> {
        let ledger = self.store.case_obligations(self.organization, case).await?;
        let obligation = ledger.into_iter().find(|one| one.id == obligation);
        let obligation = obligation.ok_or(AppError::NotFound { what: "obligation" })?;
        let live = self.policy_of(case).await?;
        let calendar = live.policy.calendar();
        let due = live.policy.charter().article(&obligation.article).and_then(|article| article.due);
        let reckoning =
            due.map(|due| calendar.reckon(obligation.started_at, due.within, &obligation.paused_for())).transpose();
        let reckoning = reckoning.map_err(|error| AppError::internal(format!("a due time: {error}")))?;
        let within = due.map(|due| in_words(due.within)).unwrap_or_default();
        Ok(WhyDue { obligation, within, time_zone: calendar.time_zone.clone(), reckoning })
    }
}
