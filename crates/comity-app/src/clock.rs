//! Where the time comes from. The server has the system's clock, tests have one they can turn.

use jiff::Timestamp;

pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}
