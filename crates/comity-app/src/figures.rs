//! Figures over the ledger, counted from the posts themselves.

use crate::{App, AppError};
use comity_domain::{Timestamp, facts::percent_kept};
use comity_store::{ArticleFigures, FirstAnswerTimes, OutcomeFigures, SaidFigures};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How soon each company gave its first answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstAnswers {
    pub hours: u32,
    pub companies: Vec<CompanyFirstAnswers>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CompanyFirstAnswers {
    /// Empty for cases that name none.
    pub company: String,
    /// Cases in which a consumer wrote.
    pub cases: u64,
    /// Of those, the ones with an answer at all.
    pub answered: u64,
    /// Of those, the ones answered within the hours asked for.
    pub answered_within: u64,
    /// `answered_within` of `cases`, from 0 to 1.
    pub share: f64,
}

/// What was promised and what became of it, over a while.
pub struct PromiseFigures {
    pub days: u32,
    pub articles: Vec<ArticlePromises>,
    /// How long people waited for a first answer, with the percentiles of [`PERCENTILES`].
    pub first_answers: FirstAnswerTimes,
}

pub struct ArticlePromises {
    pub figures: ArticleFigures,
    /// The sentence that is owed; empty for an article that the charter no longer has.
    pub owes: String,
}

impl ArticlePromises {
    /// How many of a hundred that came to an end were kept, to one decimal.
    #[must_use]
    pub fn kept_percent(&self) -> Option<f64> {
        percent_kept(self.figures.kept.cast_signed(), self.figures.broken.cast_signed())
    }
}

/// How cases ended, over a while.
pub struct Outcomes {
    pub days: u32,
    pub figures: OutcomeFigures,
    /// What the sides said, by content hash of the version that it came under.
    pub said: BTreeMap<String, SaidFigures>,
}

pub const PERCENTILES: [u32; 3] = [50, 90, 99];
const LONGEST_DAYS: u32 = 3_660;

impl App {
    /// Over the last so many days. Articles of the charter that nothing came of are there, too.
    pub async fn promise_figures(&self, days: u32) -> Result<PromiseFigures, AppError> {
        let (since, now) = self.last_days(days)?;
        let live = self.live_policy()?;
        let charter = live.policy.charter();
        let mut found = self.store.promise_figures(self.organization, since, now).await?;
        let mut articles = Vec::new();
        for article in charter.articles.iter().filter(|article| article.due.is_some()) {
            let at = found.iter().position(|one| one.article == article.id && one.party == article.party);
            let none = || ArticleFigures {
                article: article.id.clone(),
                party: article.party,
                kept: 0,
                broken: 0,
                late: 0,
                waived: 0,
                cancelled: 0,
                running: 0,
            };
            let figures = at.map_or_else(none, |at| found.remove(at));
            articles.push(ArticlePromises { figures, owes: article.owes.clone() });
        }
        articles.extend(found.into_iter().map(|figures| ArticlePromises { figures, owes: String::new() }));
        let first_answers = self.store.first_answer_times(self.organization, since, now, &PERCENTILES).await?;
        Ok(PromiseFigures { days, articles, first_answers })
    }

    /// Of what was closed in the last so many days, with the percentiles of [`PERCENTILES`].
    pub async fn outcomes(&self, days: u32) -> Result<Outcomes, AppError> {
        let (since, now) = self.last_days(days)?;
        let figures = self.store.outcome_figures(self.organization, since, now, &PERCENTILES).await?;
        let said = self.store.said_figures(self.organization, since, now).await?;
        Ok(Outcomes { days, figures, said })
    }

    fn last_days(&self, days: u32) -> Result<(Timestamp, Timestamp), AppError> {
        if days == 0 || days > LONGEST_DAYS {
            return Err(AppError::invalid("/days", format!("give 1 to {LONGEST_DAYS} days")));
        }
        let now = self.clock.now();
        let since = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN);
        Ok((since, now))
    }

    /// First answers within `hours` elapsed hours of the consumer's first post.
    pub async fn first_answers(&self, hours: u32) -> Result<FirstAnswers, AppError> {
        let within = SignedDuration::from_hours(hours.into());
        let found = self.store.first_answers(self.organization, within).await?;
        let companies = found.into_iter().map(|count| CompanyFirstAnswers {
            company: count.company.unwrap_or_default(),
            cases: count.cases,
            answered: count.answered,
            answered_within: count.answered_within,
            share: count.answered_within as f64 / count.cases as f64,
        });
        let companies = companies.collect();
        Ok(FirstAnswers { hours, companies })
    }
}
