//! Plays one test: the story that its steps tell, through the very function that decides live.

use super::{
    expect::Observed,
    facts::{Counted, given_facts},
    file::{Author, Change, Step, Test, Wordless},
    when,
};
use crate::{Policy, stopwatch::Deadline};
use comity_domain::{
    CaseId, ConnectionId, ContactId, DeliveryId, EventId, Party, PostId, Timestamp, UserId,
    case::Case,
    event::{Event, EventKind},
    facts::ReplyFacts,
    outcome::Ask,
    post::{Contact, Post, Visibility},
    step::{History, Snapshot, facts, step},
    story::{Act, Happening, Story},
};

/// What is looked at after each step: its place, what came of it, and how the case stands.
pub(super) type Look<'a> = &'a mut dyn FnMut(&Step, &Observed, &Snapshot) -> Result<(), String>;

/// What comes of the facts of a test.
pub(super) fn given(policy: &Policy, given: &toml::Table, author: &Author) -> Result<Observed, String> {
    let given = serde_json::to_value(given).map_err(|error| error.to_string())?;
    let evaluation = policy.evaluate(&given_facts(&Counted::of(policy), given, author, "given")?);
    Ok(Observed {
        rules: evaluation.rules,
        effects: evaluation.effects,
        failure: evaluation.failure,
        ..Observed::default()
    })
}

/// Tells the story of a test. It has to be over by `until`.
pub(super) fn play(policy: &Policy, test: &Test, until: Deadline, look: Look) -> Result<(), String> {
    let mut telling: Option<Telling> = None;
    for (index, written) in test.step.iter().enumerate() {
        let in_step = |message: String| format!("Step {}: {message}", index + 1);
        let at = time_of(policy, written, telling.as_ref().map(|telling| telling.now)).map_err(in_step)?;
        let telling = match &mut telling {
            Some(telling) => telling,
            none => none.insert(Telling::begin(policy, test, at, until).map_err(in_step)?),
        };
        let observed = telling.tell(written, at).map_err(in_step)?;
        look(written, &observed, &telling.story.snapshot).map_err(in_step)?;
    }
    Ok(())
}

fn time_of(policy: &Policy, step: &Step, before: Option<Timestamp>) -> Result<Timestamp, String> {
    let at = match (&step.at, &step.after, before) {
        (Some(at), None, _) => when::moment(at, policy.calendar())?,
        (None, Some(after), Some(before)) => when::after(before, after)?,
        (None, None, Some(before)) => before,
        (None, _, None) => return Err("the first step needs a time, at = \"…\"".to_owned()),
        (Some(_), Some(_), _) => return Err("write either at or after".to_owned()),
    };
    match before {
        Some(before) if at < before => Err("this is earlier than the step before".to_owned()),
        _ => Ok(at),
    }
}

/// A test while it is told.
struct Telling<'a> {
    policy: &'a Policy,
    story: Story,
    now: Timestamp,
    events: u64,
    /// What a consumer wrote last, for guards, which look at the case as it stands after it.
    last: Option<(Event, Option<Post>)>,
    until: Deadline,
}

impl<'a> Telling<'a> {
    fn begin(policy: &'a Policy, test: &Test, at: Timestamp, until: Deadline) -> Result<Self, String> {
        let contact = contact(policy, &test.author, whom_it_is_with())?;
        let case = Case { contact: Some(contact.id), company: test.brand.clone(), ..Case::new(at) };
        let history = history(policy, &test.author)?;
        let snapshot = Snapshot { contact: Some(contact), history, ..Snapshot::new(case) };
        Ok(Self { policy, story: Story::new(snapshot, Vec::new()), now: at, events: 0, last: None, until })
    }

    fn tell(&mut self, written: &Step, at: Timestamp) -> Result<Observed, String> {
        let mut observed = Observed::default();
        self.pass(at, &mut observed)?;
        self.now = at;
        if let Some(text) = &written.reply {
            observed.verdicts = Some(self.ask_guards(text, written)?);
        } else if written.wait {
            self.story.count_again(self.policy, at).map_err(|error| error.to_string())?;
        }
        for happening in self.happenings(written)? {
            self.story.bring(self.policy, happening).map_err(|error| error.to_string())?;
        }
        self.pass(at, &mut observed)?;
        Ok(observed)
    }

    fn happenings(&mut self, written: &Step) -> Result<Vec<Happening>, String> {
        let at = self.now;
        let event = if let Some(text) = &written.consumer {
            self.post(Party::Consumer, text, written)?
        } else if let Some(text) = &written.company {
            self.post(Party::Company, text, written)?
        } else if let Some(text) = &written.edited {
            let post = self.written_before(written)?;
            let post = Post { text: text.clone(), edits: post.edits + 1, ..post };
            self.event(EventKind::PostEdited { post: post.id }, Some(post))
        } else if written.deleted {
            let post = self.written_before(written)?;
            let post = Post { text: String::new(), deleted_at: Some(at), ..post };
            self.event(EventKind::PostDeleted { post: post.id }, Some(post))
        } else if let Some(wordless) = written.happens {
            self.event(wordless.kind(&self.story.snapshot.case), None)
        } else {
            let acts = acts(written).into_iter();
            return Ok(acts.map(|act| Happening::Act { at, act }).collect());
        };
        Ok(vec![event])
    }

    fn post(&mut self, party: Party, text: &str, written: &Step) -> Result<Happening, String> {
        let number = self.story.posts.len();
        let writer = match (&written.author, party) {
            (Some(author), _) => self.other(author)?,
            (None, Party::Consumer) => whom_it_is_with(),
            (None, Party::Company) => ContactId::derived(&[b"company"]),
        };
        let post = Post {
            id: PostId::derived(&[b"post", &number.to_le_bytes()]),
            case: self.story.snapshot.case.id,
            connection: self.story.snapshot.case.connection,
            external_id: number.to_string(),
            author: writer,
            party,
            at: self.now,
            received_at: self.now,
            text: text.to_owned(),
            lang: written.lang.clone(),
            url: None,
            in_reply_to: None,
            root: None,
            parent: None,
            visibility: if written.is_public() { Visibility::Public } else { Visibility::Private },
            names_us: written.names_us.or((party == Party::Company).then_some(true)),
            deleted_at: None,
            edits: 0,
        };
        Ok(self.event(EventKind::Post { post: post.id, party }, Some(post)))
    }

    /// Somebody else who writes in the case.
    fn other(&mut self, author: &Author) -> Result<ContactId, String> {
        let contact = contact(self.policy, author, ContactId::derived(&[b"contact", author.handle.as_bytes()]))?;
        let (id, history) = (contact.id, history(self.policy, author)?);
        let others = &mut self.story.snapshot.others;
        others.retain(|(other, _)| other.id != id);
        others.push((contact, history));
        Ok(id)
    }

    fn written_before(&self, written: &Step) -> Result<Post, String> {
        let posts = &self.story.posts;
        let theirs = |post: &&Post| post.party == Party::Consumer && post.deleted_at.is_none();
        let found = match written.of {
            Some(number) => number.checked_sub(1).and_then(|index| posts.get(index)),
            None => posts.iter().rfind(theirs),
        };
        found.cloned().ok_or_else(|| "there is no such post to edit or delete".to_owned())
    }

    fn event(&mut self, kind: EventKind, post: Option<Post>) -> Happening {
        self.events += 1;
        let id = EventId::derived(&[b"event", &self.events.to_le_bytes()]);
        let event = Event { id, case: self.story.snapshot.case.id, at: self.now, received_at: self.now, kind };
        Happening::Event { event, post: post.map(Box::new) }
    }

    /// Tells what falls due and what waits. Breaches may cause further ones.
    fn pass(&mut self, until: Timestamp, observed: &mut Observed) -> Result<(), String> {
        for _ in 0..self.policy.limits().test_breaches {
            let Some(event) = self.story.next_until(until) else { return Ok(()) };
            self.decide(&event, observed)?;
        }
        Err("promises break one after the other without end: a rule on a breach starts what breaks next".to_owned())
    }

    fn decide(&mut self, event: &Event, observed: &mut Observed) -> Result<(), String> {
        if self.until.is_over() {
            return Err("the tests take too long together; leave out what repeats".to_owned());
        }
        let story = &mut self.story;
        let (post, answers) = (story.post(event), story.answers(event));
        let outcome = step(self.policy, &story.snapshot, event, post, answers, event.at);
        let outcome = outcome.map_err(|error| error.to_string())?;
        if let EventKind::Post { party: Party::Consumer, .. } = event.kind {
            self.last = Some((event.clone(), post.cloned()));
        }
        let (decision, replies) = story.turn(outcome);
        observed.rules.extend(decision.rules);
        observed.effects.extend(decision.effects);
        observed.failure = observed.failure.take().or(decision.fallback);
        observed.sent.extend(replies.into_iter().map(|reply| reply.template));
        Ok(())
    }

    fn ask_guards(&self, text: &str, written: &Step) -> Result<Vec<comity_domain::decision::GuardVerdict>, String> {
        let reply = ReplyFacts {
            text: text.to_owned(),
            is_public: written.is_public(),
            is_automatic: written.automatic,
            writer_skills: written.writer_skills.clone(),
        };
        let (event, post) = self.last.as_ref().ok_or("somebody must have written before a reply")?;
        let snapshot = &self.story.snapshot;
        let event = Event { at: self.now, ..event.clone() };
        let facts = facts(self.policy, &snapshot.case, snapshot, &snapshot.obligations, &event, post.as_ref());
        Ok(self.policy.guard(&facts, &reply))
    }
}

fn whom_it_is_with() -> ContactId {
    ContactId::derived(&[b"contact"])
}

fn contact(policy: &Policy, author: &Author, id: ContactId) -> Result<Contact, String> {
    Ok(Contact {
        id,
        connection: ConnectionId::derived(&[b"connection"]),
        external_id: author.handle.clone(),
        handle: author.handle.clone(),
        display_name: author.display_name.clone(),
        followers: author.followers,
        is_staff: author.is_staff,
        is_customer: author.is_customer,
        customer_since: author.customer_since.as_ref().map(|at| when::moment(at, policy.calendar())).transpose()?,
    })
}

fn history(policy: &Policy, author: &Author) -> Result<History, String> {
    Ok(History {
        cases: author.earlier_cases,
        open: author.open_cases,
        broken: author.broken_promises,
        last_at: author.last_case_at.as_ref().map(|at| when::moment(at, policy.calendar())).transpose()?,
    })
}

impl Wordless {
    fn kind(self, case: &Case) -> EventKind {
        let says = |party, solved| EventKind::Attested { party, solved, by: None };
        let asks = |ask| EventKind::Asked { ask, contact: whom_it_is_with(), post: None };
        match self {
            Self::Reaction => EventKind::Reaction { reaction: String::new() },
            Self::DeliveryFailed => EventKind::DeliveryFailed { delivery: DeliveryId::derived(&[b"delivery"]) },
            Self::AccountErased => EventKind::AccountErased { contact: whom_it_is_with() },
            Self::Joined => EventKind::Joined { case: CaseId::derived(&[b"joined"]) },
            Self::Solved => says(Party::Consumer, true),
            Self::NotSolved => says(Party::Consumer, false),
            Self::SolvedByUs => says(Party::Company, true),
            Self::NotSolvedByUs => says(Party::Company, false),
            Self::Appeal => asks(Ask::Appeal),
            Self::CorrectionRequest => asks(Ask::Correction),
            Self::ErasureRequest => asks(Ask::Erasure),
            Self::RequestAnswered => {
                let open = case.requests.iter().find(|request| request.answer.is_none());
                let request = open.map_or_else(|| EventId::derived(&[b"request"]), |request| request.id);
                let by = UserId::derived(&[b"user"]);
                EventKind::Answered { request, granted: true, text: String::new(), by }
            }
        }
    }
}

/// What a person does in a step.
fn acts(written: &Step) -> Vec<Act> {
    let mut acts = Vec::new();
    acts.extend(written.closed.clone().map(|reason| Act::Close { reason }));
    acts.extend(written.reopened.then_some(Act::Reopen));
    if let Some(Change { labels, team, priority, is_held, has_draft }) = &written.set {
        acts.extend(labels.clone().map(|labels| Act::Label { labels }));
        acts.extend(team.clone().map(|team| Act::Assign { team: Some(team).filter(|team| !team.is_empty()) }));
        acts.extend(priority.map(|priority| Act::Rank { priority }));
        acts.extend((*is_held == Some(false)).then_some(Act::Release));
        acts.extend((*has_draft == Some(false)).then_some(Act::DropDraft));
    }
    acts
}
