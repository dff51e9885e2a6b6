//! The charter as everybody reads it: both sides, every language, the real figures, and nothing that follows anybody.

use comity_app::Clock as _;
use comity_domain::{Party, Role};
use comity_testkit::{TestApp, post};
use http::Method;
use jiff::SignedDuration;
use serde_json::json;

/// The page in a language, without an account.
async fn read(test: &TestApp, path: &str, language: &str) -> (reqwest::header::HeaderMap, String) {
    let request = test.anonymous().request(Method::GET, path).header("accept-language", language);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    (response.headers().clone(), response.text().await.unwrap())
}

#[tokio::test]
async fn both_sides_are_read_in_the_readers_language() {
    let test = TestApp::start().await;
    let (headers, english) = read(&test, "/charter", "fr, en;q=0.5").await;
    assert!(english.contains("We answer you within four working hours."), "{english}");
    assert!(english.contains("You tell us within seven days whether our proposal helps."));
    assert!(english.contains("<html lang=\"en\">") && english.contains("Northwind Air"));
    assert!(english.contains("Monday</dt><dd>09:00–17:00"), "{english}");
    assert_eq!(headers["content-language"], "en");
    for (path, language) in [("/charter", "de-CH"), ("/charter/de", "en")] {
        let (headers, german) = read(&test, path, language).await;
        assert!(german.contains("<html lang=\"de\">") && german.contains("Wir schulden Ihnen"), "{german}");
        assert_eq!(headers["content-language"], "de");
    }
    test.finish().await;
}

#[tokio::test]
async fn the_page_is_small_cached_and_follows_nobody() {
    let test = TestApp::start().await;
    let (headers, html) = read(&test, "/charter", "en").await;
    let style = html.split("href=\"").find(|part| part.starts_with("/charter.css")).unwrap().split('"').next().unwrap();
    let (style_headers, css) = read(&test, style, "en").await;
    assert!(html.len() + css.len() < 50 * 1024, "{} + {}", html.len(), css.len());
    assert_eq!(style_headers["content-type"], "text/css; charset=utf-8");
    assert!(style_headers["cache-control"].to_str().unwrap().contains("immutable"));
    for headers in [&headers, &style_headers] {
        assert!(!headers.contains_key("set-cookie"));
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    }
    assert!(!html.contains("<script") && !html.contains("http:") && !html.contains("https:"), "{html}");
    assert_eq!(headers["cache-control"], "public, max-age=60");
    assert!(headers["vary"].to_str().unwrap().contains("accept-language"));
    let again = test.anonymous().request(Method::GET, "/charter").header("accept-language", "en");
    let again = again.header("if-none-match", headers["etag"].clone()).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.text().await.unwrap().len()), (304, 0));
    test.finish().await;
}

#[tokio::test]
async fn before_it_is_set_up_there_is_no_charter() {
    let test = TestApp::builder().without_owner().start().await;
    assert_eq!(test.anonymous().get("/charter").await.expect(404).problem(), "not-found");
    test.finish().await;
}

/// S16: what people read is what was kept, counted by hand here.
#[tokio::test]
async fn the_figure_is_the_real_one_and_there_is_none_of_a_few() {
    let test = TestApp::start().await;
    let connection = test.silent_connection().await;
    // Asked on a Monday at ten in Berlin, so due at two; every fifth is answered after that.
    let asked_at = "2026-03-02T09:00:00Z".parse::<comity_domain::Timestamp>().unwrap();
    test.clock.advance(asked_at.duration_since(test.clock.now()) + SignedDuration::from_hours(7));
    let hours = |number: i64| if number % 5 == 0 { 6 } else { 1 };
    for number in 0..24 {
        let asked = post(&format!("q{number}"), &format!("p{number}"), asked_at, "Where is my bag?");
        let answered_at = asked_at + SignedDuration::from_hours(hours(number));
        let mut answer = post(&format!("a{number}"), "northwind", answered_at, "Here.");
        answer.party = Party::Company;
        answer.in_reply_to = Some(asked.external_id.clone());
        test.receive(connection, vec![asked, answer]).await;
        if number == 18 {
            let (_, html) = read(&test, "/charter", "en").await;
            assert!(html.contains("Too few cases yet") && !html.contains("of 100 times"), "{html}");
        }
    }
    let kept = (0..24).filter(|number| hours(*number) == 1).count();
    assert_eq!(kept, 19);
    test.clock.advance(SignedDuration::from_mins(1));
    let (_, html) = read(&test, "/charter", "en").await;
    // 19 of 24.
    assert!(html.contains("<b>79.2</b> of 100 times <span>we kept it</span>"), "{html}");
    let (_, german) = read(&test, "/charter/de", "en").await;
    assert!(german.contains("<b>79,2</b> von 100 Malen"), "{german}");
    // Inside it is the same, with everything beside it.
    let auditor = test.signed_in(Role::Auditor).await;
    let figures = auditor.get("figures/promises").await.expect(200).json();
    let of = |article: &str| {
        let rows = figures["articles"].as_array().unwrap();
        rows.iter().find(|row| row["article"] == article).unwrap().clone()
    };
    let answer = of("answer");
    let counts =
        ["kept", "broken", "late", "running", "waived", "cancelled"].map(|name| answer[name].as_u64().unwrap());
    assert_eq!((counts, answer["kept_percent"].as_f64()), ([19, 5, 0, 0, 0, 0], Some(79.2)), "{answer}");
    let unasked = of("put-right");
    assert_eq!((&unasked["kept"], &unasked["kept_percent"]), (&json!(0), &json!(null)), "{unasked}");
    let expected = json!({ "asked": 24, "answered": 24, "p50": 3_600, "p90": 21_600, "p99": 21_600 });
    assert_eq!(figures["first_answers"], expected);
    let refused = auditor.get("figures/promises?days=0").await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/days");
    // Four weeks later nothing of it counts any more.
    test.clock.advance(SignedDuration::from_hours(24 * 29));
    let (_, html) = read(&test, "/charter", "en").await;
    assert!(!html.contains("of 100 times"), "{html}");
    test.finish().await;
}
