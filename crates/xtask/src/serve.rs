//! `cargo xtask run`: build web pages, connectors and server, then become the server.

use std::{os::unix::process::CommandExt, path::PathBuf};

use anyhow::Result;

use crate::{paths, shell, steps::Steps, suite};

#[derive(clap::Args)]
pub struct Options {
    /// Load the demonstration organization Northwind Air, whose posts arrive while you watch.
    #[arg(long)]
    demo: bool,
    /// Build with optimisation: slower to build, quicker to run.
    #[arg(long)]
    release: bool,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    addr: String,
    /// The folder that holds everything Comity keeps.
    #[arg(long, default_value = "data")]
    data: PathBuf,
}

pub fn run(options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    suite::build_pages_and_connectors(&mut steps)?;
    steps.need("build the server", || {
        let mut cargo = shell::cargo();
        cargo.args(["build", "--package", "comity-server"]);
        if options.release {
            cargo.arg("--release");
        }
        shell::run(&mut cargo)
    })?;
    steps.finish()?;

    let mut server = shell::command(paths::server(options.release));
    server.arg("serve").arg("--data").arg(&options.data).arg("--listen").arg(&options.addr);
    if options.demo {
        server.arg("--demo");
    }
    eprintln!("    $ {}", shell::show(&server));
    // From here on this process is the server, so that signals reach it directly.
    Err(server.exec().into())
}
