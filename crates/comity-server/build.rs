//! Builds this crate again when the connectors that it carries have changed.

fn main() {
    println!("cargo::rerun-if-changed=../../plugins/dist");
}
