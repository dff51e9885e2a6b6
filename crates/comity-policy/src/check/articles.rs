//! The charter: each article with a sentence, and a clock that can run.

use super::{statements::end, suggest};
use crate::{
    Diagnostic,
    declare::{ArticleDeclaration, DueDeclaration, Script, Written},
};
use comity_domain::{
    Party,
    charter::{Article, Charter, Due, Length, Pausing, Signal},
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
            found.push(
                due.unit
                    .at
                    .error("unknown-unit", format!("Time is not counted in {unit}."))
                    .maybe_help(help)
                    .until(name_end(&due.unit)),
            );
            return None;
        }
    };
    let (from, until) = (read_signal(&due.from, found), read_signal(&due.until, found));
    let (from, until) = (from?, until?);
    let kept_by = given_by(until);
    if kept_by != party {
        let message = format!("The {party} owes this, and only the {kept_by} can keep it: {} ends it.", until.as_str());
        found.push(due.until.at.error("other-side", message).help("Check the party or what follows until.").warning());
    }
    let paused = match &due.paused {
        Some(paused) => Some(read_pausing(party, until, paused, found)?),
        None => None,
    };
    Some(Due { within, from, until, paused })
}

fn read_signal(written: &Written, found: &mut Vec<Diagnostic>) -> Option<Signal> {
    let signal = Signal::parse(&written.text);
    if signal.is_none() {
        let known = Signal::ALL.map(Signal::as_str);
        let message = format!("A clock cannot run from or until {}.", written.text);
        let diagnostic = written.at.error("unknown-signal", message).until(name_end(written));
        found.push(diagnostic.maybe_help(suggest::help(&written.text, &known)));
    }
    signal
}

/// Where a name ends, which stands without quotes.
fn name_end(name: &Written) -> u32 {
    name.at.column + name.text.chars().count() as u32
}

/// Who gives it; what a rule does is done for the company.
fn given_by(signal: Signal) -> Party {
    if signal == Signal::ConsumerPost { Party::Consumer } else { Party::Company }
}

/// A clock waits for the other side only: nobody puts off what they owe by themselves.
fn read_pausing(
    party: Party,
    kept: Signal,
    (from, until): &(Written, Written),
    found: &mut Vec<Diagnostic>,
) -> Option<Pausing> {
    let (begins, ends) = (read_signal(from, found), read_signal(until, found));
    let (begins, ends) = (begins?, ends?);
    for (written, signal) in [(from, begins), (until, ends)] {
        if signal == Signal::Rule {
            let message = "A rule cannot pause a clock or let it go on; only what somebody writes can.";
            found.push(written.at.error("pause", message).until(name_end(written)));
            return None;
        }
    }
    if given_by(ends) == party {
        let message = format!("The {party} owes this, so it cannot be paused until the {party} itself does something.");
        let help =
            format!("Pause it until {}.", if party == Party::Company { "consumer_post" } else { "company_reply" });
        found.push(until.at.error("pause", message).help(help).until(name_end(until)));
        return None;
    }
    let keeps = begins == kept || (begins == Signal::CompanyQuestion && kept == Signal::CompanyReply);
    if keeps || begins == ends {
        let why = if keeps { "ends the clock" } else { "lets it go on" };
        let message = format!("This never pauses: {} {why} already.", from.text);
        found.push(
            from.at.error("pause", message).help("Pause it from something else.").until(name_end(from)).warning(),
        );
    }
    Some(Pausing { from: begins, until: ends })
}
