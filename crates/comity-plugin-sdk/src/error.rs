//! Errors that a person can act on.

use crate::types;

pub type Error = types::Error;
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error with one of the codes of the WIT package. Only this request is concerned, and nothing was carried out.
pub fn error(code: &str, message: impl Into<String>) -> Error {
    Error {
        code: code.into(),
        message: message.into(),
        retry_after: None,
        scope: "request".into(),
        advice: None,
        ambiguous: false,
    }
}

/// More to say about an error.
pub trait ErrorExt {
    /// What the administrator or agent can do about it.
    #[must_use]
    fn advice(self, advice: impl Into<String>) -> Self;
    /// The whole connection is concerned.
    #[must_use]
    fn of_connection(self) -> Self;
    /// The platform may have carried the request out all the same.
    #[must_use]
    fn ambiguous(self) -> Self;
}

impl ErrorExt for Error {
    fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    fn of_connection(mut self) -> Self {
        self.scope = "connection".into();
        self
    }

    fn ambiguous(mut self) -> Self {
        self.ambiguous = true;
        self
    }
}
