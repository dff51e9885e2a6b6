//! One event applied to one case: the heart of the server, and a pure function.
//!
//! [`step`] gathers the facts as of the event's own time, asks the policy, reduces what it wants, and returns the case,
//! its ledger and the decision as they are afterwards. The live path, replay and the tests of a bundle all call it.
//!
//! As of the event's time, not of the clock: deciding late, or a second time, gives the same result. Posts and obligations
//! after that moment are left out of the facts; labels, team and the like are as the case has them.

use crate::{
    DecisionId, Party, PostId,
    calendar::{Calendar, CalendarError},
    case::{Case, Draft, Escalation, EscalationEnd, Question, Status},
    charter::Charter,
    compare::Wanted,
    decision::{Decision, Evaluation, GuardAction, GuardVerdict, Outcome as RuleOutcome, RuleTrace},
    effect::{Dropped, Effect, Planned},
    event::{Event, EventKind},
    facts::{AuthorFacts, CaseFacts, CharterFacts, EventFacts, Facts, ReplyFacts},
    flow::{self, Ending, Flow},
    ledger::{self, Moment, Move, Obligation, PostMoment, State},
    outcome::{self, Answer, Ask, Attestation, Request},
    post::{CASE_PAGE, Contact, Post, Visibility},
    promises::Promises,
    quota::{Quotas, Used},
    reduce::reduce,
    refusal::{NoAnswer, Refusal},
    surge::Counts,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a step needs of a compiled policy bundle.
pub trait Policy {
    fn charter(&self) -> &Charter;
    fn calendar(&self) -> &Calendar;
    /// Content hash of the bundle.
    fn version(&self) -> &str;
    fn evaluate(&self, facts: &Facts) -> Evaluation;
    /// What it wants of facts, without how it came to that: what comparisons over many decisions need.
    fn wanted(&self, facts: &Facts) -> Wanted {
        Wanted::of(self.evaluate(facts), || self.fallback())
    }
    /// The text of a reply template with its placeholders filled, in the language of the post that is answered as far as
    /// the policy has it.
    fn render(&self, template: &str, facts: &Facts, to: Option<&Post>) -> Option<String>;
    /// What the guards say of a reply before it leaves.
    fn guard(&self, facts: &Facts, reply: &ReplyFacts) -> Vec<GuardVerdict>;
    /// What is done when a script fails: never silence.
    fn fallback(&self) -> Vec<Planned>;
    /// An escalation flow by its name.
    fn flow(&self, _name: &str) -> Option<&Flow> {
        None
    }
    /// Whether a brief is to be read at this time.
    fn brief_is_valid(&self, _brief: &str, _at: Timestamp) -> bool {
        false
    }
    /// How much of what it allows itself in a while.
    fn quotas(&self) -> &Quotas {
        Quotas::none()
    }
}

/// A case with what a decision about it needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub case: Case,
    /// Every post of the case, in any order.
    pub posts: Vec<PostMoment>,
    /// The ledger as last recorded.
    pub obligations: Vec<Obligation>,
    pub contact: Option<Contact>,
    pub history: History,
    /// Others who wrote what is decided about, each with the cases that we have had with them.
    #[serde(default)]
    pub others: Vec<(Contact, History)>,
    /// How much comes in around what is decided about. It belongs to the moment and is not written down with the case.
    #[serde(skip)]
    pub surge: Arc<Counts>,
    /// How well the articles are kept over all cases; of the moment as well.
    #[serde(skip)]
    pub promises: Arc<Promises>,
    /// What was counted for the policy's quotas, over all cases.
    #[serde(default)]
    pub used: Used,
}

impl Snapshot {
    /// A case of which nothing else is known.
    #[must_use]
    pub fn new(case: Case) -> Self {
        Self {
            case,
            posts: Vec::new(),
            obligations: Vec::new(),
            contact: None,
            history: History::default(),
            others: Vec::new(),
            surge: Arc::default(),
            promises: Arc::default(),
            used: Used::default(),
        }
    }
}

/// The cases with a contact before this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub cases: i64,
    /// How many of them are still open.
    pub open: Option<i64>,
    /// In how many of them we broke a promise.
    pub broken: Option<i64>,
    /// When the last of them was opened.
    pub last_at: Option<Timestamp>,
}

/// The case after the event.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub case: Case,
    pub obligations: Vec<Obligation>,
    pub decision: Decision,
    /// Replies that leave without a person.
    pub replies: Vec<AutomaticReply>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AutomaticReply {
    pub text: String,
    pub template: String,
    pub rule: String,
    /// The post answered.
    pub to: Option<PostId>,
    pub visibility: Visibility,
}

/// The consumer's post that a reply would be to, or why there can be no reply.
pub type Answers<'a> = Result<&'a Post, NoAnswer>;

/// Applies `event` to the case. `post` is the post the event is about, if any.
pub fn step(
    policy: &dyn Policy,
    snapshot: &Snapshot,
    event: &Event,
    post: Option<&Post>,
    answers: Answers<'_>,
    decided_at: Timestamp,
) -> Result<Outcome, CalendarError> {
    let now = event.at;
    let mut case = snapshot.case.clone();
    let reopened = reopens(&case, &event.kind);
    if reopened {
        case.status = Status::Open;
        case.closed_reason = None;
        // Not before it was closed: the post may have been written while somebody closed the case.
        let closed_at = case.moments.iter().filter(|moment| moment.what == Move::Close).map(|moment| moment.at).max();
        let at = closed_at.map_or(now, |closed_at| now.max(closed_at));
        case.moments.push(Moment { at, what: Move::Reopen });
    }
    happened(&mut case, event);
    let before = ledger(policy, &case, snapshot, now)?;
    let facts = facts(policy, &case, snapshot, &before, event, post);
    let evaluation = policy.evaluate(&facts);
    let fallback = evaluation.failure.clone();
    // What is done instead of a script that failed is under no quota: it must never come to silence.
    let (wanted, quotas) =
        if fallback.is_some() { (policy.fallback(), Quotas::none()) } else { (evaluation.effects, policy.quotas()) };
    let mut quotas = quotas.standing(&snapshot.used, policy.calendar(), decided_at);
    let running = |article: &str| before.iter().any(|o| o.article == article && o.is_open());
    let mut reduced = reduce(&case, &running, wanted, &mut quotas);
    let mut replies = Vec::new();
    let has_moved_on = snapshot.posts.iter().any(|post| post.party == Party::Consumer && post.at > now);
    reduced.effects.retain(|planned| {
        let refused = match &planned.effect {
            Effect::Close { .. } if has_moved_on => Some(Refusal::WrittenAgain),
            Effect::ShowBrief { brief } if !policy.brief_is_valid(brief, now) => Some(Refusal::BriefNotValid),
            Effect::SendReply { template } => match automatic_reply(policy, planned, template, &facts, answers) {
                Ok(reply) => {
                    replies.push(reply);
                    None
                }
                Err((draft, reason)) => {
                    case.draft = Some(draft);
                    Some(reason)
                }
            },
            _ => {
                apply(policy, &mut case, planned, &facts, answers.ok().or(post));
                None
            }
        };
        let is_done = refused.is_none();
        reduced.dropped.extend(refused.map(|reason| Dropped { planned: planned.clone(), reason }));
        is_done
    });
    for planned in &reduced.drafts {
        if let Effect::SendReply { template } = &planned.effect {
            case.draft = Some(draft(policy, planned, template, &facts, answers.ok().or(post)));
        }
    }
    quotas.retain(|quota| quota.over > 0 || quota.taken(&reduced.effects) > 0);
    case.updated_at = decided_at.max(case.updated_at);
    case.version += 1;
    // Recorded as far as everything known says, not only as of this event: a late event must not unsettle the ledger.
    let known = snapshot.posts.iter().map(|post| post.at).chain(case.moments.iter().map(|moment| moment.at));
    let horizon = known.fold(now, Timestamp::max);
    let mut obligations = ledger(policy, &case, snapshot, horizon)?;
    keep_recorded_breaches(&mut obligations, &snapshot.obligations, horizon);
    end_served(policy, &mut case, &obligations);
    let reason = reason(&evaluation.rules, &reduced.effects, fallback.as_deref(), reopened);
    let decision = Decision {
        id: DecisionId::derived(&[event.id.0.as_bytes(), policy.version().as_bytes()]),
        case: case.id,
        event: event.id,
        policy_version: policy.version().to_owned(),
        as_of: now,
        decided_at,
        facts,
        rules: evaluation.rules,
        effects: reduced.effects,
        dropped: reduced.dropped,
        quotas,
        fallback,
        reason,
    };
    Ok(Outcome { case, obligations, decision, replies })
}

/// The ledger of a case as of `now`, by the policy's charter and calendar.
pub fn ledger(
    policy: &dyn Policy,
    case: &Case,
    snapshot: &Snapshot,
    now: Timestamp,
) -> Result<Vec<Obligation>, CalendarError> {
    let Snapshot { posts, obligations, .. } = snapshot;
    ledger::derive(case.id, policy.charter(), policy.calendar(), posts, &case.moments, obligations, now)
}

/// Works the ledger out once more after something other than a policy event changed the case (an agent closed it).
pub fn recount(policy: &dyn Policy, snapshot: &Snapshot, now: Timestamp) -> Result<Vec<Obligation>, CalendarError> {
    let mut obligations = ledger(policy, &snapshot.case, snapshot, now)?;
    keep_recorded_breaches(&mut obligations, &snapshot.obligations, now);
    Ok(obligations)
}

/// A consumer who writes again, says that it is not solved or appeals has not finished: the case opens.
fn reopens(case: &Case, kind: &EventKind) -> bool {
    let goes_on = matches!(
        kind,
        EventKind::Post { party: Party::Consumer, .. }
            | EventKind::Attested { party: Party::Consumer, solved: false, .. }
            | EventKind::Asked { ask: Ask::Appeal, .. }
    );
    case.status == Status::Closed && goes_on
}

/// What an event itself says of the case, whatever policy makes of it.
fn happened(case: &mut Case, event: &Event) {
    match &event.kind {
        EventKind::Attested { party, solved, by } => {
            case.attestations.push(Attestation { party: *party, solved: *solved, at: event.at, by: *by });
            let what = Move::Attest { party: *party, solved: *solved };
            case.moments.push(Moment { at: event.at, what });
        }
        EventKind::Asked { ask, contact, post } => {
            let (ask, contact, post) = (*ask, *contact, *post);
            case.requests.push(Request { id: event.id, ask, contact, at: event.at, post, answer: None });
        }
        EventKind::Answered { request, granted, text, by } => {
            let open = case.requests.iter_mut().find(|one| one.id == *request && one.answer.is_none());
            if let Some(open) = open {
                open.answer = Some(Answer { at: event.at, by: *by, granted: *granted, text: text.clone() });
            }
        }
        _ => {}
    }
}

/// A breach that was recorded by its timer stays one while its obligation is open, whatever moment is decided about.
fn keep_recorded_breaches(obligations: &mut [Obligation], recorded: &[Obligation], horizon: Timestamp) {
    for obligation in obligations.iter_mut().filter(|o| o.state == State::Running && o.due_at > horizon) {
        // What paused it before it was due is evidence like any other: then it was not late.
        let same = |o: &&Obligation| {
            o.id == obligation.id && o.state == State::Breached && o.is_open() && o.pauses == obligation.pauses
        };
        if let Some(recorded) = recorded.iter().find(same) {
            obligation.state = State::Breached;
            obligation.due_at = recorded.due_at;
        }
    }
}

/// Ends the flows whose article has been settled since they began: nobody is told of what is answered by now.
fn end_served(policy: &dyn Policy, case: &mut Case, ledger: &[Obligation]) {
    for escalation in case.escalations.iter_mut().filter(|escalation| escalation.ended.is_none()) {
        let article = policy.flow(&escalation.flow).and_then(|flow| flow.article.as_deref());
        let settled_at = article.and_then(|article| flow::settled_at(article, escalation.at, ledger));
        escalation.ended = settled_at.map(|at| EscalationEnd { at, how: Ending::Settled });
    }
}

/// The facts as of the event.
#[must_use]
pub fn facts(
    policy: &dyn Policy,
    case: &Case,
    snapshot: &Snapshot,
    ledger: &[Obligation],
    event: &Event,
    post: Option<&Post>,
) -> Facts {
    let now = event.at;
    let mut posts: Vec<&PostMoment> = snapshot.posts.iter().filter(|post| post.at <= now).collect();
    posts.sort_by_key(|post| (post.at, post.post));
    let of = |party| posts.iter().filter(move |post| post.party == party);
    let last = |party| of(party).next_back().map(|post| post.at);
    let last_consumer = last(Party::Consumer);
    let said = |party| outcome::said(&case.attestations, party);
    let last_word = last_consumer.max(said(Party::Consumer).map(|said| said.at));
    let unanswered = of(Party::Company).filter(|post| last_word.is_none_or(|at| post.at > at)).count();
    let breach = match &event.kind {
        EventKind::Breach { article, party, .. } => Some((article.clone(), *party)),
        _ => None,
    };
    let party = match &event.kind {
        EventKind::Post { party, .. } | EventKind::Attested { party, .. } => Some(*party),
        EventKind::Asked { .. } => Some(Party::Consumer),
        EventKind::Answered { .. } => Some(Party::Company),
        _ => breach.as_ref().map(|(_, party)| *party).or_else(|| post.map(|post| post.party)),
    };
    Facts {
        now,
        event: EventFacts {
            kind: event.kind.name().to_owned(),
            at: event.at,
            party,
            text: post.map(|post| post.text.clone()).unwrap_or_default(),
            lang: post.and_then(|post| post.lang.clone()),
            is_public: post.map(|post| post.visibility == Visibility::Public),
            names_us: post.and_then(|post| post.names_us),
            breach_of: breach.map(|(article, _)| article),
        },
        case: CaseFacts {
            is_open: case.status == Status::Open,
            is_held: case.held_for.is_some(),
            priority: case.priority,
            labels: case.labels.clone(),
            team: case.team.clone(),
            briefs: case.briefs.iter().filter(|brief| policy.brief_is_valid(brief, now)).cloned().collect(),
            skills: case.skills.clone(),
            company: case.company.clone(),
            company_replies: of(Party::Company).count() as i64,
            consumer_posts: of(Party::Consumer).count() as i64,
            unanswered_replies: unanswered as i64,
            has_draft: case.draft.is_some(),
            they_say_solved: said(Party::Consumer).map(|said| said.solved),
            we_say_solved: said(Party::Company).map(|said| said.solved),
            open_appeals: case.open_requests(Ask::Appeal).count() as i64,
            escalations: case.escalations.iter().map(|escalation| escalation.flow.clone()).collect(),
            closed_reason: case.closed_reason.clone(),
            opened_at: case.opened_at,
            last_consumer_post_at: last_consumer,
            last_company_reply_at: last(Party::Company),
        },
        author: author_facts(snapshot, post),
        charter: charter_facts(ledger, &snapshot.promises, now),
        surge: snapshot.surge.facts(event.id, now),
    }
}

/// Whoever wrote what is decided about; in a thread of several people that is not always whom the case is with.
fn author_facts(snapshot: &Snapshot, post: Option<&Post>) -> AuthorFacts {
    let writer = post.filter(|post| post.party == Party::Consumer).map(|post| post.author);
    let other = snapshot.others.iter().find(|(contact, _)| Some(contact.id) == writer);
    let found = other.map(|(contact, history)| (contact, *history));
    let Some((contact, history)) = found.or_else(|| Some((snapshot.contact.as_ref()?, snapshot.history))) else {
        return AuthorFacts::default();
    };
    AuthorFacts {
        handle: contact.handle.clone(),
        display_name: contact.display_name.clone(),
        is_staff: contact.is_staff,
        is_customer: contact.is_customer,
        customer_since: contact.customer_since,
        followers: contact.followers.map(|count| count as i64),
        earlier_cases: history.cases,
        open_cases: history.open,
        broken_promises: history.broken,
        last_case_at: history.last_at,
    }
}

fn charter_facts(ledger: &[Obligation], promises: &Promises, now: Timestamp) -> CharterFacts {
    let articles = |states: &[State]| {
        let of = ledger.iter().filter(|o| states.contains(&o.state));
        of.map(|o| o.article.clone()).collect()
    };
    CharterFacts {
        // What is paused is under way all the same.
        running: articles(&[State::Running, State::Paused]),
        breached: articles(&[State::Breached]),
        met: articles(&[State::Met]),
        promises: promises.facts(now),
    }
}

/// A reply that a guard stops is not sent, nor one to a post that is gone; a person gets it as a draft.
fn automatic_reply(
    policy: &dyn Policy,
    planned: &Planned,
    template: &str,
    facts: &Facts,
    answers: Answers<'_>,
) -> Result<AutomaticReply, (Draft, Refusal)> {
    let text = policy.render(template, facts, answers.ok()).unwrap_or_default();
    let (template, rule) = (template.to_owned(), planned.rule.clone());
    let drafted =
        |text, reason| (Draft { template: template.clone(), text, rule: rule.clone(), at: facts.now }, reason);
    let post = match answers {
        Ok(post) => post,
        Err(why) => return Err(drafted(text, Refusal::NoAnswer { why })),
    };
    let visibility = post.visibility;
    if visibility == Visibility::Public && text.contains(CASE_PAGE) {
        return Err(drafted(text, Refusal::LinkInPublic));
    }
    let reply = ReplyFacts {
        text: text.clone(),
        is_public: visibility == Visibility::Public,
        is_automatic: true,
        ..ReplyFacts::default()
    };
    let stop = policy.guard(facts, &reply).into_iter().find(|verdict| verdict.action != GuardAction::Warn);
    if let Some(stop) = stop {
        return Err(drafted(text, Refusal::StoppedByGuard { guard: stop.guard, message: stop.message }));
    }
    Ok(AutomaticReply { text, template, rule, to: Some(post.id), visibility })
}

/// `to` is the post that a draft would answer.
fn draft(policy: &dyn Policy, planned: &Planned, template: &str, facts: &Facts, to: Option<&Post>) -> Draft {
    let text = policy.render(template, facts, to).unwrap_or_default();
    Draft { template: template.to_owned(), text, rule: planned.rule.clone(), at: facts.now }
}

fn apply(policy: &dyn Policy, case: &mut Case, planned: &Planned, facts: &Facts, to: Option<&Post>) {
    let at = facts.now;
    let rule = planned.rule.clone();
    let mut moved = |what| case.moments.push(Moment { at, what });
    match planned.effect.clone() {
        Effect::Label { label } => drop(case.labels.insert(label)),
        Effect::Priority { priority } => case.priority = priority,
        Effect::AssignTeam { team } => case.team = Some(team),
        Effect::RequireSkill { skill } => drop(case.skills.insert(skill)),
        Effect::ShowBrief { brief } => drop(case.briefs.insert(brief)),
        Effect::StartObligation { article } => moved(Move::Start { article }),
        Effect::MeetObligation { article } => moved(Move::Meet { article }),
        Effect::WaiveObligation { article } => moved(Move::Waive { article }),
        Effect::DraftReply { template } => case.draft = Some(draft(policy, planned, &template, facts, to)),
        Effect::HoldReplies { team } => {
            case.held_for = Some(team);
            case.draft = None;
        }
        Effect::Escalate { flow } => {
            case.escalations.push(Escalation { flow, at, rule, because: planned.because.clone(), ended: None });
        }
        Effect::Ask { question } => case.questions.push(Question { text: question, rule, at }),
        // The decision is the record of these; sending is the caller's.
        Effect::Kudos { .. } | Effect::SendReply { .. } => {}
        Effect::Close { reason } => {
            moved(Move::Close);
            // A flow that starts with this very decision is meant to go on.
            let before = case.escalations.iter_mut().filter(|one| one.ended.is_none() && one.at < at);
            before.for_each(|one| one.ended = Some(EscalationEnd { at, how: Ending::CaseClosed }));
            case.status = Status::Closed;
            case.closed_reason = Some(reason);
        }
    }
}

/// The decision in a sentence, for lists.
fn reason(rules: &[RuleTrace], effects: &[Planned], fallback: Option<&str>, reopened: bool) -> String {
    let mut sentences = Vec::new();
    if reopened {
        sentences.push("They have not finished, so the case is open again.".to_owned());
    }
    if let Some(failure) = fallback {
        sentences.push(format!("A rule could not be worked out, so a person is asked: {failure}"));
    }
    let fired = rules.iter().filter(|rule| rule.outcome == RuleOutcome::Fired);
    sentences.extend(fired.map(|rule| format!("{} ({}).", rule.because.trim_end_matches('.'), rule.rule)));
    let unknown: Vec<&str> =
        rules.iter().filter(|r| r.outcome == RuleOutcome::Unknown).map(|r| r.rule.as_ref()).collect();
    if !unknown.is_empty() && effects.is_empty() {
        sentences.push(format!("Not known enough to decide {}.", unknown.join(", ")));
    }
    if sentences.is_empty() {
        sentences.push("No rule applies; nothing was changed.".to_owned());
    }
    sentences.join(" ")
}

#[cfg(test)]
mod tests;
