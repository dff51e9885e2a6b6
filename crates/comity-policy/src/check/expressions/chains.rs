//! Variables, and what is read from them with a dot.

use super::{Checker, Type};
use crate::{
    check::suggest,
    functions::{FUNCTIONS, TEXT_FIELDS},
    objects::{FIELDS, VARIABLES},
};
use rhai::{ASTFlags, Expr, Position};

impl Checker<'_> {
    pub(super) fn variable(&mut self, name: &str, position: Position) -> Type {
        if let Some((_, kind)) = self.variables.iter().rev().find(|(known, _)| known == name) {
            return *kind;
        }
        if name == "reply" {
            let help = "In a rule, look at event.text; what leaves the house is looked at in a guard.";
            self.report_word(
                position,
                name,
                "unknown-name",
                "reply is known only in guards.".into(),
                Some(help.into()),
            );
            return Type::Any;
        }
        if self.depth > 0 && VARIABLES.iter().any(|(known, _)| *known == name) {
            let message = format!("A function sees only what it is given, and {name} is not.");
            let help = format!("Give it along: fn name({name}) {{ … }} and name({name}).");
            self.report_word(position, name, "unknown-name", message, Some(help));
            return Type::Any;
        }
        let known: Vec<&str> = self.variables.iter().map(|(known, _)| known.as_str()).collect();
        let help = suggest::help(name, &known);
        self.report_word(position, name, "unknown-name", format!("There is no {name}."), help);
        Type::Any
    }

    /// `a.b.c(d)`: the tree leans to the right, so what is on the left is carried along.
    pub(super) fn chain(&mut self, expr: &Expr) -> Type {
        let Expr::Dot(pair, ..) = expr else { return Type::Any };
        let receiver = self.kind(&pair.lhs);
        self.link(receiver, expr)
    }

    fn link(&mut self, receiver: Type, dot: &Expr) -> Type {
        let Expr::Dot(pair, flags, position) = dot else { return Type::Any };
        if flags.contains(ASTFlags::NEGATED) {
            let help = "Write a single dot; what may be unknown is asked with known(…) or or_else(…, …).";
            self.report(*position, "not-in-policies", "?. has no place in a policy.", Some(help.to_owned()));
        }
        match &pair.rhs {
            rest @ Expr::Dot(next, ..) => {
                let receiver = self.member(receiver, &next.lhs);
                self.link(receiver, rest)
            }
            last => self.member(receiver, last),
        }
    }

    fn member(&mut self, receiver: Type, expr: &Expr) -> Type {
        match expr {
            Expr::Property(property, position) => self.field(receiver, &property.2, *position),
            Expr::MethodCall(call, position) => self.method(receiver, call, *position),
            Expr::Index(..) => self.kind(expr),
            other => {
                let help = "After a dot comes the name of a fact, or a question such as contains(\"legal\").";
                self.report(other.start_position(), "index", "This cannot be read after a dot.", Some(help.to_owned()));
                Type::Any
            }
        }
    }

    fn field(&mut self, receiver: Type, name: &str, position: Position) -> Type {
        if receiver == Type::Any {
            return Type::Any;
        }
        let fields = fields_of(receiver);
        if let Some((_, kind)) = fields.iter().find(|(known, _)| *known == name) {
            return *kind;
        }
        let method =
            FUNCTIONS.iter().find(|f| f.name == name && f.takes.first().is_some_and(|first| first.takes(receiver)));
        let (message, help) = if let Some(method) = method {
            (format!("{name} needs parentheses."), Some(format!("Write {}", method.example)))
        } else {
            let known: Vec<&str> = fields.iter().map(|(known, _)| *known).collect();
            (format!("{} has no {name}.", capital(receiver.words())), suggest::help(name, &known))
        };
        self.report_word(position, name, "unknown-field", message, help);
        Type::Any
    }
}

/// Names and kinds of what can be read from a value.
pub(super) fn fields_of(receiver: Type) -> Vec<(&'static str, Type)> {
    let of_objects = FIELDS.iter().filter(|field| field.object == receiver).map(|field| (field.name, field.gives));
    let shared = match receiver {
        kind if kind.is_text() => Type::Text,
        kind if kind.is_set_of_names() => Type::Names,
        kind => kind,
    };
    let of_values = TEXT_FIELDS.iter().filter(|(kind, ..)| *kind == shared).map(|(_, name, gives, _)| (*name, *gives));
    of_objects.chain(of_values).collect()
}

pub(super) fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
