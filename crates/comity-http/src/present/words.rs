//! The closed lists of words that the API shares with the domain, both ways.

use crate::dto;
use comity_app::values::{Audience, BacktestState, ConnectionStatus, FlowState, LogLevel, SentenceKind, Severity};
use comity_domain::{Party, Role, case, decision, delivery, flow, ledger, life, post};

macro_rules! same_words {
    ($($from:path => $to:path { $($word:ident),* })*) => {$(
        impl From<$from> for $to {
            fn from(word: $from) -> Self {
                match word { $(<$from>::$word => Self::$word),* }
            }
        }
    )*};
}

same_words! {
    Role => dto::Role { Owner, PolicyOwner, Approver, Agent, Auditor, Integrator }
    dto::Role => Role { Owner, PolicyOwner, Approver, Agent, Auditor, Integrator }
    Party => dto::Party { Company, Consumer }
    dto::Party => Party { Company, Consumer }
    case::Status => dto::CaseStatus { Open, Closed, Merged }
    dto::CaseStatus => case::Status { Open, Closed, Merged }
    case::Priority => dto::Priority { Low, Normal, High, Urgent }
    dto::Priority => case::Priority { Low, Normal, High, Urgent }
    post::Visibility => dto::Visibility { Public, Private }
    dto::Visibility => post::Visibility { Public, Private }
    delivery::State => dto::DeliveryState { AwaitsApproval, Pending, Leased, Unknown, Sent, Dead, Cancelled }
    dto::DeliveryState => delivery::State { AwaitsApproval, Pending, Leased, Unknown, Sent, Dead, Cancelled }
    flow::Ending => dto::EscalationEnding { Resolved, CaseClosed, Settled }
    dto::EscalationState => FlowState { Waiting, Acknowledged, Ended }
    ledger::State => dto::ObligationState { Running, Paused, Met, Breached, Waived, Cancelled }
    life::State => dto::VersionState { Candidate, Shadow, Canary, Live, Retired }
    decision::Outcome => dto::RuleOutcome { Fired, NotFired, Unknown, Failed }
    decision::Truth => dto::Truth { True, False, Unknown, NotReached }
    SentenceKind => dto::SentenceKind { Fired, Close, Unknown, Dropped, Fallback, Guard, Nothing }
    dto::Audience => Audience { Staff, Person }
    decision::GuardAction => dto::GuardAction { Warn, Approve, Stop }
    Severity => dto::Severity { Error, Warning, Hint }
    BacktestState => dto::BacktestState { Running, Done, Cancelled, Failed }
    ConnectionStatus => dto::ConnectionStatus { Running, Paused, Failing, Quarantined }
    dto::LogLevel => LogLevel { Debug, Info, Warn, Error }
    LogLevel => dto::LogLevel { Debug, Info, Warn, Error }
}
