//! Guest values to Comity's own, checked on the way: nothing unbounded, no identity missing, no time that cannot be.
//!
//! No single event fails the result that it came with: a member of the public may have written it, and one hostile post would
//! stop the connection for everybody. Texts are cut and times moved. A reference to another post that does not fit (it is too
//! long or carries control characters) is left out, as if the platform had not said it. An event that cannot do without what
//! does not fit (its own id, its author's id, a known party) is left out as a whole, with a line in the log. What the connector
//! alone decides (how many events there are, the cursor, the status of an answer) is refused with the whole result.

use crate::{
    Batch, ConnectorError, ErrorCode, FilePiece, Receipt, RejectedLine, Reply, Scope, WebhookAnswer, WebhookRequest,
};
use comity_domain::{
    Party, Timestamp,
    inbound::{InboundAuthor, InboundEvent, InboundPost},
    post::Visibility,
};
use comity_plugin_api::v0_1::{
    actions::exports::comity::connector::actions,
    files::exports::comity::connector::files,
    host::types::{self as wit},
    source::exports::comity::connector::source,
    webhook::exports::comity::connector::webhook,
};
use std::time::Duration;

/// Bytes of an id, a revision, an idempotency key.
const LONGEST_ID: usize = 1_024;
/// Bytes of a post's text; longer ones are cut.
const LONGEST_TEXT: usize = 64 << 10;
/// Bytes of a name, a handle, a note.
const LONGEST_NAME: usize = 512;
const LONGEST_URL: usize = 4_096;
const LONGEST_CURSOR: usize = 64 << 10;
/// Clocks differ; what is later than this is moved to now.
const LEEWAY_MS: i64 = 60_000;
/// No connector may ask for a longer pause than a day.
const LONGEST_WAIT: Duration = Duration::from_hours(24);
/// Events that were left out of one result and are named in the log; the rest is only counted.
const MOST_NAMED: usize = 10;

/// The conversion of one result.
pub(crate) struct Converter {
    now: Timestamp,
    /// The most events of one result.
    events: usize,
    /// Why events were left out.
    left_out: Vec<String>,
}

type Converted<T> = Result<T, String>;

impl Converter {
    pub fn new(now: Timestamp, events: usize) -> Self {
        Self { now, events, left_out: Vec::new() }
    }

    /// What to say about the result in the log.
    pub fn left_out(mut self) -> Vec<String> {
        let more = self.left_out.len().saturating_sub(MOST_NAMED);
        self.left_out.truncate(MOST_NAMED);
        self.left_out.extend((more > 0).then(|| format!("{more} more events were left out")));
        self.left_out
    }

    pub fn batch(&mut self, batch: source::Batch) -> Converted<Batch> {
        if batch.cursor.as_ref().is_some_and(|cursor| cursor.len() > LONGEST_CURSOR) {
            return Err(format!("the cursor is longer than {LONGEST_CURSOR} bytes"));
        }
        let (delay, more) = (batch.delay.map(wait), batch.more);
        Ok(Batch { events: self.events(batch.events)?, cursor: batch.cursor, more, delay })
    }

    pub fn answer(&mut self, answer: webhook::Answer) -> Converted<WebhookAnswer> {
        if !(200..600).contains(&answer.status) {
            return Err(format!("{} is not a status to answer with", answer.status));
        }
        let content_type = name(answer.content_type);
        if content_type.contains(|c: char| !c.is_ascii() || c.is_ascii_control()) {
            return Err("the content type of the answer is not valid".to_owned());
        }
        Ok(WebhookAnswer {
            status: answer.status,
            content_type,
            body: answer.body,
            events: self.events(answer.events)?,
        })
    }

    /// Every line is accounted for, so events that are left out are rejected lines, though nobody can say which.
    pub fn piece(&mut self, piece: files::Piece, first_line: u32) -> FilePiece {
        // A piece is as long as its caller made it, so lines rather than events are counted there.
        let events = self.all(piece.events);
        let unknown = std::mem::take(&mut self.left_out).into_iter();
        let unknown = unknown.map(|why| RejectedLine { line: first_line, reason: format!("from this line on, {why}") });
        let rejected = piece.rejected.into_iter().take(self.events.max(10_000));
        let rejected = rejected.map(|line| RejectedLine { line: line.line, reason: name(line.reason) });
        FilePiece { events, rejected: rejected.chain(unknown).collect() }
    }

    pub fn events(&mut self, events: Vec<wit::Event>) -> Converted<Vec<InboundEvent>> {
        if events.len() > self.events {
            return Err(format!("{} events, and {} is the most", events.len(), self.events));
        }
        Ok(self.all(events))
    }

    pub fn receipt(&self, receipt: actions::Receipt) -> Converted<Receipt> {
        let external_id = id(receipt.post_id, "the post's id")?;
        Ok(Receipt { external_id, url: address(receipt.url), at: self.time(receipt.at)? })
    }

    fn all(&mut self, events: Vec<wit::Event>) -> Vec<InboundEvent> {
        let mut fit = Vec::with_capacity(events.len());
        for (event, number) in events.into_iter().zip(1..) {
            match self.event(event) {
                Ok(event) => fit.push(event),
                Err(why) => self.left_out.push(name(format!("event {number} was left out: {why}"))),
            }
        }
        fit
    }

    fn event(&self, event: wit::Event) -> Converted<InboundEvent> {
        Ok(match event {
            wit::Event::PostCreated(post) => InboundEvent::PostCreated(self.post(post)?),
            wit::Event::PostEdited(post) => InboundEvent::PostEdited(self.post(post)?),
            wit::Event::PostDeleted(deletion) => InboundEvent::PostDeleted {
                external_id: id(deletion.id, "the post's id")?,
                at: self.time(deletion.at)?,
            },
            wit::Event::AccountErased(erasure) => InboundEvent::AccountErased {
                author_external_id: id(erasure.author_id, "the author's id")?,
                at: self.time(erasure.at)?,
            },
            wit::Event::Reacted(reaction) => InboundEvent::Reaction {
                external_id: id(reaction.post_id, "the post's id")?,
                author: author(reaction.author)?,
                reaction: name(reaction.reaction),
                at: self.time(reaction.at)?,
            },
            wit::Event::Delivery(delivery) => InboundEvent::DeliveryStatus {
                idempotency_key: id(delivery.idempotency_key, "the idempotency key")?,
                status: name(delivery.status),
                external_id: reference(delivery.post_id),
                at: self.time(delivery.at)?,
            },
            wit::Event::Gap(gap) => InboundEvent::Gap {
                from: gap.since.map(|since| self.time(since)).transpose()?,
                to: self.time(gap.until)?,
                note: name(gap.note),
            },
        })
    }

    fn post(&self, post: wit::Post) -> Converted<InboundPost> {
        Ok(InboundPost {
            external_id: id(post.id, "the post's id")?,
            revision: if post.revision.is_empty() { String::new() } else { id(post.revision, "the revision")? },
            author: author(post.author)?,
            at: self.time(post.at)?,
            text: cut(post.text, LONGEST_TEXT),
            lang: post.lang.filter(|lang| is_language(lang)),
            url: address(post.url),
            in_reply_to: reference(post.parent),
            root: reference(post.root),
            conversation: reference(post.conversation),
            visibility: match post.visibility.as_str() {
                "public" => Visibility::Public,
                "private" => Visibility::Private,
                other => return Err(format!("visibility {other:?} is neither `public` nor `private`")),
            },
            party: match post.party.as_str() {
                "company" => Party::Company,
                "consumer" => Party::Consumer,
                other => return Err(format!("party {other:?} is neither `company` nor `consumer`")),
            },
            company: post.company.map(name).filter(|company| !company.is_empty()),
            names_us: post.names_us,
        })
    }

    fn time(&self, millis: u64) -> Converted<Timestamp> {
        let at = i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
        let at = at.ok_or_else(|| format!("{millis} is not a time in milliseconds since 1970"))?;
        let is_later = at.as_millisecond() > self.now.as_millisecond().saturating_add(LEEWAY_MS);
        Ok(if is_later { self.now } else { at })
    }
}

pub(crate) fn author(author: wit::Author) -> Converted<InboundAuthor> {
    let external_id = id(author.id, "the author's id")?;
    let handle = Some(name(author.handle)).filter(|handle| !handle.is_empty()).unwrap_or_else(|| external_id.clone());
    let display_name = author.display_name.map(name).filter(|name| !name.is_empty());
    Ok(InboundAuthor { external_id, handle, display_name, followers: author.followers })
}

pub(crate) fn error(error: wit::Error, redact: impl Fn(&str) -> String) -> ConnectorError {
    ConnectorError {
        code: ErrorCode::parse(&error.code),
        message: redact(&cut(error.message, LONGEST_URL)),
        retry_after: error.retry_after.map(wait),
        scope: match error.scope.as_str() {
            "request" => Scope::Request,
            "platform" => Scope::Platform,
            _ => Scope::Connection,
        },
        advice: error.advice.map(|advice| redact(&cut(advice, LONGEST_URL))),
        ambiguous: error.ambiguous,
    }
}

pub(crate) fn reply(reply: Reply) -> actions::Reply {
    actions::Reply {
        text: reply.text,
        parent: reply.parent,
        root: reply.root,
        conversation: reply.conversation,
        visibility: if reply.visibility == Visibility::Private { "private" } else { "public" }.to_owned(),
        lang: reply.lang,
        extensions: Vec::new(),
    }
}

pub(crate) fn request(request: WebhookRequest) -> webhook::Request {
    let WebhookRequest { method, path, query, headers, body } = request;
    let headers = headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
    webhook::Request { method, path, query, headers, body }
}

fn id(text: String, what: &str) -> Converted<String> {
    if text.is_empty() {
        return Err(format!("{what} is empty"));
    }
    if text.len() > LONGEST_ID {
        return Err(format!("{what} is longer than {LONGEST_ID} bytes"));
    }
    if text.contains(char::is_control) {
        return Err(format!("{what} has control characters"));
    }
    Ok(text)
}

fn reference(text: Option<String>) -> Option<String> {
    text.and_then(|text| id(text, "the reference").ok())
}

/// No NUL, which PostgreSQL cannot store, and no more than `most` bytes.
fn cut(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

/// One line for people.
fn name(text: String) -> String {
    let text = cut(text, LONGEST_NAME);
    if text.contains(char::is_control) { text.replace(char::is_control, " ") } else { text }
}

/// Only what a browser may safely be given as a link.
fn address(text: Option<String>) -> Option<String> {
    let text = text.filter(|text| text.len() <= LONGEST_URL)?;
    let url = url::Url::parse(&text).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// The shape of a BCP 47 tag.
fn is_language(text: &str) -> bool {
    (2..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn wait(millis: u64) -> Duration {
    Duration::from_millis(millis).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests;
