//! PostgreSQL for one test: a database of its own in the cluster that `COMITY_TEST_POSTGRES` names, or in a private cluster on
//! a free port that ends with the test.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::server::free_port;

pub struct Postgres {
    /// Where `psql` reaches the cluster's first database.
    cluster: String,
    private: Option<Cluster>,
}

struct Cluster {
    binaries: PathBuf,
    folder: tempfile::TempDir,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        if let Ok(cluster) = std::env::var("COMITY_TEST_POSTGRES") {
            return Ok(Self { cluster, private: None });
        }
        let port = free_port()?;
        let private = Cluster::start(port)?;
        Ok(Self { cluster: format!("postgres://comity@127.0.0.1:{port}/postgres"), private: Some(private) })
    }

    /// Makes an empty database and gives its address.
    pub fn database(&self, name: &str) -> Result<String> {
        let psql =
            |sql: String| checked(Command::new("psql").arg(&self.cluster).args(["--quiet", "--command"]).arg(sql));
        psql(format!("drop database if exists {name} with (force)"))?;
        psql(format!("create database {name}"))?;
        let (server, _) = self.cluster.rsplit_once('/').context("COMITY_TEST_POSTGRES names no database")?;
        Ok(format!("{server}/{name}"))
    }

    /// Removes a database of [`Postgres::database`]; nothing is left to do in a cluster that ends anyway.
    pub fn remove(&self, name: &str) {
        if self.private.is_none() {
            let sql = format!("drop database if exists {name} with (force)");
            drop(checked(Command::new("psql").arg(&self.cluster).args(["--quiet", "--command"]).arg(sql)));
        }
    }
}

impl Cluster {
    fn start(port: u16) -> Result<Self> {
        let binaries = binaries().context("PostgreSQL was not found: install the package postgresql")?;
        let cluster = Self { binaries, folder: tempfile::tempdir()? };
        if is_root() {
            checked(Command::new("chown").arg("postgres:").arg(cluster.folder.path()))?;
        }
        let setting = ["--username=comity", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        checked(cluster.tool("initdb").args(setting))?;
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off \
             -c max_connections=200"
        );
        // The server keeps what it is given as its output, so it gets a file.
        let log = cluster.folder.path().join("log");
        let mut start = cluster.tool("pg_ctl");
        start.args(["-w", "-o", &options, "-l"]).arg(log).arg("start").stdout(Stdio::null()).stderr(Stdio::null());
        ensure!(start.status()?.success(), "PostgreSQL did not start");
        Ok(cluster)
    }

    /// One of PostgreSQL's programs; it does not run as root, so there the account of the Debian package is used.
    fn tool(&self, name: &str) -> Command {
        let program = self.binaries.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.arg("-D").arg(self.folder.path().join("data")).current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(checked(self.tool("pg_ctl").args(["-m", "immediate", "stop"])));
    }
}

/// Debian keeps them out of the search path.
fn binaries() -> Option<PathBuf> {
    let installed =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let path = std::env::var_os("PATH")?;
    let mut folders: Vec<PathBuf> = installed.chain(std::env::split_paths(&path)).collect();
    folders.retain(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file());
    folders.into_iter().next()
}

fn is_root() -> bool {
    Path::new("/proc/self").metadata().is_ok_and(|data| std::os::unix::fs::MetadataExt::uid(&data) == 0)
}

fn checked(command: &mut Command) -> Result<Output> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("could not start {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(output)
}
