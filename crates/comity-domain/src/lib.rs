//! The words of Comity as types, and the pure functions over them.
//!
//! Values in, values out: there is no IO here, no clock, no async, no script engine and no database. Whatever
//! needs the time is given it. The store, the policy engine and the plugin host all speak these types and do
//! not know each other.
//!
//! Reading order: [`post`] and [`event`] (what arrives), [`case`] (what it becomes), [`charter`], [`calendar`]
//! and [`ledger`] (who owes what by when), [`flow`] (who is told until somebody takes it up) with [`rota`] (who is on call) and [`notify`] (how they want to be), [`facts`], [`surge`], [`effect`], [`refusal`] and [`decision`] (what policy sees
//! and wants), [`step`] (one event applied to one case), [`story`] (one after the other), [`outcome`] (whether it is solved, and what else is asked for), [`compare`] (two versions over the
//! same facts), [`delivery`] (what leaves), [`life`] (a policy version from its proposal to its end) and [`quota`] (how much it
//! allows itself), [`audit`] (what is kept).

pub mod audit;
pub mod calendar;
pub mod case;
pub mod charter;
pub mod compare;
pub mod decision;
pub mod delivery;
pub mod effect;
pub mod event;
pub mod facts;
pub mod flow;
pub mod ids;
pub mod inbound;
pub mod ledger;
pub mod life;
pub mod notify;
pub mod outcome;
pub mod party;
pub mod post;
pub mod promises;
pub mod quota;
pub mod reduce;
pub mod refusal;
pub mod role;
pub mod rota;
pub mod step;
pub mod story;
pub mod surge;

pub use ids::*;
pub use jiff::{
    Timestamp,
    civil::{Date, Time},
};
pub use party::Party;
pub use role::{Role, Roles};
