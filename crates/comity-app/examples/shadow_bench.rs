//! What a shadow costs: how many events a second are decided and durably committed with the starter policy alone, and with
//! another version beside it, in turns on one database. A line of JSON each. Meant for a release build.

use comity_app::{App, Clock, Config, Parts, connections::Plugins, policies::bundled, vault::Vault};
use comity_domain::{
    ConnectionId, Party, Timestamp,
    audit::Actor,
    inbound::{InboundAuthor, InboundEvent, InboundPost},
    life::{Asker, Step},
    post::Visibility,
};
use comity_plugin_host::{HostConfig, PluginHost};
use comity_store::{Connection, ConnectionStatus, IngestBatch, PolicyVersion, Store, StoreConfig};
use std::{sync::Arc, time::Instant};

/// Events decided in one measurement.
const EVENTS: usize = 5_000;
const ROUNDS: usize = 5;

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::constant(1_790_000_000, 0)
    }
}

#[tokio::main]
async fn main() {
    // On the disk of the project: a temporary folder may be memory, which commits faster than anything real.
    let target = std::env::current_dir().expect("a folder to be in").join("target");
    std::fs::create_dir_all(&target).expect("a folder to build into");
    let folder = tempfile::tempdir_in(target).expect("a folder");
    let app = open(folder.path()).await;
    let connection = connect(&app).await;
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    let mut next = 0;
    // The first is for warming up.
    for round in 0..=ROUNDS {
        let one = measure(&app, connection, &mut next).await;
        let version = candidate(&app).await;
        step(&app, &version, Step::Shadow).await;
        let other = measure(&app, connection, &mut next).await;
        let compared = app.policy_beside(version.id).await.expect("what it came to").tally;
        assert_eq!((compared.events, compared.skipped), (EVENTS as u64, 0));
        step(&app, &version, Step::SetAside { reason: "Measured".into() }).await;
        if round > 0 {
            alone.push(one);
            beside.push(other);
        }
    }
    let (alone, beside) = (median(alone), median(beside));
    let cost = (1.0 - beside / alone) * 100.0;
    println!("{}", serde_json::json!({ "name": "deciding, alone", "events_a_second": alone.round() }));
    println!(
        "{}",
        serde_json::json!({
            "name": "deciding, with a shadow", "events_a_second": beside.round(),
            "cost_percent": (cost * 10.0).round() / 10.0,
        })
    );
}

async fn open(folder: &std::path::Path) -> Arc<App> {
    let url = format!("sqlite://{}", folder.join("comity.sqlite").display());
    let host = PluginHost::new(HostConfig::new(folder.join("cache"), [7; 32])).expect("a plugin host");
    let parts = Parts {
        store: Store::open(StoreConfig::new(url)).await.expect("a store"),
        clock: Arc::new(Standing),
        config: Config::default(),
        vault: Vault::new([7; 32]),
        plugins: Plugins::load(host, Vec::new(), Standing.now()).await,
        first_policy: "starter",
        mailer: None,
        announcer: None,
    };
    App::open(parts).await.expect("an app")
}

/// The starter policy with one rule more, proposed.
async fn candidate(app: &App) -> PolicyVersion {
    let mut files = bundled("starter").expect("the starter bundle").files;
    let rule = "\nrule \"loud\" because \"Calm is kind\" when event.text.is_shouting then { label(\"loud\"); }\n";
    files.get_mut("engagement.rhai").expect("rules").push_str(rule);
    app.propose_policy(files, "To measure".into(), None, None).await.expect("a version")
}

async fn step(app: &App, version: &PolicyVersion, step: Step) {
    app.take_policy_step(version.id, &step, &Asker::installation()).await.expect("a step");
}

/// Events decided a second.
async fn measure(app: &App, connection: ConnectionId, next: &mut usize) -> f64 {
    for _ in 0..EVENTS / 500 {
        let events = (*next..*next + 500).map(|number| InboundEvent::PostCreated(post(number))).collect();
        *next += 500;
        let batch = IngestBatch {
            organization: app.organization,
            connection,
            events,
            received_at: Standing.now(),
            cursor: None,
            state: Vec::new(),
            secrets: None,
            account: None,
        };
        app.store.ingest(vec![batch]).await.expect("posts are stored");
    }
    let started = Instant::now();
    let decided = app.decide_all().await.expect("posts are decided about");
    assert_eq!(decided, EVENTS);
    EVENTS as f64 / started.elapsed().as_secs_f64()
}

fn post(number: usize) -> InboundPost {
    let author = format!("author-{number}");
    InboundPost {
        external_id: number.to_string(),
        revision: String::new(),
        author: InboundAuthor { external_id: author.clone(), handle: author, ..InboundAuthor::default() },
        at: Standing.now(),
        text: format!(
            "[{number}] My bag has not arrived and nobody at the desk could say where it is. Flight NW 482 from Oslo, two days \
             ago. What am I supposed to do now?"
        ),
        lang: Some("en".into()),
        url: None,
        in_reply_to: None,
        root: None,
        conversation: None,
        visibility: Visibility::Public,
        party: Party::Consumer,
        company: None,
        names_us: Some(true),
    }
}

async fn connect(app: &App) -> ConnectionId {
    let now = Standing.now();
    let connection = Connection {
        id: ConnectionId::generate(),
        organization: app.organization,
        connector: "none".into(),
        name: "Measured".into(),
        company: None,
        config: serde_json::json!({}),
        grants: serde_json::json!({}),
        secret_names: Vec::new(),
        secrets: None,
        cursor: None,
        status: ConnectionStatus::Paused,
        health: serde_json::json!({}),
        account: None,
        created_at: now,
        updated_at: now,
    };
    app.store.create_connection(&connection, &Actor::System).await.expect("a connection");
    connection.id
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
