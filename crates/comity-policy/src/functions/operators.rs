//! Operators on our own kinds of value, and the few of Rhai's that are not built in.

use crate::{
    objects::{Moment, Span},
    run::{Failure, refused},
};
use comity_domain::Timestamp;
use rhai::Engine;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn("!", |value: bool| !value)
        .register_fn("-", |value: i64| value.checked_neg().ok_or_else(|| refused("That number is too large.")))
        .register_fn("-", |value: f64| -value);

    engine
        .register_fn("minutes", |count: i64| span(count, 60))
        .register_fn("hours", |count: i64| span(count, 3_600))
        .register_fn("days", |count: i64| span(count, 86_400))
        .register_fn("minutes", |count: f64| part_of(count, 60.0))
        .register_fn("hours", |count: f64| part_of(count, 3_600.0))
        .register_fn("days", |count: f64| part_of(count, 86_400.0));

    engine
        .register_fn("-", |later: Moment, earlier: Moment| Span(later.0.as_second() - earlier.0.as_second()))
        .register_fn("-", |at: Moment, length: Span| moved(at, -length.0))
        .register_fn("+", |at: Moment, length: Span| moved(at, length.0))
        .register_fn("+", |a: Span, b: Span| span(a.0.saturating_add(b.0), 1))
        .register_fn("-", |a: Span, b: Span| span(a.0.saturating_sub(b.0), 1));

    macro_rules! ordered {
        ($($operator:literal $compare:tt)*) => {$(
            engine.register_fn($operator, |a: Moment, b: Moment| a $compare b);
            engine.register_fn($operator, |a: Span, b: Span| a $compare b);
        )*};
    }
    ordered! { "==" == "!=" != "<" < "<=" <= ">" > ">=" >= }
}

fn span(count: i64, seconds: i64) -> Result<Span, Failure> {
    count.checked_mul(seconds).map(Span).ok_or_else(|| refused("That length of time is too long."))
}

fn part_of(count: f64, seconds: f64) -> Result<Span, Failure> {
    let seconds = (count * seconds).round();
    let is_counted = seconds.is_finite() && seconds.abs() < 1e15;
    is_counted.then_some(Span(seconds as i64)).ok_or_else(|| refused("That length of time is too long."))
}

fn moved(at: Moment, seconds: i64) -> Result<Moment, Failure> {
    let second = at.0.as_second().checked_add(seconds);
    let moved = second.and_then(|second| Timestamp::from_second(second).ok());
    moved.map(Moment).ok_or_else(|| refused("That time lies beyond the years that can be counted."))
}
