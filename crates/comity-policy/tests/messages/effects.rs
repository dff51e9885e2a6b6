//! Effects that never take effect, guards that stop our own words, and promises that nothing serves.

use crate::{
    corpus::{Entry, guard, rule, then, two, when},
    support::SETTINGS,
};

pub fn never() -> Vec<Entry> {
    let (post, asks) = ("event.is_consumer_post", "event.is_consumer_post && event.text.asks");
    let many = "case.consumer_posts > 3";
    vec![
        then("hold_replies(\"legal\"); draft_reply(\"sorry\");"),
        then("assign_team(\"care\"); assign_team(\"legal\");"),
        then("close(\"done\"); close(\"abandoned\");"),
        then("hold_replies(\"legal\"); hold_replies(\"care\");"),
        then("priority(\"low\"); priority(\"high\");"),
        then("meet_obligation(\"answer\"); waive_obligation(\"answer\");"),
        two(post, "assign_team(\"care\");", asks, "assign_team(\"legal\");"),
        two(post, "assign_team(\"care\");", asks, "assign_team(\"legal\"); label(\"x\");"),
        two(post, "label(\"x\");", asks, "label(\"x\"); label(\"y\");"),
        two(post, "label(\"x\");", asks, "label(\"x\");"),
        two(post, "hold_replies(\"legal\");", asks, "send_reply(\"sorry\"); label(\"x\");"),
        two(asks, "send_reply(\"sorry\"); label(\"x\");", post, "hold_replies(\"legal\");"),
        two(asks, "priority(\"normal\"); label(\"x\");", post, "priority(\"high\");"),
        two(asks, "assign_team(\"care\");", post, "assign_team(\"legal\");"),
        two("case.consumer_posts > 1", "close(\"x\");", many, "close(\"y\"); label(\"z\");"),
        two("event.kind == \"post\"", "assign_team(\"care\");", post, "assign_team(\"legal\"); label(\"z\");"),
        Entry::script(format!(
            "{}\n{}\n{}",
            rule("one", post, "assign_team(\"care\");"),
            rule("two", "event.text.asks", "close(\"x\");"),
            rule("three", asks, "assign_team(\"legal\"); close(\"y\");")
        )),
        two(post, "if event.text.asks { close(\"x\"); }", asks, "close(\"y\");"),
        Entry::script(rule("r", "case.is_held", "draft_reply(\"sorry\");")),
        Entry::script(rule(
            "r",
            "event.text.asks",
            "if case.is_held { send_reply(\"sorry\"); } else { label(\"x\"); }",
        )),
        Entry::script(rule("r", "!case.is_held", "draft_reply(\"sorry\");")),
        Entry::script(rule("r", "case.labels.contains(\"late\")", "label(\"late\");")),
        Entry::script(rule("r", "case.team == \"care\"", "assign_team(\"care\");")),
        Entry::script(rule("r", "case.priority == \"high\"", "priority(\"high\");")),
        Entry::script(rule("r", "\"counsel\" in case.escalations", "escalate(\"counsel\");")),
        Entry::script(rule("r", "!case.is_open", "close(\"done\");")),
    ]
}

pub fn guards() -> Vec<Entry> {
    let with = |settings: String, script: String| Entry::of([("settings.toml", settings), ("rules.rhai", script)]);
    let stops = |condition: &str| {
        format!("guard \"g\" because \"Why\" under \"answer\" when {condition}\nthen {{ stop(\"Not like this.\"); }}")
    };
    let private = SETTINGS.replace("I am sorry.", "I am sorry, write to mara@example.com.");
    let ours = SETTINGS.replace("I am sorry.", "I am sorry, write to care@example.org.");
    let sends = rule("r", "event.text.asks", "send_reply(\"sorry\");");
    vec![
        with(private, stops("reply.is_public && reply.text.has_private_data")),
        with(ours, stops("reply.is_public && reply.text.has_private_data")),
        Entry::script(stops("reply.text.word_count < 500")),
        Entry::script(stops("reply.is_automatic")),
        Entry::script(format!("{sends}\n{}", stops("reply.is_automatic && reply.text.mentions(\"sorry\")"))),
        Entry::script(stops("reply.is_automatic && reply.text.mentions(\"sorry\")")),
        Entry::script(stops("reply.text.mentions(\"sorry\") && case.is_held")),
        guard("reply.text.mentions(\"sorry\")", "warn(\"Again?\");"),
    ]
}

pub fn promises() -> Vec<Entry> {
    let served = "rule \"r\" because \"Why\" under \"answer\" when event.text.asks then { label(\"x\"); }";
    vec![
        Entry::script(served).without("base.rhai"),
        when("event.text.asks").without("base.rhai"),
        Entry::script("rule \"r\" because \"Why\" when event.text.asks then { label(\"x\"); }"),
        Entry::script("guard \"g\" because \"Why\" when reply.text.is_shouting then { warn(\"x\"); }"),
        Entry::script("article \"new\" company owes \"We try.\";"),
    ]
}
