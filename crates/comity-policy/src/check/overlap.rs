//! Effects that never take effect: because the same rule wants the opposite, or because a rule above it always applies with it
//! and comes first.

use crate::{
    Diagnostic,
    declare::{At, RuleDeclaration, Script},
};
use rhai::{Expr, FnCallExpr, Stmt};

pub(super) fn check(scripts: &[Script], found: &mut Vec<Diagnostic>) {
    let rules: Vec<Rule<'_>> = scripts.iter().flat_map(|script| &script.rules).map(Rule::of).collect();
    for (index, rule) in rules.iter().enumerate() {
        rule.contradictions(found);
        if let Some(above) = rules[..index].iter().find(|above| above.applies_with(rule)) {
            rule.comes_after(above, found);
        }
    }
}

/// A rule with the effects that it wants in any case; what stands under an `if` is left out.
struct Rule<'a> {
    declared: &'a RuleDeclaration,
    effects: Vec<Effect<'a>>,
    is_all: bool,
}

struct Effect<'a> {
    name: &'a str,
    /// What it is called with, when that is one text in quotes.
    value: Option<&'a str>,
    at: At,
}

/// Of these a case has one at a time, and the first rule that wants it gets it.
const ONE_AT_A_TIME: [&[&str]; 3] = [&["assign_team"], &["close"], &["draft_reply", "send_reply"]];

impl<'a> Rule<'a> {
    fn of(declared: &'a RuleDeclaration) -> Self {
        let Expr::Stmt(block) = &declared.then else { return Self { declared, effects: Vec::new(), is_all: false } };
        let effects: Vec<Effect<'a>> =
            block.statements().iter().filter_map(|statement| Effect::of(statement, &declared.at.file)).collect();
        let meant = block.statements().iter().filter(|statement| !matches!(statement, Stmt::Noop(_))).count();
        Self { declared, is_all: effects.len() == meant, effects }
    }

    fn holds_replies(&self) -> bool {
        self.effects.iter().any(|effect| effect.name == "hold_replies")
    }

    /// Whether this rule applies whenever the other does: it asks for nothing more.
    fn applies_with(&self, other: &Self) -> bool {
        let asked = |source: &str| other.declared.terms.iter().any(|(_, term)| term.source == source);
        self.declared.terms.iter().all(|(_, term)| asked(&term.source))
    }

    fn contradictions(&self, found: &mut Vec<Diagnostic>) {
        for (index, effect) in self.effects.iter().enumerate() {
            let earlier = &self.effects[..index];
            if self.holds_replies() && effect.is_reply() {
                let message =
                    format!("This rule holds the replies of the case, so {} never takes effect.", effect.name);
                let help = "Leave one of the two out.";
                found.push(effect.at.error("contradiction", message).help(help).warning());
            } else if let Some(first) = earlier.iter().find(|first| first.excludes(effect)) {
                let message =
                    format!("{} comes first in this rule, so {} never takes effect.", first.words(), effect.words());
                found.push(effect.at.error("contradiction", message).help("Leave one of them out.").warning());
            } else if let Some(first) = earlier.iter().find(|first| first.undoes(effect)) {
                let message = format!("{} and {} contradict each other.", first.words(), effect.words());
                found.push(effect.at.error("contradiction", message).help("Leave one of them out.").warning());
            }
        }
    }

    fn comes_after(&self, above: &Self, found: &mut Vec<Diagnostic>) {
        let id = &above.declared.id.text;
        let is_taken = |effect: &&Effect<'_>| {
            let done = |first: &Effect<'_>| first.excludes(effect) || first.is_same(effect);
            above.effects.iter().any(done) || (above.holds_replies() && effect.is_reply())
        };
        let taken: Vec<&Effect<'_>> = self.effects.iter().filter(is_taken).collect();
        if self.is_all && !taken.is_empty() && taken.len() == self.effects.len() {
            let message = format!("Whenever this rule applies, {id} above applies too, and nothing is left to do.");
            let help = "Put the rule that asks for more above the other, or take this one out.";
            found.push(self.declared.id.at.error("shadowed", message).help(help).warning());
            return;
        }
        for effect in taken.into_iter().filter(|effect| above.effects.iter().all(|first| !first.is_same(effect))) {
            let does = if above.holds_replies() && effect.is_reply() { "holds the replies" } else { "comes first" };
            let message =
                format!("{} never takes effect: whenever this rule applies, {id} above {does}.", effect.words());
            let help = "Put the rule that asks for more above the other.";
            found.push(effect.at.error("overruled", message).help(help).warning());
        }
    }
}

impl<'a> Effect<'a> {
    fn of(statement: &'a Stmt, file: &str) -> Option<Self> {
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

    fn is_reply(&self) -> bool {
        matches!(self.name, "draft_reply" | "send_reply")
    }

    fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.value.is_some() && self.value == other.value
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

    fn words(&self) -> String {
        self.value.map_or_else(|| self.name.to_owned(), |value| format!("{}(\"{value}\")", self.name))
    }
}
