//! Functions that scripts write themselves, for what several rules share.

use super::{Checker, Part, Type};
use crate::{
    Diagnostic,
    check::logic::Function,
    declare::{At, Script},
    functions::FUNCTIONS,
};
use rhai::{AST, ASTNode, Expr, Position, ScriptFuncDef, Stmt};
use std::{collections::HashMap, rc::Rc};

pub(super) struct ScriptFunctions<'a> {
    all: Vec<Rc<Written<'a>>>,
    /// What each gives for the kinds it was called with: looked at once, however often it is called.
    seen: HashMap<(String, Vec<Type>, Part), Type>,
}

struct Written<'a> {
    file: &'a str,
    /// Where its name stands.
    at: At,
    function: &'a ScriptFuncDef,
    body: Vec<Stmt>,
}

impl<'a> ScriptFunctions<'a> {
    pub(super) fn of(scripts: &'a [Script], found: &mut Vec<Diagnostic>) -> Self {
        let mut all: Vec<Rc<Written<'a>>> = Vec::new();
        for script in scripts {
            let statements = statements_of_functions(&script.ast);
            // Functions as values have names that nobody wrote; they are reported where they stand.
            let written = script.ast.iter_fn_def().map(|function| &**function);
            for function in written.filter(|function| !function.name.starts_with("anon$")) {
                let (start, end) = (function.body.start_position(), function.body.end_position());
                let inside = |statement: &&Stmt| (start..=end).contains(&statement.position());
                let body = statements.iter().filter(inside).cloned().collect();
                let name = function.name.as_str();
                let at = named(script, name, start);
                let end = at.column + name.chars().count() as u32;
                let written = Rc::new(Written { file: &script.file, at: at.clone(), function, body });
                if FUNCTIONS.iter().any(|known| known.name == name) {
                    let message = format!("There is already a function {name} that every policy has.");
                    found.push(at.error("duplicate", message).help("Give this one another name.").until(end));
                    continue;
                } else if let Some(other) = all.iter().find(|other| other.function.name == function.name) {
                    let message = format!("There is already a function {name} in {}.", other.file);
                    found.push(at.error("duplicate", message).help("Give this one another name.").until(end));
                }
                all.push(written);
            }
        }
        all.sort_by(|a, b| (a.file, a.at.line, a.at.column).cmp(&(b.file, b.at.line, b.at.column)));
        Self { all, seen: HashMap::new() }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all.iter().any(|written| written.function.name == name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|written| written.function.name.as_str())
    }
}

/// The statements that stand first in any function of a script; the tree shows bodies only while it is walked.
fn statements_of_functions(ast: &AST) -> Vec<Stmt> {
    let mut statements = Vec::new();
    ast.walk(&mut |path| {
        if let [ASTNode::Stmt(statement)] = path {
            statements.push((*statement).clone());
        }
        true
    });
    statements.split_off(ast.statements().len().min(statements.len()))
}

/// The name of the function whose braces begin here; the tree does not keep its place.
fn named(script: &Script, name: &str, body: Position) -> At {
    let braces = At::new(&script.file, body);
    let text = &script.text;
    let before = &text[..script.lines.offset(text, braces.line as usize, braces.column as usize)];
    let is_name = |(at, _): &(usize, &str)| before[..*at].trim_end().ends_with("fn");
    before.rmatch_indices(name).find(is_name).map_or(braces, |(at, _)| {
        let (line, column) = script.lines.place(text, at);
        At { file: script.file.clone(), line, column }
    })
}

impl Checker<'_> {
    /// The functions that are one condition.
    pub(in crate::check) fn conditions(&self) -> HashMap<String, Function> {
        let condition = |written: &Rc<Written<'_>>| {
            let body = match written.body.as_slice() {
                [Stmt::Expr(expr)] => (**expr).clone(),
                [Stmt::FnCall(call, position)] => Expr::FnCall(call.clone(), *position),
                _ => return None,
            };
            let parameters = written.function.params.iter().map(ToString::to_string).collect();
            Some((written.function.name.to_string(), Function { parameters, body }))
        };
        self.functions.all.iter().filter_map(condition).collect()
    }

    /// What stands in each function.
    pub(in crate::check) fn bodies(&self) -> Vec<(String, Vec<Stmt>)> {
        self.functions.all.iter().map(|written| (written.function.name.to_string(), written.body.clone())).collect()
    }

    pub(super) fn script_function(&mut self, name: &str, kinds: &[Type], position: Position) -> Type {
        let Some(written) = self.functions.all.iter().find(|written| written.function.name == name).cloned() else {
            return Type::Any;
        };
        let takes = written.function.params.len();
        if takes != kinds.len() {
            self.functions.seen.insert((name.to_owned(), Vec::new(), self.part), Type::Any);
            let values = if takes == 1 { "value" } else { "values" };
            let message = format!("{name} takes {takes} {values}; it is given {}.", kinds.len());
            let help = format!("It is written in {}: {name}({}).", written.file, written.function.params.join(", "));
            self.report_word(position, name, "arguments", message, Some(help));
            return Type::Any;
        }
        if self.depth >= self.limits.call_depth || self.functions.seen.len() >= self.limits.signatures {
            self.functions.seen.insert((name.to_owned(), kinds.to_vec(), self.part), Type::Any);
            let help = "Write it with fewer functions that call each other.";
            let message = format!("Functions call each other too often to be followed; {name} is one of them.");
            self.report_word(position, name, "too-deep", message, Some(help.to_owned()));
            return Type::Any;
        }
        self.body(&written, kinds)
    }

    /// Looks at a function's body with its parameters being of these kinds.
    fn body(&mut self, written: &Written<'_>, kinds: &[Type]) -> Type {
        let key = (written.function.name.to_string(), kinds.to_vec(), self.part);
        if let Some(kind) = self.functions.seen.get(&key) {
            return *kind;
        }
        // A function that calls itself gives whatever its other ways give.
        self.functions.seen.insert(key.clone(), Type::Any);
        let parameters = written.function.params.iter().map(ToString::to_string).zip(kinds.iter().copied()).collect();
        let outer_variables = std::mem::replace(&mut self.variables, parameters);
        let outer_file = std::mem::replace(&mut self.file, written.file.to_owned());
        let outer_returned = self.returned.take();
        self.depth += 1;
        let last = self.block(&written.body);
        self.depth -= 1;
        let end = written.function.body.end_position();
        let kind = self.returned.map_or(last, |returned| self.same_kind(returned, last, end));
        self.returned = outer_returned;
        self.file = outer_file;
        self.variables = outer_variables;
        self.functions.seen.insert(key, kind);
        kind
    }

    /// Nobody calls these, so they are looked at for what can be said without knowing what they are given.
    pub(in crate::check) fn unused_functions(&mut self) {
        for written in self.functions.all.clone() {
            let name = written.function.name.as_str();
            if self.functions.seen.keys().any(|(called, ..)| called == name) {
                continue;
            }
            let help = "Call it from a rule or take it out.";
            let end = written.at.column + name.chars().count() as u32;
            let unused = written.at.error("unused", format!("Nothing calls {name}.")).until(end);
            self.found.push(unused.help(help).warning());
            self.part = Part::RuleThen;
            self.body(&written, &vec![Type::Any; written.function.params.len()]);
        }
    }
}
