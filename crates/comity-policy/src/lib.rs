//! Policy: what the organization owes, what it does when something happens, and why it did it.
//!
//! A [`Bundle`] is a folder of Rhai scripts with a few statements of our own, settings and tests. [`check`] reads it
//! strictly and says in plain words what is wrong; [`Policy::compile`] turns it into something that decides:
//! facts in, [`comity_domain::decision::Evaluation`] out, with every term of every rule traced. [`run_tests`] plays the
//! bundle's own tests through the same [`comity_domain::step::step`] that decides live.
//!
//! Invariants: no clock, randomness, files or global state reach a script; the same facts and version give the same
//! decision; a rule only ever adds to a plan; a script that fails has no effect at all. Rhai types never leave this crate.
//!
//! Reading order: [`mod@bundle`], [`settings`] and [`languages`], `syntax` and `declare` (from text to declarations), `check` (strict
//! names and types), `engine`, `objects` and `functions` (what a script can touch), `evaluate` (the decision with its
//! trace), [`policy`], [`explain`] (the decision told in sentences), and [`scenario`] (tests written in a bundle).

pub mod bundle;
mod check;
mod declare;
pub mod diagnostic;
mod engine;
mod evaluate;
pub mod explain;
mod functions;
pub mod languages;
pub mod limits;
mod objects;
pub mod policy;
mod quotas;
pub mod reference;
mod run;
pub mod scenario;
pub mod settings;
mod source;
mod stopwatch;
mod syntax;
mod template;
mod text;
pub mod vocabulary;

pub use bundle::{Bundle, BundleError};
pub use check::check;
pub use comity_domain::flow::{Flow, Step, Target};
pub use diagnostic::{Diagnostic, Severity};
pub use languages::Texts;
pub use limits::Limits;
pub use policy::{Policy, RuleSummary};
pub use scenario::{CaseStory, TestCase, TestReport, read_facts, run_tests, write_test};
pub use settings::Brief;
pub use source::rule_wording;
