use super::*;
use uuid::Uuid;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + minute * 60).unwrap()
}

fn team(name: &str) -> Step {
    Step::Notify { target: Target::Team(name.into()) }
}

fn wait(minutes: u32) -> Step {
    Step::UnlessAcknowledged { minutes }
}

fn run(steps: Vec<Step>) -> Run {
    let flow = Flow {
        name: "counsel".into(),
        because: "A lawyer looks first".into(),
        article: None,
        steps,
        file: String::new(),
        line: 1,
    };
    Run::start(CaseId(Uuid::nil()), &flow, "legal", at(0))
}

/// There is one person in every team and every role but the team `empty`; owners are person 9.
fn people(target: &Target) -> Reach {
    let person = |number| Reach::People(vec![UserId(Uuid::from_u128(number))]);
    match target {
        Target::Team(name) if name == "empty" => Reach::People(Vec::new()),
        Target::Channel(name) if name == "unbound" => Reach::Missed(Missed::Unbound),
        Target::Channel(_) => Reach::Channel,
        Target::Team(_) => person(1),
        Target::Role(_) | Target::OnCall(_) => person(2),
        Target::Owners => person(9),
        Target::Person(user) => Reach::People(vec![*user]),
    }
}

/// Minute by minute until then: when whom was told.
fn told(run: &mut Run, until: i64) -> Vec<(i64, String)> {
    let whom = |told: &Told| match &told.target {
        Target::Team(name) | Target::Role(name) | Target::OnCall(name) | Target::Channel(name) => name.clone(),
        Target::Owners => "owners".into(),
        Target::Person(user) => user.to_string(),
    };
    let minutes = (0..=until).flat_map(|minute| {
        let told = run.advance(at(minute), &people);
        told.iter().map(|told| (minute, whom(told))).collect::<Vec<_>>()
    });
    minutes.collect()
}

fn list(expected: &[(i64, &str)]) -> Vec<(i64, String)> {
    expected.iter().map(|&(minute, whom)| (minute, whom.to_owned())).collect()
}

#[test]
fn steps_are_taken_when_they_are_due_and_again_as_often_as_it_says() {
    let steps = || {
        vec![
            team("legal"),
            wait(15),
            Step::Notify { target: Target::Role("counsel".into()) },
            wait(30),
            Step::Repeat { times: 2 },
        ]
    };
    let expected =
        list(&[(0, "legal"), (15, "counsel"), (45, "legal"), (60, "counsel"), (90, "legal"), (105, "counsel")]);
    let mut whole = run(steps());
    assert_eq!(told(&mut whole, 1_000), expected);
    assert_eq!((whole.next_at, whole.waits()), (None, true), "everybody was told, and it can still be acknowledged");
    assert_eq!((whole.place.told, whole.place.reached), (6, 6));
}

#[test]
fn who_is_next_is_known_before() {
    let mut run = run(vec![team("legal"), wait(15), team("board"), team("press"), wait(15), Step::Repeat { times: 1 }]);
    let coming = |run: &Run| run.coming().into_iter().cloned().collect::<Vec<_>>();
    let teams = |names: &[&str]| names.iter().map(|name| Target::Team((*name).into())).collect::<Vec<_>>();
    for (minute, next) in [(0, &["board", "press"][..]), (15, &["legal"]), (30, &["board", "press"]), (45, &[])] {
        run.advance(at(minute), &people);
        assert_eq!(coming(&run), teams(next), "after minute {minute}");
    }
}

#[test]
fn whoever_acknowledges_ends_the_telling() {
    let mut run = run(vec![team("legal"), wait(15), team("board")]);
    assert_eq!(told(&mut run, 14), list(&[(0, "legal")]));
    run.acknowledged = Some(Acknowledged { at: at(14), by: UserId(Uuid::from_u128(1)) });
    // Also when the next step was about to be taken.
    assert_eq!(told(&mut run, 100), []);
}

#[test]
fn what_is_over_tells_nobody() {
    let mut run = run(vec![team("legal"), wait(15), team("board")]);
    told(&mut run, 1);
    run.ended = Some(Ended { at: at(2), how: Ending::CaseClosed, note: None });
    assert_eq!(told(&mut run, 100), []);
}

#[test]
fn a_step_that_reaches_nobody_is_not_waited_for() {
    let mut some = run(vec![team("empty"), wait(60), team("legal"), wait(15), team("empty"), wait(15), team("board")]);
    assert_eq!(told(&mut some, 100), list(&[(0, "empty"), (0, "legal"), (15, "empty"), (15, "board")]));
}

#[test]
fn where_nobody_can_be_told_the_owners_are() {
    let mut none = run(vec![team("empty"), wait(60), Step::Repeat { times: 20 }]);
    assert_eq!(told(&mut none, 100), list(&[(0, "empty"), (0, "owners")]));
    assert_eq!(none.next_at, None);
}

#[test]
fn after_an_outage_one_step_is_taken_and_then_waited_for() {
    let mut late = run(vec![team("legal"), wait(15), team("board"), wait(15), team("press")]);
    assert_eq!(told(&mut late, 0), list(&[(0, "legal")]));
    let found = late.advance(at(500), &people);
    assert_eq!((found.len(), found[0].due_at, found[0].at), (1, at(15), at(500)), "how late it was is known");
    assert_eq!(late.next_at, Some(at(515)));
}

#[test]
fn a_clock_that_steps_back_tells_nothing_twice() {
    let mut run = run(vec![team("legal"), wait(15), team("board")]);
    assert_eq!(run.advance(at(0), &people).len(), 1);
    assert_eq!(run.advance(at(-60), &people), []);
    assert_eq!(run.advance(at(0), &people), []);
    assert_eq!(run.advance(at(15), &people).len(), 1);
    assert_eq!(run.advance(at(15), &people), []);
}

#[test]
fn it_is_over_when_all_that_it_serves_is_settled() {
    use crate::{ObligationId, Party, ledger::State};
    let obligation = |number: u128, settled: Option<i64>| Obligation {
        id: ObligationId(Uuid::from_u128(number)),
        case: CaseId(Uuid::nil()),
        article: "answer".into(),
        party: Party::Company,
        state: if settled.is_some() { State::Met } else { State::Breached },
        started_at: at(0),
        started_by: None,
        promised_at: at(10),
        due_at: at(10),
        pauses: Vec::new(),
        settled_at: settled.map(at),
        settled_by: None,
    };
    let settled = |since, ledger: &[Obligation]| settled_at("answer", at(since), ledger);
    assert_eq!(settled(10, &[obligation(1, Some(20))]), Some(at(20)));
    assert_eq!(settled(10, &[obligation(1, Some(20)), obligation(2, None)]), None, "one is still owed");
    assert_eq!(settled(30, &[obligation(1, Some(20))]), None, "that was settled before the flow began");
    assert_eq!(settled(10, &[]), None);
    assert_eq!(settled_at("other", at(0), &[obligation(1, Some(20))]), None);
}

fn channel(name: &str) -> Step {
    Step::Notify { target: Target::Channel(name.into()) }
}

#[test]
fn a_channel_that_is_told_is_waited_for_and_one_that_is_not_bound_is_not() {
    let mut bound = run(vec![channel("duty-room"), wait(15), team("legal")]);
    assert_eq!(told(&mut bound, 20), list(&[(0, "duty-room"), (15, "legal")]));
    let mut unbound = run(vec![channel("unbound"), wait(15), team("legal")]);
    let first = unbound.advance(at(0), &people);
    assert_eq!(first.iter().map(|told| told.missed).collect::<Vec<_>>(), [Some(Missed::Unbound), None]);
    let mut nobody = run(vec![channel("unbound"), wait(15)]);
    assert_eq!(told(&mut nobody, 20), list(&[(0, "unbound"), (0, "owners")]));
}

#[test]
fn a_message_that_is_given_up_reached_nobody() {
    let mut waits = run(vec![channel("duty-room"), wait(60), team("legal")]);
    assert_eq!(told(&mut waits, 1), list(&[(0, "duty-room")]));
    waits.unheard(at(2));
    assert_eq!(told(&mut waits, 2), list(&[(2, "legal")]), "it is not waited for any longer");
    let mut last = run(vec![channel("duty-room")]);
    assert_eq!(told(&mut last, 1), list(&[(0, "duty-room")]));
    last.unheard(at(2));
    assert_eq!(told(&mut last, 2), list(&[(2, "owners")]));
    let mut others = run(vec![channel("duty-room"), team("legal"), wait(60), team("care")]);
    assert_eq!(told(&mut others, 1), list(&[(0, "duty-room"), (0, "legal")]));
    others.unheard(at(2));
    assert_eq!(told(&mut others, 59), list(&[]), "somebody else was told and has their time");
}
