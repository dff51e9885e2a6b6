//! What each question about a text answers, in several languages and scripts.

mod support;

use comity_domain::decision::Outcome;
use support::when;

/// Whether the condition holds of a text, or cannot be told.
fn outcome(condition: &str, text: &str) -> Outcome {
    let mut facts = support::facts(text);
    facts.event.lang = None;
    let evaluation = when(condition).evaluate(&facts);
    assert_eq!(evaluation.failure, None, "{condition}: {text}");
    evaluation.rules[0].outcome
}

#[track_caller]
fn yes(condition: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(outcome(condition, text), Outcome::Fired, "{condition}: {text}");
    }
}

#[track_caller]
fn no(condition: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(outcome(condition, text), Outcome::NotFired, "{condition}: {text}");
    }
}

#[track_caller]
fn unknown(condition: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(outcome(condition, text), Outcome::Unknown, "{condition}: {text}");
    }
}

#[test]
fn words_are_mentioned_in_any_script() {
    let table = [
        ("fraud", "This is FRAUD!"),
        ("größe", "Die GRÖSSE passt nicht"),
        ("café", "le CAFE\u{301} est froid"),
        ("çok kötü", "Hizmet ÇOK  KÖTÜ"),
        ("мошенники", "Вы — МОШЕННИКИ!"),
        ("απάτη", "Αυτό είναι απάτη."),
        ("ΑΠΆΤΗ", "είναι απάτη;"),
        ("احتيال", "هذا احتيال واضح"),
        ("הונאה", "זו הונאה!"),
        ("诈骗", "这就是诈骗行为"),
        ("詐欺", "これは詐欺です"),
        ("さぎ", "これはさぎだ"),
        ("โกง", "บริษัทนี้โกงลูกค้า"),
        ("사기", "이건 사기 입니다"),
        ("ｆｒａｕｄ", "it is fraud"),
        ("lawyer", "我的lawyer会联系你们"),
    ];
    for (word, text) in table {
        yes(&format!("event.text.mentions(\"{word}\")"), &[text]);
    }
    no("event.text.mentions(\"art\")", &["party", "start", "кварт art1"]);
    no("event.text.mentions(\"кот\")", &["который", "скот"]);
    no("event.text.mentions(\"γάτα\")", &["γάτας", ""]);
}

#[test]
fn questions_are_seen_in_any_script() {
    yes(
        "event.text.asks",
        &[
            "Where?",
            "¿Dónde está?",
            "Где мой чемодан?",
            "Πού είναι;",
            "أين حقيبتي؟",
            "איפה זה?",
            "在哪里？",
            "どこですか？",
            "อยู่ที่ไหน?",
            "❓",
        ],
    );
    no("event.text.asks", &["Here.", "Eto; eshche", "https://a.example/?x", "这里。", "ここです。", "อยู่ที่นี่", "😡", ""]);
}

#[test]
fn shouting_is_heard_where_there_are_capitals() {
    yes(
        "event.text.is_shouting",
        &[
            "THIS IS A DISGRACE",
            "DAS IST UNVERSCHÄMT",
            "ЭТО ПРОСТО УЖАС",
            "ΕΙΝΑΙ ΑΠΑΡΑΔΕΚΤΟ ΑΥΤΟ",
            "help!!!",
            "太过分了！！！",
            "ひどい！！！",
            "كفى!!!",
        ],
    );
    no(
        "event.text.is_shouting",
        &[
            "Flight LH 123 to JFK",
            "Это просто ужас",
            "هذا عار",
            "זו בושה",
            "太过分了",
            "ひどすぎる",
            "แย่มาก",
            "😡😡😡",
            "OK!!",
            "ＯＫ",
        ],
    );
}

#[test]
fn links_are_seen_between_words_of_any_script() {
    yes(
        "event.text.has_link",
        &[
            "see https://a.example/x",
            "(www.example.org)",
            "смотрите http://пример.рф",
            "看https://a.example/看",
            "انظر https://a.example",
            "ดูที่https://a.example",
        ],
    );
    no("event.text.has_link", &["no link", "www.", "смотрите", "看这里", "a://", "12:30//", "😡"]);
}

#[test]
fn words_are_counted_in_any_script() {
    let table = [
        ("", 0),
        ("😡😡😡", 0),
        ("Well, it's 3 o'clock.", 4),
        ("Straße und Größe", 3),
        ("Где мой чемодан?", 3),
        ("Πού είναι η βαλίτσα μου;", 5),
        ("أين حقيبتي يا شركة؟", 4),
        ("איפה המזוודה שלי?", 3),
        ("내 가방 어디 있어요", 4),
        ("我的行李", 4),
        ("バッグ", 1),
    ];
    for (text, count) in table {
        yes(&format!("event.text.word_count == {count}"), &[text]);
    }
}

#[test]
fn private_data_is_found_in_any_script() {
    yes(
        "event.text.has_private_data",
        &[
            "mail a.b@example.com",
            "Kundennummer: 4711008",
            "номер заказа 4711008",
            "رقم الطلب ٤٧١١٠٠٨",
            "מספר הזמנה 4711008",
            "您的订单号12345678",
            "ご予約番号は4711008です",
            "โทร ๐๒-๑๒๓-๔๕๖๗",
            "αριθμός κράτησης X7K2PQ",
            "📞 +49 30 1234567",
        ],
    );
    no(
        "event.text.has_private_data",
        &[
            "Мы ответим в течение 24 часов.",
            "نرد خلال ٢٤ ساعة",
            "我们在24小时内回复",
            "24時間以内に",
            "ภายใน ๒๔ ชั่วโมง",
            "απαντάμε σε 24 ώρες",
            "4 😡 2",
            "care@example.org",
        ],
    );
}

#[test]
fn languages_are_told_where_they_can_be() {
    let table = [
        ("en", "My bag did not arrive with the flight and nobody at the desk could tell me where it is."),
        ("de", "Mein Koffer ist nicht angekommen, und am Schalter konnte mir niemand sagen, wo er ist."),
        ("fr", "Ma valise n'est pas arrivée et personne au comptoir ne pouvait me dire où elle est."),
        ("es", "Mi maleta no llegó con el vuelo y nadie en el mostrador pudo decirme dónde está."),
        ("pl", "Moja walizka nie przyleciała, a nikt przy okienku nie potrafił powiedzieć, gdzie jest."),
        ("tr", "Bavulum uçakla gelmedi ve bankodaki hiç kimse nerede olduğunu söyleyemedi."),
        ("ru", "Это худшая авиакомпания, с которой я когда-либо летал."),
        ("uk", "Моя валіза не прилетіла, і ніхто на стійці не зміг сказати мені, де вона є."),
        ("el", "Η βαλίτσα μου δεν ήρθε."),
        ("ar", "لم تصل حقيبتي مع الرحلة ولم يستطع أحد في المكتب أن يخبرني أين هي."),
        ("he", "המזוודה שלי לא הגיעה ואף אחד בדלפק לא ידע להגיד לי איפה היא."),
        ("zh", "我的行李没有到，柜台没有人能告诉我它在哪里。"),
        ("ja", "荷物が届かず、カウンターの誰もどこにあるか教えてくれませんでした。"),
        ("ko", "제 가방이 도착하지 않았어요."),
        ("th", "กระเป๋าของฉันไม่มาถึง"),
        // Names, tags and links say nothing, and neither do drawings.
        (
            "de",
            "@northwind #fail Mein Koffer ist nicht angekommen, und niemand weiß wo er ist 😡 https://the.example/where/is/the/bag",
        ),
    ];
    for (language, text) in table {
        yes(&format!("event.text.language == \"{language}\""), &[text]);
    }
    unknown(
        "event.text.language == \"en\"",
        &["", "OK", "Taxi Hotel", "😡😡😡", "12345", "@northwind #fail", "https://example.org"],
    );
}

#[test]
fn sentiment_is_told_in_english_only() {
    yes(
        "event.text.is_negative && !event.text.is_positive && event.text.sentiment < 0",
        &[
            "This is the worst airline I have ever flown with, and the staff was rude and useless.",
            "I am really disappointed. My bag is lost and nobody cares 😡",
            "The crew was not friendly and the food was awful.",
        ],
    );
    yes(
        "event.text.is_positive && !event.text.is_negative && event.text.sentiment > 0.5",
        &[
            "Thank you so much, your crew was wonderful and made my day! I love this airline 😊",
            "Great service, very friendly and helpful people. Thanks for that.",
        ],
    );
    // A question is no complaint.
    yes(
        "event.text.sentiment == 0 && !event.text.is_negative",
        &["Which gate does the flight to Lisbon go from today?? And when does the boarding begin??"],
    );
    unknown(
        "event.text.is_negative",
        &[
            "Das ist die schlechteste Fluglinie, mit der ich je geflogen bin, und das Personal war unfreundlich.",
            "C'est la pire compagnie avec laquelle j'ai jamais volé, et le personnel était désagréable.",
            "Это худшая авиакомпания, с которой я когда-либо летал.",
            "Είναι απαράδεκτο",
            "هذه أسوأ شركة طيران",
            "זו החברה הגרועה ביותר",
            "太差了",
            "最悪です",
            "แย่มาก",
            "Bad",
            "",
        ],
    );
}

#[test]
fn what_the_platform_says_of_a_short_text_counts_for_its_sentiment() {
    let policy = when("event.text.is_negative");
    let mut facts = support::facts("Awful.");
    for (stated, outcome) in [("en-GB", Outcome::Fired), ("de", Outcome::Unknown)] {
        facts.event.lang = Some(stated.to_owned());
        assert_eq!(policy.evaluate(&facts).rules[0].outcome, outcome, "{stated}");
    }
    // A text that is long enough says itself what it is.
    facts.event.text = "Das ist die schlechteste Fluglinie, mit der ich je geflogen bin.".to_owned();
    facts.event.lang = Some("en".to_owned());
    assert_eq!(policy.evaluate(&facts).rules[0].outcome, Outcome::Unknown);
}

#[test]
fn long_texts_take_no_longer() {
    let long = "good at least so the bad ".repeat(5_000);
    let condition = "event.text.is_negative || event.text.language == \"en\" || event.text.word_count == 1";
    let started = std::time::Instant::now();
    outcome(condition, &long);
    assert!(started.elapsed() < std::time::Duration::from_secs(2), "{:?}", started.elapsed());
}
