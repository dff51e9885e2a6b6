//! The people of the organization.

use super::{Caller, check_email, check_name, password};
use crate::{App, AppError};
use comity_domain::{Roles, UserId};
use comity_store::{NewUser, User, UserChange};

pub struct PersonInput {
    pub name: String,
    pub email: String,
    pub roles: Roles,
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
        let user = NewUser { name, email, roles: input.roles, password_hash: self.hash(input.password).await? };
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
        let changed = self.store.update_user(self.organization, id, change, &by.actor(), self.clock.now()).await?;
        changed.ok_or_else(|| AppError::Conflict {
            detail: "This is the only active owner.".into(),
            advice: "Make somebody else an owner first.".into(),
        })
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
