//! One text for two databases.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

/// Runs statements written for PostgreSQL. `WITHOUT ROWID` marks small tables that SQLite keeps as one tree; PostgreSQL
/// does not know the words. A statement ends with the semicolon at the end of a line, so that comments may have others.
pub async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let sql = match manager.get_database_backend() {
        DatabaseBackend::Sqlite => sql.replace(" uuid", " BLOB").replace(" bytea", " BLOB"),
        _ => sql.replace(" WITHOUT ROWID", ""),
    };
    for statement in sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
