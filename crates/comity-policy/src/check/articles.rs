//! The charter: each article with a sentence, and a clock that can run.

use super::{statements::end, suggest};
use crate::{
    Diagnostic,
    declare::{ArticleDeclaration, DueDeclaration, Script},
};
use comity_domain::{
    Party,
    charter::{Article, Charter, Due, Length, Signal},
};

const UNITS: [&str; 5] = ["minutes", "hours", "days", "working_hours", "working_days"];

/// Longer than any promise that means something.
const LONGEST_COUNT: i64 = 100_000;

pub(super) fn check(scripts: &[Script], found: &mut Vec<Diagnostic>) -> Charter {
    let name = scripts.iter().flat_map(|script| &script.charters).next().map(|charter| charter.text.clone());
    let articles = scripts.iter().flat_map(|script| &script.articles).filter_map(|article| read(article, found));
    Charter { name: name.unwrap_or_default(), articles: articles.collect() }
}

fn read(article: &ArticleDeclaration, found: &mut Vec<Diagnostic>) -> Option<Article> {
    let party = if article.party.text == "company" { Party::Company } else { Party::Consumer };
    if article.owes.text.trim().is_empty() {
        let message = "An article says in a sentence what is owed; everyone reads it.";
        found.push(article.owes.at.error("empty", message).until(end(&article.owes)));
    }
    let due = match &article.due {
        Some(due) => Some(read_due(party, due, found)?),
        None => None,
    };
    Some(Article { id: article.id.text.clone(), party, owes: article.owes.text.clone(), due })
}

fn read_due(party: Party, due: &DueDeclaration, found: &mut Vec<Diagnostic>) -> Option<Due> {
    if !(1..=LONGEST_COUNT).contains(&due.count) {
        let message = format!("A promise cannot be due after {} {}.", due.count, due.unit.text);
        found.push(due.count_at.error("due", message).help(format!("Use a count from 1 to {LONGEST_COUNT}.")));
        return None;
    }
    let count = due.count as u32;
    let within = match due.unit.text.as_str() {
        "minutes" => Length::Minutes(count),
        "hours" => Length::Hours(count),
        "days" => Length::Days(count),
        "working_hours" => Length::WorkingHours(count),
        "working_days" => Length::WorkingDays(count),
        unit => {
            let help = suggest::help(unit, &UNITS);
            let end = due.unit.at.column + unit.chars().count() as u32;
            found.push(
                due.unit
                    .at
                    .error("unknown-unit", format!("Time is not counted in {unit}."))
                    .maybe_help(help)
                    .until(end),
            );
            return None;
        }
    };
    let mut signal = |written: &crate::declare::Written| {
        let signal = Signal::parse(&written.text);
        if signal.is_none() {
            let known = Signal::ALL.map(Signal::as_str);
            let end = written.at.column + written.text.chars().count() as u32;
            let message = format!("A clock cannot run from or until {}.", written.text);
            let diagnostic = written.at.error("unknown-signal", message).until(end);
            found.push(diagnostic.maybe_help(suggest::help(&written.text, &known)));
        }
        signal
    };
    let (from, until) = (signal(&due.from), signal(&due.until));
    let (from, until) = (from?, until?);
    let kept_by = if until == Signal::ConsumerPost { Party::Consumer } else { Party::Company };
    if kept_by != party {
        let message = format!("The {party} owes this, and only the {kept_by} can keep it: {} ends it.", until.as_str());
        found.push(due.until.at.error("other-side", message).help("Check the party or what follows until.").warning());
    }
    Some(Due { within, from, until })
}
