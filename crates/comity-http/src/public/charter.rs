//! The charter: what each side owes the other, and how often it is kept.

use super::{
    STYLE_ADDRESS, page,
    words::{Words, name, words},
};
use crate::{
    errors::{Answer, Problem},
    extract::Path,
    state::Http,
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::Response,
};
use comity_app::charter::PublicCharter;
use comity_domain::{
    Party,
    calendar::{Calendar, Weekday},
};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// More than a person speaks.
const MOST_LANGUAGES: usize = 10;

#[derive(Template)]
#[template(path = "charter.html")]
struct Charter<'a> {
    page: Page<'a>,
}

struct Page<'a> {
    words: &'static Words,
    /// The language of `words`, and that of the organization's own texts.
    spoken: &'static str,
    language: &'a str,
    languages: Vec<Language<'a>>,
    organization: &'a str,
    name: &'a str,
    style: &'static str,
    sides: [Side<'a>; 2],
    hours: Vec<(&'static str, String)>,
    hours_text: String,
    version: String,
    since: Option<String>,
}

struct Language<'a> {
    tag: &'a str,
    name: &'a str,
    href: String,
    is_current: bool,
}

struct Side<'a> {
    party: &'static str,
    title: &'static str,
    kept: &'static str,
    articles: Vec<ArticleView<'a>>,
}

struct ArticleView<'a> {
    id: &'a str,
    owes: &'a str,
    has_clock: bool,
    kept: Option<Kept>,
}

struct Kept {
    percent: f64,
    written: String,
}

/// In the language that the browser asks for.
pub async fn as_wanted(State(http): State<Http>, headers: HeaderMap) -> Answer<Response> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    answer(&http, &wanted(accepted), &headers).await
}

pub async fn in_language(
    State(http): State<Http>,
    Path(language): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    answer(&http, &[&language], &headers).await
}

async fn answer(http: &Http, wanted: &[&str], headers: &HeaderMap) -> Answer<Response> {
    let charter = http.app.public_charter(wanted).await?;
    let html = Charter { page: shown(&charter) }.render().map_err(|error| {
        tracing::error!(%error, "the charter could not be written");
        Problem::internal()
    })?;
    Ok(page(html, &charter.language, headers))
}

fn shown(charter: &PublicCharter) -> Page<'_> {
    let (spoken, words) = words(&charter.language);
    let languages = charter.languages.iter().map(|tag| Language {
        tag,
        name: name(tag),
        href: format!("/charter/{tag}"),
        is_current: *tag == charter.language,
    });
    let side = |party: Party| {
        let articles = charter.charter.articles.iter().filter(|article| article.party == party);
        let articles = articles.map(|article| ArticleView {
            id: &article.id,
            owes: &article.owes,
            has_clock: article.due.is_some(),
            kept: charter.kept_percent(article).map(|percent| Kept { percent, written: words.number(percent) }),
        });
        let (title, kept) = match party {
            Party::Company => (&words.company, &words.company_kept),
            Party::Consumer => (&words.consumer, &words.consumer_kept),
        };
        Side { party: party.as_str(), title, kept, articles: articles.collect() }
    };
    let zone = TimeZone::get(&charter.calendar.time_zone).unwrap_or(TimeZone::UTC);
    let since = charter.since.map(|since| since.to_zoned(zone).date().to_string());
    Page {
        words,
        spoken,
        language: &charter.language,
        languages: languages.collect(),
        organization: &charter.organization,
        name: &charter.charter.name,
        style: &STYLE_ADDRESS,
        sides: [side(Party::Company), side(Party::Consumer)],
        hours: hours(&charter.calendar, words),
        hours_text: words.hours_text.replace("{zone}", &charter.calendar.time_zone),
        version: words.version.replace("{version}", &charter.version.to_string()),
        since: since.map(|since| words.since.replace("{date}", &since)),
    }
}

/// The open times of each weekday.
fn hours(calendar: &Calendar, words: &'static Words) -> Vec<(&'static str, String)> {
    let mut days: BTreeMap<Weekday, Vec<String>> = BTreeMap::new();
    for window in &calendar.open {
        let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
        days.entry(window.day).or_default().push(format!("{}–{}", time(window.from), time(window.to)));
    }
    days.into_iter().map(|(day, times)| (words.day(day), times.join(", "))).collect()
}

/// The languages of an `accept-language` header, the most wanted first.
pub fn wanted(header: &str) -> Vec<&str> {
    let one = |entry: &'_ str| {
        let mut parts = entry.split(';').map(str::trim);
        let tag = parts.next().filter(|tag| !tag.is_empty() && *tag != "*")?;
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
        Some((tag.len(), weight)).filter(|(_, weight)| *weight > 0.0)
    };
    let mut entries: Vec<(&str, f32)> = header
        .split(',')
        .filter_map(|entry| one(entry).map(|(length, weight)| (&entry.trim_start()[..length], weight)))
        .take(MOST_LANGUAGES)
        .collect();
    entries.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    entries.into_iter().map(|(tag, _)| tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_tried_in_the_order_of_their_weights() {
        let table = [
            ("de-AT,de;q=0.9,en;q=0.8", vec!["de-AT", "de", "en"]),
            ("en;q=0.1, fr", vec!["fr", "en"]),
            ("*", vec![]),
            ("", vec![]),
            ("de;q=0, en;q=nonsense, pt-BR ;q=0.3", vec!["pt-BR"]),
        ];
        for (header, expected) in table {
            assert_eq!(wanted(header), expected, "{header}");
        }
    }
}
