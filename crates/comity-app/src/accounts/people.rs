//! The people of the organization.

use super::{Caller, check_email, check_name, password};
use crate::{App, AppError};
use comity_domain::{Roles, UserId};
use comity_policy::settings::Settings;
use comity_store::{NewUser, User, UserChange};
use std::collections::{BTreeMap, BTreeSet};

pub struct PersonInput {
    pub name: String,
    pub email: String,
    pub roles: Roles,
    pub skills: BTreeSet<String>,
    pub teams: BTreeSet<String>,
    pub duties: BTreeSet<String>,
    pub password: String,
}

/// Name to a sentence about it.
pub struct Memberships {
    pub teams: BTreeMap<String, String>,
    /// The roles that flows tell.
    pub duties: BTreeMap<String, String>,
    pub skills: BTreeMap<String, String>,
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
        let PersonInput { roles, skills, teams, duties, password, .. } = input;
        let (skills, teams, duties) = (Some(skills), Some(teams), Some(duties));
        let wanted = UserChange { skills, teams, duties, ..UserChange::default() };
        self.check_memberships(&wanted, None).await?;
        let user = NewUser {
            name,
            email,
            roles,
            skills: wanted.skills.unwrap_or_default(),
            teams: wanted.teams.unwrap_or_default(),
            duties: wanted.duties.unwrap_or_default(),
            password_hash: self.hash(password).await?,
        };
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
        self.check_memberships(&change, Some(id)).await?;
        let changed = self.store.update_user(self.organization, id, change, &by.actor(), self.clock.now()).await?;
        changed.ok_or_else(|| AppError::Conflict {
            detail: "This is the only active owner.".into(),
            advice: "Make somebody else an owner first.".into(),
        })
    }

    /// What people can be in, hold and know by the live policy, each with a sentence about it.
    pub fn memberships(&self) -> Result<Memberships, AppError> {
        let live = self.live_policy()?;
        let settings = live.policy.settings();
        let Settings { teams, roles, skills, .. } = settings;
        Ok(Memberships { teams: teams.clone(), duties: roles.clone(), skills: skills.clone() })
    }

    /// Each is one that the live policy names; one that somebody has already may stay.
    async fn check_memberships(&self, change: &UserChange, id: Option<UserId>) -> Result<(), AppError> {
        let known = self.memberships()?;
        let before = match id {
            Some(id) => self.store.user(self.organization, id).await?,
            None => None,
        };
        let checked = [
            ("/skills", "skill", &change.skills, &known.skills, before.as_ref().map(|user| &user.skills)),
            ("/teams", "team", &change.teams, &known.teams, before.as_ref().map(|user| &user.teams)),
            ("/duties", "role", &change.duties, &known.duties, before.as_ref().map(|user| &user.duties)),
        ];
        for (pointer, what, wanted, known, before) in checked {
            let is_known = |name: &String| known.contains_key(name) || before.is_some_and(|has| has.contains(name));
            if let Some(name) = wanted.iter().flatten().find(|name| !is_known(name)) {
                let names = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                let help = if names.is_empty() { "it names none".to_owned() } else { format!("it names {names}") };
                return Err(AppError::invalid(pointer, format!("the live policy has no {what} {name}; {help}")));
            }
        }
        Ok(())
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
