//! What was done, by whom, to what: appended in the transaction of the change itself, never changed.

use crate::{
    Page, Store, StoreError,
    cases::page,
    codec::{json, micros},
    entity,
    open::commit,
    sql::{Rows, rows},
};
use comity_domain::{
    AuditId, CaseId, OrganizationId, Timestamp,
    audit::{Actor, AuditEntry},
};
use sea_orm::{ConnectionTrait, Value};
use std::fmt::Write as _;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    pub id: AuditId,
    pub entry: AuditEntry,
}

#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub subject: Option<String>,
    pub case: Option<CaseId>,
    /// A whole action, or with a trailing dot every action of a noun.
    pub action: Option<String>,
}

impl Store {
    /// Appends entries that belong to no other write, such as a refused sign-in.
    pub async fn append_audit(&self, organization: OrganizationId, entries: &[AuditEntry]) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        append_new(&transaction, organization, entries.to_vec()).await?;
        commit(transaction).await
    }

    /// Newest first.
    pub async fn audit_entries(
        &self,
        organization: OrganizationId,
        filter: &AuditFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<AuditRow>, StoreError> {
        let mut sql = "SELECT * FROM audit WHERE organization_id = $1".to_owned();
        let mut values: Vec<Value> = vec![organization.0.into()];
        let mut add = |condition: &str, value: Value| {
            values.push(value);
            // Writing to a string cannot fail.
            let _ = write!(sql, " AND {condition} ${}", values.len());
        };
        if let Some(subject) = &filter.subject {
            add("subject =", subject.as_str().into());
        }
        if let Some(case) = filter.case {
            add("case_id =", case.0.into());
        }
        match filter.action.as_deref() {
            Some(noun) if noun.ends_with('.') => add("action LIKE", format!("{noun}%").into()),
            Some(action) => add("action =", action.into()),
            None => {}
        }
        if let Some(before) = cursor.and_then(|cursor| cursor.parse::<Uuid>().ok()) {
            add("id <", before.into());
        }
        let limit = limit.clamp(1, 500);
        add("1 = 1 ORDER BY id DESC LIMIT", (limit as i64 + 1).into());
        let found: Vec<entity::audit::Model> = rows(&self.read, "read the audit log", &sql, values).await?;
        let items: Result<Vec<AuditRow>, _> = found.into_iter().map(entity::audit::Model::entry).collect();
        Ok(page(items?, limit, |row| row.id.to_string()))
    }
}

/// An entry about something that a person or the installation did.
pub fn entry(actor: &Actor, at: Timestamp, action: &str, subject: String, detail: serde_json::Value) -> AuditEntry {
    AuditEntry { at, actor: actor.clone(), action: action.to_owned(), subject, case: None, detail }
}

pub async fn append_new(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    entries: Vec<AuditEntry>,
) -> Result<(), StoreError> {
    append(db, organization, entries.into_iter().map(|entry| (AuditId::generate().0, entry)).collect()).await
}

/// Appends entries with their ids; one that is there already is the same entry.
pub async fn append(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    entries: Vec<(Uuid, AuditEntry)>,
) -> Result<(), StoreError> {
    let columns = "id, organization_id, at, actor, action, subject, case_id, detail";
    let mut audit = Rows::insert("audit", columns, "ON CONFLICT (id) DO NOTHING");
    for (id, entry) in entries {
        audit.push([
            id.into(),
            organization.0.into(),
            micros(entry.at).into(),
            json(&entry.actor).into(),
            entry.action.into(),
            entry.subject.into(),
            entry.case.map(|case| case.0).into(),
            json(&entry.detail).into(),
        ]);
    }
    audit.write(db, "append to the audit log").await?;
    Ok(())
}
