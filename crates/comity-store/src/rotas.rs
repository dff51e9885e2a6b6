//! Who is on call for each team.

use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{from_json, json, micros, time},
    open::commit,
    sql::{execute, query},
};
use comity_domain::{OrganizationId, Timestamp, UserId, audit::Actor, rota::Rota};
use sea_orm::Value;

const DOING: &str = "read who is on call";

#[derive(Clone, Debug, PartialEq)]
pub struct TeamRota {
    pub team: String,
    pub rota: Rota,
    /// Counts up with every change.
    pub version: i64,
    pub updated_at: Timestamp,
}

impl Store {
    pub async fn rotas(&self, organization: OrganizationId) -> Result<Vec<TeamRota>, StoreError> {
        let failed = |source| StoreError::Database { doing: DOING, source };
        let sql = "SELECT team, data, version, updated_at FROM rotas WHERE organization_id = $1 ORDER BY team";
        let found = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        let read = |row: &sea_orm::QueryResult| {
            let data: String = row.try_get("", "data").map_err(failed)?;
            Ok(TeamRota {
                team: row.try_get("", "team").map_err(failed)?,
                rota: from_json("who is on call", &data)?,
                version: row.try_get("", "version").map_err(failed)?,
                updated_at: time(row.try_get("", "updated_at").map_err(failed)?),
            })
        };
        found.iter().map(read).collect()
    }

    /// Writes a team's rota over the one of this version, 0 when there was none. Whether it was still that one.
    pub async fn set_rota(
        &self,
        organization: OrganizationId,
        team: &str,
        rota: &Rota,
        over: i64,
        by: UserId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        let sql = if over == 0 {
            "INSERT INTO rotas (organization_id, team, data, version, updated_at, updated_by) \
             VALUES ($1, $2, $3, $4 + 1, $5, $6) ON CONFLICT (organization_id, team) DO NOTHING"
        } else {
            "UPDATE rotas SET data = $3, version = $4 + 1, updated_at = $5, updated_by = $6 \
             WHERE organization_id = $1 AND team = $2 AND version = $4"
        };
        let values: [Value; 6] =
            [organization.0.into(), team.into(), json(rota).into(), over.into(), micros(now).into(), by.0.into()];
        if execute(&transaction, DOING, sql, values).await? == 0 {
            return Ok(false);
        }
        let detail = serde_json::json!({ "rota": rota });
        let entry = entry(&Actor::User { user: by }, now, "rota.change", format!("rota/{team}"), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        Ok(true)
    }
}
