//! Why an obligation is due when it is: which time counts for it, by the charter and the calendar that decide its case.

use super::in_words;
use crate::{App, AppError, calendars::Day};
use comity_domain::{
    CaseId, ObligationId,
    calendar::{Reckoning, Stretch},
    ledger::Obligation,
};

pub struct WhyDue {
    /// With the due time that it was promised with, put off by what was paused.
    pub obligation: Obligation,
    /// In words; empty when the charter no longer has the article, and then nothing is reckoned.
    pub within: String,
    /// The calendar's, an IANA name.
    pub time_zone: String,
    /// As of today: another due time than the promised one means that charter or calendar changed since.
    pub reckoning: Option<Reckoning>,
    /// The days between on which the calendar is closed, and what they are called.
    pub holidays: Vec<Day>,
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
        let counts_days = due.is_some_and(|due| due.within.elapsed().is_none());
        let holidays = match reckoning.as_ref().filter(|_| counts_days) {
            Some(reckoning) => {
                let stretch = Stretch { from: obligation.started_at, until: reckoning.due_at };
                let days = calendar.holidays_in(stretch);
                days.map_err(|error| AppError::internal(format!("a due time: {error}")))?
            }
            None => Vec::new(),
        };
        Ok(WhyDue { obligation, within, time_zone: calendar.time_zone.clone(), reckoning, holidays })
    }
}
