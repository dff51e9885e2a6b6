//! An agent's reply: checked by the guards, recorded, and only then sent.

use super::{actions::audit_entry, last_consumer_post};
use crate::{App, AppError};
use comity_domain::{
    CaseId, DeliveryId, UserId,
    audit::Actor,
    decision::{GuardAction, GuardVerdict},
    delivery::{Approval, Author, Delivery, State},
    event::{Event, EventKind},
    facts::ReplyFacts,
    post::{CASE_PAGE, Post, Visibility},
    step::{self, Snapshot},
};
use comity_plugin_host::TextLimit;
use serde_json::json;
use std::collections::BTreeSet;
use unicode_segmentation::UnicodeSegmentation as _;

/// What an agent wants to say.
#[derive(Clone, Debug)]
pub struct NewReply {
    pub text: String,
    pub visibility: Visibility,
    pub template: Option<String>,
    /// The same key gives the same reply, however often it is asked for.
    pub idempotency_key: String,
}

/// What stands against a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub verdicts: Vec<GuardVerdict>,
    /// The first reason why it cannot leave.
    pub why_not: Option<String>,
    /// Why somebody else has to agree before it leaves.
    pub needs_approval: Option<String>,
}

const LONGEST_REPLY: usize = 20_000;
const LONGEST_KEY: usize = 200;
/// How often a reply is written again when the case changed underneath.
const TRIES: u32 = 5;

impl App {
    /// Asks the guards about a text that is being written.
    pub async fn check_reply(
        &self,
        id: CaseId,
        text: &str,
        visibility: Visibility,
        user: UserId,
    ) -> Result<Check, AppError> {
        let row = self.store.case_row(self.organization, id).await?.ok_or(AppError::NotFound { what: "case" })?;
        let posts = self.store.case_posts(self.organization, row.case.id).await?;
        let snapshot = self.snapshot(row.case.id).await?;
        let options = self.reply_options(&row, &posts).await;
        let skills = self.skills_of(user).await?;
        let to = last_consumer_post(&posts);
        let verdicts = self.ask_guards(&snapshot, to, text, visibility, &skills).await?;
        let stop = verdicts.iter().find(|verdict| verdict.action == GuardAction::Stop);
        let why_not = snapshot
            .case
            .held_for
            .as_ref()
            .map(|team| format!("Replies in this case are held for {team}."))
            .or(options.why_not)
            .or_else(|| link_in_public(text, visibility))
            .or_else(|| too_long(&self.as_long_as_it_leaves(text), options.text_limit.as_ref()))
            .or_else(|| stop.map(|stop| stop.message.clone()))
            .or_else(|| text.trim().is_empty().then(|| "There is nothing to send yet.".to_owned()));
        Ok(Check { needs_approval: asked(&verdicts), verdicts, why_not })
    }

    /// Records a reply and hands it to the outbox.
    pub async fn reply(&self, id: CaseId, reply: NewReply, user: UserId) -> Result<Delivery, AppError> {
        check_shape(&reply)?;
        for _ in 0..TRIES {
            let delivery = self.prepare_reply(id, &reply, user).await?;
            if let Some(delivery) = delivery {
                self.wake.deliver.notify_one();
                self.tell_case(delivery.case).await?;
                return Ok(delivery);
            }
        }
        Err(AppError::Conflict { detail: "the case keeps changing".into(), advice: "Send it again.".into() })
    }

    /// Commits the reply, unless the case changed in between. One that was asked for before is the same reply.
    async fn prepare_reply(&self, id: CaseId, reply: &NewReply, user: UserId) -> Result<Option<Delivery>, AppError> {
        let row = self.store.case_row(self.organization, id).await?.ok_or(AppError::NotFound { what: "case" })?;
        if let Some(known) = self.store.delivery_by_key(self.organization, &reply.idempotency_key).await? {
            let is_same = known.case == row.case.id && known.text == reply.text && known.visibility == reply.visibility;
            return if is_same { Ok(Some(known)) } else { Err(AppError::KeyUsed { delivery: Box::new(known) }) };
        }
        let posts = self.store.case_posts(self.organization, row.case.id).await?;
        let mut snapshot = self.snapshot(row.case.id).await?;
        if let Some(team) = &snapshot.case.held_for {
            return Err(AppError::RepliesHeld { team: team.clone() });
        }
        let options = self.reply_options(&row, &posts).await;
        let unfit = options.why_not.or_else(|| link_in_public(&reply.text, reply.visibility));
        let leaves = self.as_long_as_it_leaves(&reply.text);
        let unfit = unfit.or_else(|| too_long(&leaves, options.text_limit.as_ref()));
        if let Some(why) = unfit {
            return Err(AppError::invalid("/text", why));
        }
        if !options.visibilities.contains(&reply.visibility) {
            return Err(AppError::invalid("/visibility", "this connector offers no such reply"));
        }
        let to = last_consumer_post(&posts);
        let skills = self.skills_of(user).await?;
        let verdicts = self.ask_guards(&snapshot, to, &reply.text, reply.visibility, &skills).await?;
        if verdicts.iter().any(|verdict| verdict.action == GuardAction::Stop) {
            return Err(AppError::GuardStopped { verdicts });
        }
        let needs_approval = asked(&verdicts);
        let now = self.clock.now();
        let base_version = snapshot.case.version;
        snapshot.case.version += 1;
        snapshot.case.updated_at = now;
        snapshot.case.draft = None;
        let delivery = Delivery {
            id: DeliveryId::generate(),
            case: snapshot.case.id,
            connection: snapshot.case.connection,
            text: reply.text.clone(),
            in_reply_to: to.and_then(Post::answered_on_platform).map(str::to_owned),
            root: to.and_then(|post| post.root.clone()),
            visibility: reply.visibility,
            idempotency_key: reply.idempotency_key.clone(),
            author: Author::Agent { user },
            state: if needs_approval.is_some() { State::AwaitsApproval } else { State::Pending },
            approval: needs_approval.clone().map(|why| Approval { why, by: None, declined: None }),
            attempts: 0,
            fence: 0,
            due_at: now,
            created_at: now,
            external_id: None,
            last_error: None,
        };
        let warned: Vec<&str> = verdicts.iter().map(|verdict| verdict.guard.as_str()).collect();
        let detail = json!({
            "delivery": delivery.id, "template": reply.template, "warned_by": warned, "needs_approval": needs_approval,
        });
        let audit = audit_entry(&snapshot.case, now, Actor::User { user }, "case.reply", detail);
        let mut commit = self.case_commit(snapshot, base_version, vec![audit], now).await?;
        commit.deliveries.push(delivery.clone());
        Ok(self.commit_one(commit, now).await?.then_some(delivery))
    }

    pub(super) async fn ask_guards(
        &self,
        snapshot: &Snapshot,
        to: Option<&Post>,
        text: &str,
        visibility: Visibility,
        skills: &BTreeSet<String>,
    ) -> Result<Vec<GuardVerdict>, AppError> {
        let live = self.policy_of(snapshot.case.id).await?;
        let now = self.clock.now();
        // Guards see the case as it is now, as if the post being answered had just come.
        let kind = match to {
            Some(post) => EventKind::Post { post: post.id, party: post.party },
            None => EventKind::Reaction { reaction: String::new() },
        };
        let id = comity_domain::EventId::derived(&[b"guard", snapshot.case.id.0.as_bytes()]);
        let event = Event { id, case: snapshot.case.id, at: now, received_at: now, kind };
        let facts = step::facts(&live.policy, &snapshot.case, snapshot, &snapshot.obligations, &event, to);
        let is_public = visibility == Visibility::Public;
        let reply = ReplyFacts { text: text.to_owned(), is_public, is_automatic: false, writer_skills: skills.clone() };
        Ok(step::Policy::guard(&live.policy, &facts, &reply))
    }

    pub(super) async fn snapshot(&self, id: CaseId) -> Result<Snapshot, AppError> {
        let snapshot = self.store.snapshot(self.organization, id).await?;
        self.with_counts_now(snapshot.ok_or(AppError::NotFound { what: "case" })?).await
    }
}

/// Why the guards want somebody else to agree, if they do.
fn asked(verdicts: &[GuardVerdict]) -> Option<String> {
    let asked = verdicts.iter().filter(|verdict| verdict.action == GuardAction::Approve);
    asked.map(|verdict| verdict.message.clone()).reduce(|one, more| format!("{one} {more}"))
}

fn check_shape(reply: &NewReply) -> Result<(), AppError> {
    if reply.text.trim().is_empty() {
        return Err(AppError::invalid("/text", "there is nothing to send"));
    }
    if reply.text.chars().count() > LONGEST_REPLY {
        return Err(AppError::invalid("/text", format!("a reply has at most {LONGEST_REPLY} characters")));
    }
    if reply.idempotency_key.is_empty() || reply.idempotency_key.len() > LONGEST_KEY {
        let message = format!("give a key of 1 to {LONGEST_KEY} characters, new for each reply");
        return Err(AppError::invalid("/idempotency_key", message));
    }
    Ok(())
}

/// Whoever has the link is taken for the person concerned.
fn link_in_public(text: &str, visibility: Visibility) -> Option<String> {
    let is_so = visibility == Visibility::Public && text.contains(CASE_PAGE);
    is_so.then(|| {
        format!("{CASE_PAGE} becomes the link to their private page, which everybody could read here; reply privately.")
    })
}

/// Counted the way the platform counts.
fn too_long(text: &str, limit: Option<&TextLimit>) -> Option<String> {
    let limit = limit?;
    let length = match limit.unit.as_str() {
        "bytes" => text.len(),
        "codepoints" => text.chars().count(),
        _ => text.graphemes(true).count(),
    };
    let over = length.checked_sub(limit.count as usize).filter(|&over| over > 0)?;
    Some(format!("It is {over} characters too long for this platform, which takes {}.", limit.count))
}

#[cfg(test)]
mod tests;
