//! Versions as their list and their page show them.

use super::super::person;
use crate::dto;
use comity_app::{
    App, AppError,
    cases::People,
    policies::{Changes, FileChange, FileStatus, HistoryLine, ImpactReport, VersionName, VersionView},
    values::{Beside, PolicyVersion},
};
use comity_domain::life::{Action, Approval, Asker, BreakGlass, Named, Review, Stopped};

/// Versions with their files and what this person may do with each; a list takes the rows out.
pub async fn versions(app: &App, versions: Vec<PolicyVersion>, asker: &Asker) -> Result<Vec<dto::Version>, AppError> {
    let people = app.people().await?;
    let views = app.policy_views(versions, asker).await?;
    Ok(views.into_iter().map(|view| version_of(view, &people)).collect())
}

pub async fn version(app: &App, version: PolicyVersion, asker: &Asker) -> Result<dto::Version, AppError> {
    let shown = versions(app, vec![version], asker).await?.pop();
    shown.ok_or_else(|| AppError::internal("a version got lost on its way"))
}

fn version_of(view: VersionView, people: &People) -> dto::Version {
    let VersionView { version, may, approval_is_current } = view;
    let life = version.life;
    dto::Version {
        row: dto::VersionRow {
            id: version.id.0,
            hash: version.hash,
            number: version.number,
            note: version.note,
            author: life.author.map(|id| person(id, people)),
            state: life.state.into(),
            is_live: life.state == comity_domain::life::State::Live,
            proposed_at: life.proposed_at,
            published_at: life.published_at,
            base: life.base.map(Into::into),
            canary_percent: life.canary_percent,
            canary_stopped: life.canary_stopped.map(Into::into),
            approval: life.approval.map(|approval| approval_of(approval, approval_is_current, people)),
            break_glass: life.break_glass.map(|broken| break_glass(broken, people)),
            may: may_of(may),
        },
        files: version.files,
    }
}

fn approval_of(approval: Approval, is_current: bool, people: &People) -> dto::Approval {
    let Approval { by, at, note, impact_hash } = approval;
    dto::Approval { by: person(by, people), at, note, impact_hash, is_current }
}

fn break_glass(broken: BreakGlass, people: &People) -> dto::BreakGlass {
    let by = |id: Option<_>| id.map(|id| person(id, people));
    let review = |Review { by: reviewer, at, note }| dto::BreakGlassReview { by: by(reviewer), at, note };
    dto::BreakGlass { reason: broken.reason, by: by(broken.by), at: broken.at, reviewed: broken.reviewed.map(review) }
}

fn may_of(may: [(Action, Option<String>); 8]) -> dto::May {
    let mut shown = dto::May::default();
    for (action, why_not) in may {
        let field = match action {
            Action::Approve => &mut shown.approve,
            Action::Publish => &mut shown.publish,
            Action::BreakGlass => &mut shown.break_glass,
            Action::Shadow => &mut shown.shadow,
            Action::Canary => &mut shown.canary,
            Action::SetAside => &mut shown.set_aside,
            Action::Restore => &mut shown.restore,
            Action::Review => &mut shown.review,
        };
        *field = why_not;
    }
    shown
}

pub async fn history(app: &App, lines: Vec<HistoryLine>) -> Result<Vec<dto::HistoryLine>, AppError> {
    let people = app.people().await?;
    let line = |HistoryLine { at, by, action, detail }| dto::HistoryLine {
        at,
        by: by.map(|id| person(id, &people)),
        action,
        detail,
    };
    Ok(lines.into_iter().map(line).collect())
}

impl From<Named> for dto::NumberedVersion {
    fn from(version: Named) -> Self {
        Self { id: version.id.0, number: version.number }
    }
}

impl From<Stopped> for dto::CanaryStopped {
    fn from(stopped: Stopped) -> Self {
        Self { at: stopped.at, reason: stopped.reason }
    }
}

impl From<VersionName> for dto::VersionName {
    fn from(version: VersionName) -> Self {
        Self { id: version.id.0, number: version.number, hash: version.hash }
    }
}

impl From<ImpactReport> for dto::ImpactReport {
    fn from(report: ImpactReport) -> Self {
        Self {
            hash: report.hash,
            version: report.version.into(),
            against: report.against.map(Into::into),
            files: report.files.into_iter().map(Into::into).collect(),
            rules: report.rules.into(),
            articles: report.articles.into(),
            tests: dto::TestCounts { passed: report.tests.passed, failed: report.tests.failed },
            warnings: report.warnings.into_iter().map(Into::into).collect(),
            backtest: report.backtest.map(|tried| dto::TriedBacktest {
                from: tried.from,
                until: tried.until,
                summary: tried.summary.into(),
            }),
        }
    }
}

impl From<FileChange> for dto::FileChange {
    fn from(change: FileChange) -> Self {
        let status = match change.status {
            FileStatus::Added => dto::FileStatus::Added,
            FileStatus::Removed => dto::FileStatus::Removed,
            FileStatus::Changed => dto::FileStatus::Changed,
        };
        let (added_lines, removed_lines) = (change.added_lines as u64, change.removed_lines as u64);
        Self { path: change.path, status, added_lines, removed_lines }
    }
}

impl From<Changes> for dto::Changes {
    fn from(changes: Changes) -> Self {
        Self { added: changes.added, removed: changes.removed, changed: changes.changed }
    }
}

impl From<Beside> for dto::BesideView {
    fn from(beside: Beside) -> Self {
        Self {
            since: beside.since,
            decided: beside.tally.events,
            different: beside.tally.different,
            failed: beside.tally.failed,
            skipped: beside.tally.skipped,
            canary_decided: beside.trial.decided,
            canary_failed: beside.trial.failed,
            by_effect: beside.tally.by_effect().into_iter().map(Into::into).collect(),
            by_rule: beside.tally.by_rule().into_iter().map(Into::into).collect(),
            cases: beside.cases.into_iter().map(Into::into).collect(),
        }
    }
}
