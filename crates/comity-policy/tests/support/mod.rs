//! Small bundles and ordinary facts, for tests that care about one line of them.
#![allow(dead_code)] // Each test file uses its part.

use comity_domain::facts::Facts;
use comity_policy::{Bundle, Diagnostic, Limits, Policy, check};

pub const SETTINGS: &str = include_str!("settings.toml");

pub const CHARTER: &str = include_str!("charter.rhai");

/// A bundle with settings, a charter and these rules.
pub fn bundle(rules: &str) -> Bundle {
    Bundle::new([("settings.toml", SETTINGS), ("charter.rhai", CHARTER), ("rules.rhai", rules)])
}

pub fn policy(rules: &str) -> Policy {
    limited(rules, Limits::default())
}

pub fn limited(rules: &str, limits: Limits) -> Policy {
    match Policy::compile_with(&bundle(rules), limits) {
        Ok(policy) => policy,
        Err(found) => panic!("{}", shown(&found)),
    }
}

/// A policy of one rule with this condition.
pub fn when(condition: &str) -> Policy {
    policy(&format!("rule \"r\" because \"Why\" when {condition} then {{ label(\"fired\"); }}"))
}

pub fn shown(found: &[Diagnostic]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What the checker says of these rules.
pub fn complaints(rules: &str) -> String {
    shown(&check(&bundle(rules)))
}

pub fn facts(text: &str) -> Facts {
    let at = "2026-03-02T09:00:00Z";
    serde_json::from_value(serde_json::json!({
        "now": at,
        "event": {
            "kind": "post", "at": at, "party": "consumer", "text": text, "lang": "en", "is_public": true,
            "names_us": null, "breach_of": null,
        },
        "case": {
            "is_open": true, "is_held": false, "priority": "normal", "labels": ["late"], "team": null, "company": null,
            "company_replies": 1, "consumer_posts": 2, "unanswered_replies": 0, "has_draft": false, "escalations": [],
            "closed_reason": null, "opened_at": "2026-02-27T09:00:00Z", "last_consumer_post_at": at,
            "last_company_reply_at": null,
        },
        "author": {
            "handle": "mara", "display_name": null, "is_staff": false, "is_customer": null, "customer_since": null,
            "followers": 12, "earlier_cases": 0,
        },
        "charter": { "running": ["answer"], "breached": [], "met": [] },
        "surge": { "posts_last_hour": null, "usual_posts_per_hour": null },
    }))
    .unwrap()
}
