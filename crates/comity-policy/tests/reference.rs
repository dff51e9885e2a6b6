//! The document in `docs/` is what the engine says.

use comity_policy::reference::reference;

#[test]
fn the_reference_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy-reference.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let is_same = written == reference();
    assert!(is_same, "write it anew: cargo run --package comity-server -- policy reference > docs/policy-reference.md");
}
