//! The host: sets everything up once, and makes connectors out of bytes.

use crate::{
    HostError, Limits, Plugin,
    cache::Cache,
    call::Shared,
    egress::{Egress, Resolver, SystemResolver},
    engine::{self, Ticking},
    error::Size,
    imports, plugin,
    state::HostState,
};
use comity_domain::Timestamp;
use std::{path::PathBuf, sync::Arc};
use tokio::sync::Semaphore;
use wasmtime::{
    Engine, Precompiled,
    component::{Component, Linker},
};

pub struct HostConfig {
    /// A folder for compiled connectors, used by nobody else. Made private.
    pub cache_dir: PathBuf,
    /// Secret, random, and kept outside `cache_dir`: it vouches for the compiled code in it.
    pub cache_key: [u8; 32],
    pub limits: Limits,
    pub resolver: Arc<dyn Resolver>,
}

impl HostConfig {
    /// With the default limits and the system's resolver.
    pub fn new(cache_dir: impl Into<PathBuf>, cache_key: [u8; 32]) -> Self {
        Self { cache_dir: cache_dir.into(), cache_key, limits: Limits::default(), resolver: Arc::new(SystemResolver) }
    }
}

/// Runs connectors. One per process is enough.
pub struct PluginHost {
    shared: Arc<Shared>,
    linker: Linker<HostState>,
    cache: Arc<Cache>,
    /// Two compilations at a time, and one on a single processor: they take all the memory and CPU that may go into compiling.
    compiling: Arc<Semaphore>,
    _ticking: Ticking,
}

impl PluginHost {
    pub fn new(config: HostConfig) -> Result<Self, HostError> {
        let HostConfig { cache_dir, cache_key, limits, resolver } = config;
        let ticking = engine::start(&limits)?;
        let linker = imports::linker(&ticking.engine).map_err(|error| HostError::Engine(format!("{error:#}")))?;
        let cache = Arc::new(Cache::open(&cache_dir, cache_key)?);
        let shared = Arc::new(Shared {
            engine: ticking.engine.clone(),
            slots: Semaphore::new(limits.concurrent_calls.clamp(1, 1_000)),
            limits: Arc::new(limits),
            egress: Arc::new(Egress::new(resolver)),
        });
        let compilers = std::thread::available_parallelism().map_or(1, usize::from).min(2);
        Ok(Self { shared, linker, cache, compiling: Arc::new(Semaphore::new(compilers)), _ticking: ticking })
    }

    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// For outgoing HTTP that is not a connector's.
    pub fn egress(&self) -> &Arc<Egress> {
        &self.shared.egress
    }

    /// Compiles (or finds compiled) and links a component, and asks it for its description. `now` is what the guest's clock
    /// shows meanwhile.
    pub async fn load(&self, bytes: impl Into<Vec<u8>>, now: Timestamp) -> Result<Arc<Plugin>, HostError> {
        let bytes = bytes.into();
        check_upload(&bytes, &self.shared.limits)?;
        let hash = blake3::hash(&bytes).to_hex().to_string();
        let component = self.compiled(bytes).await?;
        let pre = self.linker.instantiate_pre(&component).map_err(|error| {
            HostError::Unfit(format!("it needs something that connectors are not given: {error:#}"))
        })?;
        plugin::link(Arc::clone(&self.shared), &component, pre, hash, now).await.map(Arc::new)
    }

    async fn compiled(&self, bytes: Vec<u8>) -> Result<Component, HostError> {
        let limit = self.shared.limits.compile;
        let (engine, cache) = (self.shared.engine.clone(), Arc::clone(&self.cache));
        let compiling = Arc::clone(&self.compiling);
        let work = async move {
            let Ok(turn) = compiling.acquire_owned().await else { unreachable!("the semaphore is never closed") };
            // The compiler cannot be interrupted. What takes too long ends on its own thread, and its place is not
            // taken meanwhile.
            let compile = move || {
                let _turn = turn;
                compile(&engine, &cache, &bytes)
            };
            tokio::task::spawn_blocking(compile).await
        };
        let too_long = |_| HostError::Unfit(format!("compiling it takes longer than {} s", limit.as_secs()));
        let done = tokio::time::timeout(limit, work).await.map_err(too_long)?;
        done.map_err(|error| HostError::Engine(format!("the compiler failed: {error}")))?
    }
}

fn compile(engine: &Engine, cache: &Cache, bytes: &[u8]) -> Result<Component, HostError> {
    let name = Cache::name(engine, bytes);
    if let Some(component) = cache.load(engine, &name) {
        tracing::debug!(file = name, "found the connector compiled");
        return Ok(component);
    }
    let component = Component::new(engine, bytes).map_err(|error| {
        HostError::Unfit(format!("it is not a component that can be used: {:#}", error.root_cause()))
    })?;
    cache.store(&name, &component);
    Ok(component)
}

/// Refuses what is not a portable component before the compiler sees it.
fn check_upload(bytes: &[u8], limits: &Limits) -> Result<(), HostError> {
    let unfit = |why: &str| Err(HostError::Unfit(why.to_owned()));
    if bytes.len() > limits.component {
        return unfit(&format!("it is larger than {}; leave out debug information", Size(limits.component)));
    }
    if let Some(Precompiled::Module | Precompiled::Component) = Engine::detect_precompiled(bytes) {
        return unfit(
            "it is compiled already, and compiled code cannot be checked; upload the portable .wasm it was made from",
        );
    }
    match bytes {
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => {
            unfit("it is a core module, not a component; make a component of it with `wasm-tools component new`")
        }
        // Version and layer as in the component model's binary format; the engine knows which versions it reads.
        [0, b'a', b's', b'm', _, _, 1, 0, ..] => Ok(()),
        _ => unfit("it is not WebAssembly; upload the .wasm file of a component"),
    }
}
