//! Tells a worker that there may be work. Losing one of these costs a few seconds, never work: each worker also looks by
//! itself.

use tokio::sync::Notify;

#[derive(Default)]
pub struct Wake {
    /// Events were stored that no decision has been made about.
    pub decide: Notify,
    /// A reply waits to be sent.
    pub deliver: Notify,
    /// A timer was armed that may be the next one.
    pub timers: Notify,
    /// A connection was added, changed or resumed.
    pub connections: Notify,
    /// Somebody is to be told.
    pub notify: Notify,
    /// A channel is to be told.
    pub channels: Notify,
    /// Another system is to be told.
    pub announce: Notify,
    /// A backtest was asked for.
    pub backtest: Notify,
}
