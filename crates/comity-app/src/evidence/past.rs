//! A case as it went, read from what is stored: posts, events with the words that were decided about, and what people did,
//! which the audit log has with its time.

use crate::{App, AppError};
use comity_domain::{
    CaseId, ContactId, Party, Timestamp,
    audit::AuditEntry,
    case::Priority,
    decision::Decision,
    event::{Event, EventKind},
    post::{Contact, Post},
    step::History,
    story::{Act, Past},
};
use comity_store::{AuditFilter, AuditRow};
use serde::Deserialize;
use std::collections::BTreeSet;

/// What is stored of a case.
pub struct CasePast {
    pub past: Past,
    /// The newest event's first.
    pub decisions: Vec<Decision>,
    /// Handles that our side wrote under.
    pub ours: Vec<String>,
}

impl App {
    /// A case that was merged into another is that one.
    pub(crate) async fn case_past(&self, id: CaseId) -> Result<CasePast, AppError> {
        let snapshot = self.store.snapshot(self.organization, id).await?;
        let snapshot = snapshot.ok_or(AppError::NotFound { what: "case" })?;
        let (id, organization) = (snapshot.case.id, self.organization);
        let (posts, contacts, decided, entries) = tokio::try_join!(
            self.store.case_posts(organization, id),
            self.store.case_contacts(organization, id),
            self.store.case_decisions(organization, id),
            self.entries_about(id),
        )?;
        let (decisions, events): (Vec<Decision>, Vec<Event>) = decided.into_iter().unzip();
        let texts = decisions.iter().map(|decision| decision.facts.event.text.clone());
        let (ours, others) = writers(&posts, contacts, snapshot.case.contact);
        let others = others.into_iter().map(|other| {
            let known = history_then(&other, &posts, &events, &decisions);
            (other, known)
        });
        let past = Past {
            others: others.collect(),
            case: snapshot.case,
            contact: snapshot.contact,
            history: snapshot.history,
            events: events.iter().cloned().zip(texts).collect(),
            acts: entries.iter().flat_map(acts).collect(),
            posts,
        };
        Ok(CasePast { past, decisions, ours })
    }

    /// What the audit log says of a case, oldest first.
    async fn entries_about(&self, case: CaseId) -> Result<Vec<AuditEntry>, comity_store::StoreError> {
        let filter = AuditFilter { case: Some(case), action: Some("case.".to_owned()), ..AuditFilter::default() };
        let (mut rows, mut cursor): (Vec<AuditRow>, Option<String>) = (Vec::new(), None);
        loop {
            let page = self.store.audit_entries(self.organization, &filter, cursor.as_deref(), 500).await?;
            rows.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(rows.into_iter().rev().map(|row| row.entry).collect());
            }
        }
    }
}

/// Handles of those who wrote for us, and the people besides whom the case is with.
fn writers(posts: &[Post], contacts: Vec<Contact>, with: Option<ContactId>) -> (Vec<String>, Vec<Contact>) {
    let of = |party| posts.iter().filter(move |post| post.party == party).map(|post| post.author);
    let (company, consumers): (BTreeSet<_>, BTreeSet<_>) =
        (of(Party::Company).collect(), of(Party::Consumer).collect());
    let (ours, theirs): (Vec<Contact>, Vec<Contact>) =
        contacts.into_iter().partition(|contact| company.contains(&contact.id) && !consumers.contains(&contact.id));
    let others = theirs.into_iter().filter(|contact| Some(contact.id) != with && consumers.contains(&contact.id));
    (ours.into_iter().map(|contact| contact.handle).collect(), others.collect())
}

/// The cases that we had had with somebody when they wrote here.
fn history_then(contact: &Contact, posts: &[Post], events: &[Event], decisions: &[Decision]) -> History {
    let wrote = |event: &Event| match event.kind {
        EventKind::Post { post, .. } => posts.iter().any(|known| known.id == post && known.author == contact.id),
        _ => false,
    };
    let first = events.iter().zip(decisions).rfind(|(event, _)| wrote(event));
    let author = first.map(|(_, decision)| &decision.facts.author);
    author.map_or_else(History::default, |author| History {
        cases: author.earlier_cases,
        open: author.open_cases,
        broken: author.broken_promises,
        last_at: author.last_case_at,
    })
}

/// What an entry says that a person did to the case.
fn acts(entry: &AuditEntry) -> Vec<(Timestamp, Act)> {
    let detail = &entry.detail;
    let acts = match entry.action.as_str() {
        "case.close" => vec![Act::Close { reason: detail["reason"].as_str().unwrap_or_default().to_owned() }],
        "case.reopen" => vec![Act::Reopen],
        "case.release_replies" => vec![Act::Release],
        "case.reply" => vec![Act::DropDraft],
        "case.update" => changes(detail),
        _ => Vec::new(),
    };
    acts.into_iter().map(|act| (entry.at, act)).collect()
}

#[derive(PartialEq, Deserialize)]
struct Fields {
    team: Option<String>,
    priority: Priority,
    labels: BTreeSet<String>,
}

fn changes(detail: &serde_json::Value) -> Vec<Act> {
    let read = |side: &str| Fields::deserialize(&detail[side]).ok();
    let (Some(before), Some(after)) = (read("before"), read("after")) else { return Vec::new() };
    let mut acts = Vec::new();
    if before.labels != after.labels {
        acts.push(Act::Label { labels: after.labels });
    }
    if before.team != after.team {
        acts.push(Act::Assign { team: after.team });
    }
    if before.priority != after.priority {
        acts.push(Act::Rank { priority: after.priority });
    }
    acts
}

#[cfg(test)]
mod tests {
    use super::*;
    use comity_domain::audit::Actor;
    use serde_json::json;

    #[test]
    fn what_people_did_is_read_from_the_audit_log() {
        let fields = |team: Option<&str>, priority: &str, labels: &[&str]| json!({ "assignee": null, "team": team, "priority": priority, "labels": labels });
        let update = |before, after| json!({ "before": before, "after": after });
        let plain = fields(None, "normal", &["a"]);
        let table = [
            ("case.close", json!({ "reason": "solved" }), vec![Act::Close { reason: "solved".into() }]),
            ("case.reopen", json!({ "was_closed_as": "solved" }), vec![Act::Reopen]),
            ("case.release_replies", json!({ "held_for": "legal" }), vec![Act::Release]),
            ("case.reply", json!({ "delivery": "x" }), vec![Act::DropDraft]),
            ("case.update", update(plain.clone(), plain.clone()), vec![]),
            (
                "case.update",
                update(plain.clone(), fields(Some("care"), "high", &["b"])),
                vec![
                    Act::Label { labels: ["b".to_owned()].into() },
                    Act::Assign { team: Some("care".into()) },
                    Act::Rank { priority: Priority::High },
                ],
            ),
            ("case.update", json!({}), vec![]),
            ("case.decide", json!({}), vec![]),
        ];
        for (action, detail, expected) in table {
            let entry = AuditEntry {
                at: Timestamp::UNIX_EPOCH,
                actor: Actor::System,
                action: action.to_owned(),
                subject: String::new(),
                case: None,
                detail,
            };
            let found: Vec<Act> = acts(&entry).into_iter().map(|(_, act)| act).collect();
            assert_eq!(found, expected, "{action}");
        }
    }
}
