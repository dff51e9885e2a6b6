//! Decisions told in sentences, to an organization's own people and to the person concerned.

mod support;

use comity_domain::{
    CaseId, DecisionId, EventId,
    decision::Decision,
    effect::{Dropped, Effect},
    facts::Facts,
    refusal::Refusal,
};
use comity_policy::{
    Policy,
    explain::{Audience, Explanation, Kind, explain},
};
use support::{bundle, facts, shown};

const RULES: &str = r#"
rule "legal-claim" because "Legal claims need counsel." under "answer" public
when event.text.mentions(words("legal")) && !author.is_staff
then { label("legal"); priority("high"); hold_replies("legal"); escalate("counsel"); start_obligation("answer"); }

rule "not-again" because "We asked and heard nothing" under "stay-engaged"
when event.is_consumer_post && case.is_open && case.company_replies >= 2
then { draft_reply("last-word"); close("abandoned"); }

rule "known-customer" because "Customers are called back" under "answer"
when author.is_customer then { assign_team("care"); }

rule "thanks" because "They are happy" public when event.text.mentions(words("praise")) then { kudos("care"); label("praise"); }

guard "tone" because "We stay polite" under "privacy" when reply.text.is_shouting then { stop("Not so loud."); }
"#;

const GERMAN: &str = r#"[articles]
answer = "Wir antworten."
[rules]
legal-claim = "Rechtliche Forderungen sieht sich eine Anwältin an"
not-again = "Wir haben gefragt und nichts gehört"
known-customer = "Kundinnen und Kunden rufen wir zurück"
[guards]
tone = { because = "Wir bleiben höflich", message = "Nicht so laut." }
"#;

fn policy() -> Policy {
    let mut bundle = bundle(RULES);
    bundle.files.insert("languages/de.toml".to_owned(), GERMAN.to_owned());
    Policy::compile(&bundle).unwrap_or_else(|found| panic!("{}", shown(&found)))
}

/// What the policy decides of the facts, as if nothing stood in the way.
fn decided(policy: &Policy, facts: Facts) -> Decision {
    let evaluation = policy.evaluate(&facts);
    Decision {
        id: DecisionId::derived(&[b"decision"]),
        case: CaseId::derived(&[b"case"]),
        event: EventId::derived(&[b"event"]),
        policy_version: policy.version().to_owned(),
        as_of: facts.now,
        decided_at: facts.now,
        facts,
        rules: evaluation.rules,
        effects: evaluation.effects,
        dropped: Vec::new(),
        quotas: Vec::new(),
        fallback: evaluation.failure,
        reason: String::new(),
    }
}

fn told(explanation: &Explanation) -> String {
    let line = |sentence: &comity_policy::explain::Sentence| {
        let of = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
        format!("{:?} {} {}: {}", sentence.kind, of(&sentence.rule), of(&sentence.article), sentence.text)
    };
    explanation.sentences.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn shot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn everything_is_told_in_the_language_of_the_reader() {
    let policy = policy();
    let mut decision = decided(&policy, facts("My lawyer will hear of this fraud"));
    // What the reducer would drop.
    let (kept, dropped) = decision.effects.split_at(3);
    let reasons = [Refusal::FlowStarted, Refusal::AlreadyRunning];
    decision.dropped =
        dropped.iter().cloned().zip(reasons).map(|(planned, reason)| Dropped { planned, reason }).collect();
    decision.effects = kept.to_vec();
    let mut reply = decision.effects[0].clone();
    reply.effect = Effect::SendReply { template: "sorry".to_owned() };
    let stopped = Refusal::StoppedByGuard { guard: "tone".to_owned(), message: "Not so loud.".to_owned() };
    decision.dropped.push(Dropped { planned: reply, reason: stopped });
    let mut all = String::new();
    for (language, audience) in [
        (None, Audience::Staff),
        (Some("de"), Audience::Staff),
        (Some("fr"), Audience::Staff),
        (None, Audience::Person),
        (Some("de-AT"), Audience::Person),
    ] {
        let explanation = explain(&policy, &decision, language, audience);
        let said = format!("{language:?} {audience:?}: told in {}", explanation.language);
        all = format!("{all}{said}\n{}\n\n", told(&explanation));
    }
    shot("explained", &all);
}

#[test]
fn the_person_is_told_of_public_rules_only_and_no_names_of_ours() {
    let policy = policy();
    let person = |text: &str| explain(&policy, &decided(&policy, facts(text)), Some("en"), Audience::Person);
    let legal = person("fraud");
    assert_eq!(legal.sentences.len(), 1);
    let sentence = &legal.sentences[0];
    assert_eq!((sentence.kind, &sentence.rule, sentence.article.as_deref()), (Kind::Fired, &None, Some("answer")));
    for name in ["legal-claim", "label", "legal”", "high", "“counsel", "care"] {
        assert!(!sentence.text.contains(name), "{name}: {}", sentence.text);
    }
    assert!(sentence.text.contains("We answer."), "{}", sentence.text);
    let nothing = person("Hello");
    assert_eq!(nothing.sentences.iter().map(|sentence| sentence.kind).collect::<Vec<_>>(), [Kind::Nothing]);
    // The same decision for staff.
    let staff = explain(&policy, &decided(&policy, facts("Hello")), Some("en"), Audience::Staff);
    let kinds: Vec<Kind> = staff.sentences.iter().map(|sentence| sentence.kind).collect();
    assert_eq!(kinds, [Kind::Nothing, Kind::Unknown, Kind::Close]);
}

#[test]
fn a_script_that_failed_is_told_with_what_was_done_instead() {
    let policy = policy();
    let mut decision = decided(&policy, facts("fraud"));
    decision.effects = policy.fallback();
    decision.fallback = Some("The rule “x” could not be worked out: it takes too long.".to_owned());
    let staff = explain(&policy, &decision, None, Audience::Staff);
    assert_eq!(staff.sentences[0].kind, Kind::Fallback);
    assert!(staff.sentences[0].text.contains("it takes too long"), "{}", staff.sentences[0].text);
    assert!(staff.sentences[0].text.contains("asked a person"), "{}", staff.sentences[0].text);
    assert!(staff.sentences.iter().all(|sentence| sentence.kind != Kind::Fired), "nothing that it wanted was done");
    let person = explain(&policy, &decision, None, Audience::Person);
    assert_eq!(person.sentences[0].kind, Kind::Nothing);
}

/// What is said to have been missing, for a condition that does not hold.
fn missing(condition: &str, language: &str) -> String {
    let rule = format!(
        "rule \"r\" because \"Why\" when event.is_consumer_post && case.is_open && {condition} then {{ label(\"x\"); }}"
    );
    let settings = support::SETTINGS.replace("[teams]", "topics = { outage = [\"legal\"] }\n\n[teams]");
    let mut bundle = bundle(&rule);
    bundle.files.insert("settings.toml".to_owned(), settings);
    bundle.files.insert("functions.rhai".to_owned(), "fn is_rude(text) { text.is_shouting }".to_owned());
    let policy = Policy::compile(&bundle).unwrap_or_else(|found| panic!("{}", shown(&found)));
    let mut facts = facts("Hello there");
    facts.author.is_customer = Some(false);
    facts.surge = serde_json::from_value(serde_json::json!({
        "posts_last_hour": 3, "usual_posts_per_hour": 2.5, "similar_posts": 0,
        "topics": { "outage": { "posts_last_hour": 1, "usual_posts_per_hour": 2.0 } },
    }))
    .unwrap();
    let explanation = explain(&policy, &decided(&policy, facts), Some(language), Audience::Staff);
    let close = explanation.sentences.into_iter().find(|sentence| sentence.kind == Kind::Close);
    close.unwrap_or_else(|| panic!("{condition} holds")).text
}

#[test]
fn conditions_are_said_in_words() {
    let conditions = [
        "author.is_staff",
        "!case.is_open",
        "author.is_customer",
        "case.company_replies >= 2",
        "case.consumer_posts < 2",
        "!(case.consumer_posts >= 2)",
        "case.priority == \"high\"",
        "case.priority != \"normal\"",
        "event.kind in [\"breach\", \"post_edited\"]",
        "!(event.kind in [\"post\"])",
        "now - case.opened_at > days(30)",
        "now - case.opened_at < hours(1)",
        "event.text.mentions(words(\"legal\"))",
        "!event.text.mentions(\"there\")",
        "event.text.contains(\"#fail\")",
        "event.text.starts_with(\"Dear\")",
        "event.text.ends_with(\"?\")",
        "event.text.asks",
        "event.text.word_count > 10",
        "author.handle.contains(\"bot\")",
        "\"legal\" in case.labels",
        "!case.labels.contains(\"late\")",
        "case.labels.count >= 2",
        "case.labels.is_empty",
        "case.escalations.contains(\"counsel\")",
        "charter.breached.contains(\"answer\")",
        "event.is_breach_of(\"answer\")",
        "known(case.team)",
        "!known(author.is_customer)",
        "or_else(author.followers, 0) > 1000",
        "(event.text.asks || event.text.has_link)",
        "surge.similar_posts >= 20",
        "surge.topic(\"outage\").times_usual >= 2.5",
        "surge.posts_last_hour >= 10 * surge.usual_posts_per_hour",
        "is_rude(event.text)",
    ];
    let mut all = String::new();
    for condition in conditions {
        all = format!("{all}{condition}\n");
        for language in ["en", "de"] {
            let said = missing(condition, language);
            let said = said
                .trim_start_matches("Nearly: “Why”. What was missing: ")
                .trim_start_matches("Beinahe: „Why“. Es fehlte: ");
            all = format!("{all}  {said}\n");
        }
    }
    shot("conditions", &all);
}

#[test]
fn what_is_not_known_is_named_in_words() {
    let mut all = String::new();
    for condition in [
        "author.is_customer",
        "now - author.customer_since > days(3)",
        "surge.similar_posts > 3",
        "surge.topic(\"outage\").times_usual > 3",
        "event.text.language == \"de\"",
        "event.text.is_negative",
        "case.team == \"care\"",
    ] {
        let settings = support::SETTINGS.replace("[teams]", "topics = { outage = [\"legal\"] }\n\n[teams]");
        let mut bundle = bundle(&format!("rule \"r\" because \"Why\" when {condition} then {{ label(\"x\"); }}"));
        bundle.files.insert("settings.toml".to_owned(), settings);
        let policy = Policy::compile(&bundle).unwrap_or_else(|found| panic!("{}", shown(&found)));
        let mut facts = facts("OK");
        facts.event.lang = None;
        let decision = decided(&policy, facts);
        for language in ["en", "de"] {
            let explanation = explain(&policy, &decision, Some(language), Audience::Staff);
            let unknown = explanation.sentences.iter().find(|sentence| sentence.kind == Kind::Unknown);
            all = format!("{all}{}\n", unknown.expect(condition).text);
        }
    }
    shot("unknown_facts", &all);
}

#[test]
fn texts_of_old_decisions_are_told_as_they_were() {
    let policy = policy();
    let mut decision = decided(&policy, facts("fraud"));
    let planned = decision.effects.pop().unwrap();
    decision.dropped = vec![Dropped { planned, reason: Refusal::Told("the case already has this label".to_owned()) }];
    // A rule that is gone by now keeps its recorded reason.
    decision.rules[0].rule = "gone".into();
    let explanation = explain(&policy, &decision, Some("de"), Audience::Staff);
    let said = told(&explanation);
    assert!(said.contains("the case already has this label") && said.contains("Legal claims need counsel"), "{said}");
}
