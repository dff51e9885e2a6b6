//! An escalation reaches somebody by mail through a real mail server, and the link in it takes the matter up.

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use comity_e2e::{
    api::{Api, http_client},
    mail::{self, MailServer},
    now,
    server::Server,
    until,
    webhook::Webhook,
};
use serde_json::json;

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_escalation_is_mailed_and_taken_up_from_the_mail() -> Result<()> {
    let post_office = MailServer::start().await?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    fs::create_dir(&data)?;
    let settings = format!(
        "[notify]\nmail_server = \"{}\"\nmail_from = \"Comity <comity@{}>\"\nmail_user = \"{}\"\n\
         mail_password_file = \"mail-password\"\n",
        post_office.url(),
        mail::DOMAIN,
        mail::USER
    );
    fs::write(data.join("comity.toml"), settings)?;
    fs::write(data.join("mail-password"), format!("{}\n", mail::PASSWORD))?;
    let server = Server::start(&data).await?;
    let api = Api::set_up(&server).await?;
    let webhook = Webhook::connect(&api, &server.url(), json!({})).await?;
    // Nobody is in the team that it is for, so that the owner hears of it.
    let text = "You stole this from a small inventor. My lawyer will contact you.";
    webhook.send("1", &json!({"id": "1", "at": now(), "author": "vera", "text": text})).await?.error_for_status()?;

    let letter = until("the mail arrives", PATIENCE, || async { post_office.inbox() }).await?;
    // Long lines are wrapped on the way (quoted-printable).
    let letter = letter.replace("=\n", "").replace("=3D", "=");
    assert!(letter.contains("Subject: NA-1: A lawyer looks before anyone answers"), "{letter}");
    assert!(letter.contains("To: \"Olga Owner\" <owner@northwind.test>"), "{letter}");
    assert!(!letter.contains("inventor") && !letter.contains(mail::PASSWORD), "{letter}");
    let link = letter.lines().find_map(|line| line.strip_prefix("I take it up: ")).context("a link")?;
    assert!(link.starts_with(&server.url()), "{link}");
    let page = http_client().get(link).send().await?.error_for_status()?.text().await?;
    assert!(page.contains("I take it up"), "{page}");
    assert_eq!(api.get("/escalations?state=waiting").await?["waiting_for_me"], 1, "looking changes nothing");
    http_client().post(link).send().await?.error_for_status()?;
    let taken = api.get("/escalations?state=acknowledged").await?;
    assert_eq!(taken["items"][0]["acknowledged"]["by"]["name"], "Olga Owner", "{taken}");
    assert!(!server.log().contains(mail::PASSWORD), "the log keeps the password to itself");
    Ok(())
}
