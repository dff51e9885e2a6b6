//! What stands in the braces of a rule, under its condition: an `if` that is always or never so, and effects that can never
//! take effect because of what the condition asks for.

use super::{
    conditions::Condition,
    logic::{Env, Formula, Logic, Want},
    overlap::Effect,
    place,
};
use crate::{Diagnostic, declare::At};
use rhai::{Expr, Stmt};

pub(super) fn check<'a>(logic: &Logic<'a>, condition: &Condition<'a>, found: &mut Vec<Diagnostic>) {
    let Expr::Stmt(block) = &condition.declared.then else { return };
    let file = &condition.declared.at.file;
    let mut path: Vec<Formula> = condition.yes.clone();
    // Under a condition that never holds everything is impossible, and that has been said.
    if logic.is_possible(&path) {
        Branches { logic, file, what: condition.what, found }.block(block.statements(), Env::default(), &mut path);
    }
}

struct Branches<'b, 'a> {
    logic: &'b Logic<'a>,
    file: &'a str,
    what: &'static str,
    found: &'b mut Vec<Diagnostic>,
}

impl<'a> Branches<'_, 'a> {
    fn block(&mut self, statements: &'a [Stmt], env: Env<'a>, path: &mut Vec<Formula>) {
        let mut env = env;
        for statement in statements {
            match statement {
                Stmt::Var(declared, ..) => match env.with(declared.0.name.as_str(), &declared.1) {
                    Some(with) => env = with,
                    None => return,
                },
                Stmt::If(flow, _) => {
                    self.condition(&flow.expr, &env, path);
                    self.branch(&flow.expr, Want::Yes, flow.body.statements(), &env, path);
                    self.branch(&flow.expr, Want::No, flow.branch.statements(), &env, path);
                }
                Stmt::Block(block) => self.block(block.statements(), env.clone(), path),
                statement => {
                    if let Some(effect) = Effect::of(statement, self.file) {
                        self.effect(&effect, path);
                    }
                }
            }
        }
    }

    fn branch(
        &mut self,
        condition: &'a Expr,
        want: Want,
        statements: &'a [Stmt],
        env: &Env<'a>,
        path: &mut Vec<Formula>,
    ) {
        path.push(self.logic.of(condition, want, env));
        if self.logic.is_possible(&*path) {
            self.block(statements, env.clone(), path);
        }
        path.pop();
    }

    fn condition(&mut self, condition: &'a Expr, env: &Env<'a>, path: &[Formula]) {
        let cannot = |want| !self.logic.is_possible(path.iter().chain([&self.logic.of(condition, want, env)]));
        let (never, always) = (cannot(Want::Yes), cannot(Want::NotYes));
        if !never && !always {
            return;
        }
        let written = Logic::written(condition, &Env::default()).unwrap_or_else(|| "This".to_owned());
        let (code, word) = if never { ("never", "never") } else { ("always", "always") };
        let message = format!("{written} is {word} so where this {} applies.", self.what);
        let help = "Leave the if out, or ask for what can be so and need not be.";
        let at = At::new(self.file, place::start(condition));
        let mut found = at.error(code, message).help(help).warning();
        found.end_column = place::end(condition);
        self.found.push(found);
    }

    fn effect(&mut self, effect: &Effect<'a>, path: &[Formula]) {
        let logic = self.logic;
        let always = |not_so: Formula| !logic.is_possible(path.iter().chain([&not_so]));
        if effect.is_reply() && always(logic.asked("case.is_held", "case.is_held", Want::NotYes)) {
            let message = format!(
                "This applies only while the replies of a case are held, so {} never takes effect.",
                effect.name
            );
            let help = "Leave it out, or ask for !case.is_held.";
            self.found.push(effect.at.error("held", message).help(help).until(effect.end()).warning());
            return;
        }
        let is = |fact, word| always(logic.word(fact, word, Want::NotYes));
        let has = |set: &str, name: &str| always(logic.asked(&format!("{set}.contains({name:?})"), set, Want::NotYes));
        let already = match (effect.name, effect.value) {
            ("label", Some(label)) if has("case.labels", label) => "a case that has this label",
            ("escalate", Some(flow)) if has("case.escalations", flow) => "a case in which this flow has been started",
            ("require_skill", Some(skill)) if has("case.skills", skill) => "a case that asks for this skill",
            ("show_brief", Some(brief)) if has("case.briefs", brief) => "a case that shows this brief",
            ("assign_team", Some(team)) if is("case.team", team) => "a case that this team has",
            ("priority", Some(priority)) if is("case.priority", priority) => "a case that has this priority",
            ("close", _) if always(logic.asked("case.is_open", "case.is_open", Want::NotNo)) => "a case that is closed",
            _ => return,
        };
        let message = format!("{} changes nothing: it is only reached for {already} already.", effect.words());
        let help = "Leave it out, or ask for the opposite.";
        self.found.push(effect.at.error("already-so", message).help(help).until(effect.end()).warning());
    }
}
