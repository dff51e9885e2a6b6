//! Guests that misbehave: each is stopped with a sentence that says what it did, and harms nobody else.

mod support;

use comity_domain::inbound::InboundEvent;
use comity_plugin_host::{HostError, LogLevel, LogLine, StopReason};
use std::time::Duration;
use support::{Guest, TestHost, context, now, poll};

/// Words of an event in a guest's memory.
const EVENT: usize = 48;
const LOOP: &str = "(loop $again (br $again))";

#[tokio::test]
async fn endless_loop() {
    let host = TestHost::new(|limits| limits.cpu = Duration::from_millis(50));
    assert_eq!(host.stopped(Guest::poll(LOOP)).await, "poll used more than 50 ms of CPU");
}

#[tokio::test]
async fn endless_loop_in_start_is_found_when_loading() {
    let host = TestHost::new(|limits| limits.cpu = Duration::from_millis(50));
    let guest = Guest::default().fields(format!("(func $start {LOOP}) (start $start)"));
    let error = host.host.load(guest.component(), now()).await.unwrap_err();
    assert_eq!(error.to_string(), "describe used more than 50 ms of CPU");
    support::assert_answers(&host.load(Guest::default()).await).await;
}

#[tokio::test]
async fn wall_time_counts_what_cpu_does_not() {
    let host = TestHost::new(|limits| {
        limits.cpu = Duration::from_mins(1);
        limits.wall = Duration::from_millis(80);
    });
    assert_eq!(host.stopped(Guest::poll(LOOP)).await, "poll took longer than 80 ms");
}

#[tokio::test]
async fn one_memory_growing() {
    let host = TestHost::new(|limits| limits.memory = 4 << 20);
    let guest = Guest::poll("(loop $again (drop (memory.grow (i32.const 1))) (br $again))");
    assert_eq!(host.stopped(guest).await, "poll used more than 4 MiB of memory");
}

/// No memory is over the limit by itself.
#[tokio::test]
async fn several_memories_growing() {
    let host = TestHost::new(|limits| limits.memory = 4 << 20);
    let guest = Guest::poll(
        "(drop (memory.grow $second (i32.const 30))) (drop (memory.grow $third (i32.const 30)))
         (drop (memory.grow $fourth (i32.const 30)))",
    )
    .fields("(memory $second 0) (memory $third 0) (memory $fourth 0)");
    assert_eq!(host.stopped(guest).await, "poll used more than 4 MiB of memory");
}

#[tokio::test]
async fn memory_wanted_from_the_start() {
    let host = TestHost::new(|limits| limits.memory = 4 << 20);
    let guest = Guest::default().fields("(memory $second 60) (memory $third 60)");
    let error = host.host.load(guest.component(), now()).await.unwrap_err().to_string();
    assert_eq!(error, "describe used more than 4 MiB of memory");
}

#[tokio::test]
async fn table_growing() {
    let host = TestHost::new(|limits| limits.table_elements = 10_000);
    let guest = Guest::poll("(loop $again (drop (table.grow $t (ref.null func) (i32.const 64))) (br $again))")
        .fields("(table $t 0 funcref)");
    assert_eq!(host.stopped(guest).await, "poll used more than 10000 table elements");
}

#[tokio::test]
async fn tables_count_as_memory_too() {
    let host = TestHost::new(|limits| limits.memory = 1 << 20);
    let guest = Guest::poll("(drop (table.grow $t (ref.null func) (i32.const 99000)))")
        .fields("(table $t 0 funcref) (memory $second 4)");
    assert_eq!(host.stopped(guest).await, "poll used more than 1 MiB of memory");
}

/// A list of a million events that is not even in memory as such.
#[tokio::test]
async fn huge_list_returned() {
    let host = TestHost::new(|_| {});
    let mut guest = Guest::default();
    let batch = guest.data.words(&[0, 0, 1_024, 60_000_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    guest.poll = format!("(return (i32.const {batch}))");
    assert_eq!(host.stopped(guest).await, "poll crashed: it reached outside its memory");
}

#[tokio::test]
async fn huge_text_returned() {
    let host = TestHost::new(|_| {});
    let mut guest = Guest::default();
    // The cursor is the whole memory, 12 MiB.
    let batch = guest.data.words(&[0, 0, 0, 0, 1, 0, 12 << 20, 0, 0, 0, 0, 0, 0, 0]);
    guest.poll = format!("(drop (memory.grow (i32.const 200))) (return (i32.const {batch}))");
    assert_eq!(host.stopped(guest).await, "poll handed over more than 8 MiB at once");
}

#[tokio::test]
async fn huge_list_that_is_in_memory() {
    let host = TestHost::new(|_| {});
    let mut guest = Guest::default();
    // Empty extensions, sixteen bytes each, 12 MiB of them.
    let batch = guest.data.words(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 << 20, 700_000]);
    guest.poll = format!("(drop (memory.grow (i32.const 400))) (return (i32.const {batch}))");
    assert_eq!(host.stopped(guest).await, "poll handed over more than 8 MiB at once");
}

#[tokio::test]
async fn log_flood_in_lines() {
    let host = TestHost::new(|_| {});
    let mut guest = Guest::default();
    let (level, message) = (guest.data.text_args("info"), guest.data.text_args("hello"));
    guest.poll = format!("(loop $again (call $log {level} {message}) (br $again))");
    assert_eq!(host.stopped(guest).await, "poll wrote more than 200 log lines");
}

#[tokio::test]
async fn log_flood_in_bytes_keeps_what_came_before() {
    let host = TestHost::new(|_| {});
    let mut guest = Guest::default();
    let (level, message) = (guest.data.text_args("warn"), guest.data.text_args(&"x".repeat(3_000)));
    guest.poll = format!("(loop $again (call $log {level} {message}) (br $again))");
    let plugin = host.load(guest).await;
    let Err(HostError::Stopped(stopped)) = poll(&plugin, context()).await else { panic!("not stopped") };
    assert_eq!(stopped.to_string(), "poll wrote more than 64 KiB to the log");
    assert_eq!(stopped.log.len(), 21);
    assert_eq!(stopped.usage.log_lines, 21);
}

#[tokio::test]
async fn crashes_say_what_happened() {
    let host = TestHost::new(|_| {});
    for (body, what) in [
        ("unreachable", "it gave up on an error of its own (a panic or failed assertion)"),
        ("(drop (i32.load (i32.const -1)))", "it reached outside its memory"),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "it divided by zero"),
        ("(call $deeper)", "it called itself too deeply"),
    ] {
        let guest = Guest::poll(body).fields("(func $deeper (call $deeper))");
        assert_eq!(host.stopped(guest).await, format!("poll crashed: {what}"));
    }
}

#[tokio::test]
async fn requests_are_counted_even_when_refused() {
    let host = TestHost::new(|limits| {
        limits.http_requests = 3;
        limits.log_lines = 1_000;
    });
    let mut guest = Guest::default();
    let (method, url) = (guest.data.text_args("GET"), guest.data.text_args("https://example.org/"));
    let nothing = "(i32.const 0) ".repeat(10);
    guest.poll = format!("(loop $again (call $send {method} {url} {nothing} (i32.const 60000)) (br $again))");
    assert_eq!(host.stopped(guest).await, "poll sent more than 3 HTTP requests");
}

#[tokio::test]
async fn an_event_without_identity_is_left_out_alone() {
    let host = TestHost::new(|_| {});
    let mut guest = Guest::default();
    let [id, length] = guest.data.text("p1");
    // Two events `post-deleted`, the first with an empty id. Events are aligned to 8 and as large as a post.
    let mut events = vec![0; 2 * EVENT];
    events[0] = 2;
    events[EVENT..EVENT + 4].copy_from_slice(&[2, 0, id, length]);
    let events = guest.data.words(&events);
    let batch = guest.data.words(&[0, 0, events, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    guest.poll = format!("(return (i32.const {batch}))");
    let output = poll(&*host.load(guest).await, context()).await.unwrap();
    let batch = output.result.unwrap();
    assert!(
        matches!(batch.events.as_slice(), [InboundEvent::PostDeleted { external_id, .. }] if external_id == "p1"),
        "{batch:?}"
    );
    let line = LogLine { level: LogLevel::Warn, message: "event 1 was left out: the post's id is empty".to_owned() };
    assert_eq!(output.log, [line]);
}

#[tokio::test]
async fn state_of_a_stopped_call_is_gone() {
    let host = TestHost::new(|_| {});
    let mut guest = Guest::default();
    let (key, value) = (guest.data.text_args("key"), guest.data.text_args("value"));
    guest.poll = format!("(drop (call $set {key} {value})) unreachable");
    let plugin = host.load(guest).await;
    match poll(&plugin, context()).await {
        Err(HostError::Stopped(stopped)) => {
            assert!(matches!(stopped.reason, StopReason::Trap(_)) && !stopped.is_ambiguous());
        }
        other => panic!("{other:?}"),
    }
    // The same without the crash does keep it.
    let mut guest = Guest::default();
    let (key, value) = (guest.data.text_args("key"), guest.data.text_args("value"));
    guest.poll = format!("(drop (call $set {key} {value}))");
    let output = poll(&*host.load(guest).await, context()).await.unwrap();
    assert_eq!(output.kv.get("key"), Some(&Some(b"value".to_vec())));
}
