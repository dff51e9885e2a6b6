//! HTTP as a guest sees it: grants, secrets put in and taken out, captures.

#[path = "support/server.rs"]
mod server;
mod support;

use comity_plugin_host::{CallContext, Grants, LogLevel, Plugin, SecretText, egress::Resolver};
use server::Server;
use std::{future::Future, io, net::IpAddr, pin::Pin, sync::Arc};
use support::{Guest, TestHost, context, poll, with_secret};

/// `bearer`, `basic`, `header`, `form`, `json`, in the order of the WIT package.
#[derive(Clone, Copy)]
enum Place {
    Bearer,
    Basic(&'static str),
    Header(&'static str),
    Form(&'static str),
    Json(&'static str),
}

/// A request as a guest makes it; whatever comes back goes into the log: `info` for a body, `error` for a refusal.
#[derive(Default)]
struct Sends {
    url: String,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
    credentials: Vec<(&'static str, Place)>,
    captures: Vec<(&'static str, &'static str)>,
    /// Of the description.
    extensions: Vec<(&'static str, &'static str)>,
}

impl Sends {
    fn guest(self) -> Guest {
        let origins = vec!["{config:service}", "{config:other}"];
        let (secrets, extensions) = (vec!["password"], self.extensions);
        let mut guest = Guest { origins, secrets, extensions, ..Guest::default() };
        let data = &mut guest.data;
        let (method, url, body) = (data.text_args("POST"), data.text_args(&self.url), data.text_args(self.body));
        let (info, error) = (data.text_args("info"), data.text_args("error"));
        let pairs: Vec<u32> =
            self.headers.iter().flat_map(|(name, value)| [data.text(name), data.text(value)].concat()).collect();
        let headers = (data.words(&pairs), self.headers.len());
        let mut words = Vec::new();
        for (secret, place) in &self.credentials {
            let (case, text) = match place {
                Place::Bearer => (0, ""),
                Place::Basic(user) => (1, *user),
                Place::Header(name) => (2, *name),
                Place::Form(field) => (3, *field),
                Place::Json(pointer) => (4, *pointer),
            };
            words.extend(data.text(secret));
            words.push(case);
            words.extend(data.text(text));
        }
        let credentials = (data.words(&words), self.credentials.len());
        let pairs: Vec<u32> = self
            .captures
            .iter()
            .flat_map(|(pointer, secret)| [data.text(pointer), data.text(secret)].concat())
            .collect();
        let captures = (data.words(&pairs), self.captures.len());
        let lists = [headers, credentials, captures].map(|(at, count)| format!("(i32.const {at}) (i32.const {count})"));
        let [headers, credentials, captures] = lists;
        // The answer lies at 60000: case, then from 60008 on a response (status, headers, body) or an error (code, message).
        guest.poll = format!(
            "(call $send {method} {url} {headers} {body} {credentials} {captures} (i32.const 0) (i32.const 0) (i32.const 60000))
             (if (i32.load8_u (i32.const 60000))
               (then (call $log {error} (i32.load (i32.const 60016)) (i32.load (i32.const 60020))))
               (else (call $log {info} (i32.load (i32.const 60020)) (i32.load (i32.const 60024)))))"
        );
        guest
    }
}

fn local(server: &Server) -> CallContext {
    let origin = server.url("localhost");
    let mut context = context();
    context.config = serde_json::json!({ "service": origin });
    context.grants = Grants { origins: vec![origin.parse().unwrap()], cidrs: vec!["127.0.0.0/8".parse().unwrap()] };
    context
}

/// Polls and returns the last line of the log.
async fn last_line(plugin: &Plugin, context: CallContext) -> (LogLevel, String) {
    let output = poll(plugin, context).await.unwrap();
    let line = output.log.last().unwrap().clone();
    (line.level, line.message)
}

const SECRET: &str = "hunter2+/hunter2";

#[tokio::test]
async fn a_host_that_was_not_granted() {
    let host = TestHost::new(|_| {});
    let forbidden = host.load(Sends { url: "https://example.org/".to_owned(), ..Sends::default() }.guest()).await;
    let output = poll(&forbidden, context()).await.unwrap();
    assert!(output.result.is_ok(), "a refusal is an error for the guest to handle");
    let lines: Vec<_> = output.log.iter().map(|line| (line.level, line.message.as_str())).collect();
    let sentence = "asked for host example.org, which was not granted";
    assert_eq!(lines, [(LogLevel::Warn, sentence), (LogLevel::Error, sentence)]);
    // A grant that the connector never asked for does not count either.
    let mut context = context();
    context.grants.origins.push("https://example.org".parse().unwrap());
    assert_eq!(last_line(&forbidden, context).await, (LogLevel::Error, sentence.to_owned()));
    support::assert_answers(&host.load(Guest::default()).await).await;
}

#[tokio::test]
async fn secrets_go_where_they_were_placed_and_come_back_nowhere() {
    let server =
        Server::start("200 OK\r\n\r\nyou sent hunter2+/hunter2 and aHVudGVyMisvaHVudGVyMg== or hunter2%2B%2Fhunter2")
            .await;
    let host = TestHost::new(|_| {});
    let sends = |credentials, headers, body| Sends {
        url: server.url("localhost"),
        credentials,
        headers,
        body,
        ..Sends::default()
    };
    let cases = [
        (sends(vec![("password", Place::Bearer)], vec![], ""), "authorization: Bearer hunter2+/hunter2\r\n"),
        (
            sends(vec![("password", Place::Basic("me"))], vec![], ""),
            "authorization: Basic bWU6aHVudGVyMisvaHVudGVyMg==\r\n",
        ),
        (
            sends(vec![("password", Place::Header("X-Key"))], vec![("x-key", "Bot ")], ""),
            "x-key: Bot hunter2+/hunter2\r\n",
        ),
        (sends(vec![("password", Place::Form("pass"))], vec![], "user=me"), "user=me&pass=hunter2%2B%2Fhunter2"),
        (sends(vec![("password", Place::Json("/a/0"))], vec![], r#"{"a":[""]}"#), r#"{"a":["hunter2+/hunter2"]}"#),
    ];
    for (sends, expected) in cases {
        let plugin = host.load(sends.guest()).await;
        let (level, text) = last_line(&plugin, with_secret(local(&server), "password", SECRET)).await;
        assert_eq!((level, text.as_str()), (LogLevel::Info, "you sent [secret] and [secret]== or [secret]"));
        let request = server.requests().pop().unwrap();
        assert!(request.contains(expected), "{request}");
    }
}

#[tokio::test]
async fn secrets_that_cannot_be_placed_stop_the_request() {
    let server = Server::start("200 OK\r\n\r\n").await;
    let host = TestHost::new(|_| {});
    let sends =
        |credentials, captures| Sends { url: server.url("localhost"), credentials, captures, ..Sends::default() };
    for (sends, sentence) in [
        (sends(vec![("other", Place::Bearer)], vec![]), "the secret \"other\" is not set"),
        (
            sends(vec![("password", Place::Json("/a"))], vec![]),
            "the body is not JSON, so the secret cannot be put into it",
        ),
        (sends(vec![], vec![("/a", "password")]), "the secret \"password\" is set by people and cannot be captured"),
    ] {
        let plugin = host.load(sends.guest()).await;
        let context = with_secret(local(&server), "password", SECRET);
        assert_eq!(last_line(&plugin, context).await, (LogLevel::Error, sentence.to_owned()));
    }
    assert_eq!((server.requests().len(), *server.connections.lock().unwrap()), (0, 0));
}

#[tokio::test]
async fn captured_tokens_are_kept_and_blanked() {
    let server =
        Server::start("200 OK\r\n\r\n{\"token\":\"abcdef-123456\",\"again\":\"=abcdef-123456\",\"name\":\"me\"}").await;
    let host = TestHost::new(|_| {});
    let captures = vec![("/token", "session"), ("/missing", "other"), ("/name/x", "third")];
    let plugin = host.load(Sends { url: server.url("localhost"), captures, ..Sends::default() }.guest()).await;
    let output = poll(&plugin, local(&server)).await.unwrap();
    let shown: serde_json::Value = serde_json::from_str(&output.log[0].message).unwrap();
    assert_eq!(shown, serde_json::json!({ "token": "", "again": "=[secret]", "name": "me" }));
    assert_eq!(output.secrets.keys().collect::<Vec<_>>(), ["session"]);
    assert_eq!(output.secrets["session"].as_ref().unwrap().expose(), "abcdef-123456");
    assert!(!format!("{:?}", output.secrets).contains("abcdef"), "secrets do not print");
    assert_eq!((output.usage.http_requests, output.usage.http_received), (1, 62));
}

#[tokio::test]
async fn captures_have_limits() {
    let answer = |parts: &[usize]| {
        let tokens: Vec<String> = parts.iter().map(|length| "x".repeat(*length)).collect();
        format!("200 OK\r\n\r\n{}", serde_json::to_string(&tokens).unwrap())
    };
    let host = TestHost::new(|limits| {
        (limits.captured_secret, limits.captured_secrets, limits.captured_bytes) = (1 << 10, 3, 2 << 10);
    });
    let (a, b, c, d) = (("/0", "a"), ("/1", "b"), ("/2", "c"), ("/3", "d"));
    for (parts, captures, end) in [
        (vec![1_023, 900, 100], vec![a, b, c], Ok(3)),
        (vec![1_024], vec![a], Err("poll captured a secret of more than 1 KiB")),
        (vec![9; 4], vec![a, b, c, d], Err("poll captured more than 3 secrets")),
        // The same name again and again: what was replaced still has to be taken out of what comes back.
        (vec![9; 4], vec![a, ("/1", "a"), ("/2", "a"), ("/3", "a")], Err("poll captured more than 3 secrets")),
        (vec![900; 3], vec![a, b, c], Err("poll captured more than 2 KiB of secrets")),
    ] {
        let server = Server::start(answer(&parts)).await;
        let plugin = host.load(Sends { url: server.url("localhost"), captures, ..Sends::default() }.guest()).await;
        let kept = poll(&plugin, local(&server)).await.map(|output| output.secrets.len());
        assert_eq!(kept.map_err(|error| error.to_string()), end.map_err(str::to_owned));
    }
}

#[tokio::test]
async fn a_captured_token_goes_back_where_it_came_from() {
    let (server, other) = (Server::start("200 OK\r\n\r\n").await, Server::start("200 OK\r\n\r\n").await);
    let host = TestHost::new(|_| {});
    let sends = |extensions| Sends {
        url: server.url("localhost"),
        credentials: vec![("session", Place::Bearer)],
        extensions,
        ..Sends::default()
    };
    let holding = |token: SecretText| {
        let mut context = local(&server);
        context.config["other"] = other.url("localhost").into();
        context.grants.origins.push(other.url("localhost").parse().unwrap());
        context.secrets.insert("session".to_owned(), token);
        context
    };
    let of = |server: &Server| SecretText::captured("abcdef-123456", server.url("localhost").parse().unwrap());
    let refused = (LogLevel::Error, format!("the secret \"session\" must not go to {}", server.url("localhost")));
    let plugin = host.load(sends(vec![]).guest()).await;
    assert_eq!(last_line(&plugin, holding(of(&other))).await, refused);
    assert_eq!(last_line(&plugin, holding(SecretText::new("nobody knows"))).await, refused);
    assert_eq!(server.requests(), [""; 0]);
    assert_eq!(last_line(&plugin, holding(of(&server))).await.0, LogLevel::Info);
    assert!(server.requests()[0].contains("authorization: Bearer abcdef-123456\r\n"));
    // Where a platform gives tokens at one origin for another, the description says so.
    let plugin = host.load(sends(vec![("secret-origin:session", "{config:service}")]).guest()).await;
    assert_eq!(last_line(&plugin, holding(of(&other))).await.0, LogLevel::Info);
}

#[tokio::test]
async fn a_secret_that_the_description_binds_goes_nowhere_else() {
    let (server, other) = (Server::start("200 OK\r\n\r\n").await, Server::start("200 OK\r\n\r\n").await);
    let host = TestHost::new(|_| {});
    let sends = |server: &Server, extensions| Sends {
        url: server.url("localhost"),
        credentials: vec![("password", Place::Bearer)],
        extensions,
        ..Sends::default()
    };
    let mut context = with_secret(local(&server), "password", SECRET);
    context.config["other"] = other.url("localhost").into();
    context.grants.origins.push(other.url("localhost").parse().unwrap());
    let bound = vec![("secret-origin:password", "{config:service}")];
    let plugin = host.load(sends(&server, bound.clone()).guest()).await;
    assert_eq!(last_line(&plugin, context.clone()).await.0, LogLevel::Info);
    let plugin = host.load(sends(&other, bound).guest()).await;
    let refused = format!("the secret \"password\" must not go to {}", other.url("localhost"));
    assert_eq!(last_line(&plugin, context).await, (LogLevel::Error, refused));
    assert_eq!((server.requests().len(), other.requests().len()), (1, 0));
    let stray = sends(&server, vec![("secret-origin:password", "https://example.org")]).guest();
    let unfit = host.host.load(stray.component(), support::now()).await.unwrap_err().to_string();
    assert!(unfit.contains("which is not among its origins"), "{unfit}");
}

/// Leads every name to the public internet.
struct Outside;

impl Resolver for Outside {
    fn resolve<'a>(&'a self, _: &'a str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>> {
        Box::pin(async { Ok(vec![IpAddr::from([93, 184, 216, 34])]) })
    }
}

#[tokio::test]
async fn a_secret_needs_tls_on_the_public_internet() {
    let host = TestHost::with(|_| {}, Some(Arc::new(Outside)));
    let (url, credentials) = ("http://api.example.org".to_owned(), vec![("password", Place::Bearer)]);
    let plugin = host.load(Sends { url: url.clone(), credentials, ..Sends::default() }.guest()).await;
    let mut context = with_secret(context(), "password", SECRET);
    context.config = serde_json::json!({ "service": url });
    context.grants.origins.push(url.parse().unwrap());
    let sentence = "api.example.org leads to 93.184.216.34 on the public internet, where a secret goes over https only";
    assert_eq!(last_line(&plugin, context).await, (LogLevel::Error, sentence.to_owned()));
}

#[tokio::test]
async fn a_captured_token_survives_a_crash() {
    let server = Server::start("200 OK\r\n\r\n{\"token\":\"abcdef-123456\"}").await;
    let host = TestHost::new(|_| {});
    let mut guest =
        Sends { url: server.url("localhost"), captures: vec![("/token", "session")], ..Sends::default() }.guest();
    guest.poll.push_str(" unreachable");
    let plugin = host.load(guest).await;
    let Err(comity_plugin_host::HostError::Stopped(stopped)) = poll(&plugin, local(&server)).await else {
        panic!("not stopped")
    };
    assert!(stopped.is_ambiguous(), "the request had left");
    assert_eq!(stopped.secrets["session"].as_ref().unwrap().expose(), "abcdef-123456");
}
