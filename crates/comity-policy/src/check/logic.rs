//! Whether conditions can hold: alone, together, always.
//!
//! A condition becomes a formula over what is asked of the facts (`case.consumer_posts` is known and above 3), and a search
//! looks for answers that fulfil it. What is not understood is a question of its own that can have either answer, so a
//! "never" said here is certain, while something impossible may well go unnoticed. The work is bounded over a whole bundle;
//! when the bound is reached, nothing more is said.

mod facts;
mod formula;
mod search;
mod subjects;
mod values;
mod written;

pub(super) use formula::{Formula, Function, Want};

use rhai::Expr;
use search::Search;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};
use subjects::{Id, Subjects};

/// Steps that the searches of one bundle may take together.
const STEPS: usize = 1_000_000;
/// Expressions that one condition may come to with its functions written out.
const EXPRESSIONS: usize = 1_000;
/// Names that one block declares.
const MOST_NAMES: usize = 32;

pub(super) struct Logic<'a> {
    functions: &'a HashMap<String, Function>,
    subjects: RefCell<Subjects>,
    steps: Cell<usize>,
    expressions: Cell<usize>,
}

/// What names stand for: the parameters of a function, and what `let` declares.
#[derive(Clone, Default)]
pub(super) struct Env<'a> {
    names: Rc<Vec<(&'a str, &'a Expr, Env<'a>)>>,
    /// Functions that have been entered.
    calls: usize,
}

impl<'a> Logic<'a> {
    /// `owners` says who owes each article.
    pub(super) fn new(functions: &'a HashMap<String, Function>, owners: HashMap<String, &'static str>) -> Self {
        let subjects = RefCell::new(Subjects::new(owners));
        Self { functions, subjects, steps: Cell::new(STEPS), expressions: Cell::new(0) }
    }

    /// What must be so for a condition to come out as wanted.
    pub(super) fn of(&self, condition: &'a Expr, want: Want, env: &Env<'a>) -> Formula {
        self.expressions.set(EXPRESSIONS);
        self.formula(condition, want, env)
    }

    /// Whether formulas can hold together, as far as is found out.
    pub(super) fn is_possible<'f>(&self, formulas: impl IntoIterator<Item = &'f Formula>) -> bool {
        Search { subjects: &self.subjects.borrow(), steps: &self.steps }.is_possible(formulas)
    }

    /// An expression in words of the language, with what its names stand for.
    pub(super) fn written(expr: &Expr, env: &Env<'a>) -> Option<String> {
        written::written(expr, env).map(|written| written.text)
    }

    /// Whether a question such as `case.labels.contains("x")` about a fact that is always known is answered with yes.
    pub(super) fn asked(&self, question: &str, fact: &str, want: Want) -> Formula {
        let subject = self.subjects.borrow_mut().id(question, &[fact.to_owned()], false);
        Formula::yes(subject, want)
    }

    /// Whether a fact is this word.
    pub(super) fn word(&self, fact: &str, word: &str, want: Want) -> Formula {
        let subject = self.subjects.borrow_mut().id(fact, &[fact.to_owned()], false);
        Formula::word(subject, word, want)
    }

    /// False once a condition has become too large to look into.
    fn may_go_on(&self) -> bool {
        let left = self.expressions.get();
        self.expressions.set(left.saturating_sub(1));
        left > 0
    }

    fn subject(&self, expr: &Expr, env: &Env<'a>) -> Option<Id> {
        let written = written::written(expr, env)?;
        Some(self.subjects.borrow_mut().id(&written.text, &written.facts, written.is_opaque))
    }

    /// Two values that are compared, in one order whichever stands first, and whether they were turned round.
    fn pair(&self, left: &Expr, left_env: &Env<'a>, right: &Expr, right_env: &Env<'a>) -> Option<(Id, bool)> {
        let (left, right) = (written::written(left, left_env)?, written::written(right, right_env)?);
        let is_turned = left.text > right.text;
        let (first, second) = if is_turned { (&right, &left) } else { (&left, &right) };
        let text = format!("{} ~ {}", first.text, second.text);
        let facts: Vec<String> = first.facts.iter().chain(&second.facts).cloned().collect();
        let is_opaque = first.is_opaque || second.is_opaque;
        Some((self.subjects.borrow_mut().id(&text, &facts, is_opaque), is_turned))
    }
}

impl<'a> Env<'a> {
    fn new(names: Vec<(&'a str, &'a Expr, Env<'a>)>, calls: usize) -> Self {
        Self { names: Rc::new(names), calls }
    }

    /// With one more name, which hides an earlier one; nothing when there are too many to follow.
    pub(super) fn with(&self, name: &'a str, expr: &'a Expr) -> Option<Self> {
        let mut names = self.names.to_vec();
        names.push((name, expr, self.clone()));
        (names.len() <= MOST_NAMES).then(|| Self::new(names, self.calls))
    }

    fn find(&self, name: &str) -> Option<(&'a Expr, Self)> {
        self.names.iter().rev().find(|(known, ..)| *known == name).map(|(_, expr, env)| (*expr, env.clone()))
    }

    /// What an expression stands for when it is a name.
    fn resolved(&self, expr: &'a Expr) -> (&'a Expr, Self) {
        let (mut expr, mut env) = (expr, self.clone());
        while let Expr::Variable(name, ..) = expr {
            let Some((next, outer)) = env.find(&name.1) else { break };
            (expr, env) = (next, outer);
        }
        (expr, env)
    }
}
