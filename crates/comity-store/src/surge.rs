//! How much comes in: counts by slot, topic and likeness, read for a batch of decisions at a time and written with them.
//!
//! A post is counted in the transaction that records the decision about it and in no other, so it is counted once however
//! often it arrives or is thought about. A likeness has its organization in it, as other derived names have: no other
//! organization's posts can share one.

use crate::{
    CaseCommit, Store, StoreError,
    open::commit,
    sql::{Rows, execute, query, query_in},
};
use comity_domain::{
    OrganizationId, Timestamp,
    surge::{ALL, Counted, Counts, DAY, HOUR, Recorded, WEEK, WEEKS, is_late, slot},
};
use sea_orm::{ConnectionTrait, QueryResult, TryGetable, Value};
use std::collections::{BTreeMap, BTreeSet};

const DOING: &str = "count posts";

impl Store {
    /// What is known around these moments, the posts among them that wait for a decision included. `topics` are those of
    /// the policy; one that is new is counted from now on.
    pub async fn counts(
        &self,
        organization: OrganizationId,
        topics: &BTreeSet<String>,
        moments: &[Timestamp],
        waiting: Vec<Counted>,
        now: Timestamp,
    ) -> Result<Counts, StoreError> {
        let recent = moments.iter().filter(|at| !is_late(**at, now)).map(|at| slot(*at));
        let (Some(first), Some(last)) = (recent.clone().min(), recent.max()) else {
            return Ok(Counts::new(Recorded::default(), Vec::new(), now));
        };
        let since = self.counted_since(organization, topics, now).await?;
        let posts = self.recorded_posts(organization, first, last).await?;
        let alike = self.recorded_alike(organization, &waiting, first, last).await?;
        Ok(Counts::new(Recorded { since, posts, alike }, waiting, now))
    }

    async fn counted_since(
        &self,
        organization: OrganizationId,
        topics: &BTreeSet<String>,
        now: Timestamp,
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let sql = "SELECT topic, since FROM counted_topics WHERE organization_id = $1";
        let rows = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        let rows = rows.iter().map(|row| Ok((get(row, "topic")?, get(row, "since")?)));
        let mut since = rows.collect::<Result<BTreeMap<String, i64>, StoreError>>()?;
        let wanted = || topics.iter().map(String::as_str).chain([ALL]);
        let gone: Vec<String> = since.keys().filter(|topic| wanted().all(|wanted| wanted != *topic)).cloned().collect();
        let new: Vec<&str> = wanted().filter(|topic| !since.contains_key(*topic)).collect();
        if gone.is_empty() && new.is_empty() {
            return Ok(since);
        }
        // Another policy than before: from now on this is counted, and what it leaves out would have gaps if it came back.
        let transaction = self.begin().await?;
        let mut rows = Rows::insert("counted_topics", "organization_id, topic, since", "ON CONFLICT DO NOTHING");
        for topic in new {
            rows.push([organization.0.into(), topic.into(), slot(now).into()]);
            since.insert(topic.to_owned(), slot(now));
        }
        rows.write(&transaction, DOING).await?;
        for topic in gone {
            let sql = "DELETE FROM counted_topics WHERE organization_id = $1 AND topic = $2";
            execute(&transaction, DOING, sql, [organization.0.into(), topic.as_str().into()]).await?;
            since.remove(&topic);
        }
        commit(transaction).await?;
        Ok(since)
    }

    /// The hours before these slots, and the same hours of the weeks before.
    async fn recorded_posts(
        &self,
        organization: OrganizationId,
        first: i64,
        last: i64,
    ) -> Result<Vec<(String, i64, i64)>, StoreError> {
        // Cross joins are taken in the order they are written: one range of the key for each week.
        let sql = "SELECT c.topic, c.slot, c.posts FROM (VALUES ($2, $3), ($4, $5), ($6, $7), ($8, $9), ($10, $11)) AS w \
                   CROSS JOIN post_counts c WHERE c.organization_id = $1 AND c.slot BETWEEN w.column1 AND w.column2";
        let weeks = (0..=WEEKS).flat_map(|week| [first - HOUR - week * WEEK, last - week * WEEK]);
        let values = std::iter::once(organization.0.into()).chain(weeks.map(Value::from));
        let rows = query(&self.read, DOING, sql, values).await?;
        rows.iter().map(|row| Ok((get(row, "topic")?, get(row, "slot")?, get(row, "posts")?))).collect()
    }

    async fn recorded_alike(
        &self,
        organization: OrganizationId,
        waiting: &[Counted],
        first: i64,
        last: i64,
    ) -> Result<Vec<(i64, i64, i64)>, StoreError> {
        let mut keys: Vec<i64> =
            waiting.iter().flat_map(|post| &post.likeness).map(|one| of(organization, *one)).collect();
        keys.sort_unstable();
        keys.dedup();
        // Two days, or three around midnight: the text of the statement changes once a day.
        let days: Vec<String> = (day(first - DAY)..=day(last)).map(|day| day.to_string()).collect();
        let sql = format!(
            "SELECT likeness, slot, posts FROM similar_posts WHERE day IN ({}) AND likeness IN {{}}",
            days.join(", ")
        );
        let rows = query_in(&self.read, DOING, &sql, &keys).await?;
        rows.iter()
            .map(|row| Ok((of(organization, get(row, "likeness")?), get(row, "slot")?, get(row, "posts")?)))
            .collect()
    }
}

/// Counts the posts of these commits, and lets go of what is too old to be asked for. Others wait for the rows until this
/// has committed, so it comes late in a transaction.
pub async fn count(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
    now: Timestamp,
) -> Result<(), StoreError> {
    // In order, so that two nodes that count the same do not wait for each other.
    let (mut posts, mut alike) = (BTreeMap::new(), BTreeMap::new());
    for post in commits.iter().flat_map(|commit| &commit.counted).filter(|post| !is_late(post.at, now)) {
        let slot = slot(post.at);
        for topic in post.topics.iter().map(String::as_str).chain([ALL]) {
            *posts.entry((slot, topic)).or_insert(0_i64) += 1;
        }
        for likeness in &post.likeness {
            *alike.entry((day(slot), of(organization, *likeness), slot)).or_insert(0_i64) += 1;
        }
    }
    if posts.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::insert(
        "post_counts",
        "organization_id, slot, topic, posts",
        "ON CONFLICT (organization_id, slot, topic) DO UPDATE SET posts = post_counts.posts + excluded.posts",
    );
    for ((slot, topic), count) in posts {
        rows.push([organization.0.into(), slot.into(), topic.into(), count.into()]);
    }
    rows.write(db, DOING).await?;
    let mut rows = Rows::insert(
        "similar_posts",
        "day, likeness, slot, posts",
        "ON CONFLICT (day, likeness, slot) DO UPDATE SET posts = similar_posts.posts + excluded.posts",
    );
    for ((day, likeness, slot), count) in alike {
        rows.push([day.into(), likeness.into(), slot.into(), count.into()]);
    }
    rows.write(db, DOING).await?;
    let (now, oldest) = (slot(now), "DELETE FROM post_counts WHERE organization_id = $1 AND slot < $2");
    execute(db, DOING, oldest, [organization.0.into(), (now - (WEEKS + 1) * WEEK).into()]).await?;
    // A day of facts a day late.
    execute(db, DOING, "DELETE FROM similar_posts WHERE day < $1", [day(now - 2 * DAY).into()]).await?;
    Ok(())
}

/// A likeness with the organization in it; twice gives it back.
fn of(organization: OrganizationId, likeness: i64) -> i64 {
    let (_, low) = organization.0.as_u64_pair();
    likeness ^ low.cast_signed()
}

/// The day that a slot is in.
const fn day(slot: i64) -> i64 {
    slot.div_euclid(DAY)
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(|source| StoreError::Database { doing: DOING, source })
}
