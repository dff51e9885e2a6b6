//! The server under test.

use crate::{Client, FakeClock, FakeMailer};
use comity_app::{
    App, Clock as _, Config, Parts,
    accounts::{PasswordCost, PersonInput},
    connections::Plugins,
    notify::Mailer,
    vault::Vault,
};
use comity_domain::{
    Role,
    delivery::State,
    life::{Asker, Step},
};
use comity_http::limits::Limits;
use comity_plugin_host::{HostConfig, PluginHost};
use comity_store::{Store, StoreConfig};
use serde_json::json;
use std::{net::SocketAddr, sync::Arc};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Everybody's password here.
pub const PASSWORD: &str = "correct horse battery";
/// Seconds would be too long to wait for in every test; the shape of the hashes is the same.
const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
const KEY: [u8; 32] = [7; 32];

pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Arc<FakeClock>,
    pub address: SocketAddr,
    /// The one-time token of a server that is not set up.
    pub setup_token: Option<String>,
    owner: Option<Client>,
    stop: CancellationToken,
    server: Option<JoinHandle<std::io::Result<()>>>,
    leaves_work: bool,
    /// What mails leave through.
    pub mailer: Arc<FakeMailer>,
    _folder: TempDir,
}

pub struct TestAppBuilder {
    config: Config,
    limits: Limits,
    components: Vec<(String, Vec<u8>)>,
    set_up: bool,
    workers: bool,
}

impl TestApp {
    /// A server with an owner and no connectors.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    pub fn builder() -> TestAppBuilder {
        let mut config = Config::default();
        config.accounts.password_cost = CHEAP;
        let limits = Limits::default();
        TestAppBuilder { config, limits, components: Vec::new(), set_up: true, workers: false }
    }

    /// Makes these files the live policy, without anybody's approval.
    pub async fn decide_by(&self, files: impl IntoIterator<Item = (&str, String)>) {
        let files = files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
        let proposed = self.app.propose_policy(files, String::new(), None, None).await.expect("a policy");
        let step = Step::BreakGlass { reason: "A test needs it".into() };
        self.app.take_policy_step(proposed.id, &step, &Asker::installation()).await.expect("a live policy");
    }

    /// A caller who is nobody yet.
    pub fn anonymous(&self) -> Client {
        Client::anonymous(format!("http://{}", self.address))
    }

    /// The owner's browser.
    pub fn owner(&self) -> Client {
        self.owner.clone().expect("this server has not been set up")
    }

    /// The browser of somebody new who has this role and no other.
    pub async fn signed_in(&self, role: Role) -> Client {
        self.signed_in_with(role, &[]).await
    }

    /// The same with these skills.
    pub async fn signed_in_with(&self, role: Role, skills: &[&str]) -> Client {
        self.somebody(role, skills, &[], &[]).await
    }

    /// The same in these teams of the policy and with these of its roles.
    pub async fn signed_in_as(&self, role: Role, teams: &[&str], duties: &[&str]) -> Client {
        self.somebody(role, &[], teams, duties).await
    }

    async fn somebody(&self, role: Role, skills: &[&str], teams: &[&str], duties: &[&str]) -> Client {
        let email = format!("{role}-{}@example.org", uuid::Uuid::now_v7());
        let owner = self.app.users().await.expect("users").into_iter().find(|user| user.roles.contains(&Role::Owner));
        let owner = self.owner_caller(owner.expect("an owner").email).await;
        let input = PersonInput {
            name: format!("Somebody with the role {role}"),
            email: email.clone(),
            roles: [role].into(),
            skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
            teams: teams.iter().map(|team| (*team).to_owned()).collect(),
            duties: duties.iter().map(|duty| (*duty).to_owned()).collect(),
            password: PASSWORD.into(),
        };
        self.app.create_user(input, &owner).await.expect("a user can be made");
        self.sign_in(&email).await
    }

    /// The browser of somebody known.
    pub async fn sign_in(&self, email: &str) -> Client {
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = self.anonymous().post("session", &body).await.expect(200);
        self.anonymous().with_session(&answer)
    }

    /// The test means to leave replies unsent.
    pub fn leave_work(&mut self) {
        self.leaves_work = true;
    }

    /// Stops the server and fails when work is left.
    pub async fn finish(mut self) {
        self.stop.cancel();
        let server = self.server.take().expect("the server runs until it is finished");
        server.await.expect("the server does not panic").expect("the server ends well");
        self.app.stop().await;
        if !self.leaves_work {
            for state in [State::Pending, State::Leased, State::Unknown, State::Dead] {
                let left = self.app.deliveries(state).await.expect("the outbox can be read");
                assert!(left.is_empty(), "replies are left {}: {left:?}", state.as_str());
            }
        }
    }

    async fn owner_caller(&self, email: String) -> comity_app::accounts::Caller {
        let here = self.address.ip();
        self.app.sign_in(&email, PASSWORD.into(), here).await.expect("the owner can sign in").caller
    }

    async fn set_up(&mut self) {
        let body = json!({
            "token": self.setup_token.take(),
            "organization": "Northwind Air",
            "name": "Olivia Owner",
            "email": "olivia@example.org",
            "password": PASSWORD,
        });
        let answer = self.anonymous().post("setup", &body).await.expect(201);
        self.owner = Some(self.anonymous().with_session(&answer));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        let forgotten = self.server.is_some() && !std::thread::panicking();
        assert!(!forgotten, "a test ends with `finish().await`, which looks for work that was left");
    }
}

impl TestAppBuilder {
    #[must_use]
    pub fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    #[must_use]
    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// Adds a connector.
    #[must_use]
    pub fn component(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.components.push((name.to_owned(), bytes));
        self
    }

    /// Adds the connector for webhooks.
    #[must_use]
    pub fn with_webhook(self) -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/dist/webhook.wasm");
        let bytes = std::fs::read(file).expect("the connectors are built: run `cargo xtask plugins`");
        self.component("webhook.wasm", bytes)
    }

    /// Leaves the first owner to the test.
    #[must_use]
    pub fn without_owner(mut self) -> Self {
        self.set_up = false;
        self
    }

    /// Runs the workers, too: deciding, timers, sending, polling.
    #[must_use]
    pub fn with_workers(mut self) -> Self {
        self.workers = true;
        self
    }

    pub async fn start(self) -> TestApp {
        // What the server says goes with the test's own output; the first test of a process sets it up for all.
        let _ = tracing_subscriber::fmt()
            .with_test_writer()
            .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
            .try_init();
        let folder = tempfile::tempdir().expect("a folder can be made");
        let clock = Arc::new(FakeClock::default());
        let url = format!("sqlite://{}", folder.path().join("comity.sqlite").display());
        let vault = Vault::new(KEY);
        let host = HostConfig::new(folder.path().join("cache"), vault.derive_key("compiled connectors"));
        let host = PluginHost::new(host).expect("a plugin host");
        let mailer = Arc::new(FakeMailer::default());
        let parts = Parts {
            store: Store::open(StoreConfig::new(url)).await.expect("a store"),
            clock: Arc::clone(&clock) as Arc<dyn comity_app::Clock>,
            config: self.config,
            vault,
            plugins: Plugins::load(host, self.components, clock.now()).await,
            first_policy: "starter",
            mailer: Some(Arc::clone(&mailer) as Arc<dyn Mailer>),
            announcer: None,
        };
        let app = App::open(parts).await.expect("an app");
        app.start_ingest();
        if self.workers {
            app.start();
        }
        let setup_token = app.setup_token().await.expect("a set-up token");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let stop = app.stop_token().child_token();
        let server = comity_http::serve_within(listener, Arc::clone(&app), stop.clone(), self.limits);
        let server = Some(tokio::spawn(server));
        let mut test = TestApp {
            app,
            clock,
            address,
            setup_token,
            owner: None,
            stop,
            server,
            leaves_work: false,
            mailer,
            _folder: folder,
        };
        if self.set_up {
            test.set_up().await;
        }
        test
    }
}
