//! How many events a second the store takes in and records decisions of, beside what SQLite itself can write.
//!
//! `store_bench [EVENTS] [BATCH]` prints one JSON object a line. The raw limit is measured in the same run, on the same disk:
//! prepared multi-row inserts of as many bytes an event as the store's database has grown by, in durable commits of the
//! same batch size.

use comity_domain::{
    ConnectionId, Party, Timestamp,
    audit::Actor,
    calendar::{Calendar, Holidays},
    charter::{Article, Charter, Due, Length, Signal},
    decision::{Evaluation, GuardVerdict, Outcome, RuleTrace, TermTrace, Truth},
    effect::Planned,
    event::EventKind,
    facts::{Facts, ReplyFacts},
    inbound::{InboundAuthor, InboundEvent, InboundPost},
    ledger::State,
    post::{Post, Visibility},
    refusal::NoAnswer,
    step::{self, Policy},
    surge::{Counted, Counts},
};
use comity_store::{
    CaseCommit, CaseFilter, CaseSort, Connection, ConnectionStatus, IngestBatch, Store, StoreConfig, StoreError,
    Undecided,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement, TransactionTrait};
use serde_json::json;
use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

const LISTINGS: usize = 200;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<usize>().expect("a number"));
    let events = arguments.next().unwrap_or(20_000);
    let batch = arguments.next().unwrap_or(200);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("store.db");
    let bytes = store(&path, events, batch).await.expect("the store works");
    let raw = folder.path().join("raw.db");
    raw_limit(&raw, events, batch, bytes).await.expect("SQLite works");
}

/// Ingests and decides; how many bytes an event the database has grown by.
async fn store(path: &std::path::Path, events: usize, batch: usize) -> Result<usize, StoreError> {
    let store = Store::open(StoreConfig::new(format!("sqlite://{}", path.display()))).await?;
    let now = written(events);
    let organization = store.ensure_organization(now).await?.id;
    let connection = connection(organization, now);
    store.create_connection(&connection, &Actor::System).await?;
    let policy = TenRules::new();
    let (mut ingesting, mut reading, mut counting, mut thinking, mut committing) =
        (Duration::ZERO, Duration::ZERO, Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let topics: BTreeSet<String> = ["baggage", "delay"].map(str::to_owned).into();
    let mut slowest = Duration::ZERO;
    let begun = Instant::now();
    let mut made = 0;
    while made < events {
        let arriving: Vec<InboundEvent> = (made..made + batch).map(post).collect();
        made += batch;
        let batch_begun = Instant::now();
        store
            .ingest(vec![IngestBatch {
                organization,
                connection: connection.id,
                events: arriving,
                received_at: now,
                cursor: None,
                state: Vec::new(),
                secrets: None,
                account: None,
            }])
            .await?;
        ingesting += batch_begun.elapsed();
        let step = Instant::now();
        let waiting = store.undecided(organization, batch).await?;
        reading += step.elapsed();
        let step = Instant::now();
        let counted: Vec<Counted> = waiting.iter().flat_map(counted).collect();
        let moments: Vec<Timestamp> =
            waiting.iter().flat_map(|waiting| &waiting.events).map(|event| event.at).collect();
        let counts = Arc::new(store.counts(organization, &topics, &moments, counted, now).await?);
        counting += step.elapsed();
        let step = Instant::now();
        let commits = waiting.into_iter().map(|waiting| decide(&policy, waiting, &counts, now)).collect();
        thinking += step.elapsed();
        let step = Instant::now();
        store.commit_decisions(organization, commits, now).await?;
        committing += step.elapsed();
        slowest = slowest.max(batch_begun.elapsed());
    }
    let took = begun.elapsed();
    report(
        "store",
        made,
        took,
        json!({
            "batch": batch, "ingest_ms": ingesting.as_millis(), "read_ms": reading.as_millis(),
            "count_ms": counting.as_millis(), "think_ms": thinking.as_millis(), "commit_ms": committing.as_millis(), "slowest_batch_ms": slowest.as_millis(),
        }),
    );
    listings(&store, organization).await?;
    store.close().await?;
    let size = std::fs::metadata(path).map_or(0, |file| file.len());
    Ok(usize::try_from(size).unwrap_or(0) / made)
}

/// How long the inbox takes.
async fn listings(store: &Store, organization: comity_domain::OrganizationId) -> Result<(), StoreError> {
    let open = CaseFilter { status: Some(comity_domain::case::Status::Open), ..CaseFilter::default() };
    let mut times = Vec::with_capacity(LISTINGS);
    let mut cursor = None;
    for _ in 0..LISTINGS {
        let begun = Instant::now();
        let page = store.list_cases(organization, &open, CaseSort::Due, cursor.as_deref(), 50).await?;
        store.case_counts(organization, None).await?;
        times.push(begun.elapsed());
        cursor = page.next_cursor;
    }
    times.sort_unstable();
    let counts = store.case_counts(organization, None).await?;
    let (median, late) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    println!(
        "{}",
        json!({ "name": "list", "cases": counts.open, "p50_us": median.as_micros(), "p95_us": late.as_micros() })
    );
    Ok(())
}

/// As many bytes an event as the store writes, in one table, as fast as SQLite does it.
async fn raw_limit(path: &std::path::Path, events: usize, batch: usize, bytes: usize) -> Result<(), sea_orm::DbErr> {
    let url = format!("sqlite://{}?mode=rwc", path.display());
    let db =
        sea_orm::Database::connect(sea_orm::ConnectOptions::new(url).sqlx_logging(false).max_connections(1).clone())
            .await?;
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16384; \
                    CREATE TABLE raw (id INTEGER PRIMARY KEY, data BLOB NOT NULL)";
    db.execute_unprepared(settings).await?;
    let rows = vec!["(?)"; batch].join(",");
    let sql = format!("INSERT INTO raw (data) VALUES {rows}");
    let begun = Instant::now();
    let mut written = 0;
    while written < events {
        // The store makes two durable commits a batch: one when events come, one when they are decided.
        for part in [bytes / 2, bytes - bytes / 2] {
            let transaction = db.begin().await?;
            let values = (0..batch).map(|_| sea_orm::Value::from(vec![7_u8; part]));
            transaction
                .execute_raw(Statement::from_sql_and_values(DatabaseBackend::Sqlite, sql.clone(), values))
                .await?;
            transaction.commit().await?;
        }
        written += batch;
    }
    report("raw", written, begun.elapsed(), json!({ "batch": batch, "bytes_an_event": bytes }));
    Ok(())
}

fn report(name: &str, events: usize, took: Duration, more: serde_json::Value) {
    let mut line = json!({ "name": name, "events": events, "seconds": took.as_secs_f64(), "events_a_second": (events as f64 / took.as_secs_f64()).round() });
    if let (Some(line), serde_json::Value::Object(more)) = (line.as_object_mut(), more) {
        line.extend(more);
    }
    println!("{line}");
}

fn connection(organization: comity_domain::OrganizationId, now: Timestamp) -> Connection {
    Connection {
        id: ConnectionId::generate(),
        organization,
        connector: "webhook".into(),
        name: "Bench".into(),
        company: None,
        config: json!({}),
        grants: json!({}),
        secret_names: Vec::new(),
        secrets: None,
        cursor: None,
        status: ConnectionStatus::Running,
        health: json!({}),
        account: None,
        created_at: now,
        updated_at: now,
    }
}

/// Four a second.
fn written(number: usize) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + number as i64 / 4).expect("a time")
}

/// What a policy would count: every third post is about a topic, and none is like another.
fn counted(waiting: &Undecided) -> Vec<Counted> {
    let of = |event: &comity_domain::event::Event| {
        let (low, high) = event.id.0.as_u64_pair();
        let topics = if low.is_multiple_of(3) { ["baggage".to_owned()].into() } else { BTreeSet::new() };
        let is_theirs = matches!(event.kind, EventKind::Post { party: Party::Consumer, .. });
        let likeness = vec![low.cast_signed(), high.cast_signed()];
        is_theirs.then_some(Counted { event: event.id, at: event.at, topics, likeness })
    };
    waiting.events.iter().filter_map(of).collect()
}

/// Three posts of five begin a matter, the others answer one that was begun a while ago.
fn post(number: usize) -> InboundEvent {
    let is_reply = number % 5 >= 3 && number > 1_000;
    let is_company = is_reply && number.is_multiple_of(2);
    let to = number.saturating_sub(1_000) / 5 * 5;
    InboundEvent::PostCreated(InboundPost {
        external_id: format!("at://did:plc:{:024x}/app.bsky.feed.post/{number:013x}", number / 3),
        revision: String::new(),
        author: InboundAuthor {
            external_id: format!("did:plc:{:024x}", number / 3),
            handle: format!("person{}.example.org", number / 3),
            display_name: Some("A person".into()),
            followers: Some(120),
        },
        at: written(number),
        text: format!(
            "Post number {number}: my bag did not arrive with flight NW 4821 and nobody at the desk could tell me where it is. Can you help?"
        ),
        lang: Some("en".into()),
        url: None,
        in_reply_to: is_reply.then(|| format!("at://did:plc:{:024x}/app.bsky.feed.post/{to:013x}", to / 3)),
        root: None,
        conversation: None,
        visibility: Visibility::Public,
        party: if is_company { Party::Company } else { Party::Consumer },
        company: Some("Northwind Air".into()),
        names_us: Some(true),
    })
}

fn decide(policy: &TenRules, waiting: Undecided, counts: &Arc<Counts>, now: Timestamp) -> CaseCommit {
    let Undecided { mut snapshot, events, posts } = waiting;
    snapshot.surge = Arc::clone(counts);
    let base_version = snapshot.case.version;
    let (mut decisions, mut decided) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
    for event in &events {
        let post = match event.kind {
            EventKind::Post { post, .. } => posts.iter().find(|other| other.id == post),
            _ => None,
        };
        let outcome = step::step(policy, &snapshot, event, post, post.ok_or(NoAnswer::NothingLeft), now)
            .expect("a calendar that works");
        (snapshot.case, snapshot.obligations) = (outcome.case, outcome.obligations);
        decisions.push(outcome.decision);
        decided.push(event.id);
    }
    snapshot.case.version = base_version + 1;
    let running = snapshot.obligations.iter().filter(|obligation| obligation.state == State::Running);
    let alarms = running.map(|obligation| (obligation.clone(), obligation.due_at)).collect();
    CaseCommit { alarms, decisions, decided, ..CaseCommit::new(snapshot.case, base_version, snapshot.obligations) }
}

/// A policy of ten rules that answers at once, with traces as long as real ones: this measures the store.
struct TenRules {
    charter: Charter,
    calendar: Calendar,
    evaluation: Evaluation,
}

impl TenRules {
    fn new() -> Self {
        let article = Article {
            id: "answer".into(),
            party: Party::Company,
            owes: "an answer within four hours".into(),
            due: Some(Due {
                within: Length::Hours(4),
                from: Signal::ConsumerPost,
                until: Signal::CompanyReply,
                paused: None,
            }),
        };
        let trace = |number: usize| RuleTrace {
            rule: format!("rule {number}").into(),
            because: "a person who writes deserves an answer".into(),
            article: Some("answer".into()),
            outcome: Outcome::NotFired,
            terms: vec![TermTrace {
                source: "event.kind == \"post\"".into(),
                line: 12,
                value: Truth::False,
                note: None,
            }],
        };
        Self {
            charter: Charter { name: "Bench".into(), articles: vec![article] },
            calendar: Calendar { time_zone: "UTC".into(), open: Vec::new(), holidays: Holidays::NONE },
            evaluation: Evaluation { rules: (0..10).map(trace).collect(), ..Evaluation::default() },
        }
    }
}

impl Policy for TenRules {
    fn charter(&self) -> &Charter {
        &self.charter
    }

    fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    fn version(&self) -> &'static str {
        "bench"
    }

    fn evaluate(&self, _: &Facts) -> Evaluation {
        self.evaluation.clone()
    }

    fn guard(&self, _: &Facts, _: &ReplyFacts) -> Vec<GuardVerdict> {
        Vec::new()
    }

    fn render(&self, _: &str, _: &Facts, _: Option<&Post>) -> Option<String> {
        None
    }

    fn fallback(&self) -> Vec<Planned> {
        Vec::new()
    }
}
