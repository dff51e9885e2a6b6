//! What can go wrong in the store, in words that say what to do.

/// Every way a store call fails.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no such {what}")]
    NotFound { what: &'static str },
    #[error("this installation has already been set up; sign in instead")]
    AlreadySetUp,
    #[error("there is already a {what} with this {field}")]
    Taken { what: &'static str, field: &'static str },
    #[error("{what} was changed by someone else in the meantime; load it again")]
    Conflict { what: &'static str },
    #[error("this lease is over and another worker has taken the reply over; nothing was recorded")]
    StaleFence,
    #[error("a reply that is {state} cannot be {verb}")]
    WrongState { state: &'static str, verb: &'static str },
    #[error("this backtest is {state}; only one that is running can be cancelled")]
    NotRunning { state: &'static str },
    #[error("the database address {url:?} is not understood; use sqlite://PATH or postgres://USER@HOST/NAME")]
    Address { url: String },
    #[error("SQLite {found} has a bug that can damage the database; {needed} or later is needed")]
    OldSqlite { found: String, needed: &'static str },
    #[error("the database holds {what} that this version cannot read: {detail}")]
    Unreadable { what: &'static str, detail: String },
    #[error("the database could not {doing}")]
    Database {
        doing: &'static str,
        #[source]
        source: sea_orm::DbErr,
    },
}
