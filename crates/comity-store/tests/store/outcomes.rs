//! What the sides say of a case, the links to its page, and what another system is told, on both databases.

use crate::support::{at, on_both, post};
use comity_domain::{
    CaseLinkId, ContactId, EventId, Party, UserId,
    audit::{Actor, AuditEntry},
    event::{Event, EventKind},
    outcome::{Answer, Ask, Attestation, Request},
};
use comity_store::{AskedFigures, CaseLink, CommitResult};
use serde_json::Value;

fn says(party: Party, solved: bool, seconds: i64) -> Attestation {
    Attestation { party, solved, at: at(seconds), by: None }
}

on_both! {
    async fn what_the_sides_say_is_counted_by_version(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        let request = |ask, seconds, granted: Option<bool>| Request {
            id: EventId::derived(&[&i64::to_le_bytes(seconds)]),
            ask,
            contact: ContactId::derived(&[b"ada"]),
            at: at(seconds),
            post: None,
            answer: granted.map(|granted| {
                Answer { at: at(99), by: UserId::derived(&[b"bo"]), granted, text: "So it is.".into() }
            }),
        };
        for answered in [None, Some(true)] {
            let result = db.change(case, |commit| {
                commit.policy_version = if answered.is_none() { "seven".into() } else { "eight".into() };
                commit.case.attestations = vec![
                    says(Party::Company, true, 1), says(Party::Consumer, false, 2), says(Party::Consumer, true, 3),
                ];
                commit.case.requests = vec![request(Ask::Appeal, 4, answered), request(Ask::Erasure, 5, Some(false))];
            }).await;
            assert_eq!(result, CommitResult::Done);
        }
        let figures = db.said_figures(db.organization, at(0), at(50)).await.unwrap();
        assert_eq!(figures.len(), 1, "each under the version that it came under: {figures:?}");
        let seven = &figures["seven"];
        assert_eq!((seven.solved, seven.not_solved, seven.disputed, seven.number), (1, 1, 1, None));
        assert_eq!(seven.asked[&Ask::Appeal], AskedFigures { asked: 1, granted: 1, refused: 0 });
        assert_eq!(seven.asked[&Ask::Erasure], AskedFigures { asked: 1, granted: 0, refused: 1 });
        assert!(db.said_figures(db.organization, at(5), at(50)).await.unwrap().is_empty(), "as of a while");
    }

    async fn what_is_told_twice_under_one_id_is_told_once(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        db.decide(at(1)).await;
        let kind = EventKind::Attested { party: Party::Consumer, solved: true, by: None };
        let event = Event { id: EventId::derived(&[b"yes"]), case, at: at(2), received_at: at(2), kind };
        let audit = || AuditEntry {
            at: at(2), actor: Actor::Consumer, action: "case.attest".into(), subject: format!("case/{case}"), case: Some(case),
            detail: Value::Null,
        };
        assert!(!db.is_undecided(db.organization, case).await.unwrap());
        assert!(db.tell(db.organization, None, &event, None, audit()).await.unwrap());
        assert!(!db.tell(db.organization, None, &event, None, audit()).await.unwrap());
        assert!(db.is_undecided(db.organization, case).await.unwrap());
        assert_eq!(db.waiting().await[0].events, vec![event]);
        let user = UserId::derived(&[b"bo"]);
        assert!(!db.changed_case_before(db.organization, case, user, at(99)).await.unwrap());
    }

    async fn a_link_is_found_by_its_hash_and_ends_once(db: Db) {
        let case = db.case_of(vec![post("a", "ada", 0, "My bag?")]).await;
        let contact = ContactId::derived(&[b"ada"]);
        let by = Actor::User { user: UserId::derived(&[b"bo"]) };
        let link = |name: &[u8]| CaseLink {
            id: CaseLinkId::derived(&[name]), case, contact, made_at: at(1), made_by: by.clone(), seen_at: None, ended: None,
        };
        for name in [b"one", b"two"] {
            db.add_case_link(db.organization, &link(name), name.to_vec()).await.unwrap();
        }
        let found = db.case_link(db.organization, b"one").await.unwrap();
        assert_eq!(found, Some(link(b"one")));
        assert_eq!(db.case_link(db.organization, b"three").await.unwrap(), None);
        db.saw_case_link(link(b"one").id, at(2)).await.unwrap();
        assert!(db.end_case_link(db.organization, case, link(b"one").id, &Actor::Consumer, at(3)).await.unwrap());
        assert!(!db.end_case_link(db.organization, case, link(b"one").id, &by, at(4)).await.unwrap());
        assert_eq!(db.end_links_of(db.organization, contact, &by, at(5)).await.unwrap(), 1, "what was left");
        let links = db.case_links(db.organization, case).await.unwrap();
        assert!(links.iter().all(|link| link.ended.is_some()) && links.len() == 2, "{links:?}");
    }

    async fn nothing_is_announced_that_nobody_wants(db: Db) {
        assert!(db.take_announcements(db.organization, at(9), at(99), 10).await.unwrap().is_empty());
        assert_eq!(db.next_announcement_at(db.organization).await.unwrap(), None);
    }
}
