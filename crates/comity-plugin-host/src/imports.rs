//! What the host does for a guest: the interfaces of the `imports` world, on the state of one call.
//!
//! An outer error stops the call; an inner one goes to the guest. Nothing here reads a secret out to the guest.

mod http;
mod kv;
mod secrets;

use crate::{
    LogLevel,
    state::{HostState, Stop},
};
use comity_plugin_api::v0_1::host::{Imports, clock, log, random, types};
use rand::RngCore;
use wasmtime::component::{HasSelf, Linker};

/// A linker with everything a connector may import.
pub(crate) fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<HostState>> {
    let mut linker = Linker::new(engine);
    Imports::add_to_linker::<HostState, HasSelf<HostState>>(&mut linker, |state| state)?;
    Ok(linker)
}

impl types::Host for HostState {}

/// A line longer than this is cut.
const LONGEST_LINE: usize = 4 << 10;

impl log::Host for HostState {
    fn write(&mut self, level: String, message: String) -> wasmtime::Result<()> {
        let cut = message.floor_char_boundary(LONGEST_LINE);
        self.write_log(LogLevel::parse(&level), &message[..cut]).map_err(Stop::into)
    }
}

impl clock::Host for HostState {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(u64::try_from(self.now.as_millisecond()).unwrap_or(0))
    }
}

impl random::Host for HostState {
    /// At most 64 KiB at a time.
    fn bytes(&mut self, count: u32) -> wasmtime::Result<Vec<u8>> {
        let mut bytes = vec![0; (count as usize).min(64 << 10)];
        rand::rng().fill_bytes(&mut bytes);
        Ok(bytes)
    }
}
