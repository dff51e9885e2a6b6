//! Kept and broken promises are counted from the ledger, over the time that is looked at and no longer.

use crate::support::{at, on_both, post, reply};
use comity_domain::{OrganizationId, Party, facts::PromiseFacts};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

on_both! {
    async fn what_came_to_an_end_of_late_is_counted_by_article(db: Db) {
        let none = db.promises(db.organization, at(0)).await.unwrap();
        assert!(none.articles.is_empty());
        // Three are answered in time, one late, and one is still waiting.
        for (thread, asked, answered) in [("a", 0, 1), ("b", 0, 2), ("c", 0, 3), ("d", 0, 9)] {
            let id = format!("{thread}-answer");
            db.take(vec![post(thread, thread, asked, "Where is it?")]).await;
            db.take(vec![reply(&id, thread, "northwind", asked + answered * HOUR, "Here.")]).await;
        }
        db.take(vec![post("e", "e", 26 * HOUR, "Where is it?")]).await;
        db.decide(at(27 * HOUR)).await;
        let counted = |seconds: i64| {
            let (store, organization) = (&db, db.organization);
            async move { store.promises(organization, at(seconds)).await.unwrap().articles }
        };
        let facts = |kept, broken| PromiseFacts { kept: Some(kept), broken: Some(broken) };
        assert_eq!(counted(27 * HOUR).await["answer"], facts(3, 1));
        // As of a moment, and of the four weeks before it.
        assert_eq!(counted(HOUR).await["answer"], facts(1, 0));
        assert_eq!(counted(28 * DAY + HOUR).await["answer"], facts(2, 1));
        assert!(counted(40 * DAY).await.is_empty());
        // The same with everything beside it, and how long they waited.
        let figures = db.promise_figures(db.organization, at(0), at(27 * HOUR)).await.unwrap();
        let [answer] = figures.as_slice() else { panic!("{figures:?}") };
        let counts = [answer.kept, answer.broken, answer.late, answer.waived, answer.cancelled, answer.running];
        assert_eq!((answer.article.as_str(), answer.party, counts), ("answer", Party::Company, [3, 1, 0, 0, 0, 1]));
        let waited = |percentiles: Vec<u32>| {
            let (store, organization) = (&db, db.organization);
            async move { store.first_answer_times(organization, at(-1), at(27 * HOUR), &percentiles).await.unwrap() }
        };
        let times = waited(vec![50, 75, 76, 100]).await;
        let hours: Vec<Option<i64>> = times.percentiles.iter().map(|time| time.map(|time| time.as_hours())).collect();
        assert_eq!((times.asked, times.answered, hours), (5, 4, vec![Some(2), Some(3), Some(9), Some(9)]));
        let nobody = db.first_answer_times(db.organization, at(30 * DAY), at(40 * DAY), &[50]).await.unwrap();
        assert_eq!((nobody.asked, nobody.answered, nobody.percentiles), (0, 0, vec![None]));
        let stranger = db.promises(OrganizationId::generate(), at(27 * HOUR)).await.unwrap();
        assert!(stranger.articles.is_empty());
    }
}
