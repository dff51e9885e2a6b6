//! Telling people outside of the pages what escalates: by mail and in their browsers, with a link that takes it up.
//!
//! A person gets one message at a time by each way, with everything that is due for them by then; the next leaves a while later at
//! the earliest, so that a thousand cases are not a thousand messages. What has been taken up or is over by then is left out. A
//! message says why and which case, and nothing that somebody wrote: mail is read on the way.

mod push;
mod words;

pub use push::NewBrowser;
pub(crate) use push::Push;
pub use words::LANGUAGES;

use crate::{App, AppError, accounts::secret};
use comity_domain::{
    Timestamp, UserId,
    flow::Run,
    notify::{MOST_MINUTES, NotifyRules, Way},
};
use comity_store::{FlowAct, FlowLink, FlowRow, NoticesDue, User};
use futures::future::BoxFuture;
use ipnet::IpNet;
use jiff::SignedDuration;
use push::{Act, Message};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt::Write as _, sync::Arc, time::Duration};
use words::Words;

/// Most people that are told in one go.
const BATCH: u64 = 50;
/// Runs that a mail tells of one by one.
const MOST_TOLD: usize = 20;
/// And what a browser shows.
const MOST_SHOWN: usize = 3;
/// The page with what waits.
const WAITING: &str = "/escalations?state=waiting";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NotifyConfig {
    /// `smtp://host:587` (with STARTTLS) or `smtps://host:465`; without one nothing is mailed. To an address of this machine
    /// itself, `smtp://` is plain.
    pub mail_server: Option<String>,
    /// Who mails come from: `Comity <comity@example.org>`.
    pub mail_from: String,
    pub mail_user: Option<String>,
    /// A file in the data folder with the password; or set COMITY_MAIL_PASSWORD.
    pub mail_password_file: Option<String>,
    /// Networks outside of the public internet in which browsers may be reached, `10.0.0.0/8`: where an own push service is.
    pub push_networks: Vec<IpNet>,
    /// Whom the operator of a push service can turn to, `mailto:…` or `https://…`; without one, the address of this installation.
    pub push_contact: Option<String>,
    /// How long a push service keeps a message for a browser that is not there.
    pub push_ttl_seconds: u32,
    /// The least time between two messages by one way to one person; what comes meanwhile goes together in the next.
    pub between_seconds: u64,
    pub most_attempts: i64,
    pub first_retry_seconds: u64,
    /// How long one attempt may take before another worker may try.
    pub lease_seconds: u64,
    /// How long the link in a message is good for.
    pub link_days: u32,
    pub scan_seconds: u64,
}

impl Default for NotifyConfig {
    fn default() -> Self {
        Self {
            mail_server: None,
            mail_from: "Comity <comity@localhost>".into(),
            mail_user: None,
            mail_password_file: None,
            push_networks: Vec::new(),
            push_contact: None,
            push_ttl_seconds: 12 * 3_600,
            between_seconds: 60,
            most_attempts: 8,
            first_retry_seconds: 10,
            lease_seconds: 120,
            link_days: 7,
            scan_seconds: 5,
        }
    }
}

/// One mail in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to_name: String,
    pub to: String,
    pub subject: String,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untold {
    /// Trying again would end the same.
    #[error("it is refused: {0}")]
    Refused(String),
    #[error("it could not be taken: {0}")]
    Later(String),
}

/// What mails leave through.
pub trait Mailer: Send + Sync {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Untold>>;
}

/// What the page behind a link shows.
pub struct LinkedFlow {
    pub row: FlowRow,
    /// Whom the link was sent to.
    pub user: User,
    /// As people say it: `NW-4821`.
    pub case_key: String,
    /// Whether it can still be used.
    pub is_good: bool,
}

pub async fn run(app: Arc<App>) {
    let scan = Duration::from_secs(app.config.notify.scan_seconds.max(1));
    while !app.stop.is_cancelled() {
        match app.tell_due().await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "telling people failed; it is tried again"),
        }
        tokio::select! {
            () = app.wake.notify.notified() => {}
            () = tokio::time::sleep(scan) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// A run as somebody is told of it.
struct ToldRun {
    key: String,
    because: String,
    flow: String,
    rule: String,
    /// The path of the link that takes it up.
    take_up: Option<String>,
}

/// Everything that somebody is told at one time.
struct Telling {
    words: Words,
    runs: Vec<ToldRun>,
    more: usize,
    title: String,
    body: String,
    open: String,
}

impl Telling {
    fn new(words: Words, runs: Vec<ToldRun>, more: usize) -> Self {
        let line = |run: &ToldRun| format!("{}: {}", run.key, run.because);
        let first = runs.first().map(line).unwrap_or_default();
        let count = runs.len() + more;
        let is_one = count == 1;
        let mut lines: Vec<String> = runs.iter().take(MOST_SHOWN).map(line).collect();
        if count > MOST_SHOWN {
            lines.push(words.more(count - MOST_SHOWN));
        }
        let source = runs.first().map(|run| words.source(&run.flow, &run.rule)).unwrap_or_default();
        let open = runs.first().filter(|_| is_one).map(|run| format!("/cases/{}", run.key));
        Self {
            title: if is_one { first } else { words.several(count, &first) },
            body: if is_one { source } else { lines.join("\n") },
            open: open.unwrap_or_else(|| WAITING.to_owned()),
            words,
            runs,
            more,
        }
    }

    /// What a browser shows.
    fn message(&self) -> Message<'_> {
        let take_up =
            self.runs.first().filter(|_| self.runs.len() + self.more == 1).and_then(|run| run.take_up.as_deref());
        let act = take_up.map(|open| Act { title: self.words.take_up(), open });
        Message { title: &self.title, body: &self.body, open: &self.open, act }
    }

    fn mail(&self, user: &User, url: &str) -> Mail {
        let words = self.words;
        let part = |run: &ToldRun| {
            let source = words.source(&run.flow, &run.rule);
            let mut part = format!("{}: {}\n{source}\n{url}/cases/{}\n", run.key, run.because, run.key);
            if let Some(path) = &run.take_up {
                // Writing to a string cannot fail.
                let _ = writeln!(part, "{}: {url}{path}", words.take_up());
            }
            part
        };
        let mut parts: Vec<String> = self.runs.iter().map(part).collect();
        if self.more > 0 {
            parts.push(format!("{}: {url}{WAITING}\n", words.more(self.more)));
        }
        let text = format!("{}\n{}\n{url}/settings\n", parts.join("\n"), words.why());
        Mail { to_name: user.name.clone(), to: user.email.clone(), subject: self.title.clone(), text }
    }
}

impl App {
    /// The ways by which somebody can be told of what happens now, and when.
    pub(crate) fn ways(&self, user: &User, with_browser: &HashSet<UserId>, now: Timestamp) -> Vec<(Way, Timestamp)> {
        let is_there = |way: &Way| match way {
            Way::Mail => self.mailer.is_some(),
            Way::Push => with_browser.contains(&user.id),
        };
        let ways = Way::ALL.into_iter().filter(is_there);
        ways.filter_map(|way| Some((way, user.notify.send_at(way, now)?))).collect()
    }

    /// Sends what is due; how many messages that were.
    pub async fn tell_due(&self) -> Result<usize, AppError> {
        let config = &self.config.notify;
        let now = self.clock.now();
        if self.store.next_notice_at(self.organization).await?.is_none_or(|next| next > now) {
            return Ok(0);
        }
        let not_since = before(now, config.between_seconds);
        let again_at = after(now, config.lease_seconds);
        let mut count = 0;
        for way in Way::ALL {
            // What is to be mailed waits for a mail server.
            if way == Way::Mail && self.mailer.is_none() {
                continue;
            }
            let due = self.store.take_notices(self.organization, way, now, not_since, again_at, BATCH).await?;
            count += due.len();
            for one in due {
                self.tell_one(&one, now).await?;
            }
        }
        Ok(count)
    }

    async fn tell_one(&self, due: &NoticesDue, now: Timestamp) -> Result<(), AppError> {
        let user = self.store.user(self.organization, due.user).await?.filter(|user| user.is_active);
        let Some(user) = user.filter(|_| !due.runs.is_empty()) else {
            return Ok(self.store.notices_done(due, None).await?);
        };
        let told = self.write(&user, &due.runs, now).await?;
        let sent = match due.way {
            Way::Mail => match &self.mailer {
                Some(mailer) => mailer.send(told.mail(&user, &self.url())).await,
                None => Err(Untold::Later("there is no mail server".into())),
            },
            Way::Push => self.push_to_all(&user, &told.message()).await,
        };
        match sent {
            Ok(()) => {
                metrics::counter!("comity_notices_sent_total", "way" => due.way.as_str()).increment(1);
                Ok(self.store.notices_done(due, Some(self.clock.now())).await?)
            }
            Err(error) => {
                let config = &self.config.notify;
                let gives_up = matches!(error, Untold::Refused(_)) || due.attempts >= config.most_attempts;
                let way = due.way.as_str();
                tracing::warn!(user = %due.user, way, attempts = due.attempts, %error, gives_up, "a message did not leave");
                let doublings = u32::try_from(due.attempts - 1).unwrap_or(0).min(10);
                let wait = config.first_retry_seconds.saturating_mul(1 << doublings);
                let again_at = (!gives_up).then(|| after(now, wait));
                let why = error.to_string();
                Ok(self.store.notices_failed(self.organization, due, again_at, &why, now).await?)
            }
        }
    }

    fn url(&self) -> String {
        self.config.public_url.trim_end_matches('/').to_owned()
    }

    /// What there is to say, with a link for each run that waits.
    async fn write(&self, user: &User, runs: &[Run], now: Timestamp) -> Result<Telling, AppError> {
        let prefix = self.organization().await?.key_prefix;
        let live = self.live_policy()?;
        let language = user.notify.language.as_deref().unwrap_or(&live.policy.settings().language);
        let texts = live.policy.texts(language);
        let own = live.policy.texts(&live.policy.settings().language);
        let until = after(now, u64::from(self.config.notify.link_days) * 24 * 3_600);
        let (mut links, mut told) = (Vec::new(), Vec::new());
        for run in runs.iter().take(MOST_TOLD) {
            let Some(row) = self.store.flow_run(self.organization, run.id).await? else { continue };
            let take_up = run.waits().then(|| {
                let token = secret::new_token();
                let link = FlowLink { run: run.id, user: user.id, until, used_at: None };
                links.push((secret::hash(&token), link));
                format!("/take-up/{token}")
            });
            told.push(ToldRun {
                key: format!("{prefix}-{}", row.case_number),
                // In their words, unless the policy says something else by now.
                because: match own.because(&run.flow) {
                    Some(own) if own == run.because => texts.because(&run.flow).unwrap_or(own).to_owned(),
                    _ => run.because.clone(),
                },
                flow: run.flow.clone(),
                rule: run.rule.clone(),
                take_up,
            });
        }
        self.store.add_flow_links(self.organization, links).await?;
        Ok(Telling::new(Words::of(language), told, runs.len().saturating_sub(MOST_TOLD)))
    }

    /// What a link leads to. One that nobody sent leads to nothing.
    pub async fn linked_flow(&self, token: &str) -> Result<LinkedFlow, AppError> {
        let none = || AppError::NotFound { what: "link" };
        let link = self.store.flow_link(self.organization, &secret::hash(token)).await?.ok_or_else(none)?;
        let row = self.flow_run(link.run).await?;
        let user = self.store.user(self.organization, link.user).await?.filter(|user| user.is_active);
        let case_key = format!("{}-{}", self.organization().await?.key_prefix, row.case_number);
        let is_good = link.used_at.is_none() && link.until > self.clock.now() && row.run.waits();
        Ok(LinkedFlow { row, user: user.ok_or_else(none)?, case_key, is_good })
    }

    /// Takes a run up for whom the link was sent to; it works once.
    pub async fn take_up(&self, token: &str) -> Result<LinkedFlow, AppError> {
        let found = self.linked_flow(token).await?;
        if found.is_good {
            self.act_on_flow(found.row.run.id, FlowAct::TakeUp, found.user.id).await?;
            self.store.use_flow_link(self.organization, &secret::hash(token), self.clock.now()).await?;
        }
        self.linked_flow(token).await
    }

    /// How somebody wants to be told.
    pub async fn set_notify_rules(&self, by: &crate::accounts::Caller, rules: NotifyRules) -> Result<(), AppError> {
        if let Some(quiet) = &rules.quiet
            && jiff::tz::TimeZone::get(&quiet.time_zone).is_err()
        {
            let message =
                format!("there is no time zone {:?}; use an IANA name such as Europe/Berlin", quiet.time_zone);
            return Err(AppError::invalid("/quiet/time_zone", message));
        }
        if rules.mail_after_minutes.max(rules.push_after_minutes) > MOST_MINUTES {
            let pointer =
                if rules.mail_after_minutes > MOST_MINUTES { "/mail_after_minutes" } else { "/push_after_minutes" };
            return Err(AppError::invalid(pointer, format!("take {MOST_MINUTES} minutes at most")));
        }
        if rules.language.as_deref().is_some_and(|language| !LANGUAGES.contains(&language)) {
            return Err(AppError::invalid("/language", format!("take one of {}", LANGUAGES.join(", "))));
        }
        Ok(self.store.set_notify_rules(self.organization, by.user, &rules, &by.actor(), self.clock.now()).await?)
    }

    pub async fn notify_rules(&self, by: &crate::accounts::Caller) -> Result<NotifyRules, AppError> {
        let user = self.store.user(self.organization, by.user).await?;
        Ok(user.map(|user| user.notify).unwrap_or_default())
    }

    /// Whether anything is mailed at all.
    pub fn mails(&self) -> bool {
        self.mailer.is_some()
    }
}

fn after(now: Timestamp, seconds: u64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds.cast_signed())).unwrap_or(Timestamp::MAX)
}

fn before(now: Timestamp, seconds: u64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_secs(seconds.cast_signed())).unwrap_or(Timestamp::MIN)
}
