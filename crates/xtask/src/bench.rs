//! `cargo xtask bench`: the figures that the design promises, measured on a release build.
//!
//! Each benchmark is an example program of the crate that it measures and prints one JSON object a line. They run one
//! after the other, on a machine that should do nothing else. The policy's are followed by what other engines take for
//! the same rules. The store's includes the raw limit of SQLite, taken in the same run, so that the share of it can be told.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{paths, shell, steps::Steps, suite};

#[derive(clap::Args)]
pub struct Options {
    /// Which to run; all of them when none is named.
    #[arg(value_parser = NAMES)]
    name: Option<String>,
}

const NAMES: [&str; 5] = ["policy", "clocks", "plugins", "store", "load"];

struct Benchmark {
    name: &'static str,
    /// The programs that measure, each an example of a package.
    examples: &'static [(&'static str, &'static str)],
    /// Also asks the same of others, with the programs of `benches/peers`.
    has_peers: bool,
}

const BENCHMARKS: [Benchmark; 5] = [
    Benchmark {
        name: "policy",
        examples: &[("comity-policy", "policy_bench"), ("comity-app", "shadow_bench"), ("comity-e2e", "tryout")],
        has_peers: true,
    },
    Benchmark { name: "clocks", examples: &[("comity-store", "clock_bench")], has_peers: false },
    Benchmark { name: "plugins", examples: &[("comity-plugin-host", "plugin_bench")], has_peers: false },
    Benchmark { name: "store", examples: &[("comity-store", "store_bench")], has_peers: false },
    Benchmark { name: "load", examples: &[("comity-e2e", "load")], has_peers: false },
];

pub fn run(options: &Options) -> Result<()> {
    let wanted = |benchmark: &&Benchmark| options.name.as_deref().is_none_or(|name| name == benchmark.name);
    let chosen: Vec<&Benchmark> = BENCHMARKS.iter().filter(wanted).collect();
    let mut steps = Steps::default();
    suite::build_pages_and_connectors(&mut steps)?;
    steps.need("build for release", || {
        let mut cargo = shell::cargo();
        cargo.args(["build", "--release", "--package", "comity-server", "--bins"]);
        // All of them, whichever are wanted: other packages would turn on other features, and everything would be built anew.
        for (package, example) in BENCHMARKS.iter().flat_map(|benchmark| benchmark.examples) {
            cargo.args(["--package", package, "--example", example]);
        }
        shell::run(&mut cargo)
    })?;
    if chosen.iter().any(|benchmark| benchmark.has_peers) {
        steps.need("build the peers", || {
            let mut cargo = shell::cargo();
            cargo.args(["build", "--release", "--manifest-path", "benches/peers/Cargo.toml", "--target-dir"]);
            shell::run(cargo.arg(peers()))
        })?;
    }
    let mut all = Vec::new();
    for benchmark in chosen {
        let lines = steps.need(benchmark.name, || measure(benchmark))?;
        all.extend(lines);
    }
    all.extend(share_of_the_raw_limit(&all));
    table(&all);
    steps.finish()
}

fn measure(benchmark: &Benchmark) -> Result<Vec<Value>> {
    let examples = benchmark.examples.iter().map(|(_, example)| paths::target().join("release/examples").join(example));
    let peers = benchmark.has_peers.then(|| peers().join("release/comity-bench-peers"));
    let mut lines = Vec::new();
    for program in examples.chain(peers) {
        lines.extend(figures(&program)?);
    }
    let file = results().join(format!("{}.json", benchmark.name));
    fs::create_dir_all(results())?;
    fs::write(&file, serde_json::to_string_pretty(&lines)?)
        .with_context(|| format!("could not write {}", file.display()))?;
    Ok(lines)
}

fn figures(program: &Path) -> Result<Vec<Value>> {
    let text = shell::output(shell::command(program).env("COMITY_BIN", paths::server(true)))?;
    let lines: Vec<Value> = text
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).with_context(|| format!("{} printed {line}", program.display())))
        .collect::<Result<_>>()?;
    if lines.is_empty() {
        bail!("{} printed no figures", program.display());
    }
    Ok(lines)
}

/// Where the peers are built: apart, because nothing of theirs is ours.
fn peers() -> PathBuf {
    paths::target().join("peers")
}

fn results() -> PathBuf {
    paths::target().join("bench")
}

/// Decided posts a second over what SQLite alone does, when both were measured in this run.
fn share_of_the_raw_limit(lines: &[Value]) -> Option<Value> {
    let figure = |name: &str, field: &str| lines.iter().find(|line| self::name(line) == name)?.get(field)?.as_f64();
    let decided = figure("webhook, full rate", "decided_per_s")?;
    let raw = figure("raw", "events_a_second")?;
    Some(json!({"name": "webhook, full rate", "share_of_raw_sqlite": (decided / raw * 1_000.0).round() / 1_000.0}))
}

const NAME: [&str; 3] = ["name", "bench", "connector"];

/// A line per figure: the names in one column, what was measured after it.
fn table(lines: &[Value]) {
    let width = lines.iter().map(|line| name(line).len()).max().unwrap_or(0);
    println!();
    for line in lines {
        let Some(fields) = line.as_object() else { continue };
        let keys: BTreeSet<&String> = fields.keys().filter(|key| !NAME.contains(&key.as_str())).collect();
        let text: Vec<String> = keys.into_iter().map(|key| format!("{key} {}", plain(&fields[key]))).collect();
        println!("    {:width$}  {}", name(line), text.join(", "));
    }
}

/// What a line is about.
fn name(line: &Value) -> &str {
    NAME.iter().find_map(|key| line[key].as_str()).unwrap_or("?")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_needs_both_figures() {
        let load = json!({"name": "webhook, full rate", "decided_per_s": 2_500.0});
        let raw = json!({"name": "raw", "events_a_second": 10_000.0});
        assert!(share_of_the_raw_limit(std::slice::from_ref(&load)).is_none());
        let share = share_of_the_raw_limit(&[load, raw]).unwrap();
        assert_eq!(share["share_of_raw_sqlite"], 0.25);
    }
}
