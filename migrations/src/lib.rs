//! The database's tables, one migration per file, applied when a store opens.
//!
//! A migration that has been released is never changed; a new one is added. The SQL is written once, for PostgreSQL, and
//! only its column types are put in SQLite's words ([`dialect`]), so that the two databases cannot drift apart.

mod dialect;
mod m0001_first;
mod m0002_policy_life;
mod m0003_backtests;
mod m0004_surge;
mod m0005_promises;
mod m0006_skills;
mod m0007_pauses;
mod m0008_flows;
mod m0009_notices;
mod m0010_closings;
mod m0011_rotas;
mod m0012_timer_priority;
mod m0013_case_page;
mod m0014_announcements;
mod m0017_channels;
mod m0019_contested;
mod m0020_push;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::{MigrationTrait, async_trait};

/// Every migration, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_policy_life::Migration),
            Box::new(m0003_backtests::Migration),
            Box::new(m0004_surge::Migration),
            Box::new(m0005_promises::Migration),
            Box::new(m0006_skills::Migration),
            Box::new(m0007_pauses::Migration),
            Box::new(m0008_flows::Migration),
            Box::new(m0009_notices::Migration),
            Box::new(m0010_closings::Migration),
            Box::new(m0011_rotas::Migration),
            Box::new(m0012_timer_priority::Migration),
            Box::new(m0013_case_page::Migration),
            Box::new(m0014_announcements::Migration),
            Box::new(m0017_channels::Migration),
            Box::new(m0019_contested::Migration),
            Box::new(m0020_push::Migration),
        ]
    }
}
