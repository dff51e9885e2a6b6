//! Published policy versions and the one draft.

use crate::{Store, StoreError};
use comity_domain::{OrganizationId, PolicyVersionId, Timestamp, UserId, audit::Actor};
use std::collections::BTreeMap;

/// Immutable; named by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    pub id: PolicyVersionId,
    pub hash: String,
    pub number: i64,
    pub files: BTreeMap<String, String>,
    pub note: String,
    /// `None`: published by the installation itself.
    pub author: Option<UserId>,
    pub published_at: Timestamp,
    pub is_live: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPolicyVersion {
    pub hash: String,
    pub files: BTreeMap<String, String>,
    pub note: String,
    pub author: Option<UserId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub files: BTreeMap<String, String>,
    /// Counts up with every save.
    pub revision: i64,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
}

impl Store {
    /// Adds a version and makes it live.
    pub async fn publish_policy(
        &self,
        organization: OrganizationId,
        version: NewPolicyVersion,
        now: Timestamp,
    ) -> Result<PolicyVersion, StoreError> {
        todo!()
    }
    /// Makes an older version live again.
    pub async fn restore_policy(
        &self,
        organization: OrganizationId,
        id: PolicyVersionId,
        reason: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<PolicyVersion, StoreError> {
        todo!()
    }
    pub async fn live_policy(&self, organization: OrganizationId) -> Result<Option<PolicyVersion>, StoreError> {
        todo!()
    }
    pub async fn policy_version(
        &self,
        organization: OrganizationId,
        id: PolicyVersionId,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        todo!()
    }
    pub async fn policy_version_by_hash(
        &self,
        organization: OrganizationId,
        hash: &str,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        todo!()
    }
    /// Newest first.
    pub async fn policy_versions(&self, organization: OrganizationId) -> Result<Vec<PolicyVersion>, StoreError> {
        todo!()
    }
    pub async fn policy_draft(&self, organization: OrganizationId) -> Result<Option<Draft>, StoreError> {
        todo!()
    }
    /// Keeps a draft begun on `base_revision`; when that is not the newest, gives the newest back as the inner error.
    pub async fn save_policy_draft(
        &self,
        organization: OrganizationId,
        files: BTreeMap<String, String>,
        base_revision: i64,
        user: UserId,
        now: Timestamp,
    ) -> Result<Result<Draft, Draft>, StoreError> {
        todo!()
    }
}
