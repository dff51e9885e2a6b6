//! What the checker says of mistakes that people make, word for word.

mod support;

use comity_policy::{Bundle, check};
use std::fmt::Write as _;
use support::{CHARTER, SETTINGS, bundle, shown};

/// A rule with this condition.
fn when(condition: &str) -> String {
    format!("rule \"r\" because \"Why\" when {condition}\nthen {{ label(\"x\"); }}")
}

/// A rule with these effects.
fn then(effects: &str) -> String {
    format!("rule \"r\" because \"Why\" when event.is_consumer_post\nthen {{ {effects} }}")
}

fn guard(condition: &str, effects: &str) -> String {
    format!("guard \"g\" because \"Why\" when {condition}\nthen {{ {effects} }}")
}

/// What is said of a bundle, but for what is said of every small one; that has a test of its own.
fn complaints(bundle: &Bundle) -> String {
    let mut found = check(bundle);
    found.retain(|diagnostic| !["uncited", "no-article"].contains(&diagnostic.code.as_str()));
    shown(&found)
}

/// Each script under what is said of it.
fn said(scripts: impl IntoIterator<Item = String>) -> String {
    let mut all = String::new();
    for script in scripts {
        let found = complaints(&bundle(&script));
        let found = if found.is_empty() { "(nothing)" } else { &found };
        writeln!(all, "{script}\n=> {}\n", found.replace('\n', "\n=> ")).unwrap();
    }
    all
}

fn shot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn names() {
    shot(
        "names",
        &said([
            when("evnt.text.asks"),
            when("event.txt.asks"),
            when("event.text.shouts"),
            when("event.text.mentons(words(\"legal\"))"),
            when("event.text.mentions(words(\"leagl\"))"),
            when("event.text.asks()"),
            when("event.is_breach_of"),
            when("event.is_breach_of(\"anwser\")"),
            when("event.kind == \"psot\""),
            when("event.party == \"customer\""),
            when("case.priority == \"hgih\""),
            when("case.team == \"lagel\""),
            when("charter.breached.contains(\"nothing-like-it\")"),
            when("event.is_breach_of(\"privacy\")"),
            then("start_obligation(\"privacy\");"),
            when("case.escalations.contains(\"council\")"),
            when("reply.text.is_shouting"),
            then("assign_team(\"car\");"),
            then("draft_reply(\"sory\");"),
            then("escalate(\"counsl\");"),
            then("lable(\"x\");"),
            then("priority(\"asap\");"),
            then("assign_team(case.company);"),
            then("assign_team(case.team);"),
        ]),
    );
}

#[test]
fn kinds() {
    shot(
        "kinds",
        &said([
            when("event.text"),
            when("case.company_replies"),
            when("event.text.asks && case.company_replies"),
            when("!case.company_replies"),
            when("\"5\" > 5"),
            when("case.company_replies > \"2\""),
            when("case.company_replies == \"2\""),
            when("case.labels == \"legal\""),
            when("case.team > \"a\""),
            when("now - case.opened_at > 2"),
            when("case.opened_at > days(2)"),
            when("now + 2 > case.opened_at"),
            when("event.text.mentions(5)"),
            when("event.text.mentions()"),
            when("days(\"2\") > days(1)"),
            when("event == case"),
            when("or_else(author.followers, \"none\") == 0"),
            when("event.kind in [1, 2]"),
        ]),
    );
}

#[test]
fn places() {
    shot(
        "places",
        &said([
            when("label(\"x\")"),
            when("event.kind = \"post\""),
            then("case.priority = \"high\";"),
            then("warn(\"x\");"),
            then("notify(team(\"legal\"));"),
            then("for l in case.labels { label(\"x\"); }"),
            then("while true { }"),
            then("return 1;"),
            then(""),
            guard("reply.text.is_shouting", "label(\"x\");"),
            guard("stop(\"x\")", "stop(\"x\");"),
            "label(\"x\");".to_owned(),
            "let x = 1;".to_owned(),
            "fn f(t) { t.asks }".to_owned(),
            format!("fn f(t) {{ t.asks }}\n{}", when("f(event.text, 1)")),
            format!("fn f(t) {{ case.is_open }}\n{}", when("f(event.text)")),
            "fn label(t) { t }".to_owned(),
            when("author.followers > 1000"),
            when("event.text.asks && !event.text.asks"),
            when("event.kind == \"post\" && event.kind == \"breach\""),
            when("event.text.asks && event.text.asks"),
            when("false"),
            when("event.lang ?? \"de\" == \"de\""),
            when("case.labels[0] == \"x\""),
            when("event?.text == \"x\""),
            when("event.text == 'x'"),
        ]),
    );
}

#[test]
fn statements() {
    let rule = |text: &str| text.to_owned();
    shot(
        "statements",
        &said([
            rule("rule legal because \"Why\" when true then { label(\"x\"); }"),
            rule("rule \"a\" when true then { label(\"x\"); }"),
            rule("rule \"a\" because Why when true then { label(\"x\"); }"),
            rule("rule \"a\" because \"Why\" if true then { label(\"x\"); }"),
            rule("rule \"a\" because \"Why\" under privacy when true then { label(\"x\"); }"),
            rule("rule \"a\" because \"Why\" under \"privcy\" when event.text.asks then { label(\"x\"); }"),
            rule("rule \"a\" because \"Why\" when event.text.asks { label(\"x\"); }"),
            rule("rule \"a\" because \"Why\" when event.text.asks then label(\"x\");"),
            rule("rule \"a\" because \"Why\" when event.text.asks then { label(\"x\") "),
            rule("rule \"a\" because \"Why\" when event.text.asks then { label(\"x\") label(\"y\"); }"),
            rule("rule \"a\" because \"Why\" when event.text.asks and case.is_open then { label(\"x\"); }"),
            rule("rule \"a\" because \"\" when event.text.asks then { label(\"x\"); }"),
            rule("rule \"A b\" because \"Why\" when event.text.asks then { label(\"x\"); }"),
            rule("rule \"a because \"Why\" when event.text.asks then { label(\"x\"); }"),
            format!("{}\n{}", then("label(\"x\");"), then("label(\"y\");")),
            rule("charter \"Another\";"),
            rule("article \"x\" us owes \"We do.\";"),
            rule("article \"x\" company owes We do;"),
            rule("article \"x\" company owes \"We do.\" due 4 hours from consumer_post until company_reply;"),
            rule("article \"x\" company owes \"We do.\" due weeks(4) from consumer_post until company_reply;"),
            rule("article \"x\" company owes \"We do.\" due days(0) from consumer_post until company_reply;"),
            rule("article \"x\" company owes \"We do.\" due days(1) from consumer_psot until company_reply;"),
            rule("article \"x\" company owes \"We do.\" due days(1) from company_reply until consumer_post;"),
            rule("article \"x\" company owes \"We do.\"\narticle \"y\" company owes \"We do.\";"),
            rule("article \"answer\" company owes \"Twice.\";"),
            rule("flow \"f\" because \"Why\" { notify(team(\"legal\")); }"),
            rule("flow \"f\" because \"Why\" steps { }"),
            rule("flow \"f\" because \"Why\" steps { notify(\"legal\"); }"),
            rule("flow \"f\" because \"Why\" steps { notify(team(\"lagel\")); }"),
            rule("flow \"f\" because \"Why\" steps { notify(role(\"general-council\")); }"),
            rule("flow \"f\" because \"Why\" steps { notify(team(\"legal\")); unless_acknowledged(15); }"),
            rule("flow \"f\" because \"Why\" steps { notify(team(\"legal\")); repeat(1000); }"),
            rule("flow \"f\" because \"Why\" steps { notfy(team(\"legal\")); }"),
        ]),
    );
}

#[test]
fn functions_of_scripts() {
    let with = |functions: &str| format!("{functions}\n{}", when("f(event.text)"));
    let eight = "fn f(a) { g(event, case, author, charter, surge, now, 1, \"x\") }\n\
                 fn g(a, b, c, d, e, h, i, j) { g(b, a, c, d, e, h, i, j) || g(b, c, d, e, h, i, j, a) }";
    let chain: Vec<String> = (0..40).map(|n| format!("fn f{n}(x) {{ f{}(x) }}\n", n + 1)).collect();
    let chain = chain.concat();
    shot(
        "functions_of_scripts",
        &said([
            with("fn f(x) { if x.asks { return true; } 5 }"),
            with("fn f(x) { if x.asks { return true; } }"),
            with("fn f(x) { if x.asks { return true; } return x.is_shouting; }"),
            with("fn f(x) { if x.asks { return true; } x.is_shouting }"),
            with(eight),
            with(&format!("{chain}fn f40(x) {{ x.asks }}\nfn f(x) {{ f0(x) }}")),
        ]),
    );
}

#[test]
fn promises_that_nothing_serves() {
    let served = "rule \"r\" because \"Why\" under \"answer\" when event.text.asks then { label(\"x\"); }";
    let all =
        [bundle(served), bundle(&when("event.text.asks")), bundle(&guard("reply.text.is_shouting", "warn(\"x\");"))];
    let all: Vec<String> = all.iter().map(|bundle| shown(&check(bundle))).collect();
    shot("promises_that_nothing_serves", &all.join("\n\n"));
}

#[test]
fn effects_that_never_happen() {
    let two = |first: &str, first_then: &str, second: &str, second_then: &str| {
        format!(
            "rule \"one\" because \"Why\" when {first}\nthen {{ {first_then} }}\n\
             rule \"two\" because \"Why\" when {second}\nthen {{ {second_then} }}"
        )
    };
    let (post, asks) = ("event.is_consumer_post", "event.is_consumer_post && event.text.asks");
    shot(
        "effects_that_never_happen",
        &said([
            then("hold_replies(\"legal\"); draft_reply(\"sorry\");"),
            then("assign_team(\"care\"); assign_team(\"legal\");"),
            then("close(\"done\"); close(\"abandoned\");"),
            then("meet_obligation(\"answer\"); waive_obligation(\"answer\");"),
            when("true"),
            two(post, "assign_team(\"care\");", asks, "assign_team(\"legal\");"),
            two(post, "assign_team(\"care\");", asks, "assign_team(\"legal\"); label(\"x\");"),
            two(post, "label(\"x\");", asks, "label(\"x\"); label(\"y\");"),
            two(post, "hold_replies(\"legal\");", asks, "send_reply(\"sorry\"); label(\"x\");"),
            two(asks, "assign_team(\"care\");", post, "assign_team(\"legal\");"),
            two(post, "if event.text.asks { close(\"x\"); }", asks, "close(\"y\");"),
        ]),
    );
}

#[test]
fn settings_and_tests() {
    let with = |files: &[(&str, &str)]| {
        let mut bundle = Bundle::new([("settings.toml", SETTINGS), ("charter.rhai", CHARTER)]);
        for (path, text) in files {
            bundle.files.insert((*path).to_owned(), (*text).to_owned());
        }
        complaints(&bundle)
    };
    let mut all = vec![
        with(&[("settings.toml", "teams = 5")]),
        with(&[("settings.toml", &SETTINGS.replace("[roles]", "[rolls]"))]),
        with(&[("settings.toml", &SETTINGS.replace("Europe/Berlin", "Europe/Berlinn"))]),
        with(&[("settings.toml", &SETTINGS.replace("{handle}", "{hndle}"))]),
        with(&[("settings.toml", &SETTINGS.replace("[\"thank you\"]", "[]"))]),
        with(&[("settings.toml", &format!("{SETTINGS}[fallback]\nask = \"?\"\nteam = \"cares\"\n"))]),
        with(&[("charter.rhai", "// nothing\n")]),
        with(&[("README.md", "Hello")]),
        with(&[(
            "tests/a.toml",
            "[[test]]\nname = \"t\"\n[[test.step]]\nat = \"2026-03-02 10:00\"\nconsumr = \"hi\"\n",
        )]),
        with(&[("tests/a.toml", "[[test]]\nname = \"t\"\n[[test.step]]\nwait = true\nexpect.fired = [\"nobody\"]\n")]),
        with(&[("tests/a.toml", "[[test]]\nname = \"t\"\n")]),
        with(&[("rules/praise.rhai", "rule \"r\" because \"Why\" when event.text.asks then { label(\"x\"); }")]),
        with(&[("tests/a.toml", "[[test]]\nname = \"t\"\n[test.given]\n[test.expect]\nlabels = [\"x\"]\n")]),
        with(&[(
            "tests/a.toml",
            "[[test]]\nname = \"t\"\nexpect.effects = [\"close\"]\n[[test.step]]\nat = \"2026-03-02 10:00\"\nconsumer = \"hi\"\n",
        )]),
    ];
    let mut none = Bundle::new([("charter.rhai", CHARTER)]);
    all.push(complaints(&none));
    none.files.insert("big.rhai".to_owned(), " ".repeat(300 * 1_024));
    all.push(complaints(&none));
    shot("settings_and_tests", &all.join("\n\n"));
}
