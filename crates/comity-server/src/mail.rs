//! Mails by SMTP.
//!
//! What leaves this machine is encrypted: `smtps://` from the first byte, `smtp://` by STARTTLS, without which nothing is sent. Only a
//! server on this machine itself may be talked to in plain.

use anyhow::Context as _;
use comity_app::notify::{Mail, Mailer, NotifyConfig, Untold};
use futures::future::BoxFuture;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use std::{fs, path::Path, sync::Arc, time::Duration};

/// Longer than servers that look closely at a sender take.
const PATIENCE: Duration = Duration::from_mins(1);
const PASSWORD: &str = "COMITY_MAIL_PASSWORD";

struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What mails leave through by these settings; nothing when there is no mail server.
pub fn mailer(config: &NotifyConfig, folder: &Path) -> anyhow::Result<Option<Arc<dyn Mailer>>> {
    let Some(server) = &config.mail_server else { return Ok(None) };
    let from: Mailbox = config.mail_from.parse().with_context(|| format!("notify.mail_from {:?}", config.mail_from))?;
    let shape = "notify.mail_server is smtp://host:587 or smtps://host:465";
    let (scheme, address) = server.split_once("://").context(shape)?;
    let (host, port) = address.trim_end_matches('/').rsplit_once(':').context(shape)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port: u16 = port.parse().context(shape)?;
    let is_here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let tls = || TlsParameters::new(host.to_owned()).context("TLS for the mail server");
    let tls = match scheme {
        "smtps" => Tls::Wrapper(tls()?),
        "smtp" if is_here => Tls::None,
        "smtp" => Tls::Required(tls()?),
        _ => anyhow::bail!(shape),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(port).tls(tls);
    builder = builder.timeout(Some(PATIENCE));
    if let Some(user) = &config.mail_user {
        builder = builder.credentials(Credentials::new(user.clone(), password(config, folder)?));
    }
    Ok(Some(Arc::new(Smtp { transport: builder.build(), from })))
}

fn password(config: &NotifyConfig, folder: &Path) -> anyhow::Result<String> {
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(password);
    }
    let file = config.mail_password_file.as_ref();
    let file = file.with_context(|| format!("notify.mail_user needs notify.mail_password_file or {PASSWORD}"))?;
    let path = folder.join(file);
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

impl Mailer for Smtp {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Untold>> {
        Box::pin(async move {
            let message = self.message(mail).map_err(|error| Untold::Refused(error.to_string()))?;
            self.transport.send(message).await.map(|_| ()).map_err(|error| failed(&error))
        })
    }
}

impl Smtp {
    fn message(&self, mail: Mail) -> anyhow::Result<Message> {
        let to = Mailbox::new(Some(mail.to_name), mail.to.parse()?);
        // A subject of one line, whatever a policy calls its reasons.
        let subject = mail.subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let builder = Message::builder().from(self.from.clone()).to(to).subject(subject);
        Ok(builder.header(ContentType::TEXT_PLAIN).body(mail.text)?)
    }
}

fn failed(error: &Error) -> Untold {
    // Without the address of the person, which servers like to repeat.
    let told = error.status().map_or_else(|| error.to_string(), |code| format!("it answered {code}"));
    if error.is_permanent() { Untold::Refused(told) } else { Untold::Later(told) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(server: &str) -> Result<bool, String> {
        let config = NotifyConfig { mail_server: Some(server.into()), ..NotifyConfig::default() };
        mailer(&config, Path::new("/")).map(|made| made.is_some()).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn servers_are_named_with_scheme_and_port() {
        for good in [
            "smtp://127.0.0.1:25",
            "smtp://[::1]:2525",
            "smtp://localhost:25",
            "smtp://mail.example.org:587",
            "smtps://mail.example.org:465",
        ] {
            assert_eq!(made(good), Ok(true), "{good}");
        }
        for wrong in ["mail.example.org", "http://mail.example.org:25", "smtp://mail.example.org", "smtp://h:many"] {
            assert!(made(wrong).unwrap_err().contains("smtp://host:587"), "{wrong}");
        }
        assert!(mailer(&NotifyConfig::default(), Path::new("/")).unwrap().is_none());
    }

    #[test]
    fn a_user_needs_a_password() {
        let config = NotifyConfig {
            mail_server: Some("smtp://127.0.0.1:25".into()),
            mail_user: Some("comity".into()),
            ..NotifyConfig::default()
        };
        let error = mailer(&config, Path::new("/")).err().map(|error| format!("{error:#}")).unwrap_or_default();
        assert!(error.contains("mail_password_file"), "{error}");
    }
}
