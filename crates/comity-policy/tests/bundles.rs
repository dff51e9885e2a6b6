//! The bundles in `policies/`: without a complaint from the checker, and with every test of theirs passing.

mod support;

use comity_domain::{decision::Outcome, facts::ReplyFacts};
use comity_policy::{Bundle, Policy, check, run_tests};
use std::path::Path;
use support::facts;

fn bundle(name: &str) -> Bundle {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    Bundle::read_dir(&policies.join(name)).unwrap()
}

fn is_sound(name: &str, fewest_tests: usize) {
    let bundle = bundle(name);
    let found: Vec<String> = check(&bundle).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let report = run_tests(&bundle);
    let failures: Vec<String> = report
        .cases
        .iter()
        .filter(|case| !case.passed)
        .map(|case| format!("{}: {}\n    {}", case.file, case.name, case.message))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(report.passed >= fewest_tests, "only {} tests ran", report.passed);
}

#[test]
fn starter() {
    is_sound("starter", 70);
}

#[test]
fn northwind() {
    is_sound("northwind", 15);
}

#[test]
fn every_template_may_leave_the_house_without_a_person() {
    for name in ["starter", "northwind"] {
        let policy = Policy::compile(&bundle(name)).unwrap();
        let facts = facts("Hello");
        assert!(policy.templates().len() > 5);
        for template in policy.templates().keys() {
            let text = policy.render_template(template, &facts).unwrap();
            let reply = ReplyFacts { text, is_public: true, is_automatic: true };
            assert_eq!(policy.guard(&facts, &reply), [], "{name}: {template}");
        }
    }
}

#[test]
fn every_consumer_post_has_a_reason_one_can_read() {
    let texts =
        ["Hello?", "", "Thank you so much", "You idiots", "my order is late", "これはひどい", "A shop somewhere"];
    for name in ["starter", "northwind"] {
        let policy = Policy::compile(&bundle(name)).unwrap();
        for (text, names_us) in texts.iter().flat_map(|text| [None, Some(true), Some(false)].map(|names| (text, names)))
        {
            for (consumer_posts, company) in [(1, None), (1, Some("Us")), (2, None)] {
                let mut facts = facts(text);
                facts.event.names_us = names_us;
                facts.case.consumer_posts = consumer_posts;
                facts.case.company = company.map(str::to_owned);
                facts.case.team = Some("care".to_owned());
                let evaluation = policy.evaluate(&facts);
                assert_eq!(evaluation.failure, None);
                let fired = evaluation.rules.iter().any(|rule| rule.outcome == Outcome::Fired);
                assert!(fired, "{name}: {text:?} {names_us:?} {consumer_posts} {company:?}");
            }
        }
    }
}
