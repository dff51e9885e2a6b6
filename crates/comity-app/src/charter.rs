//! The charter as everybody may read it: the articles of both sides, and how often each is kept.

use crate::{App, AppError};
use comity_domain::{
    Timestamp,
    calendar::Calendar,
    charter::{Article, Charter},
    promises::Promises,
};
use std::sync::Arc;

/// What the public reads, in one language.
pub struct PublicCharter {
    pub organization: String,
    /// The language that it is in, and all that there are, the policy's own first.
    pub language: String,
    pub languages: Vec<String>,
    pub charter: Charter,
    pub calendar: Calendar,
    /// The number of the policy's version, and since when it is live.
    pub version: i64,
    pub since: Option<Timestamp>,
    promises: Arc<Promises>,
}

impl PublicCharter {
    /// How many of a hundred are kept of what an article promised; unknown while too few have come to an end to say so
    /// without pointing at somebody.
    #[must_use]
    pub fn kept_percent(&self, article: &Article) -> Option<f64> {
        self.promises.articles.get(&article.id).and_then(comity_domain::facts::PromiseFacts::kept_percent)
    }
}

impl App {
    /// The language that the live policy is written in.
    pub fn policy_language(&self) -> Result<String, AppError> {
        Ok(self.live_policy()?.policy.settings().language.clone())
    }

    /// The live charter, in the first of these languages that it has, or in one near to it, else in its own. There is none
    /// before the installation is set up.
    pub async fn public_charter(&self, wanted: &[&str]) -> Result<PublicCharter, AppError> {
        let organization = self.organization().await?;
        if !organization.is_set_up {
            return Err(AppError::NotFound { what: "charter" });
        }
        let live = Arc::clone(&self.deciding().await?.live);
        let languages: Vec<String> = live.policy.languages().map(str::to_owned).collect();
        let wanted = wanted.iter().find_map(|language| live.policy.language_near(language));
        let texts = live.policy.texts(wanted.unwrap_or(&languages[0]));
        let version = self.store.policy_version(self.organization, live.id).await?;
        Ok(PublicCharter {
            organization: organization.name,
            language: texts.language().to_owned(),
            charter: texts.charter(),
            calendar: live.policy.calendar().clone(),
            version: live.number,
            since: version.and_then(|version| version.life.published_at),
            promises: self.promises(self.clock.now()).await?,
            languages,
        })
    }
}
