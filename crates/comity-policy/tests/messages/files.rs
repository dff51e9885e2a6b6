//! Settings and tests that cannot be read or make no sense, files that do not belong, and characters that do not show.

use crate::{
    corpus::{Entry, rule},
    support::SETTINGS,
};

pub fn settings_and_tests() -> Vec<Entry> {
    let settings = |text: String| Entry::of([("settings.toml", text)]);
    let instead = |from: &str, to: &str| settings(SETTINGS.replacen(from, to, 1));
    let test = |text: &str| Entry::of([("tests/a.toml", format!("[[test]]\nname = \"t\"\n{text}"))]);
    let step = "[[test.step]]\nat = \"2026-03-02 10:00\"\n";
    vec![
        settings("teams = 5".to_owned()),
        settings("teams = [".to_owned()),
        instead("[roles]", "[rolls]"),
        instead("care = \"Answers\"\nlegal = \"Looks at claims\"\n", ""),
        instead("Europe/Berlin", "Europe/Berlinn"),
        instead("{handle}", "{hndle}"),
        instead("\"{handle} I am sorry.\"", "\"\""),
        instead("[\"thank you\"]", "[]"),
        instead("[\"thank you\"]", "[\"thank you\", \"*\"]"),
        settings(format!("{SETTINGS}[topics]\noutage = []\nclaims = [\"leagl\"]\n")),
        settings(format!("{SETTINGS}[briefs.sale]\nuntil = \"2026-08-31\"\ntext = \" \"\n")),
        settings(format!("{SETTINGS}[briefs.sale]\nfrom = \"2026-09-01\"\nuntil = \"2026-08-31\"\ntext = \"Cheap\"\n")),
        settings(format!("{SETTINGS}[briefs.sale]\nuntil = \"31.8.2026\"\ntext = \"Cheap\"\n")),
        settings(format!("{SETTINGS}[skills]\nlaw = \"Knows the law\"\n")),
        settings(format!("{SETTINGS}[fallback]\nask = \"?\"\nteam = \"cares\"\n")),
        Entry::of([("charter.rhai", "// nothing")]).without("base.rhai"),
        Entry::of([("README.md", "Hello")]),
        Entry::of([("rules/praise.rhai", rule("r", "event.text.asks", "label(\"x\");"))]),
        test(&format!("{step}consumr = \"hi\"\n")),
        test("[[test.step]]\nwait = true\nexpect.fired = [\"nobody\"]\n"),
        test(""),
        test("[test.given]\n[test.expect]\nlabels = [\"x\"]\n"),
        test(&format!("expect.effects = [\"close\"]\n{step}consumer = \"hi\"\n")),
        test(&format!("given = {{}}\n{step}consumer = \"hi\"\n")),
        test(&format!("{step}consumer = \"hi\"\nwait = true\n")),
        test(&format!("{step}reply = \"hi\"\nexpect.guards = {{ nobody = \"stop\" }}\n")),
        test(&format!("{step}consumer = \"hi\"\nexpect.no_obligations = [\"nothing\"]\n")),
        Entry::of([("rules.rhai", "")]).without("settings.toml"),
    ]
}

pub fn hidden() -> Vec<Entry> {
    vec![
        Entry::script(rule("r", "event.text.contains(\"\u{202e}liaf\u{202c}\")", "label(\"x\");")),
        Entry::script(rule("r", "event.text.contains(\"fa\u{200b}il\")", "label(\"x\");")),
        Entry::script(format!("// \u{2066}nothing\u{2069}\n{}", rule("r", "event.text.asks", "label(\"x\");"))),
        Entry::script(rule("r", "event.text.contains(\"\\u202e\")", "label(\"x\");")),
        Entry::script(rule("l\u{435}gal", "event.text.asks", "label(\"x\");")),
        Entry::script(rule("r", "event.text.\u{430}sks", "label(\"x\");")),
        Entry::of([("settings.toml", SETTINGS.replace("fraud*", "fra\u{ad}ud*"))]),
        Entry::of([("settings.toml", SETTINGS.replace("fraud*", "fra\u{7}ud*"))]),
    ]
}

pub fn languages() -> Vec<Entry> {
    let german = |text: &str| Entry::of([("languages/de.toml", text)]);
    let guard =
        "guard \"g\" because \"Why\" under \"answer\" when reply.is_public\nthen { warn(\"One.\"); warn(\"Two.\"); }";
    vec![
        Entry::of([("languages/german.toml", "charter = \"Wir\"")]),
        german(""),
        german("[articles]\nanswr = \"Wir antworten.\""),
        german("[rules]\nordinry = \"Darum\""),
        german("[guards]\nnobody = { because = \"Darum\" }"),
        german("[templates]\nsorry = \"Das tut mir leid.\""),
        Entry::of([
            ("rules.rhai", guard),
            ("languages/de.toml", "[guards]\ng = { because = \"Darum\", message = \"Eins.\" }"),
        ]),
    ]
}
