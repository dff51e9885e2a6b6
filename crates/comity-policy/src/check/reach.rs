//! Deciding by how many people follow somebody. Everyone is owed the same; where it has to be otherwise, somebody writes
//! the reason down above the rule, and it stays with the rule.

use super::statements::end;
use crate::{
    Diagnostic,
    declare::{At, RuleDeclaration},
};
use rhai::{ASTNode, Expr, FnCallExpr, Position, Stmt};
use std::collections::{HashMap, HashSet};

const FACT: &str = "followers";

/// Where it is looked at, and by what word.
type Look = (Position, String);

/// The functions of scripts that look at it, themselves or through others.
pub(super) struct Reach<'a>(HashSet<&'a str>);

impl<'a> Reach<'a> {
    pub(super) fn of(functions: &HashMap<&'a str, &'a [Stmt]>) -> Self {
        let mut reach = Self(HashSet::new());
        loop {
            let looks = |body: &[Stmt]| body.iter().any(|statement| reach.in_statement(statement).is_some());
            let more: Vec<&str> = functions
                .iter()
                .filter(|(name, body)| !reach.0.contains(*name) && looks(body))
                .map(|(n, _)| *n)
                .collect();
            if more.is_empty() {
                return reach;
            }
            reach.0.extend(more);
        }
    }

    pub(super) fn check(&self, rule: &RuleDeclaration, found: &mut Vec<Diagnostic>) {
        let look = self.in_expression(&rule.when).or_else(|| self.in_effects(&rule.then));
        match (&look, &rule.reach) {
            (Some(_), Some(reason)) if !reason.text.is_empty() => {}
            (Some((position, name)), _) => {
                let message = if name == FACT {
                    "This decides by how many people follow somebody.".to_owned()
                } else {
                    format!("This decides by how many people follow somebody, for {name} looks at that.")
                };
                let help = "Everyone is owed the same, with 12 followers or 500,000. If it has to be so, write the reason \
                            in the line above: // reason for reach: \u{2026}";
                let at = At::new(&rule.at.file, *position);
                let end = at.column + name.chars().count() as u32;
                found.push(at.error("by-reach", message).help(help).until(end).warning());
            }
            (None, Some(reason)) => {
                let message = "This gives a reason for deciding by reach, and the rule below does not.";
                found.push(reason.at.error("reason-for-reach", message).help("Take the comment out.").warning());
            }
            (None, None) => {}
        }
        if let (Some(_), Some(reason)) = (look, rule.reach.as_ref().filter(|reason| reason.text.is_empty())) {
            let message = "No reason stands here.";
            let help = "Write behind the colon why this may depend on reach.";
            found.push(reason.at.error("reason-for-reach", message).help(help).until(end(reason)).warning());
        }
    }

    /// In braces, only what decides counts: what stands behind `if`, what that is made of, and functions.
    fn in_effects(&self, then: &Expr) -> Option<Look> {
        let mut first = None;
        then.walk(&mut Vec::new(), &mut |path| {
            let found = || match path.last()? {
                ASTNode::Stmt(Stmt::If(flow, _)) => self.in_expression(&flow.expr),
                ASTNode::Stmt(Stmt::Var(declared, ..)) => self.in_expression(&declared.1),
                ASTNode::Stmt(Stmt::FnCall(call, position)) => self.in_call(call, *position),
                _ => None,
            };
            first = first.take().or_else(found);
            first.is_none()
        });
        first
    }

    fn in_expression(&self, expr: &Expr) -> Option<Look> {
        let mut first = None;
        expr.walk(&mut Vec::new(), &mut |path| self.goes_on(path, &mut first));
        first
    }

    fn in_statement(&self, statement: &Stmt) -> Option<Look> {
        let mut first = None;
        statement.walk(&mut Vec::new(), &mut |path| self.goes_on(path, &mut first));
        first
    }

    fn goes_on(&self, path: &[ASTNode<'_>], first: &mut Option<Look>) -> bool {
        *first = match path.last() {
            Some(ASTNode::Expr(Expr::Property(property, position))) if property.2 == FACT => {
                Some((*position, FACT.to_owned()))
            }
            Some(ASTNode::Expr(Expr::FnCall(call, position)) | ASTNode::Stmt(Stmt::FnCall(call, position))) => {
                self.in_call(call, *position)
            }
            _ => None,
        };
        first.is_none()
    }

    fn in_call(&self, call: &FnCallExpr, position: Position) -> Option<Look> {
        self.0.contains(call.name.as_str()).then(|| (position, call.name.to_string()))
    }
}
