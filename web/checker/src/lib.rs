//! The policy checker in the browser: the very code of the server, behind three functions.
//!
//! The page writes a JSON object of paths and texts to the place that [`input`] gives, calls [`check`], and reads as many
//! bytes as that says from [`output`]: a JSON list of diagnostics. `web/src/lib/policy/checker/module.ts` is the other side.
//! Both buffers belong to this module, so no pointer from outside is ever followed, and nothing is imported: a check reads
//! no clock, no chance and no network.

use comity_policy::{Bundle, Diagnostic};
use std::cell::RefCell;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where the page writes this many bytes of files.
#[unsafe(no_mangle)]
pub extern "C" fn input(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        input.clear();
        input.resize(length, 0);
        input.as_mut_ptr()
    })
}

/// Checks what was written; gives the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn check() -> usize {
    let answer = INPUT.with_borrow(|input| serde_json::to_vec(&diagnostics(input)).unwrap_or_default());
    OUTPUT.with_borrow_mut(|output| {
        *output = answer;
        output.len()
    })
}

/// Where the answer stands.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    OUTPUT.with_borrow(Vec::as_ptr)
}

/// What is no JSON object of texts is nothing that the page writes; the page then asks the server.
fn diagnostics(files: &[u8]) -> Option<Vec<Diagnostic>> {
    let files = serde_json::from_slice(files).ok()?;
    Some(comity_policy::check(&Bundle { files }))
}
