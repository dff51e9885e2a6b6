//! For those who run the server: is it up, can it work, and its figures.

use crate::{auth::Integrator, errors::Answer, peer::Local, state::Http};
use axum::{Json, Router, extract::State, http::header, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};
use std::{convert::Infallible, sync::OnceLock, time::Duration};

/// Upper bounds for times, in seconds.
const SECONDS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How often what was recorded is looked through.
const UPKEEP: Duration = Duration::from_secs(5);

pub fn routes() -> Router<Http> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready)).route("/metrics", get(figures))
}

/// The recorder of the whole process; figures are kept from the first call on.
pub fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS).unwrap_or_default();
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("figures are already being recorded elsewhere; /metrics stays empty");
        }
        handle
    };
    HANDLE.get_or_init(install).clone()
}

/// Keeps what was recorded small: until it is looked through, every value is kept, and perhaps nobody ever asks for the
/// figures.
pub async fn upkeep(metrics: PrometheusHandle) -> Infallible {
    loop {
        tokio::time::sleep(UPKEEP).await;
        metrics.run_upkeep();
    }
}

/// The process runs.
async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The database answers and a policy is live.
async fn ready(State(http): State<Http>) -> Answer<Json<Value>> {
    http.app.organization().await?;
    http.app.live_policy()?;
    Ok(Json(json!({ "status": "ok" })))
}

/// In the Prometheus text format.
async fn figures(
    State(http): State<Http>,
    caller: Result<Integrator, crate::errors::Problem>,
    local: Result<Local, crate::errors::Problem>,
) -> Answer<impl IntoResponse> {
    if caller.is_err() {
        local?;
    }
    http.metrics.run_upkeep();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], http.metrics.render()))
}
