//! Everything that can go wrong, as `application/problem+json` (RFC 9457). The only place that knows which error is
//! which status.

use crate::dto::{BundleTests, DeliveryView, Diagnostic, Draft, GuardVerdict};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use comity_app::{AppError, values::StoreError};
use comity_domain::life::Why;
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
    /// With `/problems/key-used`: the reply that the key stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Box<DeliveryView>>,
    /// With `/problems/policy-rejected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Vec<Diagnostic>>,
    /// With `/problems/policy-tests-failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<Box<BundleTests>>,
    /// With `/problems/busy`: the backtest that is running.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backtest: Option<uuid::Uuid>,
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
            delivery: None,
            diagnostics: None,
            tests: None,
            backtest: None,
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

    /// What went wrong is in the log and not in the answer.
    pub fn internal() -> Self {
        let detail = "Something went wrong in the server. Nothing was changed unless you can see it.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The server failed", detail)
            .advice("Try again; if it stays, the server's log says more under this request's id.")
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let text = sentence(&error.to_string());
        match error {
            AppError::NotFound { what } => Self::not_found(what),
            AppError::Unauthenticated => Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", "Not signed in", text)
                .advice("Sign in and try again."),
            AppError::WrongPassword => Self::new(StatusCode::UNAUTHORIZED, "wrong-password", "Not signed in", text),
            AppError::Forbidden { .. } => Self::new(StatusCode::FORBIDDEN, "not-allowed", "Not allowed", text),
            AppError::Conflict { advice, .. } => {
                Self::new(StatusCode::CONFLICT, "conflict", "Something changed", text).advice(advice)
            }
            AppError::Invalid { fields, .. } => {
                let error = |field: comity_app::error::FieldError| FieldError {
                    pointer: field.pointer,
                    message: sentence(&field.message),
                };
                Self { detail: text, ..Self::fields(fields.into_iter().map(error).collect()) }
            }
            AppError::RateLimited { retry_after } => Self {
                retry_after: Some(retry_after.as_secs().max(1)),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-attempts", "Too many attempts", text)
            },
            AppError::RepliesHeld { .. } => Self::new(StatusCode::CONFLICT, "replies-held", "Replies are held", text)
                .advice("An approver can release them."),
            AppError::GuardStopped { verdicts } => Self {
                verdicts: Some(verdicts.into_iter().map(Into::into).collect()),
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "guard-stopped", "A guard stops this reply", text)
            },
            AppError::PolicyRejected { diagnostics } => Self {
                diagnostics: Some(diagnostics.into_iter().map(Into::into).collect()),
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "policy-rejected", "The bundle has errors", text)
            },
            AppError::PolicyTestsFailed { report } => Self {
                tests: Some(Box::new((*report).into())),
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "policy-tests-failed", "Tests fail", text)
            },
            AppError::Busy { backtest } => Self {
                backtest: Some(backtest.0),
                ..Self::new(StatusCode::CONFLICT, "busy", "Another one is running", text)
                    .advice("Wait until it is done, or cancel it.")
            },
            AppError::Superseded => Self::new(StatusCode::CONFLICT, "superseded", "Asked again", text),
            AppError::DraftChanged { .. } => {
                Self::new(StatusCode::CONFLICT, "draft-changed", "The draft changed", text)
            }
            AppError::PolicyChanged { .. } => {
                Self::new(StatusCode::CONFLICT, "policy-changed", "Another version is live", text)
                    .advice("Look at what changed, take it over, and publish again.")
            }
            AppError::PolicyRefused(refused) => refused_step(refused.why, text),
            AppError::KeyUsed { .. } => Self::new(StatusCode::CONFLICT, "key-used", "Sent already", text)
                .advice("Send it under a new key if it should leave as well."),
            AppError::Connector { advice, .. } => Self {
                advice,
                ..Self::new(StatusCode::BAD_GATEWAY, "connector", "The connector could not do this", text)
            },
            AppError::Host(_) => {
                Self::new(StatusCode::BAD_GATEWAY, "connector-stopped", "The connector was stopped", text)
                    .advice("The connection's log says more.")
            }
            AppError::Store(error) => from_store(error, text),
            AppError::Vault(_) => {
                Self::new(StatusCode::CONFLICT, "secrets-locked", "The secrets cannot be opened", text)
            }
            AppError::Internal { .. } => {
                tracing::error!(error = %text, "a request failed");
                Self::internal()
            }
        }
    }
}

fn refused_step(why: Why, text: String) -> Problem {
    let (status, slug, title) = match why {
        Why::Role => (StatusCode::FORBIDDEN, "not-allowed", "Not allowed"),
        Why::OwnWork => (StatusCode::FORBIDDEN, "own-work", "Somebody else has to do this"),
        Why::State => (StatusCode::CONFLICT, "wrong-state", "Not possible now"),
        Why::ApprovalNeeded => (StatusCode::CONFLICT, "approval-needed", "An approval is needed"),
        Why::PolicyChanged => (StatusCode::CONFLICT, "policy-changed", "Another version is live"),
        Why::ImpactChanged => (StatusCode::CONFLICT, "impact-changed", "The report changed"),
    };
    Problem::new(status, slug, title, text)
}

fn from_store(error: StoreError, text: String) -> Problem {
    match error {
        StoreError::NotFound { what } => Problem::not_found(what),
        StoreError::AlreadySetUp => Problem::new(StatusCode::CONFLICT, "already-set-up", "Already set up", text),
        StoreError::Taken { field, .. } => {
            let errors = vec![FieldError { pointer: format!("/{field}"), message: text.clone() }];
            Problem { errors, ..Problem::new(StatusCode::CONFLICT, "taken", "Already there", text) }
        }
        StoreError::Conflict { .. } => Problem::new(StatusCode::CONFLICT, "conflict", "Something changed", text),
        StoreError::WrongState { .. } | StoreError::NotRunning { .. } => {
            Problem::new(StatusCode::CONFLICT, "wrong-state", "Not possible now", text)
        }
        error => {
            tracing::error!(error = &error as &dyn std::error::Error, "a request failed");
            Problem::internal()
        }
    }
}

/// With a capital and a full stop: errors are written to go into other sentences.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
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
