//! The system on the other side of a webhook: takes one reply for one key, and fails in the ways that systems do.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::webhook::Webhook;

pub struct Receiver {
    pub url: String,
    side: Arc<Mutex<Side>>,
}

/// How the next replies are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    #[default]
    Take,
    /// Takes the reply, and the answer breaks off on its way back.
    TakeAndBreakOff,
    /// The reply is lost, and so is the answer.
    BreakOff,
    /// Takes the reply and never answers.
    TakeAndHang,
    /// Will not have it, ever.
    Refuse,
    /// Is out of order; what became of the reply stays open.
    Fail,
    /// Has no time for this now.
    Busy,
}

#[derive(Default)]
struct Side {
    taken: Vec<(String, Value)>,
    /// The key of every attempt, taken or not.
    attempts: Vec<String>,
    lookups: usize,
    manner: Manner,
}

type Shared = State<Arc<Mutex<Side>>>;

impl Receiver {
    pub async fn start() -> Result<Self> {
        let side = Arc::new(Mutex::new(Side::default()));
        let routes = Router::new().route("/replies", post(take)).route("/replies/{key}", get(show));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://localhost:{}", listener.local_addr()?.port());
        let app = routes.with_state(Arc::clone(&side));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, side })
    }

    /// What it has, each reply once.
    pub fn taken(&self) -> Vec<Value> {
        self.with(|side| side.taken.iter().map(|(_, body)| body.clone()).collect())
    }

    /// The key of every attempt to bring a reply.
    pub fn attempts(&self) -> Vec<String> {
        self.with(|side| side.attempts.clone())
    }

    /// How often it was asked whether it has a reply.
    pub fn lookups(&self) -> usize {
        self.with(|side| side.lookups)
    }

    pub fn answer(&self, manner: Manner) {
        self.with(|side| side.manner = manner);
    }

    fn with<T>(&self, look: impl FnOnce(&mut Side) -> T) -> T {
        look(&mut self.side.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn take(State(side): Shared, headers: HeaderMap, body: String) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (key, seconds) = (header("idempotency-key"), header("webhook-timestamp"));
    // What is no reply has its own id alone.
    let key = if key.is_empty() { header("webhook-id") } else { key };
    let at = seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_default();
    let sender = Webhook::known("", String::new());
    let [_, _, (_, expected)] = sender.headers(&header("webhook-id"), at, body.as_bytes());
    if header("webhook-signature") != expected {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(body) = serde_json::from_str(&body) else { return StatusCode::BAD_REQUEST.into_response() };
    let (manner, answer) = {
        let mut side = side.lock().unwrap_or_else(PoisonError::into_inner);
        side.attempts.push(key.clone());
        let manner = side.manner;
        match manner {
            Manner::Refuse => return (StatusCode::UNPROCESSABLE_ENTITY, "no such conversation").into_response(),
            Manner::Fail => return StatusCode::BAD_GATEWAY.into_response(),
            Manner::Busy => return StatusCode::TOO_MANY_REQUESTS.into_response(),
            Manner::BreakOff => {}
            Manner::Take | Manner::TakeAndBreakOff | Manner::TakeAndHang => {
                if side.taken.iter().all(|(known, _)| *known != key) {
                    side.taken.push((key.clone(), body));
                }
            }
        }
        (manner, found(&side, &key))
    };
    match manner {
        Manner::TakeAndHang => std::future::pending().await,
        Manner::TakeAndBreakOff | Manner::BreakOff => broken_off(),
        _ => answer,
    }
}

async fn show(State(side): Shared, Path(key): Path<String>) -> Response {
    let mut side = side.lock().unwrap_or_else(PoisonError::into_inner);
    side.lookups += 1;
    found(&side, &key)
}

fn found(side: &Side, key: &str) -> Response {
    match side.taken.iter().position(|(known, _)| known == key) {
        Some(at) => Json(json!({ "id": format!("r{}", at + 1) })).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Says that a body comes, and ends the connection in the middle of it.
fn broken_off() -> Response {
    let pieces = [Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("the line is dead"))];
    Body::from_stream(futures::stream::iter(pieces)).into_response()
}
