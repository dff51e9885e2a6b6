//! The private page of a case, for the person concerned: what each side owes, what was said, and what they can do about it,
//! without an account, a script or a cookie. Only sending a form changes something.

use super::{
    STYLE_ADDRESS,
    charter::wanted,
    words::{CasePageWords, words},
};
use crate::{
    errors::{Answer, Problem},
    extract::Path,
    peer::Peer,
    state::Http,
};
use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use comity_app::{
    AppError,
    case_page::{Act, CasePage, Done, PageLine, PagePost, PageRequest},
};
use comity_domain::{
    Party,
    ledger::State as LedgerState,
    outcome::{Ask, Attestation},
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::time::Duration;

/// Longest body of a form, in bytes; every character of a text may be written as several.
pub const FORM_BYTES: usize = 96 * 1024;

#[derive(Template)]
#[template(path = "case_page.html")]
struct Full {
    page: Page,
}

#[derive(Template)]
#[template(path = "case_gone.html")]
struct Gone {
    spoken: &'static str,
    style: &'static str,
    organization: String,
    title: &'static str,
    lines: Vec<String>,
    charter: &'static str,
}

struct Page {
    w: &'static CasePageWords,
    spoken: &'static str,
    skip: &'static str,
    style: &'static str,
    language: String,
    organization: String,
    here: String,
    once: String,
    done: Option<&'static str>,
    problem: Option<String>,
    title: String,
    turn: String,
    said: Vec<String>,
    is_disputed: bool,
    can_say_yes: bool,
    can_say_no: bool,
    sides: [Side; 2],
    has_broken: bool,
    asked: Vec<Asked>,
    posts: Vec<PostView>,
    text: String,
    longest: usize,
    reasons: Vec<(String, String)>,
    forms: Vec<FormView>,
    footer: String,
    charter: &'static str,
}

struct Side {
    party: &'static str,
    title: &'static str,
    lines: Vec<Line>,
}

struct Line {
    owes: String,
    state: &'static str,
    when: String,
    is_broken: bool,
}

struct Asked {
    title: &'static str,
    text: String,
    state: String,
    answer: String,
}

struct PostView {
    party: &'static str,
    who: &'static str,
    place: &'static str,
    at: String,
    when: String,
    text: String,
    is_deleted: bool,
}

struct FormView {
    ask: &'static str,
    title: &'static str,
    help: &'static str,
    label: &'static str,
    button: &'static str,
    has_text: bool,
    needs_text: bool,
    is_open: bool,
    text: String,
}

/// What was sent with a form and could not be taken.
#[derive(Default)]
struct Sent {
    form: String,
    text: String,
    problem: Option<String>,
}

#[derive(Deserialize)]
pub struct Looked {
    done: Option<String>,
}

#[derive(Deserialize)]
pub struct Filled {
    #[serde(default)]
    once: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    solved: String,
    #[serde(default)]
    ask: String,
}

pub async fn look(
    State(http): State<Http>,
    Path(token): Path<String>,
    Query(looked): Query<Looked>,
    peer: Peer,
    headers: HeaderMap,
) -> Answer<Response> {
    let accepted = accepted(&headers);
    let found = http.app.case_page(&token, peer.0, &wanted(&accepted)).await;
    let page = match found {
        Ok(page) => page,
        Err(error) => return gone(&http, &accepted, error).await,
    };
    shown(&token, &page, looked.done.as_deref(), &Sent::default(), StatusCode::OK)
}

pub async fn act(
    State(http): State<Http>,
    Path((token, form)): Path<(String, String)>,
    peer: Peer,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Answer<Response> {
    let accepted = accepted(&headers);
    let Filled { once, text, solved, ask } = filled;
    let (act, done) = match (form.as_str(), solved.as_str(), Ask::parse(&ask)) {
        ("message", ..) => (Act::Write { text: text.clone() }, "message"),
        ("solved", "yes", _) => (Act::Attest { solved: true }, "solved"),
        ("solved", "no", _) => (Act::Attest { solved: false }, "solved"),
        ("ask", _, Some(ask)) => (Act::Ask { ask, text: text.clone() }, "asked"),
        ("end", ..) => (Act::End, "ended"),
        _ => return gone(&http, &accepted, AppError::NotFound { what: "page" }).await,
    };
    match http.app.act_on_page(&token, peer.0, act, &once).await {
        Ok(what) => {
            let done = if what == Done::Already { "already" } else { done };
            // So that loading the page again sends nothing again.
            Ok(Redirect::to(&format!("/c/{token}?done={done}")).into_response())
        }
        Err(error @ (AppError::Invalid { .. } | AppError::RateLimited { .. })) => {
            let page = match http.app.case_page(&token, peer.0, &wanted(&accepted)).await {
                Ok(page) => page,
                Err(error) => return gone(&http, &accepted, error).await,
            };
            let w = &words(&page.language).1.case_page;
            let (status, problem) = match error {
                AppError::RateLimited { retry_after } => {
                    (StatusCode::TOO_MANY_REQUESTS, w.problem_many.replace("{seconds}", &seconds(retry_after)))
                }
                _ => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    w.problem_text.replace("{problem}", &why(w, &page, &text, &once)),
                ),
            };
            let form = if form == "ask" { ask } else { form };
            shown(&token, &page, None, &Sent { form, text, problem: Some(problem) }, status)
        }
        Err(error) => gone(&http, &accepted, error).await,
    }
}

fn accepted(headers: &HeaderMap) -> String {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn seconds(wait: Duration) -> String {
    wait.as_secs().max(1).to_string()
}

fn why(w: &CasePageWords, page: &CasePage, text: &str, once: &str) -> String {
    if once.is_empty() {
        w.stale.clone()
    } else if text.trim().is_empty() {
        w.empty.clone()
    } else {
        w.too_long.replace("{longest}", &page.longest_text.to_string())
    }
}

/// What stands in place of a page: for links that nobody made, and where too much was asked.
async fn gone(http: &Http, accepted: &str, error: AppError) -> Answer<Response> {
    let own = http.app.policy_language()?;
    let wanted = wanted(accepted);
    let (spoken, words) = words(wanted.first().copied().unwrap_or(&own));
    let w = &words.case_page;
    let (status, title, line) = match error {
        AppError::NotFound { .. } => (StatusCode::NOT_FOUND, &w.gone_title, w.gone.clone()),
        AppError::Conflict { .. } => (StatusCode::GONE, &w.ended_title, w.gone.clone()),
        AppError::RateLimited { retry_after } => {
            let line = w.many.replace("{seconds}", &seconds(retry_after));
            (StatusCode::TOO_MANY_REQUESTS, &w.many_title, line)
        }
        error => return Err(error.into()),
    };
    let organization = http.app.organization().await?.name;
    let gone = Gone { spoken, style: &STYLE_ADDRESS, organization, title, lines: vec![line], charter: &w.charter };
    answer(gone.render(), status)
}

fn answer(html: Result<String, askama::Error>, status: StatusCode) -> Answer<Response> {
    let html = html.map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Problem::internal()
    })?;
    let kept = [(header::CACHE_CONTROL, "no-store"), (header::VARY, "accept-language")];
    Ok((status, kept, Html(html)).into_response())
}

fn shown(token: &str, page: &CasePage, done: Option<&str>, sent: &Sent, status: StatusCode) -> Answer<Response> {
    let (spoken, words) = words(&page.language);
    let w = &words.case_page;
    let zone = TimeZone::get(&page.time_zone).unwrap_or(TimeZone::UTC);
    let moment = |at| w.moment(at, &zone);
    if let Some(ended) = &page.ended {
        let line = match page.erased_at {
            Some(at) => w.erased.replace("{when}", &moment(at)),
            None => w.ended.replace("{when}", &moment(ended.at)),
        };
        let organization = page.organization.clone();
        let title = &w.ended_title;
        let gone = Gone { spoken, style: &STYLE_ADDRESS, organization, title, lines: vec![line], charter: &w.charter };
        return answer(gone.render(), StatusCode::GONE);
    }
    let shown = Shown { page, w, zone: &zone };
    let they_said = page.they_said.map(|said| said.solved);
    let once = uuid::Uuid::now_v7().simple();
    let view = Page {
        w,
        spoken,
        skip: &words.skip,
        style: &STYLE_ADDRESS,
        language: page.language.clone(),
        organization: page.organization.clone(),
        here: format!("/c/{token}"),
        once: format!("<input type=\"hidden\" name=\"once\" value=\"{once}\">"),
        done: done.and_then(|done| shown.done(done)),
        problem: sent.problem.clone(),
        title: match &page.name {
            Some(name) => w.title.replace("{name}", name).replace("{key}", &page.case_key),
            None => w.title_nameless.replace("{key}", &page.case_key),
        },
        turn: shown.turn(),
        said: shown.said(),
        is_disputed: page.is_disputed,
        can_say_yes: they_said != Some(true),
        can_say_no: they_said != Some(false),
        sides: [shown.side(Party::Company), shown.side(Party::Consumer)],
        has_broken: page.ledger.iter().any(|line| is_broken(line) && line.obligation.party == Party::Company),
        asked: page.requests.iter().map(|request| shown.asked(request)).collect(),
        posts: page.posts.iter().map(|post| shown.post(post)).collect(),
        text: if sent.form == "message" { sent.text.clone() } else { String::new() },
        longest: page.longest_text,
        reasons: page.reasons.iter().map(|(at, reason)| (moment(*at), reason.clone())).collect(),
        forms: shown.forms(sent),
        footer: w.footer.replace("{key}", &page.case_key),
        charter: &w.charter,
    };
    answer(Full { page: view }.render(), status)
}

/// A page on its way to words.
struct Shown<'a> {
    page: &'a CasePage,
    w: &'static CasePageWords,
    zone: &'a TimeZone,
}

fn is_broken(line: &PageLine) -> bool {
    line.obligation.state == LedgerState::Breached
}

impl Shown<'_> {
    fn moment(&self, at: jiff::Timestamp) -> String {
        self.w.moment(at, self.zone)
    }

    fn done(&self, word: &str) -> Option<&'static str> {
        Some(match word {
            "message" => &self.w.done_message,
            "solved" => &self.w.done_solved,
            "asked" => &self.w.done_asked,
            "already" => &self.w.done_already,
            _ => return None,
        })
    }

    /// Whose turn it is: of what is open, whatever is due first.
    fn turn(&self) -> String {
        if !self.page.is_open {
            return self.w.closed.clone();
        }
        let open = self.page.ledger.iter().filter(|line| line.obligation.is_open());
        let next = open.filter(|line| line.obligation.state != LedgerState::Paused);
        let Some(next) = next.min_by_key(|line| line.obligation.due_at) else { return self.w.nobodys_turn.clone() };
        let words = match next.obligation.party {
            Party::Company => &self.w.our_turn,
            Party::Consumer => &self.w.your_turn,
        };
        words.replace("{owes}", &next.owes)
    }

    fn said(&self) -> Vec<String> {
        let line = |said: Option<Attestation>, yes: &str, no: &str| {
            let said = said?;
            Some(if said.solved { yes } else { no }.replace("{when}", &self.moment(said.at)))
        };
        let ours = line(self.page.we_said, &self.w.we_said_yes, &self.w.we_said_no);
        let theirs = line(self.page.they_said, &self.w.they_said_yes, &self.w.they_said_no);
        ours.into_iter().chain(theirs).collect()
    }

    fn side(&self, party: Party) -> Side {
        let title = if party == Party::Company { &self.w.we_owe } else { &self.w.you_owe };
        let lines = self.page.ledger.iter().filter(|line| line.obligation.party == party);
        Side { party: party.as_str(), title, lines: lines.map(|line| self.line(line)).collect() }
    }

    fn line(&self, line: &PageLine) -> Line {
        let w = self.w;
        let one = &line.obligation;
        let due = || self.moment(one.due_at);
        let settled = one.settled_at.map(|at| self.moment(at));
        let at = |words: &str, when: &str| words.replace("{when}", when);
        let (state, when): (&str, String) = match one.state {
            LedgerState::Running => (&w.running, at(&w.running_when, &due())),
            LedgerState::Paused => (&w.paused, String::new()),
            LedgerState::Met => (&w.met, at(&w.met_when, &settled.unwrap_or_default())),
            LedgerState::Breached => match settled {
                Some(settled) => (&w.made_good, at(&w.made_good_when, &settled).replace("{due}", &due())),
                None => (&w.late, at(&w.late_when, &due())),
            },
            LedgerState::Waived => (&w.waived, String::new()),
            LedgerState::Cancelled => (&w.cancelled, String::new()),
        };
        Line { owes: line.owes.clone(), state, when, is_broken: is_broken(line) }
    }

    fn asked(&self, asked: &PageRequest) -> Asked {
        let w = self.w;
        let PageRequest { request, text } = asked;
        let title = match request.ask {
            Ask::Appeal => &w.appeal,
            Ask::Correction => &w.correction,
            Ask::Erasure => &w.erasure,
        };
        let (state, at) = match &request.answer {
            None => (&w.asked_waits, request.at),
            Some(answer) if answer.granted => (&w.granted, answer.at),
            Some(answer) => (&w.refused, answer.at),
        };
        Asked {
            title,
            text: text.clone(),
            state: state.replace("{when}", &self.moment(at)),
            answer: request.answer.as_ref().map(|answer| answer.text.clone()).unwrap_or_default(),
        }
    }

    fn post(&self, post: &PagePost) -> PostView {
        let w = self.w;
        PostView {
            party: post.party.as_str(),
            who: if post.party == Party::Company { &w.us } else { &w.you },
            place: match (post.is_on_the_page, post.is_public) {
                (true, _) => &w.on_page,
                (false, true) => &w.in_public,
                (false, false) => &w.in_private,
            },
            at: post.at.to_string(),
            when: self.moment(post.at),
            text: post.text.clone(),
            is_deleted: post.is_deleted,
        }
    }

    /// What can be asked for, as far as it is not being answered.
    fn forms(&self, sent: &Sent) -> Vec<FormView> {
        let w = self.w;
        let waits = |ask| self.page.requests.iter().any(|one| one.request.ask == ask && one.request.answer.is_none());
        let forms = Ask::ALL.into_iter().filter(|ask| !waits(*ask)).map(|ask| {
            let (title, help, label): (&str, &str, &str) = match ask {
                Ask::Appeal => (&w.appeal, &w.appeal_help, &w.appeal_label),
                Ask::Correction => (&w.correction, &w.correction_help, &w.correction_label),
                Ask::Erasure => (&w.erasure, &w.erasure_help, ""),
            };
            let is_open = sent.form == ask.as_str();
            FormView {
                ask: ask.as_str(),
                title,
                help,
                label,
                button: title,
                has_text: ask != Ask::Erasure,
                needs_text: ask == Ask::Correction,
                is_open,
                text: if is_open { sent.text.clone() } else { String::new() },
            }
        });
        forms.collect()
    }
}
