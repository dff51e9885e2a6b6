//! Versions, their lives, and the draft.

mod beside;
mod draft;
mod life;
mod together;

use crate::support::{Db, at};
use comity_domain::{
    Role, UserId,
    audit::Actor,
    life::{Asker, Refused, Step},
};
use comity_store::{AuditFilter, Impact, NewPolicyVersion, NewUser, PolicyVersion};
use std::collections::BTreeMap;

pub fn files(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("rules.rhai".to_owned(), text.to_owned())])
}

pub fn version(text: &str, author: Option<UserId>) -> NewPolicyVersion {
    NewPolicyVersion { hash: format!("hash of {text}"), files: files(text), note: "why".into(), author }
}

/// Short ways through a life. Every impact report is called `impact`.
impl Db {
    pub async fn person(&self, role: Role) -> Asker {
        let name = format!("{role} {}", uuid::Uuid::now_v7());
        let email = format!("{}@example.org", name.replace(' ', "-"));
        let user = NewUser {
            name,
            email,
            roles: [role].into(),
            skills: [].into(),
            teams: [].into(),
            duties: [].into(),
            password_hash: String::new(),
        };
        let user = self.create_user(self.organization, user, &Actor::System, at(0)).await.unwrap();
        Asker { user: Some(user.id), roles: user.roles }
    }

    pub async fn first(&self) -> PolicyVersion {
        self.publish_policy(self.organization, version("one", None), at(1)).await.unwrap()
    }

    pub async fn propose(&self, text: &str, author: &Asker) -> PolicyVersion {
        let proposed = self.propose_policy(self.organization, version(text, author.user), None, at(2)).await;
        proposed.unwrap().unwrap()
    }

    pub async fn take_step(&self, of: &PolicyVersion, step: &Step, asker: &Asker) -> Result<PolicyVersion, Refused> {
        let against = self.live_policy(self.organization).await.unwrap().map(|live| live.id);
        let impact = Impact { hash: "impact".into(), against };
        self.take_policy_step(self.organization, of.id, step, asker, Some(&impact), at(3)).await.unwrap()
    }

    pub async fn reload(&self, of: &PolicyVersion) -> PolicyVersion {
        self.policy_version(self.organization, of.id).await.unwrap().unwrap()
    }

    /// What the audit log says of a version, oldest first.
    pub async fn actions(&self, of: &PolicyVersion) -> Vec<String> {
        let filter = AuditFilter { subject: Some(format!("policy/{}", of.id)), ..AuditFilter::default() };
        let log = self.audit_entries(self.organization, &filter, None, 100).await.unwrap();
        log.items.into_iter().rev().map(|row| row.entry.action).collect()
    }
}

pub fn approve() -> Step {
    Step::Approve { impact_hash: "impact".into(), note: "Looks right".into() }
}
