//! A case with what a decision about it needs, for many cases at a time.

use crate::{
    StoreError,
    codec::{party, time},
    entity::{case, contact, obligation},
    sql::{query_in, rows_in},
};
use comity_domain::{
    CaseId, ContactId, OrganizationId, Party, PostId,
    ledger::{Obligation, PostMoment},
    post::{Contact, Post},
    step::{History, Snapshot},
};
use sea_orm::{ConnectionTrait, QueryResult, TryGetable};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

const DOING: &str = "read cases";

pub async fn snapshots(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Snapshot>, StoreError> {
    // First, so that whatever is read after it is at least as new as the version that the commit is checked against.
    let mut cases: Vec<case::Model> = rows_in(db, DOING, "SELECT * FROM cases WHERE id IN {}", ids).await?;
    cases.retain(|row| row.organization_id == organization.0);
    let mut posts = moments(db, ids).await?;
    let mut ledgers = ledgers(db, ids).await?;
    let contacts = contacts(db, &cases).await?;
    let mut histories = histories(db, ids).await?;
    let mut snapshots = HashMap::with_capacity(cases.len());
    for row in cases {
        let id = row.id;
        let contact = row.contact_id.and_then(|contact| contacts.get(&contact).cloned());
        let case = match row.case() {
            Ok(case) => case,
            // The others are not kept waiting by it.
            Err(error) => {
                tracing::error!(case = %id, %error, "a case cannot be read");
                continue;
            }
        };
        snapshots.insert(
            id,
            Snapshot {
                posts: posts.remove(&id).unwrap_or_default(),
                obligations: ledgers.remove(&id).unwrap_or_default(),
                contact,
                history: histories.remove(&id).unwrap_or(NO_HISTORY),
                ..Snapshot::new(case)
            },
        );
    }
    Ok(snapshots)
}

async fn moments(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<PostMoment>>, StoreError> {
    let sql = "SELECT id, case_id, party, at, asks FROM posts WHERE case_id IN {}";
    let mut moments: HashMap<Uuid, Vec<PostMoment>> = HashMap::new();
    for row in query_in(db, DOING, sql, ids).await? {
        moments.entry(get(&row, "case_id")?).or_default().push(PostMoment {
            post: PostId(get(&row, "id")?),
            party: party(&get::<String>(&row, "party")?)?,
            at: time(get(&row, "at")?),
            asks: get(&row, "asks")?,
        });
    }
    Ok(moments)
}

/// The ledgers of cases, each in the order of when obligations started.
pub async fn ledgers(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Obligation>>, StoreError> {
    let sql = "SELECT * FROM obligations WHERE case_id IN {} ORDER BY started_at, article";
    let found: Vec<obligation::Model> = rows_in(db, DOING, sql, ids).await?;
    let mut ledgers: HashMap<Uuid, Vec<Obligation>> = HashMap::new();
    for row in found {
        ledgers.entry(row.case_id).or_default().push(row.obligation()?);
    }
    Ok(ledgers)
}

pub async fn contacts(db: &impl ConnectionTrait, cases: &[case::Model]) -> Result<HashMap<Uuid, Contact>, StoreError> {
    contacts_by_id(db, cases.iter().filter_map(|case| case.contact_id).collect()).await
}

async fn contacts_by_id(db: &impl ConnectionTrait, mut ids: Vec<Uuid>) -> Result<HashMap<Uuid, Contact>, StoreError> {
    ids.sort_unstable();
    ids.dedup();
    let found: Vec<contact::Model> = rows_in(db, DOING, "SELECT * FROM contacts WHERE id IN {}", &ids).await?;
    Ok(found.into_iter().map(|row| (row.id, row.into())).collect())
}

/// Adds whoever else wrote the posts that are decided about.
pub async fn others(
    db: &impl ConnectionTrait,
    snapshots: &mut HashMap<Uuid, Snapshot>,
    posts: &HashMap<CaseId, Vec<Post>>,
) -> Result<(), StoreError> {
    let writers = |case: &CaseId, contact: Option<ContactId>| {
        let theirs = posts.get(case).into_iter().flatten().filter(|post| post.party == Party::Consumer);
        theirs.map(|post| post.author).filter(move |author| Some(*author) != contact)
    };
    let strangers = snapshots.values().flat_map(|all| writers(&all.case.id, all.case.contact));
    let mut ids: Vec<Uuid> = strangers.map(|contact| contact.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    ids.sort_unstable();
    ids.dedup();
    let sql = format!(
        "SELECT e.contact_id AS id, {HISTORY} FROM cases e WHERE e.status <> 'merged' AND e.contact_id IN {{}} \
         GROUP BY e.contact_id"
    );
    let histories = read_histories(&query_in(db, DOING, &sql, &ids).await?)?;
    let contacts = contacts_by_id(db, ids).await?;
    for snapshot in snapshots.values_mut() {
        let ids: BTreeSet<ContactId> = writers(&snapshot.case.id, snapshot.case.contact).collect();
        let known = ids.iter().filter_map(|id| contacts.get(&id.0));
        let history = |one: &Contact| histories.get(&one.id.0).copied().unwrap_or(NO_HISTORY);
        snapshot.others = known.map(|one| (one.clone(), history(one))).collect();
    }
    Ok(())
}

/// What is counted of the cases `e`.
const HISTORY: &str = "COUNT(*) AS cases, COUNT(CASE WHEN e.status = 'open' THEN 1 END) AS still_open, \
                       COUNT(CASE WHEN EXISTS (SELECT 1 FROM obligations o WHERE o.case_id = e.id \
                       AND o.party = 'company' AND o.state = 'breached') THEN 1 END) AS broken, \
                       MAX(e.opened_at) AS last_at";

/// Of somebody who is new.
const NO_HISTORY: History = History { cases: 0, open: Some(0), broken: Some(0), last_at: None };

async fn histories(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, History>, StoreError> {
    let sql = format!(
        "SELECT c.id, {HISTORY} FROM cases c JOIN cases e ON e.contact_id = c.contact_id \
         AND e.opened_at < c.opened_at AND e.status <> 'merged' WHERE c.id IN {{}} GROUP BY c.id"
    );
    read_histories(&query_in(db, DOING, &sql, ids).await?)
}

fn read_histories(rows: &[QueryResult]) -> Result<HashMap<Uuid, History>, StoreError> {
    let history = |row: &QueryResult| -> Result<History, StoreError> {
        Ok(History {
            cases: get(row, "cases")?,
            open: Some(get(row, "still_open")?),
            broken: Some(get(row, "broken")?),
            last_at: get::<Option<i64>>(row, "last_at")?.map(time),
        })
    };
    rows.iter().map(|row| Ok((get(row, "id")?, history(row)?))).collect()
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(|source| StoreError::Database { doing: DOING, source })
}
