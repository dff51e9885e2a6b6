//! Everything one case's waiting events lead to, as one commit. Pure: the snapshot comes in, the rows go out.
//!
//! An obligation that turns out breached makes an event of its own, dated when it was due, and that event is decided in its
//! place in time: a rule on a breach fires before a rule on the answer that came too late.

use crate::flows;
use comity_domain::{
    DeliveryId, Party, Timestamp,
    case::{Case, Question},
    decision::Decision,
    delivery::{Author, Delivery, State as DeliveryState},
    event::Event,
    ledger::{Obligation, State},
    post::Post,
    quota::Used,
    refusal::NoAnswer,
    step::{self, Answers, AutomaticReply, Outcome, Policy, Snapshot},
    story::Story,
};
use comity_store::CaseCommit;
use jiff::SignedDuration;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A case, what happened to it, and whether its connection can send.
pub struct Waiting {
    pub snapshot: Snapshot,
    pub events: Vec<Event>,
    /// The posts that the events are about, and the newest that a reply could be to.
    pub posts: Vec<Post>,
    pub can_send: bool,
    /// Whether a reply can leave that nobody else reads.
    pub can_send_privately: bool,
    /// It tells of the past only: nobody is called because of what was said years ago.
    pub is_archive: bool,
}

/// `used` is what was counted for quotas so far, and counts on with what is decided here.
pub fn plan(
    policy: &dyn Policy,
    waiting: Waiting,
    used: &mut Used,
    now: Timestamp,
    settle: SignedDuration,
) -> CaseCommit {
    let Waiting { mut snapshot, events, posts, can_send, can_send_privately, is_archive } = waiting;
    snapshot.used = std::mem::take(used);
    let base_version = snapshot.case.version;
    let escalations = snapshot.case.escalations.clone();
    let last_received = events.iter().map(|event| event.received_at).max();
    let mut story = Story::new(snapshot, posts);
    for event in events {
        story.add(event);
    }
    let (mut decisions, mut decided, mut deliveries) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(event) = story.next(now) {
        let answers = if can_send { story.answers(&event) } else { Err(NoAnswer::CannotSend) };
        // What was written on the private page is not answered where everybody reads it.
        let answers = match answers {
            Ok(post) if post.is_on_the_page() && !can_send_privately => Err(NoAnswer::CannotSend),
            answers => answers,
        };
        let outcome = apply(policy, &story.snapshot, &event, story.post(&event), answers, now);
        let (decision, replies) = story.turn(outcome);
        let case = &story.snapshot.case;
        deliveries.extend(replies.into_iter().map(|reply| delivery(case, &decision, reply, &story.posts, now)));
        decisions.push(decision);
        decided.push(event.id);
    }
    let Story { mut snapshot, new_events, .. } = story;
    *used = std::mem::take(&mut snapshot.used);
    let counted = decided.iter().filter_map(|event| snapshot.surge.of(*event)).cloned().collect();
    CaseCommit {
        alarms: alarms(&snapshot.obligations, last_received, settle),
        decisions,
        decided,
        new_events,
        deliveries,
        counted,
        policy_version: policy.version().to_owned(),
        flows: if is_archive { Vec::new() } else { flows::begun(policy, &escalations, &snapshot.case) },
        flows_ended: flows::over(&escalations, &snapshot.case, None),
        ..CaseCommit::new(Case { version: base_version + 1, ..snapshot.case }, base_version, snapshot.obligations)
    }
}

/// When the breach of each running obligation may be announced: when it is due, but not while posts that came late may still
/// be followed by the answer to them.
pub fn alarms(
    obligations: &[Obligation],
    last_received: Option<Timestamp>,
    settle: SignedDuration,
) -> Vec<(Obligation, Timestamp)> {
    let running = obligations.iter().filter(|o| o.state == State::Running);
    running
        .map(|obligation| {
            let late = last_received.filter(|&at| at >= obligation.due_at);
            let fire_at = late.map_or(obligation.due_at, |at| at.saturating_add(settle).unwrap_or(at));
            (obligation.clone(), fire_at)
        })
        .collect()
}

/// A step that cannot be worked out at all asks a person and leaves the ledger as it was: when a calendar has no open hour,
/// or when our own code fails, which must not stop other cases nor come up again for ever.
fn apply(
    policy: &dyn Policy,
    snapshot: &Snapshot,
    event: &Event,
    post: Option<&Post>,
    answers: Answers<'_>,
    now: Timestamp,
) -> Outcome {
    let worked_out = catch_unwind(AssertUnwindSafe(|| step::step(policy, snapshot, event, post, answers, now)));
    let error = match worked_out {
        Ok(Ok(outcome)) => return outcome,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "something went wrong inside Comity itself".to_owned(),
    };
    tracing::error!(case = %snapshot.case.id, event = %event.id, %error, "a decision could not be worked out");
    asks_a_person(policy, snapshot, event, post, now, error)
}

fn asks_a_person(
    policy: &dyn Policy,
    snapshot: &Snapshot,
    event: &Event,
    post: Option<&Post>,
    now: Timestamp,
    error: String,
) -> Outcome {
    let mut case = snapshot.case.clone();
    let text = format!("What this means for the case cannot be worked out: {error}. Please look at it yourself.");
    case.questions.push(Question { text, rule: String::new(), at: event.at });
    case.version += 1;
    case.updated_at = now;
    let facts = step::facts(policy, &case, snapshot, &snapshot.obligations, event, post);
    let decision = Decision {
        id: comity_domain::DecisionId::derived(&[event.id.0.as_bytes(), policy.version().as_bytes()]),
        case: case.id,
        event: event.id,
        policy_version: policy.version().to_owned(),
        as_of: event.at,
        decided_at: now,
        facts,
        rules: Vec::new(),
        effects: Vec::new(),
        dropped: Vec::new(),
        quotas: Vec::new(),
        fallback: Some(error),
        reason: "It could not be worked out, so a person is asked.".into(),
    };
    Outcome { case, obligations: snapshot.obligations.clone(), decision, replies: Vec::new() }
}

fn delivery(case: &Case, decision: &Decision, reply: AutomaticReply, posts: &[Post], now: Timestamp) -> Delivery {
    let to = reply.to.and_then(|id| posts.iter().find(|post| post.id == id));
    let id = DeliveryId::derived(&[b"reply", decision.id.0.as_bytes()]);
    Delivery {
        id,
        case: case.id,
        connection: case.connection,
        text: reply.text,
        in_reply_to: to
            .filter(|post| post.party == Party::Consumer)
            .and_then(|post| post.answered_on_platform().map(str::to_owned)),
        root: to.and_then(|post| post.root.clone()),
        visibility: reply.visibility,
        idempotency_key: id.to_string(),
        author: Author::Rule { rule: reply.rule },
        approval: None,
        state: DeliveryState::Pending,
        attempts: 0,
        fence: 0,
        due_at: now,
        created_at: now,
        external_id: None,
        last_error: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policies::bundled;
    use comity_domain::{
        EventId,
        calendar::Calendar,
        charter::Charter,
        decision::{Evaluation, GuardVerdict},
        event::EventKind,
        facts::{Facts, ReplyFacts},
        ledger::PostMoment,
    };

    /// A policy in which the evaluation of one event kind brings our own code down.
    struct Fails(comity_policy::Policy);

    impl Policy for Fails {
        fn charter(&self) -> &Charter {
            Policy::charter(&self.0)
        }
        fn calendar(&self) -> &Calendar {
            Policy::calendar(&self.0)
        }
        fn version(&self) -> &str {
            Policy::version(&self.0)
        }
        fn evaluate(&self, facts: &Facts) -> Evaluation {
            assert_ne!(facts.event.kind, "reaction", "an error of our own");
            Policy::evaluate(&self.0, facts)
        }
        fn render(&self, template: &str, facts: &Facts, to: Option<&Post>) -> Option<String> {
            Policy::render(&self.0, template, facts, to)
        }
        fn guard(&self, facts: &Facts, reply: &ReplyFacts) -> Vec<GuardVerdict> {
            Policy::guard(&self.0, facts, reply)
        }
        fn fallback(&self) -> Vec<comity_domain::effect::Planned> {
            Policy::fallback(&self.0)
        }
    }

    #[test]
    fn what_brings_our_own_code_down_is_decided_by_asking_a_person() {
        let policy = Fails(comity_policy::Policy::compile(&bundled("starter").unwrap()).unwrap());
        let case = Case::new(Timestamp::UNIX_EPOCH);
        let id = case.id;
        let post = comity_domain::PostId::derived(&[b"post"]);
        let posts = vec![PostMoment { post, party: Party::Consumer, at: Timestamp::UNIX_EPOCH, asks: true }];
        let snapshot = Snapshot { posts, ..Snapshot::new(case) };
        let at = |second| Timestamp::from_second(second).unwrap();
        let event = |second, kind| Event {
            id: EventId::derived(&[&i64::to_le_bytes(second)]),
            case: id,
            at: at(second),
            received_at: at(second),
            kind,
        };
        let events = vec![
            event(1, EventKind::Reaction { reaction: "up".into() }),
            event(2, EventKind::Post { post, party: Party::Consumer }),
        ];
        let waiting =
            Waiting { snapshot, events, posts: vec![], can_send: false, can_send_privately: false, is_archive: false };
        let planned = plan(&policy, waiting, &mut Used::default(), at(3), SignedDuration::ZERO);
        assert_eq!(planned.decided.len(), 2, "both are decided, and neither comes up again");
        assert!(planned.decisions[0].fallback.is_some() && planned.decisions[1].fallback.is_none());
        assert!(planned.case.questions[0].text.contains("inside Comity itself"));
    }
}
