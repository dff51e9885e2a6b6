//! Everything that is kept, and the only crate that knows how: SeaORM on SQLite or on PostgreSQL.
//!
//! Domain values come in and go out; SQL and SeaORM types never leave. Every query is scoped by an organization. Each
//! method is one transaction: it writes what changed together with its audit entries, or nothing at all. There is no
//! clock in here (times are passed in) and no decision: this crate records what others decided.
//!
//! Reading order: [`open`](Store::open), then in the order of a post's life: `ingest`, `decide`, `surge`, `timers`, `sweep`, `flows`, `rotas`, `notices`, `channels`, `announcements`, `outbox`; then
//! what people look at: `cases`, `case_links`, `closings`, `outcomes`, `figures`, `audit`; then what they set up: `accounts`, `connections`, `policies`, with what
//! its `quotas` count; and what is tried over what was decided: `evidence`, `backtests`.

mod accounts;
mod announcements;
mod audit;
mod backtests;
mod case_links;
mod cases;
mod channels;
mod closings;
mod codec;
mod connections;
mod counts;
mod decide;
mod entity;
mod error;
mod evidence;
mod figures;
mod flows;
mod ingest;
mod notices;
mod open;
mod outbox;
mod outcomes;
mod policies;
mod promises;
mod push;
mod quotas;
mod rotas;
mod sql;
mod surge;
mod sweep;
mod timers;

pub use accounts::{ApiToken, NewUser, Organization, Session, User, UserChange};
pub use announcements::Announcement;
pub use audit::{AuditFilter, AuditRow};
pub use backtests::{
    Backtest, BacktestState, Checkpoint, DiffFilter, FoundDiff, NewBacktest, Range, StartedBacktest, TakenBacktest,
};
pub use case_links::{CaseLink, LinkEnd};
pub use cases::{CaseCounts, CaseFilter, CaseRow, CaseSort, Note, Page, Queue};
pub use channels::{Channel, ChannelMessage};
pub use closings::{OutcomeFigures, ReasonFigures};
pub use connections::{Connection, ConnectionChange, ConnectionStatus, LogLevel, LogLine};
pub use decide::{CaseCommit, CommitResult, Undecided};
pub use error::StoreError;
pub use evidence::{DecisionKey, DecisionSize, StoredDecision};
pub use figures::{ArticleFigures, FirstAnswerTimes, FirstAnswers};
pub use flows::{FlowAct, FlowEnd, FlowFilter, FlowRow, FlowState, Recipients};
pub use ingest::{IngestBatch, IngestOutcome, post_id};
pub use notices::{FlowLink, NoticesDue};
pub use open::{Store, StoreConfig};
pub use outbox::{Leased, Recorded};
pub use outcomes::{AskedFigures, SaidFigures};
pub use policies::{Beside, Compared, Draft, Impact, NewPolicyVersion, PolicyVersion, Standing};
pub use promises::OpenPromise;
pub use push::PushSubscription;
pub use rotas::TeamRota;
pub use sweep::Swept;
