//! Who is answered when several ask, and that nothing stays in memory that was deleted.

use super::*;
use crate::{app::tests::Opened, policies::bundled};
use comity_domain::inbound::InboundEvent;
use comity_store::IngestBatch;

fn question() -> Question {
    Question { files: bundled("starter").unwrap().files, case: None, now: None }
}

#[tokio::test]
async fn of_one_person_the_newest_question_is_answered() {
    let opened = Opened::new().await;
    let app = &opened.app;
    let (ann, ben) = (UserId::generate(), UserId::generate());
    // Somebody is being answered, so the others wait.
    let busy = app.evidence.one.acquire().await.unwrap();
    let ask = |user| {
        let app = Arc::clone(app);
        tokio::spawn(async move { app.evidence(question(), user).await.map(|evidence| evidence.tally.events) })
    };
    let first = ask(ann);
    let other = ask(ben);
    tokio::task::yield_now().await;
    let second = ask(ann);
    assert!(matches!(first.await.unwrap(), Err(AppError::Superseded)));
    drop(busy);
    assert_eq!(second.await.unwrap().unwrap(), 0);
    assert_eq!(other.await.unwrap().unwrap(), 0, "nobody is put off by somebody else");
    app.stop().await;
}

#[tokio::test]
async fn what_was_deleted_is_forgotten_here_too() {
    let opened = Opened::new().await;
    let app = &opened.app;
    let connection = opened.connection("silent").await;
    opened.case(connection).await;
    app.decide_all().await.unwrap();
    let texts = async || {
        let kept = app.kept_events().await.unwrap();
        let mut texts: Vec<String> = kept.iter().map(|event| event.facts.event.text.clone()).collect();
        texts.sort();
        texts
    };
    assert_eq!(texts().await, ["Where is my bag?"]);
    let now = app.clock.now();
    let deleted = InboundEvent::PostDeleted { external_id: "a".into(), at: now };
    let batch = IngestBatch {
        organization: app.organization,
        connection,
        events: vec![deleted],
        received_at: now,
        cursor: None,
        state: Vec::new(),
        secrets: None,
        account: None,
    };
    app.ingest(batch).await.unwrap();
    app.decide_all().await.unwrap();
    assert_eq!(texts().await, ["", ""], "the words are gone, and that they were deleted was decided about");
    app.stop().await;
}
