//! Cases written down as tests: they pass with the version that decided, say nothing of who it was, and are told as it went.

#[path = "support/cases.rs"]
mod cases;

use cases::{Move, Told, What, tell};
use comity_domain::{case::Priority, story::Act};
use comity_policy::{Bundle, CaseStory, Policy, run_tests, write_test};
use proptest::{prelude::*, sample::select};
use std::{path::Path, sync::LazyLock};

static STARTER: LazyLock<Bundle> = LazyLock::new(|| {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut bundle = Bundle::read_dir(&policies.join("starter")).unwrap();
    bundle.files.retain(|path, _| !path.starts_with("tests/"));
    bundle
});
static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::compile(&STARTER).unwrap());

fn written(told: &Told) -> String {
    let (ours, staff) = (["northwind".to_owned()], ["Anna Agent".to_owned()]);
    let story = CaseStory { past: &told.past, decisions: &told.decisions, ours: &ours, staff: &staff };
    write_test(&POLICY, &story).unwrap()
}

/// Runs the text as a test of the bundle; what it says when it fails.
fn run(text: &str) -> Result<usize, String> {
    let mut bundle = STARTER.clone();
    bundle.files.insert("tests/case.toml".to_owned(), text.to_owned());
    let report = run_tests(&bundle);
    let failures: Vec<_> = report.cases.iter().filter(|case| !case.passed).map(|case| case.message.as_str()).collect();
    if failures.is_empty() { Ok(report.passed) } else { Err(failures.join("\n")) }
}

fn consumer(after: i64, text: &str) -> Move {
    Move { after, what: What::Consumer { text: text.to_owned(), public: true, names_us: Some(true) } }
}

fn company(after: i64, text: &str) -> Move {
    Move { after, what: What::Company { text: text.to_owned() } }
}

#[test]
fn a_case_reads_as_it_went() {
    let moves = [
        consumer(
            0,
            "@northwind I am Mara Lindgren, nothing works, and my lawyer knows. Call 030 1234567 or see https://a.example/mara",
        ),
        company(3_600, "Hello Mara, I am sorry. What exactly does not work? Anna"),
        Move { after: 600, what: What::Act(Act::Release) },
        Move { after: 86_400, what: What::Edit { text: "Nothing works.".to_owned() } },
        Move { after: 7 * 86_400, what: What::Wait },
        Move { after: 60, what: What::Act(Act::Close { reason: "solved".into() }) },
    ];
    let text = written(&tell(&POLICY, &moves));
    insta::assert_snapshot!(text);
    assert_eq!(run(&text), Ok(1));
}

#[test]
fn what_does_not_hold_any_more_is_said() {
    let mut told = tell(&POLICY, &[consumer(0, "@us this is fraud"), Move { after: 60, what: What::Delete }]);
    // As it is stored once the words are gone.
    told.past.events[0].1.clear();
    told.decisions[0].facts.event.text.clear();
    let text = written(&told);
    assert!(text.contains("# At the time, these fired here: grave-accusation"), "{text}");
    assert_eq!(run(&text), Ok(1));
}

#[test]
fn a_case_in_which_nothing_was_decided_cannot_be_written_down() {
    let told = tell(&POLICY, &[]);
    let story = CaseStory { past: &told.past, decisions: &told.decisions, ours: &[], staff: &[] };
    assert_eq!(write_test(&POLICY, &story).unwrap_err(), "nothing has been decided in this case yet");
}

const TEXTS: [&str; 14] = [
    "@northwind Where is my bag? I am Mara Lindgren.",
    "This is fraud, my lawyer will write to you",
    "YOU PEOPLE ARE THE WORST!!! Call me: 030 1234567",
    "Thank you, that was quick",
    "No, it is not solved.",
    "my order number 4711008 is late, refund it to DE89 3704 0044 0532 0130 00",
    "Wie lange dauert das noch? Frechheit! @otto_b sagt das auch",
    "this is solved, all sorted",
    "give me a call, mara@mail.example",
    "one star, would not recommend https://reviews.example/mara-lindgren",
    "Someone should hurt you. I know where you live.",
    "a major electronics retailer let me down",
    "",
    "\"quoted\" \\ and\na second line\twith tab",
];

fn what() -> impl Strategy<Value = What> {
    let text = || select(TEXTS.as_slice()).prop_map(str::to_owned);
    let act = prop_oneof![
        Just(Act::Close { reason: "solved".to_owned() }),
        Just(Act::Reopen),
        Just(Act::Label { labels: ["praise".to_owned(), "late".to_owned()].into() }),
        Just(Act::Assign { team: Some("legal".to_owned()) }),
        Just(Act::Assign { team: None }),
        Just(Act::Rank { priority: Priority::Urgent }),
        Just(Act::Release),
        Just(Act::DropDraft),
    ];
    prop_oneof![
        4 => (text(), any::<bool>(), any::<Option<bool>>())
            .prop_map(|(text, public, names_us)| What::Consumer { text, public, names_us }),
        1 => text().prop_map(|text| What::Stranger { text }),
        3 => text().prop_map(|text| What::Company { text }),
        1 => text().prop_map(|text| What::Edit { text }),
        1 => Just(What::Delete),
        1 => Just(What::Reaction),
        2 => act.prop_map(What::Act),
        1 => Just(What::Wait),
    ]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (prop_oneof![1_i64..120, 600_i64..20_000, 40_000_i64..900_000], what());
    let one = one.prop_map(|(after, what)| Move { after, what });
    (select(TEXTS.as_slice()), prop::collection::vec(one, 0..9)).prop_map(|(text, rest)| {
        // A case begins with somebody who writes.
        [consumer(0, text)].into_iter().chain(rest).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_case_can_be_written_down_and_passes(moves in moves()) {
        let told = tell(&POLICY, &moves);
        let text = written(&told);
        prop_assert_eq!(run(&text), Ok(1), "{}", text);
        // The words decided about are all still there, so it goes as it went, rule by rule.
        prop_assert!(!text.contains("# At the time"), "{}", text);
        for secret in ["Mara", "Lindgren", "lindgren", "otto_b", "mail.example", "1234567", "4711008", "3704", "reviews"] {
            prop_assert!(!text.contains(secret), "{} in {}", secret, text);
        }
    }
}
