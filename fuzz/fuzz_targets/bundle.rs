//! Parser, checker and evaluator over real bundles with mistakes in them. What must hold is said in the policy crate, whose
//! ordinary suite runs the same function.
#![no_main]

#[path = "../../crates/comity-policy/tests/support/mutate.rs"]
mod mutate;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mutate::holds(bytes));
