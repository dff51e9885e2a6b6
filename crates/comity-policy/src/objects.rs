//! What a script sees: objects with named fields made from the domain's facts, never maps.
//!
//! Each field is listed once; the list gives the engine its getters and the checker its names and types, so a misspelt
//! field is found before anything runs. A field without a value raises unknown.

use crate::{
    check::types::Type,
    run::{Failure, unknown},
};
use comity_domain::{
    Party, Timestamp,
    case::Priority,
    facts::{Facts, PromiseFacts, ReplyFacts, TopicFacts},
};
use rhai::{Dynamic, Engine, ImmutableString, Scope};
use std::{collections::BTreeSet, sync::Arc};

/// Everything one evaluation looks at.
pub(crate) struct Context {
    facts: Facts,
    reply: Option<ReplyFacts>,
    /// Shared texts, so that handing one to a script copies nothing.
    event_text: ImmutableString,
    reply_text: ImmutableString,
}

/// A field of an object.
pub(crate) struct Field {
    pub object: Type,
    pub name: &'static str,
    pub gives: Type,
    pub help: &'static str,
}

/// A set of names such as `case.labels`, looked at in place.
#[derive(Clone)]
pub(crate) struct Names {
    context: Arc<Context>,
    of: fn(&Context) -> &BTreeSet<String>,
}

impl Names {
    pub(crate) fn get(&self) -> &BTreeSet<String> {
        (self.of)(&self.context)
    }
}

/// A moment; differences of moments are [`Span`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub Timestamp);

/// A length of time in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span(pub i64);

/// A topic of the surge.
#[derive(Clone)]
pub(crate) struct Topic {
    context: Arc<Context>,
    name: ImmutableString,
}

impl Topic {
    pub(crate) fn new(surge: &Surge, name: ImmutableString) -> Self {
        Self { context: surge.0.clone(), name }
    }

    /// Nothing for a topic that was not counted then.
    pub(crate) fn facts(&self) -> Option<&TopicFacts> {
        self.context.facts.surge.topics.get(self.name.as_str())
    }
}

/// An article with how well it is kept over all cases.
#[derive(Clone)]
pub(crate) struct Promise {
    context: Arc<Context>,
    article: ImmutableString,
}

impl Promise {
    pub(crate) fn new(charter: &Charter, article: ImmutableString) -> Self {
        Self { context: charter.0.clone(), article }
    }

    /// Nothing for one of which nothing came to an end of late.
    pub(crate) fn facts(&self) -> Option<&PromiseFacts> {
        self.context.facts.charter.promises.get(self.article.as_str())
    }
}

/// A value as scripts see it.
pub(crate) trait Value {
    fn give(self, field: &'static str) -> Result<Dynamic, Failure>;
}

macro_rules! values {
    ($($kind:ty => $make:expr;)*) => {$(
        impl Value for $kind {
            fn give(self, _: &'static str) -> Result<Dynamic, Failure> {
                let make: fn($kind) -> Dynamic = $make;
                Ok(make(self))
            }
        }
    )*};
}

values! {
    bool => Dynamic::from;
    i64 => Dynamic::from;
    f64 => Dynamic::from;
    &str => |text| Dynamic::from(ImmutableString::from(text));
    ImmutableString => Dynamic::from;
    Timestamp => |at| Dynamic::from(Moment(at));
    Party => |party| Dynamic::from(ImmutableString::from(party.as_str()));
    Priority => |priority| Dynamic::from(ImmutableString::from(priority.as_str()));
    Names => Dynamic::from;
}

impl<T: Value> Value for Option<T> {
    fn give(self, field: &'static str) -> Result<Dynamic, Failure> {
        self.ok_or_else(|| unknown(field))?.give(field)
    }
}

/// Reads one field of an object.
pub(crate) type Read = fn(&Arc<Context>) -> Result<Dynamic, Failure>;

macro_rules! objects {
    ($($object:ident $word:literal {$($field:ident: $gives:expr, $help:literal, |$facts:ident| $value:expr;)*})*) => {
        $(#[derive(Clone)]
        pub(crate) struct $object(pub Arc<Context>);)*

        /// Every field there is.
        pub(crate) const FIELDS: &[Field] = &[$($(
            Field { object: Type::$object, name: stringify!($field), gives: $gives, help: $help },
        )*)*];

        pub(crate) fn register(engine: &mut Engine) {
            $(
                engine.register_type_with_name::<$object>($word);
                $(engine.register_get(stringify!($field), |object: &mut $object| {
                    let $facts = &object.0;
                    $value.give(concat!($word, ".", stringify!($field)))
                });)*
            )*
            engine.register_type_with_name::<Names>("a set of names");
            engine.register_type_with_name::<Moment>("a time");
            engine.register_type_with_name::<Span>("a length of time");
        }

        /// How a field is read of an object, if there is one of that name.
        pub(crate) fn read_of(object: &str, field: &str) -> Option<Read> {
            match (object, field) {
                $($(($word, stringify!($field)) => Some(|context| {
                    let $facts = context;
                    $value.give(concat!($word, ".", stringify!($field)))
                }),)*)*
                _ => None,
            }
        }
    };
}

macro_rules! names {
    ($context:ident, $set:ident.$field:ident) => {
        Names { context: $context.clone(), of: |context| &context.facts.$set.$field }
    };
}

objects! {
    Event "event" {
        kind: Type::EventKind, "What happened: post, breach, post_deleted and so on.", |c| c.facts.event.kind.as_str();
        at: Type::Time, "When it happened.", |c| c.facts.event.at;
        party: Type::Party, "Who wrote or owes: company or consumer.", |c| c.facts.event.party;
        text: Type::Text, "The words of the post; empty when the event has none.", |c| c.event_text.clone();
        lang: Type::Text, "The language, such as de.", |c| c.facts.event.lang.as_deref();
        is_public: Type::Bool, "Whether everyone can read it.", |c| c.facts.event.is_public;
        names_us: Type::Bool, "Whether it is addressed to us.", |c| c.facts.event.names_us;
        is_consumer_post: Type::Bool, "A post by the consumer has come.",
            |c| c.is_post_by(Party::Consumer);
        is_company_reply: Type::Bool, "A post by our side has come.", |c| c.is_post_by(Party::Company);
    }
    Case "case" {
        is_open: Type::Bool, "Whether the case is open.", |c| c.facts.case.is_open;
        is_held: Type::Bool, "Whether replies wait for a team's release.", |c| c.facts.case.is_held;
        priority: Type::Priority, "low, normal, high or urgent.", |c| c.facts.case.priority;
        labels: Type::Names, "The labels on the case.", |c| names!(c, case.labels);
        team: Type::Team, "The team that has the case.", |c| c.facts.case.team.as_deref();
        briefs: Type::Briefs, "The briefs shown in the case that are valid now.", |c| names!(c, case.briefs);
        skills: Type::Skills, "What whoever handles the case must know.", |c| names!(c, case.skills);
        company: Type::Text, "The brand or account spoken to.", |c| c.facts.case.company.as_deref();
        company_replies: Type::Number, "Replies by our side so far.", |c| c.facts.case.company_replies;
        consumer_posts: Type::Number, "Posts by the consumer so far, this one included.",
            |c| c.facts.case.consumer_posts;
        unanswered_replies: Type::Number, "Replies by our side since the consumer last wrote.",
            |c| c.facts.case.unanswered_replies;
        has_draft: Type::Bool, "Whether a draft is waiting.", |c| c.facts.case.has_draft;
        they_say_solved: Type::Bool, "Whether the consumer said last that it is solved; unknown while they said nothing.",
            |c| c.facts.case.they_say_solved;
        we_say_solved: Type::Bool, "Whether our side said last that it is solved; unknown while it said nothing.",
            |c| c.facts.case.we_say_solved;
        open_appeals: Type::Number, "Appeals that nobody has answered yet.", |c| c.facts.case.open_appeals;
        escalations: Type::Flows, "The flows started so far.", |c| names!(c, case.escalations);
        closed_reason: Type::Text, "Why the case was closed.", |c| c.facts.case.closed_reason.as_deref();
        opened_at: Type::Time, "When the case was opened.", |c| c.facts.case.opened_at;
        last_consumer_post_at: Type::Time, "When the consumer last wrote.", |c| c.facts.case.last_consumer_post_at;
        last_company_reply_at: Type::Time, "When our side last wrote.", |c| c.facts.case.last_company_reply_at;
    }
    Author "author" {
        handle: Type::Text, "The name of the account.", |c| c.facts.author.handle.as_str();
        display_name: Type::Text, "The name shown.", |c| c.facts.author.display_name.as_deref();
        is_staff: Type::Bool, "Whether the account is one of our own people.", |c| c.facts.author.is_staff;
        is_customer: Type::Bool, "Whether this is a customer of ours.", |c| c.facts.author.is_customer;
        customer_since: Type::Time, "Since when.", |c| c.facts.author.customer_since;
        followers: Type::Number, "How many follow the account.", |c| c.facts.author.followers;
        earlier_cases: Type::Number, "Cases with this contact before this one.", |c| c.facts.author.earlier_cases;
        open_cases: Type::Number, "How many of those are still open.", |c| c.facts.author.open_cases;
        broken_promises: Type::Number, "In how many of those we broke a promise.",
            |c| c.facts.author.broken_promises;
        last_case_at: Type::Time, "When the last of those was opened.", |c| c.facts.author.last_case_at;
    }
    Charter "charter" {
        running: Type::Articles, "Articles with a running obligation.", |c| names!(c, charter.running);
        breached: Type::Articles, "Articles breached at least once.", |c| names!(c, charter.breached);
        met: Type::Articles, "Articles met at least once.", |c| names!(c, charter.met);
    }
    Surge "surge" {
        posts_last_hour: Type::Number, "Consumer posts in the hour up to now, this one included.",
            |c| c.facts.surge.posts_last_hour;
        usual_posts_per_hour: Type::Number, "How many are usual at this hour of this weekday.",
            |c| c.facts.surge.usual_posts_per_hour;
        similar_posts: Type::Number, "Other posts much like this one in the day before it.",
            |c| c.facts.surge.similar_posts;
    }
    Reply "reply" {
        text: Type::Text, "The words of the reply.", |c| c.reply_text.clone();
        is_public: Type::Bool, "Whether everyone could read it.", |c| c.reply.as_ref().map(|reply| reply.is_public);
        is_automatic: Type::Bool, "Sent by policy rather than by a person.",
            |c| c.reply.as_ref().map(|reply| reply.is_automatic);
        writer_skills: Type::Skills, "What whoever writes it knows; nothing for an automatic one.",
            |c| Names { context: c.clone(), of: Context::writer_skills };
        writer_is_qualified: Type::Bool,
            "Whether whoever writes it has every skill that the case asks for; the policy itself has.",
            |c| c.reply.as_ref().map(|reply| c.is_qualified(reply));
    }
}

impl Context {
    /// Texts are cut to `longest` bytes: a script that was handed a longer one would be stopped.
    pub(crate) fn new(facts: &Facts, reply: Option<&ReplyFacts>, longest: usize) -> Arc<Self> {
        let cut = |text: &str| ImmutableString::from(&text[..text.floor_char_boundary(longest)]);
        let reply_text = cut(reply.map(|reply| reply.text.as_str()).unwrap_or_default());
        let event_text = cut(&facts.event.text);
        Arc::new(Self { facts: facts.clone(), reply: reply.cloned(), event_text, reply_text })
    }

    pub(crate) fn event_text(&self) -> &ImmutableString {
        &self.event_text
    }

    pub(crate) fn breach_of(&self) -> Option<&str> {
        self.facts.event.breach_of.as_deref()
    }

    fn writer_skills(&self) -> &BTreeSet<String> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        self.reply.as_ref().map_or(&NONE, |reply| &reply.writer_skills)
    }

    fn is_qualified(&self, reply: &ReplyFacts) -> bool {
        reply.is_automatic || self.facts.case.skills.is_subset(&reply.writer_skills)
    }

    fn is_post_by(&self, party: Party) -> bool {
        self.facts.event.kind == "post" && self.facts.event.party == Some(party)
    }

    /// The variables of a script; guards have `reply` besides.
    pub(crate) fn scope(self: &Arc<Self>) -> Scope<'static> {
        let mut scope = Scope::with_capacity(7);
        scope.push("event", Event(self.clone()));
        scope.push("case", Case(self.clone()));
        scope.push("author", Author(self.clone()));
        scope.push("charter", Charter(self.clone()));
        scope.push("surge", Surge(self.clone()));
        scope.push("now", Moment(self.facts.now));
        if self.reply.is_some() {
            scope.push("reply", Reply(self.clone()));
        }
        scope
    }
}

/// The variables a script sees and their types; `reply` only in guards.
pub(crate) const VARIABLES: [(&str, Type); 7] = [
    ("event", Type::Event),
    ("case", Type::Case),
    ("author", Type::Author),
    ("charter", Type::Charter),
    ("surge", Type::Surge),
    ("now", Type::Time),
    ("reply", Type::Reply),
];

/// What each variable is.
pub(crate) const HELP: [(&str, &str); 7] = [
    ("event", "What happened and is decided about: a post, an edit, a broken promise."),
    ("case", "The matter with one person, as it stood when it happened."),
    ("author", "Who wrote, and what is known of them."),
    ("charter", "How the articles stand in this case, and how well they are kept in all of them."),
    ("surge", "How much comes in at the moment, and how much of it is alike."),
    ("now", "The moment that is decided about: when it happened, however late it is decided."),
    ("reply", "What is to leave the house. Only guards see it."),
];

/// Facts that may be unknown. A test holds the list against the engine.
pub(crate) const MAY_BE_UNKNOWN: [&str; 27] = [
    "event.party",
    "event.lang",
    "event.is_public",
    "event.names_us",
    "case.team",
    "case.company",
    "case.they_say_solved",
    "case.we_say_solved",
    "case.closed_reason",
    "case.last_consumer_post_at",
    "case.last_company_reply_at",
    "author.display_name",
    "author.is_customer",
    "author.customer_since",
    "author.followers",
    "author.open_cases",
    "author.broken_promises",
    "author.last_case_at",
    "surge.posts_last_hour",
    "surge.usual_posts_per_hour",
    "surge.similar_posts",
    "text.language",
    "text.sentiment",
    "text.is_positive",
    "text.is_negative",
    "topic",
    "promise",
];

impl Span {
    /// `2 days 3 hours`: the two largest units.
    pub(crate) fn words(self) -> String {
        let mut left = self.0.unsigned_abs();
        let mut parts = Vec::new();
        for (unit, seconds) in [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)] {
            let count = left / seconds;
            left %= seconds;
            if count > 0 && parts.len() < 2 {
                parts.push(format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
            }
        }
        match (parts.is_empty(), self.0 < 0) {
            (true, _) => "no time".to_owned(),
            (false, true) => format!("minus {}", parts.join(" ")),
            (false, false) => parts.join(" "),
        }
    }
}
