//! Live changes as server-sent events: that something changed, never what. Pages fetch it by their own rights.

use crate::{auth::SignedIn, state::Http};
use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use comity_app::changes::Change;
use futures::{Stream, StreamExt as _, future, stream};
use std::convert::Infallible;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// What changes, as it changes.
///
/// `hello` comes first, then `case` with `{id, number, version, status}`, `connection` and `backtest` with `{id}`, `policy`, and
/// `policy_alert` with `{alert, id, number}` when a version went live in an emergency (`break_glass`) or a canary had to
/// stop (`canary_stopped`).
/// `resync` says that something was missed and everything is to be loaded again.
#[utoipa::path(
    get,
    path = "/changes",
    tag = "cases",
    responses((status = 200, content_type = "text/event-stream", body = String, description = "The stream."))
)]
async fn follow(State(http): State<Http>, _caller: SignedIn) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let hello = stream::once(future::ready(Event::default().event("hello").data("{}")));
    let end = future::select(Box::pin(http.stop.cancelled_owned()), Box::pin(tokio::time::sleep(http.limits.stream)));
    let events = hello.chain(stream::unfold(http.app.changes.listen(), next)).take_until(end);
    Sse::new(events.map(Ok)).keep_alive(KeepAlive::new().interval(http.limits.heartbeat))
}

async fn next(mut changes: Receiver<Change>) -> Option<(Event, Receiver<Change>)> {
    match changes.recv().await {
        Ok(change) => Some((event(&change), changes)),
        Err(RecvError::Lagged(_)) => Some((Event::default().event("resync").data("{}"), changes)),
        Err(RecvError::Closed) => None,
    }
}

fn event(change: &Change) -> Event {
    let name = match change {
        Change::Case { .. } => "case",
        Change::Connection { .. } => "connection",
        Change::Policy => "policy",
        Change::PolicyAlert { .. } => "policy_alert",
        Change::Backtest { .. } => "backtest",
        Change::Flows => "flows",
    };
    let data = serde_json::to_string(change).unwrap_or_else(|_| "{}".into());
    Event::default().event(name).data(data)
}
