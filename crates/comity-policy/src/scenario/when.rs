//! Times as people write them in a test.

use comity_domain::{Timestamp, calendar::Calendar};
use jiff::{Span, civil::DateTime, tz::TimeZone};

/// `2026-03-02T09:00:00Z`, or `2026-03-02 09:00` in the calendar's time zone.
pub(super) fn moment(text: &str, calendar: &Calendar) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let zone = TimeZone::get(&calendar.time_zone).map_err(|error| error.to_string())?;
    let local: DateTime =
        text.parse().map_err(|_| format!("{text:?} is no time; write 2026-03-02 09:00 or 2026-03-02T09:00:00Z"))?;
    zone.to_timestamp(local).map_err(|error| error.to_string())
}

/// `7 days`, `2h 30m`, counted from a moment.
pub(super) fn after(from: Timestamp, text: &str) -> Result<Timestamp, String> {
    let span: Span = text.parse().map_err(|_| format!("{text:?} is no length of time; write 7 days or 2h 30m"))?;
    let later = from.to_zoned(TimeZone::UTC).checked_add(span).map_err(|error| error.to_string())?;
    Ok(later.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_written() {
        let calendar = Calendar { time_zone: "Europe/Berlin".into(), open: Vec::new(), holidays: Vec::new() };
        let at = |text| moment(text, &calendar).map(|at| at.to_string());
        assert_eq!(at("2026-03-02 09:00").unwrap(), "2026-03-02T08:00:00Z");
        assert_eq!(at("2026-07-02T09:00:00Z").unwrap(), "2026-07-02T09:00:00Z");
        assert!(at("tomorrow").unwrap_err().contains("is no time"));
        let start = "2026-03-02T08:00:00Z".parse().unwrap();
        assert_eq!(after(start, "7 days").unwrap().to_string(), "2026-03-09T08:00:00Z");
        assert_eq!(after(start, "2h 30m").unwrap().to_string(), "2026-03-02T10:30:00Z");
        assert!(after(start, "soon").unwrap_err().contains("no length of time"));
    }
}
