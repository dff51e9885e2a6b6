//! How much comes in, and how much of it is alike: consumers' posts, counted when they are decided about, and the facts that
//! the counts give at a moment.
//!
//! Counted is in slots of five minutes: all posts together, those of each topic that the policy names, and those that have
//! the same things in common ([`Counted::likeness`]). An hour before a moment is its slot and the eleven before it. What is
//! usual is the mean of the same hour of the same weekday in the last four weeks; it is unknown before two of them have
//! been counted from end to end, as is the last hour before one has. Weeks are of 168 hours: where clocks are changed, the
//! hours beside are compared for a while.
//!
//! Facts are as of the event's own time: what happened later is left out, if only to the slot. A post that is decided more
//! than a day after it was written is neither counted nor compared: history that is read in says nothing of what comes in
//! now. What was counted then stands with the decision, so nothing is asked for again.

use crate::{
    EventId,
    facts::{SurgeFacts, TopicFacts},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

const SLOT_SECONDS: i64 = 300;
/// Slots in an hour, a day and a week.
pub const HOUR: i64 = 12;
pub const DAY: i64 = 24 * HOUR;
pub const WEEK: i64 = 7 * DAY;
/// How many weeks back the usual is taken from, and how many of them there must be.
pub const WEEKS: i64 = 4;
const FEWEST_WEEKS: usize = 2;
/// Older than this, a post says nothing about now.
const LATE: SignedDuration = SignedDuration::from_hours(24);
/// Stands for all posts where a topic's name would stand.
pub const ALL: &str = "";

/// The slot that a moment is in.
#[must_use]
pub fn slot(at: Timestamp) -> i64 {
    at.as_second().div_euclid(SLOT_SECONDS)
}

/// Whether something that happened then still counts.
#[must_use]
pub fn is_late(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > LATE
}

/// What is counted of one post by a consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The event of its coming.
    pub event: EventId,
    pub at: Timestamp,
    pub topics: BTreeSet<String>,
    /// Posts that share one of these are much alike.
    pub likeness: Vec<i64>,
}

/// What was counted before, as it was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The slot in which counting began, by topic.
    pub since: BTreeMap<String, i64>,
    /// Topic, slot, posts.
    pub posts: Vec<(String, i64, i64)>,
    /// Likeness, slot, posts.
    pub alike: Vec<(i64, i64, i64)>,
}

/// What is known of how much comes in, around the moments that are decided about together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    now: Timestamp,
    since: BTreeMap<String, i64>,
    posts: BTreeMap<String, Series>,
    alike: BTreeMap<i64, Series>,
    waiting: BTreeMap<EventId, Counted>,
}

/// Posts over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Series {
    /// Slots in order, each with the posts up to its end.
    recorded: Vec<(i64, i64)>,
    /// When each of those was written that are decided about together, in order.
    waiting: Vec<Timestamp>,
}

impl Counts {
    /// `waiting` are the posts that are decided about now; they count for each other as they came.
    #[must_use]
    pub fn new(recorded: Recorded, waiting: Vec<Counted>, now: Timestamp) -> Self {
        let mut counts = Self { now, since: recorded.since, ..Self::default() };
        for (topic, slot, posts) in recorded.posts {
            counts.posts.entry(topic).or_default().recorded.push((slot, posts));
        }
        for (likeness, slot, posts) in recorded.alike {
            counts.alike.entry(likeness).or_default().recorded.push((slot, posts));
        }
        for post in waiting.into_iter().filter(|post| !is_late(post.at, now)) {
            for topic in post.topics.iter().map(String::as_str).chain([ALL]) {
                counts.posts.entry(topic.to_owned()).or_default().waiting.push(post.at);
            }
            for likeness in &post.likeness {
                counts.alike.entry(*likeness).or_default().waiting.push(post.at);
            }
            counts.waiting.insert(post.event, post);
        }
        counts.posts.values_mut().chain(counts.alike.values_mut()).for_each(Series::sort);
        counts
    }

    /// What is counted of an event when it is decided about; nothing unless it is a consumer's post.
    #[must_use]
    pub fn of(&self, event: EventId) -> Option<&Counted> {
        self.waiting.get(&event)
    }

    /// The facts as of an event.
    #[must_use]
    pub fn facts(&self, event: EventId, at: Timestamp) -> SurgeFacts {
        if is_late(at, self.now) {
            return SurgeFacts::default();
        }
        let all = self.topic(ALL, at);
        let topics = self.since.keys().filter(|topic| *topic != ALL);
        SurgeFacts {
            posts_last_hour: all.posts_last_hour,
            usual_posts_per_hour: all.usual_posts_per_hour,
            similar_posts: self.of(event).and_then(|post| self.similar(post)),
            topics: topics.map(|topic| (topic.clone(), self.topic(topic, at))).collect(),
        }
    }

    fn topic(&self, topic: &str, at: Timestamp) -> TopicFacts {
        let none = Series::default();
        let (series, slot) = (self.posts.get(topic).unwrap_or(&none), slot(at));
        let is_counted = |end: i64| self.since.get(topic).is_some_and(|since| since + HOUR <= end);
        let last_hour = series.recorded_in(slot, HOUR) + series.waiting_in(at, SignedDuration::from_hours(1));
        let weeks = (1..=WEEKS).map(|weeks| slot - weeks * WEEK).filter(|end| is_counted(*end));
        let weeks: Vec<i64> = weeks.map(|end| series.recorded_in(end, HOUR)).collect();
        let usual = weeks.iter().sum::<i64>() as f64 / weeks.len().max(1) as f64;
        TopicFacts {
            posts_last_hour: is_counted(slot).then_some(last_hour),
            usual_posts_per_hour: (weeks.len() >= FEWEST_WEEKS).then_some(usual),
        }
    }

    /// Posts much like this one in the day before it; as many as share one thing with it, since those that share another are
    /// mostly the same.
    fn similar(&self, post: &Counted) -> Option<i64> {
        let sharing = |likeness: &i64| {
            let series = self.alike.get(likeness);
            // Itself is among those that wait.
            series.map_or(0, |series| series.recorded_in(slot(post.at), DAY) + series.waiting_in(post.at, LATE) - 1)
        };
        post.likeness.iter().map(sharing).max()
    }
}

impl Series {
    fn sort(&mut self) {
        self.recorded.sort_unstable();
        let mut sum = 0;
        for (_, posts) in &mut self.recorded {
            sum += *posts;
            *posts = sum;
        }
        self.waiting.sort_unstable();
    }

    /// Posts of the last `slots` slots up to and with this one.
    fn recorded_in(&self, last: i64, slots: i64) -> i64 {
        let until = |slot: i64| {
            let before = self.recorded.partition_point(|(at, _)| *at <= slot);
            before.checked_sub(1).map_or(0, |index| self.recorded[index].1)
        };
        until(last) - until(last - slots)
    }

    fn waiting_in(&self, until: Timestamp, length: SignedDuration) -> i64 {
        let up_to = |at: Timestamp| self.waiting.partition_point(|post| *post <= at) as i64;
        up_to(until) - until.checked_sub(length).map_or(0, up_to)
    }
}

#[cfg(test)]
mod tests;
