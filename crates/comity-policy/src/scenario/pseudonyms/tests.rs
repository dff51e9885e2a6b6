use super::*;
use crate::Bundle;

fn policy() -> Policy {
    let settings = "contacts = [\"care@example.org\"]\nteams = { care = \"Answers\" }\n\
                    words = { legal = [\"lawyer*\", \"court\"], executives = [\"boss_of_us\"] }\n\
                    calendar = { time_zone = \"UTC\", open = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }] }";
    let rule =
        "charter \"c\"; rule \"r\" because \"b\" when event.text.mentions(words(\"legal\")) then { label(\"x\"); }";
    Policy::compile(&Bundle::new([("settings.toml", settings), ("rules.rhai", rule)])).unwrap()
}

#[test]
fn what_says_who_it_is_gets_a_stand_in() {
    let policy = policy();
    let mut pseudonyms = Pseudonyms::new(&policy, &["northwind_care".to_owned()], Some("Northwind Air"));
    pseudonyms.meet("mara.example.org", Some("Mara Court Lindgren"));
    let table = [
        ("I am Mara Lindgren, @mara.example.org.", "I am Person1 Person1, @person1."),
        ("mara.example.org wrote it", "person1 wrote it"),
        ("@otto told @Mara.Example.org", "@person2 told @person1"),
        ("@northwind_care and @northwindair.example", "@northwind_care and @northwindair.example"),
        ("ask @boss_of_us", "ask @boss_of_us"),
        ("a maraud, and MARA", "a maraud, and MARA"),
        ("I go to court, my lawyers wait", "I go to court, my lawyers wait"),
        ("write to mara@mail.example or CARE@example.org", "write to mail1@example.org or CARE@example.org"),
        ("see https://bsky.example/profile/mara?x=1 now", "see https://example.org/1 now"),
        ("twice: https://a.example https://a.example", "twice: https://example.org/2 https://example.org/2"),
        ("flight NW 4711 in 24 hours", "flight NW 1001 in 24 hours"),
        ("order number 4711", "order number 1001"),
        ("Kundennummer: 9911008-B", "Kundennummer: 1000002-X"),
        ("call +49 30 1234567", "call +49 00 0000003"),
        ("we paid €120.50", "we paid €100.04"),
        ("これはひどい @otto", "これはひどい @person2"),
        ("", ""),
    ];
    for (written, expected) in table {
        assert_eq!(pseudonyms.text(written), expected, "{written}");
    }
    assert_eq!(pseudonyms.handle("Mara.Example.Org"), "person1");
    assert_eq!(pseudonyms.handle("@mara.example.org"), "@person1");
    assert_eq!(pseudonyms.handle(""), "");
}

#[test]
fn a_stand_in_is_of_the_same_kind() {
    let policy = policy();
    let mut pseudonyms = Pseudonyms::new(&policy, &[], None);
    let texts = [
        "write to anna.schmidt@example.com.",
        "call +49 30 1234567 now",
        "call 030/123 45 67 now",
        "or 555-123-4567",
        "card 4111 1111 1111 1111 was",
        "card 3782 822463 10005 was",
        "to DE89 3704 0044 0532 0130 00 today",
        "GB82WEST12345698765432",
        "your booking X7K2PQ is fine",
        "order number 10023-A",
        "see #4711008",
        "we refunded 1,250 EUR today",
        "SEND IT TO 030 1234567 NOW YOU LIARS",
        "https://a.example is my link, is it not?",
    ];
    let seen = |text: &str| {
        let kinds: Vec<_> = private_data(text).into_iter().map(|(kind, _)| kind).collect();
        let seen = Analysis::of(text, None);
        (kinds, seen.is_shouting(), seen.has_link(), seen.asks(), seen.word_count() > 3)
    };
    for written in texts {
        let stand_in = pseudonyms.text(written);
        assert_ne!(stand_in, written);
        assert_eq!(seen(&stand_in), seen(written), "{written} became {stand_in}");
    }
}
