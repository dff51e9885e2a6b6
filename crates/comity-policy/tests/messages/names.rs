//! Names that are misspelt, unknown, used twice or by nobody.

use crate::{
    corpus::{Entry, then, when},
    support::SETTINGS,
};

pub fn names() -> Vec<Entry> {
    vec![
        when("evnt.text.asks"),
        when("event.txt.asks"),
        when("event.text.shouts"),
        when("event.text.mentons(words(\"legal\"))"),
        when("event.text.mentions(words(\"leagl\"))"),
        when("surge.topic(\"outage\").times_usual > 3"),
        when("event.text.asks()"),
        when("event.is_breach_of"),
        when("event.is_breach_of(\"anwser\")"),
        when("event.kind == \"psot\""),
        when("event.kind in [\"post\", \"psot\"]"),
        when("event.party == \"customer\""),
        when("case.priority == \"hgih\""),
        when("case.team == \"lagel\""),
        when("case.team in [\"legal\", \"car\"]"),
        when("charter.breached.contains(\"nothing-like-it\")"),
        when("event.is_breach_of(\"privacy\")"),
        then("start_obligation(\"privacy\");"),
        when("case.escalations.contains(\"council\")"),
        when("reply.text.is_shouting"),
        then("assign_team(\"car\");"),
        then("draft_reply(\"sory\");"),
        then("escalate(\"counsl\");"),
        then("lable(\"x\");"),
        then("require_skill(\"law\");"),
        then("show_brief(\"sale\");"),
        when("case.skills.contains(\"law\")"),
        when("\"sale\" in case.briefs"),
        when("charter.promise(\"anwser\").kept_percent < 90"),
        when("charter.promise(\"answer\").kept_share < 90"),
        then("priority(\"asap\");"),
        then("rule(\"x\");"),
        then("assign_team(case.company);"),
        then("assign_team(case.team);"),
        then("let team = case.team; assign_team(team);"),
        when(&format!("{}.asks", "x".repeat(100))),
    ]
}

pub fn in_settings() -> Vec<Entry> {
    let with = |from: &str, to: &str| Entry::of([("settings.toml", SETTINGS.replacen(from, to, 1))]);
    vec![
        with("legal = \"Looks", "legal = \"Looks at claims\"\npress = \"Looks"),
        with("general-counsel =", "head-of-press = \"Decides\"\ngeneral-counsel ="),
        with("sorry =", "thanks = \"Thank you.\"\nsorry ="),
        with("praise =", "threats = [\"hurt you\"]\npraise ="),
        with("[templates]", "[channels]\nduty-room = \"Whoever is on duty\"\n\n[templates]"),
        Entry::of([
            (
                "settings.toml",
                SETTINGS.replacen("[templates]", "[channels]\nduty-room = \"On duty\"\n\n[templates]", 1),
            ),
            (
                "rules.rhai",
                "flow \"f\" because \"Why\" steps { notify(channel(\"duty-rom\")); notify(channel(\"duty-room\")); }"
                    .to_owned(),
            ),
        ]),
        with("legal = \"Looks", "legal = \"Looks at claims\"\n\"le gal\" = \"Looks"),
        with("legal = \"Looks", "legal = \"Looks at claims\"\n\"l\u{435}gal\" = \"Looks"),
        with("legal = \"Looks", "legal = \"Looks at claims\"\n\"\" = \"Looks"),
    ]
}
