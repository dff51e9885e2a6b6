//! From scripts to declarations: the charter, rules, flows and guards a bundle makes, each with its place.
//!
//! Everything is taken from the syntax tree; no script runs to declare something.

mod parse_error;
mod reason;

use crate::{
    Diagnostic,
    source::{self, Lines, Term},
    syntax::{ARTICLE, CHARTER, FLOW, GUARD, PUBLIC, RULE},
};
use rhai::{AST, ASTNode, CustomExpr, Engine, Expr, Position, Stmt};

pub(crate) use parse_error::diagnose;

/// A place in a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

impl At {
    pub(crate) fn new(file: &str, position: Position) -> Self {
        let line = position.line().unwrap_or(1) as u32;
        Self { file: file.to_owned(), line, column: position.position().unwrap_or(1) as u32 }
    }

    pub(crate) fn error(&self, code: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(&self.file, self.line, self.column, code, message)
    }
}

/// A text as written in a script.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub text: String,
    pub at: At,
}

pub(crate) struct ArticleDeclaration {
    pub id: Written,
    pub party: Written,
    pub owes: Written,
    pub due: Option<DueDeclaration>,
}

pub(crate) struct DueDeclaration {
    pub unit: Written,
    pub count: i64,
    pub count_at: At,
    pub from: Written,
    pub until: Written,
    /// From, and until.
    pub paused: Option<(Written, Written)>,
}

/// A rule or a guard.
pub(crate) struct RuleDeclaration {
    pub id: Written,
    pub because: Written,
    pub article: Option<Written>,
    /// Whether the person concerned may be told what it did.
    pub is_public: bool,
    pub when: Expr,
    /// The terms of `when` with their texts, one for each part that `&&` joins.
    pub terms: Vec<(Expr, Term)>,
    pub then: Expr,
    /// Why it may look at how many people follow somebody, from a comment directly above it.
    pub reach: Option<Written>,
    pub at: At,
}

impl RuleDeclaration {
    /// What a guard says of a reply, when it says one thing only: that is the text which has a counterpart in other
    /// languages.
    pub(crate) fn only_message(&self) -> Option<String> {
        let mut messages = Vec::new();
        self.then.walk(&mut Vec::new(), &mut |path| {
            let call = match path.last() {
                Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) => Some(call),
                _ => None,
            };
            if let Some(call) = call.filter(|call| matches!(call.name.as_str(), "warn" | "needs_approval" | "stop")) {
                messages.push(match call.args.as_slice() {
                    [Expr::StringConstant(text, _)] => Some(text.to_string()),
                    _ => None,
                });
            }
            true
        });
        match messages.as_mut_slice() {
            [message] => message.take(),
            _ => None,
        }
    }
}

pub(crate) struct FlowDeclaration {
    pub id: Written,
    pub because: Written,
    pub article: Option<Written>,
    pub steps: Vec<Stmt>,
    pub at: At,
}

/// One script and what it declares, in order.
pub(crate) struct Script {
    pub file: String,
    pub text: String,
    pub lines: Lines,
    pub ast: AST,
    pub charters: Vec<Written>,
    pub articles: Vec<ArticleDeclaration>,
    pub rules: Vec<RuleDeclaration>,
    pub guards: Vec<RuleDeclaration>,
    pub flows: Vec<FlowDeclaration>,
    /// Where something stands that is none of these.
    pub others: Vec<At>,
}

pub(crate) fn read(engine: &Engine, file: &str, text: &str) -> Result<Script, Diagnostic> {
    let ast = engine.compile(text).map_err(|error| diagnose(file, text, &error))?;
    let mut script = Script {
        file: file.to_owned(),
        text: text.to_owned(),
        lines: Lines::of(text),
        ast: AST::empty(),
        charters: Vec::new(),
        articles: Vec::new(),
        rules: Vec::new(),
        guards: Vec::new(),
        flows: Vec::new(),
        others: Vec::new(),
    };
    for statement in ast.statements() {
        match statement {
            Stmt::Noop(_) => {}
            Stmt::Expr(expr) => match &**expr {
                Expr::Custom(custom, position) => script.declare(custom, *position),
                other => script.others.push(At::new(file, other.start_position())),
            },
            other => script.others.push(At::new(file, other.position())),
        }
    }
    script.ast = ast;
    Ok(script)
}

impl Script {
    fn declare(&mut self, custom: &CustomExpr, position: Position) {
        let at = At::new(&self.file, position);
        let inputs = &custom.inputs;
        let written = |index: usize| written(&self.file, &inputs[index]);
        // Statements that may be `under` an article have one input more then.
        let under = |without: usize| (inputs.len() > without).then(|| written(2));
        match custom.tokens[0].as_str() {
            CHARTER if inputs.is_empty() => self.others.push(at),
            CHARTER => self.charters.push(written(0)),
            ARTICLE => {
                let due = (inputs.len() > 3).then(|| DueDeclaration {
                    unit: written(3),
                    count: if let Expr::IntegerConstant(count, _) = inputs[4] { count } else { 0 },
                    count_at: At::new(&self.file, inputs[4].position()),
                    from: written(5),
                    until: written(6),
                    paused: (inputs.len() > 7).then(|| (written(7), written(8))),
                });
                self.articles.push(ArticleDeclaration { id: written(0), party: written(1), owes: written(2), due });
            }
            keyword @ (RULE | GUARD) => {
                let when = inputs[inputs.len() - 2].clone();
                let rule = RuleDeclaration {
                    id: written(0),
                    because: written(1),
                    article: under(4),
                    // Texts in quotes do not stand among the tokens.
                    is_public: custom.tokens.iter().any(|token| token == PUBLIC),
                    terms: self.terms(&when, &at),
                    when,
                    then: inputs[inputs.len() - 1].clone(),
                    reach: reason::for_reach(&self.file, &self.text, &self.lines, at.line),
                    at,
                };
                if keyword == RULE { self.rules.push(rule) } else { self.guards.push(rule) }
            }
            FLOW => {
                let steps = match &inputs[inputs.len() - 1] {
                    Expr::Stmt(block) => block.statements().to_vec(),
                    _ => Vec::new(),
                };
                self.flows.push(FlowDeclaration { id: written(0), because: written(1), article: under(3), steps, at });
            }
            _ => self.others.push(at),
        }
    }

    /// Pairs the parts of a condition with their texts.
    fn terms(&self, when: &Expr, at: &At) -> Vec<(Expr, Term)> {
        let parts = match when {
            Expr::And(parts, _) => parts.to_vec(),
            other => vec![other.clone()],
        };
        let start = self.lines.offset(&self.text, at.line as usize, at.column as usize);
        let terms = source::terms(&self.text, &self.lines, start);
        if terms.len() == parts.len() {
            return parts.into_iter().zip(terms).collect();
        }
        // Written in a way that cannot be taken apart: each part stands for the whole.
        let source = terms.iter().map(|term| term.source.as_ref()).collect::<Vec<_>>().join(" && ");
        let source: std::sync::Arc<str> = source.into();
        let whole = |part: Expr| {
            let place = At::new(&self.file, part.start_position());
            let term =
                Term { source: source.clone(), line: place.line, column: place.column, end_column: place.column };
            (part, term)
        };
        parts.into_iter().map(whole).collect()
    }
}

fn written(file: &str, expr: &Expr) -> Written {
    let text = match expr {
        Expr::StringConstant(text, _) => text.to_string(),
        Expr::Variable(name, ..) => name.1.to_string(),
        _ => String::new(),
    };
    Written { text, at: At::new(file, expr.position()) }
}
