//! What the checker says of conditions, against what the evaluator makes of them: a rule that "never applies" does not
//! fire, whatever the facts; a term that "is always so" is yes; a term that "says nothing more" can be left out; a rule that
//! "is shadowed" fires only with the other. The conditions and the facts are made up.

mod support;

use comity_domain::{
    decision::{Evaluation, Outcome, Truth},
    facts::Facts,
};
use comity_policy::{Diagnostic, Policy, check};
use proptest::{prelude::*, sample::select};
use support::bundle;

const FUNCTIONS: &str = "fn both(a, b) { a && b }\nfn is_odd(text, open) { text.asks || !open }\n";

const ATOMS: [&str; 44] = [
    "true",
    "false",
    "case.consumer_posts > 1",
    "case.consumer_posts >= 0",
    "case.consumer_posts == 2",
    "case.consumer_posts != 2",
    "3 > case.consumer_posts",
    "case.consumer_posts > case.company_replies",
    "case.company_replies >= case.consumer_posts",
    "case.consumer_posts == case.company_replies",
    "event.kind == \"post\"",
    "event.kind != \"breach\"",
    "event.kind in [\"breach\", \"joined\"]",
    "event.party == \"consumer\"",
    "\"company\" != event.party",
    "known(event.party)",
    "event.is_consumer_post",
    "event.is_company_reply",
    "event.is_breach_of(\"answer\")",
    "event.is_breach_of(\"stay-engaged\")",
    "author.is_customer",
    "author.is_customer == true",
    "known(author.is_customer)",
    "or_else(author.is_customer, true)",
    "or_else(author.is_customer, false)",
    "known(now - author.customer_since)",
    "known(author.customer_since)",
    "now - author.customer_since > days(2)",
    "now - author.customer_since < hours(48)",
    "author.customer_since < now",
    "event.text.asks",
    "event.text.is_empty",
    "event.text.mentions(\"fraud\")",
    "event.text.contains(\" \")",
    "event.text.word_count > 2",
    "event.text.word_count == 0",
    "case.labels.contains(\"late\")",
    "\"late\" in case.labels",
    "case.labels.is_empty",
    "case.labels.count == 1",
    "case.is_open",
    "case.is_open != false",
    "case.team == \"care\"",
    "or_else(case.team, \"legal\") == \"legal\"",
];

fn condition() -> impl Strategy<Value = String> {
    let leaf = select(&ATOMS[..]).prop_map(str::to_owned);
    leaf.prop_recursive(3, 12, 2, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            inner.clone().prop_map(|a| format!("!({a})")),
            inner.prop_map(|a| format!("known({a})")),
            two.clone().prop_map(|(a, b)| format!("({a} || {b})")),
            two.clone().prop_map(|(a, b)| format!("({a} && {b})")),
            two.clone().prop_map(|(a, b)| format!("or_else({a}, {b})")),
            two.clone().prop_map(|(a, b)| format!("both({a}, {b})")),
            two.prop_map(|(a, _)| format!("is_odd(event.text, {a})")),
        ]
    })
}

/// Facts as the domain makes them: what goes together goes together.
fn facts() -> impl Strategy<Value = Facts> {
    let event = select(vec![
        serde_json::json!({ "kind": "post", "party": "consumer" }),
        serde_json::json!({ "kind": "post", "party": "company" }),
        serde_json::json!({ "kind": "post_edited", "party": "consumer" }),
        serde_json::json!({ "kind": "joined", "party": null }),
        serde_json::json!({ "kind": "breach", "party": "company", "breach_of": "answer" }),
        serde_json::json!({ "kind": "breach", "party": "consumer", "breach_of": "stay-engaged" }),
    ]);
    let text = select(vec!["", " ", "fraud", "What is this fraud about?", "Thanks"]);
    let customer = select(vec![None, Some(true), Some(false)]);
    let since = select(vec![None, Some("2026-03-01T09:00:00Z"), Some("2025-01-01T00:00:00Z")]);
    let labels = select(vec![vec![], vec!["late"], vec!["late", "x"], vec!["x"]]);
    let team = select(vec![None, Some("care"), Some("legal")]);
    (event, text, customer, since, labels, team, (0_i64..4, 0_i64..4, any::<bool>())).prop_map(
        |(event, text, customer, since, labels, team, (consumer_posts, company_replies, is_open))| {
            let mut facts = serde_json::to_value(support::facts("")).unwrap();
            let has_text = event["kind"].as_str().is_some_and(|kind| kind.starts_with("post"));
            for (name, value) in event.as_object().unwrap() {
                facts["event"][name] = value.clone();
            }
            facts["event"]["text"] = if has_text { text.into() } else { "".into() };
            facts["author"]["is_customer"] = customer.into();
            facts["author"]["customer_since"] = since.into();
            facts["case"]["labels"] = labels.into();
            facts["case"]["team"] = team.into();
            facts["case"]["consumer_posts"] = consumer_posts.into();
            facts["case"]["company_replies"] = company_replies.into();
            facts["case"]["is_open"] = is_open.into();
            serde_json::from_value(facts).unwrap()
        },
    )
}

fn rule(id: &str, terms: &[String]) -> String {
    format!(
        "rule \"{id}\" because \"b\" under \"answer\"\nwhen {}\nthen {{ assign_team(\"care\"); }}\n",
        terms.join("\n && ")
    )
}

/// A compiled script, and what the checker says of it; nothing when it may not run.
fn compiled(script: &str) -> Option<(Policy, Vec<Diagnostic>)> {
    let bundle = bundle(&format!("{FUNCTIONS}{script}"));
    Some((Policy::compile(&bundle).ok()?, check(&bundle)))
}

fn fires(evaluation: &Evaluation, rule: &str) -> bool {
    evaluation.rules.iter().any(|trace| *trace.rule == *rule && trace.outcome == Outcome::Fired)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_of_one_condition_is_so(
        terms in prop::collection::vec(condition(), 1..4),
        facts in prop::collection::vec(facts(), 12),
    ) {
        let Some((policy, said)) = compiled(&rule("r", &terms)) else { return Ok(()) };
        for found in &said {
            let named = policy.evaluate(&facts[0]).rules[0].terms.iter().position(|term| {
                let ends = [" holds whenever", " follows from", " stands here twice", " is always so"];
                let begins = |rest: &str| ends.iter().any(|end| rest.starts_with(end));
                let is_plain = *term.source == *"true" && found.message == "This is always yes.";
                is_plain || found.message.strip_prefix(term.source.as_ref()).is_some_and(begins)
            });
            // A term in parentheses may be taken apart; then its parts are not those that were put together here.
            let is_whole = policy.evaluate(&facts[0]).rules[0].terms.len() == terms.len();
            let says_nothing = is_whole && ["implied", "repeated-term"].contains(&found.code.as_str());
            let without = named.filter(|_| says_nothing).map(|index| {
                let rest: Vec<String> = terms.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, term)| term.clone()).collect();
                compiled(&rule("r", &rest)).unwrap().0
            });
            for facts in &facts {
                let evaluation = policy.evaluate(facts);
                prop_assert_eq!(&evaluation.failure, &None);
                match found.code.as_str() {
                    "never" if found.message.contains("never applies") => {
                        prop_assert!(!fires(&evaluation, "r"), "{found:?}\n{terms:?}\n{facts:?}");
                    }
                    "always" => {
                        let term = &evaluation.rules[0].terms[named.unwrap()];
                        prop_assert!(matches!(term.value, Truth::True | Truth::NotReached), "{found:?}\n{term:?}\n{facts:?}");
                    }
                    "implied" | "repeated-term" if is_whole => {
                        let without = without.as_ref().unwrap().evaluate(facts);
                        prop_assert_eq!(fires(&evaluation, "r"), fires(&without, "r"), "{:?}\n{:?}\n{:?}", found, &terms, facts);
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn a_shadowed_rule_fires_only_with_the_other(
        one in prop::collection::vec(condition(), 1..3),
        more in prop::collection::vec(condition(), 1..3),
        facts in prop::collection::vec(facts(), 12),
    ) {
        let two: Vec<String> = one.iter().cloned().chain(more).collect();
        let Some((policy, said)) = compiled(&format!("{}{}", rule("one", &one), rule("two", &two))) else { return Ok(()) };
        let is_shadowed = said.iter().any(|found| found.code == "shadowed");
        for facts in &facts {
            let evaluation = policy.evaluate(facts);
            if is_shadowed && fires(&evaluation, "two") {
                prop_assert!(fires(&evaluation, "one"), "{one:?} {two:?}\n{facts:?}");
            }
        }
    }
}
