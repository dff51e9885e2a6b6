//! The calendar of a policy, and what another one would mean.

use crate::dto::{Party, WeekHours};
use comity_domain::{
    Timestamp,
    calendar::{Calendar as Domain, Window},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditCalendar {
    /// The text of `settings.toml`.
    pub settings: String,
    /// What the calendar shall be; as the settings have it, when it is left out.
    #[serde(default)]
    pub calendar: Option<Calendar>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EditedCalendar {
    pub calendar: Calendar,
    /// The text of `settings.toml` with this calendar, and otherwise as it was.
    pub settings: String,
    pub preview: CalendarPreview,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// An IANA name, for example `Europe/Berlin`.
    pub time_zone: String,
    pub open: Vec<WeekHours>,
    pub holidays: Vec<Holiday>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Empty when it has none.
    pub name: String,
}

/// What another calendar would mean. Open promises do not move: a promise that was made stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarPreview {
    /// Every article that counts working time, begun now.
    pub made_now: Vec<PromiseMade>,
    /// Promises that are open and count working time, late ones left out.
    pub open: u64,
    /// How many of them were looked at: those due first.
    pub looked_at: u64,
    /// Of those, how many would be due at another time, had they been made by this calendar.
    pub different: u64,
    /// Of those, how many are due in time in which it is closed.
    pub closed: u64,
    /// The first of those that are different or due while it is closed.
    pub moved: Vec<MovedPromise>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseMade {
    pub article: String,
    pub party: Party,
    pub owes: String,
    /// In words: `4 working hours`.
    pub within: String,
    /// When it would be due by the live version.
    pub live: Timestamp,
    /// When it would be due by this calendar.
    pub then: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MovedPromise {
    pub case_id: Uuid,
    pub case_key: String,
    pub article: String,
    pub owes: String,
    pub due_at: Timestamp,
    pub would_be: Timestamp,
    /// It is due while this calendar is closed.
    pub closed: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// An iCalendar file (RFC 5545) as text.
    pub file: String,
}

/// The days that a calendar file lists, from last year to the end of the third year from now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedHolidays {
    pub days: Vec<Holiday>,
    /// Events with a time of day, which are left out.
    pub timed: usize,
    /// Events that are not understood, and why.
    pub unread: Vec<String>,
}

impl From<Calendar> for Domain {
    fn from(calendar: Calendar) -> Self {
        let window = |one: WeekHours| Window { day: one.day, from: one.from, to: one.to };
        Self {
            time_zone: calendar.time_zone,
            open: calendar.open.into_iter().map(window).collect(),
            holidays: calendar.holidays.into_iter().map(|one| (one.date, one.name.trim().to_owned())).collect(),
        }
    }
}

impl From<Domain> for Calendar {
    fn from(calendar: Domain) -> Self {
        let window = |one: &Window| WeekHours { day: one.day, from: one.from, to: one.to };
        Self {
            open: calendar.open.iter().map(window).collect(),
            holidays: calendar.holidays.iter().map(|(date, name)| Holiday { date, name: name.to_owned() }).collect(),
            time_zone: calendar.time_zone,
        }
    }
}
