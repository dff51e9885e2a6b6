//! The command line. Stable: a command or option once here keeps its meaning.

use clap::{Args, Parser, Subcommand};
use comity_domain::charter::Length;
use jiff::Timestamp;
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
    /// Check, test, propose and publish policies.
    #[command(subcommand)]
    Policy(Policy),
    /// Look at cases.
    #[command(subcommand)]
    Case(Case),
    /// Work out when something is due.
    #[command(subcommand)]
    Clock(Clock),
    /// Say what is in order and what is not.
    ///
    /// Exits with 3 when a check fails.
    Doctor(Doctor),
    /// Print the OpenAPI document of the HTTP API.
    Openapi,
}

#[derive(Debug, Subcommand)]
pub enum Clock {
    /// Print when something is due on a calendar, and which time counted for it.
    ///
    /// Exits with 3 when the calendar, a time or a length cannot be used, and with 4 when there is no such file.
    Due(Due),
    /// Print the holidays that an iCalendar file lists, as a policy's settings.toml has them.
    ///
    /// Only events of whole days are holidays. Exits with 3 when a file cannot be used, and with 4 when there is no such file.
    Holidays(Holidays),
}

#[derive(Debug, Args)]
pub struct Holidays {
    /// An .ics file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Add them to the calendar in this settings.toml instead of printing them.
    #[arg(long, value_name = "SETTINGS")]
    pub into: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Due {
    /// A calendar in TOML, or a policy's settings.toml with one.
    #[arg(long, value_name = "FILE")]
    pub calendar: PathBuf,
    /// When the clock starts: on the calendar's clocks (2026-03-02T09:00), or with a zone (2026-03-02T09:00:00Z).
    #[arg(long, value_name = "TIME")]
    pub from: String,
    /// How long it has: minutes(15), hours(4), days(7), working_hours(4) or working_days(2).
    #[arg(long = "due", value_name = "LENGTH")]
    pub length: Length,
    /// Time that does not count; may be given several times.
    #[arg(long, value_name = "FROM/TO")]
    pub pause: Vec<String>,
    /// Print one JSON object and nothing else on standard output.
    #[arg(long)]
    pub json: bool,
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
    /// Write a version into a folder, byte for byte: the live one, or the one named.
    ///
    /// Policy files in the folder that the version does not have are removed, after asking. Other files are left alone.
    Pull(Pull),
    /// Propose a folder as a new version. Exits with 3 when it has errors or failing tests.
    Push(Push),
    /// Make a proposed version live.
    Publish(Publish),
    /// Make a version live again that was live before.
    Rollback(Rollback),
    /// Say what is different between two of: a folder, `live`, `draft`, a version's number. Exits with 3 when anything is.
    Diff(Diff),
    /// Decide about one set of facts.
    ///
    /// Exits with 3 when the bundle has errors, the facts cannot be read, or a rule fails.
    Eval(Eval),
    /// Try a bundle over everything that was decided, next to the live version.
    ///
    /// Opens the data folder and leaves nothing in it; with --server, a running server does it and keeps the result. Exits
    /// with 3 when the bundle has errors, and with --fail-on-change when anything is decided differently; with 4 when there
    /// is no such folder, 5 when a server uses the data folder, 6 when the server refuses.
    Backtest(Backtest),
}

/// Where versions are: in a running server, or in the data folder of one that does not run.
#[derive(Debug, Args)]
pub struct Place {
    /// Go through a running server instead of opening the data folder.
    #[arg(long, value_name = "URL", env = "COMITY_SERVER")]
    pub server: Option<String>,
    /// An API token of that server (role owner or policy_owner; for a backtest, approver will do).
    #[arg(long, env = "COMITY_TOKEN", hide_env_values = true, requires = "server")]
    pub token: Option<String>,
    /// Print one JSON value and nothing else on standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Eval {
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Facts as decisions store them, in JSON; what is left out is as in the facts of a test. A decision taken from the API
    /// stands for its facts.
    #[arg(long, value_name = "FILE")]
    pub facts: PathBuf,
    /// Print rules, terms and effects as one JSON object.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub struct Pull {
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The draft that is being edited.
    #[arg(long, conflicts_with = "version")]
    pub draft: bool,
    /// The version of this number.
    #[arg(long, value_name = "NUMBER")]
    pub version: Option<i64>,
    /// Remove policy files that the version does not have without asking.
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
pub struct Push {
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// What changed and why, for those who read the list of versions.
    #[arg(long, default_value = "")]
    pub note: String,
    /// Save it as the draft instead of proposing it.
    #[arg(long, conflicts_with_all = ["note", "base"])]
    pub draft: bool,
    /// The version that the folder was made from; with another one live, nothing is proposed.
    #[arg(long, value_name = "NUMBER")]
    pub base: Option<i64>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub struct Publish {
    #[arg(value_name = "NUMBER")]
    pub version: i64,
    /// In an emergency, without an approval. Everybody is told, and somebody else has to review it.
    #[arg(long, value_name = "REASON")]
    pub break_glass: Option<String>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub struct Rollback {
    #[arg(value_name = "NUMBER")]
    pub version: i64,
    /// Why it comes back; kept in the audit log.
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
pub struct Diff {
    #[arg(value_name = "BEFORE")]
    pub before: String,
    #[arg(value_name = "AFTER")]
    pub after: String,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
pub struct Backtest {
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Only events that happened from then on: 2026-03-02 or 2026-03-02T09:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub from: Option<Timestamp>,
    /// Only events that happened before.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub until: Option<Timestamp>,
    /// Exit with 3 when anything is decided differently.
    #[arg(long)]
    pub fail_on_change: bool,
    #[command(flatten)]
    pub place: Place,
}

/// A moment, or the beginning of a day in UTC.
fn moment(text: &str) -> Result<Timestamp, String> {
    let day =
        || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|day| day.timestamp());
    let found = text.parse().ok().or_else(day);
    found.ok_or_else(|| "write 2026-03-02 or 2026-03-02T09:00:00Z".to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_days_or_moments() {
        assert_eq!(moment("2026-03-02").unwrap().to_string(), "2026-03-02T00:00:00Z");
        assert_eq!(moment("2026-03-02T10:00:00+01:00").unwrap().to_string(), "2026-03-02T09:00:00Z");
        assert!(moment("yesterday").is_err());
    }
}
