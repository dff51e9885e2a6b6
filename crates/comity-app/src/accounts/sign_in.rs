//! Sessions: made anew at each sign-in, over when unused for a while, and in any case after some days.

use super::{Caller, Credential, password, secret};
use crate::{App, AppError};
use comity_domain::{
    SessionId,
    audit::{Actor, AuditEntry},
};
use comity_store::{Organization, Session, User};
use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;

/// Bytes that an address may have (RFC 5321, with erratum 1690). Nothing longer is looked up, counted or written down.
const LONGEST_EMAIL: usize = 254;

/// A session just begun.
pub struct SignedIn {
    pub caller: Caller,
    /// For the cookie; nobody can ask for it again.
    pub token: String,
    /// When the session ends at the latest.
    pub ends_at: Timestamp,
}

impl App {
    pub async fn sign_in(&self, email: &str, password: String, from: IpAddr) -> Result<SignedIn, AppError> {
        let email = email.trim().to_lowercase();
        if email.len() > LONGEST_EMAIL {
            return Err(AppError::WrongPassword);
        }
        self.attempts.take(from, &email, self.clock.now())?;
        let known = self.store.user_by_email(self.organization, &email).await?;
        let (user, hash) = known.map_or((None, None), |(user, hash)| (Some(user), Some(hash)));
        let cost = self.config.accounts.password_cost;
        let matches = self.blocking(move || password::verify(&password, hash.as_deref(), cost)).await??;
        let Some(user) = user.filter(|user| matches && user.is_active) else {
            self.record_refusal(&email).await?;
            return Err(AppError::WrongPassword);
        };
        self.attempts.forgive_account(&email);
        self.begin_session(user).await
    }

    /// Ends the session that a browser still holds when it signs in anew, so that a token never outlives a sign-in.
    pub async fn end_session_of(&self, token: &str) -> Result<(), AppError> {
        if let Some((session, _)) = self.store.session(&secret::hash(token), self.clock.now()).await? {
            self.store.delete_session(self.organization, session.id, self.clock.now()).await?;
        }
        Ok(())
    }

    pub async fn sign_out(&self, caller: &Caller) -> Result<(), AppError> {
        if let Some(session) = caller.session() {
            self.store.delete_session(self.organization, session, self.clock.now()).await?;
        }
        Ok(())
    }

    /// Whose session this is.
    pub async fn caller_by_session(&self, token: &str) -> Result<Caller, AppError> {
        let now = self.clock.now();
        let found = self.store.session(&secret::hash(token), now).await?;
        let (session, user) = found.ok_or(AppError::Unauthenticated)?;
        self.keep_alive(&session, now).await?;
        Ok(caller(user, &session))
    }

    pub async fn organization(&self) -> Result<Organization, AppError> {
        self.store.organization().await?.ok_or(AppError::NotFound { what: "organization" })
    }

    pub(super) async fn begin_session(&self, user: User) -> Result<SignedIn, AppError> {
        let now = self.clock.now();
        self.store.delete_expired_sessions(now).await?;
        let token = secret::new_token();
        let session = Session {
            id: SessionId::generate(),
            user: user.id,
            token_hash: secret::hash(&token),
            csrf_token: secret::new_token(),
            created_at: now,
            expires_at: now + self.idle(),
        };
        self.store.create_session(self.organization, &session).await?;
        Ok(SignedIn { ends_at: now + self.longest(), caller: caller(user, &session), token })
    }

    /// Moves the end of a session that is in use. Not at every request: a tenth of the idle time may go by unrecorded.
    async fn keep_alive(&self, session: &Session, now: Timestamp) -> Result<(), AppError> {
        let expires_at = (now + self.idle()).min(session.created_at + self.longest());
        if expires_at.duration_since(session.expires_at) > self.idle() / 10 {
            self.store.extend_session(self.organization, session.id, expires_at).await?;
        }
        Ok(())
    }

    pub(super) async fn hash(&self, password: String) -> Result<String, AppError> {
        let cost = self.config.accounts.password_cost;
        self.blocking(move || password::hash(&password, cost)).await?
    }

    async fn record_refusal(&self, email: &str) -> Result<(), AppError> {
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: Actor::System,
            action: "session.refused".into(),
            subject: "session".into(),
            case: None,
            detail: serde_json::json!({ "email": email }),
        };
        Ok(self.store.append_audit(self.organization, &[entry]).await?)
    }

    fn idle(&self) -> SignedDuration {
        SignedDuration::from_hours(self.config.accounts.session_idle_hours.into())
    }

    fn longest(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.config.accounts.session_longest_days))
    }
}

fn caller(user: User, session: &Session) -> Caller {
    Caller {
        organization: user.organization,
        user: user.id,
        name: user.name,
        email: user.email,
        roles: user.roles,
        credential: Credential::Session { id: session.id, csrf_token: session.csrf_token.clone() },
    }
}
