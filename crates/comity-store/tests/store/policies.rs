//! Versions and the draft.

use crate::support::{at, on_both};
use comity_domain::{UserId, audit::Actor};
use comity_store::NewPolicyVersion;
use std::collections::BTreeMap;

fn files(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("rules.rhai".to_owned(), text.to_owned())])
}

fn version(text: &str, author: Option<UserId>) -> NewPolicyVersion {
    NewPolicyVersion { hash: format!("hash of {text}"), files: files(text), note: "why".into(), author }
}

on_both! {
    async fn the_newest_published_is_live_until_an_older_one_is_restored(db: Db) {
        assert_eq!(db.live_policy(db.organization).await.unwrap(), None);
        let first = db.publish_policy(db.organization, version("one", None), at(1)).await.unwrap();
        let second = db.publish_policy(db.organization, version("two", Some(UserId::generate())), at(2)).await.unwrap();
        assert_eq!((first.number, second.number, second.is_live), (1, 2, true));
        assert_eq!(db.live_policy(db.organization).await.unwrap().as_ref(), Some(&second));
        assert!(!db.policy_version(db.organization, first.id).await.unwrap().unwrap().is_live);
        let restored = db.restore_policy(db.organization, first.id, "too harsh", &Actor::System, at(3)).await.unwrap();
        assert_eq!((restored.id, restored.is_live), (first.id, true));
        let all = db.policy_versions(db.organization).await.unwrap();
        assert_eq!(all.iter().map(|version| (version.number, version.is_live)).collect::<Vec<_>>(), [(2, false), (1, true)]);
        let found = db.policy_version_by_hash(db.organization, "hash of two").await.unwrap().unwrap();
        assert_eq!((found.id, found.files), (second.id, files("two")));
    }

    async fn a_draft_is_saved_on_the_newest_revision_only(db: Db) {
        let user = UserId::generate();
        assert_eq!(db.policy_draft(db.organization).await.unwrap(), None);
        let first = db.save_policy_draft(db.organization, files("one"), 0, user, at(1)).await.unwrap().unwrap();
        let second = db.save_policy_draft(db.organization, files("two"), first.revision, user, at(2)).await.unwrap().unwrap();
        let late = db.save_policy_draft(db.organization, files("mine"), first.revision, user, at(3)).await.unwrap();
        assert_eq!(late, Err(second.clone()));
        assert_eq!(db.policy_draft(db.organization).await.unwrap(), Some(second));
    }
}
