//! Escalation flows at work: who is told when, and who takes it up.
//!
//! A flow starts and ends with what happens to its case, in the same commit ([`begun`], [`over`]). In between its steps are
//! taken when they are due, by whichever node looks first.

use crate::{App, AppError, changes::Change, rotas::Rotas};
use comity_domain::{
    FlowRunId, Role, Timestamp, UserId,
    case::{Case, Escalation, EscalationEnd},
    flow::{Ended, Ending, Reach, Run, Target},
    step::Policy,
};
use comity_store::{FlowAct, FlowEnd, FlowFilter, FlowRow, Page, Recipients, User};
use serde_json::json;

/// Most runs that take a step in one transaction.
const BATCH: u64 = 500;
const LONGEST_NOTE: usize = 1_000;

impl App {
    /// Takes the steps that are due; how many runs that were.
    pub async fn advance_flows(&self) -> Result<usize, AppError> {
        let now = self.clock.now();
        if self.store.next_flow_at(self.organization).await?.is_none_or(|next| next > now) {
            return Ok(0);
        }
        let (users, rotas) = (self.store.users(self.organization).await?, self.rotas().await?);
        let with_browser = self.with_browser().await?;
        let channels = self.reachable_channels().await?;
        let reach = |target: &Target| match target {
            Target::Channel(name) => channels.reach(name),
            target => Reach::People(reached(&users, &rotas, target, now)),
        };
        let ways = |id: UserId| {
            let user = users.iter().find(|user| user.id == id);
            user.map(|user| self.ways(user, &with_browser, now)).unwrap_or_default()
        };
        let to = Recipients { reach: &reach, ways: &ways };
        let moved = self.store.advance_flows(self.organization, now, BATCH, to).await?;
        if !moved.is_empty() {
            self.changes.tell(Change::Flows);
            self.wake.notify.notify_one();
            self.wake.announce.notify_one();
            self.wake.channels.notify_one();
        }
        for told in moved.iter().flat_map(|(_, told)| told) {
            let late = told.at.duration_since(told.due_at).as_secs_f64();
            metrics::histogram!("comity_flow_step_late_seconds").record(late);
        }
        Ok(moved.len())
    }

    pub async fn flow_runs(
        &self,
        filter: FlowFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<FlowRow>, AppError> {
        Ok(self.store.flow_runs(self.organization, filter, cursor, limit).await?)
    }

    /// How many runs wait for somebody.
    pub async fn flows_waiting_for(&self, user: UserId) -> Result<u64, AppError> {
        Ok(self.store.flows_waiting_for(self.organization, user).await?)
    }

    pub async fn flow_run(&self, id: FlowRunId) -> Result<FlowRow, AppError> {
        let found = self.store.flow_run(self.organization, id).await?;
        found.ok_or(AppError::NotFound { what: "escalation" })
    }

    /// Takes it up: nobody further is told.
    pub async fn acknowledge_flow(&self, id: FlowRunId, user: UserId) -> Result<FlowRow, AppError> {
        self.act_on_flow(id, FlowAct::Acknowledge, user).await
    }

    /// Gives it to somebody else, who is told.
    pub async fn hand_over_flow(&self, id: FlowRunId, to: UserId, user: UserId) -> Result<FlowRow, AppError> {
        let known = self.store.user(self.organization, to).await?;
        if known.is_none_or(|known| !known.is_active) {
            return Err(AppError::invalid("/to", "there is no such person here"));
        }
        self.act_on_flow(id, FlowAct::HandOver(to), user).await
    }

    pub(crate) async fn act_on_flow(&self, id: FlowRunId, act: FlowAct, user: UserId) -> Result<FlowRow, AppError> {
        let now = self.clock.now();
        let ways = match act {
            FlowAct::HandOver(to) => match self.store.user(self.organization, to).await? {
                Some(user) => self.ways(&user, &self.with_browser().await?, now),
                None => Vec::new(),
            },
            FlowAct::Acknowledge | FlowAct::TakeUp => Vec::new(),
        };
        let changed = self.store.act_on_flow(self.organization, id, act, user, now, &ways).await?;
        let row = self.flow_run(id).await?;
        if changed.is_some() {
            self.changes.tell(Change::Flows);
            self.wake.notify.notify_one();
            self.wake.announce.notify_one();
        } else if row.run.ended.is_some() {
            return Err(is_over());
        }
        Ok(row)
    }

    /// Ends it: the matter that it was about is dealt with. A rule can start it again.
    pub async fn resolve_flow(&self, id: FlowRunId, note: &str, user: UserId) -> Result<FlowRow, AppError> {
        let note = note.trim();
        if note.is_empty() || note.chars().count() > LONGEST_NOTE {
            let message = format!("say in 1 to {LONGEST_NOTE} characters what was done");
            return Err(AppError::invalid("/note", message));
        }
        let run = self.flow_run(id).await?.run;
        let resolve = |case: &mut Case, at| {
            let this = |one: &&mut Escalation| one.flow == run.flow && one.at == run.started_at && one.ended.is_none();
            let escalation = case.escalations.iter_mut().find(this).ok_or_else(is_over)?;
            escalation.ended = Some(EscalationEnd { at, how: Ending::Resolved });
            Ok(json!({ "flow": run.flow, "note": note }))
        };
        self.change_case_noting(run.case, user, "flow.resolve", Some(note), |snapshot, now| {
            resolve(&mut snapshot.case, now)
        })
        .await?;
        self.flow_run(id).await
    }
}

/// Who there is to be told.
fn reached(users: &[User], rotas: &Rotas, target: &Target, now: Timestamp) -> Vec<UserId> {
    let is_here = |id: &UserId| users.iter().any(|user| user.id == *id && user.is_active);
    if let Target::OnCall(team) = target {
        let on_call = rotas.get(team).and_then(|rota| rota.on_call(now)).filter(is_here);
        return on_call.map_or_else(|| reached(users, rotas, &Target::Team(team.clone()), now), |id| vec![id]);
    }
    let is_meant = |user: &&User| match target {
        Target::Team(team) | Target::OnCall(team) => user.teams.contains(team),
        Target::Role(role) => user.duties.contains(role),
        Target::Channel(_) => false,
        Target::Owners => user.roles.contains(&Role::Owner),
        Target::Person(id) => user.id == *id,
    };
    users.iter().filter(|user| user.is_active).filter(is_meant).map(|user| user.id).collect()
}

/// The flows that were started, with the steps that the policy has for them now.
pub(crate) fn begun(policy: &dyn Policy, before: &[Escalation], case: &Case) -> Vec<Run> {
    let is_new = |one: &&Escalation| one.ended.is_none() && !before.iter().any(|known| is_same(known, one));
    let run = |one: &Escalation| Some(Run::start(case.id, policy.flow(&one.flow)?, &one.rule, one.at));
    case.escalations.iter().filter(is_new).filter_map(run).collect()
}

/// The flows that are over by now and were not before.
pub(crate) fn over(before: &[Escalation], case: &Case, note: Option<&str>) -> Vec<FlowEnd> {
    let was_open = |one: &&Escalation| before.iter().any(|known| is_same(known, one) && known.ended.is_none());
    let end = |one: &Escalation| {
        let EscalationEnd { at, how } = one.ended?;
        let ended = Ended { at, how, note: note.map(str::to_owned) };
        Some(FlowEnd { flow: one.flow.clone(), started_at: one.at, ended })
    };
    case.escalations.iter().filter(was_open).filter_map(end).collect()
}

fn is_same(one: &Escalation, other: &Escalation) -> bool {
    one.flow == other.flow && one.at == other.at
}

fn is_over() -> AppError {
    AppError::Conflict { detail: "this escalation is over".into(), advice: "Load it again.".into() }
}
