//! Builds this crate again when the bundles that it carries have changed.

fn main() {
    println!("cargo::rerun-if-changed=../../policies");
}
