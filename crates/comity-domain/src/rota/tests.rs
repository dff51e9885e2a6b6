use super::*;
use crate::calendar::Weekday;
use proptest::prelude::*;
use uuid::Uuid;

fn person(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn layer(people: &[u128], from: &str, hand_over: &str, days: u32) -> Layer {
    Layer {
        people: people.iter().copied().map(person).collect(),
        from: from.parse().unwrap(),
        hand_over: hand_over.parse().unwrap(),
        days,
        only: Vec::new(),
    }
}

fn rota(layers: Vec<Layer>) -> Rota {
    Rota { time_zone: "Europe/Berlin".into(), layers, exceptions: Vec::new() }
}

/// Who it is, as a number; 0 for nobody.
fn who(rota: &Rota, time: &str) -> u128 {
    rota.on_call(at(time)).map_or(0, |user| user.0.as_u128())
}

#[test]
fn people_take_turns_and_the_hand_over_stays_at_its_time() {
    // From Monday, the 23rd of March at nine, a week each; on Sunday the 29th the clocks go forward.
    let rota = rota(vec![layer(&[1, 2, 3], "2026-03-23", "09:00", 7)]);
    let table = [
        ("2026-03-23T07:59:59Z", 0),
        ("2026-03-23T08:00:00Z", 1),
        ("2026-03-30T06:59:59Z", 1),
        ("2026-03-30T07:00:00Z", 2),
        ("2026-04-06T07:00:00Z", 3),
        ("2026-04-13T07:00:00Z", 1),
    ];
    for (time, expected) in table {
        assert_eq!(who(&rota, time), expected, "{time}");
    }
}

#[test]
fn a_later_layer_goes_first_in_its_hours_and_an_exception_before_all() {
    let mut nights = layer(&[8, 9], "2026-03-02", "18:00", 1);
    let window = |day| Window { day, from: "18:00".parse().unwrap(), to: "06:00".parse().unwrap() };
    nights.only = vec![window(Weekday::Monday), window(Weekday::Tuesday)];
    let mut rota = rota(vec![layer(&[1], "2026-03-01", "00:00", 1), nights]);
    // In winter Berlin is an hour ahead.
    let table = [
        ("2026-03-02T16:59:00Z", 1),
        ("2026-03-02T17:00:00Z", 8),
        // After midnight it is the window, and the turn, of the evening before.
        ("2026-03-03T04:59:00Z", 8),
        ("2026-03-03T05:00:00Z", 1),
        ("2026-03-03T17:00:00Z", 9),
        ("2026-03-04T17:00:00Z", 1),
    ];
    for (time, expected) in table {
        assert_eq!(who(&rota, time), expected, "{time}");
    }
    let instead = |user, from, until| Exception { user: person(user), from: at(from), until: at(until) };
    rota.exceptions.push(instead(5, "2026-03-02T20:00:00Z", "2026-03-03T08:00:00Z"));
    rota.exceptions.push(instead(6, "2026-03-02T22:00:00Z", "2026-03-02T23:00:00Z"));
    for (time, expected) in [("2026-03-02T20:00:00Z", 5), ("2026-03-02T22:30:00Z", 6), ("2026-03-03T08:00:00Z", 1)] {
        assert_eq!(who(&rota, time), expected, "{time}");
    }
    let shifts = rota.shifts(at("2026-03-02T16:00:00Z"), at("2026-03-03T18:00:00Z"));
    let told: Vec<(String, u128)> = shifts
        .iter()
        .map(|shift| (shift.from.to_string()[5..16].to_owned(), shift.user.map_or(0, |user| user.0.as_u128())))
        .collect();
    let expected = [
        ("03-02T16:00", 1),
        ("03-02T17:00", 8),
        ("03-02T20:00", 5),
        ("03-02T22:00", 6),
        ("03-02T23:00", 5),
        ("03-03T08:00", 1),
        ("03-03T17:00", 9),
    ];
    assert_eq!(told, expected.map(|(at, user)| (at.to_owned(), user)));
}

#[test]
fn what_cannot_work_is_refused_with_what_to_do() {
    let good = || rota(vec![layer(&[1], "2026-03-01", "09:00", 7)]);
    assert_eq!(good().check(), Ok(()));
    let wrong = |change: fn(&mut Rota)| {
        let mut rota = good();
        change(&mut rota);
        rota.check().unwrap_err().to_string()
    };
    assert!(wrong(|rota| rota.time_zone = "Berlin".into()).contains("Europe/Berlin"));
    assert!(wrong(|rota| rota.layers[0].people.clear()).contains("layer 1"));
    assert!(wrong(|rota| rota.layers[0].days = 0).contains("1 to 366"));
    let now = Timestamp::UNIX_EPOCH;
    let backwards = Exception { user: person(1), from: now, until: now };
    let mut rota = good();
    rota.exceptions.push(backwards);
    assert_eq!(rota.check(), Err(RotaError::Exception));
    rota.exceptions = vec![Exception { until: Timestamp::MAX, ..backwards }; MOST + 1];
    assert!(rota.check().unwrap_err().to_string().contains("exceptions"));
}

proptest! {
    /// Minute by minute, shifts say the same as asking.
    #[test]
    fn shifts_are_what_asking_at_each_moment_gives(
        turns in prop::collection::vec((1_u32..4, 0_i8..24, 1_usize..4), 1..4),
        exceptions in prop::collection::vec((0_i64..8_000, 1_i64..2_000), 0..4),
    ) {
        // Over the end of summer time.
        let start = at("2026-10-22T11:30:00Z");
        let minute = |minute: i64| start + jiff::SignedDuration::from_mins(minute);
        let layers = turns.iter().map(|(days, hour, people)| {
            let people: Vec<u128> = (1..=*people as u128).collect();
            Layer { hand_over: Time::constant(*hour, 0, 0, 0), ..layer(&people, "2026-10-20", "00:00", *days) }
        });
        let mut rota = rota(layers.collect());
        rota.exceptions = exceptions.iter().enumerate().map(|(index, (from, length))| Exception {
            user: person(100 + index as u128), from: minute(*from), until: minute(from + length),
        }).collect();
        let shifts = rota.shifts(start, minute(8_000));
        prop_assert_eq!((shifts[0].from, shifts.last().unwrap().until), (start, minute(8_000)));
        prop_assert!(shifts.windows(2).all(|pair| pair[0].until == pair[1].from && pair[0].user != pair[1].user));
        for step in (0..8_000).step_by(17) {
            let now = minute(step);
            let shift = shifts.iter().find(|shift| shift.from <= now && now < shift.until).unwrap();
            prop_assert_eq!(shift.user, rota.on_call(now), "at {}", now);
        }
    }
}
