//! What is asked about cases, from the wire to the application.

use crate::{dto, errors::Problem};
use axum::http::StatusCode;
use comity_app::{
    cases::{CaseUpdate, NewReply},
    values::{CaseFilter, CaseSort, Queue},
};
use comity_domain::{UserId, case::Status};

impl dto::CaseQuery {
    /// `me` is who asks.
    pub fn filter(&self, me: UserId) -> Result<(CaseFilter, CaseSort), Problem> {
        let filter = CaseFilter {
            // What is asked for has to be answered in a closed case too.
            status: match self.status {
                None if self.contested == Some(true) => None,
                status => Some(status.map_or(Status::Open, Into::into)),
            },
            turn: self.turn.map(Into::into),
            label: self.label.clone(),
            team: self.team.clone(),
            assignee: self.assignee.as_deref().map(|text| queue(text, me)).transpose()?,
            company: self.company.clone(),
            is_held: self.held,
            awaits_approval: self.awaits_approval,
            is_overdue: self.overdue,
            is_contested: self.contested,
            text: self.q.clone().filter(|text| !text.trim().is_empty()),
        };
        let sort = match self.sort {
            Some(dto::CaseSort::Newest) => CaseSort::Newest,
            Some(dto::CaseSort::Due) | None => CaseSort::Due,
        };
        Ok((filter, sort))
    }
}

fn queue(text: &str, me: UserId) -> Result<Queue, Problem> {
    match text {
        "me" => Ok(Queue::Of(me)),
        "none" => Ok(Queue::Nobody),
        id => id.parse().map(Queue::Of).map_err(|_| {
            let detail = "`assignee` is `me`, `none` or the id of a user.";
            Problem::new(StatusCode::BAD_REQUEST, "invalid-query", "The address is not right", detail)
        }),
    }
}

impl From<dto::CaseChange> for CaseUpdate {
    fn from(body: dto::CaseChange) -> Self {
        Self {
            assignee: body.assignee.map(|assignee| assignee.map(UserId)),
            team: body.team,
            priority: body.priority.map(Into::into),
            add_labels: body.add_labels.into_iter().collect(),
            remove_labels: body.remove_labels.into_iter().collect(),
            version: body.version,
        }
    }
}

impl From<dto::NewReply> for NewReply {
    fn from(body: dto::NewReply) -> Self {
        Self {
            text: body.text,
            visibility: body.visibility.into(),
            template: body.template,
            idempotency_key: body.idempotency_key,
        }
    }
}
