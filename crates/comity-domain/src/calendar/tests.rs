use super::*;
use proptest::prelude::*;

fn office(zone: &str) -> Calendar {
    use Weekday::*;
    let open = [Monday, Tuesday, Wednesday, Thursday, Friday]
        .map(|day| Window { day, from: civil::time(9, 0, 0, 0), to: civil::time(17, 0, 0, 0) })
        .to_vec();
    Calendar { time_zone: zone.into(), open, holidays: Vec::new() }
}

fn due(calendar: &Calendar, from: &str, within: Length) -> String {
    calendar.due(from.parse().unwrap(), within).unwrap().to_string()
}

#[test]
fn due_times() {
    let berlin = office("Europe/Berlin");
    let table = [
        ("2026-03-10T09:00:00Z", Length::WorkingHours(4), "2026-03-10T13:00:00Z"),
        ("2026-03-10T14:00:00Z", Length::WorkingHours(4), "2026-03-11T10:00:00Z"),
        ("2026-03-14T10:00:00Z", Length::WorkingHours(1), "2026-03-16T09:00:00Z"),
        // Clocks go forward on the Sunday between: the Monday opens an hour earlier in UTC.
        ("2026-03-27T15:00:00Z", Length::WorkingHours(2), "2026-03-30T08:00:00Z"),
        ("2026-03-10T09:00:00Z", Length::WorkingDays(1), "2026-03-11T16:00:00Z"),
        ("2026-03-13T09:00:00Z", Length::WorkingDays(1), "2026-03-16T16:00:00Z"),
        ("2028-02-28T10:00:00Z", Length::Days(1), "2028-02-29T10:00:00Z"),
        ("2026-03-10T09:00:00Z", Length::Minutes(15), "2026-03-10T09:15:00Z"),
    ];
    for (from, within, expected) in table {
        assert_eq!(due(&berlin, from, within), expected, "{within:?} from {from}");
    }
}

#[test]
fn holidays_are_closed() {
    let mut berlin = office("Europe/Berlin");
    berlin.holidays.push(civil::date(2026, 3, 10));
    assert_eq!(due(&berlin, "2026-03-10T09:00:00Z", Length::WorkingHours(1)), "2026-03-11T09:00:00Z");
}

#[test]
fn overnight_and_split_windows() {
    let window = |day, from, to| Window { day, from: civil::time(from, 0, 0, 0), to: civil::time(to, 0, 0, 0) };
    let open = vec![window(Weekday::Monday, 22, 2), window(Weekday::Monday, 8, 10)];
    let calendar = Calendar { time_zone: "UTC".into(), open, holidays: Vec::new() };
    assert_eq!(due(&calendar, "2026-03-09T09:00:00Z", Length::WorkingHours(4)), "2026-03-10T01:00:00Z");
    assert_eq!(due(&calendar, "2026-03-10T00:30:00Z", Length::WorkingHours(1)), "2026-03-10T01:30:00Z");
}

#[test]
fn a_calendar_open_all_week_has_no_closed_minute() {
    let open =
        (0..7).map(|day| WEEK[day]).map(|day| Window { day, from: civil::Time::MIN, to: civil::Time::MIN }).collect();
    let calendar = Calendar { time_zone: "UTC".into(), open, holidays: Vec::new() };
    assert_eq!(due(&calendar, "2026-03-09T09:00:00Z", Length::WorkingHours(72)), "2026-03-12T09:00:00Z");
}

#[test]
fn a_calendar_that_is_never_open_is_an_error_not_a_hang() {
    let mut calendar = office("UTC");
    calendar.open.clear();
    let now = "2026-03-09T09:00:00Z".parse().unwrap();
    assert_eq!(calendar.due(now, Length::WorkingHours(1)), Err(CalendarError::NeverOpen(LONGEST_CLOSED_DAYS)));
    assert_eq!(calendar.due(now, Length::WorkingDays(1)), Err(CalendarError::NeverOpen(LONGEST_CLOSED_DAYS)));
    assert_eq!(office("Mars/Olympus").check(), Err(CalendarError::UnknownTimeZone("Mars/Olympus".into())));
}

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Counts open minutes one by one: slow and hard to get wrong.
fn walk(calendar: &Calendar, from: Timestamp, mut minutes: u32) -> Timestamp {
    let zone = TimeZone::get(&calendar.time_zone).unwrap();
    let mut at = from;
    while minutes > 0 {
        let local = at.to_zoned(zone.clone()).datetime();
        let is_open = |date: civil::Date, overnight: bool| {
            calendar.open.iter().filter(|window| window.day.is(date.weekday())).any(|window| {
                let wraps = window.to <= window.from;
                match (overnight, wraps) {
                    (false, false) => window.from <= local.time() && local.time() < window.to,
                    (false, true) => window.from <= local.time(),
                    (true, wraps) => wraps && local.time() < window.to,
                }
            })
        };
        if is_open(local.date(), false) || is_open(local.date().yesterday().unwrap(), true) {
            minutes -= 1;
        }
        at += SignedDuration::from_mins(1);
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn agrees_with_counting_every_minute(
        windows in prop::collection::btree_map(0_usize..7, (0_i8..24, 0_i8..24), 1..6),
        start in 0_i64..60 * 24 * 365,
        hours in 1_u32..60,
        zone in prop::sample::select(vec!["UTC", "Asia/Kolkata", "America/Sao_Paulo"]),
    ) {
        let open = windows.iter().map(|(&day, &(from, to))| {
            // Windows that meet or overlap are for the walker and for us the same only when they are disjoint.
            let to = if to <= from { 0 } else { to };
            Window { day: WEEK[day], from: civil::time(from, 0, 0, 0), to: civil::time(to, 0, 0, 0) }
        }).collect();
        let calendar = Calendar { time_zone: zone.into(), open, holidays: Vec::new() };
        let from = Timestamp::from_second(1_770_000_000 / 60 * 60 + start * 60).unwrap();
        prop_assert_eq!(calendar.due(from, Length::WorkingHours(hours)).unwrap(), walk(&calendar, from, hours * 60));
    }
}
