//! Posts are counted once, with the decision about them, and facts come of the counts.

use crate::support::{Db, at, decided, deleted, on_both, post};
use comity_domain::{
    OrganizationId, Timestamp,
    event::EventKind,
    facts::SurgeFacts,
    surge::{Counted, Counts},
};
use comity_store::{CaseCommit, CommitResult, Undecided};
use std::collections::BTreeSet;

const HOUR: i64 = 3_600;
const WEEK: i64 = 7 * 24 * HOUR;

fn topics(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What a policy with one topic would count of what waits; texts that begin alike are alike.
fn counted(waiting: &Undecided) -> Vec<Counted> {
    let of = |event: &comity_domain::event::Event| {
        let EventKind::Post { post, .. } = event.kind else { return None };
        let text = &waiting.posts.iter().find(|known| known.id == post)?.text;
        let topics = topics(if text.contains("outage") { &["outage"] } else { &[] });
        let first = text.bytes().next().map_or(0, i64::from);
        Some(Counted { event: event.id, at: event.at, topics, likeness: vec![first, i64::MIN + first] })
    };
    waiting.events.iter().filter_map(of).collect()
}

fn commit(waiting: Undecided, now: Timestamp) -> CaseCommit {
    CaseCommit { counted: counted(&waiting), ..decided(waiting, now) }
}

impl Db {
    /// Decides what waits and counts it; how many commits were made.
    async fn count(&self, now: Timestamp) -> usize {
        let commits = self.waiting().await.into_iter().map(|waiting| commit(waiting, now)).collect();
        let results = self.commit_decisions(self.organization, commits, now).await.unwrap();
        results.iter().filter(|result| **result == CommitResult::Done).count()
    }

    async fn counted_at(&self, organization: OrganizationId, seconds: i64, waiting: Vec<Counted>) -> Counts {
        let moments: Vec<Timestamp> = waiting.iter().map(|post| post.at).chain([at(seconds)]).collect();
        self.counts(organization, &topics(&["outage"]), &moments, waiting, at(seconds)).await.unwrap()
    }

    /// The facts at a moment, when nothing waits.
    async fn facts_at(&self, seconds: i64) -> SurgeFacts {
        let nothing = comity_domain::EventId::generate();
        self.counted_at(self.organization, seconds, Vec::new()).await.facts(nothing, at(seconds))
    }

    /// Takes a post in and decides about it as soon as it is written.
    async fn arrives(&self, id: &str, seconds: i64, text: &str) {
        let mut batch = self.batch(vec![post(id, "ada", seconds, text)]);
        batch.received_at = at(seconds);
        self.ingest(vec![batch]).await.unwrap();
        assert_eq!(self.count(at(seconds)).await, 1);
    }
}

on_both! {
    async fn what_is_decided_is_counted_by_topic(db: Db) {
        assert_eq!(db.facts_at(0).await.posts_last_hour, None, "counting begins with the first look");
        db.arrives("a", 10, "outage again").await;
        db.arrives("b", 20, "hello").await;
        assert_eq!(db.facts_at(60).await.posts_last_hour, None);
        db.arrives("c", HOUR + 10, "an outage").await;
        let facts = db.facts_at(HOUR + 20).await;
        assert_eq!(facts.posts_last_hour, Some(1), "the hour before, not all there is");
        db.arrives("d", HOUR + 30, "hello").await;
        let facts = db.facts_at(HOUR + 40).await;
        assert_eq!((facts.posts_last_hour, facts.topics["outage"].posts_last_hour), (Some(2), Some(1)));
        assert_eq!(facts.usual_posts_per_hour, None);
    }

    async fn a_post_is_counted_once(db: Db) {
        db.facts_at(0).await;
        db.arrives("a", 2 * HOUR, "hello").await;
        // It arrives again, is thought about again, and is decided about again after its case has changed.
        db.take(vec![post("a", "ada", 2 * HOUR, "hello"), post("b", "bob", 2 * HOUR, "hello")]).await;
        let waiting = db.waiting().await;
        let stale: Vec<CaseCommit> = waiting.iter().cloned().map(|waiting| commit(waiting, at(2 * HOUR))).collect();
        assert_eq!(db.count(at(2 * HOUR)).await, 1);
        let results = db.commit_decisions(db.organization, stale, at(2 * HOUR)).await.unwrap();
        assert_eq!(results, [CommitResult::Conflict]);
        assert_eq!(db.count(at(2 * HOUR)).await, 0);
        assert_eq!(db.facts_at(2 * HOUR + 10).await.posts_last_hour, Some(2));
    }

    async fn posts_that_are_alike_are_found_whoever_counted_them(db: Db) {
        for (number, text) in ["same", "same again", "other"].into_iter().enumerate() {
            db.arrives(&number.to_string(), 60 * number as i64, text).await;
        }
        db.take(vec![post("x", "eve", 300, "same"), post("y", "eve", 310, "still the same"), post("z", "eve", 320, "new")]).await;
        let waiting: Vec<Counted> = db.waiting().await.iter().flat_map(counted).collect();
        let counts = db.counted_at(db.organization, 330, waiting.clone()).await;
        let similar: BTreeSet<_> = waiting.iter().map(|post| (post.at, counts.facts(post.event, post.at).similar_posts)).collect();
        assert_eq!(similar.into_iter().collect::<Vec<_>>(), [(at(300), Some(2)), (at(310), Some(3)), (at(320), Some(0))]);
        // Across midnight, and no longer than a day.
        let day = 24 * HOUR;
        let first = waiting.iter().find(|post| post.at == at(300)).unwrap();
        let later = |seconds| vec![Counted { at: at(seconds), ..first.clone() }];
        for (seconds, found) in [(day - 600, Some(2)), (day + 900, Some(0))] {
            let counts = db.counted_at(db.organization, seconds, later(seconds)).await;
            assert_eq!(counts.facts(first.event, at(seconds)).similar_posts, found, "{seconds}");
        }
        // Another organization's posts are alike and count for nothing here.
        let other = db.counted_at(OrganizationId::generate(), 330, waiting.clone()).await;
        assert_eq!(other.facts(first.event, first.at).similar_posts, Some(0));
    }

    async fn the_usual_is_learnt_from_the_weeks_before(db: Db) {
        db.facts_at(0).await;
        for (number, seconds) in [WEEK, WEEK + 10, WEEK + 20, 2 * WEEK, 3 * WEEK - 2 * HOUR].into_iter().enumerate() {
            db.arrives(&number.to_string(), seconds, "outage").await;
        }
        assert_eq!(db.facts_at(2 * WEEK + 60).await.usual_posts_per_hour, None, "one week is not enough");
        let facts = db.facts_at(3 * WEEK + 60).await;
        assert_eq!((facts.posts_last_hour, facts.usual_posts_per_hour), (Some(0), Some(2.0)));
        assert_eq!(facts.topics["outage"].usual_posts_per_hour, Some(2.0));
        assert_eq!(db.facts_at(7 * WEEK + 60).await.usual_posts_per_hour, Some(0.0), "five weeks ago is forgotten");
    }

    async fn a_topic_that_is_new_is_counted_from_then_on(db: Db) {
        let look = async |names: &[&str], seconds: i64| {
            let counts = db.counts(db.organization, &topics(names), &[at(seconds)], Vec::new(), at(seconds)).await;
            counts.unwrap().facts(comity_domain::EventId::generate(), at(seconds)).topics
        };
        look(&[], 0).await;
        db.arrives("a", 2 * HOUR, "outage").await;
        assert!(look(&[], 2 * HOUR).await.is_empty());
        let known = |topics: &std::collections::BTreeMap<_, comity_domain::facts::TopicFacts>| topics["outage"].posts_last_hour;
        assert_eq!(known(&look(&["outage"], 2 * HOUR + 60).await), None);
        assert_eq!(known(&look(&["outage"], 4 * HOUR).await), Some(0));
        // Left out for a while, it begins anew: what came in between was not counted.
        assert!(look(&[], 4 * HOUR).await.is_empty());
        assert_eq!(known(&look(&["outage"], 4 * HOUR + 60).await), None);
    }

    async fn history_is_neither_counted_nor_kept(db: Db) {
        db.facts_at(0).await;
        db.take(vec![post("old", "ada", 10, "same outage")]).await;
        let late = 25 * HOUR;
        let waiting: Vec<Counted> = db.waiting().await.iter().flat_map(counted).collect();
        let counts = db.counted_at(db.organization, late, waiting.clone()).await;
        assert_eq!(counts.facts(waiting[0].event, waiting[0].at), SurgeFacts::default());
        assert_eq!(db.count(at(late)).await, 1);
        db.take(vec![post("gone", "ada", late, "words"), deleted("gone", late + 1)]).await;
        assert_eq!(db.count(at(late)).await, 1);
        let facts = db.facts_at(late + 10).await;
        assert_eq!(facts.posts_last_hour, Some(1), "a post that was deleted came all the same");
    }
}
