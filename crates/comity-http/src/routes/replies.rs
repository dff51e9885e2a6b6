//! Answering.

use crate::{
    auth::Agent,
    dto::{DeliveryView, Items, NewReply, ReplyCheck, ReplyText, Template},
    errors::{Answer, Problem},
    extract::{Json, Path},
    present,
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use comity_app::AppError;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(check)).routes(routes!(reply)).routes(routes!(templates))
}

/// What the guards say of a reply; sends nothing.
#[utoipa::path(
    post,
    path = "/cases/{id}/reply/check",
    tag = "cases",
    responses((status = 200, body = ReplyCheck, description = "Done."))
)]
async fn check(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<ReplyText>,
) -> Answer<Json<ReplyCheck>> {
    let case = http.app.find_case(&id).await?;
    let check = http.app.check_reply(case, &body.text, body.visibility.into(), caller.user).await?;
    Ok(Json(ReplyCheck {
        verdicts: check.verdicts.into_iter().map(Into::into).collect(),
        can_send: check.why_not.is_none(),
        why_not: check.why_not,
        needs_approval: check.needs_approval,
    }))
}

/// Records a reply, which is sent as soon as the platform takes it.
#[utoipa::path(
    post,
    path = "/cases/{id}/replies",
    tag = "cases",
    responses(
        (status = 202, body = DeliveryView, description = "Done."),
        (
            status = 409,
            body = Problem,
            content_type = "application/problem+json",
            description = "Replies are held, or the key was used for another reply; carries that one."
        ),
        (
            status = 422,
            body = Problem,
            content_type = "application/problem+json",
            description = "A guard stopped it."
        ),
    )
)]
async fn reply(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<NewReply>,
) -> Answer<(StatusCode, Json<DeliveryView>)> {
    let case = http.app.find_case(&id).await?;
    match http.app.reply(case, body.into(), caller.user).await {
        Err(AppError::KeyUsed { delivery }) => {
            let known = present::delivery((*delivery).clone(), &http.app.people().await?);
            let problem = Problem::from(AppError::KeyUsed { delivery });
            Err(Problem { delivery: Some(Box::new(known)), ..problem })
        }
        sent => Ok((StatusCode::ACCEPTED, Json(present::delivery(sent?, &http.app.people().await?)))),
    }
}

/// The reply templates of the live policy.
#[utoipa::path(
    get,
    path = "/templates",
    tag = "cases",
    responses((status = 200, body = Items<Template>, description = "Done."))
)]
async fn templates(State(http): State<Http>, _caller: Agent) -> Answer<Json<Items<Template>>> {
    let template = |(name, text)| Template { name, text };
    Ok(Json(Items { items: http.app.templates()?.into_iter().map(template).collect() }))
}
