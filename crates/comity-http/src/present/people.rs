//! Sessions, users, tokens.

use crate::dto;
use comity_app::{
    App, AppError,
    accounts::{Caller, Credential, Memberships, NewToken, PersonInput, SetUpInput},
    notify::NewBrowser,
    values::{ApiToken, PushSubscription, User, UserChange},
};
use comity_domain::{
    Roles,
    notify::{NotifyRules, Quiet},
};
use std::collections::BTreeMap;

/// Who is signed in. A token has no CSRF token, because it needs none.
pub async fn session(app: &App, caller: &Caller) -> Result<dto::Session, AppError> {
    let organization = app.organization().await?;
    Ok(dto::Session {
        user: dto::SessionUser {
            id: caller.user.0,
            name: caller.name.clone(),
            email: caller.email.clone(),
            roles: words(&caller.roles),
            skills: app.skills_of(caller.user).await?.into_iter().collect(),
        },
        organization: dto::SessionOrganization {
            id: organization.id.0,
            name: organization.name,
            key_prefix: organization.key_prefix,
        },
        csrf_token: match &caller.credential {
            Credential::Session { csrf_token, .. } => csrf_token.clone(),
            Credential::Token { .. } => String::new(),
        },
    })
}

fn words(roles: &Roles) -> Vec<dto::Role> {
    roles.iter().map(|role| dto::Role::from(*role)).collect()
}

fn roles(words: Vec<dto::Role>) -> Roles {
    words.into_iter().map(Into::into).collect()
}

impl From<dto::SetUp> for SetUpInput {
    fn from(body: dto::SetUp) -> Self {
        let dto::SetUp { token, organization, name, email, password } = body;
        Self { token, organization, name, email, password }
    }
}

impl From<User> for dto::User {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            name: user.name,
            email: user.email,
            roles: words(&user.roles),
            skills: user.skills.into_iter().collect(),
            teams: user.teams.into_iter().collect(),
            duties: user.duties.into_iter().collect(),
            is_active: user.is_active,
            created_at: user.created_at,
        }
    }
}

impl From<dto::NewUser> for PersonInput {
    fn from(body: dto::NewUser) -> Self {
        let dto::NewUser { name, email, roles: words, skills, teams, duties, password } = body;
        let [skills, teams, duties] = [skills, teams, duties].map(|names| names.into_iter().collect());
        Self { name, email, roles: roles(words), skills, teams, duties, password }
    }
}

impl From<dto::UserChange> for UserChange {
    fn from(body: dto::UserChange) -> Self {
        let dto::UserChange { name, roles: words, skills, teams, duties, is_active } = body;
        let [skills, teams, duties] =
            [skills, teams, duties].map(|names| names.map(|names| names.into_iter().collect()));
        Self { name, roles: words.map(roles), skills, teams, duties, is_active }
    }
}

impl From<NotifyRules> for dto::NotifyRules {
    fn from(rules: NotifyRules) -> Self {
        let quiet = |Quiet { from, until, time_zone }| dto::QuietHours { from, until, time_zone };
        Self {
            mail: rules.mail,
            mail_after_minutes: rules.mail_after_minutes,
            push: rules.push,
            push_after_minutes: rules.push_after_minutes,
            quiet: rules.quiet.map(quiet),
            language: rules.language,
        }
    }
}

impl From<dto::NotifyRules> for NotifyRules {
    fn from(rules: dto::NotifyRules) -> Self {
        let quiet = |dto::QuietHours { from, until, time_zone }| Quiet { from, until, time_zone };
        Self {
            mail: rules.mail,
            mail_after_minutes: rules.mail_after_minutes,
            push: rules.push,
            push_after_minutes: rules.push_after_minutes,
            quiet: rules.quiet.map(quiet),
            language: rules.language,
        }
    }
}

impl From<PushSubscription> for dto::Browser {
    fn from(one: PushSubscription) -> Self {
        Self { id: one.id, name: one.browser, endpoint: one.endpoint, since: one.made_at }
    }
}

impl From<dto::NewBrowser> for NewBrowser {
    fn from(new: dto::NewBrowser) -> Self {
        let dto::NewBrowser { endpoint, public_key, auth, name } = new;
        Self { endpoint, public_key, auth, name }
    }
}

impl From<Memberships> for dto::Memberships {
    fn from(known: Memberships) -> Self {
        let list = |names: BTreeMap<String, String>| {
            names.into_iter().map(|(name, about)| dto::Membership { name, about }).collect()
        };
        Self { teams: list(known.teams), duties: list(known.duties), skills: list(known.skills) }
    }
}

impl From<ApiToken> for dto::Token {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id.0,
            name: token.name,
            roles: words(&token.roles),
            created_at: token.created_at,
            last_used_at: token.last_used_at,
        }
    }
}

impl From<NewToken> for dto::CreatedToken {
    fn from(new: NewToken) -> Self {
        Self { token: new.secret, about: new.token.into() }
    }
}

impl dto::NewToken {
    /// The name and the roles.
    pub fn parts(self) -> (String, Roles) {
        (self.name, roles(self.roles))
    }
}
