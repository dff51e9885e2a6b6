//! The command line. Stable: a command or option once here keeps its meaning.

use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf};

/// A server for organizations that answer the public in public.
#[derive(Debug, Parser)]
#[command(name = "comity", version, propagate_version = true)]
pub struct Arguments {
    /// The folder that holds everything this installation knows.
    #[arg(long, global = true, env = "COMITY_DATA", default_value = "data", value_name = "DIR")]
    pub data: PathBuf,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server.
    Serve(Serve),
    /// Read posts from a file of JSON Lines.
    ///
    /// Each line is one post: id, author, at, text, and optionally conversation, company, party (company or consumer),
    /// in_reply_to, url, lang. Running it again stores nothing twice. Exits with 3 when lines were rejected.
    Import(Import),
    /// Check and test policy bundles.
    #[command(subcommand)]
    Policy(Policy),
    /// Look at cases.
    #[command(subcommand)]
    Case(Case),
    /// Say what is in order and what is not.
    ///
    /// Exits with 3 when a check fails.
    Doctor(Doctor),
    /// Print the OpenAPI document of the HTTP API.
    Openapi,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Address to listen on. Anything but loopback should stand behind a proxy that speaks https.
    #[arg(long, env = "COMITY_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Load the demonstration organization Northwind Air, whose fictional posts arrive while you watch.
    #[arg(long)]
    pub demo: bool,
}

#[derive(Debug, Args)]
pub struct Import {
    pub file: PathBuf,
    /// Hand the file to a running server instead of opening the data folder.
    #[arg(long, value_name = "URL", env = "COMITY_SERVER")]
    pub server: Option<String>,
    /// An API token of that server (role owner or integrator).
    #[arg(long, env = "COMITY_TOKEN", hide_env_values = true, requires = "server")]
    pub token: Option<String>,
    /// Print one JSON object and nothing else on standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Check a bundle: a folder of scripts, settings and tests. Exits with 3 when it has errors.
    Check(Bundle),
    /// Run a bundle's tests. Exits with 3 when one fails.
    Test(Bundle),
    /// Print every statement, fact, question and effect that a policy can use, in Markdown.
    Reference,
}

#[derive(Debug, Args)]
pub struct Bundle {
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Case {
    /// List cases, those due first.
    List(CaseList),
    /// Show one case with its thread, ledger and decisions. Exits with 4 when there is none.
    Show(CaseShow),
}

#[derive(Debug, Args)]
pub struct CaseList {
    #[arg(long, value_parser = ["open", "closed"])]
    pub status: Option<String>,
    #[arg(long)]
    pub label: Option<String>,
    #[arg(long)]
    pub company: Option<String>,
    #[arg(long, default_value_t = 50)]
    pub limit: u64,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct CaseShow {
    /// Its number or id.
    pub case: String,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Doctor {
    #[arg(long)]
    pub json: bool,
}
