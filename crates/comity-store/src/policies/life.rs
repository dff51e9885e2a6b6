//! One step in the life of a version, with what it means for the one that was live and the one beside it.
//!
//! Whenever another version goes live, whatever ran beside the old one is compared with the new one from then on, so its
//! figures begin anew; and a canary, approved next to what is no longer live, decides nothing any more.

use super::{DOING, PolicyVersion, Standing, actor, draft, failed, find, lock, standing, subject};
use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    entity::{policy_version, user},
    open::commit,
    policies::beside,
    sql::execute,
};
use comity_domain::{
    OrganizationId, PolicyVersionId, Role, Timestamp, UserId,
    audit::{Actor, AuditEntry},
    life::{Around, Asker, Life, Named, Refused, State, Step, needs_approval},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value};
use serde_json::json;
use std::collections::BTreeSet;

/// The present impact report of a version, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impact {
    pub hash: String,
    /// The version that it was compared with; with another one live, it is no longer the present one.
    pub against: Option<PolicyVersionId>,
}

impl Store {
    /// Takes a step, or says why not as the inner error. `impact` is needed to approve, and where an approval is.
    pub async fn take_policy_step(
        &self,
        organization: OrganizationId,
        id: PolicyVersionId,
        step: &Step,
        asker: &Asker,
        impact: Option<&Impact>,
        now: Timestamp,
    ) -> Result<Result<PolicyVersion, Refused>, StoreError> {
        let transaction = self.begin().await?;
        lock(&transaction, organization).await?;
        let row = find(&transaction, organization, id).await?.ok_or(StoreError::NotFound { what: "policy version" })?;
        let before = row.clone().version()?;
        let mut around = around(&transaction, organization).await?;
        let live = around.live.map(|live| live.id);
        around.impact_hash = impact.filter(|impact| impact.against == live).map(|impact| impact.hash.clone());
        let life = match before.life.clone().after(step, asker, &around, now) {
            Ok(life) => life,
            Err(refused) => return Ok(Err(refused)),
        };
        let mut entries = vec![entry(&actor(asker), now, action(step), subject(id), detail(&before, step, &around))];
        if life.state == State::Live && before.life.state != State::Live {
            let way = make_way(&transaction, organization, before.named(), now).await?;
            entries.extend(way.entries);
            if let (Step::Restore { .. }, Some(withdrawn)) = (step, way.withdrawn) {
                entries.extend(draft::follow(&transaction, organization, &withdrawn, &row, asker.user, now).await?);
            }
        }
        if let Step::Shadow | Step::Canary { .. } = step {
            beside::begin(&transaction, organization, id, before.life.state, now).await?;
        }
        match step {
            // A canary may be stopped by what it decides at this very moment, which these steps have nothing to say about.
            Step::Approve { .. } | Step::Review { .. } => note(&transaction, row.living(&life)).await?,
            _ => write(&transaction, row.living(&life)).await?,
        }
        append_new(&transaction, organization, entries).await?;
        commit(transaction).await?;
        Ok(Ok(PolicyVersion { life, ..before }))
    }

    /// What a step depends on besides the version and who asks; without the report, which is not kept here.
    pub async fn around_policies(&self, organization: OrganizationId) -> Result<Around, StoreError> {
        around(&self.read, organization).await
    }
}

/// What had to be done so that another version can be live.
pub(super) struct Way {
    pub withdrawn: Option<policy_version::Model>,
    pub entries: Vec<AuditEntry>,
}

/// Retires the live version, and what runs beside it goes on beside the new one.
pub(super) async fn make_way(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    new: Named,
    now: Timestamp,
) -> Result<Way, StoreError> {
    let mut way = Way { withdrawn: None, entries: Vec::new() };
    let standing = standing(db, organization).await?;
    let others = || standing.iter().filter(|one| one.id != new.id);
    if let Some(other) = others().find(|one| one.state.is_beside()) {
        way.entries.push(compare_anew(db, organization, *other, new, now).await?);
    }
    if let Some(live) = others().find(|one| one.state == State::Live) {
        let row = find(db, organization, live.id).await?.ok_or(StoreError::NotFound { what: "policy version" })?;
        let life = Life { state: State::Retired, ..row.clone().version()?.life };
        write(db, row.clone().living(&life)).await?;
        let detail = json!({ "number": row.number, "hash": row.hash, "followed_by": new.number });
        way.entries.push(entry(&Actor::System, now, "policy.retire", subject(live.id), detail));
        way.withdrawn = Some(row);
    }
    Ok(way)
}

async fn compare_anew(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    other: Standing,
    new: Named,
    now: Timestamp,
) -> Result<AuditEntry, StoreError> {
    beside::begin(db, organization, other.id, State::Candidate, now).await?;
    let reason = format!("Version {} went live.", new.number);
    let detail = json!({ "number": other.number, "reason": reason });
    let action = if other.state == State::Canary {
        let row = find(db, organization, other.id).await?.ok_or(StoreError::NotFound { what: "policy version" })?;
        let life = row.clone().version()?.life.stopped(&reason, now);
        write(db, row.living(&life)).await?;
        "policy.canary_stop"
    } else {
        "policy.compare_anew"
    };
    Ok(entry(&Actor::System, now, action, subject(other.id), detail))
}

async fn around(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<Around, StoreError> {
    let standing = standing(db, organization).await?;
    let live = standing.iter().find(|one| one.state == State::Live).map(super::Standing::named);
    let beside = standing.iter().find(|one| one.state.is_beside()).map(super::Standing::named);
    Ok(Around { approvers: approvers(db, organization).await?, live, beside, impact_hash: None })
}

async fn approvers(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<BTreeSet<UserId>, StoreError> {
    let active = user::Entity::find().filter(user::Column::OrganizationId.eq(organization.0));
    let active = active.filter(user::Column::IsActive.eq(true)).all(db).await.map_err(failed)?;
    let mut approvers = BTreeSet::new();
    for user in active {
        let user = user.user()?;
        if user.roles.contains(&Role::Owner) || user.roles.contains(&Role::Approver) {
            approvers.insert(user.id);
        }
    }
    Ok(approvers)
}

async fn write(db: &impl ConnectionTrait, row: policy_version::Model) -> Result<(), StoreError> {
    let sql = "UPDATE policy_versions SET state = $2, published_at = $3, approval = $4, break_glass = $5, \
               canary_percent = $6, canary_stopped = $7 WHERE id = $1";
    let values: [Value; 7] = [
        row.id.into(),
        row.state.into(),
        row.published_at.into(),
        row.approval.into(),
        row.break_glass.into(),
        row.canary_percent.into(),
        row.canary_stopped.into(),
    ];
    execute(db, DOING, sql, values).await?;
    Ok(())
}

/// Writes down what somebody found, and nothing else.
async fn note(db: &impl ConnectionTrait, row: policy_version::Model) -> Result<(), StoreError> {
    let sql = "UPDATE policy_versions SET approval = $2, break_glass = $3 WHERE id = $1";
    execute(db, DOING, sql, [row.id.into(), row.approval.into(), row.break_glass.into()]).await?;
    Ok(())
}

const fn action(step: &Step) -> &'static str {
    match step {
        Step::Approve { .. } => "policy.approve",
        Step::Publish => "policy.publish",
        Step::BreakGlass { .. } => "policy.break_glass",
        Step::Review { .. } => "policy.review",
        Step::Shadow => "policy.shadow",
        Step::Canary { .. } => "policy.canary",
        Step::SetAside { .. } => "policy.set_aside",
        Step::Restore { .. } => "policy.restore",
    }
}

/// What the audit log keeps of a step.
fn detail(version: &PolicyVersion, step: &Step, around: &Around) -> serde_json::Value {
    let life = &version.life;
    let approved_by = life.approval.as_ref().filter(|_| needs_approval(life, around)).map(|approval| approval.by);
    let mut detail = match step {
        Step::Approve { impact_hash, note } => json!({ "impact_hash": impact_hash, "note": note }),
        Step::Publish => json!({ "approved_by": approved_by, "nobody_could_approve": !needs_approval(life, around) }),
        Step::Canary { percent } => json!({ "percent": percent, "approved_by": approved_by }),
        Step::Review { note } => json!({ "note": note }),
        Step::Shadow => json!({}),
        Step::BreakGlass { reason } | Step::SetAside { reason } | Step::Restore { reason } => {
            json!({ "reason": reason })
        }
    };
    detail["number"] = version.number.into();
    detail["hash"] = version.hash.clone().into();
    detail["live"] = json!(around.live.map(|live| live.number));
    detail
}
