//! Figures over the ledger, counted from the posts themselves.

use crate::{App, AppError};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// How soon each company gave its first answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstAnswers {
    pub hours: u32,
    pub companies: Vec<CompanyFirstAnswers>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CompanyFirstAnswers {
    /// Empty for cases that name none.
    pub company: String,
    /// Cases in which a consumer wrote.
    pub cases: u64,
    /// Of those, the ones with an answer at all.
    pub answered: u64,
    /// Of those, the ones answered within the hours asked for.
    pub answered_within: u64,
    /// `answered_within` of `cases`, from 0 to 1.
    pub share: f64,
}

impl App {
    /// First answers within `hours` elapsed hours of the consumer's first post.
    pub async fn first_answers(&self, hours: u32) -> Result<FirstAnswers, AppError> {
        let within = SignedDuration::from_hours(hours.into());
        let found = self.store.first_answers(self.organization, within).await?;
        let companies = found.into_iter().map(|count| CompanyFirstAnswers {
            company: count.company.unwrap_or_default(),
            cases: count.cases,
            answered: count.answered,
            answered_within: count.answered_within,
            share: count.answered_within as f64 / count.cases as f64,
        });
        let companies = companies.collect();
        Ok(FirstAnswers { hours, companies })
    }
}
