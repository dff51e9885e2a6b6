//! The kinds of value a script can hold, as far as the checker tells them apart.
//!
//! A name such as a team's is text when it runs and more when it is checked: comparing `event.kind` with a word that no
//! event has is found before it silently never happens.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    Event,
    Case,
    Author,
    Charter,
    Surge,
    /// One topic of the surge.
    Topic,
    /// One article over all cases.
    Promise,
    Reply,
    Text,
    Number,
    Bool,
    Time,
    Span,
    /// A set of any names, such as labels.
    Names,
    /// A set of articles.
    Articles,
    /// A set of flows.
    Flows,
    /// A set of briefs.
    Briefs,
    /// A set of skills.
    Skills,
    /// Several texts in brackets.
    List,
    /// A compiled word list.
    Words,
    /// Whom a flow tells.
    Target,
    Nothing,
    // Names: text whose words are known.
    EventKind,
    Party,
    Priority,
    Team,
    Role,
    Channel,
    Article,
    Flow,
    Brief,
    Skill,
    Template,
    WordList,
    TopicName,
    /// Not known because something else is wrong already.
    Any,
}

impl Type {
    /// What a person calls it.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Event => "the event",
            Self::Case => "the case",
            Self::Author => "the author",
            Self::Charter => "the charter",
            Self::Surge => "the surge",
            Self::Topic => "a topic",
            Self::Promise => "a promise",
            Self::Reply => "the reply",
            Self::Text => "text",
            Self::Number => "a number",
            Self::Bool => "yes or no",
            Self::Time => "a time",
            Self::Span => "a length of time",
            Self::Names => "a set of names",
            Self::Articles => "a set of articles",
            Self::Flows => "a set of flows",
            Self::Briefs => "a set of briefs",
            Self::Skills => "a set of skills",
            Self::List => "a list",
            Self::Words => "a word list",
            Self::Target => "somebody to notify",
            Self::Nothing => "nothing",
            Self::EventKind => "a kind of event",
            Self::Party => "a party",
            Self::Priority => "a priority",
            Self::Team => "a team",
            Self::Role => "a role",
            Self::Channel => "a channel",
            Self::Article => "an article",
            Self::Flow => "a flow",
            Self::Brief => "a brief",
            Self::Skill => "a skill",
            Self::Template => "a template",
            Self::WordList => "the name of a word list",
            Self::TopicName => "the name of a topic",
            Self::Any => "something",
        }
    }

    /// Whether the value is text when the script runs.
    pub(crate) const fn is_text(self) -> bool {
        matches!(self, Self::Text) || self.is_name()
    }

    /// Text whose possible words are known to the checker.
    pub(crate) const fn is_name(self) -> bool {
        matches!(
            self,
            Self::EventKind
                | Self::Party
                | Self::Priority
                | Self::Team
                | Self::Role
                | Self::Channel
                | Self::Article
                | Self::Flow
                | Self::Brief
                | Self::Skill
                | Self::Template
                | Self::WordList
                | Self::TopicName
        )
    }

    pub(crate) fn is_set(self) -> bool {
        self.is_set_of_names() || self == Self::List
    }

    /// Such a set has the properties of any set of names.
    pub(crate) const fn is_set_of_names(self) -> bool {
        matches!(self, Self::Names | Self::Articles | Self::Flows | Self::Briefs | Self::Skills)
    }

    /// Whether a value of type `given` may stand where this type is wanted.
    pub(crate) fn takes(self, given: Self) -> bool {
        self == given || self == Self::Any || given == Self::Any || (self.is_text() && given.is_text())
    }

    /// Whether two values can be equal at all.
    pub(crate) fn compares_with(self, other: Self) -> bool {
        let comparable =
            |t: Self| t.is_text() || matches!(t, Self::Number | Self::Bool | Self::Time | Self::Span | Self::Any);
        comparable(self) && comparable(other) && self.takes(other)
    }
}
