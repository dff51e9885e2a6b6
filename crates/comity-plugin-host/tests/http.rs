//! HTTP as a guest sees it: grants, secrets put in and taken out, captures.

#[path = "support/server.rs"]
mod server;
mod support;

use comity_plugin_host::{CallContext, Grants, LogLevel, Plugin};
use server::Server;
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
}

impl Sends {
    fn guest(self) -> Guest {
        let mut guest = Guest { origins: vec!["{config:service}"], secrets: vec!["password"], ..Guest::default() };
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
