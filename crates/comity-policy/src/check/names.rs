//! Every name that a script may use, by what it names.

use super::{suggest, types::Type};
use crate::{
    Diagnostic,
    bundle::SETTINGS,
    declare::{At, Script},
    settings::Settings,
};
use comity_domain::{case::Priority, event::EventKind};
use std::{cell::RefCell, collections::HashSet};

pub(crate) struct Names {
    teams: Vec<String>,
    roles: Vec<String>,
    channels: Vec<String>,
    templates: Vec<String>,
    words: Vec<String>,
    topics: Vec<String>,
    briefs: Vec<String>,
    skills: Vec<String>,
    articles: Vec<String>,
    /// Articles with a `due` part.
    timed: Vec<String>,
    flows: Vec<String>,
    pub rules: Vec<String>,
    pub guards: Vec<String>,
    /// What has been asked for and is there.
    used: RefCell<HashSet<(Type, String)>>,
}

impl Names {
    pub(super) fn of(settings: &Settings, scripts: &[Script]) -> Self {
        let articles = scripts.iter().flat_map(|script| script.articles.iter().map(|article| &article.id.text));
        let timed = scripts.iter().flat_map(|script| &script.articles).filter(|article| article.due.is_some());
        let flows = scripts.iter().flat_map(|script| script.flows.iter().map(|flow| &flow.id.text));
        let rules = scripts.iter().flat_map(|script| script.rules.iter().map(|rule| &rule.id.text));
        let guards = scripts.iter().flat_map(|script| script.guards.iter().map(|guard| &guard.id.text));
        Self {
            teams: settings.teams.keys().cloned().collect(),
            roles: settings.roles.keys().cloned().collect(),
            channels: settings.channels.keys().cloned().collect(),
            templates: settings.templates.keys().cloned().collect(),
            words: settings.words.keys().cloned().collect(),
            topics: settings.topics.keys().cloned().collect(),
            briefs: settings.briefs.keys().cloned().collect(),
            skills: settings.skills.keys().cloned().collect(),
            articles: articles.cloned().collect(),
            timed: timed.map(|article| article.id.text.clone()).collect(),
            flows: flows.cloned().collect(),
            rules: rules.cloned().collect(),
            guards: guards.cloned().collect(),
            used: RefCell::default(),
        }
    }

    pub(crate) fn known(&self, kind: Type) -> Vec<&str> {
        match kind {
            Type::Team => strs(&self.teams),
            Type::Role => strs(&self.roles),
            Type::Channel => strs(&self.channels),
            Type::Template => strs(&self.templates),
            Type::WordList => strs(&self.words),
            Type::TopicName => strs(&self.topics),
            Type::Brief | Type::Briefs => strs(&self.briefs),
            Type::Skill | Type::Skills => strs(&self.skills),
            Type::Article | Type::Articles => strs(&self.articles),
            Type::Flow | Type::Flows => strs(&self.flows),
            Type::EventKind => EventKind::NAMES.to_vec(),
            Type::Party => vec!["company", "consumer"],
            Type::Priority => Priority::ALL.iter().map(|priority| priority.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// What is wrong with a name, if anything.
    pub(crate) fn verify(&self, kind: Type, name: &str, at: &At) -> Option<Diagnostic> {
        let known = self.known(kind);
        if known.contains(&name) {
            self.note(kind, name);
            return None;
        }
        let (what, code) = match kind {
            Type::Team => ("team", "unknown-team"),
            Type::Role => ("role", "unknown-role"),
            Type::Channel => ("channel", "unknown-channel"),
            Type::Template => ("template", "unknown-template"),
            Type::WordList => ("word list", "unknown-words"),
            Type::TopicName => ("topic", "unknown-topic"),
            Type::Brief | Type::Briefs => ("brief", "unknown-brief"),
            Type::Skill | Type::Skills => ("skill", "unknown-skill"),
            Type::Article | Type::Articles => ("article", "unknown-article"),
            Type::Flow | Type::Flows => ("flow", "unknown-flow"),
            Type::EventKind => ("kind of event", "unknown-event-kind"),
            Type::Party => ("party", "unknown-party"),
            _ => ("priority", "unknown-priority"),
        };
        let add = match kind {
            Type::Article | Type::Articles => "Write an article with this name in the charter.".to_owned(),
            Type::Flow | Type::Flows => "Write a flow with this name.".to_owned(),
            _ => format!("Add it to {SETTINGS}."),
        };
        let help = suggest::help(name, &known).unwrap_or(add);
        let end = at.column + name.chars().count() as u32 + 2;
        Some(at.error(code, format!("There is no {what} \u{201c}{name}\u{201d}.")).help(help).until(end))
    }
}

impl Names {
    /// Remembers that something uses a name.
    pub(super) fn note(&self, kind: Type, name: &str) {
        self.used.borrow_mut().insert((kind, name.to_owned()));
    }

    pub(super) fn unused(&self, kind: Type) -> Vec<&str> {
        let used = self.used.borrow();
        self.known(kind).into_iter().filter(|name| !used.contains(&(kind, (*name).to_owned()))).collect()
    }

    /// The same for an article whose obligation is started, ended or asked about: only one with a clock ever has any.
    pub(super) fn verify_timed(&self, article: &str, at: &At) -> Option<Diagnostic> {
        let missing = self.verify(Type::Article, article, at);
        if missing.is_some() || self.timed.iter().any(|timed| timed == article) {
            return missing;
        }
        let message =
            format!("The article \u{201c}{article}\u{201d} has no due part, so it never runs, is met or is broken.");
        let help = "Write due … from … until … behind the article, or leave this out.";
        Some(at.error("no-clock", message).help(help).until(at.column + article.chars().count() as u32 + 2))
    }
}

fn strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
