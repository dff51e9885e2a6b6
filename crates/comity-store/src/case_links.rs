//! Links to the private page of a case, of which only a hash is kept.

use crate::{
    Store, StoreError,
    audit::append_new,
    codec::{from_json, json, micros, time},
    open::commit,
    sql::{execute, query},
};
use comity_domain::{
    CaseId, CaseLinkId, ContactId, OrganizationId, Timestamp,
    audit::{Actor, AuditEntry},
};
use sea_orm::{QueryResult, Value};
use serde_json::json;

const DOING: &str = "keep links to the pages of cases";

/// A link as it is known afterwards: what stands in it is not.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseLink {
    pub id: CaseLinkId,
    pub case: CaseId,
    /// Whom it was made for: nobody else's words are shown to them.
    pub contact: ContactId,
    pub made_at: Timestamp,
    pub made_by: Actor,
    /// When it was last followed.
    pub seen_at: Option<Timestamp>,
    pub ended: Option<LinkEnd>,
}

/// Since when a link leads nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkEnd {
    pub at: Timestamp,
    pub by: Actor,
}

impl Store {
    pub async fn add_case_link(
        &self,
        organization: OrganizationId,
        link: &CaseLink,
        hash: Vec<u8>,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let sql = "INSERT INTO case_links (id, hash, organization_id, case_id, made_at, made_by, contact_id) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values: [Value; 7] = [
            link.id.0.into(),
            hash.into(),
            organization.0.into(),
            link.case.0.into(),
            micros(link.made_at).into(),
            json(&link.made_by).into(),
            link.contact.0.into(),
        ];
        execute(&transaction, DOING, sql, values).await?;
        let entry = entry(link.case, link.id, &link.made_by, link.made_at, "case.make_link");
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await
    }

    /// The newest first.
    pub async fn case_links(&self, organization: OrganizationId, case: CaseId) -> Result<Vec<CaseLink>, StoreError> {
        let sql = "SELECT * FROM case_links WHERE organization_id = $1 AND case_id = $2 ORDER BY made_at DESC, id DESC";
        let found = query(&self.read, DOING, sql, [organization.0.into(), case.0.into()]).await?;
        found.iter().map(link).collect()
    }

    pub async fn case_link(&self, organization: OrganizationId, hash: &[u8]) -> Result<Option<CaseLink>, StoreError> {
        let sql = "SELECT * FROM case_links WHERE organization_id = $1 AND hash = $2";
        let found = query(&self.read, DOING, sql, [organization.0.into(), hash.to_vec().into()]).await?;
        found.first().map(link).transpose()
    }

    pub async fn saw_case_link(&self, id: CaseLinkId, now: Timestamp) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let sql = "UPDATE case_links SET seen_at = $2 WHERE id = $1";
        execute(&transaction, DOING, sql, [id.0.into(), micros(now).into()]).await?;
        commit(transaction).await
    }

    /// Ends one link of a case; whether it led somewhere.
    pub async fn end_case_link(
        &self,
        organization: OrganizationId,
        case: CaseId,
        link: CaseLinkId,
        by: &Actor,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self
            .end_links(organization, "case_id = $4 AND id = $5", vec![case.0.into(), link.0.into()], by, now)
            .await?
            > 0)
    }

    /// Ends every link that was made for a person, in whatever case.
    pub async fn end_links_of(
        &self,
        organization: OrganizationId,
        contact: ContactId,
        by: &Actor,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.end_links(organization, "contact_id = $4", vec![contact.0.into()], by, now).await
    }

    async fn end_links(
        &self,
        organization: OrganizationId,
        which: &str,
        which_values: Vec<Value>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let sql = format!(
            "UPDATE case_links SET ended_at = $2, ended_by = $3 WHERE organization_id = $1 AND ended_at IS NULL \
             AND {which} RETURNING id, case_id"
        );
        let mut values: Vec<Value> = vec![organization.0.into(), micros(now).into(), json(by).into()];
        values.extend(which_values);
        let transaction = self.begin().await?;
        let mut entries = Vec::new();
        for row in query(&transaction, DOING, &sql, values).await? {
            let (id, case) = (CaseLinkId(column(&row, "id")?), CaseId(column(&row, "case_id")?));
            entries.push(entry(case, id, by, now, "case.end_link"));
        }
        let ended = entries.len() as u64;
        append_new(&transaction, organization, entries).await?;
        commit(transaction).await?;
        Ok(ended)
    }
}

fn link(row: &QueryResult) -> Result<CaseLink, StoreError> {
    let ended_at: Option<i64> = column(row, "ended_at")?;
    let ended_by: Option<String> = column(row, "ended_by")?;
    let actor = |text: &str| from_json("who made or ended a link", text);
    let ended = ended_at.zip(ended_by).map(|(at, by)| Ok(LinkEnd { at: time(at), by: actor(&by)? })).transpose()?;
    Ok(CaseLink {
        id: CaseLinkId(column(row, "id")?),
        case: CaseId(column(row, "case_id")?),
        contact: ContactId(column(row, "contact_id")?),
        made_at: time(column(row, "made_at")?),
        made_by: actor(&column::<String>(row, "made_by")?)?,
        seen_at: column::<Option<i64>>(row, "seen_at")?.map(time),
        ended,
    })
}

fn entry(case: CaseId, id: CaseLinkId, by: &Actor, at: Timestamp, action: &str) -> AuditEntry {
    AuditEntry {
        at,
        actor: by.clone(),
        action: action.to_owned(),
        subject: format!("case/{case}"),
        case: Some(case),
        detail: json!({ "link": id }),
    }
}

fn column<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    row.try_get("", name).map_err(|source| StoreError::Database { doing: DOING, source })
}
