//! Telling people outside of the pages what escalates: by mail, with a link that takes it up.
//!
//! A person gets one mail at a time, with everything that is due for them by then; the next leaves a while later at the earliest,
//! so that a thousand cases are not a thousand mails. What has been taken up or is over by then is left out. A mail says why
//! and which case, and nothing that somebody wrote: mail is read on the way.

use crate::{App, AppError, accounts::secret};
use comity_domain::{Timestamp, flow::Run, notify::NotifyRules};
use comity_store::{FlowAct, FlowLink, FlowRow, MailDue, User};
use futures::future::BoxFuture;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::{fmt::Write as _, sync::Arc, time::Duration};

/// Most people that are mailed in one go.
const BATCH: u64 = 50;
/// Runs that a mail tells of one by one.
const MOST_TOLD: usize = 20;

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
    /// The least time between two mails to one person; what comes meanwhile goes together in the next.
    pub between_seconds: u64,
    pub most_attempts: i64,
    pub first_retry_seconds: u64,
    /// How long one attempt may take before another worker may try.
    pub lease_seconds: u64,
    /// How long the link in a mail is good for.
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
pub enum MailError {
    /// Trying again would end the same.
    #[error("the mail server refuses it: {0}")]
    Refused(String),
    #[error("the mail server could not take it: {0}")]
    Later(String),
}

/// What mails leave through.
pub trait Mailer: Send + Sync {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>>;
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
        match app.mail_due().await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "mailing failed; it is tried again"),
        }
        tokio::select! {
            () = app.wake.notify.notified() => {}
            () = tokio::time::sleep(scan) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

impl App {
    /// When something that is told now may be mailed to somebody; nothing when nothing is mailed at all.
    pub(crate) fn mail_at(&self, user: &User, now: Timestamp) -> Option<Timestamp> {
        self.mailer.as_ref().and_then(|_| user.notify.mail_at(now))
    }

    /// Sends what is due; how many mails that were.
    pub async fn mail_due(&self) -> Result<usize, AppError> {
        let Some(mailer) = &self.mailer else { return Ok(0) };
        let config = &self.config.notify;
        let now = self.clock.now();
        if self.store.next_mail_at(self.organization).await?.is_none_or(|next| next > now) {
            return Ok(0);
        }
        let not_since = before(now, config.between_seconds);
        let again_at = after(now, config.lease_seconds);
        let due = self.store.take_mail(self.organization, now, not_since, again_at, BATCH).await?;
        let count = due.len();
        for mail in due {
            self.mail(mailer.as_ref(), &mail, now).await?;
        }
        Ok(count)
    }

    async fn mail(&self, mailer: &dyn Mailer, due: &MailDue, now: Timestamp) -> Result<(), AppError> {
        let user = self.store.user(self.organization, due.user).await?.filter(|user| user.is_active);
        let Some(user) = user.filter(|_| !due.runs.is_empty()) else {
            return Ok(self.store.mail_done(due, None).await?);
        };
        let mail = self.write_mail(&user, &due.runs, now).await?;
        match mailer.send(mail).await {
            Ok(()) => {
                metrics::counter!("comity_mails_sent_total").increment(1);
                Ok(self.store.mail_done(due, Some(self.clock.now())).await?)
            }
            Err(error) => {
                let config = &self.config.notify;
                let gives_up = matches!(error, MailError::Refused(_)) || due.attempts >= config.most_attempts;
                tracing::warn!(user = %due.user, attempts = due.attempts, %error, gives_up, "a mail did not leave");
                let doublings = u32::try_from(due.attempts - 1).unwrap_or(0).min(10);
                let wait = config.first_retry_seconds.saturating_mul(1 << doublings);
                let again_at = (!gives_up).then(|| after(now, wait));
                let why = error.to_string();
                Ok(self.store.mail_failed(self.organization, due, again_at, &why, now).await?)
            }
        }
    }

    /// The mail with a link for each run that waits.
    async fn write_mail(&self, user: &User, runs: &[Run], now: Timestamp) -> Result<Mail, AppError> {
        let prefix = self.organization().await?.key_prefix;
        let url = self.config.public_url.trim_end_matches('/');
        let until = after(now, u64::from(self.config.notify.link_days) * 24 * 3_600);
        let (mut links, mut parts, mut first) = (Vec::new(), Vec::new(), String::new());
        for run in runs.iter().take(MOST_TOLD) {
            let Some(row) = self.store.flow_run(self.organization, run.id).await? else { continue };
            let key = format!("{prefix}-{}", row.case_number);
            if first.is_empty() {
                first = format!("{key}: {}", run.because);
            }
            let mut part =
                format!("{key}: {}\nFlow {}, rule {}.\n{url}/cases/{key}\n", run.because, run.flow, run.rule);
            if run.waits() {
                let token = secret::new_token();
                let link = FlowLink { run: run.id, user: user.id, until, used_at: None };
                links.push((secret::hash(&token), link));
                // Writing to a string cannot fail.
                let _ = writeln!(part, "I take it up: {url}/take-up/{token}");
            }
            parts.push(part);
        }
        self.store.add_flow_links(self.organization, links).await?;
        let more = runs.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            parts.push(format!("And {more} more: {url}/escalations?state=waiting\n"));
        }
        let subject = if runs.len() == 1 { first } else { format!("{} escalations, first {first}", runs.len()) };
        let why = "You get this because a policy of your organization tells you. How you are told can be changed in the settings.\n";
        Ok(Mail {
            to_name: user.name.clone(),
            to: user.email.clone(),
            subject,
            text: format!("{}\n{why}{url}/settings\n", parts.join("\n")),
        })
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
