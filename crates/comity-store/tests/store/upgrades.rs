//! What an earlier release has kept is still there, and means the same, after its tables were brought up to date.

use crate::support;
use comity_domain::{OrganizationId, PolicyVersionId, life::State};
use comity_migrations::{Migrator, MigratorTrait as _};
use comity_store::{Store, StoreConfig};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement, Value};

async fn execute(db: &DatabaseConnection, sql: &str, values: impl IntoIterator<Item = Value>) {
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await.unwrap();
}

/// An installation of the first release with two policy versions, the second of them live, and a draft.
async fn first_release(url: &str, organization: OrganizationId, versions: [PolicyVersionId; 2]) {
    let url = if url.starts_with("sqlite") { format!("{url}?mode=rwc") } else { url.to_owned() };
    let db = Database::connect(url).await.unwrap();
    Migrator::up(&db, Some(1)).await.unwrap();
    let sql = "INSERT INTO organizations (id, name, key_prefix, is_set_up, live_policy_id, cases, created_at) \
               VALUES ($1, 'Northwind Air', 'NA', true, $2, 0, 5)";
    execute(&db, sql, [organization.0.into(), versions[1].0.into()]).await;
    for (number, version) in [1_i64, 2].into_iter().zip(versions) {
        let sql = "INSERT INTO policy_versions (id, organization_id, number, hash, files, note, published_at) \
                   VALUES ($1, $2, $3, $4, '{\"charter.rhai\":\"\"}', 'A note', $5)";
        let hash = format!("hash {number}");
        execute(&db, sql, [version.0.into(), organization.0.into(), number.into(), hash.into(), (number * 10).into()])
            .await;
    }
    let sql = "INSERT INTO policy_drafts (organization_id, files, revision, updated_at) VALUES ($1, '{}', 7, 30)";
    execute(&db, sql, [organization.0.into()]).await;
    db.close().await.unwrap();
}

async fn comes_up_to_date(url: &str) {
    let (organization, versions) =
        (OrganizationId::generate(), [PolicyVersionId::generate(), PolicyVersionId::generate()]);
    first_release(url, organization, versions).await;
    let store = Store::open(StoreConfig::new(url)).await.unwrap();
    let mut found = store.policy_versions(organization).await.unwrap();
    found.sort_by_key(|version| version.number);
    let lives = found.iter().map(|version| {
        let life = &version.life;
        let published = life.published_at.map(comity_domain::Timestamp::as_microsecond);
        (version.id, life.state, life.proposed_at.as_microsecond(), published, life.base.is_some())
    });
    let expected =
        [(versions[0], State::Retired, 10, Some(10), false), (versions[1], State::Live, 20, Some(20), false)];
    assert_eq!(lives.collect::<Vec<_>>(), expected);
    assert_eq!(store.live_policy(organization).await.unwrap().unwrap().id, versions[1]);
    assert_eq!(store.policy_draft(organization).await.unwrap().unwrap().revision, 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let (url, _folder) = support::sqlite();
    comes_up_to_date(&url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    if let Some(url) = support::postgres().await {
        comes_up_to_date(&url).await;
    }
}
