//! Inbox rows, the case page, replies on their way.

use super::{escalations::run, outcome::outcome, person};
use crate::dto::{self, CaseHead, ContactView, Due};
use comity_app::{
    App, AppError,
    cases::{CaseDetail, LedgerLine, People, WhyDue, decisions_by_post},
    values::{CaseRow, Note},
};
use comity_domain::{
    ContactId, DecisionId, Party, PostId, UserId,
    case::{Draft, Escalation, Question},
    delivery::{Author, Delivery},
    effect::Effect,
    ledger::{Pause, State},
    post::{Contact, Post, Revision},
};
use std::collections::HashMap;

/// Cases as the inbox and the command line list them.
pub async fn case_rows(app: &App, rows: Vec<CaseRow>) -> Result<Vec<dto::CaseRow>, AppError> {
    let prefix = app.organization().await?.key_prefix;
    let row = |row: CaseRow| {
        let posts = count(row.posts);
        Ok(dto::CaseRow { head: head(app, row, &prefix)?, posts })
    };
    rows.into_iter().map(row).collect()
}

/// A case as its page and the command line show it.
pub async fn case_view(app: &App, detail: CaseDetail, me: Option<UserId>) -> Result<dto::CaseView, AppError> {
    let prefix = app.organization().await?.key_prefix;
    let case = detail.row.case.clone();
    let reply = dto::ReplyOptions {
        connector: detail.row.connector.clone(),
        text_limit: detail.reply.text_limit.map(|limit| dto::TextLimit { count: limit.count, unit: limit.unit }),
        visibilities: detail.reply.visibilities.into_iter().map(Into::into).collect(),
        can_reply: detail.reply.why_not.is_none(),
        why_not: detail.reply.why_not,
    };
    let planned = detail.decisions.iter().flat_map(|explained| &explained.decision.effects);
    let mut kudos: Vec<String> = planned
        .filter_map(|planned| match &planned.effect {
            Effect::Kudos { team } => Some(team.clone()),
            _ => None,
        })
        .collect();
    kudos.sort();
    kudos.dedup();
    let mut runs = detail.flows;
    let escalation = |one: Escalation| {
        let at = runs.iter().position(|row| row.run.flow == one.flow && row.run.started_at == one.at);
        let run = at.map(|at| run(runs.swap_remove(at), &prefix, &detail.people, me));
        dto::EscalationView { flow: one.flow, at: one.at, rule: one.rule, because: one.because, run }
    };
    let escalations = case.escalations.into_iter().map(escalation).collect();
    let posts = posts(detail.posts, &detail.contacts, detail.revisions, &decisions_by_post(&detail.decisions));
    let on_its_way = |one: Delivery| {
        let own = posts.iter().find(|post| one.external_id.as_ref() == Some(&post.external_id));
        let url = own.and_then(|post| post.url.clone());
        dto::DeliveryView { url, ..delivery(one, &detail.people) }
    };
    let outcome = outcome(app, &detail.row.case, &detail.people, me).await?;
    Ok(dto::CaseView {
        outcome,
        links: detail.links.into_iter().map(Into::into).collect(),
        deliveries: detail.deliveries.into_iter().map(on_its_way).collect(),
        posts,
        obligations: detail.ledger.into_iter().map(obligation).collect(),
        notes: detail.notes.into_iter().map(|one| note(one, &detail.people)).collect(),
        decisions: detail.decisions.len() as u64,
        kudos,
        briefs: detail
            .briefs
            .into_iter()
            .map(|(name, brief)| dto::BriefView { name, text: brief.text, until: brief.until })
            .collect(),
        reply,
        closed_reason: case.closed_reason,
        escalations,
        questions: case.questions.into_iter().map(Into::into).collect(),
        draft: case.draft.map(Into::into),
        head: head(app, detail.row, &prefix)?,
    })
}

fn head(app: &App, row: CaseRow, prefix: &str) -> Result<CaseHead, AppError> {
    let case = row.case;
    let open = app.ledger_lines(row.open_obligations)?;
    let is_late = |line: &&LedgerLine| line.obligation.state == State::Breached;
    Ok(CaseHead {
        id: case.id.0,
        number: case.number,
        key: format!("{prefix}-{}", case.number),
        subject: case.subject,
        excerpt: row.excerpt,
        status: case.status.into(),
        priority: case.priority.into(),
        labels: case.labels.into_iter().collect(),
        team: case.team,
        assignee: case.assignee.map(|id| person(id, &row.assignee_name.map(|name| (id, name)).into_iter().collect())),
        company: case.company,
        connector: row.connector,
        contact: row.contact.as_ref().map(Into::into),
        turn: row.turn.map(Into::into),
        next_due: open.iter().find(|line| line.obligation.state == State::Running).map(due),
        overdue: open.iter().filter(is_late).map(due).collect(),
        skills: case.skills.into_iter().collect(),
        held_for: case.held_for,
        opened_at: case.opened_at,
        updated_at: case.updated_at,
        version: case.version,
        has_draft: case.draft.is_some(),
    })
}

fn due(line: &LedgerLine) -> Due {
    Due {
        article: line.obligation.article.clone(),
        party: line.obligation.party.into(),
        due_at: line.obligation.due_at,
        owes: line.owes.clone(),
    }
}

fn posts(
    posts: Vec<Post>,
    contacts: &[Contact],
    revisions: Vec<Revision>,
    decisions: &HashMap<PostId, DecisionId>,
) -> Vec<dto::PostView> {
    let contacts: HashMap<ContactId, &Contact> = contacts.iter().map(|contact| (contact.id, contact)).collect();
    let mut earlier: HashMap<PostId, Vec<dto::RevisionView>> = HashMap::new();
    for revision in revisions {
        earlier.entry(revision.post).or_default().push(dto::RevisionView { at: revision.at, text: revision.text });
    }
    let view = |post: Post| dto::PostView {
        id: post.id.0,
        party: post.party.into(),
        author: contacts.get(&post.author).map_or_else(|| unknown(&post), |contact| (*contact).into()),
        at: post.at,
        text: post.text,
        lang: post.lang,
        url: post.url,
        parent_id: post.parent.map(|parent| parent.0),
        visibility: post.visibility.into(),
        deleted_at: post.deleted_at,
        edits: post.edits,
        revisions: earlier.remove(&post.id).unwrap_or_default(),
        decision_id: decisions.get(&post.id).map(|decision| decision.0),
        external_id: post.external_id,
    };
    posts.into_iter().map(view).collect()
}

fn unknown(post: &Post) -> ContactView {
    let handle = if post.party == Party::Company { "us" } else { "unknown" };
    ContactView { id: post.author.0, handle: handle.into(), display_name: None }
}

fn obligation(line: LedgerLine) -> dto::ObligationView {
    let obligation = line.obligation;
    dto::ObligationView {
        id: obligation.id.0,
        article: obligation.article,
        party: obligation.party.into(),
        owes: line.owes,
        state: obligation.state.into(),
        started_at: obligation.started_at,
        started_by: obligation.started_by.map(|post| post.0),
        due_at: obligation.due_at,
        pauses: obligation.pauses.iter().map(pause).collect(),
        settled_at: obligation.settled_at,
        settled_by: obligation.settled_by.map(|post| post.0),
        within: line.within,
    }
}

fn pause(pause: &Pause) -> dto::PauseView {
    dto::PauseView { from: pause.from, by: pause.by.map(|post| post.0), until: pause.until }
}

impl From<WhyDue> for dto::WhyDue {
    fn from(why: WhyDue) -> Self {
        let WhyDue { obligation, within, time_zone, reckoning, holidays } = why;
        let counted = reckoning.iter().flat_map(|reckoning| &reckoning.counted);
        Self {
            started_at: obligation.started_at,
            due_at: obligation.due_at,
            within,
            time_zone,
            today: reckoning.as_ref().map(|reckoning| reckoning.due_at),
            counted: counted.map(|one| dto::CountedTime { from: one.from, until: one.until }).collect(),
            holidays: holidays.into_iter().map(|(date, name)| dto::Holiday { date, name }).collect(),
        }
    }
}

pub fn note(note: Note, people: &People) -> dto::NoteView {
    dto::NoteView { id: note.id.0, at: note.at, author: person(note.author, people), text: note.text }
}

pub async fn deliveries(app: &App, deliveries: Vec<Delivery>) -> Result<Vec<dto::DeliveryView>, AppError> {
    let people = app.people().await?;
    Ok(deliveries.into_iter().map(|one| delivery(one, &people)).collect())
}

pub fn delivery(delivery: Delivery, people: &People) -> dto::DeliveryView {
    dto::DeliveryView {
        id: delivery.id.0,
        case_id: delivery.case.0,
        text: delivery.text,
        visibility: delivery.visibility.into(),
        state: delivery.state.into(),
        attempts: delivery.attempts,
        created_at: delivery.created_at,
        due_at: delivery.due_at,
        author: match delivery.author {
            Author::Agent { user } => dto::DeliveryAuthor::Agent { user: person(user, people) },
            Author::Rule { rule } => dto::DeliveryAuthor::Rule { rule },
        },
        approval: delivery.approval.map(|approval| dto::DeliveryApproval {
            why: approval.why,
            by: approval.by.map(|user| person(user, people)),
            declined: approval.declined,
        }),
        last_error: delivery.last_error,
        external_id: delivery.external_id,
        url: None,
    }
}

pub fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

impl From<&Contact> for ContactView {
    fn from(contact: &Contact) -> Self {
        Self { id: contact.id.0, handle: contact.handle.clone(), display_name: contact.display_name.clone() }
    }
}

impl From<Question> for dto::QuestionView {
    fn from(one: Question) -> Self {
        Self { text: one.text, rule: one.rule, at: one.at }
    }
}

impl From<Draft> for dto::CaseDraft {
    fn from(draft: Draft) -> Self {
        Self { template: draft.template, text: draft.text, rule: draft.rule, at: draft.at }
    }
}
