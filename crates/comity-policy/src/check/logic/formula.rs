//! A condition as a formula: which answers to which questions make it yes, no, or not yes.
//!
//! Every step allows at least what the evaluator allows, never less: what is impossible here is impossible there.

use super::{
    Env, Logic,
    subjects::{Id, Literal},
    values::{Order, Values},
};
use crate::syntax::{KNOWN, OR_ELSE};
use rhai::{Expr, FnCallExpr};

/// Functions called by functions that are looked into.
const DEEPEST_CALLS: usize = 4;

#[derive(Clone, Debug)]
pub(in crate::check) enum Formula {
    Always,
    Never,
    Is(Literal),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// What a condition should come to; it can also be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum Want {
    Yes,
    No,
    NotYes,
    NotNo,
}

impl Want {
    const fn of_the_opposite(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::NotYes => Self::NotNo,
            Self::NotNo => Self::NotYes,
        }
    }

    const fn is_met_by(self, yes: bool) -> bool {
        match self {
            Self::Yes | Self::NotNo => yes,
            Self::No | Self::NotYes => !yes,
        }
    }

    const fn may_be_unknown(self) -> bool {
        matches!(self, Self::NotYes | Self::NotNo)
    }
}

const fn constant(holds: bool) -> Formula {
    if holds { Formula::Always } else { Formula::Never }
}

fn is(subject: Id, values: Values, want: Want) -> Formula {
    Formula::Is(Literal { subject, values, may_be_unknown: want.may_be_unknown() })
}

impl Formula {
    pub(super) fn yes(subject: Id, want: Want) -> Self {
        is(subject, Values::yes(want.is_met_by(true)), want)
    }

    pub(super) fn word(subject: Id, word: &str, want: Want) -> Self {
        let values = if want.is_met_by(true) { Values::words([word]) } else { Values::all_words_but([word]) };
        is(subject, values, want)
    }
}

impl<'a> Logic<'a> {
    pub(super) fn formula(&self, expr: &'a Expr, want: Want, env: &Env<'a>) -> Formula {
        if !self.may_go_on() {
            return Formula::Always;
        }
        match expr {
            Expr::BoolConstant(value, _) => constant(want.is_met_by(*value)),
            Expr::And(parts, _) => self.and(parts, want, env),
            Expr::Or(parts, _) => self.or(parts, want, env),
            Expr::FnCall(call, _) => self.call(expr, call, want, env),
            Expr::Custom(custom, _) => match (custom.tokens[0].as_str(), &custom.inputs[..]) {
                (KNOWN, [fact]) => self.known(fact, want.is_met_by(true), env),
                (OR_ELSE, [fact, instead]) => self.or_else(fact, instead, want, env),
                _ => self.question(expr, want, env),
            },
            Expr::Variable(name, ..) => match env.find(&name.1) {
                Some((expr, env)) => self.formula(expr, want, &env),
                None => self.question(expr, want, env),
            },
            _ => self.question(expr, want, env),
        }
    }

    fn each(&self, parts: &'a [Expr], want: Want, env: &Env<'a>) -> Vec<Formula> {
        parts.iter().map(|part| self.formula(part, want, env)).collect()
    }

    fn and(&self, parts: &'a [Expr], want: Want, env: &Env<'a>) -> Formula {
        match (want, parts) {
            (Want::Yes, _) => Formula::All(self.each(parts, want, env)),
            (Want::No | Want::NotYes, _) => Formula::Any(self.each(parts, want, env)),
            (Want::NotNo, []) => Formula::Always,
            // Once a part is unknown, nobody looks at those behind it.
            (Want::NotNo, [first, rest @ ..]) => Formula::All(vec![
                self.formula(first, Want::NotNo, env),
                Formula::Any(vec![self.formula(first, Want::NotYes, env), self.and(rest, Want::NotNo, env)]),
            ]),
        }
    }

    fn or(&self, parts: &'a [Expr], want: Want, env: &Env<'a>) -> Formula {
        match (want, parts) {
            (Want::No, _) => Formula::All(self.each(parts, want, env)),
            (Want::Yes | Want::NotNo, _) => Formula::Any(self.each(parts, want, env)),
            (Want::NotYes, []) => Formula::Always,
            (Want::NotYes, [first, rest @ ..]) => Formula::All(vec![
                self.formula(first, Want::NotYes, env),
                Formula::Any(vec![self.formula(first, Want::NotNo, env), self.or(rest, Want::NotYes, env)]),
            ]),
        }
    }

    fn call(&self, expr: &'a Expr, call: &'a FnCallExpr, want: Want, env: &Env<'a>) -> Formula {
        match (call.name.as_str(), call.args.as_slice()) {
            ("!", [value]) => self.formula(value, want.of_the_opposite(), env),
            ("contains", [Expr::Array(entries, _), value]) => self.one_of(expr, entries, value, want, env),
            (sign, [left, right]) if call.op_token.is_some() => match Order::parse(sign) {
                Some(order) => self.comparison(order, left, right, want, env),
                None => self.question(expr, want, env),
            },
            (name, arguments) => match self.functions.get(name) {
                Some(function) if function.parameters.len() == arguments.len() && env.calls < DEEPEST_CALLS => {
                    let given = function.parameters.iter().map(String::as_str).zip(arguments);
                    let names = given.map(|(name, expr)| (name, expr, env.clone())).collect();
                    let body = self.formula(&function.body, want, &Env::new(names, env.calls + 1));
                    // What a function is given is worked out first, whether or not its body looks at it.
                    let is_known = !want.may_be_unknown();
                    let given = arguments.iter().filter(|given| !given.is_constant());
                    let parts = given.map(|given| self.known(given, is_known, env)).chain([body]).collect();
                    if is_known { Formula::All(parts) } else { Formula::Any(parts) }
                }
                _ => self.question(expr, want, env),
            },
        }
    }

    /// Something that is yes or no and is not looked into.
    fn question(&self, expr: &'a Expr, want: Want, env: &Env<'a>) -> Formula {
        self.subject(expr, env).map_or(Formula::Always, |subject| Formula::yes(subject, want))
    }

    fn comparison(&self, order: Order, left: &'a Expr, right: &'a Expr, want: Want, env: &Env<'a>) -> Formula {
        let (left, left_env) = env.resolved(left);
        let (right, right_env) = env.resolved(right);
        if let (Some(one), Some(other)) = (number(left), number(right)) {
            return constant(want.is_met_by(order.holds(one, other)));
        }
        if let (Expr::StringConstant(one, _), Expr::StringConstant(other, _)) = (left, right) {
            return constant(want.is_met_by((one == other) == (order == Order::Equal)));
        }
        let asked = |order: Order| if want.is_met_by(true) { order } else { order.negated() };
        for (value, fixed, env, order) in [(left, right, &left_env, order), (right, left, &right_env, order.turned())] {
            let is_equal = match order {
                Order::Equal => Some(true),
                Order::Different => Some(false),
                _ => None,
            };
            let values = match (fixed, number(fixed), is_equal) {
                (_, Some(number), _) => Values::compared(asked(order), number),
                (Expr::StringConstant(text, _), _, Some(is_equal)) if want.is_met_by(is_equal) => {
                    Values::words([text.as_str()])
                }
                (Expr::StringConstant(text, _), _, Some(_)) => Values::all_words_but([text.as_str()]),
                (Expr::BoolConstant(yes, _), _, Some(is_equal)) => {
                    let want = if *yes == is_equal { want } else { want.of_the_opposite() };
                    return self.formula(value, want, env);
                }
                _ => continue,
            };
            let subject = self.subject(value, env);
            return subject.map_or(Formula::Always, |subject| is(subject, values, want));
        }
        match self.pair(left, &left_env, right, &right_env) {
            Some((subject, is_turned)) => {
                let order = asked(if is_turned { order.turned() } else { order });
                is(subject, Values::compared(order, 0.0), want)
            }
            None => Formula::Always,
        }
    }

    /// `event.kind in ["post", "post_edited"]`
    fn one_of(&self, expr: &'a Expr, entries: &'a [Expr], value: &'a Expr, want: Want, env: &Env<'a>) -> Formula {
        let word = |entry: &'a Expr| match entry {
            Expr::StringConstant(text, _) => Some(text.as_str()),
            _ => None,
        };
        let words: Option<Vec<&str>> = entries.iter().map(word).collect();
        match (words, self.subject(value, env)) {
            (Some(words), Some(subject)) if want.is_met_by(true) => is(subject, Values::words(words), want),
            (Some(words), Some(subject)) => is(subject, Values::all_words_but(words), want),
            _ => self.question(expr, want, env),
        }
    }

    fn known(&self, fact: &'a Expr, is_known: bool, env: &Env<'a>) -> Formula {
        let (fact, env) = env.resolved(fact);
        if is_condition(fact) {
            return if is_known {
                Formula::Any(vec![self.formula(fact, Want::Yes, &env), self.formula(fact, Want::No, &env)])
            } else {
                self.unknown(fact, &env)
            };
        }
        let values = if is_known { Values::Any } else { Values::none() };
        let literal = |subject| Formula::Is(Literal { subject, values, may_be_unknown: !is_known });
        self.subject(fact, &env).map_or(Formula::Always, literal)
    }

    fn unknown(&self, fact: &'a Expr, env: &Env<'a>) -> Formula {
        Formula::All(vec![self.formula(fact, Want::NotYes, env), self.formula(fact, Want::NotNo, env)])
    }

    fn or_else(&self, fact: &'a Expr, instead: &'a Expr, want: Want, env: &Env<'a>) -> Formula {
        let known = if want.is_met_by(true) { Want::Yes } else { Want::No };
        let stands_in = Formula::All(vec![self.unknown(fact, env), self.formula(instead, want, env)]);
        Formula::Any(vec![self.formula(fact, known, env), stands_in])
    }
}

/// Whether it is yes or no by its form.
fn is_condition(expr: &Expr) -> bool {
    match expr {
        Expr::And(..) | Expr::Or(..) | Expr::BoolConstant(..) => true,
        Expr::FnCall(call, _) => call.op_token.is_some() && (call.name == "!" || Order::parse(&call.name).is_some()),
        _ => false,
    }
}

/// A number, or the seconds of a length of time. Large ones are not told apart exactly, so they are left alone.
fn number(expr: &Expr) -> Option<f64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let value = match expr {
        Expr::IntegerConstant(value, _) => *value as f64,
        Expr::FloatConstant(value, _) => **value,
        Expr::FnCall(call, _) => match (call.name.as_str(), call.args.as_slice()) {
            ("-", [value]) => -number(value)?,
            ("minutes", [count]) => (number(count)? * 60.0).round(),
            ("hours", [count]) => (number(count)? * 3_600.0).round(),
            ("days", [count]) => (number(count)? * 86_400.0).round(),
            _ => return None,
        },
        _ => return None,
    };
    (value.abs() < EXACT).then_some(value)
}

/// A function whose body is one condition.
pub(in crate::check) struct Function {
    pub parameters: Vec<String>,
    pub body: Expr,
}
