//! Who may call what.

use crate::{dto::Role, errors::Problem};
use axum::{extract::FromRequestParts, http::request::Parts};
use std::marker::PhantomData;

pub struct Allowed<R> {
    roles: PhantomData<R>,
}

pub trait AnyOf {
    const ROLES: &'static [Role];
}

macro_rules! who {
    ($($(#[$doc:meta])* $name:ident = [$($role:ident),*]),* $(,)?) => {$(
        $(#[$doc])*
        pub type $name = Allowed<sets::$name>;
    )*
    mod sets {
        use super::{AnyOf, Role};
        $(pub struct $name;
        impl AnyOf for $name { const ROLES: &'static [Role] = &[$(Role::$role),*]; })*
    }};
}

who! {
    Owner = [],
    SignedIn = [PolicyOwner, Approver, Agent, Auditor, Integrator],
    CaseReader = [Agent, Auditor, Approver, PolicyOwner],
    Agent = [Agent],
    Approver = [Approver],
    PolicyReader = [PolicyOwner, Approver, Auditor, Agent],
    PolicyOwner = [PolicyOwner],
    Integrator = [Integrator],
    ConnectorReader = [Integrator, Auditor],
    DeliveryReader = [Agent, Approver],
    FiguresReader = [Auditor, PolicyOwner],
    Auditor = [Auditor],
}

impl<R: AnyOf, S: Send + Sync> FromRequestParts<S> for Allowed<R> {
    type Rejection = Problem;
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Problem> {
        Err(Problem::unfinished())
    }
}
