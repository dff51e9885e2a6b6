//! How many open cases there are of each kind, kept as numbers: counting a million rows for every look at the inbox would
//! take longer than showing it. Whatever changes a case says how it was and how it is.

use crate::{StoreError, sql::execute};
use comity_domain::{OrganizationId, case::Status};
use sea_orm::{ConnectionTrait, Value};

/// The difference a transaction makes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub open: i64,
    pub ours: i64,
    pub theirs: i64,
    pub held: i64,
    pub overdue: i64,
}

impl Counts {
    pub fn leave(&mut self, status: &str, turn: Option<&str>, is_held: bool, is_overdue: bool) {
        self.add(-1, status == Status::Open.as_str(), turn, is_held, is_overdue);
    }

    pub fn enter(&mut self, status: Status, turn: Option<&str>, is_held: bool, is_overdue: bool) {
        self.add(1, status == Status::Open, turn, is_held, is_overdue);
    }

    fn add(&mut self, one: i64, is_open: bool, turn: Option<&str>, is_held: bool, is_overdue: bool) {
        if !is_open {
            return;
        }
        self.open += one;
        self.ours += one * i64::from(turn == Some("company"));
        self.theirs += one * i64::from(turn == Some("consumer"));
        self.held += one * i64::from(is_held);
        self.overdue += one * i64::from(is_overdue);
    }

    /// The last thing a transaction does, because others wait for this row until it has committed.
    pub async fn write(self, db: &impl ConnectionTrait, organization: OrganizationId) -> Result<(), StoreError> {
        if self == Self::default() {
            return Ok(());
        }
        let sql = "INSERT INTO case_counts (organization_id, open, ours, theirs, held, overdue) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (organization_id) DO UPDATE SET open = case_counts.open + excluded.open, \
                   ours = case_counts.ours + excluded.ours, theirs = case_counts.theirs + excluded.theirs, \
                   held = case_counts.held + excluded.held, overdue = case_counts.overdue + excluded.overdue";
        let Self { open, ours, theirs, held, overdue } = self;
        let values: [Value; 6] =
            [organization.0.into(), open.into(), ours.into(), theirs.into(), held.into(), overdue.into()];
        execute(db, "count cases", sql, values).await?;
        Ok(())
    }
}
