//! Everything that can go wrong, as `application/problem+json` (RFC 9457). The only place that knows which error is which
//! status.

use crate::dto::{BundleTests, Diagnostic, Draft, GuardVerdict};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

pub type Answer<T> = Result<T, Problem>;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Stable, for programs: `/problems/guard-stopped`.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// What happened, in a sentence.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// With `/problems/guard-stopped`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<Vec<GuardVerdict>>,
    /// With `/problems/draft-changed`: the newest draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<Box<Draft>>,
    /// With `/problems/policy-invalid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Vec<Diagnostic>>,
    /// With `/problems/policy-tests-failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<BundleTests>,
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON Pointer into the body: `/password`.
    pub pointer: String,
    pub message: String,
}

impl Problem {
    /// `slug` is the last part of `type`.
    pub fn new(status: StatusCode, slug: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{slug}"),
            title: title.into(),
            status: status.as_u16(),
            detail: detail.into(),
            advice: None,
            errors: Vec::new(),
            verdicts: None,
            draft: None,
            diagnostics: None,
            tests: None,
            retry_after: None,
        }
    }

    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// A body with one wrong field.
    pub fn field(pointer: &str, message: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { pointer: pointer.into(), message: message.into() }])
    }

    pub fn fields(errors: Vec<FieldError>) -> Self {
        let detail = errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" ");
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Something is not right yet", detail) }
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", format!("There is no such {what}."))
    }

    pub fn unfinished() -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "unfinished", "Unfinished", "This is not there yet.")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
