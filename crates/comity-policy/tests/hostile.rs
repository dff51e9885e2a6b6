//! Bundles and posts made to break things: each is stopped in time and within bounds, with a sentence that says why, and the
//! organization's other cases go on.
//!
//! Time is what this thread works and memory what the whole program holds, so the table is gone through one by one.
#![cfg(unix)]

mod support;

use comity_domain::facts::ReplyFacts;
use comity_policy::{Bundle, Policy, check};
use peak_alloc::PeakAlloc;
use rustix::time::{ClockId, clock_gettime};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use support::{CHARTER, SETTINGS, facts};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// What checking, compiling or deciding may take in an optimised program.
const TIME: Duration = Duration::from_millis(200);
/// How much longer the same takes here, where this crate is not optimised.
const SLACK: u32 = if cfg!(debug_assertions) { 15 } else { 1 };
const MEMORY_MIB: f32 = 64.0;

/// Deciding about this asks for what a hostile rule does; about anything else it does not.
const QUESTION: &str = "Why?";

fn worked() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}

/// Does it, within bounds, and nothing beside it.
fn bounded<T>(what: &str, work: impl FnOnce() -> T) -> T {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    ALLOCATED.reset_peak_usage();
    let (before, started) = (ALLOCATED.current_usage_as_mb(), worked());
    let done = work();
    let (took, held) = (worked().saturating_sub(started), ALLOCATED.peak_usage_as_mb() - before);
    assert!(took <= TIME * SLACK, "{what} took {took:?}");
    assert!(held <= MEMORY_MIB, "{what} held {held} MiB");
    done
}

/// What is said of a bundle, or why it cannot decide about a question.
fn stopped(what: &str, bundle: &Bundle) -> String {
    let found = bounded(what, || check(bundle));
    let errors: Vec<String> = found.iter().filter(|found| found.is_error()).map(ToString::to_string).collect();
    let Ok(policy) = bounded(what, || Policy::compile(bundle)) else { return errors.join("\n") };
    let evaluation = bounded(what, || policy.evaluate(&facts(QUESTION)));
    // Another case under the same policy, and one under another.
    assert_eq!(policy.evaluate(&facts("Thanks")).failure, None, "{what}");
    let ordinary = support::when("event.text.asks").evaluate(&facts(QUESTION));
    assert_eq!((ordinary.failure, ordinary.effects.len()), (None, 1), "{what}");
    evaluation.failure.unwrap_or_default()
}

fn with(files: &[(&str, &str)]) -> Bundle {
    let mut bundle = Bundle::new([("settings.toml", SETTINGS), ("charter.rhai", CHARTER)]);
    bundle.files.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    bundle
}

fn when(condition: &str) -> Bundle {
    script("", &format!("event.text.asks && {condition}"), "label(\"x\");")
}

fn then(effects: &str) -> Bundle {
    script("", "event.text.asks", effects)
}

fn script(functions: &str, condition: &str, effects: &str) -> Bundle {
    with(&[("rules.rhai", &format!("{functions}\nrule \"r\" because \"b\"\nwhen {condition}\nthen {{ {effects} }}"))])
}

fn around(open: &str, times: usize, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(times), close.repeat(times))
}

fn said(table: Vec<(&str, Bundle, &str)>) {
    for (what, bundle, sentence) in table {
        let said = stopped(what, &bundle);
        assert!(said.contains(sentence), "{what}: {said}");
    }
}

#[test]
fn what_nests_is_not_followed_to_its_end() {
    const DEEP: &str = "This is nested too deeply to read.";
    let joined = |part: &str, sign: &str| vec![part; 3_000].join(sign);
    let all_levels = around("!(", 40, "event.text.asks", ")");
    let chain: Vec<String> =
        (0..8).map(|n| format!("fn f{n}(t) {{ {} }}\n", around("!(", 40, &format!("f{}(t)", n + 1), ")"))).collect();
    said(vec![
        ("parentheses", when(&around("(\n", 3_000, "true", ")\n")), DEEP),
        ("signs", when(&around("!", 3_000, "true", "")), DEEP),
        ("minus", when(&format!("{} > 1", around("- ", 3_000, "1", ""))), DEEP),
        ("sums", when(&format!("{} > 1", joined("1", " +\n"))), DEEP),
        ("ands", when(&joined("true", " &&\n")), DEEP),
        ("lists", when(&format!("event.kind in {}", around("[\n", 3_000, "\"x\"", "]\n"))), DEEP),
        ("calls", when(&around("known(\n", 3_000, "event.text", ")\n")), DEEP),
        ("blocks", then(&around("{\n", 3_000, "label(\"x\");", "}\n")), DEEP),
        ("ifs", then(&around("if true {\n", 3_000, "label(\"x\");", "}\n")), DEEP),
        ("else ifs", then(&format!("{} {{ }}", joined("if true { }", " else\n"))), DEEP),
        ("statements", then(&around("rule \"x\" because \"y\" when true then {\n", 500, "", "}\n")), DEEP),
        ("dots", when(&joined("event", ".\n")), "nested too deeply"),
        ("texts in texts", then(&format!("ask({});", around("`${\n", 2_000, "1", "}`\n"))), DEEP),
        ("comments", with(&[("rules.rhai", &around("/*\n", 20_000, "", ""))]), ""),
        ("all levels there are", when(&all_levels), ""),
        (
            "all levels there are, eight times",
            script(
                &format!("{}fn f8(t) {{ t.asks }}", chain.concat()),
                "event.text.asks && f0(event.text)",
                "label(\"x\");",
            ),
            "",
        ),
    ]);
}

#[test]
fn what_calls_itself_ends() {
    let eight = |call: &str| [call; 8].join(" && ");
    let asked = |functions: String, condition: &str| {
        script(&functions, &format!("event.text.asks && {condition}"), "label(\"x\");")
    };
    let to_each_other: Vec<String> = (0..190)
        .map(|n| format!("fn f{n}(a, b, c) {{ f{}(b, a, c) || f{}(c, b, a) }}\n", (n + 1) % 190, (n * 7 + 1) % 190))
        .collect();
    said(vec![
        ("itself", asked("fn f(n) { f(n + 1) }".into(), "f(0) == 1"), "its functions call each other too deeply."),
        (
            "many times",
            asked(format!("fn f(n) {{ if n == 0 {{ return true; }} {} }}", eight("f(n - 1)")), "f(6)"),
            "it takes too many steps.",
        ),
        (
            "each other, with everything",
            asked(to_each_other.concat(), "f0(1, \"x\", event.text.asks)"),
            "too often to be followed",
        ),
        ("a function as a value", then("let f = |x| x; f(1);"), "it has no maps, functions as values"),
        ("a function by its name", then("Fn(\"label\").call(\"x\");"), "There is no function Fn."),
        ("another file", then("import \"x\";"), "import has no place in a policy."),
        ("a text as a script", then("eval(\"label(1)\");"), "eval has no place in a policy."),
        ("this", when("this == 1"), "There is no this in a policy."),
        ("switch", when("switch 1 { 1..1000000000 => true, _ => false }"), "This has no place in a policy."),
        ("ranges", when("1 in 0..9223372036854775807"), ".. has no place in a policy."),
        ("shifts", when("1 << 62 == 1"), "<< has no place in a policy."),
        ("powers", when("10 ** 300 > 1"), "** has no place in a policy."),
    ]);
}

#[test]
fn what_grows_is_cut_short() {
    const LARGE: &str = "it builds something too large.";
    let asked = |functions: &str, condition: &str, effects: &str| {
        script(functions, &format!("event.text.asks && {condition}"), effects)
    };
    let long = format!("\"{}\"", "x".repeat(3_000));
    let long = vec![long.as_str(); 40].join("\n + ");
    let lets: Vec<String> = (0..12).map(|n| format!("let t{n} = t + \"{n}\";\n")).collect();
    let wide = format!("fn wide(t, n) {{ if n == 0 {{ return t == \"\"; }} {} wide(t0, n - 1) }}", lets.concat());
    let distinct: Vec<String> = (0..200).map(|n| format!("(t + \"{n}\").contains(\"zz\")")).collect();
    let lookers: Vec<String> = distinct
        .chunks(20)
        .enumerate()
        .map(|(n, part)| format!("fn look{n}(t) {{ {} }}\n", part.join(" ||\n")))
        .collect();
    let looks: Vec<String> = (0..lookers.len()).map(|n| format!("look{n}(t)")).collect();
    said(vec![
        (
            "a text",
            asked(
                "fn grow(t, n) { if n == 0 { return t; } grow(t + t + t + t, n - 1) }",
                "grow(\"xxxxxxxxxxxxxxxxxxxx\", 7) == \"\"",
                "label(\"x\");",
            ),
            LARGE,
        ),
        (
            "a text with places",
            asked(
                "fn grow(t, n) { if n == 0 { return t; } grow(`${t}${t}${t}${t}${t}${t}${t}${t}`, n - 1) }",
                "grow(\"xxxxxxxxxxxxxxxxxxxx\", 6) == \"\"",
                "label(\"x\");",
            ),
            LARGE,
        ),
        ("texts in every variable", asked(&wide, &format!("wide({long}, 7)"), "label(\"x\");"), ""),
        (
            "texts looked at",
            asked(
                &format!("{}fn all(t) {{ {} }}", lookers.concat(), looks.join(" || ")),
                &format!("all({long})"),
                "label(\"x\");",
            ),
            "",
        ),
        ("a list", when(&format!("event.kind in [{}]", vec!["\"x\""; 5_000].join(",\n"))), "too large"),
        (
            "a list of long texts",
            asked(
                "fn f(t) { event_kind(t) }\nfn event_kind(t) { t in [t + t, t + t, t + t, t + t, t + t, t + t] }",
                &format!("f({long})"),
                "label(\"x\");",
            ),
            "",
        ),
        (
            "variables",
            then(
                &(0..40).map(|n| format!("let a{n} = {n};\n")).chain(["label(\"x\");".to_owned()]).collect::<String>(),
            ),
            "it has too many variables.",
        ),
        ("effects", then(&"label(\"x\");\n".repeat(201)), "It asks for more than 200 effects."),
        ("a label", then("label(event.text + \" because of \" + author.handle + author.handle);"), ""),
        (
            "a long label",
            asked("", "true", &format!("label({long});")),
            "It writes more than 2000 characters into one effect.",
        ),
    ]);
}

#[test]
fn what_is_large_is_not_read() {
    let words = |count: usize, length: usize| {
        let word = |n: usize| {
            format!(
                "\"{}\"",
                (0..length).map(|at| char::from(b'a' + ((n * 31 + at * 7 + at / 9) % 26) as u8)).collect::<String>()
            )
        };
        SETTINGS.replace("[\"thank you\"]", &format!("[{}]", (0..count).map(word).collect::<Vec<_>>().join(",\n")))
    };
    let rules =
        |count: usize, text: fn(usize) -> String| with(&[("rules.rhai", &(0..count).map(text).collect::<String>())]);
    let settings = |text: &str| with(&[("settings.toml", text)]);
    said(vec![
        ("ninety long phrases", settings(&words(90, 2_500)), ""),
        ("twenty thousand words", settings(&words(20_000, 8)), ""),
        (
            "four thousand rules",
            rules(4_000, |n| format!("rule \"r{n}\" because \"b\" when true then {{ label(\"x\"); }}\n")),
            "at most 500 are read",
        ),
        (
            "five hundred rules that want the same",
            rules(500, |n| {
                format!(
                    "rule \"r{n}\" because \"b\" when case.consumer_posts > {n} && (event.text.asks || case.is_open) then {{ assign_team(\"care\"); }}\n"
                )
            }),
            "",
        ),
        (
            "five hundred rules on a few lines",
            rules(500, |n| {
                format!(
                    "rule \"r{n}\" because \"b\" when event.text.asks then {{ label(\"x\"); }}{}",
                    if n % 40 == 0 { "\n" } else { " " }
                )
            }),
            "",
        ),
        (
            "misspelt names",
            rules(450, |n| format!("rule \"r{n}\" because \"b\" when evnt{n}.txt.aks then {{ lable(\"x\"); }}\n")),
            "There is no evnt0.",
        ),
        (
            "a long line",
            with(&[("rules.rhai", &format!("// {}", "x".repeat(200_000)))]),
            "This line is longer than 4000 characters.",
        ),
        (
            "a long name",
            with(&[("rules.rhai", &format!("rule \"{}\" because \"b\" when true then {{ }}", "x".repeat(3_900)))]),
            "cannot be a name.",
        ),
        (
            "long names in settings",
            settings(&SETTINGS.replace("sorry =", &format!("{} =", "x".repeat(200_000)))),
            "cannot be a name.",
        ),
        (
            "many names",
            settings(&SETTINGS.replace(
                "[roles]",
                &((0..15_000).map(|n| format!("t{n} = \"x\"")).collect::<Vec<_>>().join("\n") + "\n[roles]"),
            )),
            "There are 15002 teams; at most 500 are read.",
        ),
        (
            "a template of placeholders",
            settings(&SETTINGS.replace("{handle} I", &"{handle}".repeat(25_000))),
            "is longer than",
        ),
        ("many files", Bundle::new((0..5_000).map(|n| (format!("f{n}.rhai"), "x"))), "at most 200 are read."),
        (
            "large files",
            Bundle::new((0..100).map(|n| (format!("f{n}.rhai"), "\n".repeat(200_000)))),
            "larger than 512 KiB together.",
        ),
        ("stray statements", with(&[("rules.rhai", &"a;\n".repeat(60_000))]), "This stands outside of any rule."),
        (
            "a flow without end",
            with(&[(
                "rules.rhai",
                &format!("flow \"f\" because \"b\" steps {{ {} }}", "notify(team(\"legal\"));\n".repeat(8_000)),
            )]),
            "has more than 50 steps.",
        ),
        ("tests", with(&[("tests/a.toml", &"[[test]]\nname = \"t\"\n[[test.step]]\nwait = true\n".repeat(4_500))]), ""),
    ]);
}

#[test]
fn settings_that_nest_are_refused() {
    let settings = |text: String| with(&[("settings.toml", &format!("{text}\n{SETTINGS}"))]);
    said(vec![
        ("lists", settings(format!("contacts = {}", around("[", 60_000, "", "]"))), "This cannot be read"),
        ("tables", settings(around("a = { a = ", 5_000, "1", "}")), "This cannot be read"),
        ("dots", settings(format!("{} = 1", vec!["a"; 60_000].join("."))), "This cannot be read"),
        ("dotted tables", settings(format!("[{}]", vec!["a"; 60_000].join("."))), "This cannot be read"),
        ("the same table again and again", settings("[[a.a.a.a.a.a.a.a]]\n".repeat(10_000)), "There is no setting"),
        ("a number", settings(format!("teams = {}", "9".repeat(200_000))), "This cannot be read"),
        (
            "a test that waits for ever",
            with(&[(
                "tests/a.toml",
                "[[test]]\nname = \"t\"\n[[test.step]]\nat = \"9999-12-31T23:59:59Z\"\nwait = true\n",
            )]),
            "",
        ),
    ]);
}

#[test]
fn numbers_have_an_end() {
    const IMPOSSIBLE: &str = "it calculates something impossible";
    said(vec![
        ("more than the largest", when("9223372036854775807 + case.company_replies > 0"), IMPOSSIBLE),
        ("less than the smallest", when("-9223372036854775807 - case.consumer_posts > 0"), IMPOSSIBLE),
        ("times", when("9223372036854775807 * case.consumer_posts > 0"), IMPOSSIBLE),
        ("by nothing", when("1 / (case.company_replies - 1) > 0"), IMPOSSIBLE),
        ("what is left by nothing", when("1 % (case.company_replies - 1) > 0"), IMPOSSIBLE),
        ("the smallest by minus one", when("(-9223372036854775807 - 1) / -case.company_replies > 0"), IMPOSSIBLE),
        ("the smallest turned round", when("-(-9223372036854775807 - 1) > 0"), IMPOSSIBLE),
        ("a number too long to write", when("99999999999999999999 > 0"), ""),
        (
            "a length of time",
            when("now - case.opened_at > days(9223372036854775807)"),
            "That length of time is too long.",
        ),
        ("a part of a day", when("now - case.opened_at > days(1e308)"), "That length of time is too long."),
        (
            "a time after all years",
            when("now + days(9000000) > now"),
            "That time lies beyond the years that can be counted.",
        ),
        (
            "a length that is no number",
            when("days(1e308 * 10.0 - 1e308 * 10.0) > days(1)"),
            "That length of time is too long.",
        ),
    ]);
    // What is no number is larger than nothing, and decided about in the same way each time.
    let policy = support::when("1e308 * 10.0 - 1e308 * 10.0 > 0 || 1e308 * 10.0 - 1e308 * 10.0 > 1e308");
    assert_eq!(policy.evaluate(&facts("")), policy.evaluate(&facts("")));
    assert!(policy.evaluate(&facts("")).effects.is_empty());
}

#[test]
fn posts_of_the_public_are_looked_at_in_time() {
    let every = r#"rule "r" because "b" when event.text.mentions(words("legal")) || event.text.has_private_data
            || event.text.is_shouting || event.text.has_link || event.text.word_count < 0 || event.text.contains("zzz")
            || event.text.mentions("zzz") || event.text.starts_with("zzz") || event.text.ends_with("zzz")
        then { label("x"); }
        guard "g" because "b" when reply.text.has_private_data then { warn("x"); }"#;
    let policy = support::policy(every);
    let parts = [
        "a@b.cc ",
        "a@",
        "@",
        "lawyer ",
        "order 1234 ",
        "order ",
        "AB12 ",
        "DE89",
        "DE89 3704 0044 ",
        "+49 ",
        "((1",
        "1 ",
        "1/",
        "É\u{301}",
        "a\u{301}\u{301}\u{301}\u{301}",
        "€1 ",
        "A",
        "https://",
        "www.",
        "\u{200b}",
        "👩\u{200d}",
        "1.1.",
        "zz",
        "\n",
        "ﷺ",
        "ß",
        "?",
        "#",
    ];
    for part in parts {
        let text = part.repeat(150_000 / part.len());
        // An evaluation is stopped when it works for too long; here that would only be because nothing is optimised.
        let evaluation = bounded(part, || policy.evaluate(&facts(&text)));
        let failure = evaluation.failure.unwrap_or_default();
        assert!(
            failure.is_empty() || (cfg!(debug_assertions) && failure.ends_with("it takes too long.")),
            "{part:?}: {failure}"
        );
        let reply = ReplyFacts { text, is_public: true, is_automatic: false, ..ReplyFacts::default() };
        let verdicts = bounded(part, || policy.guard(&facts(""), &reply));
        assert!(verdicts.iter().all(|verdict| verdict.found.len() <= 300), "{part:?}");
    }
}
