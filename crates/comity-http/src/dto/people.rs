//! Set-up, sessions, users and tokens.

use comity_domain::{Time, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    PolicyOwner,
    Approver,
    Agent,
    Auditor,
    Integrator,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SetUpState {
    /// Whether the first owner is still to be made.
    pub needed: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// From the link that the server printed when it first started.
    pub token: String,
    /// The organization's name.
    pub organization: String,
    pub name: String,
    pub email: String,
    #[schema(format = Password)]
    pub password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub email: String,
    #[schema(format = Password)]
    pub password: String,
}

/// Who is signed in, and what unsafe requests must carry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    pub user: SessionUser,
    pub organization: SessionOrganization,
    /// To be sent as `x-csrf-token` with every POST, PUT, PATCH and DELETE.
    pub csrf_token: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionUser {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub roles: Vec<Role>,
    /// What they know, by the names of the policy.
    pub skills: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionOrganization {
    pub id: Uuid,
    pub name: String,
    /// What case numbers begin with: `NW` in `NW-4821`.
    pub key_prefix: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub roles: Vec<Role>,
    /// What they know, by the names of the policy.
    pub skills: Vec<String>,
    /// The teams they are in.
    pub teams: Vec<String>,
    /// The roles of the policy that they hold: whom escalation flows tell.
    pub duties: Vec<String>,
    pub is_active: bool,
    pub created_at: Timestamp,
}

/// What people can be in, hold and know by the live policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct Memberships {
    pub teams: Vec<Membership>,
    pub duties: Vec<Membership>,
    pub skills: Vec<Membership>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Membership {
    pub name: String,
    /// In a sentence.
    pub about: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub roles: Vec<Role>,
    #[serde(default)]
    pub skills: Vec<String>,
    #[serde(default)]
    pub teams: Vec<String>,
    #[serde(default)]
    pub duties: Vec<String>,
    #[schema(format = Password)]
    pub password: String,
}

/// What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    pub name: Option<String>,
    pub roles: Option<Vec<Role>>,
    pub skills: Option<Vec<String>>,
    pub teams: Option<Vec<String>>,
    pub duties: Option<Vec<String>>,
    pub is_active: Option<bool>,
}

/// How somebody is told of escalations outside of the pages.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyRules {
    /// Whether they want mails.
    pub mail: bool,
    /// A mail leaves this much later, if nobody has taken it up by then.
    #[serde(default)]
    pub mail_after_minutes: u16,
    /// Whether they want to be told in their browsers.
    #[serde(default = "yes")]
    pub push: bool,
    #[serde(default)]
    pub push_after_minutes: u16,
    /// `en` or `de`; in the language of the policy, when it is left out.
    #[serde(default)]
    pub language: Option<String>,
    /// A time of each day in which nothing is sent; it is held until that is over.
    pub quiet: Option<QuietHours>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// `HH:MM`.
    #[schema(value_type = String)]
    pub from: Time,
    /// `HH:MM`; at or before `from` means on the next day.
    #[schema(value_type = String)]
    pub until: Time,
    /// An IANA name, for example `Europe/Berlin`.
    pub time_zone: String,
}

/// How somebody is told, and whether this installation can.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotifyState {
    pub rules: NotifyRules,
    /// Whether there is a mail server.
    pub mails: bool,
    /// Those they can choose.
    pub languages: Vec<String>,
    /// The key that a browser takes signatures of, base64url.
    pub push_key: String,
    /// The newest first.
    pub browsers: Vec<Browser>,
}

/// A browser in which somebody is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct Browser {
    pub id: Uuid,
    pub name: String,
    /// Where it is reached, by which it knows itself.
    pub endpoint: String,
    pub since: Timestamp,
}

/// A browser as it introduces itself (`PushSubscription` of the Push API).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBrowser {
    pub endpoint: String,
    /// `p256dh`, base64url.
    pub public_key: String,
    /// Base64url, 16 bytes.
    pub auth: String,
    /// What the person calls it.
    pub name: String,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    #[schema(format = Password)]
    pub current: String,
    #[schema(format = Password)]
    pub new: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    pub id: Uuid,
    pub name: String,
    pub roles: Vec<Role>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub name: String,
    pub roles: Vec<Role>,
}

#[derive(Serialize, ToSchema)]
pub struct CreatedToken {
    /// Shown this once; only its hash is kept.
    pub token: String,
    #[serde(flatten)]
    pub about: Token,
}
