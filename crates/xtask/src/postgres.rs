//! A PostgreSQL of our own for one test run: a fresh cluster in a temporary folder, on a free port of 127.0.0.1, gone
//! afterwards. It keeps nothing, so it does not wait for the disk.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{needs, shell};

pub struct Postgres {
    binaries: PathBuf,
    folder: PathBuf,
    port: u16,
}

/// The folder with `initdb` and `pg_ctl`: Debian keeps them out of the search path.
pub fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let on_path = shell::find("pg_ctl").and_then(|file| file.parent().map(Path::to_owned));
    versions
        .into_iter()
        .rev()
        .chain(on_path)
        .find(|folder| ["initdb", "pg_ctl"].iter().all(|name| folder.join(name).is_file()))
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let Some(binaries) = binaries() else { bail!("PostgreSQL's initdb was not found") };
        let folder = std::env::temp_dir().join(format!("comity-postgres-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Self { binaries, folder, port };
        if needs::is_root() {
            shell::output(Command::new("chown").arg("postgres:").arg(&server.folder))
                .context("PostgreSQL does not run as root, and the account `postgres` could not be used instead")?;
        }
        shell::output(server.tool("initdb").args([
            "--username=comity",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]))?;
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c synchronous_commit=off \
             -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=128MB \
             -c max_connections=300",
            server.port
        );
        // The output goes to a file: a pipe would stay open in the server that outlives this call.
        shell::run_logged(
            server
                .tool("pg_ctl")
                .arg("-w")
                .arg("-o")
                .arg(options)
                .arg("-l")
                .arg(server.data().join("log"))
                .arg("start"),
            &crate::paths::notes().join("postgres.log"),
        )?;
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://comity@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// One of PostgreSQL's programs on our cluster; under root it runs as the account that the Debian package made.
    fn tool(&self, name: &str) -> Command {
        let program = self.binaries.join(name);
        let mut command = if needs::is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.arg("-D").arg(self.data()).current_dir(&self.folder).env("HOME", &self.folder).stdin(Stdio::null());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = shell::output(self.tool("pg_ctl").args(["-m", "immediate", "stop"])) {
            eprintln!("    PostgreSQL did not stop: {error:#}");
        }
        drop(fs::remove_dir_all(&self.folder));
    }
}
