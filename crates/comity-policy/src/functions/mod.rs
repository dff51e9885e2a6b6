//! The functions a script can call. There are no others: no package of the engine's own is loaded.
//!
//! [`FUNCTIONS`] tells the checker and the editor what [`register`] gives the engine; a test holds the two together.

mod effects;
mod facts;
mod operators;
mod texts;

use crate::check::types::Type;
use rhai::Engine;

/// Where a function may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Anywhere: it only looks.
    Anywhere,
    /// In the `then` of a rule.
    Rule,
    /// In the `then` of a guard.
    Guard,
    /// In the steps of a flow.
    Flow,
}

pub(crate) struct Function {
    pub name: &'static str,
    /// What it is called on is the first of these.
    pub takes: &'static [Type],
    pub gives: Type,
    pub place: Place,
    pub help: &'static str,
    pub example: &'static str,
}

const fn looks(
    name: &'static str,
    takes: &'static [Type],
    gives: Type,
    help: &'static str,
    example: &'static str,
) -> Function {
    Function { name, takes, gives, place: Place::Anywhere, help, example }
}

const fn acts(
    place: Place,
    name: &'static str,
    takes: &'static [Type],
    help: &'static str,
    example: &'static str,
) -> Function {
    Function { name, takes, gives: Type::Nothing, place, help, example }
}

use Place::{Flow as InFlow, Guard as InGuard, Rule as InRule};

pub(crate) const FUNCTIONS: &[Function] = &[
    looks(
        "mentions",
        &[Type::Text, Type::Words],
        Type::Bool,
        "Whether it has a word of the list, as a whole word in any case; `fraud*` in a list stands for any ending.",
        "event.text.mentions(words(\"legal\"))",
    ),
    looks(
        "mentions",
        &[Type::Text, Type::Text],
        Type::Bool,
        "The same for one word or phrase.",
        "event.text.mentions(\"lawyer\")",
    ),
    looks("words", &[Type::WordList], Type::Words, "A word list of the settings.", "words(\"legal\")"),
    looks(
        "contains",
        &[Type::Text, Type::Text],
        Type::Bool,
        "Whether these characters stand in it anywhere, in any case.",
        "event.text.contains(\"#fail\")",
    ),
    looks(
        "starts_with",
        &[Type::Text, Type::Text],
        Type::Bool,
        "Whether it begins with these characters, in any case.",
        "event.text.starts_with(\"@us\")",
    ),
    looks(
        "ends_with",
        &[Type::Text, Type::Text],
        Type::Bool,
        "Whether it ends with these characters, in any case.",
        "event.text.ends_with(\"?\")",
    ),
    looks(
        "contains",
        &[Type::Names, Type::Text],
        Type::Bool,
        "Whether the name is in the set; `\"legal\" in case.labels` asks the same.",
        "case.labels.contains(\"legal\")",
    ),
    looks(
        "contains",
        &[Type::Articles, Type::Article],
        Type::Bool,
        "Whether the article is in the set.",
        "charter.breached.contains(\"answer\")",
    ),
    looks(
        "contains",
        &[Type::Flows, Type::Flow],
        Type::Bool,
        "Whether the flow is in the set.",
        "case.escalations.contains(\"counsel\")",
    ),
    looks(
        "contains",
        &[Type::Briefs, Type::Brief],
        Type::Bool,
        "Whether the brief is in the set.",
        "case.briefs.contains(\"summer-sale\")",
    ),
    looks(
        "contains",
        &[Type::Skills, Type::Skill],
        Type::Bool,
        "Whether the skill is in the set.",
        "case.skills.contains(\"data-protection\")",
    ),
    looks(
        "contains",
        &[Type::List, Type::Text],
        Type::Bool,
        "Whether a value is one of several.",
        "event.kind in [\"post\", \"post_edited\"]",
    ),
    looks(
        "is_breach_of",
        &[Type::Event, Type::Article],
        Type::Bool,
        "Whether what happened is that this promise was broken.",
        "event.is_breach_of(\"answer\")",
    ),
    looks(
        "topic",
        &[Type::Surge, Type::TopicName],
        Type::Topic,
        "What comes in about a topic of the settings.",
        "surge.topic(\"outage\").times_usual >= 5",
    ),
    looks(
        "promise",
        &[Type::Charter, Type::Article],
        Type::Promise,
        "How well an article has been kept over all cases in the last four weeks.",
        "charter.promise(\"answer\").kept_percent < 90",
    ),
    looks("minutes", &[Type::Number], Type::Span, "A length of time.", "minutes(15)"),
    looks("hours", &[Type::Number], Type::Span, "A length of time.", "hours(4)"),
    looks(
        "days",
        &[Type::Number],
        Type::Span,
        "A length of time; days have 24 hours.",
        "now - case.opened_at > days(2)",
    ),
    acts(InRule, "label", &[Type::Text], "Puts a label on the case.", "label(\"legal\");"),
    acts(InRule, "priority", &[Type::Priority], "Sets the priority of the case.", "priority(\"high\");"),
    acts(InRule, "assign_team", &[Type::Team], "Gives the case to a team.", "assign_team(\"care\");"),
    acts(
        InRule,
        "require_skill",
        &[Type::Skill],
        "Gives the case to somebody who has this skill, and asks for it of whoever answers.",
        "require_skill(\"data-protection\");",
    ),
    acts(
        InRule,
        "show_brief",
        &[Type::Brief],
        "Puts a brief before whoever answers, from its first day to its last.",
        "show_brief(\"summer-sale\");",
    ),
    acts(
        InRule,
        "start_obligation",
        &[Type::Article],
        "Starts an article's clock although its own signal did not.",
        "start_obligation(\"put-right\");",
    ),
    acts(
        InRule,
        "meet_obligation",
        &[Type::Article],
        "Counts an article's running obligation as met.",
        "meet_obligation(\"put-right\");",
    ),
    acts(
        InRule,
        "waive_obligation",
        &[Type::Article],
        "Does not ask for an article in this case any longer.",
        "waive_obligation(\"answer\");",
    ),
    acts(
        InRule,
        "draft_reply",
        &[Type::Template],
        "Prepares a reply from a template for a person to send.",
        "draft_reply(\"sorry\");",
    ),
    acts(
        InRule,
        "send_reply",
        &[Type::Template],
        "Sends a reply from a template without a person; the guards look at it first.",
        "send_reply(\"received\");",
    ),
    acts(
        InRule,
        "hold_replies",
        &[Type::Team],
        "Lets no reply leave until this team has released them.",
        "hold_replies(\"legal\");",
    ),
    acts(InRule, "escalate", &[Type::Flow], "Starts a flow.", "escalate(\"counsel\");"),
    acts(InRule, "ask", &[Type::Text], "Asks a person what the policy cannot know.", "ask(\"Is this about us?\");"),
    acts(InRule, "kudos", &[Type::Team], "Passes praise on to the team that earned it.", "kudos(\"care\");"),
    acts(InRule, "close", &[Type::Text], "Closes the case, with the reason.", "close(\"solved\");"),
    acts(
        InGuard,
        "warn",
        &[Type::Text],
        "Says something to whoever writes the reply; it may still go.",
        "warn(\"Say it without blame.\");",
    ),
    acts(
        InGuard,
        "needs_approval",
        &[Type::Text],
        "Keeps the reply until somebody else has agreed who has the skills that the case asks for, and says why.",
        "needs_approval(\"Somebody who knows that law reads it first.\");",
    ),
    acts(
        InGuard,
        "stop",
        &[Type::Text],
        "Keeps the reply from leaving, and says what to do instead.",
        "stop(\"Move this to a private channel.\");",
    ),
    Function {
        name: "team",
        takes: &[Type::Team],
        gives: Type::Target,
        place: InFlow,
        help: "Everybody in a team.",
        example: "notify(team(\"legal\"));",
    },
    Function {
        name: "role",
        takes: &[Type::Role],
        gives: Type::Target,
        place: InFlow,
        help: "Whoever has a role.",
        example: "notify(role(\"general-counsel\"));",
    },
    Function {
        name: "on_call",
        takes: &[Type::Team],
        gives: Type::Target,
        place: InFlow,
        help: "Whoever is on call for a team; the whole team when nobody is.",
        example: "notify(on_call(\"legal\"));",
    },
    Function {
        name: "channel",
        takes: &[Type::Channel],
        gives: Type::Target,
        place: InFlow,
        help: "A room or an address on a platform; where that is, an administrator says.",
        example: "notify(channel(\"duty-room\"));",
    },
    acts(
        InFlow,
        "notify",
        &[Type::Target],
        "Tells a team, a role, whoever is on call or a channel.",
        "notify(team(\"legal\"));",
    ),
    acts(
        InFlow,
        "unless_acknowledged",
        &[Type::Span],
        "Goes on only if nobody has acknowledged in this time: from a minute to seven days.",
        "unless_acknowledged(minutes(15));",
    ),
    acts(InFlow, "repeat", &[Type::Number], "Begins again from the first step, up to 20 times.", "repeat(2);"),
];

/// Fields of texts, sets, topics and promises: read without parentheses, like those of objects.
pub(crate) const TEXT_FIELDS: &[(Type, &str, Type, &str)] = &[
    (Type::Text, "has_private_data", Type::Bool, "Mail, phone, card, bank account, order number or amount."),
    (Type::Text, "is_shouting", Type::Bool, "Mostly capitals, or a row of exclamation marks."),
    (Type::Text, "asks", Type::Bool, "Whether it asks something."),
    (Type::Text, "has_link", Type::Bool, "Whether it holds a link."),
    (Type::Text, "word_count", Type::Number, "How many words it has."),
    (
        Type::Text,
        "language",
        Type::Text,
        "The language it seems to be in, such as de; unknown when it is too short to tell.",
    ),
    (Type::Text, "sentiment", Type::Number, "How it feels, from -1 to 1; unknown in other languages than English."),
    (Type::Text, "is_positive", Type::Bool, "Whether its sentiment is 0.05 or more."),
    (Type::Text, "is_negative", Type::Bool, "Whether its sentiment is -0.05 or less."),
    (Type::Text, "is_empty", Type::Bool, "Whether there is nothing in it."),
    (Type::Topic, "posts_last_hour", Type::Number, "Consumer posts about it in the hour up to now."),
    (Type::Topic, "usual_posts_per_hour", Type::Number, "How many are usual at this hour of this weekday."),
    (
        Type::Topic,
        "times_usual",
        Type::Number,
        "How many times as many as usual; where none are usual, as if one were.",
    ),
    (
        Type::Promise,
        "kept_percent",
        Type::Number,
        "How many of a hundred were kept, to one decimal; unknown while fewer than 20 came to an end.",
    ),
    (Type::Promise, "kept", Type::Number, "How many were kept."),
    (Type::Promise, "broken", Type::Number, "How many were broken."),
    (Type::Names, "count", Type::Number, "How many there are."),
    (Type::Names, "is_empty", Type::Bool, "Whether there are none."),
];

pub(crate) fn register(engine: &mut Engine) {
    operators::register(engine);
    texts::register(engine);
    facts::register(engine);
    effects::register(engine);
}
