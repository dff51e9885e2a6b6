//! Bundles made of real ones by mistakes that people and machines make, and what must hold of them whatever they say.
//!
//! The ordinary suite (`tests/mutations.rs`) and the fuzz target (`fuzz/`) both call [`holds`], with bytes that decide what is
//! taken, what is changed, and what it then decides about.

use arbitrary::{Arbitrary, Result, Unstructured};
use comity_domain::{
    compare::Wanted,
    decision::Outcome,
    facts::{Facts, ReplyFacts},
};
use comity_policy::{Bundle, Diagnostic, Policy, check, diagnostic::CODES, run_tests};

const SETTINGS: &str = include_str!("../../../../policies/starter/settings.toml");
const CHARTER: &str = include_str!("../../../../policies/starter/charter.rhai");
const FLOWS: &str = include_str!("../../../../policies/starter/escalation.rhai");
const RULES: &str = include_str!("../../../../policies/starter/engagement.rhai");
const GUARDS: &str = include_str!("../../../../policies/starter/replies.rhai");
const TEST: &str = include_str!("../../../../policies/starter/tests/30-not-known.toml");

/// What people write, rightly or wrongly, and what has broken parsers before.
const WORDS: &[&str] = &[
    "&&",
    "||",
    "!",
    "==",
    "!=",
    ">",
    "<=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "<<",
    "..",
    "??",
    "?.",
    "in",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "`",
    "${",
    ";",
    ",",
    ".",
    "=",
    "=>",
    "#{",
    "|x|",
    "//",
    "/*",
    "*/",
    "#!",
    "\n",
    "\r\n",
    "\t",
    "\u{202e}",
    "\u{200b}",
    "\u{301}",
    "é",
    "😀",
    "0",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "1e308",
    "0.0",
    "true",
    "false",
    "event",
    "event.kind",
    "event.text",
    "event.party",
    "case",
    "case.labels",
    "case.team",
    "case.consumer_posts",
    "author",
    "author.followers",
    "author.is_customer",
    "charter.running",
    "surge.posts_last_hour",
    "reply.text",
    "now",
    "this",
    "known(",
    "or_else(",
    "words(\"grave\")",
    ".mentions(",
    ".contains(",
    ".asks",
    ".is_empty",
    ".word_count",
    "days(2)",
    "hours(-1)",
    "event.is_breach_of(\"answer\")",
    "event.is_consumer_post",
    "is_praise(event.text)",
    "rule \"x\" because \"y\"",
    "when",
    "then",
    "under \"answer\"",
    "article \"a\" company owes \"b\"",
    "due days(1) from consumer_post until company_reply",
    "flow \"f\" because \"y\" steps",
    "guard \"g\" because \"y\"",
    "charter",
    "let x = ",
    "if",
    "else",
    "return",
    "fn f(x)",
    "f(",
    "label(\"x\");",
    "draft_reply(\"apology\");",
    "hold_replies(\"legal\");",
    "priority(\"low\");",
    "close(\"x\");",
    "loop",
    "while",
    "for x in",
    "switch",
    "import",
    "eval(",
    "Fn(",
    "throw",
    "[test.given]",
    "[[test.step]]",
    "[[test]]",
    "wait = true",
    "expect.fired = [\"praise\"]",
    "after = \"900 years\"",
    "at = \"2026-03-02 10:00\"",
    "= {",
    "= [",
    "[words]",
    "[teams]",
];

const TEXTS: &[&str] = &[
    "",
    "Thank you so much",
    "You liars, my lawyer will hear of this. Where is my order 4711?",
    "CALL ME AT +49 30 1234567!!!",
    "これは詐欺です",
    "https://a.example/ buy now",
    "not solved \u{202e}\u{200b}",
    "4111 1111 1111 1111 12/27",
];

/// One change to a text; places are shares of its length.
#[derive(Arbitrary, Debug)]
enum Change {
    Insert { at: u16, word: u16 },
    Delete { at: u16, length: u8 },
    Repeat { at: u16, length: u8, times: u8 },
    Move { from: u16, length: u8, to: u16 },
    Replace { at: u16, length: u8, word: u16 },
}

/// Panics when something does not hold that must.
pub fn holds(bytes: &[u8]) {
    let mut choices = Unstructured::new(bytes);
    // Too few bytes only mean that less is changed.
    if let Ok((bundle, facts)) = made(&mut choices) {
        is_checked(&bundle);
        if let Ok(policy) = Policy::compile(&bundle) {
            decides(&policy, &bundle, &facts);
        }
    }
}

fn made(choices: &mut Unstructured<'_>) -> Result<(Bundle, Facts)> {
    let (helpers, rules): (Vec<&str>, Vec<&str>) =
        RULES.split("\n\n").partition(|part| part.contains("\nfn ") || part.starts_with("fn "));
    let mut script = helpers.join("\n\n");
    for _ in 0..choices.int_in_range(1..=5)? {
        script.push_str("\n\n");
        script.push_str(choices.choose(&rules)?);
    }
    let guards: Vec<&str> = GUARDS.split("\n\n").collect();
    script.push_str("\n\n");
    script.push_str(choices.choose(&guards)?);
    let mut files = [
        ("rules.rhai", script),
        ("charter.rhai", CHARTER.to_owned()),
        ("flows.rhai", FLOWS.to_owned()),
        ("settings.toml", SETTINGS.to_owned()),
    ]
    .to_vec();
    if choices.ratio(1, 4)? {
        files.push(("tests/a.toml", TEST.to_owned()));
    }
    for _ in 0..choices.int_in_range(0..=5)? {
        // Most mistakes are made in rules.
        let last = files.len() - 1;
        let index = if choices.ratio(3, 4)? { 0 } else { choices.int_in_range(0..=last)? };
        apply(&Change::arbitrary(choices)?, &mut files[index].1);
    }
    Ok((Bundle::new(files), facts(choices)?))
}

fn apply(change: &Change, text: &mut String) {
    let place =
        |share: u16, text: &str| text.floor_char_boundary(text.len() * usize::from(share) / usize::from(u16::MAX));
    let end = |start: usize, length: u8, text: &str| text.floor_char_boundary(start + usize::from(length));
    let word = |index: u16| WORDS[usize::from(index) % WORDS.len()];
    match *change {
        Change::Insert { at, word: index } => text.insert_str(place(at, text), &format!(" {} ", word(index))),
        Change::Delete { at, length } => {
            let start = place(at, text);
            let end = end(start, length, text).max(start);
            text.replace_range(start..end, "");
        }
        Change::Repeat { at, length, times } => {
            let start = place(at, text);
            let part = text[start..end(start, length, text).max(start)].repeat(usize::from(times));
            text.insert_str(start, &part);
        }
        Change::Move { from, length, to } => {
            let start = place(from, text);
            let part: String = text.drain(start..end(start, length, text).max(start)).collect();
            text.insert_str(place(to, text), &part);
        }
        Change::Replace { at, length, word: index } => {
            let start = place(at, text);
            let end = end(start, length, text).max(start);
            text.replace_range(start..end, word(index));
        }
    }
}

fn facts(choices: &mut Unstructured<'_>) -> Result<Facts> {
    let kind = *choices.choose(&["post", "post", "post_edited", "post_deleted", "breach", "joined"])?;
    let text = if choices.ratio(1, 4)? { <&str>::arbitrary(choices)? } else { *choices.choose(TEXTS)? };
    let party = if choices.arbitrary()? { "consumer" } else { "company" };
    let is_breach = kind == "breach";
    let at = "2026-03-02T09:00:00Z";
    let facts = serde_json::json!({
        "now": at,
        "event": {
            "kind": kind, "at": at, "party": party, "text": if is_breach { "" } else { text }, "lang": null, "is_public": true,
            "names_us": null, "breach_of": is_breach.then_some("answer"),
        },
        "case": {
            "is_open": choices.arbitrary::<bool>()?, "is_held": choices.arbitrary::<bool>()?, "priority": "normal",
            "labels": if choices.arbitrary()? { vec!["final-word", "mistake"] } else { Vec::new() }, "team": null,
            "company": choices.arbitrary::<bool>()?.then_some("us"), "company_replies": i64::from(choices.arbitrary::<u8>()?),
            "consumer_posts": choices.int_in_range(0..=4)?, "unanswered_replies": 0, "has_draft": false, "escalations": [],
            "closed_reason": null, "opened_at": "2026-02-27T09:00:00Z", "last_consumer_post_at": at,
            "last_company_reply_at": null,
        },
        "author": {
            "handle": "mara", "display_name": null, "is_staff": false, "is_customer": choices.arbitrary::<Option<bool>>()?,
            "customer_since": null, "followers": 12, "earlier_cases": 4,
        },
        "charter": { "running": ["answer"], "breached": [], "met": [] },
        "surge": { "posts_last_hour": null, "usual_posts_per_hour": null },
    });
    Ok(serde_json::from_value(facts).expect("these are facts"))
}

/// What is said of a bundle is the same each time, lies in its texts, and decides whether it may run.
fn is_checked(bundle: &Bundle) {
    let found = check(bundle);
    assert_eq!(found, check(bundle), "the same bundle is told the same");
    for diagnostic in &found {
        assert!(CODES.contains(&diagnostic.code.as_str()), "{diagnostic:?}");
        let text = bundle.files.get(&diagnostic.file).map_or("", String::as_str);
        let length = text.split('\n').nth(diagnostic.line as usize - 1).map(|line| line.chars().count() as u32);
        let is_in_line = |column: u32| length.map_or(column == 1, |length| (1..=length + 1).contains(&column));
        assert!(is_in_line(diagnostic.column), "{diagnostic:?}");
        assert!(diagnostic.end_column.is_none_or(|end| end > diagnostic.column), "{diagnostic:?}");
    }
    assert_eq!(found.iter().any(Diagnostic::is_error), Policy::compile(bundle).is_err(), "{found:?}");
}

/// A bundle without errors decides, the same each time, and a failed decision wants nothing.
fn decides(policy: &Policy, bundle: &Bundle, facts: &Facts) {
    let evaluation = policy.evaluate(facts);
    assert_eq!(evaluation, policy.evaluate(facts), "the same facts lead to the same decision");
    assert!(evaluation.failure.is_none() || evaluation.effects.is_empty(), "{evaluation:?}");
    for never in check(bundle).iter().filter(|found| found.message.ends_with("so the rule never applies.")) {
        let rule = policy.rules().into_iter().rfind(|rule| rule.file == never.file && rule.line <= never.line);
        let fired = evaluation.rules.iter().filter(|trace| trace.outcome == Outcome::Fired);
        assert!(
            fired.clone().all(|trace| Some(trace.rule.as_ref()) != rule.as_ref().map(|rule| rule.id.as_str())),
            "{never:?}"
        );
    }
    let mut traced = Wanted::of(evaluation, || policy.fallback());
    traced.rules.retain(|rule| rule.outcome != Outcome::NotFired);
    assert_eq!(policy.wanted(facts), traced, "with a trace and without one");
    let reply =
        ReplyFacts { text: facts.event.text.clone(), is_public: true, is_automatic: false, ..ReplyFacts::default() };
    assert_eq!(policy.guard(facts, &reply), policy.guard(facts, &reply));
    for template in policy.templates().keys() {
        assert!(policy.render_template(template, facts).is_some());
    }
    let report = run_tests(bundle);
    assert_eq!(report.cases.len(), report.passed + report.failed);
}
