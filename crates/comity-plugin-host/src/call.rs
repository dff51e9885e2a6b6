//! One call from beginning to end: a fresh store, the guest under its limits, the result checked, everything thrown away.

use crate::{
    CallContext, CallOutput, HostError, Limits, LogLevel, LogLine, StopReason, Stopped,
    convert::{self, Converter},
    egress::Egress,
    meter::CpuMeter,
    state::{Asked, HostState, Stop},
};
use comity_domain::Timestamp;
use comity_plugin_api::v0_1::host::types;
use std::{collections::BTreeMap, future::Future, sync::Arc, time::Instant};
use tokio::sync::{Semaphore, SemaphorePermit};
use wasmtime::{Engine, Store, Trap, UpdateDeadline};

/// What all calls of a host share.
pub(crate) struct Shared {
    pub engine: Engine,
    pub limits: Arc<Limits>,
    pub egress: Arc<Egress>,
    /// One permit per slot of the instance pool.
    pub slots: Semaphore,
}

/// Who calls what with which rights.
pub(crate) struct Call {
    pub name: &'static str,
    pub asked: Asked,
    pub context: CallContext,
}

/// Watches over one call: [`begin`], then [`Watch::run`] with the guest's work on the store, then [`Watch::finish`].
pub(crate) struct Watch<'a> {
    name: &'static str,
    limits: &'a Limits,
    meter: Arc<CpuMeter>,
    started: Instant,
    now: Timestamp,
    _slot: SemaphorePermit<'a>,
}

/// Waits for a free slot and makes the store of one call.
pub(crate) async fn begin(shared: &Shared, call: Call) -> (Store<HostState>, Watch<'_>) {
    let Ok(slot) = shared.slots.acquire().await else { unreachable!("the semaphore is never closed") };
    let Call { name, asked, context } = call;
    let now = context.now;
    let (limits, egress) = (Arc::clone(&shared.limits), Arc::clone(&shared.egress));
    let store = store(shared, HostState::new(context, asked, limits, egress));
    let meter = Arc::clone(&store.data().meter);
    (store, Watch { name, limits: &shared.limits, meter, started: Instant::now(), now, _slot: slot })
}

impl Watch<'_> {
    /// Runs the guest under CPU and wall time.
    pub async fn run<T>(&self, guest: impl Future<Output = wasmtime::Result<T>>) -> Result<T, StopReason> {
        match tokio::time::timeout(self.limits.wall, self.meter.run(guest)).await {
            Err(_) => Err(StopReason::Wall(self.limits.wall)),
            Ok(result) => result.map_err(|error| stop_reason(&error, self.limits)),
        }
    }

    /// Checks the result, and takes out of the store what outlives it.
    pub fn finish<T, U>(
        self,
        store: Store<HostState>,
        outcome: Result<Result<T, types::Error>, StopReason>,
        convert: impl FnOnce(&mut Converter, T) -> Result<U, String>,
    ) -> Result<CallOutput<U>, HostError> {
        let mut state = store.into_data();
        state.usage.cpu = self.meter.used();
        state.usage.wall = self.started.elapsed();
        state.usage.memory = state.memory.peak;
        state.usage.log_lines = state.log.len();
        let mut converter = Converter::new(self.now, self.limits.events);
        let outcome = match outcome {
            Ok(Ok(value)) => convert(&mut converter, value).map(Ok).map_err(StopReason::BadResult),
            Ok(Err(error)) => Ok(Err(error)),
            Err(reason) => Err(reason),
        };
        let redactor = state.redactor();
        let left_out = converter.left_out().into_iter();
        let lines = left_out.map(|line| LogLine { level: LogLevel::Warn, message: redactor.text(&line) });
        state.log.extend(lines);
        finish(self.name, state, outcome)
    }
}

fn finish<U>(
    call: &'static str,
    mut state: HostState,
    outcome: Result<Result<U, types::Error>, StopReason>,
) -> Result<CallOutput<U>, HostError> {
    let redactor = state.redactor();
    let HostState { secret_changes: secrets, kv_changes, log, usage, .. } = state;
    match outcome {
        Ok(Ok(value)) => Ok(CallOutput { result: Ok(value), kv: kv_changes, secrets, log, usage }),
        Ok(Err(error)) => {
            let error = convert::error(error, |text| redactor.text(text));
            Ok(CallOutput { result: Err(error), kv: BTreeMap::new(), secrets, log, usage })
        }
        Err(reason) => {
            let reason = match reason {
                StopReason::BadResult(why) => StopReason::BadResult(redactor.text(&why)),
                other => other,
            };
            Err(HostError::Stopped(Box::new(Stopped { call, reason, secrets, log, usage })))
        }
    }
}

fn store(shared: &Shared, state: HostState) -> Store<HostState> {
    let mut store = Store::new(&shared.engine, state);
    store.limiter(|state| &mut state.memory);
    store.set_hostcall_fuel(shared.limits.hostcall);
    store.set_max_component_handles(1_000);
    let most = shared.limits.cpu;
    store.epoch_deadline_callback(move |state| {
        let used = state.data().meter.now();
        if used > most { Err(Stop(StopReason::Cpu(most)).into()) } else { Ok(UpdateDeadline::Yield(1)) }
    });
    store.set_epoch_deadline(1);
    store
}

fn stop_reason(error: &wasmtime::Error, limits: &Limits) -> StopReason {
    if let Some(Stop(reason)) = error.downcast_ref::<Stop>() {
        return reason.clone();
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return StopReason::Trap(trap_in_words(*trap).to_owned());
    }
    // The engine's own error types for these are not public; tests keep watch over their words.
    let text = format!("{:#}", error.root_cause());
    if text.contains("fuel allocated for hostcalls has been exhausted") {
        return StopReason::Hostcall(limits.hostcall);
    }
    if text.contains("out of bounds") {
        return StopReason::Trap(trap_in_words(Trap::MemoryOutOfBounds).to_owned());
    }
    StopReason::Trap(text)
}

fn trap_in_words(trap: Trap) -> &'static str {
    match trap {
        Trap::StackOverflow => "it called itself too deeply",
        Trap::MemoryOutOfBounds | Trap::HeapMisaligned => "it reached outside its memory",
        Trap::TableOutOfBounds | Trap::IndirectCallToNull | Trap::BadSignature => {
            "it called a function that does not exist"
        }
        Trap::IntegerOverflow | Trap::BadConversionToInteger => "a number did not fit",
        Trap::IntegerDivisionByZero => "it divided by zero",
        Trap::UnreachableCodeReached => "it gave up on an error of its own (a panic or failed assertion)",
        _ => "it broke a rule of WebAssembly",
    }
}
