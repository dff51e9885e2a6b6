//! Effects that never take effect: because the same rule wants the opposite, or because another rule always applies with it
//! and wins. What wins is what `comity_domain::reduce` says: of two that want the same thing differently the one above,
//! holding replies over sending them, and the highest priority, wherever they stand.

use super::{conditions::Condition, logic::Logic};
use crate::{
    Diagnostic,
    declare::{At, RuleDeclaration},
};
use comity_domain::case::Priority;
use rhai::{Expr, FnCallExpr, Stmt};
use std::collections::HashMap;

pub(super) fn check(logic: &Logic<'_>, conditions: &[Condition<'_>], found: &mut Vec<Diagnostic>) {
    let rules: Vec<Rule<'_>> = conditions.iter().map(|condition| Rule::of(condition.declared)).collect();
    let mut implied = HashMap::new();
    for (index, rule) in rules.iter().enumerate() {
        rule.contradictions(found);
        let mut applies_with = |other: usize| {
            *implied.entry((index, other)).or_insert_with(|| conditions[index].implies(logic, &conditions[other]))
        };
        let mut winner = |effect: &Effect<'_>| {
            let wins = |(other, of): &(usize, &Rule<'_>)| {
                *other != index && of.effects.iter().any(|first| first.wins_over(effect, *other < index))
            };
            rules.iter().enumerate().filter(wins).find(|(other, _)| applies_with(*other)).map(|(_, of)| of)
        };
        let taken: Vec<(&Effect<'_>, &Rule<'_>)> =
            rule.effects.iter().filter_map(|effect| Some((effect, winner(effect)?))).collect();
        rule.never_effective(&taken, found);
    }
}

/// A rule with the effects that it wants in any case; what stands under an `if` is left out.
struct Rule<'a> {
    declared: &'a RuleDeclaration,
    effects: Vec<Effect<'a>>,
    is_all: bool,
}

/// A call in the braces of a rule.
pub(super) struct Effect<'a> {
    pub name: &'a str,
    /// What it is called with, when that is one text in quotes.
    pub value: Option<&'a str>,
    pub at: At,
}

/// Of these a case has one at a time, and the first rule that wants it gets it.
const ONE_AT_A_TIME: [&[&str]; 4] = [&["assign_team"], &["close"], &["hold_replies"], &["draft_reply", "send_reply"]];

impl<'a> Rule<'a> {
    fn of(declared: &'a RuleDeclaration) -> Self {
        let Expr::Stmt(block) = &declared.then else { return Self { declared, effects: Vec::new(), is_all: false } };
        let effects: Vec<Effect<'a>> =
            block.statements().iter().filter_map(|statement| Effect::of(statement, &declared.at.file)).collect();
        let meant = block.statements().iter().filter(|statement| !matches!(statement, Stmt::Noop(_))).count();
        Self { declared, is_all: effects.len() == meant, effects }
    }

    fn contradictions(&self, found: &mut Vec<Diagnostic>) {
        let holds = self.effects.iter().any(|effect| effect.name == "hold_replies");
        for (index, effect) in self.effects.iter().enumerate() {
            let (earlier, later) = (&self.effects[..index], &self.effects[index + 1..]);
            let message = if holds && effect.is_reply() {
                format!("This rule holds the replies of the case, so {} never takes effect.", effect.name)
            } else if let Some(first) = earlier.iter().find(|first| first.excludes(effect)) {
                format!("{} comes first in this rule, so {} never takes effect.", first.words(), effect.words())
            } else if let Some(higher) = earlier.iter().chain(later).find(|other| other.is_higher_than(effect)) {
                format!("{} is higher, so {} never takes effect.", higher.words(), effect.words())
            } else if let Some(first) = earlier.iter().find(|first| first.undoes(effect)) {
                format!("{} and {} contradict each other.", first.words(), effect.words())
            } else {
                continue;
            };
            let found_here = effect.at.error("contradiction", message).until(effect.end());
            found.push(found_here.help("Leave one of the two out.").warning());
        }
    }

    /// `taken` says of effects which rule takes them from this one.
    fn never_effective(&self, taken: &[(&Effect<'a>, &Rule<'_>)], found: &mut Vec<Diagnostic>) {
        if self.is_all && !taken.is_empty() && taken.len() == self.effects.len() {
            let mut others: Vec<&str> = taken.iter().map(|(_, of)| of.declared.id.text.as_str()).collect();
            others.dedup();
            let applies = if others.len() == 1 { "applies" } else { "apply" };
            let message = format!(
                "Whenever this rule applies, {} {applies} too, and nothing is left to do.",
                others.join(" and ")
            );
            let help = "Put the rule that asks for more above the other, or take this one out.";
            let id = &self.declared.id;
            found.push(id.at.error("shadowed", message).help(help).until(super::statements::end(id)).warning());
            return;
        }
        // Wanting the same as another rule is no mistake: each has its own reason for it.
        for (effect, of) in taken.iter().filter(|(effect, of)| of.effects.iter().all(|other| !other.is_same(effect))) {
            let does = if of.effects.iter().any(|other| other.is_higher_than(effect)) {
                "asks for a higher one"
            } else if effect.is_reply() && of.effects.iter().any(|other| other.name == "hold_replies") {
                "holds the replies"
            } else {
                "comes first"
            };
            let message = format!(
                "{} never takes effect: whenever this rule applies, {} {does}.",
                effect.words(),
                of.declared.id.text
            );
            let help = "Leave it out, or put the rule that asks for more above the other.";
            found.push(effect.at.error("overruled", message).help(help).until(effect.end()).warning());
        }
    }
}

impl<'a> Effect<'a> {
    pub(super) fn of(statement: &'a Stmt, file: &str) -> Option<Self> {
        let (call, position): (&FnCallExpr, _) = match statement {
            Stmt::FnCall(call, position) => (call, *position),
            Stmt::Expr(expr) => match &**expr {
                Expr::FnCall(call, position) => (call, *position),
                _ => return None,
            },
            _ => return None,
        };
        let value = match call.args.as_slice() {
            [Expr::StringConstant(text, _)] => Some(text.as_str()),
            _ => None,
        };
        Some(Self { name: call.name.as_str(), value, at: At::new(file, position) })
    }

    pub(super) fn is_reply(&self) -> bool {
        matches!(self.name, "draft_reply" | "send_reply")
    }

    /// The column after its name.
    pub(super) fn end(&self) -> u32 {
        self.at.column + self.name.chars().count() as u32
    }

    pub(super) fn words(&self) -> String {
        self.value.map_or_else(|| self.name.to_owned(), |value| format!("{}(\"{value}\")", self.name))
    }

    fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.value.is_some() && self.value == other.value
    }

    /// Whether the other cannot happen with this one, where both rules apply; `is_above` says that this one stands above.
    fn wins_over(&self, other: &Self, is_above: bool) -> bool {
        let holds = self.name == "hold_replies" && other.is_reply();
        holds || self.is_higher_than(other) || (is_above && (self.excludes(other) || self.is_same(other)))
    }

    fn is_higher_than(&self, other: &Self) -> bool {
        let priority = |effect: &Self| effect.value.filter(|_| effect.name == "priority").and_then(Priority::parse);
        priority(self).zip(priority(other)).is_some_and(|(one, other)| one > other)
    }

    /// Whether the other cannot happen after this one.
    fn excludes(&self, other: &Self) -> bool {
        let together = |names: &&&[&str]| names.contains(&self.name) && names.contains(&other.name);
        ONE_AT_A_TIME.iter().any(|names| together(&names)) && !self.is_same(other)
    }

    /// Whether both are about one article and cannot both be meant.
    fn undoes(&self, other: &Self) -> bool {
        const ENDS: [&str; 2] = ["meet_obligation", "waive_obligation"];
        let of_one = self.value.is_some() && self.value == other.value;
        of_one && self.name != other.name && ENDS.contains(&self.name) && ENDS.contains(&other.name)
    }
}
