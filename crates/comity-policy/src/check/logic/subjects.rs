//! What conditions ask about: facts and questions, each by its text, with what is known of it beforehand.

use super::{
    facts::{self, Fact},
    values::{Order, Values},
};
use std::collections::HashMap;

/// A subject by number, which compares quicker than its text.
pub(in crate::check) type Id = usize;

/// What is asked of a subject: to have one of these values, or to be unknown if that is allowed.
#[derive(Clone, Debug)]
pub(in crate::check) struct Literal {
    pub subject: Id,
    pub values: Values,
    pub may_be_unknown: bool,
}

pub(super) struct Subject {
    pub values: Values,
    pub may_be_unknown: bool,
    /// Facts that are known when this is.
    pub facts: Vec<Id>,
    /// What follows when its only value is this word.
    pub implies: Vec<(&'static str, Literal)>,
}

#[derive(Default)]
pub(super) struct Subjects {
    ids: HashMap<String, Id>,
    all: Vec<Subject>,
    /// Who owes each article.
    owners: HashMap<String, &'static str>,
}

impl Subjects {
    pub(super) fn new(owners: HashMap<String, &'static str>) -> Self {
        Self { owners, ..Self::default() }
    }

    pub(super) fn get(&self, id: Id) -> &Subject {
        &self.all[id]
    }

    pub(super) fn find(&self, text: &str) -> Option<Id> {
        self.ids.get(text).copied()
    }

    /// A subject by its text and the facts it is made of; `is_opaque` when it may be unknown for reasons of its own.
    pub(super) fn id(&mut self, text: &str, facts: &[String], is_opaque: bool) -> Id {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.all.len();
        self.ids.insert(text.to_owned(), id);
        let Fact { values, is_always_known } = facts::known(text);
        let is_fact = facts.len() == 1 && facts[0] == text;
        self.all.push(Subject { values, may_be_unknown: !is_always_known, facts: Vec::new(), implies: Vec::new() });
        if !is_fact {
            let facts: Vec<Id> = facts.iter().map(|fact| self.id(fact, std::slice::from_ref(fact), false)).collect();
            let may_be_unknown = is_opaque || facts.iter().any(|fact| self.all[*fact].may_be_unknown);
            self.all[id].facts = facts;
            self.all[id].may_be_unknown = may_be_unknown;
        }
        let implies = self.implications(text);
        self.all[id].implies = implies;
        id
    }

    /// How the facts of an event hang together, and that an empty text or set holds nothing.
    fn implications(&mut self, text: &str) -> Vec<(&'static str, Literal)> {
        let mut implies = Vec::new();
        let mut then = |when: &'static str, subject: Id, values: Values| {
            implies.push((when, Literal { subject, values, may_be_unknown: false }));
        };
        let party = match text {
            "event.is_consumer_post" => Some("consumer"),
            "event.is_company_reply" => Some("company"),
            _ => None,
        };
        if let Some(party) = party {
            then("true", self.fact("event.kind"), Values::words(["post"]));
            then("true", self.fact("event.party"), Values::words([party]));
        }
        if let Some(article) = text.strip_prefix("event.is_breach_of(\"").and_then(|rest| rest.strip_suffix("\")")) {
            then("true", self.fact("event.kind"), Values::words(["breach"]));
            then("true", self.id("the breached article", &[], false), Values::words([article]));
            if let Some(owner) = self.owners.get(article).copied() {
                then("true", self.fact("event.party"), Values::words([owner]));
            }
        }
        if text == "event.kind" {
            // A breach is of an obligation, and nobody wrote anything.
            then("breach", self.property("event.text", "is_empty"), Values::yes(true));
        }
        if let Some(of) = facts::asks_for_something_in(text) {
            then("true", self.property(of, "is_empty"), Values::yes(false));
        }
        if let Some(of) = text.strip_suffix(".is_empty") {
            for count in ["count", "word_count"] {
                then("true", self.property(of, count), Values::compared(Order::Equal, 0.0));
            }
            then("false", self.property(of, "count"), Values::compared(Order::AtLeast, 1.0));
        }
        implies
    }

    /// What is read from a text or set, of which only a plain fact is known to be known.
    fn property(&mut self, of: &str, name: &str) -> Id {
        let is_fact = facts::is_fact(of);
        let facts = if is_fact { vec![of.to_owned()] } else { Vec::new() };
        self.id(&format!("{of}.{name}"), &facts, !is_fact)
    }

    fn fact(&mut self, name: &str) -> Id {
        self.id(name, &[name.to_owned()], false)
    }
}
