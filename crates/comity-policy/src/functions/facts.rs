//! Questions about the case's facts that take an argument.

use crate::{
    objects::{Charter, Event, Names, Promise, Surge, Topic, Value as _},
    run::Failure,
};
use comity_domain::facts::{PromiseFacts, TopicFacts};
use rhai::{Dynamic, Engine, ImmutableString};

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("is_breach_of", |event: &mut Event, article: &str| event.0.breach_of() == Some(article));
    engine.register_fn("contains", |names: &mut Names, name: ImmutableString| names.get().contains(name.as_str()));
    engine.register_get("count", |names: &mut Names| names.get().len() as i64);
    engine.register_get("is_empty", |names: &mut Names| names.get().is_empty());
    engine.register_type_with_name::<Topic>("a topic");
    engine.register_fn("topic", |surge: &mut Surge, name: ImmutableString| Topic::new(surge, name));
    engine.register_get("posts_last_hour", |topic: &mut Topic| {
        of(topic, |facts| facts.posts_last_hour).give("topic.posts_last_hour")
    });
    engine.register_get("usual_posts_per_hour", |topic: &mut Topic| {
        of(topic, |facts| facts.usual_posts_per_hour).give("topic.usual_posts_per_hour")
    });
    engine.register_get("times_usual", |topic: &mut Topic| -> Result<Dynamic, Failure> {
        of(topic, TopicFacts::times_usual).give("topic.times_usual")
    });
    engine.register_type_with_name::<Promise>("a promise");
    engine.register_fn("promise", |charter: &mut Charter, article: ImmutableString| Promise::new(charter, article));
    engine.register_get("kept_percent", |promise: &mut Promise| -> Result<Dynamic, Failure> {
        promise.facts().and_then(PromiseFacts::kept_percent).give("promise.kept_percent")
    });
    engine.register_get("kept", |promise: &mut Promise| {
        promise.facts().and_then(|facts| facts.kept).give("promise.kept")
    });
    engine.register_get("broken", |promise: &mut Promise| {
        promise.facts().and_then(|facts| facts.broken).give("promise.broken")
    });
}

/// A topic that nobody counted has no facts.
fn of<T>(topic: &Topic, fact: impl FnOnce(&TopicFacts) -> Option<T>) -> Option<T> {
    topic.facts().and_then(fact)
}
