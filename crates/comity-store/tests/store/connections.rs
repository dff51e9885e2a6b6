//! Settings, state, log and what is looked at again.

use crate::support::{at, deleted, on_both, post};
use comity_domain::{ConnectionId, audit::Actor};
use comity_store::{ConnectionChange, ConnectionStatus, LogLevel, LogLine, StoreError};

on_both! {
    async fn settings_change_and_are_audited(db: Db) {
        let change = ConnectionChange {
            name: Some("Rome".into()),
            secrets: Some((vec![4, 5], vec!["password".into()])),
            account: Some(Some(serde_json::json!({ "handle": "northwind" }))),
            ..ConnectionChange::default()
        };
        let changed = db.update_connection(db.organization, db.connection, change, "update", &Actor::System, at(5)).await.unwrap();
        assert_eq!(db.connection(db.organization, db.connection).await.unwrap().unwrap(), changed);
        assert_eq!((changed.name.as_str(), changed.secrets.as_deref()), ("Rome", Some(&[4, 5][..])));
        let log = db.audit_entries(db.organization, &comity_store::AuditFilter::default(), None, 1).await.unwrap();
        assert_eq!(log.items[0].entry.action, "connection.update");
        assert_eq!(log.items[0].entry.detail["changed"], serde_json::json!(["name", "secrets", "account"]));
        let health = serde_json::json!({ "failures": 2 });
        db.set_connection_health(db.organization, db.connection, ConnectionStatus::Failing, &health, at(6)).await.unwrap();
        let found = db.connections(db.organization).await.unwrap().remove(0);
        assert_eq!((found.status, &found.health), (ConnectionStatus::Failing, &health));
        // A call that was under way when somebody paused the connection does not set it going again.
        let pause = ConnectionChange { status: Some(ConnectionStatus::Paused), ..ConnectionChange::default() };
        db.update_connection(db.organization, db.connection, pause, "pause", &Actor::System, at(7)).await.unwrap();
        db.set_connection_health(db.organization, db.connection, ConnectionStatus::Running, &health, at(8)).await.unwrap();
        assert_eq!(db.connections(db.organization).await.unwrap()[0].status, ConnectionStatus::Paused);
    }

    async fn a_deleted_connection_keeps_its_cases_and_loses_its_secrets(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "Hello")]).await;
        db.delete_connection(db.organization, db.connection, &Actor::System, at(5)).await.unwrap();
        assert!(db.connection(db.organization, db.connection).await.unwrap().is_none());
        assert_eq!(db.case_row(db.organization, case).await.unwrap().unwrap().connector, "webhook");
        let late = db.ingest(vec![db.batch(vec![post("b", "ada", 1, "Hello?")])]).await;
        assert!(matches!(late, Err(StoreError::NotFound { what: "connection" })));
    }

    async fn the_log_keeps_the_newest_lines(db: Db) {
        let line = |number: i64, level| LogLine { connection: db.connection, at: at(number), level, message: format!("line {number}") };
        let lines: Vec<LogLine> = (0..8).map(|number| line(number, if number % 2 == 0 { LogLevel::Debug } else { LogLevel::Warn })).collect();
        db.append_log(db.organization, &lines, 5).await.unwrap();
        let kept = db.connection_log(db.organization, db.connection, LogLevel::Debug, 100).await.unwrap();
        assert_eq!(kept.iter().map(|line| line.message.as_str()).collect::<Vec<_>>(), ["line 7", "line 6", "line 5", "line 4", "line 3"]);
        let warnings = db.connection_log(db.organization, db.connection, LogLevel::Warn, 2).await.unwrap();
        assert_eq!(warnings.iter().map(|line| line.message.as_str()).collect::<Vec<_>>(), ["line 7", "line 5"]);
        let lost = LogLine { connection: ConnectionId::generate(), ..line(9, LogLevel::Error) };
        db.append_log(db.organization, &[lost], 5).await.unwrap();
    }

    async fn state_is_a_map(db: Db) {
        let set = |name: &str, value: u8| (name.to_owned(), Some(vec![value]));
        let changes = [set("a", 1), set("b", 2), set("a", 3)];
        db.set_connection_state(db.organization, db.connection, &changes).await.unwrap();
        db.set_connection_state(db.organization, db.connection, &[("b".to_owned(), None)]).await.unwrap();
        let state = db.connection_state(db.organization, db.connection).await.unwrap();
        assert_eq!(state.into_iter().collect::<Vec<_>>(), [("a".to_owned(), vec![3])]);
    }

    async fn posts_that_may_have_been_deleted_are_looked_at_again(db: Db) {
        db.take(vec![
            post("old", "ada", 0, "Old"), post("a", "ada", 50, "One"), post("b", "bob", 60, "Two"),
            post("c", "bob", 70, "Three"), post("n", "northwind", 80, "Ours"), deleted("c", 90),
        ]).await;
        let ids = async |before, limit| {
            let posts = db.posts_to_recheck(db.organization, db.connection, (at(10), at(before)), limit).await.unwrap();
            posts.into_iter().map(|post| post.external_id).collect::<Vec<_>>()
        };
        assert_eq!(ids(1_000, 10).await, ["b", "a"]);
        assert_eq!((ids(1_000, 1).await, ids(60, 1).await), (vec!["b".to_owned()], vec!["a".to_owned()]));
    }
}
