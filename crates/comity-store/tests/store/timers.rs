//! A due time becomes one breach event.

use crate::support::{at, on_both, post, reply};
use comity_domain::{case::Priority, event::EventKind, ledger::State};
use comity_store::{AuditFilter, Swept};

const DUE: i64 = 4 * 3_600;

on_both! {
    async fn a_breach_is_an_event_once(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        assert_eq!(db.next_timer_at(db.organization).await.unwrap(), None);
        db.decide(at(1)).await;
        assert_eq!(db.next_timer_at(db.organization).await.unwrap(), Some(at(DUE)));
        assert_eq!(db.fire_due(db.organization, at(DUE - 1), 10).await.unwrap(), 0);
        assert_eq!(db.fire_due(db.organization, at(DUE + 5), 10).await.unwrap(), 1);
        assert_eq!(db.fire_due(db.organization, at(DUE + 6), 10).await.unwrap(), 0);
        let waiting = db.waiting().await;
        assert_eq!((waiting[0].events.len(), waiting[0].events[0].at), (1, at(DUE)));
        assert!(matches!(&waiting[0].events[0].kind, EventKind::Breach { article, .. } if article == "answer"));

        // A change that still lists the alarm does not arm it again.
        db.change(case, |_| {}).await;
        assert_eq!(db.next_timer_at(db.organization).await.unwrap(), None);
        db.decide(at(DUE + 10)).await;
        assert_eq!(db.case_obligations(db.organization, case).await.unwrap()[0].state, State::Breached);
        assert_eq!(db.case_counts(db.organization, None).await.unwrap().overdue, 1);
        assert_eq!(db.fire_due(db.organization, at(DUE + 20), 10).await.unwrap(), 0);
        assert!(db.waiting().await.is_empty());
    }

    async fn what_presses_most_fires_first_when_much_is_due(db: Db) {
        let calm = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        let pressing = db.case_of(vec![post("b", "ben", 60, "My bag too?")]).await;
        db.decide(at(61)).await;
        let fires = async || {
            assert_eq!(db.fire_due(db.organization, at(DUE + 100), 1).await.unwrap(), 1);
            let waiting = db.waiting().await;
            waiting.iter().map(|waiting| waiting.snapshot.case.id).collect::<Vec<_>>()
        };
        // Raised after its timer was armed.
        db.change(pressing, |commit| commit.case.priority = Priority::Urgent).await;
        assert_eq!(fires().await, [pressing]);
        db.decide(at(DUE + 101)).await;
        assert_eq!(fires().await, [calm]);
        // One that is armed again by the sweep keeps its place.
        let third = db.case_of(vec![post("c", "cy", 120, "And mine?")]).await;
        let fourth = db.case_of(vec![post("d", "dan", 180, "And mine!")]).await;
        db.decide(at(DUE + 102)).await;
        db.change(fourth, |commit| {
            commit.case.priority = Priority::High;
            commit.alarms.clear();
        }).await;
        db.sweep_timers(db.organization, at(DUE + 103)).await.unwrap();
        let late = at(DUE + 400);
        assert_eq!(db.fire_due(db.organization, late, 1).await.unwrap(), 1);
        assert_eq!(db.waiting().await[0].snapshot.case.id, fourth);
        db.decide(late).await;
        assert_eq!(db.fire_due(db.organization, late, 1).await.unwrap(), 1);
        assert_eq!(db.waiting().await[0].snapshot.case.id, third);
    }

    async fn an_answer_disarms_the_timer(db: Db) {
        db.take(vec![post("a", "ada", 0, "My bag?")]).await;
        db.decide(at(1)).await;
        db.take(vec![reply("b", "a", "northwind", 60, "Here.")]).await;
        db.decide(at(61)).await;
        assert_eq!(db.next_timer_at(db.organization).await.unwrap(), None);
        assert_eq!(db.fire_due(db.organization, at(DUE + 5), 10).await.unwrap(), 0);
    }

    async fn a_timer_waits_for_what_is_undecided(db: Db) {
        db.take(vec![post("a", "ada", 0, "My bag?")]).await;
        db.decide(at(1)).await;
        db.take(vec![reply("b", "a", "northwind", 60, "Here.")]).await;
        assert_eq!(db.fire_due(db.organization, at(DUE + 5), 10).await.unwrap(), 0);
        db.decide(at(DUE + 6)).await;
        assert_eq!(db.fire_due(db.organization, at(DUE + 7), 10).await.unwrap(), 0);
    }

    async fn a_moved_alarm_fires_at_its_new_time(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        db.decide(at(1)).await;
        db.change(case, |commit| commit.alarms[0].1 = at(DUE + 100)).await;
        assert_eq!(db.next_timer_at(db.organization).await.unwrap(), Some(at(DUE + 100)));
        assert_eq!(db.fire_due(db.organization, at(DUE + 5), 10).await.unwrap(), 0);
        assert_eq!(db.fire_due(db.organization, at(DUE + 100), 10).await.unwrap(), 1);
    }

    async fn the_breach_event_of_a_decision_and_of_the_timer_are_one(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        db.decide(at(1)).await;
        let obligation = db.case_obligations(db.organization, case).await.unwrap().remove(0);
        db.fire_due(db.organization, at(DUE + 5), 10).await.unwrap();
        let breach = comity_domain::event::Event::breach(&obligation, at(DUE + 6));
        db.change(case, |commit| commit.new_events.push(breach.clone())).await;
        let waiting = db.waiting().await;
        assert_eq!(waiting[0].events.iter().map(|event| event.id).collect::<Vec<_>>(), [breach.id]);
    }

    async fn a_timer_that_is_lost_is_armed_again_and_one_too_many_goes(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        db.decide(at(1)).await;
        let sweep = async |seconds| db.sweep_timers(db.organization, at(seconds)).await.unwrap();
        assert_eq!(sweep(2).await, Swept::default());
        // The commit that forgets to list the alarm.
        db.change(case, |commit| commit.alarms.clear()).await;
        assert_eq!(db.next_timer_at(db.organization).await.unwrap(), None);
        assert_eq!(sweep(3).await, Swept { missing: 1, stray: 0 });
        assert_eq!(db.next_timer_at(db.organization).await.unwrap(), Some(at(DUE)));
        assert_eq!(sweep(4).await, Swept::default());
        // The one that lists another.
        db.change(case, |commit| commit.alarms[0].0.due_at = at(DUE + 9)).await;
        assert_eq!(sweep(5).await, Swept { missing: 1, stray: 1 });
        assert_eq!(db.next_timer_at(db.organization).await.unwrap(), Some(at(DUE)));
        let filter = AuditFilter { action: Some("timer.".into()), ..AuditFilter::default() };
        let log = db.audit_entries(db.organization, &filter, None, 10).await.unwrap();
        assert_eq!(log.items.len(), 3);
        // What has fired and waits to be decided is no difference, nor what has been decided.
        assert_eq!(db.fire_due(db.organization, at(DUE + 5), 10).await.unwrap(), 1);
        assert_eq!(sweep(DUE + 6).await, Swept::default());
        db.decide(at(DUE + 7)).await;
        assert_eq!(sweep(DUE + 8).await, Swept::default());
    }
}
