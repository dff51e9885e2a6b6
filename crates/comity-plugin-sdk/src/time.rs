//! Times are milliseconds since 1970-01-01 UTC.

use crate::{Error, Result, error};
use jiff::Timestamp;

/// RFC 3339, with any offset.
pub fn parse(text: &str) -> Result<u64> {
    let wrong = || error("invalid-input", format!("{text:?} is not a time like 2026-03-01T09:30:00Z"));
    let at: Timestamp = text.trim().parse().map_err(|_| wrong())?;
    u64::try_from(at.as_millisecond()).map_err(|_| wrong())
}

/// RFC 3339 in UTC with milliseconds.
pub fn format(millis: u64) -> Result<String, Error> {
    let at = i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    at.map(|at| format!("{at:.3}")).ok_or_else(|| error("invalid-input", format!("{millis} ms is no time")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_there_and_back() {
        assert_eq!(parse("2020-04-01T17:31:32Z").unwrap(), 1_585_762_292_000);
        assert_eq!(parse("2020-04-01T19:31:32.5+02:00").unwrap(), 1_585_762_292_500);
        assert_eq!(format(1_585_762_292_000).unwrap(), "2020-04-01T17:31:32.000Z");
        assert!(parse("yesterday").unwrap_err().message.contains("not a time"));
        assert!(parse("1950-01-01T00:00:00Z").is_err());
    }
}
