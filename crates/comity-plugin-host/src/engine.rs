//! The engine: one per host, with the ticks that interrupt guests.

use crate::{HostError, Limits};
use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};
use wasmtime::{Config, Enabled, Engine, EngineWeak, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

/// How often a running guest is looked at. A limit is noticed at most this much late.
const TICK: Duration = Duration::from_millis(10);

/// Parts one component may have. Components made from JavaScript or Python have about a dozen instances and five tables.
const INSTANCES: u32 = 40;
const MEMORIES: u32 = 8;
const TABLES: u32 = 16;

/// Engine and the end of its ticking thread.
pub(crate) struct Ticking {
    pub engine: Engine,
    /// Dropping it ends the thread.
    _stop: Sender<()>,
}

pub(crate) fn start(limits: &Limits) -> Result<Ticking, HostError> {
    let set_up = |error: &dyn std::fmt::Display| HostError::Engine(error.to_string());
    // Where address space is short (`ulimit -v`, small machines) pools cannot be reserved; calls are then somewhat slower.
    let engine = Engine::new(&config(limits, true)).or_else(|error| {
        tracing::warn!(%error, "no room to keep WebAssembly memories ready; making them for each call");
        Engine::new(&config(limits, false))
    });
    let engine = engine.map_err(|error| set_up(&error))?;
    let (stop, stopped) = channel();
    let weak = engine.weak();
    let ticking = thread::Builder::new().name("epoch".to_owned()).spawn(move || tick(&weak, &stopped));
    ticking.map_err(|error| set_up(&error))?;
    Ok(Ticking { engine, _stop: stop })
}

fn tick(engine: &EngineWeak, stopped: &Receiver<()>) {
    while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let Some(engine) = engine.upgrade() else { return };
        engine.increment_epoch();
    }
}

fn config(limits: &Limits, pooled: bool) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .concurrency_support(false)
        .cranelift_opt_level(OptLevel::Speed)
        // Names of functions in a trap are for connector authors; addresses are of no use to anybody.
        .wasm_backtrace_max_frames(std::num::NonZeroUsize::new(20))
        .wasm_memory64(false)
        .wasm_tail_call(true)
        .wasm_relaxed_simd(false)
        .max_wasm_stack(512 << 10)
        .async_stack_size(2 << 20);
    if pooled {
        let calls = u32::try_from(limits.concurrent_calls).unwrap_or(u32::MAX).clamp(1, 1_000);
        let mut pool = PoolingAllocationConfig::default();
        pool.total_component_instances(calls)
            .total_core_instances(calls.saturating_mul(INSTANCES))
            .total_memories(calls.saturating_mul(MEMORIES))
            .total_tables(calls.saturating_mul(TABLES))
            .total_stacks(calls)
            .max_core_instances_per_component(INSTANCES)
            .max_memories_per_component(MEMORIES)
            .max_tables_per_component(TABLES)
            .max_memories_per_module(MEMORIES)
            .max_tables_per_module(TABLES)
            .max_memory_size(limits.memory)
            .table_elements(limits.table_elements)
            // Where the kernel tells which pages a call has written, only those are put back, and none is given back to it
            // only to be asked for again by the next call.
            .pagemap_scan(Enabled::Auto)
            .linear_memory_keep_resident(2 << 20)
            .table_keep_resident(16 << 10)
            .async_stack_keep_resident(16 << 10);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}
