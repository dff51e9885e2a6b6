//! Which crate may know which: dependencies point one way, server -> http -> app -> {policy, store, plugin-host} -> domain,
//! and a few outside libraries stay behind one crate's walls.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::shell;

/// What each crate may use of ours. A crate that is missing here is a finding: adding one is a decision.
const EDGES: [(&str, &[&str]); 13] = [
    ("comity-domain", &[]),
    ("comity-migrations", &[]),
    ("comity-plugin-api", &[]),
    ("comity-policy", &["comity-domain"]),
    ("comity-store", &["comity-domain", "comity-migrations"]),
    ("comity-plugin-host", &["comity-domain", "comity-plugin-api"]),
    ("comity-app", &["comity-domain", "comity-policy", "comity-store", "comity-plugin-host"]),
    ("comity-http", &["comity-app", "comity-domain"]),
    (
        "comity-server",
        &["comity-app", "comity-domain", "comity-http", "comity-plugin-host", "comity-policy", "comity-store"],
    ),
    ("comity-plugin-sdk", &[]),
    (
        "comity-testkit",
        &["comity-app", "comity-domain", "comity-http", "comity-plugin-host", "comity-policy", "comity-store"],
    ),
    ("comity-e2e", &["comity-domain", "comity-testkit"]),
    ("xtask", &[]),
];

/// Outside libraries that only the named crates may use.
const WALLS: [(&str, &[&str]); 6] = [
    ("sea-orm", &["comity-store", "comity-migrations"]),
    ("sea-orm-migration", &["comity-store", "comity-migrations"]),
    ("sqlx", &["comity-store"]),
    ("rhai", &["comity-policy"]),
    ("wasmtime", &["comity-plugin-api", "comity-plugin-host"]),
    ("axum", &["comity-http", "comity-server", "comity-testkit", "comity-e2e"]),
];

/// Crates below the server that do no IO of their own.
const PURE: [&str; 2] = ["comity-domain", "comity-policy"];
const IO: [&str; 6] = ["tokio", "reqwest", "sea-orm", "sqlx", "axum", "wasmtime"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

pub fn check() -> Result<Vec<String>> {
    let text = shell::output(shell::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Metadata = serde_json::from_str(&text).context("cargo metadata printed something unexpected")?;
    Ok(findings(&metadata))
}

fn findings(metadata: &Metadata) -> Vec<String> {
    let edges: BTreeMap<&str, &[&str]> = EDGES.into_iter().collect();
    let mut found = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some(allowed) = edges.get(name) else {
            found.push(format!("{name}: a new crate; write its place into crates/xtask/src/tidy/edges.rs"));
            continue;
        };
        // Tests may use more of ours: the test kit stands above everything.
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev")) {
            let other = dependency.name.as_str();
            if edges.contains_key(other) && !allowed.contains(&other) {
                found.push(format!("{name} uses {other}: dependencies point one way, see ARCHITECTURE.md"));
            }
            if let Some((_, keepers)) = WALLS.iter().find(|(library, _)| *library == other)
                && !keepers.contains(&name)
            {
                found.push(format!("{name} uses {other}: only {} may", keepers.join(" and ")));
            }
            if PURE.contains(&name) && IO.contains(&other) {
                found.push(format!("{name} uses {other}: this crate does no IO"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, uses: &[(&str, Option<&str>)]) -> Metadata {
        let dependencies = uses
            .iter()
            .map(|(name, kind)| Dependency { name: (*name).to_owned(), kind: kind.map(str::to_owned) })
            .collect();
        Metadata { packages: vec![Package { name: name.to_owned(), dependencies }] }
    }

    #[test]
    fn the_way_down_is_allowed_and_the_way_up_is_not() {
        assert!(findings(&package("comity-app", &[("comity-store", None), ("serde", None)])).is_empty());
        assert_eq!(findings(&package("comity-store", &[("comity-app", None)])).len(), 1);
        assert_eq!(findings(&package("comity-policy", &[("comity-store", None)])).len(), 1);
    }

    #[test]
    fn tests_may_use_the_test_kit() {
        assert!(findings(&package("comity-http", &[("comity-testkit", Some("dev"))])).is_empty());
    }

    #[test]
    fn libraries_stay_behind_their_walls() {
        assert_eq!(findings(&package("comity-app", &[("sea-orm", None)])).len(), 1);
        assert_eq!(findings(&package("comity-domain", &[("tokio", None)])).len(), 1);
    }

    #[test]
    fn an_unknown_crate_is_a_decision() {
        assert_eq!(findings(&package("comity-extra", &[])).len(), 1);
    }
}
