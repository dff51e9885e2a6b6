//! A bundle in more than one language, and what the person concerned may be told.

mod support;

use comity_domain::{Party, post::Visibility, step::Policy as _};
use comity_policy::{Bundle, Policy};
use support::{bundle, facts, shown};

const RULES: &str = r#"
rule "legal-claim" because "Legal claims need counsel" under "answer" public
when event.text.mentions(words("legal")) then { label("legal"); }

rule "praise" because "They are happy" public when event.text.mentions(words("praise")) then { kudos("care"); }

rule "public" because "public" under "privacy" when event.text.is_empty then { label("x"); }

guard "no-account-facts" because "Account facts are private" under "privacy"
when reply.is_public && reply.text.has_private_data then { stop("Move this to a private channel."); }

guard "tone" because "We stay polite" under "privacy"
when reply.text.is_shouting then { if reply.is_public { stop("Not so loud."); } else { warn("Mind your tone."); } }
"#;

const GERMAN: &str = r#"charter = "Wir und unsere Kunden"

[articles]
answer = "Wir antworten."
stay-engaged = "Sie melden sich wieder."
privacy = "Wir behalten es für uns."

[rules]
legal-claim = "Rechtliche Forderungen sieht sich erst eine Anwältin an"
praise = "Sie sind zufrieden"
public = "öffentlich"

[guards]
no-account-facts = { because = "Kontodaten sind privat", message = "Bitte privat schreiben." }
tone = { because = "Wir bleiben höflich" }

[flows]
counsel = "Zuerst sieht es sich eine Anwältin an"

[templates]
sorry = "{handle} Das tut mir leid."
last-word = "{name}, wir lassen es hier ruhen. {company}"
"#;

fn with(languages: &[(&str, &str)]) -> Bundle {
    let mut bundle = bundle(RULES);
    for (language, text) in languages {
        bundle.files.insert(format!("languages/{language}.toml"), (*text).to_owned());
    }
    bundle
}

fn german() -> Policy {
    Policy::compile(&with(&[("de", GERMAN)])).unwrap_or_else(|found| panic!("{}", shown(&found)))
}

#[test]
fn texts_are_read_in_the_language_asked_for_or_the_bundles_own() {
    let policy = german();
    assert_eq!(policy.languages().collect::<Vec<_>>(), ["en", "de"]);
    let texts = policy.texts("de-AT");
    assert_eq!(texts.language(), "de");
    assert_eq!(texts.because("legal-claim"), Some("Rechtliche Forderungen sieht sich erst eine Anwältin an"));
    assert_eq!(texts.because("no-account-facts"), Some("Kontodaten sind privat"));
    assert_eq!(texts.because("counsel"), Some("Zuerst sieht es sich eine Anwältin an"));
    assert_eq!(texts.owes("answer"), Some("Wir antworten."));
    let charter = texts.charter();
    assert_eq!(
        (charter.name.as_str(), charter.articles[1].owes.as_str()),
        ("Wir und unsere Kunden", "Sie melden sich wieder.")
    );
    let said = "Move this to a private channel.";
    assert_eq!(texts.message("no-account-facts", said), Some("Bitte privat schreiben."));
    assert_eq!(texts.message("no-account-facts", "It could not be worked out."), None);

    for language in ["en", "fr", "nonsense"] {
        let own = policy.texts(language);
        assert_eq!((own.language(), own.because("praise")), ("en", Some("They are happy")), "{language}");
        assert_eq!((own.owes("answer"), own.message("no-account-facts", said)), (Some("We answer."), None));
        assert_eq!((own.because("nothing"), own.owes("nothing"), own.template("nothing")), (None, None, None));
    }
}

#[test]
fn what_is_missing_is_shown_in_the_bundles_own_language() {
    let partial = "[rules]\npraise = \"Zufrieden\"";
    let policy = Policy::compile(&with(&[("de", partial)])).unwrap();
    let texts = policy.texts("de");
    assert_eq!(
        (texts.because("praise"), texts.because("legal-claim")),
        (Some("Zufrieden"), Some("Legal claims need counsel"))
    );
    assert_eq!((texts.owes("answer"), texts.template("sorry")), (Some("We answer."), Some("{handle} I am sorry.")));
}

#[test]
fn replies_are_in_the_language_of_the_post() {
    let policy = german();
    let table = [
        // What the platform says, what was written, what the answer begins with.
        (Some("de"), "Hallo", "@mara Das tut mir leid."),
        (Some("de-CH"), "Hallo", "@mara Das tut mir leid."),
        (Some("en"), "Mein Koffer ist nicht angekommen, und niemand weiß, wo er ist.", "@mara I am sorry."),
        (None, "Mein Koffer ist nicht angekommen, und niemand weiß, wo er ist.", "@mara Das tut mir leid."),
        // The bundle has no French, so the platform's word does not help.
        (Some("fr"), "Mein Koffer ist nicht angekommen, und niemand weiß, wo er ist.", "@mara Das tut mir leid."),
        (Some("fr"), "Ma valise n'est pas arrivée et personne ne sait où elle est.", "@mara I am sorry."),
        (None, "?", "@mara I am sorry."),
    ];
    for (lang, text, expected) in table {
        let mut facts = facts(text);
        facts.event.lang = lang.map(str::to_owned);
        assert_eq!(policy.render_template("sorry", &facts).as_deref(), Some(expected), "{lang:?} {text}");
    }
    let mut facts = facts("Hallo");
    facts.event.lang = Some("de".to_owned());
    (facts.author.handle, facts.author.display_name) = (String::new(), None);
    assert_eq!(policy.render_template("last-word", &facts).as_deref(), Some("Hallo, wir lassen es hier ruhen. uns"));
}

#[test]
fn a_reply_long_after_is_in_the_language_of_the_post_it_answers() {
    let policy = german();
    let mut breach = facts("");
    (breach.event.kind, breach.event.lang) = ("breach".to_owned(), None);
    let post = comity_domain::post::Post {
        id: comity_domain::PostId::derived(&[b"post"]),
        case: comity_domain::CaseId::derived(&[b"case"]),
        connection: comity_domain::ConnectionId::derived(&[b"connection"]),
        external_id: "1".to_owned(),
        author: comity_domain::ContactId::derived(&[b"contact"]),
        party: Party::Consumer,
        at: breach.now,
        received_at: breach.now,
        text: "Hallo".to_owned(),
        lang: Some("de".to_owned()),
        url: None,
        in_reply_to: None,
        root: None,
        parent: None,
        visibility: Visibility::Public,
        names_us: None,
        deleted_at: None,
        edits: 0,
    };
    assert_eq!(policy.render("sorry", &breach, Some(&post)).as_deref(), Some("@mara Das tut mir leid."));
    assert_eq!(policy.render("sorry", &breach, None).as_deref(), Some("@mara I am sorry."));
}

#[test]
fn only_rules_that_say_so_are_public() {
    let public: Vec<(String, bool)> = german().rules().into_iter().map(|rule| (rule.id, rule.is_public)).collect();
    let expected = [("legal-claim", true), ("praise", true), ("public", false)];
    assert_eq!(public, expected.map(|(id, is_public)| (id.to_owned(), is_public)));
}

#[test]
fn mistakes_in_other_languages_are_said() {
    let wrong = GERMAN.replace("charter =", "chrter =");
    let files: [(&str, &str, String); 6] = [
        ("a key that is none", "de", wrong),
        ("no language", "german", GERMAN.to_owned()),
        ("the bundle's own", "EN", GERMAN.to_owned()),
        (
            "names and placeholders",
            "de",
            GERMAN
                .replace("legal-claim = ", "legal-clam = ")
                .replace("stay-engaged = ", "stay = ")
                .replace("counsel = ", "council = ")
                .replace("tone = {", "tune = {")
                .replace("{handle} Das tut", "{name} Das tut")
                .replace("last-word = ", "lastword = ")
                .replace("\"Sie sind zufrieden\"", "\" \""),
        ),
        (
            "one message of two",
            "de",
            GERMAN.replace("wir bleiben höflich", "x").replace("höflich\"", "höflich\", message = \"Leiser.\""),
        ),
        ("nothing yet", "de", String::new()),
    ];
    let mut all = String::new();
    for (what, language, text) in files {
        let path = format!("languages/{language}.toml");
        let mut found = comity_policy::check(&with(&[(language, &text)]));
        found.retain(|diagnostic| diagnostic.file == path);
        all = format!("{all}{what}\n{}\n\n", shown(&found));
    }
    let mut bundle = with(&[]);
    let settings = format!("language = \"english\"\n{}", bundle.files["settings.toml"]);
    bundle.files.insert("settings.toml".to_owned(), settings);
    let mut found = comity_policy::check(&bundle);
    found.retain(comity_policy::Diagnostic::is_error);
    all = format!("{all}settings\n{}\n", shown(&found));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("languages", all);
    });
}

#[test]
fn public_stands_behind_the_article_and_in_rules_only() {
    let table = [
        (r#"rule "r" because "b" public under "answer" when case.is_open then { label("x"); }"#, "under"),
        (r#"rule "r" public because "b" when case.is_open then { label("x"); }"#, "public"),
        (r#"rule "r" because "b" public public when case.is_open then { label("x"); }"#, "public"),
        (r#"guard "g" because "b" public when reply.is_public then { warn("x"); }"#, "public"),
    ];
    for (script, word) in table {
        let found = support::complaints(script);
        assert!(found.contains(&format!("here stands \u{201c}{word}\u{201d}")), "{script}\n{found}");
    }
}
