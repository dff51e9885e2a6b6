//! `cargo xtask test`: every test there is, in one go.
//!
//! The binaries and the tests are built in one call of cargo with one set of features, so that nothing is compiled twice;
//! the end-to-end suites then start the very binary that was built.

use std::path::Path;

use anyhow::Result;

use crate::{
    checker, needs, paths, plugins,
    postgres::Postgres,
    shell,
    steps::{Beside, Steps},
    web,
};

#[derive(clap::Args)]
pub struct Options {
    /// Only Rust tests whose name contains this text; everything else is left out.
    filter: Option<String>,
}

pub fn run(options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    steps.need("install what is needed", || {
        needs::node()?;
        needs::apt(&[needs::CHROMIUM, needs::EXIM, needs::POSTGRESQL])?;
        needs::nextest()
    })?;
    let peers = Beside::start("install the tests' npm packages", || {
        web::TEST_FOLDERS.iter().try_for_each(|folder| web::install(folder))
    });
    build_pages_and_connectors(&mut steps)?;
    steps.need("build the server and the tests", || {
        shell::run(shell::cargo().args(["build", "--workspace", "--bins", "--tests"]))
    })?;
    steps.join(peers)?;

    let server = paths::server(false);
    let postgres = steps.need("start PostgreSQL", Postgres::start)?;
    steps.check("Rust tests", || rust_tests(&server, &postgres, options.filter.as_deref()));
    drop(postgres);
    if options.filter.is_none() {
        steps.check("connectors: unit tests", plugins::test);
        steps.check("web: types", || shell::run(&mut web::script("web", "check")));
        steps.check("web: unit tests", || shell::run(&mut web::script("web", "test")));
        steps.check("browser", || shell::run(web::script("tests/browser", "test").env("COMITY_BIN", &server)));
    }
    steps.finish()
}

fn rust_tests(server: &Path, postgres: &Postgres, filter: Option<&str>) -> Result<()> {
    let mut nextest = shell::cargo();
    nextest.args(["nextest", "run", "--workspace", "--tests"]).args(filter);
    shell::run(nextest.env("COMITY_TEST_POSTGRES", postgres.url()).env("COMITY_BIN", server))
}

/// npm waits for the network and vite uses one core, so the pages are built beside the connectors. The checker is part of
/// the pages and comes before them.
pub fn build_pages_and_connectors(steps: &mut Steps) -> Result<()> {
    let packages = Beside::start("install the pages' npm packages", || web::install("web"));
    steps.need("build the checker", checker::build)?;
    steps.join(packages)?;
    let pages = Beside::start("build the web pages", web::build);
    steps.need("build the connectors", plugins::build)?;
    steps.join(pages)
}
