//! Opening a database: the connections, their settings, and the migrations.

use crate::StoreError;
use sea_orm::DatabaseConnection;

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
}

impl Store {
    /// Opens the database, makes it if it is not there, and brings its tables up to date.
    pub async fn open(config: StoreConfig) -> Result<Self, StoreError> {
        todo!()
    }

    /// Whether the database answers.
    pub async fn check(&self) -> Result<(), StoreError> {
        todo!()
    }

    /// Finishes what is being written and lets the files go.
    pub async fn close(self) -> Result<(), StoreError> {
        todo!()
    }
}
