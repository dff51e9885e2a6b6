//! Values of the crates below that the use cases take and hand out, for callers that know only this crate.

pub use comity_plugin_host::{Capability, Description, TextLimit, WebhookAnswer, WebhookRequest};
pub use comity_policy::explain::{
    Audience, Explanation, Kind as SentenceKind, Sentence, effect_sentence, refusal_words,
};
pub use comity_policy::{
    Brief, Diagnostic, RuleSummary, Severity, TestCase, TestReport,
    vocabulary::{Word, vocabulary},
};
pub use comity_store::{
    ApiToken, AskedFigures, AuditFilter, AuditRow, Backtest, BacktestState, Beside, CaseCounts, CaseFilter, CaseLink,
    CaseRow, CaseSort, ConnectionStatus, DiffFilter, Draft, FlowFilter, FlowRow, FlowState, LogLevel, LogLine, Note,
    Organization, Page, PolicyVersion, PushSubscription, Queue, ReasonFigures, SaidFigures, StoreError, User,
    UserChange,
};
