//! Who may take which step with a version, and the sentence that says why not.

use super::{Life, Named, State};
use crate::{Role, Roles, UserId};
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Approve,
    Publish,
    BreakGlass,
    Shadow,
    Canary,
    SetAside,
    Restore,
    Review,
}

/// Whoever wants to take a step. A token counts as the person who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Nobody: the installation itself, from its own folder.
    pub user: Option<UserId>,
    pub roles: Roles,
}

/// What it depends on besides the version and who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// The active people whose role lets them approve.
    pub approvers: BTreeSet<UserId>,
    pub live: Option<Named>,
    /// What runs beside it.
    pub beside: Option<Named>,
    /// Of the version's present impact report; only needed where there is something to approve or an approval.
    pub impact_hash: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Role,
    /// Their own work.
    OwnWork,
    State,
    ApprovalNeeded,
    PolicyChanged,
    ImpactChanged,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub why: Why,
    /// Says what to do where something can be done.
    pub sentence: String,
}

impl Action {
    pub const ALL: [Self; 8] = [
        Self::Approve,
        Self::Publish,
        Self::BreakGlass,
        Self::Shadow,
        Self::Canary,
        Self::SetAside,
        Self::Restore,
        Self::Review,
    ];

    /// Besides an owner.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Approve | Self::Review => &[Role::Approver],
            Self::SetAside => &[Role::PolicyOwner, Role::Approver],
            Self::Publish | Self::BreakGlass | Self::Shadow | Self::Canary | Self::Restore => &[Role::PolicyOwner],
        }
    }
}

impl Asker {
    /// Whoever has the installation's folder in their hands.
    #[must_use]
    pub fn installation() -> Self {
        Self { user: None, roles: [Role::Owner].into() }
    }

    fn has_any(&self, roles: &[Role]) -> bool {
        self.roles.contains(&Role::Owner) || roles.iter().any(|role| self.roles.contains(role))
    }
}

/// Whether the step may be taken now.
pub fn may(action: Action, life: &Life, asker: &Asker, around: &Around) -> Result<(), Refused> {
    if !asker.has_any(action.roles()) {
        return Err(Refused::role(action));
    }
    match action {
        Action::Approve => {
            is_open(life)?;
            is_of_others(life, asker)?;
            is_made_from_the_live_one(life, around)
        }
        Action::Publish => may_decide(life, around),
        Action::Shadow => match life.state {
            State::Shadow => Err(Refused::state("It runs beside the live version already.")),
            _ => is_open(life).and_then(|()| nothing_else_is_beside(life, around)),
        },
        Action::Canary => may_decide(life, around).and_then(|()| nothing_else_is_beside(life, around)),
        // Whatever is live by now: in an emergency nobody compares versions first.
        Action::BreakGlass | Action::SetAside => is_open(life),
        Action::Restore => match (life.state, life.published_at) {
            (State::Live, _) => Err(Refused::state("It is live.")),
            // Whoever could bring it back otherwise would get round the review by letting it be taken back once.
            (State::Retired, Some(_)) if is_unreviewed(life) && needs_approval(life, around) => Err(Refused {
                why: Why::ApprovalNeeded,
                sentence:
                    "It went live in an emergency and nobody has reviewed it. Somebody else has to review it first."
                        .to_owned(),
            }),
            (State::Retired, Some(_)) => Ok(()),
            _ => Err(Refused::state("It was never live; publish it instead.")),
        },
        Action::Review => match &life.break_glass {
            None => Err(Refused::state("It did not go live in an emergency, so there is nothing to review.")),
            Some(broken) if broken.reviewed.is_some() => Err(Refused::state("It was reviewed already.")),
            Some(broken) if broken.by == asker.user => {
                Err(Refused::own("You published it yourself in the emergency; somebody else has to review that."))
            }
            Some(_) => Ok(()),
        },
    }
}

/// Whether it went live in an emergency that nobody has looked at since.
#[must_use]
pub fn is_unreviewed(life: &Life) -> bool {
    life.break_glass.as_ref().is_some_and(|broken| broken.reviewed.is_none())
}

/// Whether there is anybody besides the author whose role lets them approve. With nobody there, four eyes cannot be had.
#[must_use]
pub fn needs_approval(life: &Life, around: &Around) -> bool {
    around.approvers.iter().any(|approver| Some(*approver) != life.author)
}

/// Whether the approval is for the version as it would go live now. One that went live with it keeps it.
#[must_use]
pub fn is_current(life: &Life, around: &Around) -> bool {
    let Some(approval) = &life.approval else { return false };
    if life.state.is_open() {
        return around.impact_hash.as_ref() == Some(&approval.impact_hash);
    }
    life.published_at.is_some() && life.break_glass.is_none()
}

fn may_decide(life: &Life, around: &Around) -> Result<(), Refused> {
    is_open(life)?;
    is_made_from_the_live_one(life, around)?;
    if !needs_approval(life, around) || is_current(life, around) {
        return Ok(());
    }
    let barred = |approver: &UserId| Some(*approver) == life.author || life.writers.contains(approver);
    let sentence = if life.approval.is_some() {
        "Its approval was for another impact than it has now; somebody has to look again and approve it."
    } else if around.approvers.iter().all(barred) {
        "Somebody else has to approve it, and everybody who could has written in it. Give another person the role of an \
         approver."
    } else {
        "Somebody who did not write it has to approve it first."
    };
    Err(Refused { why: Why::ApprovalNeeded, sentence: sentence.to_owned() })
}

fn is_open(life: &Life) -> Result<(), Refused> {
    match life.state {
        State::Live => Err(Refused::state("It is live already.")),
        State::Retired => Err(Refused::state("It was retired; propose it again.")),
        State::Candidate | State::Shadow | State::Canary => Ok(()),
    }
}

fn is_of_others(life: &Life, asker: &Asker) -> Result<(), Refused> {
    let Some(user) = asker.user else { return Err(Refused::not_a_person()) };
    if life.author == Some(user) {
        return Err(Refused::own("You proposed it yourself; somebody else has to approve it."));
    }
    if life.writers.contains(&user) {
        return Err(Refused::own("You wrote in its draft; somebody who did not has to approve it."));
    }
    Ok(())
}

fn is_made_from_the_live_one(life: &Life, around: &Around) -> Result<(), Refused> {
    if life.base.map(|base| base.id) == around.live.map(|live| live.id) {
        return Ok(());
    }
    let live = around.live.map_or("no version".to_owned(), |live| format!("version {}", live.number));
    let base = life.base.map_or("no version".to_owned(), |base| format!("version {}", base.number));
    let sentence = format!(
        "It was made from {base}, and {live} is live by now. Look at what changed, take it over, and propose it again."
    );
    Err(Refused { why: Why::PolicyChanged, sentence })
}

fn nothing_else_is_beside(life: &Life, around: &Around) -> Result<(), Refused> {
    match around.beside {
        Some(other) if !life.state.is_beside() => Err(Refused::state(&format!(
            "Version {} runs beside the live one. Publish it or set it aside first.",
            other.number
        ))),
        _ => Ok(()),
    }
}

impl Refused {
    fn state(sentence: &str) -> Self {
        Self { why: Why::State, sentence: sentence.to_owned() }
    }

    fn own(sentence: &str) -> Self {
        Self { why: Why::OwnWork, sentence: sentence.to_owned() }
    }

    fn role(action: Action) -> Self {
        let roles: Vec<&str> = [Role::Owner].iter().chain(action.roles()).map(|role| role.as_str()).collect();
        Self { why: Why::Role, sentence: format!("This needs one of these roles: {}.", roles.join(", ")) }
    }

    pub(super) fn not_a_person() -> Self {
        Self::own("Only a person can approve, signed in or with a token.")
    }

    pub(super) fn impact_changed() -> Self {
        let sentence = "What it would change is not what you looked at any more. Load the report again and look at it.";
        Self { why: Why::ImpactChanged, sentence: sentence.to_owned() }
    }
}
