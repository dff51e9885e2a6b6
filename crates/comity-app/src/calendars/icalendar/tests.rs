use super::*;
use jiff::civil::date;

fn file(events: &[&str]) -> String {
    let events: Vec<String> = events.iter().map(|event| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n")).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n{}END:VCALENDAR\r\n", events.concat())
}

fn listed(events: &[&str]) -> Listed {
    read(&file(events), date(2025, 1, 1), date(2029, 12, 31)).unwrap()
}

fn days(events: &[&str]) -> Vec<String> {
    let listed = listed(events);
    assert!(listed.unread.is_empty(), "{:?}", listed.unread);
    listed.days.into_iter().map(|(date, name)| format!("{date} {name}")).collect()
}

#[test]
fn a_day_and_its_name() {
    let christmas = "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261226\r\nSUMMARY:Christmas\\, the first day";
    assert_eq!(days(&[christmas]), ["2026-12-25 Christmas, the first day"]);
    // Not every program says that it is a day, or when it ends.
    assert_eq!(days(&["DTSTART:20261225\r\nSUMMARY:Christmas"]), ["2026-12-25 Christmas"]);
}

#[test]
fn an_event_of_several_days_does_not_last_the_day_on_which_it_ends() {
    let break_of_year = "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Break";
    assert_eq!(days(&[break_of_year]), ["2026-12-24 Break", "2026-12-25 Break", "2026-12-26 Break"]);
    let by_length = "DTSTART;VALUE=DATE:20261224\r\nDURATION:P2D\r\nSUMMARY:Break";
    assert_eq!(days(&[by_length]), ["2026-12-24 Break", "2026-12-25 Break"]);
}

#[test]
fn what_comes_round_every_year_is_there_in_each_year_that_is_looked_at() {
    let may = "DTSTART;VALUE=DATE:19900501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:May Day";
    let expected = [2025, 2026, 2027, 2028, 2029].map(|year| format!("{year}-05-01 May Day"));
    assert_eq!(days(&[may]), expected);
    let until = "DTSTART;VALUE=DATE:20200501\r\nRRULE:FREQ=YEARLY;UNTIL=20260501\r\nSUMMARY:May Day";
    assert_eq!(days(&[until]), ["2025-05-01 May Day", "2026-05-01 May Day"]);
    let last_monday = "DTSTART;VALUE=DATE:20250526\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO\r\nEXDATE;VALUE=DATE:20260525\r\nSUMMARY:Memorial Day";
    assert_eq!(
        days(&[last_monday]),
        ["2025-05-26 Memorial Day", "2027-05-31 Memorial Day", "2028-05-29 Memorial Day", "2029-05-28 Memorial Day"]
    );
}

#[test]
fn a_leap_day_comes_round_in_leap_years() {
    let leap = "DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Leap";
    assert_eq!(days(&[leap]), ["2028-02-29 Leap"]);
}

#[test]
fn several_names_of_one_day_are_said_together() {
    let one = "DTSTART;VALUE=DATE:20261003\r\nSUMMARY:Unity";
    let other = "DTSTART;VALUE=DATE:20261003\r\nSUMMARY:Anniversary";
    assert_eq!(days(&[one, other, one]), ["2026-10-03 Anniversary, Unity"]);
}

#[test]
fn what_is_no_holiday_is_left_out() {
    let meeting = "DTSTART:20261225T090000Z\r\nDTEND:20261225T100000Z\r\nSUMMARY:Meeting";
    let cancelled = "DTSTART;VALUE=DATE:20261225\r\nSTATUS:CANCELLED\r\nSUMMARY:Christmas";
    let long_ago = "DTSTART;VALUE=DATE:19991225\r\nSUMMARY:Christmas";
    let found = listed(&[meeting, cancelled, long_ago]);
    assert_eq!((found.days.len(), found.timed, found.unread.len()), (0, 1, 0));
}

#[test]
fn what_is_not_understood_is_told_and_the_rest_is_read() {
    let odd = "DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=SOMETIMES\r\nSUMMARY:Odd";
    let always = "DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:Always";
    let long = "DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20270101\r\nSUMMARY:Sabbatical";
    let good = "DTSTART;VALUE=DATE:20261226\r\nSUMMARY:Good";
    let found = listed(&[odd, always, long, good]);
    assert_eq!(found.days, [(date(2026, 12, 26), "Good".to_owned())]);
    insta::assert_snapshot!(found.unread.join("\n"));
}

#[test]
fn folded_lines_and_plain_line_ends_are_read() {
    let folded = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nSUMMARY:Christ\n mas\nEND:VEVENT\nEND:VCALENDAR\n";
    let found = read(&format!("\u{feff}{folded}"), date(2026, 1, 1), date(2026, 12, 31)).unwrap();
    assert_eq!(found.days, [(date(2026, 12, 25), "Christmas".to_owned())]);
}

#[test]
fn what_is_no_calendar_is_refused() {
    let refused = |text: &str| read(text, date(2026, 1, 1), date(2026, 12, 31)).unwrap_err();
    for text in ["", "<html></html>", "BEGIN:VCARD\r\nEND:VCARD\r\n"] {
        assert!(refused(text).to_string().starts_with("this is no iCalendar file (.ics)"), "{text}");
    }
    assert_eq!(refused(&"x".repeat(MOST_BYTES + 1)), IcalendarError::TooLarge);
    let daily = "DTSTART;VALUE=DATE:20250101\r\nRRULE:FREQ=DAILY;COUNT=1500\r\nSUMMARY:Daily";
    let more = "DTSTART;VALUE=DATE:20290101\r\nRRULE:FREQ=DAILY;COUNT=1500\r\nSUMMARY:Daily";
    let wide = read(&file(&[daily, more]), date(2025, 1, 1), date(2039, 12, 31)).unwrap_err();
    assert_eq!(wide, IcalendarError::TooMany);
}
