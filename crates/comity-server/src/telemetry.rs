//! Logs for people on a terminal, JSON Lines for machines; always on standard error. `COMITY_LOG` filters
//! (`info,comity_app=debug`), `COMITY_LOG_FORMAT=json` switches.

use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

pub fn start(default: &str) {
    let filter = EnvFilter::try_from_env("COMITY_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("COMITY_LOG_FORMAT").is_ok_and(|format| format == "json") {
        builder.json().init();
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).init();
    }
}
