//! Where an expression begins and ends in the text. Of an operator the tree keeps only the place of its sign.

use rhai::{Expr, Position};

pub(super) fn start(expr: &Expr) -> Position {
    match expr {
        // `"x" in list` is written the other way round.
        Expr::FnCall(call, position) if call.op_token.is_some() || call.name == "contains" => {
            call.args.iter().map(start).chain([*position]).min().unwrap_or(*position)
        }
        Expr::And(parts, position) | Expr::Or(parts, position) => parts.first().map_or(*position, start),
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => start(&pair.lhs),
        other => other.start_position(),
    }
}

/// The column after the last character, where that is known and on the line of the start.
pub(super) fn end(expr: &Expr) -> Option<u32> {
    let (line, column) = last(expr)?;
    (start(expr).line() == Some(line)).then_some(column)
}

fn last(expr: &Expr) -> Option<(usize, u32)> {
    let after = |position: Position, length: usize| Some((position.line()?, (position.position()? + length) as u32));
    match expr {
        Expr::Variable(name, _, position) => after(*position, name.1.chars().count()),
        Expr::Property(property, position) => after(*position, property.2.chars().count()),
        Expr::Dot(pair, ..) => last(&pair.rhs),
        Expr::BoolConstant(value, position) => after(*position, if *value { 4 } else { 5 }),
        Expr::FnCall(call, _) if call.op_token.is_some() => last(call.args.last()?),
        Expr::And(parts, _) | Expr::Or(parts, _) => last(parts.last()?),
        _ => None,
    }
}
