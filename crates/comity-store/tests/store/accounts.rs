//! People, sessions, tokens.

use crate::support::{at, on_both};
use comity_domain::{
    Role, Roles, SessionId, TokenId,
    audit::{Actor, AuditEntry},
};
use comity_store::{ApiToken, AuditFilter, NewUser, Session, StoreError, UserChange};

fn person(email: &str, role: Role) -> NewUser {
    NewUser {
        name: "Ada".into(),
        email: email.into(),
        roles: Roles::from([role]),
        skills: [].into(),
        teams: [].into(),
        duties: [].into(),
        password_hash: "hash".into(),
    }
}

on_both! {
    async fn an_installation_is_set_up_once(db: Db) {
        assert!(!db.organization().await.unwrap().unwrap().is_set_up);
        db.set_setup_token(db.organization, b"token").await.unwrap();
        assert_eq!(db.setup_token(db.organization).await.unwrap().as_deref(), Some(&b"token"[..]));
        let owner = db.set_up(db.organization, "Northwind Air", "NW", person("Ada@Example.org", Role::Owner), at(1)).await.unwrap();
        let organization = db.organization().await.unwrap().unwrap();
        assert!(organization.is_set_up);
        assert_eq!((organization.name.as_str(), organization.key_prefix.as_str()), ("Northwind Air", "NW"));
        assert_eq!(db.setup_token(db.organization).await.unwrap(), None);
        let again = db.set_up(db.organization, "Mine", "M", person("eve@example.org", Role::Owner), at(2)).await;
        assert!(matches!(again, Err(StoreError::AlreadySetUp)));
        assert!(matches!(db.set_setup_token(db.organization, b"new").await, Err(StoreError::AlreadySetUp)));
        let (found, hash) = db.user_by_email(db.organization, " ada@example.ORG ").await.unwrap().unwrap();
        assert_eq!((found.id, hash.as_str()), (owner.id, "hash"));
        assert_eq!(db.ensure_organization(at(9)).await.unwrap().id, db.organization);
    }

    async fn an_address_is_one_person(db: Db) {
        let ada = db.create_user(db.organization, person("ada@example.org", Role::Agent), &Actor::System, at(1)).await.unwrap();
        let twin = db.create_user(db.organization, person("ADA@example.org", Role::Agent), &Actor::System, at(2)).await;
        assert!(matches!(twin, Err(StoreError::Taken { what: "user", .. })));
        assert_eq!(db.users(db.organization).await.unwrap(), [ada]);
    }

    async fn a_session_ends_with_its_time_its_password_and_its_user(db: Db) {
        let actor = Actor::System;
        let user = db.create_user(db.organization, person("ada@example.org", Role::Agent), &actor, at(1)).await.unwrap();
        let begin = |hash: u8| Session {
            id: SessionId::generate(),
            user: user.id,
            token_hash: vec![hash],
            csrf_token: "csrf".into(),
            created_at: at(1),
            expires_at: at(100),
        };
        let (one, two) = (begin(1), begin(2));
        db.create_session(db.organization, &one).await.unwrap();
        db.create_session(db.organization, &two).await.unwrap();
        assert_eq!(db.session(&[1], at(50)).await.unwrap(), Some((one.clone(), user.clone())));
        assert_eq!(db.session(&[1], at(100)).await.unwrap(), None);
        assert_eq!(db.session(&[3], at(50)).await.unwrap(), None);
        db.set_password(db.organization, user.id, "new", Some(two.id), &actor, at(60)).await.unwrap();
        assert_eq!(db.session(&[1], at(60)).await.unwrap(), None);
        assert_eq!(db.password_hash(db.organization, user.id).await.unwrap().as_deref(), Some("new"));
        assert!(db.session(&[2], at(60)).await.unwrap().is_some());
        let change = UserChange { is_active: Some(false), ..UserChange::default() };
        assert!(!db.update_user(db.organization, user.id, change, &actor, at(61)).await.unwrap().unwrap().is_active);
        assert_eq!(db.session(&[2], at(61)).await.unwrap(), None);
        db.create_session(db.organization, &begin(4)).await.unwrap();
        assert_eq!(db.session(&[4], at(61)).await.unwrap(), None, "someone who is not active has no session");
        assert_eq!(db.delete_expired_sessions(at(200)).await.unwrap(), 1);
    }

    async fn of_two_owners_who_send_each_other_away_one_stays(db: Db) {
        let make = async |email| db.create_user(db.organization, person(email, Role::Owner), &Actor::System, at(1)).await.unwrap().id;
        let (one, other) = (make("ada@example.org").await, make("bob@example.org").await);
        let away = |id| {
            let change = UserChange { is_active: Some(false), ..UserChange::default() };
            db.update_user(db.organization, id, change, &Actor::System, at(2))
        };
        let demoted = |id| {
            let change = UserChange { roles: Some(Roles::from([Role::Agent])), ..UserChange::default() };
            db.update_user(db.organization, id, change, &Actor::System, at(2))
        };
        let (first, second) = tokio::join!(away(one), demoted(other));
        assert_eq!([first, second].map(|changed| changed.unwrap().is_some()).iter().filter(|done| **done).count(), 1);
        let owners = db.users(db.organization).await.unwrap();
        let owners = owners.iter().filter(|user| user.is_active && user.roles.contains(&Role::Owner));
        assert_eq!(owners.count(), 1);
    }

    async fn signing_out_ends_one_session(db: Db) {
        let user = db.create_user(db.organization, person("ada@example.org", Role::Agent), &Actor::System, at(1)).await.unwrap();
        let session = Session {
            id: SessionId::generate(), user: user.id, token_hash: vec![1], csrf_token: "csrf".into(),
            created_at: at(1), expires_at: at(100),
        };
        db.create_session(db.organization, &session).await.unwrap();
        db.delete_session(db.organization, session.id, at(5)).await.unwrap();
        assert_eq!(db.session(&[1], at(6)).await.unwrap(), None);
    }

    async fn tokens_are_found_by_hash_until_deleted(db: Db) {
        let user = db.create_user(db.organization, person("ada@example.org", Role::Owner), &Actor::System, at(1)).await.unwrap();
        let token = ApiToken {
            id: TokenId::generate(), organization: db.organization, name: "import".into(), roles: Roles::from([Role::Integrator]),
            token_hash: vec![5], created_by: user.id, created_at: at(2), last_used_at: None,
        };
        db.create_token(&token, &Actor::System).await.unwrap();
        assert_eq!(db.token(&[5]).await.unwrap(), Some(token.clone()));
        db.touch_token(db.organization, token.id, at(3)).await.unwrap();
        assert_eq!(db.tokens(db.organization).await.unwrap()[0].last_used_at, Some(at(3)));
        db.delete_token(db.organization, token.id, &Actor::System, at(4)).await.unwrap();
        assert_eq!(db.token(&[5]).await.unwrap(), None);
        assert!(db.delete_token(db.organization, token.id, &Actor::System, at(4)).await.is_err());
    }

    async fn the_audit_log_is_read_in_parts(db: Db) {
        let entry = |subject: &str, action: &str| AuditEntry {
            at: at(1), actor: Actor::System, action: action.into(), subject: subject.into(), case: None,
            detail: serde_json::json!({ "why": "test" }),
        };
        let entries = [entry("session/x", "session.refused"), entry("session/y", "session.refused"), entry("session/x", "session.start")];
        db.append_audit(db.organization, &entries).await.unwrap();
        let of_x = AuditFilter { subject: Some("session/x".into()), ..AuditFilter::default() };
        let first = db.audit_entries(db.organization, &of_x, None, 1).await.unwrap();
        assert_eq!(first.items[0].entry, entries[2]);
        let second = db.audit_entries(db.organization, &of_x, first.next_cursor.as_deref(), 1).await.unwrap();
        assert_eq!((second.items[0].entry.clone(), second.next_cursor), (entries[0].clone(), None));
        let sessions = AuditFilter { action: Some("session.".into()), ..AuditFilter::default() };
        assert_eq!(db.audit_entries(db.organization, &sessions, None, 10).await.unwrap().items.len(), 3);
    }
}
