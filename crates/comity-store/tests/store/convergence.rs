//! A thread ends in the same state in whatever order, however often and in whatever portions its events come.

use crate::support::{Db, at, deleted, edited, on_both, post, reply};
use comity_domain::{CaseId, inbound::InboundEvent};
use proptest::{prelude::*, test_runner::TestRunner};
use std::collections::BTreeMap;

fn thread() -> Vec<InboundEvent> {
    vec![
        post("a", "ada", 0, "My bag is gone"),
        reply("b", "a", "northwind", 60, "Which flight?"),
        reply("c", "b", "ada", 120, "NW 12, and quickly"),
        reply("d", "c", "bob", 130, "Mine, too"),
        reply("e", "c", "northwind", 180, "We look."),
        edited("c", "1", "ada", 125, "NW 13?"),
        edited("c", "2", "ada", 127, "NW 14"),
        deleted("d", 200),
        edited("d", "1", "bob", 140, "Mine, too!"),
        InboundEvent::AccountErased { author_external_id: "eve".into(), at: at(400) },
        reply("f", "e", "eve", 190, "Nice airline"),
    ]
}

/// Everything that must not depend on the order.
#[derive(Debug, PartialEq)]
struct State {
    posts: BTreeMap<String, (String, Option<String>, u32, Option<i64>)>,
    texts: Vec<(String, String)>,
    asks: Vec<bool>,
    subject: String,
    excerpt: String,
    opened_at: i64,
    events: Vec<String>,
}

async fn state(db: &Db, cases: &[CaseId]) -> State {
    let mut roots = Vec::new();
    for case in cases {
        roots.push(db.case_row(db.organization, *case).await.unwrap().unwrap().case.id);
    }
    roots.sort_unstable();
    roots.dedup();
    assert_eq!(roots.len(), 1, "one thread is one case");
    let row = db.case_row(db.organization, roots[0]).await.unwrap().unwrap();
    let posts = db.case_posts(db.organization, roots[0]).await.unwrap();
    let name = |id| posts.iter().find(|post| post.id == id).map(|post| post.external_id.clone());
    let mut texts: Vec<_> = db.case_revisions(db.organization, roots[0]).await.unwrap();
    texts.sort_by_key(|revision| (name(revision.post), revision.at));
    let waiting = db.waiting().await.into_iter().find(|waiting| waiting.snapshot.case.id == roots[0]).unwrap();
    let mut moments = waiting.snapshot.posts;
    moments.sort_by_key(|moment| moment.at);
    let mut events: Vec<String> =
        waiting.events.iter().map(|event| format!("{} {}", event.kind.name(), event.at)).collect();
    events.retain(|event| !event.starts_with("account_erased"));
    events.sort();
    State {
        posts: posts
            .iter()
            .map(|post| {
                let deleted_at = post.deleted_at.map(comity_domain::Timestamp::as_second);
                let parent = post.parent.and_then(name);
                (post.external_id.clone(), (post.text.clone(), parent, post.edits, deleted_at))
            })
            .collect(),
        texts: texts.into_iter().map(|revision| (name(revision.post).unwrap(), revision.text)).collect(),
        asks: moments.iter().map(|moment| moment.asks).collect(),
        subject: row.case.subject,
        excerpt: row.excerpt,
        opened_at: row.case.opened_at.as_second(),
        events,
    }
}

/// Ingests through a connection of its own, in portions of these sizes.
async fn ingest(db: &mut Db, events: &[InboundEvent], portions: &[usize]) -> State {
    db.connection = db.connect("webhook").await;
    let mut cases = Vec::new();
    let (mut rest, mut sizes) = (events, portions.iter().cycle());
    while !rest.is_empty() {
        let (portion, later) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
        cases.extend(db.take(portion.to_vec()).await.cases);
        rest = later;
    }
    state(db, &cases).await
}

on_both! {
    async fn every_order_gives_the_same_state(db: Db) {
        let mut db = db;
        let expected = ingest(&mut db, &thread(), &[100]).await;
        assert_eq!(expected.posts.len(), 6);
        assert_eq!(expected.posts["c"].0, "NW 14");
        assert_eq!(expected.posts["f"].0, "");
        assert_eq!(expected.texts.len(), 5);
        let orders = thread().into_iter().chain(thread().into_iter().take(5)).collect::<Vec<_>>();
        let strategy = (Just(orders).prop_shuffle(), proptest::collection::vec(1_usize..5, 1..4));
        let db = std::sync::Mutex::new(db);
        let runtime = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            let mut runner = TestRunner::new(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() });
            runner.run(&strategy, |(events, portions)| {
                let found = runtime.block_on(ingest(&mut db.lock().unwrap(), &events, &portions));
                prop_assert_eq!(&found, &expected);
                Ok(())
            }).unwrap();
        });
    }
}
