use super::*;

const NOW: i64 = 1_800_000_000_000;

fn converter() -> Converter {
    Converter::new(Timestamp::from_millisecond(NOW).unwrap(), 3)
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
    let mut converter = converter();
    let events = converter.events(vec![wit::Event::PostCreated(post)])?;
    match (events.as_slice(), converter.left_out().as_slice()) {
        ([InboundEvent::PostCreated(post)], []) => Ok(post.clone()),
        ([], [why]) => Err(why.clone()),
        other => panic!("{other:?}"),
    }
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
fn an_event_that_cannot_be_used_is_left_out() {
    type Change = fn(&mut wit::Post);
    let cases: [(Change, &str); 7] = [
        (|post| post.id.clear(), "event 1 was left out: the post's id is empty"),
        (|post| post.id = "x".repeat(1_025), "event 1 was left out: the post's id is longer than 1024 bytes"),
        (|post| post.id = "a\0b".into(), "event 1 was left out: the post's id has control characters"),
        (|post| post.author.id.clear(), "event 1 was left out: the author's id is empty"),
        (
            |post| post.party = "robot".into(),
            "event 1 was left out: party \"robot\" is neither `company` nor `consumer`",
        ),
        (
            |post| post.visibility = String::new(),
            "event 1 was left out: visibility \"\" is neither `public` nor `private`",
        ),
        (
            |post| post.at = u64::MAX,
            "event 1 was left out: 18446744073709551615 is not a time in milliseconds since 1970",
        ),
    ];
    for (change, sentence) in cases {
        assert_eq!(converted(change).unwrap_err(), sentence);
    }
}

#[test]
fn the_events_beside_it_stay() {
    let mut converter = converter();
    let nobody = wit::Post { id: String::new(), ..post() };
    let events = [post(), nobody, post()].map(wit::Event::PostCreated).to_vec();
    let batch = source::Batch { events, cursor: Some("next".into()), more: true, delay: None, extensions: vec![] };
    let batch = converter.batch(batch).unwrap();
    assert_eq!((batch.events.len(), batch.cursor.as_deref(), batch.more), (2, Some("next"), true));
    assert_eq!(converter.left_out(), ["event 2 was left out: the post's id is empty"]);
    let mut converter = Converter { events: 100, ..self::converter() };
    let nobody = (0..30).map(|_| wit::Event::PostCreated(wit::Post { id: String::new(), ..post() })).collect();
    assert_eq!(converter.events(nobody).unwrap(), []);
    let lines = converter.left_out();
    assert_eq!((lines.len(), lines[10].as_str()), (11, "20 more events were left out"));
}

#[test]
fn an_event_of_a_file_that_cannot_be_used_is_a_rejected_line() {
    let mut converter = converter();
    let nobody = wit::Post { id: String::new(), ..post() };
    let rejected = vec![files::Rejected { line: 502, reason: "no JSON".into() }];
    let piece = files::Piece { events: [post(), nobody].map(wit::Event::PostCreated).to_vec(), rejected };
    let piece = converter.piece(piece, 501);
    let said: Vec<_> = piece.rejected.iter().map(|line| (line.line, line.reason.as_str())).collect();
    let why = "from this line on, event 2 was left out: the post's id is empty";
    assert_eq!((piece.events.len(), said), (1, vec![(502, "no JSON"), (501, why)]));
    assert_eq!(converter.left_out(), [""; 0]);
}

#[test]
fn too_many_events_are_the_connectors_fault() {
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
    for unfit in ["x".repeat(1_025), "a\nb".to_owned()] {
        let alone = converted(|post| {
            (post.parent, post.root, post.conversation) = (Some(unfit.clone()), Some(unfit.clone()), Some(unfit));
        });
        let alone = alone.unwrap();
        assert_eq!((alone.in_reply_to, alone.root, alone.conversation), (None, None, None));
    }
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
