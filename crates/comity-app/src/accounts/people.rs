//! The people of the organization.

use super::{Caller, check_email, check_name, password};
use crate::{App, AppError};
use comity_domain::{Roles, UserId};
use comity_store::{NewUser, User, UserChange};
use std::collections::BTreeSet;

pub struct PersonInput {
    pub name: String,
    pub email: String,
    pub roles: Roles,
    pub skills: BTreeSet<String>,
    pub password: String,
}

impl App {
    pub async fn users(&self) -> Result<Vec<User>, AppError> {
        Ok(self.store.users(self.organization).await?)
    }

    pub async fn create_user(&self, input: PersonInput, by: &Caller) -> Result<User, AppError> {
        let name = check_name("/name", "a name", &input.name)?;
        let email = check_email(&input.email)?;
        check_roles(&input.roles)?;
        password::check("/password", &input.password, &email)?;
        self.check_skills(&input.skills, &BTreeSet::new())?;
        let PersonInput { roles, skills, password, .. } = input;
        let user = NewUser { name, email, roles, skills, password_hash: self.hash(password).await? };
        Ok(self.store.create_user(self.organization, user, &by.actor(), self.clock.now()).await?)
    }

    /// Changes a person. Somebody no longer active is signed out everywhere; the last active owner stays one.
    pub async fn change_user(&self, id: UserId, mut change: UserChange, by: &Caller) -> Result<User, AppError> {
        if let Some(name) = &change.name {
            change.name = Some(check_name("/name", "a name", name)?);
        }
        if let Some(roles) = &change.roles {
            check_roles(roles)?;
        }
        if let Some(skills) = &change.skills {
            let known = self.store.user(self.organization, id).await?.map(|user| user.skills).unwrap_or_default();
            self.check_skills(skills, &known)?;
        }
        let changed = self.store.update_user(self.organization, id, change, &by.actor(), self.clock.now()).await?;
        changed.ok_or_else(|| AppError::Conflict {
            detail: "This is the only active owner.".into(),
            advice: "Make somebody else an owner first.".into(),
        })
    }

    /// The skills of the live policy, each with what somebody knows who has it.
    pub fn skills(&self) -> Result<Vec<(String, String)>, AppError> {
        let live = self.live_policy()?;
        Ok(live.policy.settings().skills.iter().map(|(name, about)| (name.clone(), about.clone())).collect())
    }

    /// A skill is one that the live policy names; one that somebody has already may stay.
    fn check_skills(&self, skills: &BTreeSet<String>, before: &BTreeSet<String>) -> Result<(), AppError> {
        let live = self.live_policy()?;
        let known = &live.policy.settings().skills;
        match skills.iter().find(|skill| !known.contains_key(*skill) && !before.contains(*skill)) {
            None => Ok(()),
            Some(skill) => {
                let names = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                let help = if names.is_empty() { "it names none".to_owned() } else { format!("it names {names}") };
                Err(AppError::invalid("/skills", format!("the live policy has no skill {skill}; {help}")))
            }
        }
    }

    /// Ends every other session of the person, too.
    pub async fn change_own_password(&self, by: &Caller, current: String, new: String) -> Result<(), AppError> {
        self.attempts.take_account(&by.email, self.clock.now())?;
        password::check("/new", &new, &by.email)?;
        let hash = self.store.password_hash(self.organization, by.user).await?;
        let cost = self.config.accounts.password_cost;
        if !self.blocking(move || password::verify(&current, hash.as_deref(), cost)).await?? {
            return Err(AppError::invalid("/current", "This is not your current password."));
        }
        self.attempts.forgive_account(&by.email);
        let hash = self.hash(new).await?;
        let now = self.clock.now();
        Ok(self.store.set_password(self.organization, by.user, &hash, by.session(), &by.actor(), now).await?)
    }
}

fn check_roles(roles: &Roles) -> Result<(), AppError> {
    if roles.is_empty() {
        return Err(AppError::invalid("/roles", "Choose at least one role."));
    }
    Ok(())
}
