//! Steps of flows are taken once, whoever acknowledges comes before or after one, and a run goes where its case goes.

use crate::support::{Db, at, on_both, post};
use comity_domain::{
    CaseId, UserId,
    flow::{Ended, Ending, Flow, Reach, Run, Step, Target},
};
use comity_store::{CommitResult, FlowAct, FlowEnd, FlowFilter, FlowState, Recipients};

fn flow() -> Flow {
    let notify = |team: &str| Step::Notify { target: Target::Team(team.into()) };
    Flow {
        name: "counsel".into(),
        because: "A lawyer looks first".into(),
        article: None,
        steps: vec![notify("legal"), Step::UnlessAcknowledged { minutes: 15 }, notify("board")],
        file: "escalation.rhai".into(),
        line: 1,
    }
}

fn person(number: u128) -> UserId {
    UserId(uuid::Uuid::from_u128(number))
}

fn people(target: &Target) -> Vec<UserId> {
    match target {
        Target::Team(team) if team == "legal" => vec![person(1), person(2)],
        Target::Team(_) => vec![person(3)],
        _ => Vec::new(),
    }
}

/// A flow that starts in a case at this time.
fn reach(target: &Target) -> Reach {
    Reach::People(people(target))
}

async fn started(db: &Db, case: CaseId, seconds: i64) -> Run {
    let run = Run::start(case, &flow(), "grave", at(seconds));
    assert_eq!(db.change(case, |commit| commit.flows = vec![run.clone()]).await, CommitResult::Done);
    run
}

on_both! {
    async fn a_step_is_taken_once_however_many_look(db: Db) {
        let case = db.case_of(vec![post("a", "a", 0, "You stole it")]).await;
        let run = started(&db, case, 10).await;
        assert_eq!(db.next_flow_at(db.organization).await.unwrap(), Some(at(10)));
        assert!(db.advance_flows(db.organization, at(9), 10, Recipients { reach: &reach, ways: &|_| Vec::new() }).await.unwrap().is_empty(), "none early");
        let (one, other) = tokio::join!(
            db.advance_flows(db.organization, at(10), 10, Recipients { reach: &reach, ways: &|_| Vec::new() }),
            db.advance_flows(db.organization, at(10), 10, Recipients { reach: &reach, ways: &|_| Vec::new() })
        );
        assert_eq!(one.unwrap().len() + other.unwrap().len(), 1);
        let row = db.flow_run(db.organization, run.id).await.unwrap().unwrap();
        assert_eq!((row.told.len(), row.told[0].people.len(), row.run.next_at), (1, 2, Some(at(10 + 15 * 60))));
        assert_eq!((row.case_number, row.run.place.reached), (1, 2));
        for (user, waiting) in [(1, 1), (2, 1), (3, 0)] {
            assert_eq!(db.flows_waiting_for(db.organization, person(user)).await.unwrap(), waiting);
        }
        // Nobody of another organization sees it.
        let elsewhere = comity_domain::OrganizationId::generate();
        assert_eq!(db.flow_run(elsewhere, run.id).await.unwrap(), None);
        assert_eq!(db.act_on_flow(elsewhere, run.id, FlowAct::Acknowledge, person(1), at(11), &[]).await.unwrap(), None);
    }

    async fn another_system_is_told_once_it_wants_to_be(db: Db) {
        let case = db.case_of(vec![post("a", "a", 0, "You stole it")]).await;
        let to = || Recipients { reach: &reach, ways: &|_| Vec::new() };
        started(&db, case, 10).await;
        db.advance_flows(db.organization, at(10), 10, to()).await.unwrap();
        assert_eq!(db.next_announcement_at(db.organization).await.unwrap(), None, "nobody wants to know");
        db.announce();
        let run = started(&db, case, 20).await;
        db.advance_flows(db.organization, at(20), 10, to()).await.unwrap();
        db.act_on_flow(db.organization, run.id, FlowAct::Acknowledge, person(1), at(21), &[]).await.unwrap();
        let ended = Ended { at: at(22), how: Ending::Resolved, note: None };
        let end = FlowEnd { flow: run.flow.clone(), started_at: run.started_at, ended };
        db.change(case, |commit| commit.flows_ended = vec![end]).await;
        let taken = db.take_announcements(db.organization, at(30), at(60), 10).await.unwrap();
        let kinds: Vec<&str> = taken.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds, ["escalation.told", "escalation.acknowledged", "escalation.ended"]);
        assert!(db.take_announcements(db.organization, at(59), at(99), 10).await.unwrap().is_empty(), "leased");
        db.announced(taken[0].id).await.unwrap();
        db.not_announced(db.organization, &taken[1], Some(at(70)), "busy", at(31)).await.unwrap();
        db.not_announced(db.organization, &taken[2], None, "gone", at(31)).await.unwrap();
        let again = db.take_announcements(db.organization, at(70), at(99), 10).await.unwrap();
        assert_eq!(again.iter().map(|one| (one.id, one.attempts)).collect::<Vec<_>>(), [(taken[1].id, 2)]);
    }

    async fn whoever_acknowledges_comes_before_a_step_or_after_it(db: Db) {
        let case = db.case_of(vec![post("a", "a", 0, "You stole it")]).await;
        let run = started(&db, case, 10).await;
        db.advance_flows(db.organization, at(10), 10, Recipients { reach: &reach, ways: &|_| Vec::new() }).await.unwrap();
        let due = at(10 + 15 * 60);
        let (step, act) = tokio::join!(
            db.advance_flows(db.organization, due, 10, Recipients { reach: &reach, ways: &|_| Vec::new() }),
            db.act_on_flow(db.organization, run.id, FlowAct::Acknowledge, person(1), due, &[])
        );
        let (told, acted) = (step.unwrap().iter().map(|(_, told)| told.len()).sum::<usize>(), act.unwrap());
        let row = db.flow_run(db.organization, run.id).await.unwrap().unwrap();
        assert_eq!((row.run.acknowledged.map(|one| one.by), row.run.next_at), (Some(person(1)), None));
        assert_eq!(row.told.len(), 1 + told, "a step that was taken is in the history");
        assert!(acted.is_some());
        assert!(db.advance_flows(db.organization, at(99_999), 10, Recipients { reach: &reach, ways: &|_| Vec::new() }).await.unwrap().is_empty());
        let again = db.act_on_flow(db.organization, run.id, FlowAct::Acknowledge, person(1), due, &[]).await.unwrap();
        assert_eq!(again, None, "that changed nothing");
        let act = async |act, user| db.act_on_flow(db.organization, run.id, act, person(user), due, &[]).await.unwrap();
        assert_eq!(act(FlowAct::TakeUp, 2).await, None, "what is taken up is taken over by intent only");
        assert!(act(FlowAct::Acknowledge, 2).await.is_some());
    }

    async fn what_is_over_is_listed_as_over_and_takes_no_step(db: Db) {
        let case = db.case_of(vec![post("a", "a", 0, "You stole it")]).await;
        let run = started(&db, case, 10).await;
        let ended = Ended { at: at(12), how: Ending::CaseClosed, note: None };
        let end = FlowEnd { flow: run.flow.clone(), started_at: run.started_at, ended: ended.clone() };
        assert_eq!(db.change(case, |commit| commit.flows_ended = vec![end]).await, CommitResult::Done);
        assert!(db.advance_flows(db.organization, at(99_999), 10, Recipients { reach: &reach, ways: &|_| Vec::new() }).await.unwrap().is_empty());
        let count = |state| {
            let filter = FlowFilter { state: Some(state), ..FlowFilter::default() };
            let (store, organization) = (&db, db.organization);
            async move { store.flow_runs(organization, filter, None, 10).await.unwrap().items.len() }
        };
        let counts = [count(FlowState::Waiting).await, count(FlowState::Acknowledged).await, count(FlowState::Ended).await];
        assert_eq!(counts, [0, 0, 1]);
        assert_eq!(db.flow_run(db.organization, run.id).await.unwrap().unwrap().run.ended, Some(ended));
        let late = db.act_on_flow(db.organization, run.id, FlowAct::HandOver(person(3)), person(1), at(13), &[]).await;
        assert_eq!(late.unwrap(), None);
    }

    async fn long_lists_come_in_parts(db: Db) {
        let case = db.case_of(vec![post("a", "a", 0, "You stole it")]).await;
        for seconds in [10, 20, 20, 30] {
            started(&db, case, seconds).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let filter = FlowFilter { case: Some(case), ..FlowFilter::default() };
            let page = db.flow_runs(db.organization, filter, cursor.as_deref(), 2).await.unwrap();
            seen.extend(page.items.iter().map(|row| row.run.started_at));
            cursor = page.next_cursor;
            if cursor.is_none() { break }
        }
        // The same flow at the same moment is the same run.
        assert_eq!(seen, [at(30), at(20), at(10)]);
    }
}
