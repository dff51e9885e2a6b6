//! Who may call what, in the handlers' signatures: a handler that takes an [`Agent`] cannot run for anybody else.
//!
//! A caller is known by a session cookie or by an API token, never both: where a token is sent, the cookie does not
//! count. Unsafe requests with a cookie must carry the session's CSRF token; the origin of the request was looked at
//! before, in `layers`.

use crate::{errors::Problem, state::Http};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
};
use comity_app::accounts::{Caller, Credential};
use comity_domain::Role;
use std::{marker::PhantomData, ops::Deref};
use subtle::ConstantTimeEq as _;

pub const CSRF_HEADER: &str = "x-csrf-token";

/// A caller with at least one of the roles of `R`. An owner has them all.
pub struct Allowed<R> {
    caller: Caller,
    roles: PhantomData<R>,
}

pub trait AnyOf {
    const ROLES: &'static [Role];
}

impl<R> Deref for Allowed<R> {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
}

macro_rules! callers {
    ($($(#[$doc:meta])* $name:ident: [$($role:ident),*],)*) => {
        $($(#[$doc])* pub type $name = Allowed<sets::$name>;)*

        mod sets {
            use super::{AnyOf, Role};
            $(
                pub struct $name;
                impl AnyOf for $name {
                    const ROLES: &'static [Role] = &[$(Role::$role),*];
                }
            )*
        }
    };
}

callers! {
    Owner: [],
    SignedIn: [PolicyOwner, Approver, Agent, Auditor, Integrator],
    /// May read cases and decisions.
    CaseReader: [Agent, Auditor, Approver, PolicyOwner],
    Agent: [Agent],
    Approver: [Approver],
    PolicyReader: [PolicyOwner, Approver, Auditor, Agent],
    PolicyOwner: [PolicyOwner],
    /// Whoever writes a policy and whoever answers for it: may say no to a proposed version, and try one over what was decided.
    PolicyJudge: [PolicyOwner, Approver],
    Integrator: [Integrator],
    /// May read connections.
    ConnectionReader: [Integrator, Auditor],
    DeliveryReader: [Agent, Approver],
    /// May agree to what somebody else wrote, given the skills for it.
    ReplyJudge: [Agent, Approver],
    /// May take up what is escalated.
    Escalated: [Agent, Approver, PolicyOwner],
    FiguresReader: [Auditor, PolicyOwner],
    Auditor: [Auditor],
}

impl<R: AnyOf> FromRequestParts<Http> for Allowed<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        let caller = caller(parts, http).await?;
        if !caller.has_any(R::ROLES) {
            return Err(not_allowed(R::ROLES));
        }
        Ok(Self { caller, roles: PhantomData })
    }
}

async fn caller(parts: &Parts, http: &Http) -> Result<Caller, Problem> {
    if let Some(header) = parts.headers.get(header::AUTHORIZATION) {
        let value = header.to_str().unwrap_or_default();
        let token = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, token) = token.ok_or_else(not_signed_in)?;
        return Ok(http.app.caller_by_token(token.trim()).await?);
    }
    let token = http.cookie.read(&parts.headers).ok_or_else(not_signed_in)?;
    let caller = http.app.caller_by_session(token).await?;
    if let Credential::Session { csrf_token, .. } = &caller.credential {
        check_csrf(&parts.method, &parts.headers, csrf_token)?;
    }
    Ok(caller)
}

/// In constant time, so that the answer's time does not spell the token out.
fn check_csrf(method: &Method, headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    let sent = headers.get(CSRF_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    if method.is_safe() || bool::from(sent.ct_eq(expected.as_bytes())) {
        return Ok(());
    }
    let detail = format!("The request does not carry this session's `{CSRF_HEADER}`.");
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf", "Not from this page", detail).advice("Load the page again."))
}

fn not_signed_in() -> Problem {
    comity_app::AppError::Unauthenticated.into()
}

fn not_allowed(roles: &[Role]) -> Problem {
    let names: Vec<&str> = [Role::Owner].iter().chain(roles).map(|role| role.as_str()).collect();
    let detail = format!("This needs one of these roles: {}.", names.join(", "));
    Problem::new(StatusCode::FORBIDDEN, "not-allowed", "Not allowed", detail).advice("Ask an owner for the role.")
}
