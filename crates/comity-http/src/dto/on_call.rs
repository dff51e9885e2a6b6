//! Who is on call.

use super::PersonRef;
use comity_domain::{Date, Time, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct OnCallTeam {
    pub team: String,
    /// What the team does; empty for a team that the policy no longer has.
    pub about: String,
    pub rota: Option<Rota>,
    /// Counts up with every change of the rota; 0 while there is none.
    pub version: i64,
    /// Who is on call now; with nobody on call the whole team is told.
    pub now: Option<PersonRef>,
    /// The next two weeks, without gaps.
    pub shifts: Vec<ShiftView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftView {
    pub from: Timestamp,
    pub until: Timestamp,
    pub person: Option<PersonRef>,
}

/// Layers of people who take turns, a later layer before an earlier one, and exceptions before all layers.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rota {
    /// An IANA name, for example `Europe/Berlin`.
    pub time_zone: String,
    pub layers: Vec<RotaLayer>,
    #[serde(default)]
    pub exceptions: Vec<RotaException>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaLayer {
    /// In the order of their turns.
    pub people: Vec<Uuid>,
    /// The day of the first hand-over; nobody is on this layer before it.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// `HH:MM` of each hand-over.
    #[schema(value_type = String)]
    pub hand_over: Time,
    /// How long a turn is.
    pub days: u32,
    /// Only in these hours of the week; always, when there are none.
    #[serde(default)]
    pub only: Vec<WeekHours>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekHours {
    /// `monday` to `sunday`.
    #[schema(value_type = String)]
    pub day: comity_domain::calendar::Weekday,
    #[schema(value_type = String)]
    pub from: Time,
    /// At or before `from` means on the next day.
    #[schema(value_type = String)]
    pub to: Time,
}

/// Somebody else for a while.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaException {
    pub user: Uuid,
    pub from: Timestamp,
    pub until: Timestamp,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaChange {
    pub rota: Rota,
    /// The version that was looked at; 0 when there was none.
    pub version: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaPreview {
    pub rota: Rota,
}
