//! The inbox: filters, order, parts, counts.

use crate::support::{Db, at, on_both, post, reply};
use comity_domain::{NoteId, Party, UserId, audit::Actor, case::Status};
use comity_store::{CaseFilter, CaseSort, Note, Queue};

async fn numbers(db: &Db, filter: CaseFilter, sort: CaseSort) -> Vec<i64> {
    let page = db.list_cases(db.organization, &filter, sort, None, 50).await.unwrap();
    page.items.iter().map(|row| row.case.number).collect()
}

/// Five cases: 1 and 4 are the company's turn, 2 is answered, 3 is closed, 5 is the company's own post.
async fn inbox(db: &Db) {
    db.take(vec![
        post("a", "ada", 500, "My bag is gone"),
        post("b", "bob", 100, "50% late_again"),
        reply("b2", "b", "northwind", 150, "We are sorry"),
        post("c", "cid", 200, "Thanks"),
        post("d", "dan", 50, "Refund?"),
        post("e", "northwind", 60, "We fly to Rome"),
    ])
    .await;
    db.decide(at(600)).await;
    let closed = db.case_by_number(db.organization, 3).await.unwrap().unwrap();
    db.change(closed, |commit| commit.case.status = Status::Closed).await;
}

on_both! {
    async fn what_is_due_first_comes_first(db: Db) {
        inbox(&db).await;
        let open = CaseFilter { status: Some(Status::Open), ..CaseFilter::default() };
        let due = numbers(&db, open.clone(), CaseSort::Due).await;
        assert_eq!(due[..2], [4, 1]);
        assert_eq!(due.len(), 4);
        let ours = CaseFilter { turn: Some(Party::Company), ..open.clone() };
        assert_eq!(numbers(&db, ours, CaseSort::Due).await, [4, 1]);
        assert_eq!(numbers(&db, CaseFilter::default(), CaseSort::Newest).await.len(), 5);
        let closed = CaseFilter { status: Some(Status::Closed), ..CaseFilter::default() };
        assert_eq!(numbers(&db, closed, CaseSort::Newest).await, [3]);
        let counts = db.case_counts(db.organization, None).await.unwrap();
        assert_eq!((counts.open, counts.ours, counts.theirs), (4, 2, 0));
    }

    async fn parts_join_without_gaps(db: Db) {
        inbox(&db).await;
        for sort in [CaseSort::Due, CaseSort::Newest] {
            let whole = numbers(&db, CaseFilter::default(), sort).await;
            let (mut parts, mut cursor) = (Vec::new(), None);
            loop {
                let page = db.list_cases(db.organization, &CaseFilter::default(), sort, cursor.as_deref(), 2).await.unwrap();
                parts.extend(page.items.iter().map(|row| row.case.number));
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(parts, whole);
        }
    }

    async fn text_is_found_where_lists_show_it(db: Db) {
        inbox(&db).await;
        let find = |text: &str| CaseFilter { text: Some(text.to_owned()), ..CaseFilter::default() };
        assert_eq!(numbers(&db, find("BAG"), CaseSort::Due).await, [1]);
        assert_eq!(numbers(&db, find("@dan"), CaseSort::Due).await, [4]);
        assert_eq!(numbers(&db, find("sorry"), CaseSort::Due).await, [2]);
        assert_eq!(numbers(&db, find("NW-3"), CaseSort::Due).await, [3]);
        assert_eq!(numbers(&db, find("50% late_"), CaseSort::Due).await, [2]);
        assert_eq!(numbers(&db, find("5%g"), CaseSort::Due).await, [0_i64; 0]);
    }

    async fn assignment_team_and_holding_filter(db: Db) {
        inbox(&db).await;
        let me = UserId::generate();
        let mine = db.case_by_number(db.organization, 1).await.unwrap().unwrap();
        db.change(mine, |commit| {
            commit.case.assignee = Some(me);
            commit.case.team = Some("Baggage".into());
            commit.case.held_for = Some("Legal".into());
        }).await;
        let by = |assignee| CaseFilter { assignee: Some(assignee), status: Some(Status::Open), ..CaseFilter::default() };
        assert_eq!(numbers(&db, by(Queue::Of(me)), CaseSort::Due).await, [1]);
        assert_eq!(numbers(&db, by(Queue::Nobody), CaseSort::Due).await.len(), 3);
        let team = CaseFilter { team: Some("Baggage".into()), ..CaseFilter::default() };
        assert_eq!(numbers(&db, team, CaseSort::Due).await, [1]);
        let held = CaseFilter { is_held: Some(true), ..CaseFilter::default() };
        assert_eq!(numbers(&db, held, CaseSort::Due).await, [1]);
        let company = CaseFilter { company: Some("Nobody".into()), ..CaseFilter::default() };
        assert!(numbers(&db, company, CaseSort::Due).await.is_empty());
        let counts = db.case_counts(db.organization, Some(me)).await.unwrap();
        assert_eq!((counts.mine, counts.held), (1, 1));
        let closing = db.change(mine, |commit| commit.case.status = Status::Closed).await;
        assert_eq!(closing, comity_store::CommitResult::Done);
        let counts = db.case_counts(db.organization, Some(me)).await.unwrap();
        assert_eq!((counts.mine, counts.held, counts.open, counts.ours), (0, 0, 3, 1));
    }

    async fn notes_stay_with_their_case(db: Db) {
        inbox(&db).await;
        let case = db.case_by_number(db.organization, 1).await.unwrap().unwrap();
        let author = UserId::generate();
        let note = Note { id: NoteId::generate(), case, at: at(700), author, text: "Called her".into() };
        db.add_note(db.organization, &note, &Actor::User { user: author }).await.unwrap();
        assert_eq!(db.case_notes(db.organization, case).await.unwrap(), std::slice::from_ref(&note));
        let elsewhere = Note { case: comity_domain::CaseId::generate(), id: NoteId::generate(), ..note };
        assert!(db.add_note(db.organization, &elsewhere, &Actor::System).await.is_err());
    }
}
