//! The whole router, and serving it.

use crate::{
    cookie::SessionCookie,
    errors::Problem,
    health, hooks, layers,
    limits::Limits,
    openapi::{self, PREFIX},
    public,
    state::Http,
    web,
};
use axum::{Json, Router, http::StatusCode, routing::get};
use comity_app::App;
use metrics_exporter_prometheus::PrometheusHandle;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves until `stop`, and then finishes what is in hand.
pub async fn serve(listener: TcpListener, app: Arc<App>, stop: CancellationToken) -> io::Result<()> {
    serve_within(listener, app, stop, Limits::default()).await
}

/// The same with other times.
pub async fn serve_within(
    listener: TcpListener,
    app: Arc<App>,
    stop: CancellationToken,
    limits: Limits,
) -> io::Result<()> {
    let metrics = health::recorder();
    let router = router(app, metrics.clone(), stop.clone(), limits);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned());
    tokio::select! {
        served = serving => served,
        never = health::upkeep(metrics) => match never {},
    }
}

fn router(app: Arc<App>, metrics: PrometheusHandle, stop: CancellationToken, limits: Limits) -> Router {
    let cookie = SessionCookie::for_site(&app.config.public_url);
    let largest_hook = app.config.connections.webhook_bytes;
    let http = Http { app, cookie, metrics, limits, stop };
    let (api, _) = openapi::described().split_for_parts();
    let api = api
        .route(&format!("{PREFIX}/openapi.json"), get(async || Json(openapi::document())))
        .route(&format!("{PREFIX}/{{*rest}}"), axum::routing::any(async || Problem::not_found("address")));
    let router = layers::around_api(api, &http)
        .merge(layers::as_data(hooks::routes(largest_hook)))
        .merge(health::routes())
        .merge(public::routes())
        .fallback(web::serve)
        .method_not_allowed_fallback(async || wrong_method());
    layers::around_all(router).with_state(http)
}

fn wrong_method() -> Problem {
    let detail = "This address does not take that method.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "Wrong method", detail)
}
