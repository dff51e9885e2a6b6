//! Decisions read by the thousand: the newest, those since, and all of them case by case.

use crate::support::{Db, at, deleted, on_both, post, reply};
use comity_domain::{CaseId, DecisionId, Timestamp};
use comity_store::Range;

/// Three cases with two decisions each, decided one case after the other.
async fn decided(db: &Db) -> Vec<CaseId> {
    let mut cases = Vec::new();
    for (number, name) in (0..).zip(["a", "b", "c"]) {
        let answer = format!("{name}2");
        let events =
            vec![post(name, name, number * 100, "My bag?"), reply(&answer, name, name, number * 100 + 50, "And?")];
        cases.push(db.case_of(events).await);
        db.decide(at(1_000 + number)).await;
    }
    cases
}

fn range(from: Option<i64>, until: Option<i64>, decided_until: i64) -> Range {
    Range { from: from.map(at), until: until.map(at), decided_until: at(decided_until) }
}

/// Every decision of a range, in parts of two.
async fn by_case(db: &Db, range: &Range) -> Vec<(CaseId, Timestamp)> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let part = db.decisions_by_case(db.organization, range, after, 2).await.unwrap();
        let Some(last) = part.last() else { return all };
        after = Some(last.key());
        all.extend(part.iter().map(|row| row.read().unwrap()).map(|record| (record.case, record.as_of)));
    }
}

on_both! {
    async fn case_by_case_in_parts_each_once(db: Db) {
        let mut cases = decided(&db).await;
        let range = range(None, None, 2_000);
        let all = by_case(&db, &range).await;
        assert_eq!(db.count_decisions(db.organization, &range).await.unwrap(), 6);
        let mut order: Vec<CaseId> = all.iter().map(|(case, _)| *case).collect();
        order.dedup();
        cases.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!((all.len(), order), (6, cases), "a case's decisions come together, and every case once");
    }

    async fn only_what_happened_and_was_decided_in_time(db: Db) {
        let cases = decided(&db).await;
        let table = [
            (range(None, None, 1_001), vec![cases[1], cases[1], cases[0], cases[0]]),
            (range(Some(50), None, 2_000), vec![cases[2], cases[2], cases[1], cases[1], cases[0]]),
            (range(None, Some(100), 2_000), vec![cases[0], cases[0]]),
            (range(Some(150), Some(201), 1_001), vec![cases[1]]),
            (range(Some(400), None, 2_000), vec![]),
        ];
        for (range, expected) in table {
            let found: Vec<CaseId> = by_case(&db, &range).await.into_iter().map(|(case, _)| case).collect();
            assert_eq!(found, expected, "{range:?}");
            let count = db.count_decisions(db.organization, &range).await.unwrap();
            assert_eq!(count, expected.len() as u64, "{range:?}");
        }
    }

    async fn the_newest_first_and_what_was_deleted_is_smaller(db: Db) {
        decided(&db).await;
        let newest = db.newest_decisions(db.organization, 4).await.unwrap();
        let ids: Vec<DecisionId> = newest.iter().map(|one| one.id).collect();
        let mut read = db.decisions_by_id(db.organization, &ids).await.unwrap();
        read.sort_by_key(|row| ids.iter().position(|id| *id == row.key().id));
        let times: Vec<Timestamp> = read.iter().map(comity_store::StoredDecision::decided_at).collect();
        assert_eq!(times, [at(1_002), at(1_002), at(1_001), at(1_001)]);
        assert!(newest.iter().all(|one| one.bytes > 100), "{newest:?}");

        db.take(vec![deleted("c", 300)]).await;
        let after = db.newest_decisions(db.organization, 4).await.unwrap();
        let smaller = after.iter().filter(|one| !newest.contains(one)).count();
        assert_eq!((after.len(), smaller), (4, 1), "the words are gone from the decision about them");
    }

    async fn since_a_moment_in_parts(db: Db) {
        decided(&db).await;
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let part = db.decisions_since(db.organization, at(1_001), before, 3).await.unwrap();
            let Some(last) = part.last() else { break };
            before = Some((last.decided_at(), last.key().id));
            all.extend(part.into_iter().map(|row| (row.decided_at(), row.key().id)));
        }
        assert_eq!(all.len(), 4);
        assert!(all.windows(2).all(|pair| pair[0] > pair[1]), "newest first, each once: {all:?}");
    }

    async fn cases_and_events_are_read_by_id(db: Db) {
        let cases = decided(&db).await;
        db.change(cases[0], |commit| {
            commit.case.status = comity_domain::case::Status::Closed;
            commit.case.closed_reason = Some("solved".to_owned());
        }).await;
        let refs = db.case_refs(db.organization, cases.clone()).await.unwrap();
        assert_eq!((refs.len(), refs[&cases[0]].number, refs[&cases[0]].closed_reason.as_deref()), (3, 1, Some("solved")));
        let outcomes = db.case_outcomes(db.organization, &cases).await.unwrap();
        let named: Vec<&str> = cases.iter().map(|case| outcomes[case].as_str()).collect();
        assert_eq!(named, ["solved", "open", "open"]);
        let (decision, event) = db.case_decisions(db.organization, cases[1]).await.unwrap().remove(0);
        let events = db.events_by_id(db.organization, &[decision.event]).await.unwrap();
        assert_eq!(events[&decision.event], event);
        assert!(!db.anything_undecided(db.organization).await.unwrap());
        db.take(vec![post("d", "d", 400, "And mine?")]).await;
        assert!(db.anything_undecided(db.organization).await.unwrap());
    }
}
