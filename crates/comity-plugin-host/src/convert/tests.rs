use super::*;

const NOW: i64 = 1_800_000_000_000;

fn converter() -> Converter {
    Converter { now: Timestamp::from_millisecond(NOW).unwrap(), events: 3 }
}

fn post() -> wit::Post {
    let author =
        wit::Author { id: "a1".into(), handle: "ann".into(), display_name: Some("Ann".into()), followers: Some(3) };
    wit::Post {
        id: "p1".into(),
        revision: String::new(),
        author,
        at: 1_700_000_000_000,
        text: "My bag is gone".into(),
        lang: Some("en-GB".into()),
        url: Some("https://example.org/p1".into()),
        parent: Some("p0".into()),
        root: Some(String::new()),
        conversation: None,
        visibility: "public".into(),
        party: "consumer".into(),
        company: Some("Northwind".into()),
        names_us: Some(true),
        extensions: vec![("x".into(), "y".into())],
    }
}

fn converted(change: impl FnOnce(&mut wit::Post)) -> Converted<InboundPost> {
    let mut post = post();
    change(&mut post);
    let events = converter().events(vec![wit::Event::PostCreated(post)])?;
    let [InboundEvent::PostCreated(post)] = events.as_slice() else { panic!("{events:?}") };
    Ok(post.clone())
}

#[test]
fn a_post_becomes_the_domains() {
    let post = converted(|_| {}).unwrap();
    assert_eq!(post.external_id, "p1");
    assert_eq!((post.party, post.visibility, post.names_us), (Party::Consumer, Visibility::Public, Some(true)));
    assert_eq!((post.in_reply_to.as_deref(), post.root), (Some("p0"), None));
    assert_eq!(post.at.as_millisecond(), 1_700_000_000_000);
    assert_eq!(post.author.followers, Some(3));
}

#[test]
fn identities_are_refused_when_wrong() {
    type Change = fn(&mut wit::Post);
    let cases: [(Change, &str); 7] = [
        (|post| post.id.clear(), "event 1: the post's id is empty"),
        (|post| post.id = "x".repeat(1_025), "event 1: the post's id is longer than 1024 bytes"),
        (|post| post.id = "a\0b".into(), "event 1: the post's id has control characters"),
        (|post| post.author.id.clear(), "event 1: the author's id is empty"),
        (|post| post.party = "robot".into(), "event 1: party \"robot\" is neither `company` nor `consumer`"),
        (|post| post.visibility = String::new(), "event 1: visibility \"\" is neither `public` nor `private`"),
        (|post| post.at = u64::MAX, "event 1: 18446744073709551615 is not a time in milliseconds since 1970"),
    ];
    for (change, sentence) in cases {
        assert_eq!(converted(change).unwrap_err(), sentence);
    }
    let many = (0..4).map(|_| wit::Event::PostCreated(post())).collect();
    assert_eq!(converter().events(many).unwrap_err(), "4 events, and 3 is the most");
}

/// What anybody on the platform could write must not stop a connection.
#[test]
fn what_strangers_control_is_tamed() {
    assert_eq!(converted(|post| post.at = 4_000_000_000_000).unwrap().at.as_millisecond(), NOW);
    let text = converted(|post| post.text = "é".repeat(40_000)).unwrap().text;
    assert_eq!(text.len(), 65_536);
    assert_eq!(converted(|post| post.text = "a\0b".into()).unwrap().text, "ab");
    for url in ["javascript:alert(1)", "nowhere", "data:text/html,x"] {
        assert_eq!(converted(|post| post.url = Some(url.into())).unwrap().url, None);
    }
    assert_eq!(converted(|post| post.lang = Some("<b>".into())).unwrap().lang, None);
    let author = converted(|post| post.author.display_name = Some("Ann\r\nEve".into())).unwrap().author;
    assert_eq!(author.display_name.as_deref(), Some("Ann  Eve"));
    assert_eq!(converted(|post| post.author.handle.clear()).unwrap().author.handle, "a1");
}

#[test]
fn errors_are_read_and_redacted() {
    let given = wit::Error {
        code: "teapot".into(),
        message: "token abc".into(),
        retry_after: Some(u64::MAX),
        scope: "galaxy".into(),
        advice: Some("change abc".into()),
        ambiguous: true,
    };
    let error = error(given, |text| text.replace("abc", "…"));
    assert_eq!((error.code, error.scope, error.ambiguous), (ErrorCode::Unavailable, Scope::Connection, true));
    assert_eq!((error.message.as_str(), error.advice.as_deref()), ("token …", Some("change …")));
    assert_eq!(error.retry_after, Some(LONGEST_WAIT));
}

#[test]
fn answers_have_a_real_status() {
    let answer = |status, content_type: &str| webhook::Answer {
        status,
        content_type: content_type.into(),
        body: b"ok".to_vec(),
        events: vec![],
    };
    assert_eq!(converter().answer(answer(202, "text/plain")).unwrap().status, 202);
    assert_eq!(converter().answer(answer(99, "text/plain")).unwrap_err(), "99 is not a status to answer with");
    assert!(converter().answer(answer(200, "text/plain\u{e9}")).is_err());
}
