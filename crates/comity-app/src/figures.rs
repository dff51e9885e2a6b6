//! Figures over the ledger, counted from the posts themselves.

use crate::{App, AppError};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
        let mut companies: BTreeMap<String, CompanyFirstAnswers> = BTreeMap::new();
        for first in self.store.first_answers(self.organization).await? {
            let company = first.company.unwrap_or_default();
            let count = companies.entry(company.clone()).or_default();
            count.company = company;
            count.cases += 1;
            if let Some(at) = first.answered_at {
                count.answered += 1;
                count.answered_within += u64::from(at.duration_since(first.asked_at) <= within);
            }
        }
        let mut companies: Vec<_> = companies.into_values().collect();
        for count in &mut companies {
            count.share = count.answered_within as f64 / count.cases as f64;
        }
        Ok(FirstAnswers { hours, companies })
    }
}
