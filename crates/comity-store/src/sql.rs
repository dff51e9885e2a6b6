//! Statements by hand, for the paths where a row costs microseconds.
//!
//! The same text runs on both databases: `$1` placeholders, `on conflict`, `returning` and `update … from (values …)` are
//! understood by each. Long lists are cut into a few fixed lengths, so that a statement is prepared once and then reused.

use crate::StoreError;
use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, QueryResult, Statement, Value};
use std::fmt::Write as _;
use uuid::Uuid;

/// Rows written with one statement, and how long an `in (…)` list is: the longest that still fits comes next.
const LENGTHS: [usize; 4] = [128, 32, 8, 1];

/// Rows for one table, written many at a time.
pub struct Rows {
    /// Everything before the values.
    head: String,
    /// Everything after them.
    tail: &'static str,
    width: usize,
    values: Vec<Value>,
}

impl Rows {
    /// An `insert into` this table and these columns (separated by commas), followed by `tail`.
    pub fn insert(table: &str, columns: &str, tail: &'static str) -> Self {
        let width = columns.split(',').count();
        Self { head: format!("INSERT INTO {table} ({columns}) VALUES "), tail, width, values: Vec::new() }
    }

    /// An `update` whose new values come as rows `v (column1, column2, …)` of this width.
    pub fn update(head: &str, tail: &'static str, width: usize) -> Self {
        Self { head: format!("{head} FROM (VALUES "), tail, width, values: Vec::new() }
    }

    pub fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.width, "{}", self.head);
        self.values.extend(row);
    }

    /// Writes them; how many rows that changed.
    pub async fn write(self, db: &impl ConnectionTrait, doing: &'static str) -> Result<u64, StoreError> {
        let mut left = self.values.len() / self.width;
        let mut values = self.values.into_iter();
        let mut changed = 0;
        while left > 0 {
            let rows = LENGTHS.into_iter().find(|&length| length <= left).unwrap_or(1);
            left -= rows;
            let mut sql = String::with_capacity(self.head.len() + rows * self.width * 6 + self.tail.len());
            sql.push_str(&self.head);
            placeholders(&mut sql, db.get_database_backend(), rows, self.width);
            sql.push(' ');
            sql.push_str(self.tail);
            let chunk: Vec<Value> = values.by_ref().take(rows * self.width).collect();
            changed += execute(db, doing, &sql, chunk).await?;
        }
        Ok(changed)
    }
}

/// Rows of parameters that are used once each, in order. SQLite finds a numbered parameter by looking through all of them,
/// which takes a third of the time of a long statement; plain question marks need no looking.
fn placeholders(sql: &mut String, backend: DatabaseBackend, rows: usize, width: usize) {
    let mut number = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..width {
            number += 1;
            let comma = if column == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = match backend {
                DatabaseBackend::Sqlite => write!(sql, "{comma}?"),
                _ => write!(sql, "{comma}${number}"),
            };
        }
        sql.push(')');
    }
}

/// How many rows it changed.
pub async fn execute(
    db: &impl ConnectionTrait,
    doing: &'static str,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let result = db.execute_raw(statement).await.map_err(|source| StoreError::Database { doing, source })?;
    Ok(result.rows_affected())
}

pub async fn query(
    db: &impl ConnectionTrait,
    doing: &'static str,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.query_all_raw(statement).await.map_err(|source| StoreError::Database { doing, source })
}

/// Rows of an entity.
pub async fn rows<M: FromQueryResult>(
    db: &impl ConnectionTrait,
    doing: &'static str,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<M>, StoreError> {
    models(doing, &query(db, doing, sql, values).await?)
}

/// Runs `sql` for all ids, `{}` in it standing for the list, in as few statements as there must be.
pub async fn query_in<T: Copy + Into<Value>>(
    db: &impl ConnectionTrait,
    doing: &'static str,
    sql: &str,
    ids: &[T],
) -> Result<Vec<QueryResult>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(LENGTHS[0]) {
        found.extend(query(db, doing, &sql.replace("{}", &list(db, chunk.len())), padded(chunk)).await?);
    }
    Ok(found)
}

/// As [`query_in`], as rows of an entity.
pub async fn rows_in<M: FromQueryResult>(
    db: &impl ConnectionTrait,
    doing: &'static str,
    sql: &str,
    ids: &[Uuid],
) -> Result<Vec<M>, StoreError> {
    models(doing, &query_in(db, doing, sql, ids).await?)
}

/// As [`query_in`], for statements that change rows; how many they changed.
pub async fn execute_in(
    db: &impl ConnectionTrait,
    doing: &'static str,
    sql: &str,
    ids: &[Uuid],
) -> Result<u64, StoreError> {
    let mut changed = 0;
    for chunk in ids.chunks(LENGTHS[0]) {
        changed += execute(db, doing, &sql.replace("{}", &list(db, chunk.len())), padded(chunk)).await?;
    }
    Ok(changed)
}

fn models<M: FromQueryResult>(doing: &'static str, found: &[QueryResult]) -> Result<Vec<M>, StoreError> {
    let models: Result<Vec<M>, _> = found.iter().map(|row| M::from_query_result(row, "")).collect();
    models.map_err(|source| StoreError::Database { doing, source })
}

/// The shortest list that these many fit into.
fn slots(count: usize) -> usize {
    LENGTHS.into_iter().rev().find(|&length| count <= length).unwrap_or(LENGTHS[0])
}

fn list(db: &impl ConnectionTrait, count: usize) -> String {
    let mut sql = String::new();
    placeholders(&mut sql, db.get_database_backend(), 1, slots(count));
    sql
}

/// The ids, the last one repeated until the list is full.
fn padded<T: Copy + Into<Value>>(ids: &[T]) -> Vec<Value> {
    let last = ids.last().into_iter().cycle().take(slots(ids.len()) - ids.len());
    ids.iter().chain(last).map(|&id| id.into()).collect()
}
