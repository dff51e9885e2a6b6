//! One key is one reply, also when it is asked for twice at once.

use super::*;
use crate::app::tests::Opened;
use comity_store::AuditFilter;

fn hello(text: &str) -> NewReply {
    NewReply { text: text.into(), visibility: Visibility::Public, template: None, idempotency_key: "once".into() }
}

#[tokio::test]
async fn the_same_reply_asked_for_at_once_is_one_reply() {
    let opened = Opened::new().await;
    let case = opened.case(opened.connection("webhook").await).await;
    opened.app.decide_all().await.unwrap();
    let (app, user) = (&opened.app, UserId::generate());
    let ask = |text| app.reply(case, hello(text), user);
    let (one, other) = tokio::join!(ask("We found it."), ask("We found it."));
    let one = one.unwrap();
    assert_eq!(one.id, other.unwrap().id);
    let refused = ask("Other words.").await.unwrap_err();
    assert!(matches!(refused, AppError::KeyUsed { delivery } if delivery.id == one.id));

    assert_eq!(app.store.case_deliveries(app.organization, case).await.unwrap().len(), 1);
    let filter = AuditFilter { action: Some("case.reply".into()), ..AuditFilter::default() };
    let entries = app.store.audit_entries(app.organization, &filter, None, 10).await.unwrap().items;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].entry.subject, format!("case/{case}"));
    app.stop().await;
}
