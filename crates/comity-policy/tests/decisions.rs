//! What a decision says of itself: outcomes, terms, notes, and what is not known.

mod support;

use comity_domain::{
    decision::{GuardAction, Outcome, RuleTrace, Truth},
    facts::ReplyFacts,
};
use comity_policy::{Bundle, Policy, Step, Target, run_tests};
use support::{bundle, facts, policy, when};

/// The one rule's trace over a text.
fn trace(condition: &str, text: &str) -> RuleTrace {
    let evaluation = when(condition).evaluate(&facts(text));
    assert_eq!(evaluation.failure, None);
    evaluation.rules.into_iter().next().unwrap()
}

/// Each term as `value note`.
fn terms(condition: &str, text: &str) -> Vec<String> {
    let shown = |term: &comity_domain::decision::TermTrace| {
        let value = format!("{:?}", term.value);
        term.note.as_ref().map_or(value.clone(), |note| format!("{value} {note}"))
    };
    trace(condition, text).terms.iter().map(shown).collect()
}

#[test]
fn terms_are_traced_up_to_the_first_that_is_not_yes() {
    let condition =
        "event.text.mentions(words(\"legal\")) && !author.is_staff && case.company_replies >= 2 && case.is_open";
    let trace = trace(condition, "My LAWYER says that fraud, fraud it is");
    assert_eq!(trace.outcome, Outcome::NotFired);
    let sources: Vec<&str> = trace.terms.iter().map(|term| term.source.as_ref()).collect();
    assert_eq!(sources, condition.split(" && ").collect::<Vec<_>>());
    let values: Vec<Truth> = trace.terms.iter().map(|term| term.value).collect();
    assert_eq!(values, [Truth::True, Truth::True, Truth::False, Truth::NotReached]);
    assert_eq!(trace.terms[0].note.as_deref(), Some("found \u{201c}LAWYER\u{201d}, \u{201c}fraud\u{201d}"));
    assert_eq!(trace.terms[2].note.as_deref(), Some("it is 1"));
}

#[test]
fn what_is_not_known_is_neither_yes_nor_no() {
    let unknown = "Unknown author.is_customer is not known";
    let table: [(&str, Outcome, &[&str]); 10] = [
        ("author.is_customer", Outcome::Unknown, &[unknown]),
        ("!author.is_customer", Outcome::Unknown, &[unknown]),
        ("author.is_customer && case.is_open", Outcome::Unknown, &[unknown, "NotReached"]),
        ("known(author.is_customer)", Outcome::NotFired, &["False"]),
        ("!known(author.is_customer)", Outcome::Fired, &["True"]),
        ("or_else(author.is_customer, true)", Outcome::Fired, &["True"]),
        // One side that is yes decides, wherever it stands; none that is yes and one unknown does not.
        ("author.is_customer || case.is_open", Outcome::Fired, &["True"]),
        ("case.is_open || author.is_customer", Outcome::Fired, &["True"]),
        ("author.is_customer || case.is_held", Outcome::Unknown, &[unknown]),
        ("now - author.customer_since > days(1)", Outcome::Unknown, &["Unknown author.customer_since is not known"]),
    ];
    for (condition, outcome, expected) in table {
        assert_eq!(trace(condition, "").outcome, outcome, "{condition}");
        assert_eq!(terms(condition, ""), expected, "{condition}");
    }
}

#[test]
fn facts_are_compared_as_written() {
    let table = [
        ("now - case.opened_at > days(2)", true),
        ("now - case.opened_at == hours(72)", true),
        ("now - days(3) <= case.opened_at", true),
        ("event.kind in [\"post\", \"post_edited\"]", true),
        ("!(event.kind in [\"breach\"])", true),
        ("\"late\" in case.labels", true),
        ("case.labels.count == 1 && !case.labels.is_empty", true),
        ("charter.running.contains(\"answer\")", true),
        ("charter.met.contains(\"answer\")", false),
        ("event.text.contains(\"STRASSE\") && event.text.starts_with(\"in\") && event.text.ends_with(\"?\")", true),
        ("event.text.mentions(\"straße\") && event.text.asks && event.text.word_count == 3", true),
        ("event.text.has_private_data || event.text.is_shouting || event.text.has_link", false),
        ("case.priority == \"normal\" && event.party != \"company\"", true),
        ("-case.company_replies + 2 * 3 == 5", true),
        ("case.company_replies > 0.5", true),
    ];
    for (condition, expected) in table {
        let fired = trace(condition, "In der Straße?").outcome == Outcome::Fired;
        assert_eq!(fired, expected, "{condition}");
    }
}

#[test]
fn functions_are_shared_by_all_files() {
    let mut bundle = bundle("rule \"r\" because \"b\" when is_rude(event.text) then { both(\"a\", \"b\"); }");
    let functions =
        "fn is_rude(text) { text.is_shouting || text.mentions(\"idiots\") }\nfn both(x, y) { label(x); label(y); }";
    bundle.files.insert("zzz.rhai".to_owned(), functions.to_owned());
    let policy = Policy::compile(&bundle).unwrap();
    let evaluation = policy.evaluate(&facts("You idiots"));
    assert_eq!(evaluation.effects.len(), 2);
    assert_eq!(evaluation.effects[0].rule, "r");
    assert_eq!(evaluation.rules[0].terms[0].note.as_deref(), Some("found \u{201c}idiots\u{201d}"));
}

#[test]
fn a_rule_that_stumbles_over_an_unknown_fact_in_its_effects_has_none() {
    let policy = policy(
        r#"rule "first" because "b" when case.is_open then { label("kept"); }
        rule "second" because "b" when case.is_open then { label("gone"); if author.is_customer { label("customer"); } }"#,
    );
    let evaluation = policy.evaluate(&facts(""));
    assert_eq!(evaluation.failure, None);
    assert_eq!(evaluation.rules[1].outcome, Outcome::Unknown);
    assert_eq!(evaluation.effects.len(), 1);
}

#[test]
fn effects_carry_their_rule_reason_and_article() {
    let policy = policy(r#"rule "r" because "They asked" under "answer" when event.text.asks then { ask("What?"); }"#);
    let planned = policy.evaluate(&facts("Why?")).effects.remove(0);
    assert_eq!((planned.rule.as_str(), planned.because.as_str()), ("r", "They asked"));
    assert_eq!(planned.article.as_deref(), Some("answer"));
}

fn verdicts(guard: &str, text: &str, is_automatic: bool) -> Vec<(GuardAction, String, Vec<String>)> {
    let reply = ReplyFacts { text: text.to_owned(), is_public: true, is_automatic, ..ReplyFacts::default() };
    let verdicts = policy(guard).guard(&facts("Hello"), &reply);
    verdicts.into_iter().map(|verdict| (verdict.action, verdict.message, verdict.found)).collect()
}

#[test]
fn guards_say_what_they_found() {
    let guard = r#"guard "g" because "Private" under "privacy" when reply.is_public && reply.text.has_private_data
        then { stop("Take it out."); }"#;
    let found = verdicts(guard, "Write to a.b@example.com, not to care@example.org", false);
    assert_eq!(found, [(GuardAction::Stop, "Take it out.".to_owned(), vec!["a.b@example.com".to_owned()])]);
    assert_eq!(verdicts(guard, "Write to care@example.org", false), []);
}

#[test]
fn a_guard_that_cannot_know_asks_a_person_and_stops_a_machine() {
    let guard = r#"guard "g" because "b" when author.is_customer then { warn("x"); }"#;
    let (action, message, _) = verdicts(guard, "Hi", false).remove(0);
    assert_eq!(action, GuardAction::Warn);
    assert!(message.starts_with("author.is_customer is not known"), "{message}");
    assert_eq!(verdicts(guard, "Hi", true)[0].0, GuardAction::Stop);
}

#[test]
fn a_guard_that_fails_stops_the_reply_in_plain_words() {
    let guard = r#"guard "g" because "b" when 1 / (case.company_replies - 1) > 0 then { warn("x"); }"#;
    let (action, message, _) = verdicts(guard, "Hi", false).remove(0);
    assert_eq!(action, GuardAction::Stop);
    assert!(
        message.starts_with("The guard \u{201c}g\u{201d} (rules.rhai, line 1) could not be worked out"),
        "{message}"
    );
    assert!(message.contains("Nothing is sent until"), "{message}");
}

#[test]
fn templates_are_filled_and_flows_are_data() {
    let policy = policy("");
    let mut facts = facts("Hello");
    assert_eq!(policy.render_template("sorry", &facts).unwrap(), "@mara I am sorry.");
    assert_eq!(policy.render_template("last-word", &facts).unwrap(), "@mara, we rest this here. us");
    facts.author.display_name = Some("Mara K".into());
    facts.case.company = Some("Northwind".into());
    assert_eq!(policy.render_template("last-word", &facts).unwrap(), "Mara K, we rest this here. Northwind");
    assert_eq!(policy.render_template("none", &facts), None);
    assert_eq!(policy.flows()[0].steps, [Step::Notify { target: Target::Team("legal".into()) }]);
}

#[test]
fn the_version_is_the_content() {
    let one = policy("");
    assert_eq!(one.version(), bundle("").hash());
    assert_ne!(one.version(), policy("// a comment").version());
}

#[test]
fn a_failing_test_says_what_came_instead() {
    let tests = r#"
[[test]]
name = "It fires"
[test.given]
event = { text = "Hello" }
[test.expect]
fired = ["r"]

[[test]]
name = "It does not"
[[test.step]]
at = "2026-03-02 10:00"
consumer = "Is it?"
expect.not_fired = ["r"]

[[test]]
name = "The clock"
[[test.step]]
at = "2026-03-02 10:00"
consumer = "Is it?"
expect.labels = ["x"]
expect.obligations = [{ article = "answer", state = "running", due = "2026-03-02 13:00" }]

[[test]]
name = "A fact that is none"
[test.given]
event = { txt = "Hello" }
"#;
    let mut bundle = bundle("rule \"r\" because \"b\" when event.text.asks && case.is_open then { label(\"x\"); }");
    bundle.files.insert("tests/t.toml".to_owned(), tests.to_owned());
    let report = run_tests(&bundle);
    assert_eq!((report.passed, report.failed), (0, 4));
    let messages: Vec<&str> = report.cases.iter().map(|case| case.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "The rule r should fire and did not: event.text.asks.",
            "Step 1: The rule r should not fire and did.",
            "Step 1: The obligation answer should be running until 2026-03-02 13:00; it is running until 2026-03-02T13:00:00Z.",
            "There is no fact given.event.txt.",
        ]
    );
}

#[test]
fn a_bundle_with_errors_fails_with_each_of_them() {
    let report = run_tests(&Bundle::new([("rules.rhai", "rule")]));
    assert_eq!((report.passed, report.failed), (0, 2));
}
