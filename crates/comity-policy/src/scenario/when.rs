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

/// A moment as people write it: in this time zone, where that says one moment only.
pub(super) fn written(at: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(at);
    let seconds = if local.second() == 0 { "" } else { ":%S" };
    match zone.to_timestamp(local) {
        Ok(same) if same == at => local.strftime(&format!("%Y-%m-%d %H:%M{seconds}")).to_string(),
        _ => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_written() {
        let calendar = Calendar {
            time_zone: "Europe/Berlin".into(),
            open: Vec::new(),
            holidays: comity_domain::calendar::Holidays::NONE,
        };
        let at = |text| moment(text, &calendar).map(|at| at.to_string());
        assert_eq!(at("2026-03-02 09:00").unwrap(), "2026-03-02T08:00:00Z");
        assert_eq!(at("2026-07-02T09:00:00Z").unwrap(), "2026-07-02T09:00:00Z");
        assert!(at("tomorrow").unwrap_err().contains("is no time"));
        let start = "2026-03-02T08:00:00Z".parse().unwrap();
        assert_eq!(after(start, "7 days").unwrap().to_string(), "2026-03-09T08:00:00Z");
        assert_eq!(after(start, "2h 30m").unwrap().to_string(), "2026-03-02T10:30:00Z");
        assert!(after(start, "soon").unwrap_err().contains("no length of time"));
    }

    #[test]
    fn times_are_written_as_they_are_read() {
        let calendar = Calendar {
            time_zone: "Europe/Berlin".into(),
            open: Vec::new(),
            holidays: comity_domain::calendar::Holidays::NONE,
        };
        let zone = TimeZone::get(&calendar.time_zone).unwrap();
        let table = [
            ("2026-03-02T08:00:00Z", "2026-03-02 09:00"),
            ("2026-03-02T08:00:07Z", "2026-03-02 09:00:07"),
            // The hour that comes twice in autumn.
            ("2026-10-25T00:30:00Z", "2026-10-25 02:30"),
            ("2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z"),
        ];
        for (at, expected) in table {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(written(at, &zone), expected);
            assert_eq!(moment(expected, &calendar), Ok(at));
        }
    }
}
