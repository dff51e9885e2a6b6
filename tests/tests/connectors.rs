//! The built connectors, run through the plugin host against what they are made for: a real AT Protocol network, and a
//! receiver of webhooks. The steps of one story share a network, because starting one takes seconds.

mod support;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use comity_domain::{Party, Timestamp, inbound::InboundEvent};
use comity_e2e::{
    atproto::{Network, Options},
    receiver::{Manner, Receiver},
    webhook::SECRET,
};
use comity_plugin_host::{ErrorCode, WebhookRequest};
use serde_json::{Value, json};
use support::{Connection, created, reply, until};

const APP_SESSION: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bluesky_on_a_real_network() -> Result<()> {
    let network = Network::start(Options { app_session: Some(APP_SESSION) }).await?;
    let (acme, ada) = (network.person("northwind").await?, network.person("adabell").await?);
    let secrets = [("app_password", acme.app_password().await?)];
    let config = json!({ "identifier": acme.handle, "service": network.pds });
    let mut connection = Connection::open("bluesky", config, &secrets).await?;

    // The network may still be making the account's profile.
    let verified = until(async || connection.verify().await, Result::is_ok).await?;
    let account = verified.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    assert_eq!((account.external_id.as_str(), account.handle.as_str()), (acme.did.as_str(), "northwind.test"));
    let first_token = connection.secret("access-token").context("no token was kept")?;

    // A mention arrives, once.
    let started = std::time::Instant::now();
    let asked = ada.say("Hello @northwind.test, where is my bag? 🧳", &[&acme]).await?;
    let events = until(async || connection.poll().await, |events: &Vec<InboundEvent>| !events.is_empty()).await?;
    ensure!(started.elapsed() < Duration::from_secs(5), "the mention took {:?}", started.elapsed());
    let post = created(&events, &asked)?;
    assert_eq!((post.party, post.names_us, post.author.handle.as_str()), (Party::Consumer, Some(true), "adabell.test"));
    assert_eq!((post.conversation.as_deref(), post.in_reply_to.as_deref()), (Some(asked.as_str()), None));
    assert_eq!(connection.poll().await?, [], "the same post does not come twice");

    // It is answered in the thread, with facets, and a second attempt finds the first.
    let key = uuid_key(1);
    let text = "Hello @adabell.test, sorry! See https://example.org/bags. #bags";
    assert_eq!(connection.lookup(&reply(text, &asked), &key).await?, None);
    let sent = connection.send(&reply(text, &asked), &key, 1).await?.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    for again in [1, 2] {
        let second = connection.send(&reply(text, &asked), &key, again).await?;
        assert_eq!(
            second.map_err(|error| error.message).map(|receipt| receipt.external_id),
            Ok(sent.external_id.clone())
        );
    }
    let found = connection.lookup(&reply(text, &asked), &key).await?;
    assert_eq!(found.map(|receipt| receipt.external_id), Some(sent.external_id.clone()));
    let answers = async || -> Result<Vec<Value>> {
        Ok(ada.thread(&asked).await?["replies"].as_array().cloned().unwrap_or_default())
    };
    let shown = until(answers, |answers| !answers.is_empty()).await?;
    assert_eq!(shown.len(), 1, "one answer, whatever was tried: {shown:?}");
    let record = &shown[0]["post"]["record"];
    assert_eq!((record["text"].as_str(), record["reply"]["root"]["uri"].as_str()), (Some(text), Some(asked.as_str())));
    let features: Vec<&str> = record["facets"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|facet| facet["features"][0]["$type"].as_str())
        .collect();
    assert_eq!(features, ["mention", "link", "tag"].map(|kind| format!("app.bsky.richtext.facet#{kind}")));
    assert_eq!(record["facets"][0]["features"][0]["did"], ada.did.as_str());

    // Our own answer is seen as ours, and the next one of the consumer hangs on it.
    let events = until(async || connection.poll().await, |events: &Vec<InboundEvent>| !events.is_empty()).await?;
    assert_eq!(created(&events, &sent.external_id)?.party, Party::Company);
    let thanks = ada.answer(&sent.external_id, "Thank you!").await?;
    let events =
        until(async || connection.poll().await, |events: &Vec<InboundEvent>| created(events, &thanks).is_ok()).await?;
    let post = created(&events, &thanks)?;
    assert_eq!((post.in_reply_to.as_ref(), post.root.as_ref()), (Some(&sent.external_id), Some(&asked)));

    // The token expires, and is renewed without anybody noticing.
    until(
        async || {
            connection.poll().await?;
            Ok(connection.secret("access-token"))
        },
        |token| token.as_ref() != Some(&first_token),
    )
    .await?;

    // A deleted post is found by looking again; what is still there is not.
    let ids = [thanks.clone(), asked.clone(), sent.external_id.clone()];
    assert_eq!(connection.recheck(&ids).await?, []);
    ada.delete(&thanks).await?;
    until(async || ada.sees(&thanks).await, |sees| !sees).await?;
    let found = connection.recheck(&ids).await?;
    assert!(
        matches!(found.as_slice(), [InboundEvent::PostDeleted { external_id, .. }] if *external_id == thanks),
        "{found:?}"
    );

    // What cannot be sent is refused in words.
    let error = connection.send(&reply(&"é".repeat(301), &asked), &uuid_key(2), 1).await?.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidInput);
    let gone = connection.send(&reply("Hello?", &thanks), &uuid_key(3), 1).await?.unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotFound);
    connection.assert_no_leak();

    // A wrong password says what to do.
    let config = json!({ "identifier": acme.handle, "service": network.pds });
    let mut other = Connection::open("bluesky", config, &[("app_password", "wrong-wrong-wrong".into())]).await?;
    let error = other.verify().await?.unwrap_err();
    assert_eq!(error.code, ErrorCode::Auth);
    assert!(error.advice.is_some_and(|advice| advice.contains("app password")));
    Ok(())
}

/// A key as Comity makes them: version 7.
fn uuid_key(number: u8) -> String {
    format!("0199a0b1-c2d3-7e4f-8a5b-0000000000{number:02x}")
}

#[tokio::test]
async fn webhook_both_ways() -> Result<()> {
    let receiver = Receiver::start().await?;
    let config = json!({
        "company": "Acme",
        "reply_url": format!("{}/replies", receiver.url),
        "lookup_url": format!("{}/replies/{{key}}", receiver.url),
    });
    let mut connection = Connection::open("webhook", config, &[("signing_secret", SECRET.into())]).await?;
    connection.verify().await?.map_err(|error| anyhow::anyhow!("{error:?}"))?;

    let body = json!([{ "id": "17", "author": "ada", "at": "2026-03-01T10:00:00Z", "text": "Where is my order?" }]);
    let good = signed(&body.to_string(), connection.now);
    let answer = connection.webhook(good.clone()).await?;
    assert_eq!((answer.status, answer.events.len()), (202, 1));
    assert_eq!(created(&answer.events, "17")?.company.as_deref(), Some("Acme"));

    let mut tampered = good.clone();
    tampered.body.push(b' ');
    let late = signed(&body.to_string(), connection.now - jiff::SignedDuration::from_mins(10));
    let mut unsigned = good.clone();
    unsigned.headers.clear();
    for (request, words) in
        [(tampered, "does not fit"), (late, "behind our clock"), (unsigned, "webhook-id is missing")]
    {
        let answer = connection.webhook(request).await?;
        let said = String::from_utf8(answer.body)?;
        assert!(answer.status == 401 && answer.events.is_empty() && said.contains(words), "{}: {said}", answer.status);
    }
    // While the sender changes its secret it signs with both.
    let mut two = good;
    let (_, signature) = two.headers.iter_mut().find(|(name, _)| name == "webhook-signature").context("signed")?;
    *signature = format!("v1,AAAA {signature}");
    assert_eq!(connection.webhook(two).await?.status, 202);

    let key = uuid_key(4);
    assert_eq!(connection.lookup(&reply("Hello", "17"), &key).await?, None);
    let sent = connection.send(&reply("Hello", "17"), &key, 1).await?.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let second =
        connection.send(&reply("Hello", "17"), &key, 2).await?.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    assert_eq!((sent.external_id.as_str(), second.external_id.as_str()), ("r1", "r1"), "one reply for one key");
    let found = connection.lookup(&reply("Hello", "17"), &key).await?;
    assert_eq!(found.map(|receipt| receipt.external_id), Some("r1".into()));
    let taken = receiver.taken();
    assert_eq!((taken.len(), taken[0]["in_reply_to"].as_str()), (1, Some("17")));

    receiver.answer(Manner::Fail);
    let error = connection.send(&reply("Again", "17"), &uuid_key(5), 1).await?.unwrap_err();
    assert!(error.ambiguous && error.code == ErrorCode::Unavailable, "{error:?}");
    connection.assert_no_leak();
    Ok(())
}

fn signed(body: &str, at: Timestamp) -> WebhookRequest {
    let sender = comity_e2e::webhook::Webhook::known("", String::new());
    let headers = sender.headers("m1", at, body.as_bytes()).map(|(name, value)| (name.to_owned(), value)).to_vec();
    WebhookRequest { method: "POST".into(), headers, body: body.into(), ..WebhookRequest::default() }
}

#[tokio::test]
async fn archive_reads_files_line_by_line() -> Result<()> {
    let mut connection = Connection::open("archive", json!({}), &[]).await?;
    let content = concat!(
        r#"{"id":"1","author":"ada","at":"2020-04-01T17:31:32Z","text":"@Acme hello","company":"Acme","conversation":"c"}"#,
        "\nnot json\n",
        r#"{"id":"2","author":"Acme","at":"2020-04-01T18:31:32Z","text":"hi","company":"Acme","conversation":"c","in_reply_to":"1"}"#,
        "\n"
    );
    let piece = connection.read_file(10, content).await?;
    assert_eq!(created(&piece.events, "1")?.names_us, Some(true));
    assert_eq!((created(&piece.events, "2")?.party, piece.events.len()), (Party::Company, 2));
    assert_eq!(piece.rejected.iter().map(|bad| bad.line).collect::<Vec<_>>(), [11]);
    assert!(piece.rejected[0].reason.contains("JSON"), "{:?}", piece.rejected);
    Ok(())
}
