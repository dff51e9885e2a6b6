//! The one place that reads the system's clock.

use comity_app::Clock;
use jiff::Timestamp;

pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the server's clock; everyone else is given the time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
