//! The inbox: filtered, sorted, in parts, with what each line shows.
//!
//! A part begins after the last line of the one before (keyset), so that the thousandth part costs what the first does.

use super::{CaseCounts, CaseFilter, CaseRow, CaseSort, DOING, Page, Queue, page};
use crate::{
    Store, StoreError,
    codec::party,
    decide::{contacts, ledgers},
    entity::case,
    sql::{query, query_in, rows},
};
use comity_domain::{CaseId, ConnectionId, OrganizationId, UserId, case::Status, delivery::State, ledger::Obligation};
use sea_orm::{QueryResult, TryGetable, Value};
use std::{collections::HashMap, fmt::Write as _};
use uuid::Uuid;

const MOST: u64 = 200;

/// A `where` clause under construction.
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    /// Adds a condition, `?` in it standing for the value.
    fn add(&mut self, condition: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('?', &format!("${}", self.values.len())));
    }
}

impl Store {
    pub async fn list_cases(
        &self,
        organization: OrganizationId,
        filter: &CaseFilter,
        sort: CaseSort,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<CaseRow>, StoreError> {
        let limit = limit.clamp(1, MOST);
        let after = cursor.and_then(|cursor| cursor.split_once(':'));
        let after = after.and_then(|(at, id)| Some((at.parse::<i64>().ok()?, id.parse::<Uuid>().ok()?)));
        // Lists lie in the index state by state; several states are read one by one and merged.
        let statuses = filter.status.map_or_else(|| vec![Status::Open, Status::Closed], |status| vec![status]);
        let mut found = Vec::new();
        for status in statuses {
            let conditions = conditions(organization, status, filter);
            found.extend(self.lines(conditions, sort, after, limit + 1).await?);
        }
        found.sort_by_key(|row| key(sort, row));
        found.truncate(limit as usize + 1);
        let keys: HashMap<Uuid, i64> = found.iter().map(|row| (row.id, key(sort, row).0)).collect();
        let cursor = |at: i64| if sort == CaseSort::Due { at } else { -at };
        let items = self.case_rows(organization, found).await?;
        Ok(page(items, limit, |row| {
            let id = row.case.id.0;
            format!("{}:{id}", cursor(keys.get(&id).copied().unwrap_or_default()))
        }))
    }

    async fn lines(
        &self,
        Conditions { mut sql, mut values }: Conditions,
        sort: CaseSort,
        after: Option<(i64, Uuid)>,
        limit: u64,
    ) -> Result<Vec<case::Model>, StoreError> {
        if let Some((at, id)) = after {
            let (before, last) = (values.len() + 1, values.len() + 2);
            values.extend([at.into(), id.into()]);
            let columns = match sort {
                CaseSort::Due => "(due_sort, id) >",
                CaseSort::Newest => "(updated_at, id) <",
            };
            // Writing to a string cannot fail.
            let _ = write!(sql, " AND {columns} (${before}, ${last})");
        }
        let order = match sort {
            CaseSort::Due => "due_sort, id",
            CaseSort::Newest => "updated_at DESC, id DESC",
        };
        values.push((limit as i64).into());
        let sql = format!("SELECT * FROM cases WHERE {sql} ORDER BY {order} LIMIT ${}", values.len());
        rows(&self.read, DOING, &sql, values).await
    }

    pub async fn case_counts(
        &self,
        organization: OrganizationId,
        me: Option<UserId>,
    ) -> Result<CaseCounts, StoreError> {
        let sql = "SELECT open, ours, theirs, held, overdue FROM case_counts WHERE organization_id = $1";
        let mut counts = CaseCounts::default();
        if let Some(row) = query(&self.read, DOING, sql, [organization.0.into()]).await?.first() {
            counts.open = get(row, "open")?;
            counts.ours = get(row, "ours")?;
            counts.theirs = get(row, "theirs")?;
            counts.held = get(row, "held")?;
            counts.overdue = get(row, "overdue")?;
        }
        let sql = "SELECT COUNT(DISTINCT case_id) AS cases FROM deliveries JOIN cases ON cases.id = case_id \
                   WHERE deliveries.organization_id = $1 AND state = $2 AND status = 'open'";
        let awaits = State::AwaitsApproval.as_str();
        let found = query(&self.read, DOING, sql, [organization.0.into(), awaits.into()]).await?;
        counts.awaits_approval = found.first().map(|row| get(row, "cases")).transpose()?.unwrap_or(0);
        let sql = "SELECT COUNT(*) AS contested FROM cases WHERE organization_id = $1 AND status IN ('open', 'closed') AND is_contested";
        let found = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        counts.contested = found.first().map(|row| get(row, "contested")).transpose()?.unwrap_or(0);
        if let Some(me) = me {
            let sql = "SELECT COUNT(*) AS mine FROM cases WHERE assignee_id = $1 AND status = 'open' AND organization_id = $2";
            let found = query(&self.read, DOING, sql, [me.0.into(), organization.0.into()]).await?;
            counts.mine = found.first().map(|row| get(row, "mine")).transpose()?.unwrap_or(0);
        }
        Ok(counts)
    }

    /// How many open cases each person has.
    pub async fn open_cases_by_assignee(
        &self,
        organization: OrganizationId,
    ) -> Result<HashMap<UserId, i64>, StoreError> {
        let sql = "SELECT assignee_id, COUNT(*) AS cases FROM cases WHERE organization_id = $1 AND status = 'open' \
                   AND assignee_id IS NOT NULL GROUP BY assignee_id";
        let found = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        found.iter().map(|row| Ok((UserId(get(row, "assignee_id")?), get(row, "cases")?))).collect()
    }

    /// A merged case gives the one it was merged into.
    pub async fn case_row(&self, organization: OrganizationId, id: CaseId) -> Result<Option<CaseRow>, StoreError> {
        let id = self.merged_into(id).await?;
        let sql = "SELECT * FROM cases WHERE organization_id = $1 AND id = $2";
        let found: Vec<case::Model> = rows(&self.read, DOING, sql, [organization.0.into(), id.0.into()]).await?;
        Ok(self.case_rows(organization, found).await?.pop())
    }

    pub async fn case_by_number(
        &self,
        organization: OrganizationId,
        number: i64,
    ) -> Result<Option<CaseId>, StoreError> {
        let sql = "SELECT id FROM cases WHERE organization_id = $1 AND number = $2";
        let found = query(&self.read, DOING, sql, [organization.0.into(), number.into()]).await?;
        found.first().map(|row| Ok(CaseId(get(row, "id")?))).transpose()
    }

    /// The case that this one has become.
    pub(super) async fn merged_into(&self, id: CaseId) -> Result<CaseId, StoreError> {
        let mut at = id;
        loop {
            let sql = "SELECT merged_into FROM cases WHERE id = $1";
            let found = query(&self.read, DOING, sql, [at.0.into()]).await?;
            match found.first().map(|row| get::<Option<Uuid>>(row, "merged_into")).transpose()?.flatten() {
                Some(next) => at = CaseId(next),
                None => return Ok(at),
            }
        }
    }

    async fn case_rows(
        &self,
        organization: OrganizationId,
        found: Vec<case::Model>,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
        let mut ledgers = ledgers(&self.read, &ids).await?;
        let contacts = contacts(&self.read, &found).await?;
        let connectors = self.connectors(organization).await?;
        let names = self.names(found.iter().filter_map(|row| row.assignee_id).collect()).await?;
        let mut items = Vec::with_capacity(found.len());
        for row in found {
            let mut open_obligations = ledgers.remove(&row.id).unwrap_or_default();
            open_obligations.retain(Obligation::is_open);
            open_obligations.sort_by_key(|obligation| (obligation.due_at, obligation.party));
            items.push(CaseRow {
                contact: row.contact_id.and_then(|contact| contacts.get(&contact).cloned()),
                connector: connectors.get(&ConnectionId(row.connection_id)).cloned().unwrap_or_default(),
                assignee_name: row.assignee_id.and_then(|user| names.get(&user).cloned()),
                excerpt: row.excerpt.clone(),
                posts: row.posts,
                turn: row.turn.as_deref().map(party).transpose()?,
                open_obligations,
                case: row.case()?,
            });
        }
        Ok(items)
    }

    /// Deleted connections included: their cases are still there.
    async fn connectors(&self, organization: OrganizationId) -> Result<HashMap<ConnectionId, String>, StoreError> {
        let sql = "SELECT id, connector FROM connections WHERE organization_id = $1";
        let found = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        found.iter().map(|row| Ok((ConnectionId(get(row, "id")?), get(row, "connector")?))).collect()
    }

    async fn names(&self, mut users: Vec<Uuid>) -> Result<HashMap<Uuid, String>, StoreError> {
        users.sort_unstable();
        users.dedup();
        let found = query_in(&self.read, DOING, "SELECT id, name FROM users WHERE id IN {}", &users).await?;
        found.iter().map(|row| Ok((get(row, "id")?, get(row, "name")?))).collect()
    }
}

/// By which lines are sorted, ascending.
fn key(sort: CaseSort, row: &case::Model) -> (i64, u128) {
    match sort {
        CaseSort::Due => (row.due_sort, row.id.as_u128()),
        CaseSort::Newest => (-row.updated_at, u128::MAX - row.id.as_u128()),
    }
}

fn conditions(organization: OrganizationId, status: Status, filter: &CaseFilter) -> Conditions {
    let mut conditions = Conditions { sql: "organization_id = $1".to_owned(), values: vec![organization.0.into()] };
    conditions.add("status = ?", status.as_str());
    if let Some(turn) = filter.turn {
        conditions.add("turn = ?", turn.as_str());
    }
    if let Some(label) = &filter.label {
        let labelled = "id IN (SELECT case_id FROM case_labels WHERE organization_id = $1 AND label = ?)";
        conditions.add(labelled, label.as_str());
    }
    if let Some(team) = &filter.team {
        conditions.add("team = ?", team.as_str());
    }
    match filter.assignee {
        Some(Queue::Of(user)) => conditions.add("assignee_id = ?", user.0),
        Some(Queue::Nobody) => conditions.sql.push_str(" AND assignee_id IS NULL"),
        None => {}
    }
    if let Some(company) = &filter.company {
        conditions.add("company = ?", company.as_str());
    }
    match filter.is_held {
        Some(true) => conditions.sql.push_str(" AND held_for IS NOT NULL"),
        Some(false) => conditions.sql.push_str(" AND held_for IS NULL"),
        None => {}
    }
    if let Some(awaits) = filter.awaits_approval {
        let not = if awaits { "" } else { "NOT " };
        let waiting = format!("id {not}IN (SELECT case_id FROM deliveries WHERE organization_id = $1 AND state = ?)");
        conditions.add(&waiting, State::AwaitsApproval.as_str());
    }
    match filter.is_overdue {
        Some(true) => conditions.sql.push_str(" AND is_overdue"),
        Some(false) => conditions.sql.push_str(" AND NOT is_overdue"),
        None => {}
    }
    match filter.is_contested {
        Some(true) => conditions.sql.push_str(" AND is_contested"),
        Some(false) => conditions.sql.push_str(" AND NOT is_contested"),
        None => {}
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        search(&mut conditions, text);
    }
    conditions
}

/// A number (`4821`, `NW-4821`) finds its case; anything else is looked for in what lists show.
fn search(conditions: &mut Conditions, text: &str) {
    let escaped = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let found =
        "(LOWER(subject) LIKE ? ESCAPE '\\' OR LOWER(excerpt) LIKE ? ESCAPE '\\' OR LOWER(handle) LIKE ? ESCAPE '\\')";
    let number = text.rsplit('-').next().and_then(|number| number.parse::<i64>().ok());
    match number {
        Some(number) => {
            conditions.add("(number = ?", number);
            conditions.values.push(format!("%{escaped}%").into());
            let value = format!("${}", conditions.values.len());
            conditions.sql.push_str(" OR ");
            conditions.sql.push_str(&found.replace('?', &value));
            conditions.sql.push(')');
        }
        None => conditions.add(found, format!("%{escaped}%")),
    }
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(|source| StoreError::Database { doing: DOING, source })
}
