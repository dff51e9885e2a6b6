//! Calls: the function exists, is called where it belongs, with what it takes; operators compare like with like.

use super::{Checker, Part, Type, chains::fields_of};
use crate::{
    check::suggest,
    functions::{FUNCTIONS, Function, Place},
    syntax::STATEMENTS,
};
use rhai::{Expr, FnCallExpr, Position};

impl Checker<'_> {
    pub(super) fn call(&mut self, call: &FnCallExpr, position: Position) -> Type {
        match (call.name.as_str(), call.args.as_slice()) {
            ("!", [value]) => {
                self.yes_or_no(value, "What follows !");
                Type::Bool
            }
            ("-", [value]) => self.number(value, "-"),
            ("==" | "!=", [left, right]) => self.equality(&call.name, left, right, position),
            ("<" | "<=" | ">" | ">=", [left, right]) => self.order(&call.name, left, right, position),
            ("+" | "-" | "*" | "/" | "%", [left, right]) => self.arithmetic(&call.name, left, right, position),
            (name, arguments) if call.op_token.is_none() || name == "contains" => {
                let kinds: Vec<Type> = arguments.iter().map(|argument| self.kind(argument)).collect();
                let given: Vec<(Type, Option<&Expr>)> = kinds.into_iter().zip(arguments.iter().map(Some)).collect();
                self.named(name, &given, position, false)
            }
            (sign, _) => {
                let help = "Compare with == != < <= > >= in, calculate with + - * / %, and join with && and ||.";
                let message = format!("{sign} has no place in a policy.");
                self.report_word(position, sign, "not-in-policies", message, Some(help.to_owned()));
                Type::Any
            }
        }
    }

    pub(super) fn method(&mut self, receiver: Type, call: &FnCallExpr, position: Position) -> Type {
        let mut given = vec![(receiver, None)];
        for argument in &call.args {
            given.push((self.kind(argument), Some(argument)));
        }
        self.named(&call.name, &given, position, true)
    }

    /// A call by name; `given` begins with what a method is called on.
    fn named(&mut self, name: &str, given: &[(Type, Option<&Expr>)], position: Position, is_method: bool) -> Type {
        let kinds: Vec<Type> = given.iter().map(|(kind, _)| *kind).collect();
        if !is_method && self.functions.has(name) {
            return self.script_function(name, &kinds, position);
        }
        let named: Vec<&Function> = FUNCTIONS.iter().filter(|function| function.name == name).collect();
        if named.is_empty() {
            self.unknown_function(name, &kinds, position, is_method);
            return Type::Any;
        }
        let fits = |function: &&&Function| {
            function.takes.len() == kinds.len()
                && function.takes.iter().zip(&kinds).all(|(takes, kind)| takes.takes(*kind))
        };
        let Some(function) = named.iter().find(fits) else {
            self.wrong_arguments(&named, &kinds, position);
            return named[0].gives;
        };
        if !self.is_in_place(function, position) {
            return Type::Any;
        }
        for (takes, (kind, expr)) in function.takes.iter().zip(given) {
            self.name_argument(*takes, *kind, *expr);
            if let (Place::Rule | Place::Guard, Type::Text) = (function.place, takes) {
                self.says_something(name, *expr);
            }
        }
        if let ("contains", [(Type::List, Some(Expr::Array(entries, _))), (kind, _)]) = (name, given) {
            self.name_list(*kind, entries);
        }
        function.gives
    }

    /// The names in `case.team in ["care", "legal"]` must exist like any others.
    fn name_list(&mut self, kind: Type, entries: &[Expr]) {
        for entry in entries {
            if let (true, Expr::StringConstant(name, position)) = (kind.is_name(), entry) {
                let wrong = self.names.verify(kind, name, &self.at(*position));
                self.found.extend(wrong);
            }
        }
    }

    /// People read what an effect writes.
    fn says_something(&mut self, name: &str, expr: Option<&Expr>) {
        if let Some(Expr::StringConstant(text, position)) = expr
            && text.trim().is_empty()
        {
            let message = format!("{name} has nothing to say here.");
            let help = "Write what people should read between the quotation marks.";
            let at = self.at(*position);
            let end = at.column + text.chars().count() as u32 + 2;
            self.found.push(at.error("empty", message).help(help).until(end));
        }
    }

    /// Names of teams, articles and the like must exist, so they stand there in quotes or come from a fact of that kind.
    fn name_argument(&mut self, takes: Type, kind: Type, expr: Option<&Expr>) {
        let (true, Some(expr)) = (takes.is_name() && takes != kind && kind != Type::Any, expr) else { return };
        if let Expr::StringConstant(name, position) = expr {
            let at = self.at(*position);
            let wrong = match takes {
                Type::Article => self.names.verify_timed(name, &at),
                _ => self.names.verify(takes, name, &at),
            };
            self.found.extend(wrong);
        } else {
            let message = format!("Here belongs {} by its name in quotes, so that it can be checked.", takes.words());
            self.report_expr(expr, "name-not-literal", message, None);
        }
    }

    fn is_in_place(&mut self, function: &Function, position: Position) -> bool {
        let name = function.name;
        let (code, message, help) = match (function.place, self.part) {
            (Place::Anywhere, _) | (Place::Rule, Part::RuleThen) | (Place::Guard, Part::GuardThen) => return true,
            (Place::Rule, Part::RuleWhen) | (Place::Guard, Part::GuardWhen) => (
                "effect-in-condition",
                format!("{name} does something, and a condition only looks."),
                "Move it into the braces after then.",
            ),
            (Place::Rule, _) => (
                "misplaced",
                format!("{name} belongs in a rule; a guard only judges a reply."),
                "Use warn(\"…\") or stop(\"…\") here, or write a rule.",
            ),
            (Place::Guard, _) => (
                "misplaced",
                format!("{name} belongs in a guard, which looks at a reply before it leaves."),
                "Write a guard for it.",
            ),
            (Place::Flow, _) => {
                ("misplaced", format!("{name} is a step of a flow."), "Write a flow, and escalate(\"its name\") here.")
            }
        };
        self.report_word(position, name, code, message, Some(help.to_owned()));
        false
    }

    fn unknown_function(&mut self, name: &str, kinds: &[Type], position: Position, is_method: bool) {
        if STATEMENTS.contains(&name) {
            self.report_word(
                position,
                name,
                "unknown-function",
                format!("{name} begins a statement of its own."),
                None,
            );
            return;
        }
        let is_field = is_method && fields_of(kinds[0]).iter().any(|(field, _)| *field == name);
        let help = if is_field {
            Some(format!("{name} is read without parentheses."))
        } else {
            let here = |function: &&Function| match function.place {
                Place::Anywhere => true,
                Place::Rule => self.part == Part::RuleThen,
                Place::Guard => self.part == Part::GuardThen,
                Place::Flow => false,
            };
            let on = |function: &&Function| !is_method || function.takes[0].takes(kinds[0]);
            let known = FUNCTIONS.iter().filter(here).filter(on).map(|function| function.name);
            suggest::nearest(name, known.chain(self.functions.names())).map(|near| format!("Did you mean {near}?"))
        };
        self.report_word(position, name, "unknown-function", format!("There is no function {name}."), help);
    }

    fn wrong_arguments(&mut self, named: &[&Function], kinds: &[Type], position: Position) {
        if kinds.contains(&Type::Any) {
            return;
        }
        let function = named[0];
        let given: Vec<&str> = kinds.iter().map(|kind| kind.words()).collect();
        let given = if given.is_empty() { "nothing".to_owned() } else { given.join(" and ") };
        let takes: Vec<String> = named
            .iter()
            .map(|function| function.takes.iter().map(|kind| kind.words()).collect::<Vec<_>>().join(" and "))
            .collect();
        let message = format!("{} takes {}; it is given {given}.", function.name, takes.join(", or "));
        let help = Some(format!("For example: {}", function.example));
        self.report_word(position, function.name, "arguments", message, help);
    }

    fn equality(&mut self, sign: &str, left: &Expr, right: &Expr, position: Position) -> Type {
        let (a, b) = (self.kind(left), self.kind(right));
        if !a.compares_with(b) {
            self.unlike(sign, a, b, position);
        }
        // A fact with known words beside a word in quotes.
        for (kind, other) in [(a, right), (b, left)] {
            if let (true, Expr::StringConstant(word, at)) = (kind.is_name(), other) {
                let at = self.at(*at);
                self.found.extend(self.names.verify(kind, word, &at));
            }
        }
        Type::Bool
    }

    fn order(&mut self, sign: &str, left: &Expr, right: &Expr, position: Position) -> Type {
        let (a, b) = (self.kind(left), self.kind(right));
        let ordered = |kind| matches!(kind, Type::Number | Type::Time | Type::Span | Type::Any);
        if !(ordered(a) && ordered(b) && a.takes(b)) {
            self.unlike(sign, a, b, position);
        }
        Type::Bool
    }

    fn unlike(&mut self, sign: &str, a: Type, b: Type, position: Position) {
        if a == Type::Any || b == Type::Any {
            return;
        }
        let message = format!("{sign} cannot compare {} with {}.", a.words(), b.words());
        let help = match (a, b) {
            (Type::Number, b) | (b, Type::Number) if b.is_text() => Some("Write numbers without quotes."),
            (Type::Span, Type::Number) | (Type::Number, Type::Span) => {
                Some("Write the length of time as days(2) or hours(4).")
            }
            (Type::Time, Type::Span) | (Type::Span, Type::Time) => {
                Some("Subtract two times first: now - case.opened_at > days(2).")
            }
            (a, b) if a.is_text() && b.is_text() => {
                Some("Texts are equal or not; only numbers and times have an order.")
            }
            (a, b) if a.is_set() || b.is_set() => {
                Some("Ask a set with contains, as in case.labels.contains(\"legal\").")
            }
            _ => None,
        };
        self.report_word(position, sign, "compare", message, help.map(str::to_owned));
    }

    fn arithmetic(&mut self, sign: &str, left: &Expr, right: &Expr, position: Position) -> Type {
        let (a, b) = (self.kind(left), self.kind(right));
        match (a, sign, b) {
            (Type::Any, ..) | (.., Type::Any) => Type::Any,
            (Type::Number, _, Type::Number) => Type::Number,
            (Type::Time, "-", Type::Time) | (Type::Span, "+" | "-", Type::Span) => Type::Span,
            (Type::Time, "+" | "-", Type::Span) => Type::Time,
            (a, "+", b) if a.is_text() && b.is_text() => Type::Text,
            _ => {
                let message = format!("{sign} cannot be used with {} and {}.", a.words(), b.words());
                let help = matches!((a, b), (Type::Time | Type::Span, Type::Number))
                    .then(|| "Write the length of time as days(2) or hours(4).".to_owned());
                self.report_word(position, sign, "arithmetic", message, help);
                Type::Any
            }
        }
    }

    fn number(&mut self, expr: &Expr, sign: &str) -> Type {
        let kind = self.kind(expr);
        if !Type::Number.takes(kind) {
            let message = format!("{sign} needs a number, and this is {}.", kind.words());
            self.report_expr(expr, "arithmetic", message, None);
        }
        Type::Number
    }
}
