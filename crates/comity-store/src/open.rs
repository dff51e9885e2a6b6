//! Opening a database: the connections, their settings, and the migrations.
//!
//! SQLite has one connection that writes, so that writers queue in memory instead of colliding in the file, and a few that
//! only read. Every commit is on the disk before it is acknowledged (`synchronous = FULL`). A commit is fast while it
//! overwrites a write-ahead log that is already there and slow while it makes the file longer, so the log is never cut
//! short and is checkpointed late, when many changes of one page have come together.

use crate::StoreError;
use comity_migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, Statement, TransactionOptions, TransactionTrait,
    sqlx::{
        ConnectOptions,
        postgres::{PgConnectOptions, PgPoolOptions},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// The first SQLite without the bug that can damage a write-ahead log when it is reset.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
/// Pages in the write-ahead log before it is written back: 64 MiB.
const CHECKPOINT_PAGES: &str = "16384";
/// How much of the file each connection that reads maps: 64 MiB. More is quicker by little, and counts as memory.
const MAPPED_BYTES: &str = "67108864";
/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(30);
/// Statements kept prepared on each connection.
const PREPARED: usize = 256;

/// Where the database is and how many connections may read at once.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// Connections that only read (SQLite), or all connections (PostgreSQL).
    pub max_readers: u32,
}

impl StoreConfig {
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), max_readers: 4 }
    }
}

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) read: DatabaseConnection,
    pub(crate) write: DatabaseConnection,
    /// Whether another system wants to be told of escalations.
    pub(crate) announces: Arc<AtomicBool>,
}

impl Store {
    /// Opens the database, makes it if it is not there, and brings its tables up to date.
    pub async fn open(config: StoreConfig) -> Result<Self, StoreError> {
        let store = if let Some(path) = config.url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            open_sqlite(path, config.max_readers).await?
        } else if config.url.starts_with("postgres://") || config.url.starts_with("postgresql://") {
            open_postgres(&config).await?
        } else {
            return Err(StoreError::Address { url: config.url });
        };
        let doing = "bring its tables up to date";
        Migrator::up(&store.write, None).await.map_err(|source| StoreError::Database { doing, source })?;
        Ok(store)
    }

    /// Whether the database answers.
    pub async fn check(&self) -> Result<(), StoreError> {
        for connection in [&self.read, &self.write] {
            connection.ping().await.map_err(|source| StoreError::Database { doing: "answer", source })?;
        }
        Ok(())
    }

    /// Finishes what is being written and lets the files go.
    pub async fn close(self) -> Result<(), StoreError> {
        let Self { read, write, .. } = self;
        for connection in [read, write] {
            connection.close().await.map_err(|source| StoreError::Database { doing: "be closed", source })?;
        }
        Ok(())
    }

    /// Begins a transaction that writes. In SQLite it holds the write lock from its first moment, so that nothing it has
    /// read can change before it writes.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = match self.write.get_database_backend() {
            DatabaseBackend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            _ => TransactionOptions::default(),
        };
        let begun = self.write.begin_with_options(options).await;
        begun.map_err(|source| StoreError::Database { doing: "begin a transaction", source })
    }
}

/// Makes what was written durable.
pub(crate) async fn commit(transaction: DatabaseTransaction) -> Result<(), StoreError> {
    transaction.commit().await.map_err(|source| StoreError::Database { doing: "commit", source })
}

/// What PostgreSQL appends to a query for rows that this transaction is about to change; SQLite has locked everything.
pub(crate) fn for_update(db: &impl ConnectionTrait) -> &'static str {
    if db.get_database_backend() == DatabaseBackend::Postgres { " FOR UPDATE" } else { "" }
}

/// As [`for_update`], leaving out the rows that another node is working on.
pub(crate) fn skip_locked(db: &impl ConnectionTrait) -> &'static str {
    if db.get_database_backend() == DatabaseBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" }
}

async fn open_sqlite(path: &str, max_readers: u32) -> Result<Store, StoreError> {
    let doing = "be opened";
    let failed = |error: sea_orm::sqlx::Error| StoreError::Database {
        doing,
        source: sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(std::sync::Arc::new(error))),
    };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(PREPARED)
        .pragma("journal_size_limit", "-1")
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging();
    let forever = || SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    let writer = options.clone().pragma("cache_size", "-32768").command_buffer_size(256);
    let writer = forever().max_connections(1).connect_with(writer).await.map_err(failed)?;
    let write = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer);
    refuse_old_sqlite(&write).await?;
    let reader = options.pragma("cache_size", "-8192").pragma("mmap_size", MAPPED_BYTES).pragma("query_only", "ON");
    let readers = forever().max_connections(max_readers.max(1)).connect_lazy_with(reader);
    Ok(Store { read: SqlxSqliteConnector::from_sqlx_sqlite_pool(readers), write, announces: Arc::default() })
}

async fn refuse_old_sqlite(db: &DatabaseConnection) -> Result<(), StoreError> {
    let doing = "tell its version";
    let failed = |source| StoreError::Database { doing, source };
    let statement = Statement::from_string(DatabaseBackend::Sqlite, "SELECT sqlite_version() AS version");
    let row = db.query_one_raw(statement).await.map_err(failed)?;
    let found: String = row.map(|row| row.try_get("", "version")).transpose().map_err(failed)?.unwrap_or_default();
    if is_too_old(&found) { Err(StoreError::OldSqlite { found, needed: "3.51.3" }) } else { Ok(()) }
}

fn is_too_old(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) < OLDEST_SQLITE
}

async fn open_postgres(config: &StoreConfig) -> Result<Store, StoreError> {
    let address = |_| StoreError::Address { url: config.url.clone() };
    let options: PgConnectOptions = config.url.parse().map_err(address)?;
    let options = options.statement_cache_capacity(PREPARED).disable_statement_logging();
    let pool = PgPoolOptions::new().max_connections(config.max_readers.max(2)).connect_with(options).await;
    let pool = pool.map_err(|error| StoreError::Database {
        doing: "be reached",
        source: sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(std::sync::Arc::new(error))),
    })?;
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    Ok(Store { read: connection.clone(), write: connection, announces: Arc::default() })
}

#[cfg(test)]
mod tests {
    use super::is_too_old;

    #[test]
    fn an_old_sqlite_is_refused() {
        assert!(is_too_old("3.51.2"));
        assert!(is_too_old("3.46.0"));
        assert!(is_too_old("nonsense"));
        assert!(!is_too_old("3.51.3"));
        assert!(!is_too_old("3.60.0"));
    }
}
