//! Small state of the connection, within a quota.

use crate::state::HostState;
use comity_plugin_api::v0_1::host::kv;

/// Bytes of a key.
const LONGEST_KEY: usize = 256;

impl kv::Host for HostState {
    fn get(&mut self, key: String) -> wasmtime::Result<Option<Vec<u8>>> {
        Ok(self.kv.get(&key).cloned())
    }

    fn set(&mut self, key: String, value: Vec<u8>) -> wasmtime::Result<bool> {
        Ok(self.store(key, value))
    }

    fn delete(&mut self, key: String) -> wasmtime::Result<()> {
        if self.kv.remove(&key).is_some() {
            self.kv_changes.insert(key, None);
        }
        Ok(())
    }

    fn compare_and_set(&mut self, key: String, expected: Option<Vec<u8>>, value: Vec<u8>) -> wasmtime::Result<bool> {
        Ok(self.kv.get(&key) == expected.as_ref() && self.store(key, value))
    }
}

impl HostState {
    fn store(&mut self, key: String, value: Vec<u8>) -> bool {
        let others = self.kv.iter().filter(|(name, _)| **name != key);
        let (keys, bytes) = others.fold((1, key.len() + value.len()), |(keys, bytes), (name, value)| {
            (keys + 1, bytes + name.len() + value.len())
        });
        if key.len() > LONGEST_KEY || keys > self.limits.kv_keys || bytes > self.limits.kv_bytes {
            return false;
        }
        self.kv.insert(key.clone(), value.clone());
        self.kv_changes.insert(key, Some(value));
        true
    }
}
