//! What clocks cost: a due time with many pauses, ledgers worked out anew, a million armed timers of which a thousand fall due a
//! second, and the memory that weeks of firing take. Prints one JSON object a line; only a release build means anything.
//!
//! `clock_bench [ARMED] [SECONDS]`: how many timers are armed, and for how long a thousand of them fall due a second.

use comity_domain::{
    CaseId, OrganizationId, Party, PostId, Timestamp,
    calendar::{Calendar, Holidays, Stretch, Weekday, Window},
    charter::{Article, Charter, Due, Length, Pausing, Signal},
    ledger::{self, PostMoment},
};
use comity_store::{Store, StoreConfig};
use jiff::SignedDuration;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::json;
use std::{
    error::Error,
    path::Path,
    time::{Duration, Instant},
};

const PER_SECOND: i64 = 1_000;
const PAUSES: i64 = 20;
const LEDGERS: usize = 100_000;
const ROUNDS: usize = 20_000;
const DAYS: i64 = 24;
const PER_DAY: i64 = 20_000;
/// As the server fires them.
const BATCH: u64 = 500;
/// What the server waits at least between two looks.
const LOOK: Duration = Duration::from_millis(50);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<i64>());
    let armed = arguments.next().transpose()?.unwrap_or(1_000_000);
    let seconds = arguments.next().transpose()?.unwrap_or(30);
    println!("{}", due_time()?);
    println!("{}", ledgers()?);
    let folder = tempfile::tempdir()?;
    println!("{}", lateness(&folder.path().join("late.db"), armed, seconds).await?);
    println!("{}", memory(&folder.path().join("weeks.db")).await?);
    Ok(())
}

fn office() -> Calendar {
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    let time = |hour| jiff::civil::time(hour, 0, 0, 0);
    let open = [Monday, Tuesday, Wednesday, Thursday, Friday]
        .into_iter()
        .map(|day| Window { day, from: time(9), to: time(17) })
        .collect();
    Calendar { time_zone: "Europe/Berlin".into(), open, holidays: Holidays::NONE }
}

/// Twenty pauses of ten days each over a year: some four weeks of working time have to be found between them.
fn due_time() -> Result<serde_json::Value, Box<dyn Error>> {
    let calendar = office();
    let from: Timestamp = "2026-01-05T08:00:00Z".parse()?;
    let day = |day: i64| from + SignedDuration::from_hours(24 * day);
    let pauses: Vec<Stretch> =
        (0..PAUSES).map(|index| Stretch { from: day(18 * index + 3), until: day(18 * index + 13) }).collect();
    let mut figures = serde_json::Map::new();
    for (name, within) in [("hours", Length::Hours(24 * 160)), ("working_hours", Length::WorkingHours(900))] {
        let mut taken = Vec::with_capacity(ROUNDS);
        let mut due_at = from;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            due_at = calendar.reckon(from, within, &pauses)?.due_at;
            taken.push(started.elapsed());
        }
        assert!(due_at > day(18 * (PAUSES - 1)), "the pauses are passed: {due_at}");
        taken.sort_unstable();
        figures.insert(format!("{name}_p50_us"), json!(taken[ROUNDS / 2].as_nanos() as f64 / 1_000.0));
    }
    figures.insert("name".into(), json!("due time, twenty pauses over a year"));
    Ok(figures.into())
}

/// Ledgers with one open clock each, which a change makes to be worked out anew.
fn ledgers() -> Result<serde_json::Value, Box<dyn Error>> {
    let calendar = office();
    let due = Due {
        within: Length::WorkingHours(4),
        from: Signal::ConsumerPost,
        until: Signal::CompanyReply,
        paused: None::<Pausing>,
    };
    let article = Article { id: "answer".into(), party: Party::Company, owes: "We answer.".into(), due: Some(due) };
    let charter = Charter { name: "Bench".into(), articles: vec![article] };
    let from: Timestamp = "2026-01-05T08:00:00Z".parse()?;
    let posts: Vec<PostMoment> = (0..LEDGERS)
        .map(|index| PostMoment {
            post: PostId::derived(&[&index.to_le_bytes()]),
            party: Party::Consumer,
            at: from + SignedDuration::from_secs(index as i64),
            asks: true,
        })
        .collect();
    let started = Instant::now();
    let mut open = 0;
    for post in &posts {
        let case = CaseId::derived(&[post.post.0.as_bytes()]);
        let ledger = ledger::derive(case, &charter, &calendar, std::slice::from_ref(post), &[], &[], post.at)?;
        open += ledger.iter().filter(|obligation| obligation.is_open()).count();
    }
    assert_eq!(open, LEDGERS);
    let a_second = LEDGERS as f64 / started.elapsed().as_secs_f64();
    Ok(json!({ "name": "open clocks worked out anew", "clocks": LEDGERS, "a_second": a_second.round() }))
}

async fn opened(path: &Path) -> Result<(Store, OrganizationId, DatabaseConnection), Box<dyn Error>> {
    let url = format!("sqlite://{}", path.display());
    let store = Store::open(StoreConfig::new(&url)).await?;
    let organization = store.ensure_organization(Timestamp::UNIX_EPOCH).await?.id;
    Ok((store, organization, Database::connect(&url).await?))
}

/// Arms `count` timers from a moment on, `PER_SECOND` of them a second, or all at that moment.
async fn arm(
    db: &DatabaseConnection,
    organization: OrganizationId,
    count: i64,
    from: Timestamp,
    spread: bool,
) -> Result<(), Box<dyn Error>> {
    let step = if spread { 1_000_000 / PER_SECOND } else { 0 };
    let from = from.as_microsecond();
    let organization = organization.0.simple();
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count}) \
         INSERT INTO timers (subject, kind, generation, organization_id, case_id, article, party, due_at, fire_at, priority) \
         SELECT randomblob(16), 'due', {from} + i * {step}, x'{organization}', randomblob(16), 'answer', 'company', \
         {from} + i * {step}, {from} + i * {step}, i % 4 FROM n"
    );
    db.execute_unprepared(&sql).await?;
    Ok(())
}

/// How late a timer fires, from when it is due until its event is committed, while many more are armed.
async fn lateness(path: &Path, armed: i64, seconds: i64) -> Result<serde_json::Value, Box<dyn Error>> {
    let (store, organization, db) = opened(path).await?;
    // A clock of its own, which begins some day and goes on as time passes.
    let (begun, some_day) = (Instant::now(), "2026-01-05T08:00:00Z".parse::<Timestamp>()?);
    let now = || some_day + begun.elapsed();
    let falling = PER_SECOND * seconds;
    arm(&db, organization, (armed - falling).max(0), now() + SignedDuration::from_hours(1_000), true).await?;
    let from = now() + SignedDuration::from_secs(5);
    arm(&db, organization, falling, from, true).await?;
    let (mut fired, mut late) = (0, Vec::with_capacity(falling as usize));
    let ends = from + SignedDuration::from_secs(2 * seconds + 30);
    while fired < falling && now() < ends {
        let count = store.fire_due(organization, now(), BATCH).await? as i64;
        let done = now();
        // They fall due one after the other; within one look the order by priority moves none by more than the look itself.
        for index in fired..fired + count {
            let due = from + SignedDuration::from_micros(index * 1_000_000 / PER_SECOND);
            late.push(done.duration_since(due));
        }
        fired += count;
        if count < BATCH as i64 {
            tokio::time::sleep(LOOK).await;
        }
    }
    late.sort_unstable();
    let at = |share: usize| late[(late.len() - 1) * share / 100].as_micros() as f64 / 1_000.0;
    Ok(json!({
        "name": "armed timers", "armed": armed, "due_a_second": PER_SECOND, "fired": fired, "of": falling,
        "late_p50_ms": at(50), "late_p99_ms": at(99), "late_max_ms": at(100),
    }))
}

/// Days go by one after the other, each with its timers: what the process holds afterwards, against what it held early on.
async fn memory(path: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let (store, organization, db) = opened(path).await?;
    let begin: Timestamp = "2026-01-05T08:00:00Z".parse()?;
    let (mut early, mut fired) = (0.0, 0);
    for day in 0..DAYS {
        let now = begin + SignedDuration::from_hours(24 * day);
        arm(&db, organization, PER_DAY, now, false).await?;
        loop {
            let count = store.fire_due(organization, now, BATCH).await? as i64;
            fired += count;
            if count == 0 {
                break;
            }
        }
        if day == DAYS / 4 {
            early = resident_mib()?;
        }
    }
    assert_eq!(fired, DAYS * PER_DAY);
    let late = resident_mib()?;
    Ok(json!({ "name": "weeks of timers", "days": DAYS, "fired": fired, "early_mib": early, "late_mib": late }))
}

fn resident_mib() -> Result<f64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1_024.0)
}
