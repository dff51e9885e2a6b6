//! Flows: their steps are data, so each is one of three calls with plain values.

use super::{names::Names, rules, statements::end, suggest, types::Type};
use crate::{
    Diagnostic, Flow, Step, Target,
    declare::{At, FlowDeclaration, Script},
};
use rhai::{Expr, FnCallExpr, Stmt};

const STEPS: [&str; 3] = ["notify", "unless_acknowledged", "repeat"];
const HELP: &str = "A step is notify(team(\"…\")); or notify(on_call(\"…\")); or notify(role(\"…\")); or notify(channel(\"…\")); or unless_acknowledged(minutes(15)); or repeat(2);";
const NOBODY: &str = "notify needs a team, a role, whoever is on call for a team, or a channel.";

/// People follow a flow; nobody follows the hundredth step.
const MOST_STEPS: usize = 50;
/// Loops are capped: nobody is helped by the hundredth message.
const MOST_REPEATS: i64 = 20;
/// A week.
const LONGEST_WAIT_MINUTES: i64 = 7 * 24 * 60;

pub(super) fn check(scripts: &[Script], names: &Names, found: &mut Vec<Diagnostic>) -> Vec<Flow> {
    let flows = scripts.iter().flat_map(|script| script.flows.iter());
    flows.map(|flow| read(flow, names, found)).collect()
}

fn read(flow: &FlowDeclaration, names: &Names, found: &mut Vec<Diagnostic>) -> Flow {
    rules::heading(&flow.because, flow.article.as_ref(), names, found);
    let mut steps = Vec::new();
    let before = found.len();
    if flow.steps.len() > MOST_STEPS {
        let message = format!("The flow \u{201c}{}\u{201d} has more than {MOST_STEPS} steps.", flow.id.text);
        found.push(flow.id.at.error("too-large", message).help("Make several flows of it.").until(end(&flow.id)));
    }
    for statement in flow.steps.iter().take(MOST_STEPS) {
        match read_step(statement, &flow.at, names) {
            Ok(Some(step)) => steps.push(step),
            Ok(None) => {}
            Err(diagnostic) => found.push(*diagnostic),
        }
    }
    if found.len() == before && !steps.iter().any(|step| matches!(step, Step::Notify { .. })) {
        let message = format!("The flow \u{201c}{}\u{201d} tells nobody.", flow.id.text);
        found.push(flow.id.at.error("empty-flow", message).help(HELP));
    }
    Flow {
        name: flow.id.text.clone(),
        because: flow.because.text.clone(),
        article: flow.article.as_ref().map(|article| article.text.clone()),
        steps,
        file: flow.at.file.clone(),
        line: flow.at.line,
    }
}

type Read<T> = Result<T, Box<Diagnostic>>;

fn read_step(statement: &Stmt, flow: &At, names: &Names) -> Read<Option<Step>> {
    let here = || At::new(&flow.file, statement.position());
    let (call, at) = match statement {
        Stmt::Noop(_) => return Ok(None),
        Stmt::FnCall(call, position) => (call, At::new(&flow.file, *position)),
        Stmt::Expr(expr) => match &**expr {
            Expr::FnCall(call, position) => (call, At::new(&flow.file, *position)),
            _ => return Err(Box::new(here().error("step", "This is no step of a flow.").help(HELP))),
        },
        _ => return Err(Box::new(here().error("step", "This is no step of a flow.").help(HELP))),
    };
    let refuse = |message: &str| Err(Box::new(at.error("step", message).help(HELP)));
    let step = match (call.name.as_str(), call.args.as_slice()) {
        ("notify", [Expr::FnCall(target, position)]) => {
            Step::Notify { target: read_target(target, &At::new(&flow.file, *position), names)? }
        }
        ("notify", _) => return refuse(NOBODY),
        ("unless_acknowledged", [Expr::FnCall(length, _)]) => match minutes(length) {
            Some(minutes @ 1..=LONGEST_WAIT_MINUTES) => Step::UnlessAcknowledged { minutes: minutes as u32 },
            _ => return refuse("A flow waits from one minute to seven days."),
        },
        ("unless_acknowledged", _) => {
            return refuse("unless_acknowledged needs a length of time, such as minutes(15).");
        }
        ("repeat", [Expr::IntegerConstant(times @ 1..=MOST_REPEATS, _)]) => Step::Repeat { times: *times as u32 },
        ("repeat", _) => return refuse("repeat needs a count from 1 to 20."),
        (name, _) => {
            let help = suggest::nearest(name, STEPS).map_or(HELP.to_owned(), |near| format!("Did you mean {near}?"));
            return Err(Box::new(at.error("step", format!("{name} is no step of a flow.")).help(help)));
        }
    };
    Ok(Some(step))
}

fn read_target(call: &FnCallExpr, at: &At, names: &Names) -> Read<Target> {
    let (kind, make): (Type, fn(String) -> Target) = match call.name.as_str() {
        "team" => (Type::Team, Target::Team),
        "role" => (Type::Role, Target::Role),
        "on_call" => (Type::Team, Target::OnCall),
        "channel" => (Type::Channel, Target::Channel),
        _ => {
            return Err(Box::new(at.error("step", NOBODY).help(HELP)));
        }
    };
    let [Expr::StringConstant(name, position)] = call.args.as_slice() else {
        let message = format!("{} needs one name in quotes.", call.name);
        return Err(Box::new(at.error("step", message).help(HELP)));
    };
    match names.verify(kind, name, &At::new(&at.file, *position)) {
        Some(diagnostic) => Err(Box::new(diagnostic)),
        None => Ok(make(name.to_string())),
    }
}

fn minutes(call: &FnCallExpr) -> Option<i64> {
    let [Expr::IntegerConstant(count, _)] = call.args.as_slice() else { return None };
    let factor = match call.name.as_str() {
        "minutes" => 1,
        "hours" => 60,
        "days" => 24 * 60,
        _ => return None,
    };
    count.checked_mul(factor)
}
