//! The page behind the link in a mail: it says what escalates, and a button takes it up. Looking changes nothing, because mail
//! programs follow links by themselves.

use super::{
    STYLE_ADDRESS,
    words::{Words, words},
};
use crate::{
    errors::{Answer, Problem},
    extract::Path,
    state::Http,
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use comity_app::notify::LinkedFlow;

#[derive(Template)]
#[template(path = "take_up.html")]
struct TakeUp<'a> {
    page: Page<'a>,
}

struct Page<'a> {
    words: &'static Words,
    spoken: &'static str,
    organization: String,
    style: &'static str,
    because: &'a str,
    case_key: &'a str,
    text: String,
    is_good: bool,
    /// Where it can be seen signed in.
    href: String,
}

pub async fn look(State(http): State<Http>, Path(token): Path<String>) -> Answer<Response> {
    shown(&http, &http.app.linked_flow(&token).await?).await
}

pub async fn take(State(http): State<Http>, Path(token): Path<String>) -> Answer<Response> {
    http.app.take_up(&token).await?;
    // So that loading the page again sends nothing again.
    Ok(Redirect::to(&format!("/take-up/{token}")).into_response())
}

async fn shown(http: &Http, linked: &LinkedFlow) -> Answer<Response> {
    let run = &linked.row.run;
    let (spoken, words) = words(&http.app.policy_language()?);
    let text = match (&run.acknowledged, &run.ended) {
        (_, Some(_)) => words.take_up_over.clone(),
        (Some(taken), None) if taken.by == linked.user.id => words.take_up_yours.replace("{name}", &linked.user.name),
        (Some(taken), None) => {
            let people = http.app.people().await?;
            let name = people.get(&taken.by).map_or("?", String::as_str);
            words.take_up_taken.replace("{name}", name)
        }
        (None, None) if linked.is_good => words.take_up_text.replace("{name}", &linked.user.name),
        (None, None) => words.take_up_used.clone(),
    };
    let page = Page {
        words,
        spoken,
        organization: http.app.organization().await?.name,
        style: &STYLE_ADDRESS,
        because: &run.because,
        case_key: &linked.case_key,
        text,
        is_good: linked.is_good,
        href: format!("/cases/{}", linked.case_key),
    };
    let html = TakeUp { page }.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Problem::internal()
    })?;
    let mut response = Html(html).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
