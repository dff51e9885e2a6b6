//! What people are told in, besides the reason, which the policy has in its own languages.

/// A language that these words are there in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    English,
    German,
}

/// The languages that somebody can choose, as they are named (BCP 47).
pub const LANGUAGES: [&str; 2] = ["en", "de"];

impl Words {
    /// Those of a language, or English.
    pub fn of(language: &str) -> Self {
        if language.split('-').next() == Some("de") { Self::German } else { Self::English }
    }

    pub fn source(self, flow: &str, rule: &str) -> String {
        match self {
            Self::English => format!("Flow {flow}, rule {rule}."),
            Self::German => format!("Ablauf {flow}, Regel {rule}."),
        }
    }

    pub fn take_up(self) -> &'static str {
        match self {
            Self::English => "I take it up",
            Self::German => "Ich übernehme",
        }
    }

    pub fn more(self, count: usize) -> String {
        match self {
            Self::English => format!("And {count} more"),
            Self::German => format!("Und {count} weitere"),
        }
    }

    pub fn several(self, count: usize, first: &str) -> String {
        match self {
            Self::English => format!("{count} escalations, first {first}"),
            Self::German => format!("{count} Eskalationen, zuerst {first}"),
        }
    }

    pub fn why(self) -> &'static str {
        match self {
            Self::English => {
                "You get this because a policy of your organization tells you. How you are told can be changed in the settings."
            }
            Self::German => {
                "Sie erhalten das, weil eine Richtlinie Ihrer Organisation es vorsieht. Wie Sie benachrichtigt werden, steht in den Einstellungen."
            }
        }
    }

    pub fn test(self) -> (&'static str, &'static str) {
        match self {
            Self::English => ("This browser is reached", "Escalations for you are shown here."),
            Self::German => ("Dieser Browser ist erreichbar", "Eskalationen für Sie erscheinen hier."),
        }
    }
}
