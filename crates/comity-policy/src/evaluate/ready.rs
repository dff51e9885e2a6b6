//! Terms that are one fact, or one fact beside a constant, read from the facts without going through the engine, which would look a
//! function up for the variable's field and another for the operator. They are most of the terms that people write.
//!
//! Whatever is not certain to give what the engine would give is left to it.

use crate::{
    objects::{Context, Read, read_of},
    run::Failure,
};
use rhai::{ASTFlags, Dynamic, Expr, ImmutableString, Token};
use std::{cmp::Ordering, sync::Arc};

pub(crate) struct Ready {
    fact: Read,
    question: Question,
}

enum Question {
    Holds,
    HoldsNot,
    Compared { operator: Operator, with: Constant },
}

#[derive(Clone, Copy)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

enum Constant {
    Number(i64),
    Text(ImmutableString),
}

impl Ready {
    /// Nothing for a term that only the engine can work out.
    pub(crate) fn of(term: &Expr) -> Option<Self> {
        if let Some(fact) = fact(term) {
            return Some(Self { fact, question: Question::Holds });
        }
        let Expr::FnCall(call, _) = term else { return None };
        match call.args.as_slice() {
            [one] if call.op_token == Some(Token::Bang) => {
                Some(Self { fact: fact(one)?, question: Question::HoldsNot })
            }
            [left, right] => {
                let operator = operator(call.op_token.as_ref()?)?;
                let with = match right {
                    Expr::IntegerConstant(number, _) => Constant::Number(*number),
                    Expr::StringConstant(text, _) => Constant::Text(text.clone()),
                    _ => return None,
                };
                Some(Self { fact: fact(left)?, question: Question::Compared { operator, with } })
            }
            _ => None,
        }
    }

    /// The fact itself.
    pub(super) fn fact(&self, facts: &Arc<Context>) -> Result<Dynamic, Failure> {
        (self.fact)(facts)
    }

    /// Yes or no, or nothing when the engine has to say.
    pub(super) fn holds(&self, facts: &Arc<Context>) -> Result<Option<bool>, Failure> {
        let value = self.fact(facts)?;
        Ok(match &self.question {
            Question::Holds => value.as_bool().ok(),
            Question::HoldsNot => value.as_bool().ok().map(|yes| !yes),
            Question::Compared { operator, with } => with.compared(&value).map(|ordering| operator.holds(ordering)),
        })
    }
}

impl Constant {
    /// How a value stands to it; nothing when they are of different kinds.
    fn compared(&self, value: &Dynamic) -> Option<Ordering> {
        match self {
            Self::Number(number) => value.as_int().ok().map(|value| value.cmp(number)),
            Self::Text(text) => value.read_lock::<ImmutableString>().map(|value| value.as_str().cmp(text.as_str())),
        }
    }
}

impl Operator {
    const fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

const fn operator(token: &Token) -> Option<Operator> {
    Some(match token {
        Token::EqualsTo => Operator::Equal,
        Token::NotEqualsTo => Operator::NotEqual,
        Token::LessThan => Operator::Less,
        Token::LessThanEqualsTo => Operator::AtMost,
        Token::GreaterThan => Operator::Greater,
        Token::GreaterThanEqualsTo => Operator::AtLeast,
        _ => return None,
    })
}

/// `object.field` and nothing more.
fn fact(expr: &Expr) -> Option<Read> {
    let Expr::Dot(pair, flags, _) = expr else { return None };
    let (Expr::Variable(object, ..), Expr::Property(field, _)) = (&pair.lhs, &pair.rhs) else { return None };
    // `?.` is another question.
    (!flags.intersects(ASTFlags::NEGATED)).then(|| read_of(object.1.as_str(), field.2.as_str())).flatten()
}

#[cfg(test)]
mod tests {
    use crate::{Bundle, Policy};
    use comity_domain::facts::Facts;
    use serde_json::{Value, json};

    const SETTINGS: &str = "teams = { care = \"Answers\" }\n\
        calendar = { time_zone = \"UTC\", open = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }] }";

    /// Each is asked as it stands, and in a shape that only the engine reads.
    const TERMS: [&str; 16] = [
        "event.is_consumer_post",
        "event.is_public",
        "event.names_us",
        "!author.is_staff",
        "!author.is_customer",
        "case.company_replies == 1",
        "case.company_replies != 1",
        "case.consumer_posts < 2",
        "case.consumer_posts <= 2",
        "case.consumer_posts > 2",
        "case.consumer_posts >= 2",
        "event.kind == \"post\"",
        "event.kind != \"post\"",
        "event.party == \"company\"",
        "case.team == \"care\"",
        "author.followers > 100",
    ];

    #[test]
    fn what_is_read_at_once_is_what_the_engine_gives() {
        let rule = |(index, term): (usize, String)| {
            format!("rule \"r{index}\" because \"b\" when {term} then {{ label(\"x\"); }}\n")
        };
        let compiled = |terms: Vec<String>| {
            let rules: String = terms.into_iter().enumerate().map(rule).collect();
            let bundle = Bundle::new([
                ("settings.toml", SETTINGS.to_owned()),
                ("rules.rhai", format!("charter \"c\";\n{rules}")),
            ]);
            Policy::compile(&bundle).unwrap()
        };
        let fast = compiled(TERMS.iter().map(|term| (*term).to_owned()).collect());
        let slow = compiled(TERMS.iter().map(|term| format!("({term}) == true")).collect());
        assert!(fast.rules.iter().all(|rule| rule.ready[0].is_some()));
        assert!(slow.rules.iter().all(|rule| rule.ready[0].is_none()));
        for facts in [facts(&json!(true), &json!(120), &json!("care")), facts(&json!(null), &json!(null), &json!(null))]
        {
            let outcomes =
                |policy: &Policy| policy.evaluate(&facts).rules.iter().map(|rule| rule.outcome).collect::<Vec<_>>();
            assert_eq!(outcomes(&fast), outcomes(&slow));
        }
    }

    #[test]
    fn a_comparison_that_fails_says_what_it_is() {
        let text = "charter \"c\"; rule \"r\" because \"b\" when case.consumer_posts > 3 then { label(\"x\"); }";
        let bundle = Bundle::new([("settings.toml", SETTINGS), ("rules.rhai", text)]);
        let decided = Policy::compile(&bundle).unwrap().evaluate(&facts(&json!(null), &json!(null), &json!(null)));
        assert_eq!(decided.rules[0].terms[0].note.as_deref(), Some("it is 2"));
    }

    fn facts(known: &Value, followers: &Value, team: &Value) -> Facts {
        let at = "2026-03-02T09:00:00Z";
        serde_json::from_value(json!({
            "now": at,
            "event": { "kind": "post", "at": at, "text": "Why?", "party": "consumer", "is_public": known },
            "case": {
                "is_open": true, "is_held": false, "priority": "normal", "labels": [], "company_replies": 1, "team": team,
                "consumer_posts": 2, "unanswered_replies": 0, "has_draft": false, "escalations": [], "opened_at": at,
            },
            "author": { "handle": "a", "is_staff": false, "is_customer": known, "followers": followers, "earlier_cases": 0 },
            "charter": { "running": [], "breached": [], "met": [] },
            "surge": {},
        }))
        .unwrap()
    }
}
