//! An expression as one text, with variables and parameters replaced by what they stand for: what is the same reads the same.

use super::{Env, facts};
use crate::syntax::{CHARTER, KNOWN, OR_ELSE};
use rhai::{Expr, FnCallExpr};

/// Longer ones are not compared.
const LONGEST: usize = 500;

#[derive(Default)]
pub(super) struct Written {
    pub text: String,
    /// Facts that have to be known for the whole to be.
    pub facts: Vec<String>,
    /// Whether it may be unknown for reasons that do not show in the facts.
    pub is_opaque: bool,
}

/// Nothing for what is too long, or not of the language.
pub(super) fn written(expr: &Expr, env: &Env<'_>) -> Option<Written> {
    let mut written = Written::default();
    written.expr(expr, env).then_some(written)
}

impl Written {
    /// False when it gives up.
    fn expr(&mut self, expr: &Expr, env: &Env<'_>) -> bool {
        if self.text.len() > LONGEST {
            return false;
        }
        match expr {
            Expr::BoolConstant(value, _) => self.push(&value.to_string()),
            Expr::IntegerConstant(value, _) => self.push(&value.to_string()),
            Expr::FloatConstant(value, _) => self.push(&value.to_string()),
            Expr::StringConstant(text, _) => self.push(&format!("{text:?}")),
            Expr::Variable(name, ..) => self.variable(&name.1, env),
            Expr::Dot(..) => self.chain(expr, env),
            Expr::FnCall(call, _) => self.call(call, env),
            Expr::Array(entries, _) => self.list("[", entries, "]", env),
            Expr::And(parts, _) => self.lazy(&parts[..], " && ", env),
            Expr::Or(parts, _) => self.lazy(&parts[..], " || ", env),
            Expr::Custom(custom, _) => match (custom.tokens[0].as_str(), &custom.inputs[..]) {
                (CHARTER, []) => self.variable(CHARTER, env),
                (name @ (KNOWN | OR_ELSE), inputs) => {
                    self.push(name);
                    let facts = self.facts.len();
                    let done = self.list("(", inputs, ")", env);
                    // It is there for what is not known; only what stands in for that may be unknown again.
                    self.facts.truncate(facts);
                    self.is_opaque |= inputs.get(1).is_some_and(|instead| !instead.is_constant());
                    done
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn push(&mut self, text: &str) -> bool {
        self.text.push_str(text);
        true
    }

    fn variable(&mut self, name: &str, env: &Env<'_>) -> bool {
        match env.find(name) {
            Some((expr, env)) => self.operand(expr, &env),
            None if facts::is_object(name) => {
                if facts::is_fact(name) {
                    self.facts.push(name.to_owned());
                }
                self.push(name)
            }
            None => {
                self.is_opaque = true;
                self.push(name)
            }
        }
    }

    fn chain(&mut self, expr: &Expr, env: &Env<'_>) -> bool {
        let Expr::Dot(pair, ..) = expr else { return false };
        let start = self.text.len();
        if !self.operand(&pair.lhs, env) {
            return false;
        }
        let mut rest = &pair.rhs;
        loop {
            let (link, next) = match rest {
                Expr::Dot(pair, ..) => (&pair.lhs, Some(&pair.rhs)),
                last => (last, None),
            };
            self.text.push('.');
            let done = match link {
                Expr::Property(property, _) => self.push(&property.2),
                Expr::MethodCall(call, _) => {
                    self.is_opaque |= !facts::ALWAYS_ANSWERED.contains(&call.name.as_str());
                    self.push(&call.name) && self.list("(", &call.args, ")", env)
                }
                _ => false,
            };
            if !done {
                return false;
            }
            if facts::is_fact(&self.text[start..]) {
                self.facts.push(self.text[start..].to_owned());
            } else if let Expr::Property(property, _) = link {
                self.is_opaque |= !facts::ALWAYS_ANSWERED.contains(&property.2.as_str());
            }
            match next {
                Some(next) => rest = next,
                None => return true,
            }
        }
    }

    fn call(&mut self, call: &FnCallExpr, env: &Env<'_>) -> bool {
        match (call.name.as_str(), call.args.as_slice()) {
            (sign, [value]) if call.op_token.is_some() => self.push(sign) && self.operand(value, env),
            // `"x" in case.labels` is `case.labels.contains("x")`.
            ("contains", [of, what]) => {
                self.operand(of, env) && self.push(".contains(") && self.expr(what, env) && self.push(")")
            }
            (sign, [left, right]) if call.op_token.is_some() => {
                self.operand(left, env) && self.push(&format!(" {sign} ")) && self.operand(right, env)
            }
            (name, arguments) => {
                // What a script's own function does with what it is given does not show here.
                self.is_opaque |= !facts::ALWAYS_ANSWERED.contains(&name);
                self.push(name) && self.list("(", arguments, ")", env)
            }
        }
    }

    /// In parentheses when it is made of several parts.
    fn operand(&mut self, expr: &Expr, env: &Env<'_>) -> bool {
        let is_made_of_parts = match expr {
            Expr::And(..) | Expr::Or(..) => true,
            Expr::FnCall(call, _) => call.op_token.is_some() && call.args.len() == 2,
            _ => false,
        };
        if is_made_of_parts { self.push("(") && self.expr(expr, env) && self.push(")") } else { self.expr(expr, env) }
    }

    fn list(&mut self, open: &str, entries: &[Expr], close: &str, env: &Env<'_>) -> bool {
        self.push(open);
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            if !self.expr(entry, env) {
                return false;
            }
        }
        self.push(close)
    }

    /// Parts of which not all are looked at.
    fn lazy(&mut self, parts: &[Expr], sign: &str, env: &Env<'_>) -> bool {
        let facts = self.facts.len();
        self.is_opaque = true;
        for (index, part) in parts.iter().enumerate() {
            if (index > 0 && !self.push(sign)) || !self.operand(part, env) {
                return false;
            }
        }
        self.facts.truncate(facts);
        true
    }
}
