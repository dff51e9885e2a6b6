//! Holidays out of an iCalendar file (RFC 5545): its events that last whole days.

use super::Day;
use chrono::{Datelike as _, NaiveDate, TimeZone as _};
use icalendar::{Calendar, Component as _, DatePerhapsTime, Event};
use jiff::{Span, SpanRelativeTo, Unit, civil::Date};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};
use std::collections::{BTreeMap, BTreeSet};

/// Largest file that is read.
pub const MOST_BYTES: usize = 1024 * 1024;
/// Most days that one file may list.
const MOST_DAYS: u16 = 2_000;
/// Longest event, in days: what is closed for longer is no holiday.
const LONGEST_EVENT_DAYS: i64 = 62;
const LONGEST_NAME: usize = 200;

/// What a file lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// In order. Two events of one day are one, with both names.
    pub days: Vec<Day>,
    /// Events with a time of day, which are no holidays.
    pub timed: usize,
    /// Events that could not be understood, and why.
    pub unread: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IcalendarError {
    #[error("this is no iCalendar file (.ics): {0}")]
    NotIcalendar(String),
    #[error("the file is larger than {} KiB; take one with the holidays alone", MOST_BYTES / 1024)]
    TooLarge,
    #[error("the file lists more than {MOST_DAYS} days; take one with the holidays alone")]
    TooMany,
}

/// The days from `first` to `last` that a file lists.
pub(super) fn read(file: &str, first: Date, last: Date) -> Result<Listed, IcalendarError> {
    if file.len() > MOST_BYTES {
        return Err(IcalendarError::TooLarge);
    }
    let begins = file.trim_start_matches('\u{feff}').trim_start();
    if !begins.get(..15).is_some_and(|begin| begin.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err(IcalendarError::NotIcalendar("it does not begin with BEGIN:VCALENDAR".into()));
    }
    let calendar: Calendar = begins.parse().map_err(IcalendarError::NotIcalendar)?;
    let mut listed = Listed::default();
    let mut days: BTreeMap<Date, BTreeSet<String>> = BTreeMap::new();
    for event in calendar.components.iter().filter_map(|component| component.as_event()) {
        if event.property_value("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
            continue;
        }
        let name: String = event.get_summary().unwrap_or_default().trim().chars().take(LONGEST_NAME).collect();
        let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let Some(DatePerhapsTime::Date(starts)) = event.get_start() else {
            listed.timed += 1;
            continue;
        };
        match days_of(event, starts, first, last) {
            Ok(dates) => {
                for date in dates {
                    days.entry(date).or_default().insert(name.clone());
                }
            }
            Err(why) => listed.unread.push(format!("{name}: {why}")),
        }
        if days.len() > usize::from(MOST_DAYS) {
            return Err(IcalendarError::TooMany);
        }
    }
    let names =
        |names: BTreeSet<String>| names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ");
    listed.days = days.into_iter().map(|(date, called)| (date, names(called))).collect();
    Ok(listed)
}

/// The days of an event, each time that it comes round.
fn days_of(event: &Event, starts: NaiveDate, first: Date, last: Date) -> Result<Vec<Date>, String> {
    let length = length(event, starts)?;
    let mut found = Vec::new();
    for begin in begins(event, starts, first, last)? {
        for day in 0..length {
            let date = begin.saturating_add(Span::new().days(day));
            if (first..=last).contains(&date) {
                found.push(date);
            }
        }
    }
    Ok(found)
}

/// In days, at least one.
fn length(event: &Event, starts: NaiveDate) -> Result<i64, String> {
    let days = match (event.get_end(), event.property_value("DURATION")) {
        // The day on which it ends is the first that it does not last.
        (Some(DatePerhapsTime::Date(ends)), _) => (ends - starts).num_days(),
        (_, Some(duration)) => {
            let span: Span = duration.parse().map_err(|_| format!("{duration:?} is no length"))?;
            span.total((Unit::Day, SpanRelativeTo::days_are_24_hours())).map_or(1, |days| days as i64)
        }
        _ => 1,
    };
    if days > LONGEST_EVENT_DAYS {
        return Err(format!("it lasts {days} days, more than {LONGEST_EVENT_DAYS}"));
    }
    Ok(days.max(1))
}

/// The days on which it begins, by its rule and the days that it names, less those that it leaves out.
fn begins(event: &Event, starts: NaiveDate, first: Date, last: Date) -> Result<BTreeSet<Date>, String> {
    let mut begins = BTreeSet::from([day(starts)?]);
    if let Some(rule) = event.property_value("RRULE") {
        begins.extend(recurring(rule, starts, first, last)?);
    }
    begins.extend(dates_in(event, "RDATE")?);
    for left_out in dates_in(event, "EXDATE")? {
        begins.remove(&left_out);
    }
    Ok(begins)
}

fn recurring(rule: &str, starts: NaiveDate, first: Date, last: Date) -> Result<Vec<Date>, String> {
    // A day has no time zone; what is counted in UTC has no changes of clocks.
    let at = |date: NaiveDate| Tz::UTC.from_utc_datetime(&date.and_time(chrono::NaiveTime::MIN));
    let date = |date: Date| {
        NaiveDate::from_ymd_opt(
            date.year().into(),
            date.month().unsigned_abs().into(),
            date.day().unsigned_abs().into(),
        )
    };
    let (Some(before), Some(after)) = (date(last), date(first.saturating_sub(Span::new().days(LONGEST_EVENT_DAYS))))
    else {
        return Err("its years cannot be counted".into());
    };
    let wrong = |error: rrule::RRuleError| format!("its rule {rule:?} is not understood: {error}");
    let parsed: RRule<Unvalidated> = utc_until(rule).parse().map_err(wrong)?;
    let parsed = parsed.validate(at(starts)).map_err(wrong)?;
    let set = RRuleSet::new(at(starts)).rrule(parsed).after(at(after)).before(at(before));
    let found = set.all(MOST_DAYS);
    if found.limited {
        return Err("it comes round too often for a holiday".into());
    }
    found.dates.iter().map(|at| day(at.date_naive())).collect()
}

/// An event of whole days ends its rule with a day; the rule is counted in UTC, which wants a time.
fn utc_until(rule: &str) -> String {
    let part = |part: &str| match part.split_once('=') {
        Some((key, until)) if key.eq_ignore_ascii_case("UNTIL") && until.len() == 8 => format!("UNTIL={until}T000000Z"),
        _ => part.to_owned(),
    };
    rule.split(';').map(part).collect::<Vec<_>>().join(";")
}

fn dates_in(event: &Event, key: &str) -> Result<Vec<Date>, String> {
    let single = event.property_value(key).into_iter();
    let several = event.multi_properties().get(key).into_iter().flatten().map(icalendar::Property::value);
    let written = single.chain(several).flat_map(|value| value.split(','));
    let read = |text: &str| {
        let date = text.trim().get(..8).and_then(|date| NaiveDate::parse_from_str(date, "%Y%m%d").ok());
        date.map_or_else(|| Err(format!("{text:?} in its {key} is no day")), day)
    };
    written.map(read).collect()
}

fn day(date: NaiveDate) -> Result<Date, String> {
    let out_of_range = |_| format!("{date} lies beyond the years a calendar can count");
    let year = i16::try_from(date.year()).map_err(|_| format!("{date} lies beyond the years a calendar can count"))?;
    Date::new(year, date.month().try_into().unwrap_or(0), date.day().try_into().unwrap_or(0)).map_err(out_of_range)
}

#[cfg(test)]
mod tests;
