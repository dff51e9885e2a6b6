//! How much a policy may be and do. A bundle that needs more is not a policy that people can read.

use std::time::Duration;

/// The limits of one bundle and of one evaluation; see `policy-language` for what each holds that Rhai does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Operations of one evaluation, counted by us over every nested call.
    pub operations: u64,
    /// Time one evaluation may work. Generous: operations are the limit, this is the net below it.
    pub deadline: Duration,
    /// Nested calls of functions written in a script.
    pub call_depth: usize,
    /// Nesting of expressions and blocks in a script.
    pub expression_depth: usize,
    /// Bytes of one text a script builds or looks at; what is longer is looked at up to here.
    pub text_bytes: usize,
    /// Entries of one list or map a script writes down. Sizes are re-walked with each change, so it stays small.
    pub list_length: usize,
    /// Effects one evaluation may plan, and sentences a guard may say.
    pub effects: usize,
    /// Bytes of the text that one effect writes.
    pub effect_bytes: usize,
    /// Variables a rule or a function may have at a time, the facts among them. Each can hold a text of the longest kind, in
    /// each of the nested calls.
    pub variables: usize,
    /// Functions a bundle may define.
    pub functions: usize,
    /// Different kinds of values that all its functions together may be called with; each is looked at by the checker.
    pub signatures: usize,
    /// Bytes of one file of a bundle.
    pub file_bytes: usize,
    /// Bytes of a line of a script.
    pub line_bytes: usize,
    /// Files of a bundle.
    pub files: usize,
    /// Bytes of all files of a bundle with their paths.
    pub bundle_bytes: usize,
    /// Rules and guards of a bundle.
    pub rules: usize,
    /// Teams, roles, templates and word lists, of each.
    pub names: usize,
    /// What the checker says of a bundle.
    pub diagnostics: usize,
    /// Time that all tests of a bundle may take together.
    pub test_time: Duration,
    /// Breaches that may fall due within one step of a test.
    pub test_breaches: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            operations: 100_000,
            deadline: Duration::from_millis(100),
            call_depth: 8,
            expression_depth: 48,
            text_bytes: 128 * 1_024,
            list_length: 1_000,
            effects: 200,
            effect_bytes: 2_000,
            variables: 20,
            functions: 200,
            signatures: 1_000,
            file_bytes: 256 * 1_024,
            line_bytes: 4_000,
            files: 200,
            bundle_bytes: 512 * 1_024,
            rules: 500,
            names: 500,
            diagnostics: 200,
            test_time: Duration::from_secs(20),
            test_breaches: 1_000,
        }
    }
}
