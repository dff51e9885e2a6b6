use super::*;

const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

fn post(number: u64, seconds: i64, topics: &[&str], likeness: &[i64]) -> Counted {
    Counted {
        event: EventId::derived(&[&number.to_le_bytes()]),
        at: at(seconds),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        likeness: likeness.to_vec(),
    }
}

fn event(number: u64) -> EventId {
    EventId::derived(&[&number.to_le_bytes()])
}

fn recorded(since: i64, posts: &[(&str, i64, i64)]) -> Recorded {
    let slot_of = |seconds: i64| slot(at(seconds));
    Recorded {
        since: [ALL, "outage"].map(|topic| (topic.to_owned(), slot_of(since))).into(),
        posts: posts.iter().map(|(topic, seconds, count)| ((*topic).to_owned(), slot_of(*seconds), *count)).collect(),
        alike: Vec::new(),
    }
}

const HOURS: i64 = 3_600;
const WEEKS_OF: i64 = 7 * 24 * HOURS;

#[test]
fn the_last_hour_is_what_was_recorded_and_what_waits() {
    let recorded =
        recorded(-10 * HOURS, &[(ALL, -2 * HOURS, 50), (ALL, -1_800, 7), ("outage", -1_800, 3), (ALL, -60, 2)]);
    let waiting = vec![post(1, -100, &["outage"], &[]), post(2, -50, &[], &[]), post(3, 500, &["outage"], &[])];
    let counts = Counts::new(recorded, waiting, at(600));
    let facts = counts.facts(event(2), at(-50));
    assert_eq!(facts.posts_last_hour, Some(7 + 2 + 2), "what comes later is left out");
    assert_eq!(facts.topics["outage"].posts_last_hour, Some(3 + 1));
    assert_eq!(facts.usual_posts_per_hour, None);
    // Something other than a post sees the same.
    assert_eq!(counts.facts(event(99), at(-50)), SurgeFacts { similar_posts: None, ..facts });
}

#[test]
fn nothing_is_said_before_enough_is_counted() {
    let facts = |since: i64| Counts::new(recorded(since, &[(ALL, -60, 4)]), vec![], at(0)).facts(event(1), at(0));
    assert_eq!(facts(-HOURS + 300).posts_last_hour, None);
    assert_eq!(facts(-HOURS).posts_last_hour, Some(4));
    assert_eq!(
        facts(-2 * WEEKS_OF).usual_posts_per_hour,
        None,
        "the hour two weeks ago was not counted from its beginning"
    );
    assert_eq!(facts(-2 * WEEKS_OF - HOURS).usual_posts_per_hour, Some(0.0));
    assert_eq!(Counts::default().facts(event(1), Timestamp::default()), SurgeFacts::default());
}

#[test]
fn the_usual_is_the_mean_of_the_same_hour_of_the_weeks_before() {
    let hours = [(-WEEKS_OF, 10), (-2 * WEEKS_OF, 20), (-3 * WEEKS_OF, 0), (-4 * WEEKS_OF, 6), (-5 * WEEKS_OF, 1_000)];
    let posts: Vec<(&str, i64, i64)> = hours.iter().map(|(seconds, count)| (ALL, *seconds, *count)).collect();
    let facts = |since| Counts::new(recorded(since, &posts), vec![], at(0)).facts(event(1), at(0));
    assert_eq!(facts(-10 * WEEKS_OF).usual_posts_per_hour, Some(9.0));
    assert_eq!(facts(-2 * WEEKS_OF - HOURS).usual_posts_per_hour, Some(15.0), "only weeks that were counted");
    // The hour before and the hour after are others.
    let beside = [(ALL, -WEEKS_OF - HOURS, 100), (ALL, -WEEKS_OF + 300, 100), (ALL, -WEEKS_OF - 3_000, 8)];
    let counts = Counts::new(recorded(-10 * WEEKS_OF, &beside), vec![], at(0));
    assert_eq!(counts.facts(event(1), at(0)).usual_posts_per_hour, Some(2.0));
}

#[test]
fn posts_that_are_alike_are_counted_for_each_other_as_they_came() {
    let mut recorded = recorded(-10 * HOURS, &[]);
    let slots = |hours: i64| slot(at(-hours * HOURS));
    recorded.alike = vec![(7, slots(1), 5), (7, slots(23), 2), (7, slots(25), 100), (8, slots(1), 3)];
    let waiting = vec![
        post(1, -30, &[], &[7, 8]),
        post(2, -20, &[], &[7, 9]),
        post(3, -10, &[], &[9, 10]),
        post(4, 0, &[], &[]),
        post(5, 0, &[], &[11, 12]),
    ];
    let counts = Counts::new(recorded, waiting, at(0));
    let similar = |number, seconds| counts.facts(event(number), at(seconds)).similar_posts;
    assert_eq!(similar(1, -30), Some(7));
    assert_eq!(similar(2, -20), Some(8));
    assert_eq!(similar(3, -10), Some(1));
    assert_eq!(similar(4, 0), None, "too short to be compared");
    assert_eq!(similar(5, 0), Some(0), "nothing like it");
}

#[test]
fn what_comes_a_day_late_is_neither_counted_nor_compared() {
    let day = 24 * HOURS;
    let waiting = vec![post(1, -day - 1, &["outage"], &[7]), post(2, -day, &["outage"], &[7])];
    let counts = Counts::new(recorded(-10 * WEEKS_OF, &[(ALL, -day - 60, 9)]), waiting, at(0));
    assert_eq!(counts.of(event(1)), None);
    assert_eq!(counts.facts(event(1), at(-day - 1)), SurgeFacts::default());
    let facts = counts.facts(event(2), at(-day));
    assert_eq!((facts.posts_last_hour, facts.similar_posts), (Some(10), Some(0)));
}
