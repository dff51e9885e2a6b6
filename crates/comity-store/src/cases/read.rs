//! Everything about one case.

use super::DOING;
use crate::{
    Store, StoreError,
    decide::snapshots,
    entity::{contact, decision, delivery, event, obligation, post, revision},
    sql::{rows, rows_in},
};
use comity_domain::{
    CaseId, DecisionId, DeliveryId, OrganizationId, PostId,
    decision::Decision,
    delivery::Delivery,
    event::Event,
    ledger::Obligation,
    post::{Contact, Post, Revision},
    step::Snapshot,
};
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

impl Store {
    /// What an agent's action on a case starts from.
    pub async fn snapshot(&self, organization: OrganizationId, case: CaseId) -> Result<Option<Snapshot>, StoreError> {
        let case = self.merged_into(case).await?;
        Ok(snapshots(&self.read, organization, &[case.0]).await?.remove(&case.0))
    }

    /// In the order they were written.
    pub async fn case_posts(&self, organization: OrganizationId, case: CaseId) -> Result<Vec<Post>, StoreError> {
        let sql = "SELECT * FROM posts WHERE organization_id = $1 AND case_id = $2 ORDER BY at, id";
        let found: Vec<post::Model> = self.of_case(sql, organization, case).await?;
        self.with_parents(found).await
    }

    pub async fn post(&self, organization: OrganizationId, post: PostId) -> Result<Option<Post>, StoreError> {
        let sql = "SELECT * FROM posts WHERE organization_id = $1 AND id = $2";
        let found: Vec<post::Model> = rows(&self.read, DOING, sql, [organization.0.into(), post.0.into()]).await?;
        Ok(self.with_parents(found).await?.pop())
    }

    /// Who wrote the posts of a case.
    pub async fn case_contacts(&self, organization: OrganizationId, case: CaseId) -> Result<Vec<Contact>, StoreError> {
        let sql = "SELECT * FROM contacts WHERE organization_id = $1 \
                   AND id IN (SELECT author_id FROM posts WHERE case_id = $2) ORDER BY id";
        let found: Vec<contact::Model> = self.of_case(sql, organization, case).await?;
        Ok(found.into_iter().map(Contact::from).collect())
    }

    /// Every text of the case's edited posts, oldest first, the one each post began with included.
    pub async fn case_revisions(
        &self,
        organization: OrganizationId,
        case: CaseId,
    ) -> Result<Vec<Revision>, StoreError> {
        let sql = "SELECT r.* FROM post_revisions r JOIN posts p ON p.id = r.post_id \
                   WHERE p.organization_id = $1 AND p.case_id = $2 ORDER BY r.post_id, r.is_first DESC, r.at, r.revision";
        let found: Vec<revision::Model> = self.of_case(sql, organization, case).await?;
        Ok(found.into_iter().map(Revision::from).collect())
    }

    /// The ledger, in the order of when obligations started.
    pub async fn case_obligations(
        &self,
        organization: OrganizationId,
        case: CaseId,
    ) -> Result<Vec<Obligation>, StoreError> {
        let sql = "SELECT * FROM obligations WHERE organization_id = $1 AND case_id = $2 ORDER BY started_at, article";
        let found: Vec<obligation::Model> = self.of_case(sql, organization, case).await?;
        found.into_iter().map(obligation::Model::obligation).collect()
    }

    /// The newest event first, each decision with the event it is about.
    pub async fn case_decisions(
        &self,
        organization: OrganizationId,
        case: CaseId,
    ) -> Result<Vec<(Decision, Event)>, StoreError> {
        let sql = "SELECT * FROM decisions WHERE organization_id = $1 AND case_id = $2";
        let found: Vec<decision::Model> = self.of_case(sql, organization, case).await?;
        let mut decisions = self.with_events(found).await?;
        decisions.sort_by_key(|(decision, event)| std::cmp::Reverse((decision.as_of, decision.decided_at, event.id)));
        Ok(decisions)
    }

    pub async fn decision(
        &self,
        organization: OrganizationId,
        id: DecisionId,
    ) -> Result<Option<(Decision, Event)>, StoreError> {
        let sql = "SELECT * FROM decisions WHERE organization_id = $1 AND id = $2";
        let found: Vec<decision::Model> = rows(&self.read, DOING, sql, [organization.0.into(), id.0.into()]).await?;
        Ok(self.with_events(found).await?.pop())
    }

    /// In the order they were asked for.
    pub async fn case_deliveries(
        &self,
        organization: OrganizationId,
        case: CaseId,
    ) -> Result<Vec<Delivery>, StoreError> {
        let sql = "SELECT * FROM deliveries WHERE organization_id = $1 AND case_id = $2 ORDER BY created_at, id";
        let found: Vec<delivery::Model> = self.of_case(sql, organization, case).await?;
        found.into_iter().map(delivery::Model::delivery).collect()
    }

    pub async fn delivery(&self, organization: OrganizationId, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        let sql = "SELECT * FROM deliveries WHERE organization_id = $1 AND id = $2";
        let found: Vec<delivery::Model> = rows(&self.read, DOING, sql, [organization.0.into(), id.0.into()]).await?;
        found.into_iter().next().map(delivery::Model::delivery).transpose()
    }

    /// The reply that was asked for under this key, if one was.
    pub async fn delivery_by_key(
        &self,
        organization: OrganizationId,
        idempotency_key: &str,
    ) -> Result<Option<Delivery>, StoreError> {
        let sql = "SELECT * FROM deliveries WHERE organization_id = $1 AND idempotency_key = $2";
        let found: Vec<delivery::Model> =
            rows(&self.read, DOING, sql, [organization.0.into(), idempotency_key.into()]).await?;
        found.into_iter().next().map(delivery::Model::delivery).transpose()
    }

    async fn of_case<M: FromQueryResult>(
        &self,
        sql: &str,
        organization: OrganizationId,
        case: CaseId,
    ) -> Result<Vec<M>, StoreError> {
        rows(&self.read, DOING, sql, [organization.0.into(), case.0.into()]).await
    }

    async fn with_events(&self, found: Vec<decision::Model>) -> Result<Vec<(Decision, Event)>, StoreError> {
        let ids: Vec<Uuid> = found.iter().map(|row| row.event_id).collect();
        let events: Vec<event::Model> = rows_in(&self.read, DOING, "SELECT * FROM events WHERE id IN {}", &ids).await?;
        let events: HashMap<Uuid, event::Model> = events.into_iter().map(|row| (row.id, row)).collect();
        let mut decisions = Vec::with_capacity(found.len());
        for row in found {
            if let Some(event) = events.get(&row.event_id).cloned() {
                decisions.push((row.decision()?, event.event()?));
            }
        }
        Ok(decisions)
    }
}
