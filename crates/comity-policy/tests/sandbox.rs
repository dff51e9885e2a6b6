//! Each trap that Rhai's own limits do not hold, and what holds it here.

mod support;

use comity_domain::decision::{Evaluation, Outcome};
use comity_policy::Limits;
use std::time::{Duration, Instant};
use support::{complaints, facts, limited, policy, when};

fn failure(evaluation: &Evaluation) -> &str {
    assert!(evaluation.effects.is_empty(), "a failed evaluation has no effects");
    assert_eq!(evaluation.rules.last().unwrap().outcome, Outcome::Failed);
    evaluation.failure.as_deref().expect("the evaluation should fail")
}

/// A function that calls itself eight times, and so eight times eight times eight.
const MANY: &str = "fn many(n) { if n == 0 { return true; } many(n - 1) && many(n - 1) && many(n - 1) && many(n - 1) && \
                    many(n - 1) && many(n - 1) && many(n - 1) && many(n - 1) }\n";

#[test]
fn operations_are_counted_over_every_nested_call() {
    let policy = policy(
        &(MANY.to_owned()
            + r#"rule "fine" because "Before it" when true then { label("x"); }
        rule "bomb" because "It multiplies at each call" when many(6) then { label("y"); }"#),
    );
    let evaluation = policy.evaluate(&facts(""));
    assert_eq!(
        failure(&evaluation),
        "The rule \u{201c}bomb\u{201d} (rules.rhai, line 3) could not be worked out: it takes too many steps."
    );
    assert_eq!(evaluation.rules[0].outcome, Outcome::Fired, "what came before is still shown");
}

#[test]
fn callbacks_of_native_functions_do_not_exist() {
    for call in ["map", "filter", "reduce", "sort", "for_each", "all", "some"] {
        let said = complaints(&format!(
            "rule \"r\" because \"b\" when [\"a\"].{call}(|x| x == \"a\") then {{ label(\"x\"); }}"
        ));
        assert!(said.contains("error"), "{call}: {said}");
    }
}

#[test]
fn calls_may_not_nest_deeper_than_the_limit() {
    let policy = policy(
        r#"fn down(n) { down(n + 1) }
        rule "deep" because "It never ends" when down(0) == 1 then { label("x"); }"#,
    );
    let evaluation = policy.evaluate(&facts(""));
    assert!(failure(&evaluation).ends_with("its functions call each other too deeply."), "{evaluation:?}");
}

#[test]
fn a_deadline_ends_what_operations_do_not() {
    let limits = Limits { deadline: Duration::ZERO, operations: 10_000_000, ..Limits::default() };
    let policy = limited(
        &(MANY.to_owned() + r#"rule "slow" because "It takes its time" when many(6) then { label("x"); }"#),
        limits,
    );
    let started = Instant::now();
    let evaluation = policy.evaluate(&facts(""));
    assert!(failure(&evaluation).ends_with("it takes too long."), "{evaluation:?}");
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn nothing_that_waits_reads_or_prints_exists() {
    let calls = [
        "sleep(10)",
        "timestamp()",
        "rand()",
        "print(\"x\")",
        "debug(\"x\")",
        "eval(\"1\")",
        "open_file(\"x\")",
        "import \"x\"",
        "Fn(\"x\")",
        "call(1)",
        "parse_json(\"1\")",
        "\"a\".replace(\"a\", \"aa\")",
        "\"a\".pad(100, \"x\")",
        "\"abc\".split(\"b\")",
        "is_def_var(\"x\")",
    ];
    for call in calls {
        let said =
            complaints(&format!("rule \"r\" because \"b\" when event.text.asks then {{ {call}; label(\"x\"); }}"));
        assert!(said.contains("error"), "{call}: {said}");
    }
}

#[test]
fn there_are_no_maps_to_fill_past_a_cap() {
    for body in ["let m = #{}; m[\"k\"] = 1;", "let a = [\"x\"]; a[0] = \"y\";", "let a = [\"x\"]; a += \"y\";"] {
        let said =
            complaints(&format!("rule \"r\" because \"b\" when event.text.asks then {{ {body} label(\"x\"); }}"));
        assert!(said.contains("error"), "{body}: {said}");
    }
}

#[test]
fn texts_cannot_grow_past_the_cap() {
    let double = "fn grow(t, n) { if n == 0 { return t; } grow(t + t + t + t + t + t + t + t, n - 1) }";
    let rule = "rule \"grow\" because \"b\" when grow(\"xxxxxxxxxxxxxxxx\", 6) == \"\" then { label(\"x\"); }";
    let evaluation = policy(&format!("{double}\n{rule}")).evaluate(&facts(""));
    assert!(failure(&evaluation).ends_with("it builds something too large."), "{evaluation:?}");
}

#[test]
fn lists_cannot_be_longer_than_the_cap() {
    let list = vec!["\"a\""; 1_001].join(", ");
    let said = complaints(&format!("rule \"r\" because \"b\" when event.kind in [{list}] then {{ label(\"x\"); }}"));
    assert!(said.contains("rules.rhai:1"), "{said}");
}

#[test]
fn effects_cannot_flood_the_plan() {
    let labels = vec!["label(\"x\");"; 201].join(" ");
    let evaluation = policy(&format!("rule \"r\" because \"b\" when true then {{ {labels} }}")).evaluate(&facts(""));
    assert!(failure(&evaluation).ends_with("It asks for more than 200 effects."), "{evaluation:?}");
}

#[test]
fn a_text_is_never_compared_with_a_number() {
    let said = complaints(r#"rule "r" because "b" when "5" > 5 then { label("x"); }"#);
    assert!(said.contains("> cannot compare text with a number."), "{said}");
    // Nor by way of a function, whose parameters have no kind of their own.
    let said = complaints(
        r#"fn more(a, b) { a > b }
        rule "r" because "b" when more("5", case.company_replies) then { label("x"); }"#,
    );
    assert!(said.contains("> cannot compare text with a number."), "{said}");
}

#[test]
fn a_misspelt_fact_is_never_folded_away() {
    let said = complaints(r#"rule "r" because "b" when event.knd == "post" then { label("x"); }"#);
    assert!(said.contains("The event has no knd. Did you mean kind?"), "{said}");
}

#[test]
fn impossible_sums_fail_in_words_and_without_effects() {
    let evaluation = when("case.company_replies / (case.company_replies - 1) == 1").evaluate(&facts(""));
    assert!(failure(&evaluation).contains("it calculates something impossible"), "{evaluation:?}");
    let evaluation = when("9223372036854775807 + case.company_replies > 0").evaluate(&facts(""));
    assert!(failure(&evaluation).contains("it calculates something impossible"), "{evaluation:?}");
    let evaluation = when("now - case.opened_at > days(9223372036854775807)").evaluate(&facts(""));
    assert!(failure(&evaluation).contains("That length of time is too long."), "{evaluation:?}");
}

#[test]
fn a_failed_evaluation_leaves_nothing_behind() {
    let failing = when("case.company_replies / (case.company_replies - 1) == 1");
    let fine = when("event.kind == \"post\"");
    for _ in 0..3 {
        assert!(failing.evaluate(&facts("")).failure.is_some());
        let evaluation = fine.evaluate(&facts(""));
        assert_eq!(evaluation.failure, None);
        assert_eq!(evaluation.effects.len(), 1);
    }
}

#[test]
fn the_same_facts_give_the_same_decision_on_every_thread() {
    let policy = when("event.text.mentions(words(\"legal\")) && case.labels.contains(\"late\")");
    let expected = policy.evaluate(&facts("my lawyer"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(policy.evaluate(&facts("my lawyer")), expected);
                }
            });
        }
    });
}

#[test]
fn very_long_and_hostile_texts_are_looked_at_in_time() {
    // The deadline is for optimised builds; what matters here is that time grows with the text and not with its square.
    let limits = Limits { deadline: Duration::from_secs(10), ..Limits::default() };
    let policy = limited(
        r#"rule "r" because "b" when event.text.mentions(words("legal")) || event.text.has_private_data
            || event.text.is_shouting || event.text.has_link || event.text.word_count > 5
        then { label("x"); }
        guard "g" because "b" when reply.text.has_private_data then { warn("x"); }"#,
        limits,
    );
    let size = 150_000;
    for part in ["a@b.cc ", "lawyer ", "order 1234 ", "AB12 ", "+49 ", "((1", "É\u{301}", "€1 ", "A", "@", "\u{200b}"]
    {
        let text = part.repeat(size / part.len());
        let started = Instant::now();
        let evaluation = policy.evaluate(&facts(&text));
        assert_eq!(evaluation.failure, None, "{part}");
        let reply = comity_domain::facts::ReplyFacts {
            text,
            is_public: true,
            is_automatic: false,
            ..comity_domain::facts::ReplyFacts::default()
        };
        let verdicts = policy.guard(&facts(""), &reply);
        assert!(verdicts.iter().all(|verdict| verdict.found.len() <= 300), "{part}");
        assert!(started.elapsed() < Duration::from_secs(10), "{part} took {:?}", started.elapsed());
    }
}
