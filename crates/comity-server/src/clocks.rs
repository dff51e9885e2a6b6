//! `comity clock`: what is due when, and how that comes about. Needs neither a server nor a data folder.

use crate::{cli, clock::SystemClock, exit, exit::Code};
use comity_app::{
    Clock as _,
    calendars::{Day, listed, read_calendar, write_calendar},
};
use comity_domain::{
    Timestamp,
    calendar::{Calendar, Reckoning, Stretch},
};
use jiff::{SignedDuration, civil::DateTime, tz::TimeZone};
use serde_json::{Value, json};
use std::path::Path;

pub fn due(arguments: &cli::Due) -> anyhow::Result<Code> {
    let calendar = read(&arguments.calendar)?;
    let zone = TimeZone::get(&calendar.time_zone).map_err(|error| fault(error.to_string()))?;
    let from = moment(&arguments.from, &zone)?;
    let pauses = arguments.pause.iter().map(|text| pause(text, &zone)).collect::<anyhow::Result<Vec<_>>>()?;
    let reckoning = calendar.reckon(from, arguments.length, &pauses).map_err(|error| fault(error.to_string()))?;
    let between = Stretch { from, until: reckoning.due_at };
    let holidays = calendar.holidays_in(between).map_err(|error| fault(error.to_string()))?;
    if arguments.json {
        println!("{}", as_json(&reckoning, from, &pauses, &holidays, &zone));
    } else {
        print(&reckoning, &holidays, &zone);
    }
    Ok(Code::Ok)
}

/// Prints what a calendar file lists, or adds it to the calendar of a policy's settings.
pub fn holidays(arguments: &cli::Holidays) -> anyhow::Result<Code> {
    let file = text(&arguments.file)?;
    let listed =
        listed(&file, SystemClock.now()).map_err(|error| fault(format!("{}: {error}", arguments.file.display())))?;
    for why in &listed.unread {
        eprintln!("left out  {why}");
    }
    if listed.timed > 0 {
        eprintln!("left out  {} with a time of day", listed.timed);
    }
    let Some(path) = &arguments.into else {
        println!("[calendar.holidays]");
        for (date, name) in &listed.days {
            println!("{date} = {}", toml::Value::from(name.as_str()));
        }
        return Ok(Code::Ok);
    };
    let settings = text(path)?;
    let wrong = |message: String| fault(format!("{}: {message}", path.display()));
    let mut calendar = read_calendar(&settings).map_err(wrong)?;
    let known = calendar.holidays.iter().map(|(date, name)| (date, name.to_owned())).collect::<Vec<_>>();
    calendar.holidays = listed.days.iter().cloned().chain(known.iter().cloned()).collect();
    let added = calendar.holidays.len() - known.len();
    std::fs::write(path, write_calendar(&settings, &calendar).map_err(wrong)?)
        .map_err(|error| fault(format!("{}: {error}", path.display())))?;
    println!("{added} added, {} in all", calendar.holidays.len());
    Ok(Code::Ok)
}

fn text(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path);
    text.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => exit::fail(Code::NotFound, format!("{}: {error}", path.display())),
        _ => fault(format!("{}: {error}", path.display())),
    })
}

fn fault(message: String) -> anyhow::Error {
    exit::fail(Code::Faults, message)
}

/// A calendar by itself, or the settings of a policy with one in them.
fn read(path: &Path) -> anyhow::Result<Calendar> {
    let text = text(path)?;
    let wrong = |error: toml::de::Error| fault(format!("{}: {}", path.display(), error.message()));
    let mut table: toml::Table = text.parse().map_err(wrong)?;
    let calendar = match table.remove("calendar") {
        Some(calendar) => calendar,
        None => toml::Value::Table(table),
    };
    let calendar: Calendar = calendar.try_into().map_err(wrong)?;
    calendar.check().map_err(|error| fault(format!("{}: {error}", path.display())))?;
    Ok(calendar)
}

/// With an offset or a Z, or on the calendar's clocks.
fn moment(text: &str, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    let local = || zone.to_timestamp(text.parse::<DateTime>().ok()?).ok();
    let found = text.parse().ok().or_else(local);
    found.ok_or_else(|| fault(format!("{text:?} is no time; write 2026-03-02T09:00, or 2026-03-02T09:00:00Z")))
}

fn pause(text: &str, zone: &TimeZone) -> anyhow::Result<Stretch> {
    let (from, until) = text.split_once('/').ok_or_else(|| fault(format!("{text:?} is no pause; write FROM/TO")))?;
    let pause = Stretch { from: moment(from, zone)?, until: moment(until, zone)? };
    if pause.until < pause.from {
        return Err(fault(format!("the pause {text:?} ends before it begins")));
    }
    Ok(pause)
}

fn as_json(reckoning: &Reckoning, from: Timestamp, pauses: &[Stretch], holidays: &[Day], zone: &TimeZone) -> Value {
    let counted = reckoning.counted.iter().map(
        |one| json!({ "from": one.from, "until": one.until, "seconds": one.until.duration_since(one.from).as_secs() }),
    );
    json!({
        "from": from, "due_at": reckoning.due_at, "local": reckoning.due_at.to_zoned(zone.clone()).to_string(),
        "counted": counted.collect::<Vec<_>>(), "pauses": pauses,
        "holidays": holidays.iter().map(|(date, name)| json!({ "date": date, "name": name })).collect::<Vec<_>>(),
    })
}

fn print(reckoning: &Reckoning, holidays: &[Day], zone: &TimeZone) {
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string();
    println!("due      {} ({})", local(reckoning.due_at), reckoning.due_at);
    for one in &reckoning.counted {
        println!(
            "counted  {}  to  {}  {}",
            local(one.from),
            local(one.until),
            words(one.until.duration_since(one.from))
        );
    }
    for (date, name) in holidays {
        println!("closed   {} {name}", date.strftime("%a %Y-%m-%d"));
    }
}

fn words(length: SignedDuration) -> String {
    let (hours, minutes) = (length.as_hours(), length.as_mins() % 60);
    match (hours, minutes) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
