//! Who is on call, with names.

use super::person;
use crate::dto::{self, OnCallTeam, ShiftView};
use comity_app::{App, AppError, cases::People, rotas::OnCall};
use comity_domain::{
    UserId,
    calendar::Window,
    rota::{Exception, Layer, Rota, Shift},
};

pub async fn on_call(app: &App) -> Result<Vec<OnCallTeam>, AppError> {
    let people = app.people().await?;
    Ok(app.on_call().await?.into_iter().map(|one| team(one, &people)).collect())
}

pub fn shifts(shifts: Vec<Shift>, people: &People) -> Vec<ShiftView> {
    let view = |Shift { from, until, user }| ShiftView { from, until, person: user.map(|id| person(id, people)) };
    shifts.into_iter().map(view).collect()
}

fn team(one: OnCall, people: &People) -> OnCallTeam {
    OnCallTeam {
        team: one.team,
        about: one.about,
        version: one.rota.as_ref().map_or(0, |rota| rota.version),
        rota: one.rota.map(|rota| rota.rota.into()),
        now: one.now.map(|id| person(id, people)),
        shifts: shifts(one.shifts, people),
    }
}

impl From<Rota> for dto::Rota {
    fn from(rota: Rota) -> Self {
        let hours = |Window { day, from, to }| dto::WeekHours { day, from, to };
        let layer = |layer: Layer| dto::RotaLayer {
            people: layer.people.into_iter().map(|user| user.0).collect(),
            from: layer.from,
            hand_over: layer.hand_over,
            days: layer.days,
            only: layer.only.into_iter().map(hours).collect(),
        };
        let exception = |Exception { user, from, until }| dto::RotaException { user: user.0, from, until };
        Self {
            time_zone: rota.time_zone,
            layers: rota.layers.into_iter().map(layer).collect(),
            exceptions: rota.exceptions.into_iter().map(exception).collect(),
        }
    }
}

impl From<dto::Rota> for Rota {
    fn from(rota: dto::Rota) -> Self {
        let hours = |dto::WeekHours { day, from, to }| Window { day, from, to };
        let layer = |layer: dto::RotaLayer| Layer {
            people: layer.people.into_iter().map(UserId).collect(),
            from: layer.from,
            hand_over: layer.hand_over,
            days: layer.days,
            only: layer.only.into_iter().map(hours).collect(),
        };
        let exception = |dto::RotaException { user, from, until }| Exception { user: UserId(user), from, until };
        Self {
            time_zone: rota.time_zone,
            layers: rota.layers.into_iter().map(layer).collect(),
            exceptions: rota.exceptions.into_iter().map(exception).collect(),
        }
    }
}
