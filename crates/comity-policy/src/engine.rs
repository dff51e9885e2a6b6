//! The sandbox: an engine with nothing in it but what a policy needs.
//!
//! Rhai's packages are not loaded, so there is no `sleep`, no `replace`, no `map` or `filter` that would call back into a
//! script uncounted, no files, no output. What Rhai's own limits do not hold is held by `run` (operations and time over
//! every nested call) and by the checker (no loops, maps, closures or assignments to anything but a script's own names).
//! Nothing is optimised: constants of the facts are never in scope at compile time, so no name can be folded away.

use crate::{Limits, functions, objects, run, syntax};
use rhai::{Engine, OptimizationLevel, Token};

pub(crate) fn build(limits: &Limits) -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine
        .set_max_operations(limits.operations)
        .set_max_call_levels(limits.call_depth)
        .set_max_expr_depths(limits.expression_depth, limits.expression_depth)
        .set_max_string_size(limits.text_bytes)
        .set_max_array_size(limits.list_length)
        .set_max_map_size(limits.list_length)
        .set_max_variables(limits.variables)
        .set_max_functions(limits.functions);
    engine.on_progress(run::progress);
    engine.disable_symbol("eval");
    free_the_word_case(&mut engine);
    syntax::register(&mut engine);
    objects::register(&mut engine);
    functions::register(&mut engine);
    engine
}

/// Rhai keeps the word `case` for later; a policy cannot do without it.
// The hook is no outgoing one: Rhai marks what may change between its versions as deprecated.
#[allow(deprecated)]
fn free_the_word_case(engine: &mut Engine) {
    engine.on_parse_token(|token, _, _| match token {
        Token::Reserved(word) if *word == "case" => Token::Identifier(word),
        other => other,
    });
}
