//! Posts find their cases; repeats are dropped; deleted words are gone.

use crate::support::{at, deleted, edited, on_both, post, reply};
use comity_domain::{Party, case::Status, inbound::InboundEvent};
use comity_store::{CaseFilter, CaseSort, StoreError};

on_both! {
    async fn a_repeat_stores_nothing(db: Db) {
        let events = vec![post("a", "ada", 0, "My bag is gone"), post("a", "ada", 0, "My bag is gone")];
        let first = db.take(events.clone()).await;
        assert_eq!((first.stored, first.duplicates, first.new_cases), (1, 1, 1));
        let again = db.take(events).await;
        assert_eq!((again.stored, again.duplicates, again.new_cases), (0, 2, 0));
        assert_eq!(again.cases, first.cases, "a repeat names the case it belongs to");
        assert_eq!(db.case_counts(db.organization, None).await.unwrap().open, 1);
    }

    async fn many_batches_are_one_commit_with_an_outcome_each(db: Db) {
        let outcomes = db.ingest(vec![
            db.batch(vec![post("a", "ada", 0, "One")]),
            db.batch(vec![post("b", "bob", 1, "Two"), reply("c", "a", "northwind", 2, "Answer")]),
        ]).await.unwrap();
        assert_eq!((outcomes[0].stored, outcomes[0].cases.len()), (1, 1));
        assert_eq!((outcomes[1].stored, outcomes[1].cases.len(), outcomes[1].new_cases), (2, 2, 2));
    }

    async fn a_batch_for_an_unknown_connection_stores_nothing(db: Db) {
        let mut stranger = db.batch(vec![post("b", "bob", 0, "Hello")]);
        stranger.connection = comity_domain::ConnectionId::generate();
        let refused = db.ingest(vec![db.batch(vec![post("a", "ada", 0, "Hello")]), stranger]).await;
        assert!(matches!(refused, Err(StoreError::NotFound { what: "connection" })));
        assert!(db.waiting().await.is_empty());
    }

    async fn a_thread_is_one_case_with_parents(db: Db) {
        let case = db.case_of(vec![
            post("a", "ada", 0, "Where is my bag?"),
            reply("b", "a", "northwind", 60, "Which flight?"),
            reply("c", "b", "ada", 120, "NW 12"),
        ]).await;
        let posts = db.case_posts(db.organization, case).await.unwrap();
        assert_eq!(posts.iter().map(|post| post.external_id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(posts[0].parent, None);
        assert_eq!(posts[1].parent, Some(posts[0].id));
        assert_eq!(posts[2].parent, Some(posts[1].id));
        let row = db.case_row(db.organization, case).await.unwrap().unwrap();
        assert_eq!((row.case.subject.as_str(), row.excerpt.as_str(), row.posts), ("Where is my bag?", "NW 12", 3));
        assert_eq!((row.case.number, row.connector.as_str()), (1, "webhook"));
        assert_eq!(row.contact.unwrap().handle, "@ada");
        assert_eq!(row.case.company.as_deref(), Some("Northwind Air"));
    }

    async fn a_missing_parent_is_linked_when_it_comes(db: Db) {
        let case = db.case_of(vec![reply("b", "a", "ada", 60, "And?")]).await;
        assert_eq!(db.case_posts(db.organization, case).await.unwrap()[0].parent, None);
        assert_eq!(db.case_of(vec![post("a", "ada", 0, "My bag is gone")]).await, case);
        let posts = db.case_posts(db.organization, case).await.unwrap();
        assert_eq!((posts[0].external_id.as_str(), posts[1].parent), ("a", Some(posts[0].id)));
        assert_eq!(db.case_row(db.organization, case).await.unwrap().unwrap().case.subject, "My bag is gone");
    }

    async fn times_to_come_are_clamped(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 900_000, "From the future")]).await;
        assert_eq!(db.case_posts(db.organization, case).await.unwrap()[0].at, at(100_000));
    }

    async fn two_cases_that_turn_out_to_be_one_are_merged(db: Db) {
        let first = db.case_of(vec![post("a", "ada", 0, "My bag is gone")]).await;
        let second = db.case_of(vec![reply("c", "b", "ada", 120, "Anyone?")]).await;
        assert_ne!(first, second);
        db.decide(at(200)).await;
        db.change(second, |commit| {
            commit.case.labels.extend(["bag".to_owned()]);
            commit.case.skills.extend(["law".to_owned()]);
            commit.case.briefs.extend(["strike".to_owned()]);
        }).await;
        assert_eq!(db.case_counts(db.organization, None).await.unwrap().ours, 2);
        let joined = db.take(vec![reply("b", "a", "northwind", 60, "Which flight?")]).await;
        assert_eq!((joined.cases, joined.new_cases), (vec![first], 0));

        let posts = db.case_posts(db.organization, first).await.unwrap();
        assert_eq!(posts.iter().map(|post| post.external_id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(db.case_row(db.organization, second).await.unwrap().unwrap().case.id, first);
        assert_eq!(db.case_decisions(db.organization, first).await.unwrap().len(), 2);
        let one = db.snapshot_of(first).await.case;
        assert_eq!((one.skills, one.briefs), (["law".to_owned()].into(), ["strike".to_owned()].into()));
        let merged = CaseFilter { status: Some(Status::Merged), ..CaseFilter::default() };
        let merged = db.list_cases(db.organization, &merged, CaseSort::Due, None, 10).await.unwrap();
        assert_eq!(merged.items.iter().map(|row| row.case.id).collect::<Vec<_>>(), [second]);
        let labelled = CaseFilter { label: Some("bag".to_owned()), ..CaseFilter::default() };
        let labelled = db.list_cases(db.organization, &labelled, CaseSort::Due, None, 10).await.unwrap();
        assert_eq!(labelled.items.iter().map(|row| row.case.id).collect::<Vec<_>>(), [first]);

        db.decide(at(300)).await;
        let ledger = db.case_obligations(db.organization, first).await.unwrap();
        assert_eq!(ledger.len(), 2, "one met by the answer, one begun by the last post: {ledger:?}");
        assert!(db.case_obligations(db.organization, second).await.unwrap().is_empty());
        let counts = db.case_counts(db.organization, None).await.unwrap();
        assert_eq!((counts.open, counts.ours), (1, 1));
        // The thread stays one for what comes later.
        assert_eq!(db.case_of(vec![reply("d", "c", "ada", 180, "Hello?")]).await, first);
    }

    async fn edits_keep_earlier_texts(db: Db) {
        let case = db.case_of(vec![
            post("a", "ada", 0, "Bag gone"),
            edited("a", "2", "ada", 20, "Bag found"),
            edited("a", "1", "ada", 10, "Bag still gone"),
        ]).await;
        let posts = db.case_posts(db.organization, case).await.unwrap();
        assert_eq!((posts[0].text.as_str(), posts[0].edits), ("Bag found", 2));
        let texts = db.case_revisions(db.organization, case).await.unwrap();
        let texts: Vec<&str> = texts.iter().map(|revision| revision.text.as_str()).collect();
        assert_eq!(texts, ["Bag gone", "Bag still gone", "Bag found"]);
        assert_eq!(db.take(vec![edited("a", "2", "ada", 20, "Bag found")]).await.duplicates, 1);
    }

    async fn what_comes_before_its_post_waits_for_it(db: Db) {
        let early = db.take(vec![deleted("a", 30), edited("a", "1", "ada", 20, "Secret two")]).await;
        assert_eq!((early.stored, early.cases.len()), (2, 0));
        assert_eq!(db.take(vec![deleted("a", 30)]).await.duplicates, 1);
        let case = db.case_of(vec![post("a", "ada", 0, "Secret")]).await;
        let posts = db.case_posts(db.organization, case).await.unwrap();
        assert_eq!((posts[0].text.as_str(), posts[0].deleted_at, posts[0].edits), ("", Some(at(30)), 1));
        assert_eq!(db.take(vec![deleted("a", 30)]).await.duplicates, 1);
        assert_eq!(db.waiting().await[0].events.len(), 3);
    }

    async fn the_words_of_a_deleted_post_are_nowhere(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "Secret one"), edited("a", "1", "ada", 5, "Secret two")]).await;
        db.decide(at(10)).await;
        assert!(db.case_decisions(db.organization, case).await.unwrap().iter().any(|(d, _)| d.facts.event.text.contains("Secret")));
        db.take(vec![deleted("a", 20)]).await;
        let row = db.case_row(db.organization, case).await.unwrap().unwrap();
        let everything = format!(
            "{row:?} {:?} {:?} {:?}",
            db.case_posts(db.organization, case).await.unwrap(),
            db.case_revisions(db.organization, case).await.unwrap(),
            db.case_decisions(db.organization, case).await.unwrap(),
        );
        assert!(!everything.contains("Secret"), "{everything}");
    }

    async fn an_erased_account_leaves_tombstones(db: Db) {
        let case = db.case_of(vec![
            post("a", "ada", 0, "Private one"),
            reply("b", "a", "northwind", 5, "Sorry!"),
        ]).await;
        let erased = InboundEvent::AccountErased { author_external_id: "ada".into(), at: at(50) };
        let outcome = db.take(vec![erased.clone()]).await;
        assert_eq!((outcome.stored, outcome.cases), (1, vec![case]));
        assert_eq!(db.take(vec![erased]).await.duplicates, 1);
        // One that was on its way when the account was erased.
        db.take(vec![reply("c", "b", "ada", 10, "Private two")]).await;
        let posts = db.case_posts(db.organization, case).await.unwrap();
        assert_eq!(posts.iter().map(|post| post.text.as_str()).collect::<Vec<_>>(), ["", "Sorry!", ""]);
        let row = db.case_row(db.organization, case).await.unwrap().unwrap();
        assert_eq!((row.contact.unwrap().handle.as_str(), row.case.subject.as_str()), ("", "Sorry!"));
    }

    async fn a_reaction_is_an_event_once(db: Db) {
        let reaction = InboundEvent::Reaction {
            external_id: "a".into(),
            author: comity_domain::inbound::InboundAuthor { external_id: "bob".into(), ..Default::default() },
            reaction: "like".into(),
            at: at(7),
        };
        db.take(vec![reaction.clone()]).await;
        db.take(vec![post("a", "ada", 0, "Thanks!")]).await;
        assert_eq!(db.take(vec![reaction]).await.duplicates, 1);
        let kinds: Vec<&str> = db.waiting().await[0].events.iter().map(|event| event.kind.name()).collect();
        assert_eq!(kinds, ["post", "reaction"]);
    }

    async fn cursor_state_and_secrets_are_kept_with_the_events(db: Db) {
        let mut batch = db.batch(vec![post("a", "ada", 0, "Hello\0there")]);
        batch.cursor = Some(Some("page 2".into()));
        batch.state = vec![("seen".into(), Some(vec![7])), ("old".into(), None)];
        batch.secrets = Some(vec![9, 9]);
        batch.account = Some(serde_json::json!({ "handle": "northwind" }));
        db.ingest(vec![batch]).await.unwrap();
        let connection = db.connection(db.organization, db.connection).await.unwrap().unwrap();
        assert_eq!((connection.cursor.as_deref(), connection.secrets.as_deref()), (Some("page 2"), Some(&[9, 9][..])));
        assert_eq!(db.connection_state(db.organization, db.connection).await.unwrap()["seen"], [7]);
        assert_eq!(connection.account.unwrap()["handle"], "northwind");
    }

    async fn a_repeat_that_joins_two_cases_keeps_what_is_owed_in_both(db: Db) {
        let one = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        let other = db.case_of(vec![post("b", "ada", 10, "It is red.")]).await;
        assert_ne!(one, other);
        db.decide(at(20)).await;
        let owed = db.snapshot_of(one).await.obligations;
        assert_eq!((owed.len(), db.snapshot_of(other).await.obligations.len()), (1, 1));
        // The same post again, which now says what it answers.
        let again = db.take(vec![reply("b", "a", "ada", 10, "It is red.")]).await;
        assert_eq!((again.stored, again.cases), (0, vec![one]));
        assert_eq!(db.waiting().await[0].events[0].kind.name(), "joined");
        db.decide(at(30)).await;
        let promise = |all: &[comity_domain::ledger::Obligation]| all.iter().map(|o| (o.id, o.due_at)).collect::<Vec<_>>();
        assert_eq!(promise(&db.snapshot_of(one).await.obligations), promise(&owed), "one promise, as it was made");
    }

    async fn first_answers_are_counted_from_the_posts(db: Db) {
        db.take(vec![
            post("a", "ada", 0, "Hello?"),
            reply("b", "a", "northwind", 3_600, "Hello!"),
            post("n", "northwind", 5, "We fly to Rome"),
            post("q", "bob", 9, "Anyone?"),
        ]).await;
        let count = async |seconds| {
            let within = jiff::SignedDuration::from_secs(seconds);
            let found = db.first_answers(db.organization, within).await.unwrap().remove(0);
            (found.cases, found.answered, found.answered_within)
        };
        assert_eq!((count(3_600).await, count(3_599).await), ((2, 1, 1), (2, 1, 0)));
        assert_eq!(db.waiting().await.iter().filter(|waiting| waiting.snapshot.contact.is_none()).count(), 1);
        assert!(db.waiting().await.iter().flat_map(|waiting| &waiting.posts).any(|post| post.party == Party::Company));
    }
}
