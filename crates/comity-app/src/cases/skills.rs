//! Who may handle a case that asks for skills.

use super::actions::audit_entry;
use crate::{App, AppError};
use comity_domain::{Role, Timestamp, UserId, audit::Actor, case::Case, effect::Effect};
use comity_store::{CaseCommit, User};
use serde_json::json;
use std::collections::BTreeSet;

/// The first skill that the case asks for and that is not among these.
pub(super) fn lacking<'a>(case: &'a Case, skills: &BTreeSet<String>) -> Option<&'a str> {
    case.skills.iter().find(|skill| !skills.contains(*skill)).map(String::as_str)
}

impl App {
    /// What somebody knows.
    pub async fn skills_of(&self, user: UserId) -> Result<BTreeSet<String>, AppError> {
        let user = self.store.user(self.organization, user).await?;
        Ok(user.map(|user| user.skills).unwrap_or_default())
    }

    /// Refuses to give a case to somebody who lacks what it asks for.
    pub(super) async fn check_assignee(&self, case: &Case, assignee: &User) -> Result<(), AppError> {
        let Some(skill) = lacking(case, &assignee.skills) else { return Ok(()) };
        let users = self.store.users(self.organization).await?;
        let able = users.iter().filter(|user| is_able(user, case)).map(|user| user.name.as_str()).collect::<Vec<_>>();
        let help = if able.is_empty() { "nobody here has it".to_owned() } else { format!("{} can", able.join(", ")) };
        let message = format!("this case asks for the skill {skill}, which {} does not have; {help}", assignee.name);
        Err(AppError::invalid("/assignee", message))
    }

    /// Gives each case that a rule has just asked a skill for to somebody who has it: of those the one with the fewest open
    /// cases. So is one that somebody has by now who lacks what it asks for, such as after two cases became one. A case whose
    /// agent has it stays theirs; where nobody has it, it is nobody's, and its page says so.
    pub(crate) async fn give_to_the_skilled(&self, commits: &mut [CaseCommit], now: Timestamp) -> Result<(), AppError> {
        let asks = |commit: &CaseCommit| {
            let effects = commit.decisions.iter().flat_map(|decision| &decision.effects);
            effects.into_iter().any(|planned| matches!(planned.effect, Effect::RequireSkill { .. }))
        };
        let concerned =
            |commit: &CaseCommit| !commit.case.skills.is_empty() && (asks(commit) || commit.case.assignee.is_some());
        if !commits.iter().any(concerned) {
            return Ok(());
        }
        let users = self.store.users(self.organization).await?;
        let mut busy = self.store.open_cases_by_assignee(self.organization).await?;
        for commit in commits.iter_mut().filter(|commit| concerned(commit)) {
            let able: Vec<&User> = users.iter().filter(|user| is_able(user, &commit.case)).collect();
            let before = commit.case.assignee;
            // Whoever took it keeps it, an approver or an owner too, as long as they know what it asks for.
            let knows = |user: &User| user.is_active && lacking(&commit.case, &user.skills).is_none();
            if users.iter().any(|user| Some(user.id) == before && knows(user)) {
                continue;
            }
            let least = able.into_iter().min_by_key(|user| (busy.get(&user.id).copied().unwrap_or(0), user.id));
            commit.case.assignee = least.map(|user| user.id);
            if let Some(user) = least {
                *busy.entry(user.id).or_default() += 1;
            }
            let detail = json!({ "before": before, "after": commit.case.assignee, "skills": commit.case.skills });
            commit.audit.push(audit_entry(&commit.case, now, Actor::System, "case.assign", detail));
        }
        Ok(())
    }
}

/// Whether somebody answers cases and knows what this one asks for.
fn is_able(user: &User, case: &Case) -> bool {
    user.is_active && user.roles.contains(&Role::Agent) && lacking(case, &user.skills).is_none()
}
