//! The `comity` program: reads its arguments, opens the data folder, wires the parts together.
//!
//! Results go to standard output, everything else to standard error, so that `--json` output can be piped. Exit codes are
//! part of the interface and stand in [`exit`].

mod announce;
mod cases;
mod cli;
mod clock;
mod clocks;
mod data;
mod doctor;
mod exit;
mod heartbeat;
mod import;
mod mail;
mod openapi;
mod policy;
mod remote;
mod serve;
mod settings;
mod telemetry;

use clap::Parser as _;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // One for all that speaks TLS; another has been installed by nobody before this.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = cli::Arguments::parse();
    match run(arguments) {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("comity: {error:#}");
            exit::code_of(&error).into()
        }
    }
}

fn run(arguments: cli::Arguments) -> anyhow::Result<exit::Code> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let data = arguments.data;
    runtime.block_on(async {
        match arguments.command {
            cli::Command::Serve(serve) => serve::run(&data, serve).await,
            cli::Command::Import(import) => import::run(&data, import).await,
            cli::Command::Policy(command) => policy::run(&data, command).await,
            cli::Command::Case(command) => cases::run(&data, command).await,
            cli::Command::Clock(cli::Clock::Due(due)) => clocks::due(&due),
            cli::Command::Clock(cli::Clock::Holidays(holidays)) => clocks::holidays(&holidays),
            cli::Command::Doctor(doctor) => doctor::run(&data, doctor).await,
            cli::Command::Openapi => openapi::run(),
        }
    })
}
