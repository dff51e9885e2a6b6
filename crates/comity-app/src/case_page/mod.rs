//! The private page of a case: what the person concerned sees and does without an account.
//!
//! Whoever has the link is taken for the person concerned. It leaves only in replies that nobody else can read, or from an agent's
//! hand, can be ended at any time by both sides, and only its hash is kept. Everything done on the page is an event like
//! any other: policy decides about it, the ledger counts it, and it can be replayed. What they write is a post of the case.
//!
//! Reading order: `links`, `view`, `acts`.

mod acts;
mod links;
mod view;

pub use acts::{Act, Done};
pub use links::{MadeLink, fill_in};
pub use view::{CasePage, PageLine, PagePost, PageRequest};

use crate::{
    AppError,
    accounts::{AttemptLimit, Attempts, network},
};
use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CasePageConfig {
    /// What may be done on the pages of one case.
    pub acts_per_case: AttemptLimit,
    /// Pages looked at from one address, links that lead nowhere included.
    pub looks_per_address: AttemptLimit,
    /// Longest text that can be written on a page, in characters.
    pub longest_text: usize,
}

impl Default for CasePageConfig {
    fn default() -> Self {
        Self {
            acts_per_case: AttemptLimit { at_once: 10, one_more_after_seconds: 60 },
            looks_per_address: AttemptLimit { at_once: 120, one_more_after_seconds: 1 },
            longest_text: 5_000,
        }
    }
}

/// What is counted against the limits.
pub struct Limits {
    acts: Attempts,
    looks: Attempts,
}

impl Limits {
    pub fn new(config: &CasePageConfig) -> Self {
        Self { acts: Attempts::new(config.acts_per_case), looks: Attempts::new(config.looks_per_address) }
    }

    fn look(&self, from: IpAddr, now: Timestamp) -> Result<(), AppError> {
        self.looks.take(&network(from), now).map_err(|retry_after| AppError::RateLimited { retry_after })
    }

    fn act(&self, case: comity_domain::CaseId, now: Timestamp) -> Result<(), AppError> {
        self.acts.take(&case.to_string(), now).map_err(|retry_after| AppError::RateLimited { retry_after })
    }
}
