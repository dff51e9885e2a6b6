//! How long one decision takes, with a full trace, for ten and for thirty rules; and how long a bundle of five hundred lines
//! takes to check. Prints JSON lines; only a release build means anything.
//!
//! `benches/peers` asks the same ten rules of two other engines.

use comity_domain::{decision::Outcome, facts::Facts};
use comity_policy::{Bundle, Policy, check};
use std::time::{Duration, Instant};

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 20_000;
const CHECKS: usize = 20;
/// A rule of these takes four or five lines.
const RULES_OF_500_LINES: usize = 108;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for count in [10, 30] {
        println!("{}", decide(count)?);
    }
    println!("{}", check_500_lines());
    Ok(())
}

fn decide(count: usize) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let bundle = Bundle::new([("settings.toml", SETTINGS.to_owned()), ("rules.rhai", rules(count))]);
    let policy = Policy::compile(&bundle).map_err(|found| format!("{found:?}"))?;
    let facts = facts()?;
    let fired = policy.evaluate(&facts).rules.iter().filter(|rule| rule.outcome == Outcome::Fired).count();
    let mut taken: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            let evaluation = policy.evaluate(&facts);
            assert_eq!(evaluation.rules.len(), count);
            started.elapsed()
        })
        .collect();
    taken.sort_unstable();
    let at = |share: usize| taken[ROUNDS * share / 100].as_nanos() as f64 / 1_000.0;
    Ok(serde_json::json!({
        "name": format!("{count} rules with trace"), "rounds": ROUNDS, "fired": fired, "p50_us": at(50), "p99_us": at(99),
    }))
}

fn check_500_lines() -> serde_json::Value {
    let text = rules(RULES_OF_500_LINES);
    let lines = text.lines().count();
    let bundle = Bundle::new([("settings.toml", SETTINGS.to_owned()), ("rules.rhai", text)]);
    let mut taken: Vec<f64> = (0..CHECKS)
        .map(|_| {
            let started = Instant::now();
            assert!(check(&bundle).iter().all(|found| !found.is_error()));
            started.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    serde_json::json!({ "name": "check", "lines": lines, "p50_ms": taken[CHECKS / 2], "max_ms": taken[CHECKS - 1] })
}

const SETTINGS: &str = r#"
teams = { care = "Answers", legal = "Looks at claims" }
templates = { sorry = "{handle} I am sorry." }
words = { legal = ["lawyer", "fraud*", "court", "sue you"], insults = ["idiot*", "liar*"] }
calendar = { time_zone = "Europe/Berlin", open = [{ day = "monday", from = "09:00", to = "17:00" }] }
"#;

/// Rules of the usual kinds: two or three terms each, some of which fire, are false and are unknown.
fn rules(count: usize) -> String {
    let kinds = [
        r#"when event.is_consumer_post && event.text.mentions(words("legal")) && !author.is_staff then { label("legal"); }"#,
        r#"when event.is_consumer_post && event.text.mentions(words("insults")) then { draft_reply("sorry"); }"#,
        r#"when event.is_breach_of("answer") && case.company_replies >= 2 then { close("abandoned"); }"#,
        r#"when event.is_consumer_post && author.is_customer && case.consumer_posts > 3 then { priority("high"); }"#,
        r#"when event.is_consumer_post && now - case.opened_at > days(2) then { label("old"); }"#,
        r#"when event.is_consumer_post && !case.labels.contains("praise") then { assign_team("care"); }"#,
        r#"when event.is_consumer_post && (event.text.asks || event.text.has_link) then { label("question"); }"#,
        r#"when event.kind == "post" && event.party == "consumer" && known(case.team) then { label("mine"); }"#,
        r#"when charter.running.contains("answer") && event.text.word_count > 3 then { label("long"); }"#,
        r#"when event.kind == "post_deleted" then { label("withdrawn"); }"#,
    ];
    let charter = "charter \"Bench\";\narticle \"answer\" company owes \"We answer.\"\n    due working_hours(4) from \
                   consumer_post until company_reply;\n";
    let rule = |index: usize| {
        let when = kinds[index % kinds.len()].replace(" && ", "\n    && ").replace(" then", "\nthen");
        format!("rule \"rule-{index}\" because \"Reason {index}\" under \"answer\"\n{when}\n\n")
    };
    std::iter::once(charter.to_owned()).chain((0..count).map(rule)).collect()
}

fn facts() -> Result<Facts, serde_json::Error> {
    let at = "2026-03-02T09:00:00Z";
    serde_json::from_value(serde_json::json!({
        "now": at,
        "event": {
            "kind": "post", "at": at, "party": "consumer", "lang": "en", "is_public": true, "names_us": true,
            "text": "@us You are liars. My bag has been gone for three days, nobody answers, and my lawyer will hear of it. \
                     Where is it?",
            "breach_of": null,
        },
        "case": {
            "is_open": true, "is_held": false, "priority": "normal", "labels": ["late"], "team": "care", "company": "us",
            "company_replies": 1, "consumer_posts": 2, "unanswered_replies": 0, "has_draft": false, "escalations": [],
            "closed_reason": null, "opened_at": "2026-02-27T09:00:00Z", "last_consumer_post_at": at,
            "last_company_reply_at": null,
        },
        "author": {
            "handle": "mara", "display_name": "Mara", "is_staff": false, "is_customer": null, "customer_since": null,
            "followers": 12, "earlier_cases": 0,
        },
        "charter": { "running": ["answer"], "breached": [], "met": [] },
        "surge": { "posts_last_hour": null, "usual_posts_per_hour": null },
    }))
}
