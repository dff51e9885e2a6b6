//! Who is on call: a rota for each team, which flows ask when they are to tell it.

use crate::{App, AppError, changes::Change};
use comity_domain::{
    Timestamp, UserId,
    rota::{Rota, Shift},
};
use comity_store::TeamRota;
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// How far ahead shifts are shown.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Rotas by team.
pub(crate) type Rotas = BTreeMap<String, Rota>;

/// A team and who is on call for it.
pub struct OnCall {
    pub team: String,
    /// What the team does, by the policy; empty for a team that the policy no longer has.
    pub about: String,
    pub rota: Option<TeamRota>,
    pub now: Option<UserId>,
    /// The next two weeks.
    pub shifts: Vec<Shift>,
}

impl App {
    /// Every team of the live policy, and those that still have a rota.
    pub async fn on_call(&self) -> Result<Vec<OnCall>, AppError> {
        let mut rotas: BTreeMap<String, TeamRota> =
            self.store.rotas(self.organization).await?.into_iter().map(|one| (one.team.clone(), one)).collect();
        let live = self.live_policy()?;
        let now = self.clock.now();
        let teams = live.policy.settings().teams.iter().map(|(team, about)| (team.clone(), about.clone()));
        let mut teams: BTreeMap<String, String> = teams.collect();
        for team in rotas.keys() {
            teams.entry(team.clone()).or_default();
        }
        let one = |(team, about): (String, String)| {
            let rota = rotas.remove(&team);
            let (on_call, shifts) = rota.as_ref().map_or((None, Vec::new()), |one| shown(&one.rota, now));
            OnCall { team, about, rota, now: on_call, shifts }
        };
        Ok(teams.into_iter().map(one).collect())
    }

    /// What a rota would mean, without keeping it.
    pub fn preview_rota(&self, rota: &Rota) -> Result<(Option<UserId>, Vec<Shift>), AppError> {
        rota.check().map_err(|error| AppError::invalid("/rota", error.to_string()))?;
        Ok(shown(rota, self.clock.now()))
    }

    /// Keeps a team's rota; `over` is the version that was looked at, 0 when there was none.
    pub async fn set_rota(&self, team: &str, rota: &Rota, over: i64, by: UserId) -> Result<(), AppError> {
        rota.check().map_err(|error| AppError::invalid("/rota", error.to_string()))?;
        if !self.live_policy()?.policy.settings().teams.contains_key(team) {
            return Err(AppError::NotFound { what: "team" });
        }
        let known: Vec<UserId> = self.store.users(self.organization).await?.iter().map(|user| user.id).collect();
        let layers = rota.layers.iter().flat_map(|layer| layer.people.iter().copied());
        let mut people = layers.chain(rota.exceptions.iter().map(|one| one.user));
        if people.any(|user| !known.contains(&user)) {
            return Err(AppError::invalid("/rota", "somebody in it is not one of the people here"));
        }
        if !self.store.set_rota(self.organization, team, rota, over, by, self.clock.now()).await? {
            return Err(AppError::Conflict {
                detail: "somebody else has changed this rota".into(),
                advice: "Load it again and repeat your change.".into(),
            });
        }
        self.changes.tell(Change::Flows);
        Ok(())
    }

    pub(crate) async fn rotas(&self) -> Result<Rotas, AppError> {
        let rotas = self.store.rotas(self.organization).await?;
        Ok(rotas.into_iter().map(|one| (one.team, one.rota)).collect())
    }
}

fn shown(rota: &Rota, now: Timestamp) -> (Option<UserId>, Vec<Shift>) {
    let until = now.saturating_add(AHEAD).unwrap_or(now);
    (rota.on_call(now), rota.shifts(now, until))
}
