use super::*;
use crate::{
    CaseId, ConnectionId, ContactId, EventId, ObligationId,
    calendar::{Holidays, Weekday, Window},
    charter::{Article, Due, Length, Signal},
    effect::Planned,
    quota::{Limited, Per, Quota},
};
use jiff::civil;
use uuid::Uuid;

/// A policy that always wants the same.
struct Fixed {
    charter: Charter,
    calendar: Calendar,
    effects: Vec<Effect>,
    failure: Option<String>,
    stops: bool,
    quotas: Quotas,
}

impl Policy for Fixed {
    fn charter(&self) -> &Charter {
        &self.charter
    }
    fn calendar(&self) -> &Calendar {
        &self.calendar
    }
    fn version(&self) -> &'static str {
        "v1"
    }
    fn evaluate(&self, _: &Facts) -> Evaluation {
        let effects = self.effects.iter().cloned().map(planned).collect();
        Evaluation { rules: vec![], effects, failure: self.failure.clone() }
    }
    fn render(&self, template: &str, facts: &Facts, _: Option<&Post>) -> Option<String> {
        Some(format!("{template} for {}", facts.author.handle))
    }
    fn guard(&self, _: &Facts, _: &ReplyFacts) -> Vec<GuardVerdict> {
        let verdict = GuardVerdict {
            guard: "privacy".into(),
            because: String::new(),
            article: None,
            action: GuardAction::Stop,
            message: "Write to them directly.".into(),
            found: vec![],
        };
        if self.stops { vec![verdict] } else { vec![] }
    }
    fn fallback(&self) -> Vec<Planned> {
        vec![planned(Effect::Ask { question: "What now?".into() })]
    }
    fn quotas(&self) -> &Quotas {
        &self.quotas
    }
}

fn planned(effect: Effect) -> Planned {
    Planned { effect, rule: "rule".into(), article: None, because: "Because".into() }
}

fn policy(effects: Vec<Effect>) -> Fixed {
    let due =
        Some(Due { within: Length::Hours(4), from: Signal::ConsumerPost, until: Signal::CompanyReply, paused: None });
    let articles = vec![Article { id: "answer".into(), party: Party::Company, owes: String::new(), due }];
    let open = vec![Window { day: Weekday::Monday, from: civil::Time::MIN, to: civil::Time::MIN }];
    let calendar = Calendar { time_zone: "UTC".into(), open, holidays: Holidays::NONE };
    let charter = Charter { name: String::new(), articles };
    Fixed { charter, calendar, effects, failure: None, stops: false, quotas: Quotas::default() }
}

fn hour(hour: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + hour * 3_600).unwrap()
}

fn snapshot(posts: &[(u128, Party, i64)]) -> Snapshot {
    let case = Case { id: CaseId(Uuid::from_u128(1)), version: 1, ..Case::new(hour(0)) };
    let moment = |&(id, party, at)| PostMoment { post: PostId(Uuid::from_u128(id)), party, at: hour(at), asks: false };
    Snapshot { posts: posts.iter().map(moment).collect(), ..Snapshot::new(case) }
}

fn event(at: i64, kind: EventKind) -> Event {
    let id = EventId(Uuid::from_u128(at as u128));
    Event { id, case: CaseId(Uuid::from_u128(1)), at: hour(at), received_at: hour(at), kind }
}

fn consumer_post(at: i64) -> Event {
    event(at, EventKind::Post { post: PostId(Uuid::from_u128(9)), party: Party::Consumer })
}

fn run(policy: &Fixed, snapshot: &Snapshot, event: &Event) -> Outcome {
    step(policy, snapshot, event, None, Err(NoAnswer::CannotSend), hour(1_000)).unwrap()
}

#[test]
fn effects_change_the_case_and_say_which_rule() {
    let effects = vec![
        Effect::Label { label: "legal".into() },
        Effect::DraftReply { template: "sorry".into() },
        Effect::HoldReplies { team: "counsel".into() },
        Effect::Escalate { flow: "counsel".into() },
    ];
    let outcome = run(&policy(effects), &snapshot(&[(9, Party::Consumer, 0)]), &consumer_post(0));
    assert_eq!(outcome.case.held_for.as_deref(), Some("counsel"));
    assert!(outcome.case.labels.contains("legal"));
    assert_eq!(outcome.case.escalations[0].rule, "rule");
    assert_eq!(outcome.case.draft, None, "replies are held, wherever the rule that drafts stands");
    assert_eq!(outcome.decision.dropped[0].reason, Refusal::RepliesHeld);
    assert_eq!(outcome.case.version, 2);
}

#[test]
fn the_same_event_twice_decides_the_same() {
    let policy = policy(vec![Effect::Label { label: "x".into() }]);
    let snapshot = snapshot(&[(9, Party::Consumer, 0)]);
    assert_eq!(run(&policy, &snapshot, &consumer_post(0)), run(&policy, &snapshot, &consumer_post(0)));
}

#[test]
fn facts_leave_out_what_came_later() {
    let snapshot = snapshot(&[(9, Party::Consumer, 0), (2, Party::Company, 2), (3, Party::Consumer, 5)]);
    let outcome = run(&policy(vec![]), &snapshot, &consumer_post(0));
    assert_eq!(outcome.decision.facts.case.consumer_posts, 1);
    assert_eq!(outcome.decision.facts.case.company_replies, 0);
    // The ledger itself knows all of it.
    let states: Vec<_> = outcome.obligations.iter().map(|o| o.state).collect();
    assert_eq!(states, [State::Met, State::Running]);
}

#[test]
fn a_failing_script_asks_a_person_and_does_nothing_else() {
    let mut policy = policy(vec![Effect::Close { reason: "done".into() }]);
    policy.failure = Some("rule x ran too long".into());
    let outcome = run(&policy, &snapshot(&[(9, Party::Consumer, 0)]), &consumer_post(0));
    assert_eq!(outcome.case.status, Status::Open);
    assert_eq!(outcome.case.questions[0].text, "What now?");
    assert!(outcome.decision.reason.contains("rule x ran too long"));
}

#[test]
fn a_later_post_opens_the_case_and_a_breach_does_not() {
    let mut closed = snapshot(&[(9, Party::Consumer, 0)]);
    closed.case.status = Status::Closed;
    closed.case.closed_reason = Some("abandoned".into());
    assert_eq!(run(&policy(vec![]), &closed, &consumer_post(0)).case.status, Status::Open);
    let breach =
        EventKind::Breach { obligation: ObligationId(Uuid::nil()), article: "answer".into(), party: Party::Company };
    assert_eq!(run(&policy(vec![]), &closed, &event(4, breach)).case.status, Status::Closed);
}

#[test]
fn a_recorded_breach_survives_a_late_event() {
    let policy = policy(vec![]);
    let mut case = snapshot(&[(9, Party::Consumer, 0)]);
    let breach =
        EventKind::Breach { obligation: ObligationId(Uuid::nil()), article: "answer".into(), party: Party::Company };
    case.obligations = run(&policy, &case, &event(4, breach)).obligations;
    assert_eq!(case.obligations[0].state, State::Breached);
    let late = run(&policy, &case, &consumer_post(1));
    assert_eq!(late.obligations[0].state, State::Breached);
}

fn contact(id: u128, handle: &str) -> Contact {
    Contact {
        id: ContactId(Uuid::from_u128(id)),
        connection: ConnectionId(Uuid::nil()),
        external_id: id.to_string(),
        handle: handle.into(),
        display_name: None,
        followers: None,
        is_staff: false,
        is_customer: None,
        customer_since: None,
    }
}

fn written(id: u128, author: u128, visibility: Visibility) -> Post {
    Post {
        id: PostId(Uuid::from_u128(id)),
        case: CaseId(Uuid::from_u128(1)),
        connection: ConnectionId(Uuid::nil()),
        external_id: id.to_string(),
        author: ContactId(Uuid::from_u128(author)),
        party: Party::Consumer,
        at: hour(0),
        received_at: hour(0),
        text: "Thank you!".into(),
        lang: None,
        url: None,
        in_reply_to: None,
        root: None,
        parent: None,
        visibility,
        names_us: None,
        deleted_at: None,
        edits: 0,
    }
}

#[test]
fn an_automatic_reply_answers_the_post_it_is_about() {
    let policy = policy(vec![Effect::SendReply { template: "thanks".into() }]);
    let mut case = snapshot(&[(9, Party::Consumer, 0)]);
    case.contact = Some(contact(1, "mira"));
    let post = written(9, 1, Visibility::Public);
    let outcome = step(&policy, &case, &consumer_post(0), Some(&post), Ok(&post), hour(1)).unwrap();
    assert_eq!((outcome.replies[0].text.as_str(), outcome.replies[0].to), ("thanks for mira", Some(post.id)));

    // Somebody else joins in: their words, their history, their name.
    let history = History { cases: 7, open: Some(2), broken: Some(1), last_at: Some(hour(-9)) };
    case.others = vec![(contact(2, "bob"), history)];
    let post = written(9, 2, Visibility::Public);
    let outcome = step(&policy, &case, &consumer_post(0), Some(&post), Ok(&post), hour(1)).unwrap();
    assert_eq!(outcome.replies[0].text, "thanks for bob");
    let author = outcome.decision.facts.author;
    assert_eq!((author.earlier_cases, author.open_cases, author.broken_promises), (7, Some(2), Some(1)));
    assert_eq!(author.last_case_at, Some(hour(-9)));
}

#[test]
fn an_automatic_reply_on_a_breach_answers_what_was_written_the_way_it_was_written() {
    let policy = policy(vec![Effect::SendReply { template: "last-word".into() }]);
    let mut case = snapshot(&[(9, Party::Consumer, 0)]);
    case.contact = Some(contact(1, "mira"));
    let breach =
        EventKind::Breach { obligation: ObligationId(Uuid::nil()), article: "answer".into(), party: Party::Company };
    let private = written(9, 1, Visibility::Private);
    let outcome = step(&policy, &case, &event(4, breach.clone()), None, Ok(&private), hour(5)).unwrap();
    assert_eq!((outcome.replies[0].to, outcome.replies[0].visibility), (Some(private.id), Visibility::Private));

    let nothing_left = step(&policy, &case, &event(4, breach), None, Err(NoAnswer::NothingLeft), hour(5)).unwrap();
    assert!(nothing_left.replies.is_empty());
    assert_eq!(nothing_left.case.draft.unwrap().template, "last-word");
}

#[test]
fn a_post_that_came_after_the_case_was_closed_on_it_still_has_its_deadline() {
    let mut closed = snapshot(&[(9, Party::Consumer, 0)]);
    closed.case.status = Status::Closed;
    closed.case.moments = vec![Moment { at: hour(1), what: Move::Close }];
    let opened = run(&policy(vec![]), &closed, &consumer_post(0));
    assert_eq!(opened.case.status, Status::Open);
    assert_eq!(opened.obligations[0].state, State::Running);
    // And keeps it when the ledger is worked out once more.
    let later = Snapshot { case: opened.case, obligations: opened.obligations, ..closed };
    assert_eq!(recount(&policy(vec![]), &later, hour(2)).unwrap()[0].state, State::Running);
}

#[test]
fn what_happened_before_a_case_was_closed_starts_nothing_in_it_again() {
    let mut closed = snapshot(&[(9, Party::Consumer, 0)]);
    closed.case.status = Status::Closed;
    closed.case.moments = vec![Moment { at: hour(2), what: Move::Close }];
    let edit = event(1, EventKind::PostEdited { post: PostId(Uuid::from_u128(9)) });
    let outcome = run(&policy(vec![]), &closed, &edit);
    assert_eq!((outcome.case.status, outcome.obligations[0].state), (Status::Closed, State::Cancelled));
}

#[test]
fn a_rule_that_comes_late_closes_nothing_that_has_moved_on() {
    let case = snapshot(&[(9, Party::Consumer, 0), (8, Party::Consumer, 5)]);
    let outcome = run(&policy(vec![Effect::Close { reason: "abandoned".into() }]), &case, &consumer_post(0));
    assert_eq!(outcome.case.status, Status::Open);
    assert_eq!(outcome.decision.dropped[0].reason, Refusal::WrittenAgain);
}

#[test]
fn an_automatic_reply_that_a_guard_stops_becomes_a_draft() {
    let mut policy = policy(vec![Effect::SendReply { template: "thanks".into() }]);
    policy.stops = true;
    let (case, post) = (snapshot(&[(9, Party::Consumer, 0)]), written(9, 1, Visibility::Public));
    let outcome = step(&policy, &case, &consumer_post(0), Some(&post), Ok(&post), hour(1)).unwrap();
    assert!(outcome.replies.is_empty() && outcome.decision.effects.is_empty());
    assert_eq!(outcome.case.draft.unwrap().template, "thanks");
    let stopped = Refusal::StoppedByGuard { guard: "privacy".into(), message: "Write to them directly.".into() };
    assert_eq!(outcome.decision.dropped[0].reason, stopped);
}

fn at_most(most: u32, of: &str) -> Quotas {
    Quotas([(Limited::Effect(of.into()), Quota { most, per: Per::Hour })].into())
}

#[test]
fn a_quota_lets_so_many_leave_and_hands_the_next_to_a_person() {
    let mut policy = policy(vec![Effect::SendReply { template: "thanks".into() }]);
    policy.quotas = at_most(1, "send_reply");
    let post = written(9, 1, Visibility::Public);
    let mut case = snapshot(&[(9, Party::Consumer, 0)]);
    let decide = |case: &Snapshot, at| step(&policy, case, &consumer_post(0), Some(&post), Ok(&post), at).unwrap();
    let first = decide(&case, hour(1));
    assert_eq!((first.replies.len(), first.decision.quotas[0].count.used), (1, 0));

    case.used.add(&first.decision);
    let second = decide(&case, hour(1));
    assert!(second.replies.is_empty() && second.decision.effects.is_empty());
    assert_eq!(second.case.draft.clone().unwrap().template, "thanks");
    assert_eq!((second.decision.quotas[0].count.used, second.decision.quotas[0].over), (1, 1));
    assert_eq!(decide(&case, hour(1)), second, "the same counts decide the same");
    let kept: Decision = serde_json::from_str(&serde_json::to_string(&second.decision).unwrap()).unwrap();
    assert_eq!(kept, second.decision);

    case.used.add(&second.decision);
    assert_eq!(case.used.0.len(), 1, "what did not happen is not counted");
    assert_eq!(decide(&case, hour(2)).replies.len(), 1, "a new hour has a new count");
}

#[test]
fn what_a_guard_stops_takes_nothing_from_a_quota() {
    let mut policy = policy(vec![Effect::SendReply { template: "thanks".into() }]);
    policy.quotas = at_most(1, "send_reply");
    policy.stops = true;
    let (mut case, post) = (snapshot(&[(9, Party::Consumer, 0)]), written(9, 1, Visibility::Public));
    let outcome = step(&policy, &case, &consumer_post(0), Some(&post), Ok(&post), hour(1)).unwrap();
    case.used.add(&outcome.decision);
    assert_eq!((outcome.decision.quotas, case.used), (vec![], Used::default()));
}

#[test]
fn no_quota_keeps_a_person_from_being_asked_when_a_script_fails() {
    let mut policy = policy(vec![]);
    policy.failure = Some("rule x ran too long".into());
    policy.quotas = at_most(0, "ask");
    let outcome = run(&policy, &snapshot(&[(9, Party::Consumer, 0)]), &consumer_post(0));
    assert_eq!(outcome.case.questions[0].text, "What now?");
}

#[test]
fn a_yes_is_a_word_of_theirs_that_nobody_owes_an_answer_to() {
    let policy = policy(vec![]);
    let says = |at, solved| event(at, EventKind::Attested { party: Party::Consumer, solved, by: None });
    let answered = snapshot(&[(9, Party::Consumer, 0), (10, Party::Company, 1)]);
    let yes = run(&policy, &answered, &says(2, true));
    assert_eq!(yes.decision.facts.event.kind, "solved");
    assert_eq!(yes.decision.facts.case.they_say_solved, Some(true));
    assert_eq!(yes.decision.facts.case.unanswered_replies, 0, "they have reacted to it");
    assert_eq!(yes.obligations.len(), 1, "there is nothing new to answer");
    let no = run(&policy, &answered, &says(2, false));
    assert_eq!(no.decision.facts.event.kind, "not_solved");
    let clocks: Vec<State> = no.obligations.iter().map(|obligation| obligation.state).collect();
    assert_eq!(clocks, [State::Met, State::Running], "a no asks for an answer");
}

fn asked(ask: Ask) -> EventKind {
    EventKind::Asked { ask, contact: ContactId(Uuid::from_u128(5)), post: None }
}

#[test]
fn a_no_and_an_appeal_open_a_closed_case_and_a_request_for_erasure_does_not() {
    let policy = policy(vec![]);
    let mut closed = snapshot(&[(9, Party::Consumer, 0), (10, Party::Company, 1)]);
    closed.case.status = Status::Closed;
    closed.case.moments.push(Moment { at: hour(1), what: Move::Close });
    let status = |kind| run(&policy, &closed, &event(3, kind)).case.status;
    assert_eq!(status(EventKind::Attested { party: Party::Consumer, solved: false, by: None }), Status::Open);
    assert_eq!(status(EventKind::Attested { party: Party::Consumer, solved: true, by: None }), Status::Closed);
    assert_eq!(status(EventKind::Attested { party: Party::Company, solved: false, by: None }), Status::Closed);
    assert_eq!(status(asked(Ask::Appeal)), Status::Open);
    assert_eq!(status(asked(Ask::Erasure)), Status::Closed);
}

#[test]
fn a_request_is_answered_once() {
    let policy = policy(vec![]);
    let mut at = snapshot(&[(9, Party::Consumer, 0)]);
    let request = event(1, asked(Ask::Appeal));
    let outcome = run(&policy, &at, &request);
    assert_eq!(outcome.decision.facts.case.open_appeals, 1);
    assert_eq!(outcome.decision.facts.event.party, Some(Party::Consumer));
    at.case = outcome.case;
    let by = crate::UserId(Uuid::from_u128(7));
    let answer = |granted| EventKind::Answered { request: request.id, granted, text: "We looked again.".into(), by };
    let outcome = run(&policy, &at, &event(2, answer(true)));
    assert_eq!(outcome.decision.facts.case.open_appeals, 0);
    at.case = outcome.case;
    let outcome = run(&policy, &at, &event(3, answer(false)));
    assert_eq!(outcome.case.requests[0].answer.as_ref().map(|answer| answer.granted), Some(true));
}
