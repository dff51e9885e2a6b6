//! The store on both databases: the same suite runs on SQLite always and on PostgreSQL when `COMITY_TEST_POSTGRES` says where
//! one is.

mod support;

mod accounts;
mod backtests;
mod cases;
mod closings;
mod connections;
mod convergence;
mod decide;
mod evidence;
mod flows;
mod ingest;
mod notices;
mod outbox;
mod outcomes;
mod policies;
mod promises;
mod quotas;
mod rotas;
mod surge;
mod timers;
mod upgrades;
