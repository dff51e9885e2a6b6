//! Outgoing HTTP against a server on this machine and names that lead where the test says.

#[path = "support/server.rs"]
mod server;

use comity_plugin_host::{
    Grants, Origin,
    egress::{Egress, EgressLimits, Refusal, Request, Resolver, Response},
    wanted_origins,
};
use serde_json::json;
use server::Server;
use std::{
    future::Future,
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Names to addresses, and how often it was asked.
struct Names(Vec<(&'static str, &'static [&'static str])>, Mutex<usize>);

impl Resolver for Names {
    fn resolve<'a>(&'a self, host: &'a str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>> {
        *self.1.lock().unwrap() += 1;
        let found = self.0.iter().find(|(name, _)| *name == host).map(|(_, addresses)| addresses);
        let found = found.ok_or_else(|| io::Error::other("no such name"));
        Box::pin(async move { Ok(found?.iter().map(|address| address.parse().unwrap()).collect()) })
    }
}

fn names() -> Arc<Names> {
    let names: Vec<(&str, &[&str])> = vec![
        ("good.example", &["127.0.0.1"]),
        ("mixed.example", &["93.184.216.34", "10.0.0.8"]),
        ("inside.example", &["10.0.0.8"]),
        ("outside.example", &["93.184.216.34"]),
        ("meta.example", &["169.254.169.254"]),
        ("empty.example", &[]),
    ];
    Arc::new(Names(names, Mutex::new(0)))
}

fn grants(origins: &[&str], cidrs: &[&str]) -> Grants {
    Grants {
        origins: origins.iter().map(|origin| origin.parse().unwrap()).collect(),
        cidrs: cidrs.iter().map(|cidr| cidr.parse().unwrap()).collect(),
    }
}

const LIMITS: EgressLimits = EgressLimits { response: 1_000, timeout: Duration::from_secs(5) };

async fn get(egress: &Egress, url: &str, grants: &Grants) -> Result<Response, Refusal> {
    let request = Request { method: "get".to_owned(), url: url.to_owned(), ..Request::default() };
    egress.send(request, grants, LIMITS).await
}

#[tokio::test]
async fn granted_requests_arrive_with_the_name_and_share_a_connection() {
    let server = Server::start("200 OK\r\nX-Rate: 7\r\n\r\nhello").await;
    let names = names();
    let egress = Egress::new(Arc::clone(&names) as Arc<dyn Resolver>);
    let origin = server.url("good.example");
    let grants = grants(&[&origin], &["127.0.0.0/8"]);
    for _ in 0..3 {
        let response = get(&egress, &format!("{origin}/path?q=1"), &grants).await.unwrap();
        assert_eq!((response.status, response.body.as_slice()), (200, b"hello".as_slice()));
        assert!(response.headers.contains(&("x-rate".to_owned(), "7".to_owned())));
    }
    let request = &server.requests()[0];
    assert!(request.starts_with("GET /path?q=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.to_lowercase().contains(&format!("host: good.example:{}", server.address.port())), "{request}");
    assert_eq!(*server.connections.lock().unwrap(), 1, "kept alive");
    assert_eq!(*names.1.lock().unwrap(), 1, "a name is resolved once per connection");
}

#[tokio::test]
async fn any_address_that_is_not_public_refuses_the_name() {
    let egress = Egress::new(names());
    let grants = grants(
        &[
            "https://mixed.example",
            "https://inside.example",
            "https://meta.example",
            "https://empty.example",
            "https://none.example",
        ],
        &[],
    );
    let inside = |host: &str| Refusal::PrivateAddress { host: host.to_owned(), address: "10.0.0.8".parse().unwrap() };
    assert_eq!(get(&egress, "https://mixed.example/", &grants).await, Err(inside("mixed.example")));
    assert_eq!(get(&egress, "https://inside.example/", &grants).await, Err(inside("inside.example")));
    let refused = get(&egress, "https://meta.example/", &grants).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "169.254.169.254 is where cloud platforms keep credentials; it can never be reached"
    );
    for host in ["empty.example", "none.example"] {
        let refused = get(&egress, &format!("https://{host}/"), &grants).await.unwrap_err();
        assert!(matches!(refused, Refusal::Unresolved { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_wider_grant_lends_nothing_to_a_narrower_one() {
    let server = Server::start("200 OK\r\n\r\n").await;
    let egress = Egress::new(names());
    let origin = server.url("good.example");
    get(&egress, &origin, &grants(&[&origin], &["127.0.0.0/8"])).await.unwrap();
    let refused = get(&egress, &origin, &grants(&[&origin], &[])).await.unwrap_err();
    assert!(matches!(refused, Refusal::PrivateAddress { .. }), "{refused}");
}

#[tokio::test]
async fn without_tls_a_secret_stays_off_the_public_internet() {
    let server = Server::start("200 OK\r\n\r\n").await;
    let egress = Egress::new(names());
    let inside = server.url("good.example");
    let everywhere = grants(
        &[&inside, "http://outside.example", "http://mixed.example", "http://93.184.216.34"],
        &["127.0.0.0/8", "93.184.216.0/24"],
    );
    let send = async |url: &str| {
        let request =
            Request { method: "GET".to_owned(), url: url.to_owned(), is_confidential: true, ..Request::default() };
        egress.send(request, &everywhere, LIMITS).await
    };
    assert_eq!(send(&inside).await.unwrap().status, 200);
    for host in ["outside.example", "mixed.example", "93.184.216.34"] {
        let exposed = Refusal::Exposed { host: host.to_owned(), address: "93.184.216.34".parse().unwrap() };
        assert_eq!(send(&format!("http://{host}")).await, Err(exposed));
    }
}

#[tokio::test]
async fn redirects_are_answers() {
    let server = Server::start("302 Found\r\nlocation: http://169.254.169.254/latest\r\n\r\n").await;
    let egress = Egress::new(names());
    let origin = server.url("good.example");
    let response = get(&egress, &origin, &grants(&[&origin], &["127.0.0.0/8"])).await.unwrap();
    assert_eq!(response.status, 302);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn large_answers_and_wrong_headers_are_refused() {
    let server = Server::start(concat!("200 OK\r\n\r\n", include_str!("egress.rs"))).await;
    let egress = Egress::new(names());
    let origin = server.url("good.example");
    let grants = grants(&[&origin], &["127.0.0.0/8"]);
    let refused = get(&egress, &origin, &grants).await.unwrap_err();
    assert_eq!(refused.to_string(), "the answer of good.example is larger than 1000 bytes");
    assert!(refused.is_ambiguous());
    for (header, value) in
        [("Host", "other"), ("content-length", "5"), ("transfer-encoding", "chunked"), ("a b", "c"), ("a", "b\r\nc: d")]
    {
        let request = Request {
            method: "POST".to_owned(),
            url: origin.clone(),
            headers: vec![(header.to_owned(), value.to_owned())],
            ..Request::default()
        };
        let refused = egress.send(request, &grants, LIMITS).await.unwrap_err();
        assert!(matches!(refused, Refusal::BadRequest(_)), "{header}: {refused}");
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://good.example:{}", listener.local_addr().unwrap().port());
    let limits = EgressLimits { response: 10, timeout: Duration::from_millis(50) };
    let request = Request { method: "GET".to_owned(), url: origin.clone(), ..Request::default() };
    let refused = Egress::new(names()).send(request, &grants(&[&origin], &["127.0.0.0/8"]), limits).await.unwrap_err();
    assert!(matches!(refused, Refusal::TimedOut { .. }) && refused.is_ambiguous(), "{refused}");
    drop(listener);
    let unreachable = get(&Egress::new(names()), &origin, &grants(&[&origin], &["127.0.0.0/8"])).await.unwrap_err();
    assert!(matches!(unreachable, Refusal::Unreachable { .. }) && !unreachable.is_ambiguous(), "{unreachable}");
}

#[test]
fn what_is_refused_before_anything_is_resolved() {
    let granted = grants(
        &[
            "https://api.example.org",
            "http://plain.example:8080",
            "https://10.0.0.8",
            "https://8.8.8.8",
            "https://[fd00::1]",
        ],
        &["10.0.0.0/8"],
    );
    let check =
        |url: &str| Egress::check(url, &granted).map(|(_, origin)| origin.to_string()).map_err(|r| r.to_string());
    for (url, origin) in [
        ("https://api.example.org/a?b", "https://api.example.org"),
        ("https://API.example.ORG:443/", "https://api.example.org"),
        ("https://api.example.org./", "https://api.example.org"),
        ("http://plain.example:8080/", "http://plain.example:8080"),
        ("https://10.0.0.8/", "https://10.0.0.8"),
        ("https://0xa.0.8/", "https://10.0.0.8"),
    ] {
        assert_eq!(check(url), Ok(origin.to_owned()), "{url}");
    }
    for (url, why) in [
        ("https://example.org/", "asked for host example.org, which was not granted"),
        ("https://api.example.org.evil.example/", "asked for host api.example.org.evil.example, which was not granted"),
        ("https://api.example.org:8443/", "asked for host api.example.org, which was not granted"),
        ("http://api.example.org/", "asked for api.example.org without TLS, and only https was granted"),
        ("https://user@api.example.org/", "a web address must not carry a user name or password"),
        ("https://api.example.org:pw@evil.example/", "a web address must not carry a user name or password"),
        ("https://8.8.8.8/", "asked for the address 8.8.8.8, and no granted range has it"),
        ("https://2130706433/", "asked for the address 127.0.0.1, and no granted range has it"),
        ("https://10.0.0.9/", "asked for the address 10.0.0.9, and no granted range has it"),
        ("https://[fd00::1]/", "asked for the address [fd00::1], and no granted range has it"),
        (
            "https://[::ffff:a9fe:a9fe]/",
            "[::ffff:a9fe:a9fe] is where cloud platforms keep credentials; it can never be reached",
        ),
        ("file:///etc/passwd", "only http and https addresses can be reached, not file"),
        ("gopher://api.example.org/", "only http and https addresses can be reached, not gopher"),
        ("not an address", "\"not an address\" is not a web address"),
    ] {
        assert_eq!(check(url), Err(why.to_owned()), "{url}");
    }
}

#[test]
fn origins_follow_from_configuration() {
    let declared = ["https://fixed.example".to_owned(), "{config:service}".to_owned()];
    let wanted = |config| {
        wanted_origins(&declared, &config).map(|found| found.iter().map(Origin::to_string).collect::<Vec<_>>())
    };
    assert_eq!(wanted(json!({})).unwrap(), ["https://fixed.example"]);
    let found = wanted(json!({ "service": "http://localhost:2583/xrpc/" })).unwrap();
    assert_eq!(found, ["https://fixed.example", "http://localhost:2583"]);
    assert_eq!(wanted(json!({ "service": "https://fixed.example/path" })).unwrap(), ["https://fixed.example"]);
    assert!(wanted(json!({ "service": "nowhere" })).unwrap_err().contains("`service` is not a web address"));
    assert!(wanted(json!({ "service": "https://a:b@c.example" })).is_err());
    assert!(wanted_origins(&["https://example.org/path".to_owned()], &json!({})).is_err());
    let text = serde_json::to_string(&grants(&["http://localhost:1"], &["127.0.0.0/8"])).unwrap();
    assert_eq!(text, r#"{"origins":["http://localhost:1"],"cidrs":["127.0.0.0/8"]}"#);
}
