//! A case's story under a policy, told up to a moment and then on, as if nothing more were to happen: which promises run,
//! break and set off what, and whom the flows tell when.
//!
//! The story is told with the code that decides live, and without touching the database.

use comity_domain::{
    CaseId, Party, Timestamp, UserId,
    calendar::CalendarError,
    case::Escalation,
    decision::{Decision, Outcome},
    event::{Event, EventKind},
    flow::{Reach, Run, Target},
    ledger::State,
    outcome::Ask,
    post::Post,
    step,
    story::{Act, Happening, Past, Story},
};
use comity_policy::Policy;
use jiff::SignedDuration;

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    pub kind: MomentKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    /// Something that happened, and what was made of it.
    Event,
    /// A promise that has to be kept by then.
    Due,
    Breach,
    /// A step of an escalation.
    Flow,
}

/// How far ahead it is looked.
const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A promise whose breach starts the next one would go on for ever.
const MOST_BREACHES: usize = 500;
/// Lists longer than this say nothing any more; what is nearest to the end stays.
const MOST: usize = 500;
const LONGEST_EXCERPT: usize = 80;

/// In the order of time.
pub fn tell(policy: &Policy, past: &Past, now: Timestamp) -> Result<Vec<Moment>, CalendarError> {
    let mut telling = Telling { policy, story: past.beginning(), moments: Vec::new(), breaches: 0 };
    for happening in past.happenings().into_iter().filter(|happening| happening.at() <= now) {
        telling.happen(happening)?;
    }
    telling.pass(now)?;
    telling.story.count_again(policy, now)?;
    telling.due(now);
    telling.pass(now.saturating_add(AHEAD).unwrap_or(now))?;
    let Telling { story, mut moments, .. } = telling;
    let until = now.saturating_add(AHEAD).unwrap_or(now);
    let case = &story.snapshot.case;
    moments.extend(case.escalations.iter().flat_map(|one| steps(policy, case.id, one)));
    moments.retain(|moment| moment.at <= until);
    moments.sort_by_key(|moment| (moment.at, moment.kind));
    Ok(moments.split_off(moments.len().saturating_sub(MOST)))
}

struct Telling<'a> {
    policy: &'a Policy,
    story: Story,
    moments: Vec<Moment>,
    breaches: usize,
}

impl Telling<'_> {
    fn happen(&mut self, happening: Happening) -> Result<(), CalendarError> {
        let at = happening.at();
        self.pass(at)?;
        if let Happening::Act { act, .. } = &happening {
            self.moments.push(Moment { at, kind: MomentKind::Event, text: person(act) });
        }
        self.story.bring(self.policy, happening)?;
        self.pass(at)
    }

    fn pass(&mut self, until: Timestamp) -> Result<(), CalendarError> {
        while self.breaches < MOST_BREACHES {
            let Some(event) = self.story.next_until(until) else { return Ok(()) };
            let (post, answers) = (self.story.post(&event), self.story.answers(&event));
            let outcome = step::step(self.policy, &self.story.snapshot, &event, post, answers, event.at)?;
            let (kind, what) = Self::words(&event, post);
            self.breaches += usize::from(kind == MomentKind::Breach);
            let (decision, _) = self.story.turn(outcome);
            let text = format!("{what}{}", made_of_it(&decision));
            self.moments.push(Moment { at: event.at, kind, text });
        }
        Ok(())
    }

    /// What runs by then.
    fn due(&mut self, now: Timestamp) {
        let running = self.story.snapshot.obligations.iter().filter(|o| o.state == State::Running && o.due_at > now);
        let due = running.map(|obligation| {
            let text = format!("“{}” has to be kept by now. {}", obligation.article, self.owes(&obligation.article));
            Moment { at: obligation.due_at, kind: MomentKind::Due, text: text.trim_end().to_owned() }
        });
        let due: Vec<Moment> = due.collect();
        self.moments.extend(due);
    }

    fn owes(&self, article: &str) -> &str {
        self.policy.charter().article(article).map_or("", |article| article.owes.as_str())
    }

    fn words(event: &Event, post: Option<&Post>) -> (MomentKind, String) {
        let text = post.map(|post| excerpt(&post.text)).unwrap_or_default();
        let words = match &event.kind {
            EventKind::Breach { article, .. } => {
                return (MomentKind::Breach, format!("“{article}” is broken."));
            }
            EventKind::Post { party: Party::Consumer, .. } => format!("They wrote: “{text}”"),
            EventKind::Post { party: Party::Company, .. } => format!("We wrote: “{text}”"),
            EventKind::PostEdited { .. } => format!("It was edited: “{text}”"),
            EventKind::PostDeleted { .. } => "A post was deleted.".to_owned(),
            EventKind::AccountErased { .. } => "Their account was erased.".to_owned(),
            EventKind::Reaction { .. } => "Somebody reacted.".to_owned(),
            EventKind::DeliveryFailed { .. } => "A reply could not be delivered.".to_owned(),
            EventKind::Attested { party, solved, .. } => {
                let who = if *party == Party::Company { "We say" } else { "They say" };
                format!("{who} that it is {}.", if *solved { "solved" } else { "not solved" })
            }
            EventKind::Asked { ask, .. } => match ask {
                Ask::Appeal => "They appealed.".to_owned(),
                Ask::Correction => "They asked to have something put right.".to_owned(),
                Ask::Erasure => "They asked to be forgotten.".to_owned(),
            },
            EventKind::Answered { granted, .. } => {
                format!("What they asked for was {}.", if *granted { "granted" } else { "refused" })
            }
            EventKind::Joined { .. } => "Another case turned out to be the same matter.".to_owned(),
        };
        (MomentKind::Event, words)
    }
}

/// The decision in a sentence, when it was one.
fn made_of_it(decision: &Decision) -> String {
    let fired = decision.rules.iter().any(|rule| rule.outcome == Outcome::Fired);
    if fired || decision.fallback.is_some() { format!(" {}", decision.reason) } else { String::new() }
}

fn person(act: &Act) -> String {
    match act {
        Act::Close { reason } => format!("Somebody closed the case as {reason}."),
        Act::Reopen => "Somebody opened the case again.".to_owned(),
        Act::Label { labels } if labels.is_empty() => "Somebody took every label off.".to_owned(),
        Act::Label { labels } => {
            format!("Somebody set the labels to {}.", labels.iter().cloned().collect::<Vec<_>>().join(", "))
        }
        Act::Assign { team: Some(team) } => format!("Somebody gave the case to {team}."),
        Act::Assign { team: None } => "Somebody took the case from its team.".to_owned(),
        Act::Rank { priority } => format!("Somebody set the priority to {}.", priority.as_str()),
        Act::Release => "Somebody released the replies.".to_owned(),
        Act::DropDraft => "Somebody sent a reply.".to_owned(),
    }
}

/// Whom a flow tells when, as long as there is somebody to tell and nobody acknowledges.
fn steps(policy: &Policy, case: CaseId, escalation: &Escalation) -> Vec<Moment> {
    let Some(flow) = step::Policy::flow(policy, &escalation.flow) else { return Vec::new() };
    let somebody = |_: &Target| Reach::People(vec![UserId(uuid::Uuid::nil())]);
    let mut run = Run::start(case, flow, &escalation.rule, escalation.at);
    let over = escalation.ended.map(|ended| ended.at);
    let mut moments = Vec::new();
    while let Some(at) = run.next_at.filter(|&at| moments.len() < MOST && over.is_none_or(|over| at < over)) {
        let unless = if at > escalation.at { ", unless somebody has acknowledged it" } else { "" };
        moments.extend(run.advance(at, &somebody).iter().map(|told| {
            let text = format!("The flow “{}” tells {}{unless}.", flow.name, whom(&told.target));
            Moment { at, kind: MomentKind::Flow, text }
        }));
    }
    moments
}

fn whom(target: &Target) -> String {
    match target {
        Target::Team(team) => format!("the team {team}"),
        Target::Role(role) => format!("the role {role}"),
        Target::OnCall(team) => format!("whoever is on call for {team}"),
        Target::Channel(name) => format!("the channel {name}"),
        Target::Owners => "the owners".to_owned(),
        Target::Person(user) => user.to_string(),
    }
}

fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let beginning: String = line.chars().take(LONGEST_EXCERPT).collect();
    if beginning.len() < line.len() { format!("{beginning}…") } else { beginning }
}

#[cfg(test)]
mod tests;
