//! The API, one file per resource. A handler takes what it needs, with who may call it in its signature, makes one call
//! into the application and returns a typed answer.

mod audit;
mod backtests;
mod browsers;
mod cases;
mod changes;
mod channels;
mod connections;
mod decisions;
mod deliveries;
mod escalations;
mod evidence;
mod figures;
mod import;
mod on_call;
mod outcome;
mod policy;
mod replies;
mod session;
mod setup;
mod tokens;
mod users;

use crate::state::Http;
use utoipa_axum::router::OpenApiRouter;

/// Every route below `/api/v1` but the document itself.
pub fn all() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .merge(setup::routes())
        .merge(session::routes())
        .merge(users::routes())
        .merge(tokens::routes())
        .merge(cases::routes())
        .merge(outcome::routes())
        .merge(replies::routes())
        .merge(decisions::routes())
        .merge(deliveries::routes())
        .merge(escalations::routes())
        .merge(on_call::routes())
        .merge(changes::routes())
        .merge(policy::routes())
        .merge(evidence::routes())
        .merge(backtests::routes())
        .merge(browsers::routes())
        .merge(channels::routes())
        .merge(connections::routes())
        .merge(import::routes())
        .merge(figures::routes())
        .merge(audit::routes())
}
