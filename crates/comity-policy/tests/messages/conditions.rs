//! Conditions that never hold, say too much, or decide by reach.

use crate::corpus::{Entry, guard, rule, then, when};

pub fn never() -> Vec<Entry> {
    vec![
        when("false"),
        when("event.text.asks && !event.text.asks"),
        when("event.kind == \"post\" && event.kind == \"breach\""),
        when("event.kind == \"post\" && event.kind != \"post\""),
        when("event.kind in [\"breach\", \"joined\"] && event.kind == \"post\""),
        when("case.consumer_posts == 1 && case.consumer_posts > 3"),
        when("case.consumer_posts > 1 && case.consumer_posts < 2"),
        when("3 < case.consumer_posts && case.is_open && case.consumer_posts <= 3"),
        when("case.company_replies < 0"),
        when("2 > 3"),
        when("now - case.opened_at > days(2) && now - case.opened_at < hours(4)"),
        when("case.consumer_posts > case.company_replies && case.company_replies >= case.consumer_posts"),
        when("event.is_consumer_post && event.is_company_reply"),
        when("event.is_consumer_post && event.kind == \"post_edited\""),
        when("event.kind == \"post\" && event.party == \"consumer\" && !event.is_consumer_post"),
        when("event.is_breach_of(\"answer\") && event.is_consumer_post"),
        when("event.is_breach_of(\"answer\") && event.is_breach_of(\"stay-engaged\")"),
        when("event.is_breach_of(\"answer\") && event.kind == \"post\""),
        when("event.is_breach_of(\"stay-engaged\") && event.party == \"company\""),
        when("event.is_breach_of(\"answer\") && event.text.mentions(words(\"legal\"))"),
        when("author.is_customer && !known(author.is_customer)"),
        when("!known(case.is_open)"),
        when("known(author.customer_since) && !known(author.customer_since)"),
        when("now - author.customer_since > days(9) && !known(author.customer_since)"),
        when("or_else(author.is_customer, false) && !author.is_customer"),
        when("case.labels.is_empty && case.labels.contains(\"late\")"),
        when("case.labels.count == 0 && \"late\" in case.labels"),
        when("event.text.is_empty && event.text.asks"),
        when("case.is_open == false && case.is_open"),
        when("(case.is_open || case.is_held) && !case.is_open && !case.is_held"),
        when("(event.kind == \"breach\" || event.text.asks) && event.is_consumer_post"),
        when("(event.text.asks || event.text.has_link) && !event.text.asks"),
        when("case.team == \"care\" && !(case.team in [\"care\", \"legal\"])"),
        Entry::script(format!(
            "fn is_kind(text) {{ text.mentions(words(\"praise\")) && !text.asks }}\n{}",
            rule("r", "is_kind(event.text) && event.text.asks", "label(\"x\");")
        )),
        guard("reply.is_automatic && !reply.is_automatic", "stop(\"No.\");"),
        then("if event.kind == \"breach\" { label(\"x\"); }"),
        then("let kind = event.kind; if kind != \"post\" { label(\"x\"); } else { label(\"y\"); }"),
    ]
}

pub fn too_much() -> Vec<Entry> {
    vec![
        when("true"),
        when("case.consumer_posts >= 0"),
        when("case.is_open || !case.is_open"),
        when("known(case.is_open) && event.text.asks"),
        when("1 < 2 && event.text.asks"),
        when("event.text.asks && event.text.asks"),
        when("case.consumer_posts > 3 && case.consumer_posts > 1"),
        when("case.consumer_posts > 1 && case.consumer_posts > 3"),
        when("event.is_consumer_post && event.kind == \"post\""),
        when("event.is_breach_of(\"answer\") && !event.is_company_reply"),
        when("author.is_customer && known(author.is_customer)"),
        when("case.is_open && (case.is_open || case.is_held)"),
        when("(case.is_open || case.is_held) && !case.is_held && case.is_open"),
        when("event.kind == \"post\" && event.party == \"company\" && event.is_company_reply"),
        guard("reply.text.asks && reply.text.asks", "warn(\"Why?\");"),
        then("if event.party == \"consumer\" { label(\"x\"); }"),
    ]
}

/// What only looks as if it said too much.
pub fn fine() -> Vec<Entry> {
    vec![
        when("known(author.is_customer) && author.is_customer"),
        when("author.is_customer || !author.is_customer"),
        when("!known(case.company) && !or_else(event.names_us, false)"),
        when("case.consumer_posts > 1 && case.consumer_posts < 3"),
        when("event.kind != \"post\" && event.kind != \"breach\""),
        when("event.text.mentions(\"fraud\") && !event.text.mentions(words(\"legal\"))"),
        when("case.labels.contains(\"late\") && !case.labels.contains(\"later\")"),
        when("now - case.opened_at > days(2) && now - case.opened_at < days(4)"),
        when("(event.text.asks || event.text.has_link) && !case.is_held"),
        when("surge.posts_last_hour > 3 * surge.usual_posts_per_hour && surge.posts_last_hour > 10"),
        when("!event.is_consumer_post && event.kind == \"post\""),
        when("!event.is_breach_of(\"answer\") && event.kind == \"breach\""),
        when("event.text.contains(\"\") && event.text.is_empty"),
        when("case.team == \"care\" || !known(case.team)"),
        then("if author.is_customer { label(\"x\"); } else { label(\"y\"); }"),
        then("if case.consumer_posts > 1 { label(\"x\"); }"),
    ]
}

pub fn reach() -> Vec<Entry> {
    let with = |functions: &str, condition: &str| {
        Entry::script(format!("{functions}\n{}", rule("r", condition, "label(\"x\");")))
    };
    let under =
        |comment: &str, condition: &str| Entry::script(format!("{comment}\n{}", rule("r", condition, "label(\"x\");")));
    vec![
        when("author.followers > 1000"),
        when("event.text.asks && or_else(author.followers, 0) > 1000"),
        then("let many = author.followers; if many > 1000 { label(\"x\"); }"),
        then("if author.followers > 1000 { label(\"x\"); }"),
        with("fn is_big(author) { author.followers > 1000 }", "is_big(author)"),
        with("fn many(a) { a.followers }\nfn is_big(a) { many(a) > 1000 }", "event.text.asks && is_big(author)"),
        guard("author.followers > 1000", "warn(\"Careful.\");"),
        under("// reason for reach: the press team reads along; what we owe stays the same", "author.followers > 1000"),
        under("// reason for reach:", "author.followers > 1000"),
        under("// reason for reach: none is needed here", "event.text.asks"),
    ]
}
