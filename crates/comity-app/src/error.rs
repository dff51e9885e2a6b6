//! Everything a use case can refuse, in words for the person who asked.
//!
//! `comity-http` turns each into a problem document, the command line into a sentence and an exit code.

use crate::vault::VaultError;
use comity_domain::{BacktestId, decision::GuardVerdict, delivery::Delivery, life::Refused};
use comity_plugin_host::HostError;
use comity_policy::{Diagnostic, TestReport};
use comity_store::StoreError;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("there is no such {what}")]
    NotFound { what: &'static str },
    #[error("you are not signed in")]
    Unauthenticated,
    /// Says nothing about which of the two it was.
    #[error("the e-mail address or the password is wrong")]
    WrongPassword,
    #[error("{why}")]
    Forbidden { why: String },
    /// The request contradicts the state of things; asking again later or on newer data may work.
    #[error("{detail}")]
    Conflict { detail: String, advice: String },
    #[error("{detail}")]
    Invalid { detail: String, fields: Vec<FieldError> },
    #[error("too many attempts; try again in {} seconds", retry_after.as_secs().max(1))]
    RateLimited { retry_after: Duration },
    #[error("replies in this case are held for {team}")]
    RepliesHeld { team: String },
    #[error("a guard stops this reply")]
    GuardStopped { verdicts: Vec<GuardVerdict> },
    #[error("the bundle has errors")]
    PolicyRejected { diagnostics: Vec<Diagnostic> },
    #[error("{} of the bundle's tests fail", report.failed)]
    PolicyTestsFailed { report: Box<TestReport> },
    #[error("the draft was changed by someone else in the meantime")]
    DraftChanged { revision: i64 },
    #[error("another backtest is running; one runs at a time")]
    Busy { backtest: BacktestId },
    /// Nobody waits for the answer any more.
    #[error("a newer question of yours is being answered")]
    Superseded,
    #[error("another version is live by now, number {number}")]
    PolicyChanged { number: i64 },
    /// A step that may not be taken with a version, with why.
    #[error("{}", .0.sentence)]
    PolicyRefused(Refused),
    /// The same key for something else: what was asked for first stands.
    #[error("this key was used for another reply, which is on its way")]
    KeyUsed { delivery: Box<Delivery> },
    #[error("the connector could not do this: {message}")]
    Connector { message: String, advice: Option<String> },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A defect or a broken installation; the detail is for the log.
    #[error("{context}")]
    Internal { context: String },
}

/// One wrong field of a request body.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// A JSON Pointer into the request.
    pub pointer: String,
    pub message: String,
}

impl AppError {
    pub fn invalid(pointer: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let fields = vec![FieldError { pointer: pointer.to_owned(), message: message.clone() }];
        Self::Invalid { detail: message, fields }
    }

    pub fn internal(context: impl Into<String>) -> Self {
        Self::Internal { context: context.into() }
    }
}
