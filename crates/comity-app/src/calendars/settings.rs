//! The calendar within the text of `settings.toml`. Writing it leaves everything else as it was, comments too.

use comity_domain::calendar::{Calendar, Holidays, Window};
use jiff::civil::Time;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

/// The calendar of these settings.
pub fn read(settings: &str) -> Result<Calendar, String> {
    #[derive(serde::Deserialize)]
    struct Settings {
        calendar: Calendar,
    }
    let settings: Settings = toml::from_str(settings).map_err(|error| unreadable(error.message()))?;
    Ok(settings.calendar)
}

/// These settings with that calendar.
pub fn write(settings: &str, calendar: &Calendar) -> Result<String, String> {
    let mut document: DocumentMut =
        settings.parse().map_err(|error: toml_edit::TomlError| unreadable(error.message()))?;
    let table = document.entry("calendar").or_insert_with(|| Item::Table(Table::new()));
    let table = table.as_table_like_mut().ok_or("calendar is no table; write [calendar]")?;
    if table.get("time_zone").and_then(Item::as_str) != Some(&calendar.time_zone) {
        table.insert("time_zone", value(&calendar.time_zone));
    }
    if windows(table) != Some(calendar.open.clone()) {
        table.insert("open", value(open(&calendar.open)));
    }
    write_holidays(table, &calendar.holidays);
    Ok(document.to_string())
}

fn unreadable(message: &str) -> String {
    format!("the settings cannot be read, mend them first: {}", message.trim_end())
}

/// The windows as they are written, when they can be read.
fn windows(table: &dyn TableLike) -> Option<Vec<Window>> {
    #[derive(serde::Deserialize)]
    struct Open {
        open: Vec<Window>,
    }
    let written = Item::Value(table.get("open")?.clone().into_value().ok()?);
    let mut alone = DocumentMut::new();
    alone.insert("open", written);
    toml::from_str::<Open>(&alone.to_string()).ok().map(|one| one.open)
}

/// A window a line.
fn open(windows: &[Window]) -> Array {
    let mut open = Array::new();
    for window in windows {
        let day = serde_json::to_value(window.day).ok().and_then(|day| day.as_str().map(str::to_owned));
        let mut one = InlineTable::new();
        one.insert("day", day.unwrap_or_default().into());
        one.insert("from", hours(window.from).into());
        one.insert("to", hours(window.to).into());
        let mut one = Value::InlineTable(one);
        one.decor_mut().set_prefix("\n    ");
        open.push_formatted(one);
    }
    open.set_trailing_comma(true);
    open.set_trailing("\n");
    open
}

fn hours(time: Time) -> String {
    time.strftime(if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

/// Days that stay keep their line, with whatever is said beside it.
fn write_holidays(table: &mut dyn TableLike, holidays: &Holidays) {
    if holidays.is_empty() {
        table.remove("holidays");
        return;
    }
    if !table.get("holidays").is_some_and(Item::is_table_like) {
        table.insert("holidays", Item::Table(Table::new()));
    }
    let Some(days) = table.get_mut("holidays").and_then(Item::as_table_like_mut) else { return };
    let gone: Vec<String> = days.iter().map(|(day, _)| day.to_owned()).filter(|day| !is_one(holidays, day)).collect();
    for day in gone {
        days.remove(&day);
    }
    for (date, name) in holidays.iter() {
        let day = date.to_string();
        if days.get(&day).and_then(Item::as_str) != Some(name) {
            days.insert(&day, value(name));
        }
    }
    days.sort_values();
}

fn is_one(holidays: &Holidays, day: &str) -> bool {
    day.parse().is_ok_and(|date| holidays.contains(date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use comity_domain::calendar::Weekday;
    use jiff::civil::{date, time};

    const SETTINGS: &str = r#"# What the rules use.
[teams]
care = "Answers" # everybody

[calendar]
# Where we are.
time_zone = "Europe/Berlin"
open = [{ day = "monday", from = "09:00", to = "17:00" }] # mondays
holidays = ["2026-01-01"]

[fallback]
ask = "What now?"
"#;

    #[test]
    fn a_calendar_that_is_as_it_was_changes_no_letter_but_the_list_of_days() {
        let mut calendar = read(SETTINGS).unwrap();
        calendar.holidays = Holidays::NONE;
        let expected = SETTINGS.replace("holidays = [\"2026-01-01\"]\n", "");
        assert_eq!(write(SETTINGS, &calendar).unwrap(), expected);
    }

    #[test]
    fn what_is_written_reads_as_it_was_meant_and_leaves_the_rest() {
        let mut calendar = read(SETTINGS).unwrap();
        calendar.time_zone = "Europe/Vienna".into();
        calendar.open.push(Window { day: Weekday::Friday, from: time(22, 0, 0, 0), to: time(6, 30, 15, 0) });
        calendar.holidays = [(date(2026, 12, 25), "Christmas \"Day\"".to_owned()), (date(2026, 1, 1), String::new())]
            .into_iter()
            .collect();
        let written = write(SETTINGS, &calendar).unwrap();
        assert_eq!(read(&written).unwrap(), calendar);
        insta::assert_snapshot!(written);
        assert_eq!(write(&written, &calendar).unwrap(), written);
    }

    #[test]
    fn days_that_stay_keep_what_is_said_beside_them() {
        let named = "[calendar]\ntime_zone = \"UTC\"\nopen = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }]\n\n\
                     [calendar.holidays]\n# the office is painted\n2026-03-10 = \"Painters\"\n2026-12-25 = \"Christmas\" # always\n";
        let mut calendar = read(named).unwrap();
        calendar.holidays = [(date(2026, 12, 25), "Christmas".to_owned()), (date(2026, 5, 1), "May Day".to_owned())]
            .into_iter()
            .collect();
        let written = write(named, &calendar).unwrap();
        assert!(written.ends_with("2026-05-01 = \"May Day\"\n2026-12-25 = \"Christmas\" # always\n"), "{written}");
        assert!(!written.contains("Painters"), "{written}");
    }

    #[test]
    fn a_calendar_in_one_line_stays_in_one_table() {
        let line =
            "calendar = { time_zone = \"UTC\", open = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }] }\n";
        let mut calendar = read(line).unwrap();
        calendar.holidays = [(date(2026, 12, 25), "Christmas".to_owned())].into_iter().collect();
        let written = write(line, &calendar).unwrap();
        assert_eq!(read(&written).unwrap(), calendar, "{written}");
    }

    #[test]
    fn settings_without_a_calendar_get_one_and_broken_ones_are_refused() {
        let calendar = read(SETTINGS).unwrap();
        let written = write("[teams]\ncare = \"Answers\"\n", &calendar).unwrap();
        assert_eq!(read(&written).unwrap(), calendar);
        assert!(
            write("[teams\n", &calendar).unwrap_err().starts_with("the settings cannot be read, mend them first: ")
        );
        assert!(write("calendar = 7\n", &calendar).is_err());
        assert!(read("[teams]\n").unwrap_err().contains("calendar"));
    }
}
