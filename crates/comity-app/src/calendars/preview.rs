//! What another calendar would mean for what is promised.
//!
//! A promise that was made stands, so none that is open moves. But what is promised from then on does, and somebody has to keep
//! what is open even where it falls into time in which nobody would be there.

use crate::{App, AppError, cases::in_words};
use comity_domain::{
    Timestamp,
    calendar::{Calendar, Stretch},
    charter::{Article, Length},
};
use comity_store::OpenPromise;
use jiff::SignedDuration;

/// Most open promises that are reckoned anew; beyond them only the count is told.
const MOST_RECKONED: u64 = 20_000;
/// Most that are named.
const MOST_NAMED: usize = 20;

pub struct Preview {
    /// Articles that count working time, and when they would be due if they began now.
    pub made_now: Vec<PromiseMade>,
    /// Our open promises that count working time, late ones left out.
    pub open: u64,
    /// How many of them were looked at: those due first.
    pub looked_at: u64,
    /// How many would be due at another time, had they been made by this calendar.
    pub different: u64,
    /// How many are due in time in which we would be closed.
    pub closed: u64,
    /// Those that are different or due while closed, the first to be due first.
    pub moved: Vec<Moved>,
}

/// An article, begun now.
pub struct PromiseMade {
    pub article: Article,
    pub within: String,
    /// By the live version.
    pub live: Timestamp,
    pub then: Timestamp,
}

pub struct Moved {
    pub promise: OpenPromise,
    /// What was promised.
    pub owes: String,
    /// When it would be due, had it been made by this calendar.
    pub would_be: Timestamp,
    /// It is due when we would be closed.
    pub is_closed: bool,
}

impl App {
    pub(super) async fn preview_calendar(&self, calendar: Calendar) -> Result<Preview, AppError> {
        let now = self.clock.now();
        let live = self.live_policy()?;
        let articles: Vec<(Article, Length)> = live
            .policy
            .charter()
            .articles
            .iter()
            .filter_map(|article| Some((article.clone(), article.due?.within)))
            .filter(|(_, within)| within.elapsed().is_none())
            .collect();
        let ids: Vec<&str> = articles.iter().map(|(article, _)| article.id.as_str()).collect();
        let (open, promises) = self.store.open_promises(self.organization, &ids, now, MOST_RECKONED).await?;
        let reckon = move || {
            let made_now = articles.iter().map(|(article, within)| {
                Ok(PromiseMade {
                    within: in_words(*within),
                    live: live.policy.calendar().due(now, *within)?,
                    then: calendar.due(now, *within)?,
                    article: article.clone(),
                })
            });
            let made_now = made_now.collect::<Result<Vec<_>, comity_domain::calendar::CalendarError>>()?;
            let mut preview = Preview {
                made_now,
                open,
                looked_at: promises.len() as u64,
                different: 0,
                closed: 0,
                moved: Vec::new(),
            };
            for promise in promises {
                let known = articles.iter().find(|(article, _)| article.id == promise.article);
                let Some((article, within)) = known else { continue };
                let would_be = calendar.due(promise.started_at, *within)?;
                let is_different = would_be != promise.promised_at;
                let is_closed = !is_open_before(&calendar, promise.due_at)?;
                preview.different += u64::from(is_different);
                preview.closed += u64::from(is_closed);
                if (is_different || is_closed) && preview.moved.len() < MOST_NAMED {
                    preview.moved.push(Moved { owes: article.owes.clone(), promise, would_be, is_closed });
                }
            }
            Ok(preview)
        };
        let preview = self.blocking(reckon).await?;
        preview
            .map_err(|error: comity_domain::calendar::CalendarError| AppError::invalid("/calendar", error.to_string()))
    }
}

/// Whether somebody is there in the minute before: what is due as a window closes is due in it.
fn is_open_before(calendar: &Calendar, at: Timestamp) -> Result<bool, comity_domain::calendar::CalendarError> {
    let from = at.saturating_sub(SignedDuration::from_mins(1)).unwrap_or(at);
    Ok(!calendar.open_time(Stretch { from, until: at })?.is_zero())
}
