//! Bundles: what the checker and the tests say, drafts and versions.

mod calendar;
mod life;

pub use calendar::edited_calendar;
pub use life::{history, version, versions};

use super::person;
use crate::dto::{self, ArticleView, CharterView};
use comity_app::{
    App, AppError,
    cases::{People, in_words},
    policies::Checked,
    values::{Diagnostic, Draft, RuleSummary, TestCase, TestReport},
};
use comity_domain::{charter::Charter, life::Asker};

pub fn checked(checked: Checked) -> dto::BundleCheck {
    let policy = checked.policy.as_ref();
    dto::BundleCheck {
        diagnostics: checked.diagnostics.into_iter().map(Into::into).collect(),
        charter: policy.map(|policy| charter(policy.charter())),
        rules: policy.map(|policy| policy.rules().into_iter().map(Into::into).collect()).unwrap_or_default(),
    }
}

fn charter(charter: &Charter) -> CharterView {
    let articles = charter.articles.iter().map(|article| ArticleView {
        id: article.id.clone(),
        party: article.party.into(),
        owes: article.owes.clone(),
        within: article.due.map(|due| in_words(due.within)),
    });
    CharterView { name: charter.name.clone(), articles: articles.collect() }
}

pub async fn policy_state(app: &App, asker: &Asker) -> Result<dto::PolicyState, AppError> {
    let people = app.people().await?;
    let live = match app.live_version().await? {
        Some(live) => Some(version(app, live, asker).await?.row),
        None => None,
    };
    Ok(dto::PolicyState { live, draft: Some(draft_of(app.policy_draft().await?, &people)) })
}

pub async fn draft(app: &App, draft: Draft) -> Result<dto::Draft, AppError> {
    Ok(draft_of(draft, &app.people().await?))
}

fn draft_of(draft: Draft, people: &People) -> dto::Draft {
    dto::Draft {
        files: draft.files,
        revision: draft.revision,
        updated_at: draft.updated_at,
        updated_by: draft.updated_by.map(|id| person(id, people)),
    }
}

impl From<Diagnostic> for dto::Diagnostic {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            file: diagnostic.file,
            line: diagnostic.line,
            column: diagnostic.column,
            end_column: diagnostic.end_column,
            severity: diagnostic.severity.into(),
            code: diagnostic.code,
            message: diagnostic.message,
            help: diagnostic.help,
        }
    }
}

impl From<RuleSummary> for dto::RuleSummary {
    fn from(rule: RuleSummary) -> Self {
        Self {
            id: rule.id,
            because: rule.because,
            article: rule.article,
            is_public: rule.is_public,
            file: rule.file,
            line: rule.line,
            reach_reason: rule.reach_reason,
        }
    }
}

impl From<TestReport> for dto::BundleTests {
    fn from(report: TestReport) -> Self {
        Self {
            passed: report.passed as u64,
            failed: report.failed as u64,
            cases: report.cases.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<TestCase> for dto::BundleTest {
    fn from(case: TestCase) -> Self {
        Self {
            file: case.file,
            name: case.name,
            passed: case.passed,
            message: (!case.message.is_empty()).then_some(case.message),
            duration_us: case.duration_us,
        }
    }
}
