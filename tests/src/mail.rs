//! A real mail server for one test: Exim on a free port, which takes mails from whoever signs in and puts them into files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::net::TcpStream;

use crate::{server::free_port, until};

pub const DOMAIN: &str = "northwind.test";
pub const USER: &str = "comity";
pub const PASSWORD: &str = "mail password";
/// The account that Debian's Exim runs under.
const ACCOUNT: &str = "Debian-exim";

pub struct MailServer {
    daemon: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl MailServer {
    pub async fn start() -> Result<Self> {
        let port = free_port()?;
        let folder = tempfile::tempdir()?;
        let at = folder.path();
        for name in ["spool", "log", "inbox"] {
            fs::create_dir(at.join(name))?;
        }
        let settings = at.join("exim.conf");
        fs::write(&settings, configuration(at, port))?;
        // Exim reads no settings that others could have written, and gives its own rights up.
        let owned = Command::new("chown").arg("--recursive").arg(format!("{ACCOUNT}:{ACCOUNT}")).arg(at).status()?;
        anyhow::ensure!(owned.success(), "Exim needs its account {ACCOUNT}, and root to become it");
        let status = Command::new("chown").arg("root:root").arg(&settings).status()?;
        anyhow::ensure!(status.success(), "the settings of Exim belong to root");
        let daemon = Command::new("exim4")
            .arg("-C")
            .arg(&settings)
            .arg("-bdf")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("exim4 was not found: install the package exim4-daemon-light")?;
        let server = Self { daemon, port, folder };
        until("Exim answers", Duration::from_secs(30), || async move {
            Ok(TcpStream::connect(("127.0.0.1", port)).await.is_ok().then_some(()))
        })
        .await?;
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// What came so far, as it was stored.
    pub fn inbox(&self) -> Result<Option<String>> {
        let path: PathBuf = self.folder.path().join("inbox/all");
        if path.exists() { Ok(Some(fs::read_to_string(path)?)) } else { Ok(None) }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // One that has ended needs no end.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn configuration(at: &Path, port: u16) -> String {
    let at = at.display();
    format!(
        "primary_hostname = localhost\n\
         exim_user = {ACCOUNT}\n\
         exim_group = {ACCOUNT}\n\
         spool_directory = {at}/spool\n\
         log_file_path = {at}/log/%slog\n\
         pid_file_path = {at}/spool/exim.pid\n\
         local_interfaces = 127.0.0.1\n\
         daemon_smtp_ports = {port}\n\
         tls_advertise_hosts =\n\
         auth_advertise_hosts = *\n\
         host_lookup =\n\
         acl_smtp_rcpt = only_signed_in\n\
         begin acl\n\
         only_signed_in:\n\
         \x20 accept authenticated = *\n\
         \x20        domains = {DOMAIN}\n\
         \x20 deny message = sign in first\n\
         begin routers\n\
         here:\n\
         \x20 driver = accept\n\
         \x20 domains = {DOMAIN}\n\
         \x20 transport = file\n\
         begin transports\n\
         file:\n\
         \x20 driver = appendfile\n\
         \x20 file = {at}/inbox/all\n\
         \x20 user = {ACCOUNT}\n\
         begin authenticators\n\
         plain:\n\
         \x20 driver = plaintext\n\
         \x20 public_name = PLAIN\n\
         \x20 server_prompts = :\n\
         \x20 server_condition = ${{if and{{{{eq{{$auth2}}{{{USER}}}}}{{eq{{$auth3}}{{{PASSWORD}}}}}}}}}\n\
         \x20 server_set_id = $auth2\n"
    )
}
