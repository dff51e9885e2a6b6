//! Conditions that say too much: that never hold, always hold, or say twice what they say once.

use super::logic::{Env, Formula, Logic, Want};
use crate::{
    Diagnostic,
    declare::{At, RuleDeclaration},
    source::Term,
};
use rhai::Expr;

/// A rule or guard with its condition looked into.
pub(super) struct Condition<'a> {
    pub declared: &'a RuleDeclaration,
    /// `rule` or `guard`.
    pub what: &'static str,
    /// For each term, what makes it yes.
    pub yes: Vec<Formula>,
    /// For each term, what makes it no or unknown.
    not_yes: Vec<Formula>,
}

impl<'a> Condition<'a> {
    pub(super) fn of(logic: &Logic<'a>, declared: &'a RuleDeclaration, is_guard: bool) -> Self {
        let each = |want| declared.terms.iter().map(|(term, _)| logic.of(term, want, &Env::default())).collect();
        let what = if is_guard { "guard" } else { "rule" };
        Self { declared, what, yes: each(Want::Yes), not_yes: each(Want::NotYes) }
    }

    /// Whether the other applies whenever this one does.
    pub(super) fn implies(&self, logic: &Logic<'a>, other: &Self) -> bool {
        other.not_yes.iter().all(|not_yes| !logic.is_possible(self.yes.iter().chain([not_yes])))
    }

    pub(super) fn check(&self, logic: &Logic<'a>, found: &mut Vec<Diagnostic>) {
        if let Some(never) = self.never(logic) {
            found.push(never);
            return;
        }
        let always = self.always(logic, found);
        self.repeated(logic, &always, found);
        self.alternatives(logic, found);
    }

    fn terms(&self) -> impl Iterator<Item = (usize, &'a Expr, &'a Term)> {
        self.declared.terms.iter().enumerate().map(|(index, (expr, term))| (index, expr, term))
    }

    fn warn(&self, term: &Term, code: &str, message: String) -> Diagnostic {
        let at = At { file: self.declared.at.file.clone(), line: term.line, column: term.column };
        at.error(code, message).until(term.end_column).warning()
    }

    /// That it can never apply, by one term, two that exclude each other, or all together.
    fn never(&self, logic: &Logic<'a>) -> Option<Diagnostic> {
        let what = self.what;
        let is_impossible = |terms: &[usize]| !logic.is_possible(terms.iter().map(|index| &self.yes[*index]));
        if let Some((_, expr, term)) = self.terms().find(|(index, ..)| is_impossible(&[*index])) {
            let help = format!("Write what can be so, or take the {what} out.");
            let message = match expr {
                Expr::BoolConstant(..) => format!("This is always no, so the {what} never applies."),
                _ => format!("{} is never so, and the {what} never applies.", term.source),
            };
            return Some(self.warn(term, "never", message).help(help));
        }
        let pairs = self.terms().flat_map(|(second, ..)| (0..second).map(move |first| (first, second)));
        if let Some((first, second)) = pairs.into_iter().find(|(first, second)| is_impossible(&[*first, *second])) {
            let (first, second) = (&self.declared.terms[first].1, &self.declared.terms[second].1);
            let message =
                format!("{} and {} never hold at once, so the {what} never applies.", first.source, second.source);
            return Some(self.warn(second, "never", message).help(format!("Join them with || or make two {what}s.")));
        }
        let all: Vec<usize> = (0..self.yes.len()).collect();
        let last = self.terms().last().filter(|_| is_impossible(&all));
        last.map(|(_, _, term)| {
            let message = format!("This never holds with the terms before it, so the {what} never applies.");
            self.warn(term, "never", message).help(format!("Leave one of them out, or make two {what}s."))
        })
    }

    /// Reports terms that hold whatever happens; gives their places.
    fn always(&self, logic: &Logic<'a>, found: &mut Vec<Diagnostic>) -> Vec<usize> {
        let always: Vec<_> = self.terms().filter(|(index, ..)| !logic.is_possible([&self.not_yes[*index]])).collect();
        for (_, expr, term) in &always {
            let message = match expr {
                Expr::BoolConstant(..) => "This is always yes.".to_owned(),
                _ => format!("{} is always so.", term.source),
            };
            let help = format!("Leave it out, or say when the {} applies.", self.what);
            found.push(self.warn(term, "always", message).help(help));
        }
        always.into_iter().map(|(index, ..)| index).collect()
    }

    /// Terms that the others imply. Of two that say the same, the later one.
    fn repeated(&self, logic: &Logic<'a>, always: &[usize], found: &mut Vec<Diagnostic>) {
        let mut kept: Vec<usize> = (0..self.yes.len()).filter(|index| !always.contains(index)).collect();
        for (index, expr, term) in self.terms().collect::<Vec<_>>().into_iter().rev() {
            if !kept.contains(&index) {
                continue;
            }
            // `known(x) && x` turns unknown into no; only what stands before can make the question needless.
            let counts = |other: &&usize| **other != index && (**other < index || !asks_whether_known(expr));
            let others: Vec<usize> = kept.iter().filter(counts).copied().collect();
            let follows = |others: &[usize]| {
                let others = others.iter().map(|other| &self.yes[*other]);
                !logic.is_possible(others.chain([&self.not_yes[index]]))
            };
            if others.is_empty() || !follows(&others) {
                continue;
            }
            kept.retain(|other| *other != index);
            let one =
                others.iter().find(|other| follows(&[**other])).map(|other| &self.declared.terms[*other].1.source);
            let help = "Leave one of them out.";
            found.push(match one {
                Some(one) if *one == term.source => {
                    self.warn(term, "repeated-term", format!("{one} stands here twice.")).help(help)
                }
                Some(one) => {
                    let message = format!("{} holds whenever {one} does, so it says nothing more.", term.source);
                    self.warn(term, "implied", message).help("Leave it out.")
                }
                None => {
                    let message = format!("{} follows from the other terms, so it says nothing more.", term.source);
                    self.warn(term, "implied", message).help("Leave it out.")
                }
            });
        }
    }

    /// Alternatives of `||` that can never be what decides.
    fn alternatives(&self, logic: &Logic<'a>, found: &mut Vec<Diagnostic>) {
        for (index, expr, term) in self.terms() {
            let Expr::Or(parts, _) = expr else { continue };
            for part in parts.iter() {
                let yes = logic.of(part, Want::Yes, &Env::default());
                let others = self.yes.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, yes)| yes);
                if logic.is_possible(others.chain([&yes])) {
                    continue;
                }
                let Some(written) = Logic::written(part, &Env::default()) else { continue };
                let message = format!("{written} never holds here, so this alternative changes nothing.");
                found.push(self.warn(term, "never", message).help("Leave it out, or write what can be so."));
            }
        }
    }
}

fn asks_whether_known(expr: &Expr) -> bool {
    match expr {
        Expr::Custom(custom, _) => custom.tokens[0] == crate::syntax::KNOWN,
        Expr::FnCall(call, _) => call.name == "!" && call.args.iter().any(asks_whether_known),
        _ => false,
    }
}
