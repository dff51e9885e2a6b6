//! A condition in words: `case.company_replies >= 2` as "replies by our side so far: at least 2".
//!
//! Made from the syntax tree, with the words that the catalogue has for each fact. What has no words, such as a function of
//! the bundle's own, is left to the caller to quote as it stands in the script.

use super::catalogue::{Catalogue, FactWords, fill};
use crate::{
    languages::Texts,
    syntax::{CHARTER, KNOWN, OR_ELSE},
};
use rhai::{Expr, FnCallExpr};

pub(super) struct Words<'a> {
    pub catalogue: &'static Catalogue,
    pub texts: Texts<'a>,
}

/// A fact with what its words are filled with.
struct Fact {
    words: &'static FactWords,
    text: String,
    /// The topic or article that it is about.
    name: String,
}

impl Fact {
    fn say(&self, text: &str) -> String {
        fill(text, &[("text", &self.text), ("topic", &self.name), ("article", &self.name)])
    }
}

impl Words<'_> {
    /// A term as something that holds, or with `holds` false that does not.
    pub(super) fn term(&self, expr: &Expr, holds: bool) -> Option<String> {
        let terms = &self.catalogue.terms;
        match expr {
            Expr::And(parts, _) | Expr::Or(parts, _) => {
                let is_and = matches!(expr, Expr::And(..)) == holds;
                let joined = if is_and { &terms.and } else { &terms.or };
                let parts: Option<Vec<String>> = parts.iter().map(|part| self.term(part, holds)).collect();
                parts?.into_iter().reduce(|left, right| fill(joined, &[("left", &left), ("right", &right)]))
            }
            Expr::FnCall(call, _) => match (call.name.as_str(), call.args.as_slice()) {
                ("!", [term]) => self.term(term, !holds),
                ("contains", [set, value]) => self.within(set, value, holds),
                (sign, [left, right]) => self.compared(sign, left, right, holds),
                _ => None,
            },
            Expr::Custom(custom, _) => match (custom.tokens[0].as_str(), &custom.inputs[..]) {
                (KNOWN, [fact]) => {
                    let text = if holds { &terms.known } else { &terms.not_known };
                    Some(fill(text, &[("fact", &self.value(fact)?)]))
                }
                (OR_ELSE, [fact, _]) => self.term(fact, holds),
                _ => None,
            },
            _ => self.asked(expr, holds),
        }
    }

    fn compared(&self, sign: &str, left: &Expr, right: &Expr, holds: bool) -> Option<String> {
        let terms = &self.catalogue.terms;
        let text = match (sign, holds) {
            ("==", true) | ("!=", false) => &terms.equal,
            ("!=", true) | ("==", false) => &terms.unequal,
            (">", true) | ("<=", false) => &terms.more,
            (">=", true) | ("<", false) => &terms.at_least,
            ("<", true) | (">=", false) => &terms.less,
            ("<=", true) | (">", false) => &terms.at_most,
            _ => return None,
        };
        Some(fill(text, &[("left", &self.value(left)?), ("right", &self.value(right)?)]))
    }

    /// `"late" in case.labels`, `event.kind in ["post"]`.
    fn within(&self, set: &Expr, value: &Expr, holds: bool) -> Option<String> {
        if let (Expr::Dot(..), Expr::StringConstant(name, _)) = (set, value) {
            let (root, members) = chain(set)?;
            let [Expr::Property(property, _)] = members.as_slice() else { return None };
            return self.in_set(root, &property.2, name, holds);
        }
        self.compared("==", value, set, holds)
    }

    fn in_set(&self, root: &str, set: &str, name: &str, holds: bool) -> Option<String> {
        let words = self.catalogue.facts.get(&format!("{root}.{set}"))?;
        let text = if holds { words.has.as_ref() } else { words.lacks.as_ref() };
        Some(fill(text?, &[("name", name)]))
    }

    /// What is yes or no by itself.
    fn asked(&self, expr: &Expr, holds: bool) -> Option<String> {
        let (root, members) = chain(expr)?;
        match members.as_slice() {
            [Expr::MethodCall(call, _)] if root == "event" && call.name == "is_breach_of" => {
                let article = text_argument(call)?;
                let owes = self.texts.owes(article).unwrap_or(article);
                let terms = &self.catalogue.terms;
                let text = if holds { &terms.is_breach } else { &terms.is_no_breach };
                Some(fill(text, &[("owes", owes)]))
            }
            [Expr::Property(property, _), Expr::MethodCall(call, _)] if call.name == "contains" => {
                let set = self.in_set(root, &property.2, text_argument(call)?, holds);
                set.or_else(|| self.of_text(root, &property.2, call, holds))
            }
            [Expr::Property(property, _), Expr::MethodCall(call, _)] => self.of_text(root, &property.2, call, holds),
            [Expr::Property(set, _), Expr::Property(question, _)]
                if question.2 == "is_empty" && self.is_set(root, &set.2) =>
            {
                let name = &self.catalogue.facts.get(&format!("{root}.{}", set.2))?.name;
                let terms = &self.catalogue.terms;
                Some(fill(if holds { &terms.none } else { &terms.some }, &[("name", name)]))
            }
            _ => {
                let fact = self.fact(root, &members)?;
                let text = if holds { fact.words.yes.as_ref() } else { fact.words.no.as_ref() };
                Some(fact.say(text?))
            }
        }
    }

    /// What a text mentions, contains, begins or ends with.
    fn of_text(&self, root: &str, field: &str, call: &FnCallExpr, holds: bool) -> Option<String> {
        let terms = &self.catalogue.terms;
        let list = match call.args.as_slice() {
            [Expr::FnCall(words, _)] if words.name == "words" => Some(text_argument(words)?),
            _ => None,
        };
        let (yes, no) = match (call.name.as_str(), list) {
            ("mentions", Some(_)) => (&terms.mentions_list, &terms.mentions_no_list),
            ("mentions", None) => (&terms.mentions, &terms.mentions_not),
            ("contains", None) => (&terms.contains, &terms.contains_not),
            ("starts_with", None) => (&terms.starts_with, &terms.starts_not_with),
            ("ends_with", None) => (&terms.ends_with, &terms.ends_not_with),
            _ => return None,
        };
        let words = list.map_or_else(|| text_argument(call), Some)?;
        let text = self.subject(&format!("{root}.{field}"))?;
        Some(fill(if holds { yes } else { no }, &[("text", &text), ("words", words)]))
    }

    fn value(&self, expr: &Expr) -> Option<String> {
        let catalogue = self.catalogue;
        match expr {
            Expr::IntegerConstant(number, _) => Some(number.to_string()),
            Expr::FloatConstant(number, _) => Some(catalogue.number(&number.to_string())),
            Expr::BoolConstant(yes, _) => {
                Some(if *yes { catalogue.terms.yes.clone() } else { catalogue.terms.no.clone() })
            }
            Expr::StringConstant(text, _) => {
                let word = catalogue.values.get(text.as_str());
                Some(word.cloned().unwrap_or_else(|| catalogue.quoted(text)))
            }
            Expr::Array(entries, _) => {
                let entries: Option<Vec<String>> = entries.iter().map(|entry| self.value(entry)).collect();
                Some(entries?.join(&catalogue.or))
            }
            Expr::Variable(name, ..) if name.1 == "now" => Some(catalogue.terms.now.clone()),
            Expr::FnCall(call, _) => match (call.name.as_str(), call.args.as_slice()) {
                ("-", [Expr::Variable(name, ..), then]) if name.1 == "now" => {
                    let (root, members) = chain(then)?;
                    self.fact(root, &members)?.words.since.clone()
                }
                (unit, [Expr::IntegerConstant(count, _)]) => {
                    let (one, many) = catalogue.units.get(unit)?;
                    Some(format!("{count} {}", if *count == 1 { one } else { many }))
                }
                _ => None,
            },
            Expr::Custom(custom, _) if custom.tokens[0] == OR_ELSE => self.value(custom.inputs.first()?),
            _ => {
                let (root, members) = chain(expr)?;
                let fact = self.fact(root, &members)?;
                Some(fact.say(&fact.words.name))
            }
        }
    }

    /// The fact that a chain leads to.
    fn fact(&self, root: &str, members: &[&Expr]) -> Option<Fact> {
        let facts = &self.catalogue.facts;
        let found = |key: String, text: String, name: String| Some(Fact { words: facts.get(&key)?, text, name });
        match members {
            [Expr::Property(property, _)] => found(format!("{root}.{}", property.2), String::new(), String::new()),
            [Expr::MethodCall(call, _), Expr::Property(property, _)]
                if matches!((root, call.name.as_str()), ("surge", "topic") | ("charter", "promise")) =>
            {
                let name = self.catalogue.quoted(text_argument(call)?);
                found(format!("{}.{}", call.name, property.2), String::new(), name)
            }
            [Expr::Property(set, _), Expr::Property(count, _)] if count.2 == "count" && self.is_set(root, &set.2) => {
                found(format!("{root}.{}", set.2), String::new(), String::new())
            }
            [Expr::Property(text, _), Expr::Property(property, _)] => {
                let subject = self.subject(&format!("{root}.{}", text.2))?;
                found(format!("text.{}", property.2), subject, String::new())
            }
            _ => None,
        }
    }

    fn is_set(&self, root: &str, field: &str) -> bool {
        self.catalogue.facts.get(&format!("{root}.{field}")).is_some_and(|words| words.has.is_some())
    }

    /// What a question about a text is asked of.
    fn subject(&self, fact: &str) -> Option<String> {
        let terms = &self.catalogue.terms;
        match fact {
            "event.text" => Some(terms.text.clone()),
            "reply.text" => Some(terms.reply.clone()),
            _ => self.catalogue.facts.get(fact).map(|words| words.name.clone()),
        }
    }
}

/// The variable that a chain of dots begins with, and what is read from it one after the other.
fn chain(expr: &Expr) -> Option<(&str, Vec<&Expr>)> {
    let Expr::Dot(pair, ..) = expr else { return None };
    let root = match &pair.lhs {
        Expr::Variable(name, ..) => name.1.as_str(),
        Expr::Custom(custom, _) if custom.tokens[0] == CHARTER => CHARTER,
        _ => return None,
    };
    let mut members = Vec::new();
    let mut rest = &pair.rhs;
    while let Expr::Dot(pair, ..) = rest {
        members.push(&pair.lhs);
        rest = &pair.rhs;
    }
    members.push(rest);
    Some((root, members))
}

fn text_argument(call: &FnCallExpr) -> Option<&str> {
    match call.args.as_slice() {
        [Expr::StringConstant(text, _)] => Some(text.as_str()),
        _ => None,
    }
}
