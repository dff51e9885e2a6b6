//! What cannot be read, does not belong where it stands, or is of the wrong kind.

use crate::corpus::{Entry, guard, rule, then, when};

pub fn kinds() -> Vec<Entry> {
    vec![
        when("event.text"),
        when("case.company_replies"),
        when("now - case.opened_at"),
        when("case.labels"),
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
        when("case.company_replies + \"2\" == 5"),
        when("-event.text == 5"),
        when("event.text.mentions(5)"),
        when("event.text.mentions()"),
        when("days(\"2\") > days(1)"),
        when("event == case"),
        when("or_else(author.earlier_cases, \"none\") == 0"),
        when("event.kind in [1, 2]"),
        then("let n = case.team; if n > 2 { label(\"x\"); }"),
    ]
}

pub fn places() -> Vec<Entry> {
    vec![
        when("label(\"x\")"),
        when("event.kind = \"post\""),
        then("case.priority = \"high\";"),
        then("let x = 1; x = 2;"),
        then("warn(\"x\");"),
        then("notify(team(\"legal\"));"),
        then("for l in case.labels { label(\"x\"); }"),
        then("while true { }"),
        then("loop { label(\"x\"); }"),
        then("return 1;"),
        then("throw \"x\";"),
        then("try { label(\"x\"); } catch { label(\"y\"); }"),
        then(""),
        then("label(\"\");"),
        then("rule \"s\" because \"Why\" when event.text.asks then { label(\"x\"); }"),
        guard("reply.text.is_shouting", "label(\"x\");"),
        guard("stop(\"x\")", "stop(\"x\");"),
        guard("reply.text.is_shouting", "stop(\"  \");"),
        Entry::script("label(\"x\");"),
        Entry::script("let x = 1;"),
        Entry::script("fn f(t) { t.asks }"),
        Entry::script(format!("fn f(t) {{ t.asks }}\n{}", rule("r", "f(event.text, 1)", "label(\"x\");"))),
        Entry::script(format!("fn f(t) {{ case.is_open }}\n{}", rule("r", "f(event.text)", "label(\"x\");"))),
        Entry::script("fn label(t) { t }"),
        Entry::script(format!(
            "fn f(t) {{ t.asks }}\nfn f(t) {{ t.asks }}\n{}",
            rule("r", "f(event.text)", "label(\"x\");")
        )),
        when("event.lang ?? \"de\" == \"de\""),
        when("case.labels[0] == \"x\""),
        when("event.text.(\"asks\")"),
        when("event?.text == \"x\""),
        when("event.text == 'x'"),
        when("this.text == \"x\""),
        when("case.company_replies in 1..5"),
        when("case.company_replies << 2 == 4"),
        when("case.company_replies ** 2 == 4"),
        when("switch case.company_replies { 1 => true, _ => false }"),
        when("#{ a: 1 } == 1"),
        when("(|x| x)(event.text.asks)"),
        then("let f = |x| x; label(\"x\");"),
        then("eval(\"label(1)\");"),
        then("import \"x\" as y;"),
    ]
}

pub fn statements() -> Vec<Entry> {
    let script = |text: &str| Entry::script(text);
    vec![
        script("rule legal because \"Why\" when true then { label(\"x\"); }"),
        script("rule \"a\" when true then { label(\"x\"); }"),
        script("rule \"a\" because Why when true then { label(\"x\"); }"),
        script("rule \"a\" because \"Why\" if true then { label(\"x\"); }"),
        script("rule \"a\" because \"Why\" under privacy when true then { label(\"x\"); }"),
        script("rule \"a\" because \"Why\" under \"privcy\" when event.text.asks then { label(\"x\"); }"),
        script("rule \"a\" because \"Why\" when event.text.asks { label(\"x\"); }"),
        script("rule \"a\" because \"Why\" when event.text.asks then label(\"x\");"),
        script("rule \"a\" because \"Why\" when event.text.asks then { label(\"x\")"),
        script("rule \"a\" because \"Why\" when event.text.asks then { label(\"x\") label(\"y\"); }"),
        script("rule \"a\" because \"Why\" when event.text.asks and case.is_open then { label(\"x\"); }"),
        script("rule \"a\" because \"Why\" when event.text.asks or case.is_open then { label(\"x\"); }"),
        script("rule \"a\" because \"Why\" when then { label(\"x\"); }"),
        script("rule \"a\" because \"Why\" when (event.text.asks then { label(\"x\"); }"),
        script("rule \"a\" because \"\" under \"answer\" when event.text.asks then { label(\"x\"); }"),
        script("rule \"A b\" because \"Why\" under \"answer\" when event.text.asks then { label(\"x\"); }"),
        script("rule \"\" because \"Why\" under \"answer\" when event.text.asks then { label(\"x\"); }"),
        script("rule \"a because \"Why\" when event.text.asks then { label(\"x\"); }"),
        script("rule \"a\" because \"Why when event.text.asks then { label(); }"),
        Entry::script(format!(
            "{}\n{}",
            rule("r", "event.text.asks", "label(\"x\");"),
            rule("r", "event.text.has_link", "label(\"y\");")
        )),
        script("charter \"Another\";"),
        script("charter;"),
        script("article \"x\" us owes \"We do.\";"),
        script("article \"x\" company owes We do;"),
        script("article \"x\" company owes \"\";"),
        script("article \"x\" company owes \"We do.\" due 4 hours from consumer_post until company_reply;"),
        script("article \"x\" company owes \"We do.\" due days(many) from consumer_post until company_reply;"),
        script("article \"x\" company owes \"We do.\" due weeks(4) from consumer_post until company_reply;"),
        script("article \"x\" company owes \"We do.\" due days(0) from consumer_post until company_reply;"),
        script("article \"x\" company owes \"We do.\" due days(1) from consumer_psot until company_reply;"),
        script(
            "article \"x\" company owes \"We do.\" due days(1) from rule until rule paused from company_question until consumer_psot;",
        ),
        script(
            "article \"x\" company owes \"We do.\" due days(1) from rule until rule paused from company_question until company_reply;",
        ),
        script(
            "article \"x\" company owes \"We do.\" due days(1) from rule until rule paused from rule until consumer_post;",
        ),
        script(
            "article \"x\" company owes \"We do.\" due days(1) from rule until rule paused from consumer_post until consumer_post;",
        ),
        script("article \"x\" company owes \"We do.\" due days(1) from rule until rule paused until consumer_post;"),
        script("article \"x\" company owes \"We do.\" due days(1) from rule until rule paused from company_question;"),
        script(
            "article \"x\" company owes \"We do.\" due days(1) from consumer_post until company_reply paused from company_question until consumer_post;",
        ),
        script("article \"x\" company owes \"We do.\" due days(1) from company_reply until consumer_post;"),
        script("article \"x\" company owes \"We do.\"\narticle \"y\" company owes \"We do.\";"),
        script("article \"answer\" company owes \"Twice.\";"),
        script("flow \"f\" because \"Why\" { notify(team(\"legal\")); }"),
        script("flow \"f\" because \"Why\" steps { }"),
        script("flow \"f\" because \"Why\" steps { notify(\"legal\"); }"),
        script("flow \"f\" because \"Why\" steps { notify(team(\"lagel\")); }"),
        script("flow \"f\" because \"Why\" steps { notify(role(\"general-council\")); }"),
        script("flow \"f\" because \"Why\" steps { notify(team(case.team)); }"),
        script("flow \"f\" because \"Why\" steps { notify(somebody(\"legal\")); }"),
        script("flow \"f\" because \"Why\" steps { notify(team(\"legal\")); unless_acknowledged(15); }"),
        script("flow \"f\" because \"Why\" steps { notify(team(\"legal\")); unless_acknowledged(days(30)); }"),
        script("flow \"f\" because \"Why\" steps { notify(team(\"legal\")); repeat(1000); }"),
        script("flow \"f\" because \"Why\" steps { notfy(team(\"legal\")); }"),
        script("flow \"f\" because \"Why\" steps { if true { notify(team(\"legal\")); } }"),
        script("flow \"f\" because \"Why\" steps { 5; }"),
        Entry::script(format!("flow \"f\" because \"Why\" steps {{ {} }}", "notify(team(\"legal\"));\n".repeat(51))),
    ]
}

pub fn functions_of_scripts() -> Vec<Entry> {
    let with = |functions: &str| Entry::script(format!("{functions}\n{}", rule("r", "f(event.text)", "label(\"x\");")));
    let eight = "fn f(a) { g(event, case, author, charter, surge, now, 1, \"x\") }\n\
                 fn g(a, b, c, d, e, h, i, j) { g(b, a, c, d, e, h, i, j) || g(b, c, d, e, h, i, j, a) }";
    let chain: Vec<String> = (0..20).map(|n| format!("fn f{n}(x) {{ f{}(x) }}\n", n + 1)).collect();
    let chain = chain.concat();
    vec![
        with("fn f(x) { if x.asks { return true; } 5 }"),
        with("fn f(x) { if x.asks { return true; } }"),
        with("fn f(x) { if x.asks { return true; } return x.is_shouting; }"),
        with("fn f(x) { if x.asks { return true; } x.is_shouting }"),
        with(eight),
        with(&format!("{chain}fn f20(x) {{ x.asks }}\nfn f(x) {{ f0(x) }}")),
    ]
}
