//! Looking for facts that fulfil formulas: what must be so first, then one alternative after the other.

use super::{
    formula::Formula,
    subjects::{Id, Literal, Subjects},
    values::Values,
};
use std::cell::Cell;

/// Alternatives within alternatives; beyond, nothing is said.
const DEEPEST: usize = 100;

/// What is left of each subject.
#[derive(Clone, Default)]
struct State {
    left: Vec<(Id, Values, bool)>,
}

pub(super) struct Search<'a> {
    pub subjects: &'a Subjects,
    /// Steps that may still be made, over all searches of a bundle.
    pub steps: &'a Cell<usize>,
}

impl Search<'_> {
    /// Whether the formulas can hold together; also when that is not found out.
    pub(super) fn is_possible<'f>(&self, formulas: impl IntoIterator<Item = &'f Formula>) -> bool {
        self.goes_on(formulas.into_iter().collect(), Vec::new(), State::default(), 0)
    }

    fn goes_on<'f>(
        &self,
        mut all: Vec<&'f Formula>,
        mut alternatives: Vec<&'f [Formula]>,
        mut state: State,
        depth: usize,
    ) -> bool {
        if depth > DEEPEST {
            return true;
        }
        while let Some(formula) = all.pop() {
            if self.steps.get() == 0 {
                return true;
            }
            self.steps.set(self.steps.get() - 1);
            match formula {
                Formula::Always => {}
                Formula::Is(literal) if self.requires(&mut state, literal) => {}
                Formula::Never | Formula::Is(_) => return false,
                Formula::All(parts) => all.extend(parts),
                Formula::Any(parts) => alternatives.push(parts),
            }
        }
        if !self.is_consistent(&state) {
            return false;
        }
        // The choice with the fewest ways first: one that has none left ends the search.
        let ways = |parts: &&[Formula]| parts.iter().filter(|part| self.may_hold(&state, part)).count();
        let Some(index) = (0..alternatives.len()).min_by_key(|index| ways(&alternatives[*index])) else {
            return true;
        };
        let choice = alternatives.swap_remove(index);
        choice
            .iter()
            .filter(|part| self.may_hold(&state, part))
            .any(|part| self.goes_on(vec![part], alternatives.clone(), state.clone(), depth + 1))
    }

    /// At a first look.
    fn may_hold(&self, state: &State, formula: &Formula) -> bool {
        self.steps.set(self.steps.get().saturating_sub(1));
        match formula {
            Formula::Never => false,
            Formula::Is(literal) => {
                let left = state.left.iter().find(|(id, ..)| *id == literal.subject);
                let subject = self.subjects.get(literal.subject);
                let (values, may_be_unknown) =
                    left.map_or((&subject.values, subject.may_be_unknown), |(_, values, unknown)| (values, *unknown));
                (may_be_unknown && literal.may_be_unknown) || !values.and(&literal.values).is_empty()
            }
            _ => true,
        }
    }

    /// Adds what is asked, and what follows from it. False when that cannot be.
    fn requires(&self, state: &mut State, literal: &Literal) -> bool {
        let mut todo = vec![literal.clone()];
        while let Some(literal) = todo.pop() {
            let subject = self.subjects.get(literal.subject);
            let index = state.left.iter().position(|(id, ..)| *id == literal.subject).unwrap_or_else(|| {
                state.left.push((literal.subject, subject.values.clone(), subject.may_be_unknown));
                state.left.len() - 1
            });
            let (_, values, may_be_unknown) = &mut state.left[index];
            let narrowed = values.and(&literal.values);
            let is_known = !(*may_be_unknown && literal.may_be_unknown);
            if narrowed == *values && is_known != *may_be_unknown {
                continue;
            }
            (*values, *may_be_unknown) = (narrowed, !is_known);
            if !is_known {
                continue;
            }
            if values.is_empty() {
                return false;
            }
            let known = |fact: &Id| Literal { subject: *fact, values: Values::Any, may_be_unknown: false };
            todo.extend(subject.facts.iter().map(known));
            let word = values.word();
            todo.extend(subject.implies.iter().filter(|(when, _)| Some(*when) == word).map(|(_, then)| then.clone()));
        }
        true
    }

    /// What two facts together say of a third.
    fn is_consistent(&self, state: &State) -> bool {
        let is = |name: &str, word: &str| {
            let id = self.subjects.find(name);
            let left = id.and_then(|id| state.left.iter().find(|(other, ..)| *other == id));
            left.is_some_and(|(_, values, may_be_unknown)| !may_be_unknown && values.word() == Some(word))
        };
        let post_by = |party: &str| is("event.kind", "post") && is("event.party", party);
        let is_denied = |party: &str, question: &str| post_by(party) && is(question, "false");
        !is_denied("consumer", "event.is_consumer_post") && !is_denied("company", "event.is_company_reply")
    }
}
