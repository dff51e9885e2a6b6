//! The kinds of every value in conditions and effects, and that every name in them exists.
//!
//! A function written in a script is looked at with the kinds it is called with, so what stands in it is known as well as
//! what stands in a rule.

mod calls;
mod chains;
mod functions;

use super::{names::Names, place, rules::part, types::Type};
use crate::{
    Diagnostic, Limits,
    declare::{At, Script},
    objects::VARIABLES,
    syntax::{CHARTER, KNOWN, OR_ELSE},
};
use functions::ScriptFunctions;
use rhai::{ASTFlags, Expr, Position, Stmt};

/// Where in a rule or guard something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    RuleWhen,
    RuleThen,
    GuardWhen,
    GuardThen,
}

impl Part {
    const fn is_guard(self) -> bool {
        matches!(self, Self::GuardWhen | Self::GuardThen)
    }
}

pub(super) struct Checker<'a> {
    names: &'a Names,
    functions: ScriptFunctions<'a>,
    pub found: &'a mut Vec<Diagnostic>,
    file: String,
    part: Part,
    /// Variables by name; the innermost last.
    variables: Vec<(String, Type)>,
    /// What `return` in the function being looked at gives.
    returned: Option<Type>,
    limits: &'a Limits,
    /// Functions being looked at, one called by the other.
    depth: usize,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        scripts: &'a [Script],
        names: &'a Names,
        limits: &'a Limits,
        found: &'a mut Vec<Diagnostic>,
    ) -> Self {
        let functions = ScriptFunctions::of(scripts, found);
        let (file, part) = (String::new(), Part::RuleWhen);
        Self { names, functions, found, file, part, variables: Vec::new(), returned: None, limits, depth: 0 }
    }

    pub(super) fn condition(&mut self, file: &str, when: &Expr, is_guard: bool) {
        self.enter(file, part(is_guard, false));
        self.yes_or_no(when, "A condition");
    }

    pub(super) fn effects(&mut self, file: &str, then: &Expr, is_guard: bool) {
        self.enter(file, part(is_guard, true));
        if let Expr::Stmt(block) = then {
            self.block(block.statements());
        }
    }

    fn enter(&mut self, file: &str, part: Part) {
        file.clone_into(&mut self.file);
        self.part = part;
        let visible = VARIABLES.iter().filter(|(name, _)| part.is_guard() || *name != "reply");
        self.variables = visible.map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
    }

    fn at(&self, position: Position) -> At {
        At::new(&self.file, position)
    }

    fn report(&mut self, position: Position, code: &str, message: impl Into<String>, help: Option<String>) {
        let diagnostic = self.at(position).error(code, message).maybe_help(help);
        self.found.push(diagnostic);
    }

    /// The same of an expression, with its end where that is known.
    fn report_expr(&mut self, expr: &Expr, code: &str, message: impl Into<String>, help: Option<String>) {
        let mut diagnostic = self.at(place::start(expr)).error(code, message).maybe_help(help);
        diagnostic.end_column = place::end(expr);
        self.found.push(diagnostic);
    }

    /// The same with the end of the word that is meant.
    fn report_word(&mut self, position: Position, word: &str, code: &str, message: String, help: Option<String>) {
        let at = self.at(position);
        let end = at.column + word.chars().count() as u32;
        self.found.push(at.error(code, message).maybe_help(help).until(end));
    }

    /// More is not shown, and finding it takes as long again.
    fn has_said_enough(&self) -> bool {
        self.found.len() > 2 * self.limits.diagnostics
    }

    /// Checks statements in a scope of their own; gives the kind of the last.
    fn block(&mut self, statements: &[Stmt]) -> Type {
        let visible = self.variables.len();
        let mut last = Type::Nothing;
        for statement in statements {
            if self.has_said_enough() {
                return Type::Any;
            }
            last = self.statement(statement);
        }
        self.variables.truncate(visible);
        last
    }

    fn statement(&mut self, statement: &Stmt) -> Type {
        let only = "In braces stand effects, if, and let.";
        match statement {
            Stmt::Noop(_) => Type::Nothing,
            Stmt::Expr(expr) => self.kind(expr),
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Block(block) => self.block(block.statements()),
            Stmt::If(flow, _) => {
                self.yes_or_no(&flow.expr, "What follows if");
                let yes = self.block(flow.body.statements());
                let no = self.block(flow.branch.statements());
                if yes == no { yes } else { Type::Nothing }
            }
            Stmt::Var(declared, ..) => {
                let kind = self.kind(&declared.1);
                self.variables.push((declared.0.name.to_string(), kind));
                Type::Nothing
            }
            Stmt::Return(value, flags, position) if !flags.contains(ASTFlags::BREAK) => {
                let kind = value.as_ref().map_or(Type::Nothing, |value| self.kind(value));
                if self.depth == 0 {
                    self.report(*position, "not-in-policies", "return belongs to functions.", Some(only.to_owned()));
                }
                self.returned = Some(self.returned.map_or(kind, |earlier| self.same_kind(earlier, kind, *position)));
                // Nothing comes after it, so this way gives whatever the others give.
                Type::Any
            }
            Stmt::Assignment(assignment) => {
                let help = "A policy changes nothing itself: effects such as label(\"…\") say what should be done. To \
                            compare, write ==.";
                self.report_expr(&assignment.1.lhs, "assignment", "Nothing can be changed here.", Some(help.into()));
                Type::Nothing
            }
            Stmt::While(_, position) | Stmt::Do(_, _, position) | Stmt::For(_, position) => {
                let help = "Ask for what you need at once, for example with contains or in.";
                self.report(*position, "loop", "A policy has no loops.", Some(help.to_owned()));
                Type::Any
            }
            other => {
                self.report(
                    other.position(),
                    "not-in-policies",
                    "This has no place in a policy.",
                    Some(only.to_owned()),
                );
                Type::Any
            }
        }
    }

    /// The kind that two ways through a function have in common.
    fn same_kind(&mut self, one: Type, other: Type, position: Position) -> Type {
        if one == Type::Any || one == other {
            return other;
        }
        if !one.takes(other) {
            let message = format!("This function gives {} in one way and {} in another.", one.words(), other.words());
            let help = "Let every way give the same kind of value.";
            self.report(position, "mixed-kinds", message, Some(help.to_owned()));
        }
        if one.is_text() && other.is_text() { Type::Text } else { one }
    }

    /// Checks that an expression is yes or no.
    fn yes_or_no(&mut self, expr: &Expr, what: &str) {
        let kind = self.kind(expr);
        if !Type::Bool.takes(kind) {
            let help = match kind {
                Type::Text => {
                    Some("Compare it, as in event.kind == \"post\", or ask it, as in event.text.asks.".to_owned())
                }
                Type::Number => Some("Compare it, as in case.company_replies >= 2.".to_owned()),
                Type::Time | Type::Span => Some("Compare it, as in now - case.opened_at > days(2).".to_owned()),
                kind if kind.is_set_of_names() => Some("Ask it, as in case.labels.contains(\"legal\").".to_owned()),
                _ => None,
            };
            let message = format!("{what} is yes or no, and this is {}.", kind.words());
            self.report_expr(expr, "not-yes-or-no", message, help);
        }
    }

    /// The kind of value an expression gives.
    fn kind(&mut self, expr: &Expr) -> Type {
        match expr {
            Expr::BoolConstant(..) => Type::Bool,
            Expr::IntegerConstant(..) | Expr::FloatConstant(..) => Type::Number,
            Expr::StringConstant(..) => Type::Text,
            Expr::InterpolatedString(parts, _) => {
                for part in parts {
                    self.kind(part);
                }
                Type::Text
            }
            Expr::Unit(_) => Type::Nothing,
            Expr::Variable(name, _, position) => self.variable(&name.1, *position),
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::Dot(..) => self.chain(expr),
            Expr::And(parts, _) | Expr::Or(parts, _) => {
                let sign = if matches!(expr, Expr::And(..)) { "&&" } else { "||" };
                parts.iter().for_each(|part| self.yes_or_no(part, &format!("Each side of {sign}")));
                Type::Bool
            }
            Expr::Array(entries, _) => {
                for entry in entries {
                    let kind = self.kind(entry);
                    if !Type::Text.takes(kind) {
                        let message = format!("A list holds texts, and this is {}.", kind.words());
                        self.report_expr(entry, "list", message, None);
                    }
                }
                Type::List
            }
            Expr::Stmt(block) => self.block(block.statements()),
            Expr::Custom(custom, position) => match (custom.tokens[0].as_str(), &custom.inputs[..]) {
                (CHARTER, []) => self.variable(CHARTER, *position),
                (KNOWN, [fact]) => {
                    self.kind(fact);
                    Type::Bool
                }
                (OR_ELSE, [fact, instead]) => {
                    let (kind, other) = (self.kind(fact), self.kind(instead));
                    if !kind.takes(other) {
                        let message = format!(
                            "or_else takes two of a kind, and these are {} and {}.",
                            kind.words(),
                            other.words()
                        );
                        self.report_expr(instead, "type", message, None);
                    }
                    kind
                }
                (statement, _) => {
                    let help = "Close the braces of the statement before it.";
                    self.report(
                        *position,
                        "nested",
                        format!("A {statement} stands inside another statement."),
                        Some(help.into()),
                    );
                    Type::Any
                }
            },
            Expr::CharConstant(_, position) => {
                self.report(
                    *position,
                    "quotes",
                    "Text stands in double quotes.",
                    Some("Write \" instead of '.".to_owned()),
                );
                Type::Any
            }
            Expr::Coalesce(_, position) => {
                let help = "Write or_else(author.followers, 0).";
                self.report(*position, "not-in-policies", "?? has no place in a policy.", Some(help.to_owned()));
                Type::Any
            }
            Expr::Index(_, _, position) => {
                let help = "Ask with contains, as in case.labels.contains(\"legal\").";
                self.report(*position, "index", "Nothing here is read with square brackets.", Some(help.to_owned()));
                Type::Any
            }
            other => {
                let message = "This has no place in a policy: it has no maps, functions as values, or this.";
                self.report_expr(other, "not-in-policies", message, None);
                Type::Any
            }
        }
    }
}
