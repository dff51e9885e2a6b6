//! A policy with one article: the company answers within four hours.

use comity_domain::{
    Party,
    calendar::{Calendar, Holidays},
    charter::{Article, Charter, Due, Length, Signal},
    decision::{Evaluation, GuardVerdict},
    effect::Planned,
    facts::{Facts, ReplyFacts},
    post::Post,
    step::Policy,
};
use std::sync::LazyLock;

pub struct Hours;

static CHARTER: LazyLock<Charter> = LazyLock::new(|| Charter {
    name: "Test".to_owned(),
    articles: vec![Article {
        id: "answer".to_owned(),
        party: Party::Company,
        owes: "an answer".to_owned(),
        due: Some(Due {
            within: Length::Hours(4),
            from: Signal::ConsumerPost,
            until: Signal::CompanyReply,
            paused: None,
        }),
    }],
});
static CALENDAR: LazyLock<Calendar> =
    LazyLock::new(|| Calendar { time_zone: "UTC".to_owned(), open: Vec::new(), holidays: Holidays::NONE });

impl Policy for Hours {
    fn charter(&self) -> &Charter {
        &CHARTER
    }

    fn calendar(&self) -> &Calendar {
        &CALENDAR
    }

    fn version(&self) -> &'static str {
        "test"
    }

    fn evaluate(&self, _: &Facts) -> Evaluation {
        Evaluation::default()
    }

    fn guard(&self, _: &Facts, _: &ReplyFacts) -> Vec<GuardVerdict> {
        Vec::new()
    }

    fn render(&self, _: &str, _: &Facts, _: Option<&Post>) -> Option<String> {
        None
    }

    fn fallback(&self) -> Vec<Planned> {
        Vec::new()
    }
}
