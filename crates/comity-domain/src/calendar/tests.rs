use super::*;
use proptest::prelude::*;

fn office(zone: &str) -> Calendar {
    use Weekday::*;
    let open = [Monday, Tuesday, Wednesday, Thursday, Friday]
        .map(|day| Window { day, from: civil::time(9, 0, 0, 0), to: civil::time(17, 0, 0, 0) })
        .to_vec();
    Calendar { time_zone: zone.into(), open, holidays: Holidays::NONE }
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
    berlin.holidays = [civil::date(2026, 3, 10)].into_iter().collect();
    assert_eq!(due(&berlin, "2026-03-10T09:00:00Z", Length::WorkingHours(1)), "2026-03-11T09:00:00Z");
}

#[test]
fn overnight_and_split_windows() {
    let window = |day, from, to| Window { day, from: civil::time(from, 0, 0, 0), to: civil::time(to, 0, 0, 0) };
    let open = vec![window(Weekday::Monday, 22, 2), window(Weekday::Monday, 8, 10)];
    let calendar = Calendar { time_zone: "UTC".into(), open, holidays: Holidays::NONE };
    assert_eq!(due(&calendar, "2026-03-09T09:00:00Z", Length::WorkingHours(4)), "2026-03-10T01:00:00Z");
    assert_eq!(due(&calendar, "2026-03-10T00:30:00Z", Length::WorkingHours(1)), "2026-03-10T01:30:00Z");
}

#[test]
fn a_calendar_open_all_week_has_no_closed_minute() {
    let open =
        (0..7).map(|day| WEEK[day]).map(|day| Window { day, from: civil::Time::MIN, to: civil::Time::MIN }).collect();
    let calendar = Calendar { time_zone: "UTC".into(), open, holidays: Holidays::NONE };
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

#[test]
fn what_the_clocks_skip_and_repeat() {
    let window = |from: (i8, i8), to: (i8, i8)| Window {
        day: Weekday::Sunday,
        from: civil::time(from.0, from.1, 0, 0),
        to: civil::time(to.0, to.1, 0, 0),
    };
    let berlin = |open| Calendar { time_zone: "Europe/Berlin".into(), open: vec![open], holidays: Holidays::NONE };
    // At 02:00 it is 03:00: who opens at 02:30 opens then, and who closes at 02:30 closes then.
    let opens = berlin(window((2, 30), (5, 0)));
    assert_eq!(due(&opens, "2026-03-28T12:00:00Z", Length::WorkingHours(1)), "2026-03-29T02:00:00Z");
    let closes = berlin(window((0, 0), (2, 30)));
    assert_eq!(due(&closes, "2026-03-28T12:00:00Z", Length::WorkingDays(1)), "2026-03-29T01:00:00Z");
    // At 03:00 it is 02:00 again: a shift from 01:00 to 04:00 has four hours.
    let longer = berlin(window((1, 0), (4, 0)));
    assert_eq!(due(&longer, "2026-10-24T12:00:00Z", Length::WorkingHours(4)), "2026-10-25T03:00:00Z");
}

fn reckoned(from: &str, within: Length, pauses: &[(&str, &str)]) -> String {
    let at = |text: &str| text.parse().unwrap();
    let pauses: Vec<Stretch> =
        pauses.iter().map(|(from, until)| Stretch { from: at(from), until: at(until) }).collect();
    office("UTC").reckon(at(from), within, &pauses).unwrap().due_at.to_string()
}

#[test]
fn a_pause_takes_out_what_would_have_counted_and_nothing_else() {
    let from = "2026-03-10T10:00:00Z";
    let four = Length::WorkingHours(4);
    let table = [
        (four, vec![], "2026-03-10T14:00:00Z"),
        (four, vec![("2026-03-10T11:00:00Z", "2026-03-10T13:00:00Z")], "2026-03-10T16:00:00Z"),
        // Through the night: of sixteen hours on the wall, one would have counted.
        (four, vec![("2026-03-10T16:00:00Z", "2026-03-11T08:00:00Z")], "2026-03-10T14:00:00Z"),
        (four, vec![("2026-03-10T13:00:00Z", "2026-03-11T09:30:00Z")], "2026-03-11T10:30:00Z"),
        // Twice the same, or one in the other, is one.
        (
            four,
            vec![("2026-03-10T11:00:00Z", "2026-03-10T13:00:00Z"), ("2026-03-10T12:00:00Z", "2026-03-10T12:30:00Z")],
            "2026-03-10T16:00:00Z",
        ),
        // Begun before, ended before it began, of no length.
        (four, vec![("2026-03-09T11:00:00Z", "2026-03-10T11:00:00Z")], "2026-03-10T15:00:00Z"),
        (
            four,
            vec![("2026-03-10T13:00:00Z", "2026-03-10T11:00:00Z"), ("2026-03-10T12:00:00Z", "2026-03-10T12:00:00Z")],
            "2026-03-10T14:00:00Z",
        ),
        (Length::Hours(4), vec![("2026-03-10T11:00:00Z", "2026-03-12T11:00:00Z")], "2026-03-12T14:00:00Z"),
        (Length::WorkingDays(1), vec![("2026-03-10T10:00:00Z", "2026-03-10T12:00:00Z")], "2026-03-12T11:00:00Z"),
        // Done to the minute when the pause begins.
        (four, vec![("2026-03-10T14:00:00Z", "2026-03-12T11:00:00Z")], "2026-03-10T14:00:00Z"),
    ];
    for (within, pauses, expected) in table {
        assert_eq!(reckoned(from, within, &pauses), expected, "{within:?} with {pauses:?}");
    }
}

#[test]
fn a_pause_without_end_is_an_error_not_a_hang() {
    let from = "2026-03-10T10:00:00Z".parse().unwrap();
    let forever = [Stretch { from, until: Timestamp::MAX }];
    let never = office("UTC").reckon(from, Length::WorkingHours(1), &forever);
    assert_eq!(never, Err(CalendarError::NeverOpen(LONGEST_CLOSED_DAYS)));
    assert_eq!(office("UTC").reckon(from, Length::Hours(1), &forever), Err(CalendarError::OutOfRange));
}

#[test]
fn lengths_are_read_as_scripts_write_them() {
    assert_eq!("working_hours(4)".parse(), Ok(Length::WorkingHours(4)));
    assert_eq!(" days( 7 ) ".parse(), Ok(Length::Days(7)));
    for wrong in ["", "days", "days()", "days(-1)", "weeks(2)", "days(7"] {
        assert!(wrong.parse::<Length>().unwrap_err().contains("working_hours(4)"), "{wrong}");
    }
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

/// Everything that happens in these tests happens on a quarter of an hour.
const STEP: i64 = 15;

/// Whether the wall shows a time at which the organization is open.
fn is_open(calendar: &Calendar, shown: civil::DateTime) -> bool {
    let opened_on = |date: civil::Date, next_day: bool| {
        let windows = calendar.open.iter().filter(|window| window.day.is(date.weekday()));
        !calendar.holidays.contains(date)
            && windows.clone().any(|window| match (next_day, window.to <= window.from) {
                (false, false) => window.from <= shown.time() && shown.time() < window.to,
                (false, true) => window.from <= shown.time(),
                (true, overnight) => overnight && shown.time() < window.to,
            })
    };
    opened_on(shown.date(), false) || opened_on(shown.date().yesterday().unwrap(), true)
}

/// The steps from a moment on, each with whether it is open. Somebody at the door opens and closes once, when the wall first
/// shows the time or one after it, so an hour that the clocks repeat is not gone through twice.
fn steps(calendar: &Calendar, from: Timestamp) -> impl Iterator<Item = (Timestamp, bool)> + '_ {
    let zone = TimeZone::get(&calendar.time_zone).unwrap();
    let mut at = from - SignedDuration::from_hours(48);
    let mut shown = zone.to_datetime(at);
    std::iter::from_fn(move || {
        let step = at;
        shown = shown.max(zone.to_datetime(step));
        at += SignedDuration::from_mins(STEP);
        Some((step, is_open(calendar, shown)))
    })
    .skip_while(move |(at, _)| *at < from)
}

/// Counts open steps one by one: slow and hard to get wrong.
fn walk(calendar: &Calendar, from: Timestamp, minutes: i64, pauses: &[Stretch]) -> Timestamp {
    let counts = |at: Timestamp| pauses.iter().all(|pause| at < pause.from || pause.until <= at);
    let mut counted = steps(calendar, from).filter(|(at, is_open)| *is_open && counts(*at));
    let (last, _) = counted.nth((minutes / STEP) as usize - 1).unwrap();
    last + SignedDuration::from_mins(STEP)
}

/// Open minutes of a stretch outside of its pauses.
fn open_minutes(calendar: &Calendar, from: Timestamp, until: Timestamp, pauses: &[Stretch]) -> i64 {
    let counts = |at: Timestamp| pauses.iter().all(|pause| at < pause.from || pause.until <= at);
    let within = steps(calendar, from).take_while(|(at, _)| *at < until);
    within.filter(|(at, is_open)| *is_open && counts(*at)).count() as i64 * STEP
}

#[test]
fn the_ends_of_time_are_an_error_and_not_a_panic() {
    let berlin = office("Europe/Berlin");
    for length in [Length::WorkingHours(4), Length::WorkingDays(2)] {
        assert_eq!(berlin.due(Timestamp::MAX, length), Err(CalendarError::OutOfRange), "{length:?}");
        // What lies before the first day that can be counted is not asked for.
        let first = berlin.due(Timestamp::MIN, length);
        assert!(first.is_ok() || first == Err(CalendarError::OutOfRange), "{length:?}: {first:?}");
    }
}

const DAY: i64 = 24 * 60 / STEP;

/// Windows of two hours to a day, which may meet, overlap and run over midnight.
fn windows() -> impl Strategy<Value = Vec<Window>> {
    let time = |step: i64| civil::Time::midnight() + SignedDuration::from_mins(step % DAY * STEP);
    let window = (0_usize..7, 0..DAY, 8..=DAY);
    let window =
        window.prop_map(move |(day, from, long)| Window { day: WEEK[day], from: time(from), to: time(from + long) });
    prop::collection::vec(window, 3..10)
}

/// Days around which clocks are changed, by half an hour, an hour or a whole day, and others.
fn calendars() -> impl Strategy<Value = (Calendar, Timestamp)> {
    const PLACES: [(&str, &str); 9] = [
        ("Europe/Berlin", "2026-03-29T00:00:00Z"),
        ("Europe/Berlin", "2026-10-25T00:00:00Z"),
        ("America/New_York", "2026-03-08T06:00:00Z"),
        ("America/St_Johns", "2026-11-01T04:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T15:00:00Z"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("Asia/Kathmandu", "2026-01-01T00:00:00Z"),
        ("UTC", "2028-02-29T00:00:00Z"),
    ];
    let holidays = prop::collection::vec(-6_i64..12, 0..4);
    (prop::sample::select(PLACES.as_slice()), windows(), holidays, -3 * DAY..2 * DAY).prop_map(
        |((zone, around), open, holidays, offset)| {
            let around: Timestamp = around.parse().unwrap();
            let day = |days: i64| around.to_zoned(TimeZone::UTC).date() + jiff::Span::new().days(days);
            let holidays = holidays.into_iter().map(day).collect();
            let calendar = Calendar { time_zone: zone.into(), open, holidays };
            (calendar, around + SignedDuration::from_mins(offset * STEP))
        },
    )
}

/// Pauses by when they begin and how long they are, in steps after the start.
fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let long = prop_oneof![4 => 0..2 * DAY, 1 => 0..12 * DAY];
    prop::collection::vec((-DAY..6 * DAY, long), 0..5)
}

fn stretches(from: Timestamp, pauses: &[(i64, i64)]) -> Vec<Stretch> {
    let after = |steps: i64| from + SignedDuration::from_mins(steps * STEP);
    pauses.iter().map(|&(begins, long)| Stretch { from: after(begins), until: after(begins + long) }).collect()
}

/// `PROPTEST_CASES` asks for more.
fn cases() -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig::with_cases(wanted.unwrap_or(10_000))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn agrees_with_counting_step_by_step((calendar, from) in calendars(), pauses in pauses(), hours in 1_u32..12, days in 0_u32..4) {
        let pauses = stretches(from, &pauses);
        let reckoning = calendar.reckon(from, Length::WorkingHours(hours), &pauses).unwrap();
        prop_assert_eq!(reckoning.due_at, walk(&calendar, from, i64::from(hours) * 60, &pauses));
        let counted: i64 = reckoning.counted.iter().map(|one| one.until.duration_since(one.from).as_mins()).sum();
        prop_assert_eq!(counted, i64::from(hours) * 60);
        prop_assert!(reckoning.counted.windows(2).all(|pair| pair[0].until <= pair[1].from));

        // So much open time as there is without the pauses.
        let unpaused = calendar.due(from, Length::WorkingDays(days)).unwrap();
        prop_assert_eq!(calendar.reckon(from, Length::WorkingDays(days), &[]).unwrap().due_at, unpaused);
        let paused = calendar.reckon(from, Length::WorkingDays(days), &pauses).unwrap().due_at;
        let allowed = open_minutes(&calendar, from, unpaused, &[]);
        prop_assert_eq!(open_minutes(&calendar, from, paused, &pauses), allowed);
    }
}
