//! Every step from every state, by everybody it is and is not for.

use super::*;
use crate::{CaseId, Role};
use uuid::Uuid;

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

fn named(number: i64) -> Named {
    Named { id: PolicyVersionId(Uuid::from_u128(number as u128)), number }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

const AUTHOR: u128 = 1;
const WRITER: u128 = 2;
const OTHER: u128 = 3;

fn life(state: State) -> Life {
    let proposed = Life::proposed(Some(user(AUTHOR)), [user(WRITER)].into(), Some(named(1)), at(0));
    let published_at = (state == State::Live).then(|| at(1));
    let canary_percent = (state == State::Canary).then_some(10);
    Life { state, published_at, canary_percent, ..proposed }
}

fn asker(number: u128, role: Role) -> Asker {
    Asker { user: Some(user(number)), roles: [role].into() }
}

fn around() -> Around {
    let approvers = [AUTHOR, OTHER].map(user).into();
    Around { approvers, live: Some(named(1)), beside: None, impact_hash: Some("impact".into()) }
}

fn approved(mut life: Life, impact_hash: &str) -> Life {
    let approval = Approval { by: user(OTHER), at: at(2), note: String::new(), impact_hash: impact_hash.into() };
    life.approval = Some(approval);
    life
}

fn why(action: Action, life: &Life, asker: &Asker) -> Option<Why> {
    may(action, life, asker, &around()).err().map(|refused| refused.why)
}

#[test]
fn each_action_has_its_roles() {
    let broken = BreakGlass { reason: String::new(), by: None, at: at(1), reviewed: None };
    for action in Action::ALL {
        let mut life = approved(life(State::Candidate), "impact");
        if action == Action::Restore {
            life = Life { state: State::Retired, published_at: Some(at(1)), ..life };
        }
        life.break_glass = (action == Action::Review).then(|| broken.clone());
        for role in Role::ALL {
            let expected = (role != Role::Owner && !action.roles().contains(&role)).then_some(Why::Role);
            assert_eq!(why(action, &life, &asker(OTHER, role)), expected, "{action:?} by {role}");
        }
    }
}

#[test]
fn each_action_has_its_states() {
    use State::{Canary, Candidate, Live, Retired, Shadow};
    let open: &[State] = &[Candidate, Shadow, Canary];
    let table: [(Action, &[State]); 7] = [
        (Action::Approve, open),
        (Action::Publish, open),
        (Action::BreakGlass, open),
        (Action::Shadow, &[Candidate, Canary]),
        (Action::Canary, open),
        (Action::SetAside, open),
        (Action::Restore, &[]),
    ];
    for (action, states) in table {
        for state in State::ALL {
            let expected = (!states.contains(&state)).then_some(Why::State);
            let life = approved(life(state), "impact");
            assert_eq!(why(action, &life, &asker(OTHER, Role::Owner)), expected, "{action:?} of {state:?}");
        }
    }
    let was_live = Life { state: Retired, ..life(Live) };
    assert_eq!(why(Action::Restore, &was_live, &asker(AUTHOR, Role::Owner)), None);
}

#[test]
fn nobody_approves_what_they_wrote() {
    let candidate = life(State::Candidate);
    let table = [(AUTHOR, Some(Why::OwnWork)), (WRITER, Some(Why::OwnWork)), (OTHER, None)];
    for (number, expected) in table {
        assert_eq!(why(Action::Approve, &candidate, &asker(number, Role::Owner)), expected, "{number}");
    }
    assert_eq!(why(Action::Approve, &candidate, &Asker::installation()), Some(Why::OwnWork));
}

#[test]
fn what_decides_needs_a_current_approval_while_anybody_could_give_one() {
    let author = asker(AUTHOR, Role::Owner);
    for action in [Action::Publish, Action::Canary] {
        assert_eq!(why(action, &life(State::Candidate), &author), Some(Why::ApprovalNeeded));
        let stale = approved(life(State::Candidate), "earlier impact");
        assert_eq!(why(action, &stale, &author), Some(Why::ApprovalNeeded));
        assert_eq!(why(action, &approved(life(State::Candidate), "impact"), &author), None);
        let alone = Around { approvers: [user(AUTHOR)].into(), ..around() };
        assert_eq!(may(action, &life(State::Candidate), &author, &alone), Ok(()));
    }
    // Writing along does not do away with the second pair of eyes.
    let both = Around { approvers: [AUTHOR, WRITER].map(user).into(), ..around() };
    let refused = may(Action::Publish, &life(State::Candidate), &author, &both).unwrap_err();
    assert!(refused.sentence.contains("everybody who could has written in it"), "{}", refused.sentence);
}

#[test]
fn another_live_version_stands_in_the_way_of_all_but_an_emergency() {
    let moved_on = Around { live: Some(named(7)), ..around() };
    let candidate = approved(life(State::Candidate), "impact");
    let other = asker(OTHER, Role::Owner);
    for action in [Action::Approve, Action::Publish, Action::Canary] {
        let refused = may(action, &candidate, &other, &moved_on).unwrap_err();
        assert_eq!(refused.why, Why::PolicyChanged);
        assert!(refused.sentence.contains("made from version 1, and version 7 is live"), "{}", refused.sentence);
    }
    for action in [Action::BreakGlass, Action::Shadow, Action::SetAside] {
        assert_eq!(may(action, &candidate, &other, &moved_on), Ok(()));
    }
}

#[test]
fn one_version_at_most_runs_beside_the_live_one() {
    let taken = Around { beside: Some(named(4)), ..around() };
    let other = asker(OTHER, Role::Owner);
    for action in [Action::Shadow, Action::Canary] {
        let candidate = approved(life(State::Candidate), "impact");
        assert_eq!(may(action, &candidate, &other, &taken).unwrap_err().why, Why::State);
        let itself = approved(life(if action == Action::Shadow { State::Canary } else { State::Shadow }), "impact");
        assert_eq!(may(action, &itself, &other, &taken), Ok(()));
    }
}

#[test]
fn an_approval_is_for_the_report_that_is_there_now() {
    let other = asker(OTHER, Role::Approver);
    let approve = |hash: &str| Step::Approve { impact_hash: hash.into(), note: "Looks right".into() };
    let refused = life(State::Shadow).after(&approve("earlier"), &other, &around(), at(5)).unwrap_err();
    assert_eq!(refused.why, Why::ImpactChanged);
    let approved = life(State::Shadow).after(&approve("impact"), &other, &around(), at(5)).unwrap();
    assert_eq!((approved.state, approved.approval.as_ref().unwrap().by), (State::Shadow, user(OTHER)));
    assert!(is_current(&approved, &around()));
    assert!(!is_current(&approved, &Around { impact_hash: Some("later".into()), ..around() }));
    // Once it is live, nothing takes back that it was looked at; being set aside does.
    let live = approved.clone().after(&Step::Publish, &asker(AUTHOR, Role::PolicyOwner), &around(), at(6)).unwrap();
    assert!(is_current(&live, &Around { impact_hash: None, ..around() }));
    let set_aside = approved.after(&Step::SetAside { reason: "No".into() }, &other, &around(), at(6)).unwrap();
    assert!(!is_current(&set_aside, &around()));
}

#[test]
fn steps_leave_what_belongs_to_their_state() {
    let owner = asker(AUTHOR, Role::PolicyOwner);
    let go = |life: Life, step: &Step| life.after(step, &owner, &around(), at(9)).unwrap();
    let canary = go(approved(life(State::Shadow), "impact"), &Step::Canary { percent: 10 });
    assert_eq!((canary.state, canary.canary_percent), (State::Canary, Some(10)));
    let stopped = canary.clone().stopped("It failed.", at(10));
    assert_eq!((stopped.state, stopped.canary_percent), (State::Shadow, None));
    assert_eq!(stopped.canary_stopped.as_ref().unwrap().reason, "It failed.");
    let again = go(stopped, &Step::Canary { percent: 5 });
    assert_eq!((again.canary_percent, again.canary_stopped), (Some(5), None));
    let live = go(canary, &Step::Publish);
    assert_eq!((live.state, live.canary_percent, live.published_at), (State::Live, None, Some(at(9))));
    let retired = Life { state: State::Retired, ..live };
    let back = retired.after(&Step::Restore { reason: "Better".into() }, &owner, &around(), at(20)).unwrap();
    assert_eq!((back.state, back.published_at), (State::Live, Some(at(9))), "first live counts");
}

#[test]
fn an_emergency_asks_for_somebody_elses_review() {
    let breaker = asker(OTHER, Role::Owner);
    let step = Step::BreakGlass { reason: "It tells people wrong numbers".into() };
    let broken = life(State::Candidate).after(&step, &breaker, &around(), at(3)).unwrap();
    assert_eq!((broken.state, is_current(&broken, &around())), (State::Live, false));
    let review = Step::Review { note: "It was right".into() };
    let own = broken.clone().after(&review, &breaker, &around(), at(4)).unwrap_err();
    assert_eq!(own.why, Why::OwnWork);
    let author = asker(AUTHOR, Role::Approver);
    let reviewed = broken.after(&review, &author, &around(), at(4)).unwrap();
    assert_eq!(reviewed.break_glass.as_ref().unwrap().reviewed.as_ref().unwrap().note, "It was right");
    assert_eq!(why(Action::Review, &reviewed, &author), Some(Why::State));
    assert_eq!(why(Action::Review, &life(State::Live), &author), Some(Why::State));
}

#[test]
fn a_canary_chooses_about_its_share_and_keeps_to_it() {
    let cases: Vec<CaseId> = (0..10_000_u32).map(|number| CaseId::derived(&[&number.to_le_bytes()])).collect();
    let chosen = |version: i64, percent: u8| -> Vec<CaseId> {
        cases.iter().copied().filter(|case| is_chosen(named(version).id, *case, percent)).collect()
    };
    let ten = chosen(2, 10);
    assert!((850..1_150).contains(&ten.len()), "{}", ten.len());
    assert!(ten.iter().all(|case| is_chosen(named(2).id, *case, 25)), "a larger share keeps those of a smaller");
    assert_ne!(ten, chosen(3, 10), "another version chooses others");
    assert!(chosen(2, 0).is_empty());
}

#[test]
fn a_canary_stops_for_a_share_of_failures_and_for_any_quota() {
    let trial = |decided, failed| Trial { decided, failed, over: None };
    assert_eq!(trial(2, 2).verdict(), None, "a few could be chance");
    assert_eq!(trial(60, 3).verdict(), None, "five in a hundred are borne");
    let mut stops = trial(20, 1);
    stops.add(&trial(30, 2));
    assert_eq!(stops.verdict().unwrap(), "3 of its 50 decisions failed, more than 5 in a hundred.");
    let over = Trial { over: Some("at most 1 effect “ask” an hour".into()), ..trial(1, 0) };
    assert_eq!(over.verdict().unwrap(), "It passed a quota: at most 1 effect “ask” an hour.");
}

#[test]
fn what_nobody_reviewed_does_not_come_back() {
    let mut life = Life { state: State::Retired, published_at: Some(at(1)), ..life(State::Retired) };
    let broken = BreakGlass { reason: String::new(), by: Some(user(AUTHOR)), at: at(1), reviewed: None };
    life.break_glass = Some(broken.clone());
    let author = asker(AUTHOR, Role::PolicyOwner);
    assert_eq!(why(Action::Restore, &life, &author), Some(Why::ApprovalNeeded));
    let alone = Around { approvers: [user(AUTHOR)].into(), ..around() };
    assert!(may(Action::Restore, &life, &author, &alone).is_ok(), "nobody is there who could review it");
    let review = Review { by: Some(user(OTHER)), at: at(3), note: "Right".into() };
    life.break_glass = Some(BreakGlass { reviewed: Some(review), ..broken });
    assert_eq!(why(Action::Restore, &life, &author), None);
}
