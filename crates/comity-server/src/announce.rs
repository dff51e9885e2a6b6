//! Announcements by HTTP.

use anyhow::{Context as _, bail};
use comity_app::announce::{AnnounceConfig, Announcer, Secret, Signed, Unheard};
use futures::future::BoxFuture;
use reqwest::{Client, StatusCode, header, redirect};
use std::{fs, path::Path, sync::Arc, time::Duration};

/// What the specification tells senders to wait.
const PATIENCE: Duration = Duration::from_secs(20);
const SECRET: &str = "COMITY_ANNOUNCE_SECRET";

struct Http {
    client: Client,
    url: String,
    secret: Secret,
}

/// What announcements leave through by these settings; nothing when nobody wants any.
pub fn announcer(config: &AnnounceConfig, folder: &Path) -> anyhow::Result<Option<Arc<dyn Announcer>>> {
    let Some(url) = config.url.clone() else { return Ok(None) };
    let parsed = reqwest::Url::parse(&url).context("announce.url")?;
    let is_here = parsed.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    if parsed.scheme() != "https" && !is_here {
        bail!("announce.url is not https:// and does not stay on this machine");
    }
    let secret = match (&config.secret_file, std::env::var(SECRET)) {
        (_, Ok(secret)) => secret,
        (Some(file), Err(_)) => {
            fs::read_to_string(folder.join(file)).with_context(|| format!("reading announce.secret_file {file:?}"))?
        }
        (None, Err(_)) => bail!("announce.url needs a secret: set announce.secret_file, or {SECRET}"),
    };
    let secret = Secret::parse(&secret).map_err(|why| anyhow::anyhow!("the secret for announcements: {why}"))?;
    let client = Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).build()?;
    Ok(Some(Arc::new(Http { client, url, secret })))
}

impl Announcer for Http {
    fn post(&self, signed: Signed) -> BoxFuture<'_, Result<(), Unheard>> {
        Box::pin(async move {
            let request = self.client.post(&self.url).header(header::CONTENT_TYPE, "application/json");
            let request = request
                .header("webhook-id", signed.id)
                .header("webhook-timestamp", signed.timestamp)
                .header("webhook-signature", signed.signature);
            // The address may hold a secret, which an error would repeat.
            let answer = request.body(signed.body).send().await;
            let answer = answer.map_err(|error| Unheard::Later(error.without_url().to_string()))?;
            match answer.status() {
                status if status.is_success() => Ok(()),
                StatusCode::GONE => Err(Unheard::Gone("it answered 410".into())),
                status => Err(Unheard::Later(format!("it answered {status}"))),
            }
        })
    }

    fn secret(&self) -> &Secret {
        &self.secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why_not(url: &str, secret: Option<&str>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let secret_file = secret.map(|secret| {
            fs::write(folder.path().join("secret"), secret).unwrap();
            "secret".to_owned()
        });
        let config = AnnounceConfig { url: Some(url.into()), secret_file, ..AnnounceConfig::default() };
        announcer(&config, folder.path()).err().map(|error| format!("{error:#}")).unwrap_or_default()
    }

    #[test]
    fn settings_that_cannot_work_say_why() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let secret = Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(why_not("https://pager.example/hook", secret), "");
        assert_eq!(why_not("http://127.0.0.1:9/hook", secret), "");
        assert!(why_not("http://pager.example/hook", secret).contains("not https://"));
        assert!(why_not("pager.example", secret).contains("announce.url"));
        assert!(why_not("https://pager.example", None).contains("COMITY_ANNOUNCE_SECRET"));
        assert!(why_not("https://pager.example", Some("short")).contains("whsec_"));
        assert!(announcer(&AnnounceConfig::default(), Path::new("/")).unwrap().is_none());
    }
}
