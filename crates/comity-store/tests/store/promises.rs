//! Kept and broken promises are counted from the ledger, over the time that is looked at and no longer.

use crate::support::{at, on_both, post, reply};
use comity_domain::{OrganizationId, facts::PromiseFacts};

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
        let stranger = db.promises(OrganizationId::generate(), at(27 * HOUR)).await.unwrap();
        assert!(stranger.articles.is_empty());
    }
}
