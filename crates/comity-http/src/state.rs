//! What every handler can reach.

use crate::{cookie::SessionCookie, limits::Limits};
use axum::http::HeaderValue;
use comity_app::{App, accounts::SignedIn};
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[derive(Clone)]
pub struct Http {
    pub app: Arc<App>,
    pub cookie: SessionCookie,
    pub metrics: PrometheusHandle,
    pub limits: Limits,
    /// Set when the server is to end; streams end with it.
    pub stop: CancellationToken,
}

impl Http {
    /// The cookie of a session just begun.
    pub fn new_cookie(&self, signed_in: &SignedIn) -> HeaderValue {
        self.cookie.set(&signed_in.token, signed_in.ends_at.duration_since(self.app.clock.now()))
    }
}
