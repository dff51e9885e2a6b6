//! What agents tell each other about a case.

use super::{DOING, Note};
use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{clean, micros},
    entity::note,
    open::commit,
    sql::{execute, rows},
};
use comity_domain::{CaseId, OrganizationId, audit::Actor, audit::AuditEntry};
use sea_orm::Value;

impl Store {
    pub async fn case_notes(&self, organization: OrganizationId, case: CaseId) -> Result<Vec<Note>, StoreError> {
        let sql = "SELECT * FROM notes WHERE organization_id = $1 AND case_id = $2 ORDER BY at, id";
        let found: Vec<note::Model> = rows(&self.read, DOING, sql, [organization.0.into(), case.0.into()]).await?;
        Ok(found.into_iter().map(Note::from).collect())
    }

    pub async fn add_note(&self, organization: OrganizationId, note: &Note, actor: &Actor) -> Result<(), StoreError> {
        let case = self.merged_into(note.case).await?;
        let transaction = self.begin().await?;
        // Inserted only if the case is the organization's.
        let sql = "INSERT INTO notes (id, organization_id, case_id, at, author_id, text) \
                   SELECT $1, organization_id, id, $4, $5, $6 FROM cases WHERE organization_id = $2 AND id = $3";
        let values: [Value; 6] = [
            note.id.0.into(),
            organization.0.into(),
            case.0.into(),
            micros(note.at).into(),
            note.author.0.into(),
            clean(&note.text).into(),
        ];
        if execute(&transaction, DOING, sql, values).await? == 0 {
            return Err(StoreError::NotFound { what: "case" });
        }
        let detail = serde_json::json!({ "note": note.id });
        let entry = entry(actor, note.at, "case.note", format!("case/{case}"), detail);
        append_new(&transaction, organization, vec![AuditEntry { case: Some(case), ..entry }]).await?;
        commit(transaction).await
    }
}
