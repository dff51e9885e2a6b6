//! Questions about the case's facts that take an argument.

use crate::objects::{Event, Names};
use rhai::{Engine, ImmutableString};

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("is_breach_of", |event: &mut Event, article: &str| event.0.breach_of() == Some(article));
    engine.register_fn("contains", |names: &mut Names, name: ImmutableString| names.get().contains(name.as_str()));
    engine.register_get("count", |names: &mut Names| names.get().len() as i64);
    engine.register_get("is_empty", |names: &mut Names| names.get().is_empty());
}
