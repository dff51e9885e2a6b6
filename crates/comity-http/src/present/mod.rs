//! From what the application returns to what goes over the wire.

mod asked;
mod backtests;
mod cases;
mod channels;
mod compare;
mod connections;
mod decisions;
mod escalations;
mod evidence;
mod insight;
mod on_call;
mod outcome;
mod people;
mod policy;
mod words;

pub use backtests::{backtest, backtests};
pub use cases::{case_rows, case_view, deliveries, delivery, note};
pub use decisions::{decision, decisions, replay};
pub use escalations::{escalation, escalations};
pub use on_call::{on_call, shifts};
pub use people::session;
pub use policy::{checked, draft, edited_calendar, history, policy_state, version, versions};

use crate::dto::PersonRef;
use comity_app::cases::People;
use comity_domain::UserId;

/// A person in short. Somebody who is gone keeps their id.
fn person(id: UserId, people: &People) -> PersonRef {
    PersonRef { id: id.0, name: people.get(&id).cloned().unwrap_or_else(|| "Somebody".into()) }
}

fn all<T, V: From<T>>(values: Vec<T>) -> Vec<V> {
    values.into_iter().map(Into::into).collect()
}
