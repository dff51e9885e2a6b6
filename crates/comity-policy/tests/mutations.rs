//! Real bundles with mistakes in them: whatever comes of them, nothing breaks. The fuzz target runs the same for hours.

#[path = "support/mutate.rs"]
mod mutate;

use proptest::prelude::*;
use std::{fs, path::Path};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_bundle_is_told_what_is_wrong_or_decides(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        mutate::holds(&bytes);
    }
}

#[test]
fn what_the_fuzzer_found_holds_now() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        eprintln!("{}", file.display());
        mutate::holds(&fs::read(file).unwrap());
    }
}
