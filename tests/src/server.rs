//! The real program, started on a free port of 127.0.0.1 with a data folder of its own.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A first start compiles the connectors, which a busy machine takes its time for.
const START: Duration = Duration::from_mins(2);

pub struct Server {
    child: Child,
    port: u16,
    log: PathBuf,
}

/// The program under test: `COMITY_BIN`, or the one built beside this test.
pub fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("COMITY_BIN") {
        return path.into();
    }
    let here = std::env::current_exe().expect("a running test knows its own file");
    let built = here.ancestors().map(|folder| folder.join("comity")).find(|file| file.is_file());
    built.expect("the comity program is not built: run `cargo build --package comity-server` first")
}

pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

impl Server {
    /// Starts it and waits until it says that it is ready.
    pub async fn start(data: &Path) -> Result<Self> {
        Self::start_on(data, free_port()?).await
    }

    pub async fn start_on(data: &Path, port: u16) -> Result<Self> {
        let mut server = Self::launch(data, port)?;
        server.ready().await?;
        Ok(server)
    }

    /// Starts it without waiting.
    pub fn launch(data: &Path, port: u16) -> Result<Self> {
        // Beside the folder, which the program makes itself and keeps private.
        let log = data.with_extension("log");
        let file = File::options().create(true).append(true).open(&log)?;
        let child = Command::new(program())
            .arg("serve")
            .arg("--data")
            .arg(data)
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .env("COMITY_PUBLIC_URL", format!("http://127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stderr(file.try_clone()?)
            .stdout(file)
            .spawn()
            .with_context(|| format!("could not start {}", program().display()))?;
        Ok(Self { child, port, log })
    }

    pub async fn ready(&mut self) -> Result<()> {
        let client = crate::api::http_client();
        let url = format!("{}/health/ready", self.url());
        let started = Instant::now();
        while started.elapsed() < START {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}:\n{}", self.log());
            }
            if client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("the server was not ready after {START:?}:\n{}", self.log())
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything it printed, over all starts on this data folder.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The token of the set-up link that an empty installation prints.
    pub fn set_up_token(&self) -> Result<String> {
        let log = self.log();
        let link = log.split_whitespace().rev().find(|word| word.contains("/setup") && word.contains("http"));
        let token = link.and_then(|link| link.rsplit(['=', '#', '/']).next());
        token.map(str::to_owned).with_context(|| format!("no set-up link was printed:\n{log}"))
    }

    /// The end that no program can prepare for.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
