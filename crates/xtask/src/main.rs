//! The project's own commands: `cargo xtask run`, `test`, `plugins`, `bench` and `tidy`. They install what they need, say
//! what they do, and reuse what is already built. Meant for a fresh Debian with Rust, Node and apt.

mod bench;
mod checker;
mod needs;
mod paths;
mod plugins;
mod postgres;
mod serve;
mod shell;
mod stamp;
mod steps;
mod suite;
mod tidy;
mod wasm;
mod web;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run, test and measure Comity")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and start Comity on this machine.
    Run(serve::Options),
    /// Run every test there is.
    Test(suite::Options),
    /// Build the bundled connectors to WebAssembly.
    Plugins,
    /// Measure a release build: policy, plugins, store, and the whole under load.
    Bench(bench::Options),
    /// Check the layout: crate edges, file lengths, what may be used where.
    Tidy,
}

fn main() -> std::process::ExitCode {
    let result = match Cli::parse().task {
        Task::Run(options) => serve::run(&options),
        Task::Test(options) => suite::run(&options),
        Task::Plugins => plugins::build(),
        Task::Bench(options) => bench::run(&options),
        Task::Tidy => tidy::run(),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
