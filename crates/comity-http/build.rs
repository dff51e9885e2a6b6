//! Builds this crate again when the pages that it carries have changed.

fn main() {
    println!("cargo::rerun-if-changed=../../web/build");
}
