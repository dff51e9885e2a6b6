//! The bundles in `policies/`: without a complaint from the checker, with every test of theirs passing, and with nothing that
//! their own guards would not let out of the house.

mod support;

use comity_domain::{decision::Outcome, facts::ReplyFacts};
use comity_policy::{Bundle, Policy, check, run_tests};
use std::{collections::BTreeSet, path::Path};
use support::{facts, shown};

/// Every bundle with how many tests it has at least, and how many rules.
const BUNDLES: [(&str, usize, std::ops::RangeInclusive<usize>); 5] = [
    ("starter", 90, 30..=60),
    ("northwind", 15, 12..=30),
    ("airline", 25, 12..=30),
    ("bank", 20, 12..=30),
    ("public-body", 20, 12..=30),
];

/// What others begin with; the demonstration is only looked at.
const TEMPLATES: [&str; 4] = ["starter", "airline", "bank", "public-body"];

fn bundle(name: &str) -> Bundle {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    Bundle::read_dir(&policies.join(name)).unwrap()
}

fn policies() -> impl Iterator<Item = (&'static str, Policy)> {
    BUNDLES.iter().map(|(name, ..)| (*name, Policy::compile(&bundle(name)).unwrap()))
}

#[test]
fn every_bundle_is_sound() {
    for (name, fewest_tests, _) in BUNDLES {
        let bundle = bundle(name);
        let found = check(&bundle);
        assert!(found.is_empty(), "{name}: {}", shown(&found));
        let report = run_tests(&bundle);
        let failures: Vec<String> = report
            .cases
            .iter()
            .filter(|case| !case.passed)
            .map(|case| format!("{}: {}\n    {}", case.file, case.name, case.message))
            .collect();
        assert!(failures.is_empty(), "{name}: {}", failures.join("\n"));
        assert!(report.passed >= fewest_tests, "{name}: only {} tests ran", report.passed);
    }
}

#[test]
fn every_folder_of_policies_is_looked_at() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let folders: BTreeSet<String> =
        std::fs::read_dir(policies).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(folders, BUNDLES.iter().map(|(name, ..)| (*name).to_owned()).collect());
}

#[test]
fn a_bundle_is_short_enough_to_be_read() {
    for (name, _, rules) in BUNDLES {
        let facts = facts("Hello");
        let count = Policy::compile(&bundle(name)).unwrap().evaluate(&facts).rules.len();
        assert!(rules.contains(&count), "{name} has {count} rules");
    }
}

#[test]
fn what_people_read_of_a_template_is_there_in_two_languages() {
    for name in TEMPLATES {
        let policy = Policy::compile(&bundle(name)).unwrap();
        assert_eq!(policy.languages().collect::<Vec<_>>(), ["en", "de"], "{name}");
        let (english, german) = (policy.texts("en"), policy.texts("de"));
        assert_ne!(english.charter().name, german.charter().name);
        for article in &policy.charter().articles {
            assert_ne!(english.owes(&article.id), german.owes(&article.id), "{name}: {}", article.id);
        }
        let facts = facts("Hello");
        for rule in policy.evaluate(&facts).rules {
            assert_ne!(english.because(&rule.rule), german.because(&rule.rule), "{name}: {}", rule.rule);
        }
    }
}

#[test]
fn every_rule_and_guard_of_a_template_stands_in_a_test() {
    for name in TEMPLATES {
        let bundle = bundle(name);
        let tests: String = bundle.tests().map(|(_, text)| text).collect();
        let words: BTreeSet<&str> = tests.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
        let lines = bundle.scripts().flat_map(|(_, text)| text.lines());
        let named = lines.filter_map(|line| line.strip_prefix("rule \"").or_else(|| line.strip_prefix("guard \"")));
        let named: Vec<&str> = named.filter_map(|rest| rest.split('"').next()).collect();
        assert!(named.len() > 20);
        let untested: Vec<&str> = named.into_iter().filter(|rule| !words.contains(rule)).collect();
        assert!(untested.is_empty(), "{name}: no test speaks of {untested:?}");
    }
}

#[test]
fn the_starter_has_a_test_of_every_situation() {
    let starter = bundle("starter");
    for situation in 1..=30 {
        let heading = format!("# S{situation}. ");
        let tests = starter.tests().filter(|(_, text)| text.starts_with(&heading)).map(|(_, text)| text);
        let count: usize = tests.map(|text| text.matches("[[test]]").count()).sum();
        assert!(count >= 1, "no test of the starter begins with {heading:?}");
    }
}

#[test]
fn every_template_may_leave_the_house_without_a_person() {
    for (name, policy) in policies() {
        let mut facts = facts("Hello");
        assert!(policy.templates().len() > 5);
        for (language, template) in policy.languages().flat_map(|l| policy.templates().keys().map(move |t| (l, t))) {
            facts.event.lang = Some(language.to_owned());
            let text = policy.render_template(template, &facts).unwrap();
            let reply = ReplyFacts { text, is_public: true, is_automatic: true, ..ReplyFacts::default() };
            assert_eq!(policy.guard(&facts, &reply), [], "{name}: {template} in {language}");
        }
    }
}

#[test]
fn every_consumer_post_has_a_reason_one_can_read() {
    let texts =
        ["Hello?", "", "Thank you so much", "You idiots", "my order is late", "これはひどい", "A shop somewhere"];
    for (name, policy) in policies() {
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
