//! `cargo xtask test`: every test there is, in one go.
//!
//! The binaries and the tests are built in one call of cargo with one set of features, so that nothing is compiled twice;
//! the end-to-end suites then start the very binary that was built.

use std::{thread, time::Instant};

use anyhow::{Result, anyhow};

use crate::{needs, paths, postgres::Postgres, shell, steps::Steps, web};

#[derive(clap::Args)]
pub struct Options {
    /// Only Rust tests whose name contains this text; everything else is left out.
    filter: Option<String>,
}

pub fn run(options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    steps.need("install what is needed", || {
        needs::node()?;
        needs::apt(&[needs::CHROMIUM, needs::POSTGRESQL])?;
        needs::nextest()
    })?;
    build_pages_and_connectors(&mut steps)?;
    steps.need("build the server and the tests", || {
        shell::run(shell::cargo().args(["build", "--workspace", "--bins", "--tests"]))
    })?;
    let postgres = steps.need("start PostgreSQL", Postgres::start)?;
    steps.check("Rust tests", || {
        let mut nextest = shell::cargo();
        nextest.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
        nextest.args(&options.filter);
        nextest.env("COMITY_TEST_POSTGRES", postgres.url()).env("COMITY_BIN", paths::server(false));
        if let Some(chromium) = needs::chromium() {
            nextest.env("COMITY_TEST_BROWSER", chromium);
        }
        shell::run(&mut nextest)
    });
    drop(postgres);
    if options.filter.is_none() {
        steps.check("web: types and lint", || web::run_script("web", "check"));
        steps.check("web: unit tests", || web::run_script("web", "test"));
    }
    steps.finish()
}

/// The web pages wait for the network and one core, the connectors for the other: so they are built side by side.
pub fn build_pages_and_connectors(steps: &mut Steps) -> Result<()> {
    let pages = thread::spawn(|| {
        let started = Instant::now();
        (web::build(), started.elapsed())
    });
    let (built, took) = pages.join().map_err(|_| anyhow!("building the web pages panicked"))?;
    steps.note("build the web pages", took, built.is_err());
    built
}
