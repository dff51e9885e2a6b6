//! Guests written as WebAssembly text, and a host to run them.
//!
//! A guest here is a core module with `meta.describe`, an allocator and one body for `source.poll`; `wit-component` makes the
//! component of it. [`Data`] lays values out in the guest's memory as the canonical ABI wants them.
#![allow(dead_code, reason = "each test file uses its part")]

use comity_domain::{ConnectionId, Timestamp};
use comity_plugin_host::{
    Batch, CallContext, CallOutput, Grants, HostConfig, HostError, Limits, Plugin, PluginHost, SecretText,
    egress::Resolver,
};
use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, SourceMap};

/// Where a guest's data begins.
const BASE: u32 = 1_024;

/// Memory of a guest as it starts.
#[derive(Default)]
pub struct Data(Vec<u8>);

impl Data {
    pub fn bytes(&mut self, bytes: &[u8]) -> u32 {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        let at = BASE + self.0.len() as u32;
        self.0.extend_from_slice(bytes);
        at
    }

    /// Pointer and length, as two words.
    pub fn text(&mut self, text: &str) -> [u32; 2] {
        [self.bytes(text.as_bytes()), text.len() as u32]
    }

    pub fn words(&mut self, words: &[u32]) -> u32 {
        self.bytes(&words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>())
    }

    /// Two constants for an instruction: `(i32.const pointer) (i32.const length)`.
    pub fn text_args(&mut self, text: &str) -> String {
        let [at, length] = self.text(text);
        format!("(i32.const {at}) (i32.const {length})")
    }
}

/// What makes one guest different from another.
#[derive(Default)]
pub struct Guest {
    pub data: Data,
    pub origins: Vec<&'static str>,
    pub secrets: Vec<&'static str>,
    pub extensions: Vec<(&'static str, &'static str)>,
    /// Instructions of `poll`, before it returns an empty batch.
    pub poll: String,
    /// More fields of the module.
    pub fields: String,
}

impl Guest {
    pub fn poll(body: impl Into<String>) -> Self {
        Self { poll: body.into(), ..Self::default() }
    }

    pub fn fields(mut self, fields: impl Into<String>) -> Self {
        self.fields = fields.into();
        self
    }

    pub fn component(mut self) -> Vec<u8> {
        let description = self.description();
        // result::ok, no events, no cursor, no more, no delay, no extensions
        let empty_batch = self.data.words(&[0; 14]);
        let data = self.data.0.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "\\{byte:02x}");
            text
        });
        let (poll, fields) = (self.poll, self.fields);
        let module = format!(
            r#"(module
              (import "comity:connector/log@0.1.0" "write" (func $log (param i32 i32 i32 i32)))
              (import "comity:connector/http@0.1.0" "send"
                (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
              (import "comity:connector/kv@0.1.0" "set" (func $set (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 2)
              (global $heap (mut i32) (i32.const 65536))
              (func $alloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
                (global.set $heap (i32.add (local.get $at) (local.get 3)))
                (block $fits
                  (br_if $fits (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
                  (drop (memory.grow (i32.add (i32.const 1) (i32.div_u (local.get 3) (i32.const 65536))))))
                (local.get $at))
              (func (export "comity:connector/meta@0.1.0#describe") (result i32) (i32.const {description}))
              (func (export "comity:connector/source@0.1.0#poll") (param i32 i32 i32 i32 i32 i32) (result i32)
                (local $at i32)
                {poll}
                (i32.const {empty_batch}))
              {fields}
              (data (i32.const {BASE}) "{data}"))"#
        );
        component(&wat::parse_str(module).expect("the guest is valid text"))
    }

    fn description(&mut self) -> u32 {
        let data = &mut self.data;
        let texts = ["test", "1.0.0", "Test", "A guest for tests", "Comity", r#"{"type":"object"}"#];
        let mut words: Vec<u32> = texts.iter().flat_map(|text| data.text(text)).collect();
        let secrets: Vec<u32> = self
            .secrets
            .iter()
            .flat_map(|name| {
                let [name, title, help] = [data.text(name), data.text("A secret"), data.text("")];
                [name[0], name[1], title[0], title[1], help[0], help[1], 0]
            })
            .collect();
        words.extend([data.words(&secrets), self.secrets.len() as u32]);
        let origins: Vec<u32> = self.origins.iter().flat_map(|origin| data.text(origin)).collect();
        words.extend([data.words(&origins), self.origins.len() as u32]);
        // No text limit, no features.
        words.extend([0; 6]);
        let extensions: Vec<u32> =
            self.extensions.iter().flat_map(|(key, value)| [data.text(key), data.text(value)].concat()).collect();
        words.extend([data.words(&extensions), self.extensions.len() as u32]);
        data.words(&words)
    }
}

/// A component of a core module that has `meta` and `source`.
pub fn component(module: &[u8]) -> Vec<u8> {
    let mut sources = SourceMap::default();
    for (name, text) in comity_plugin_api::WIT_V0_1 {
        sources.push_str(name, text);
    }
    let world = "package comity:connector@0.1.0; world guest { include with-meta; include with-source; }";
    sources.push_str("guest.wit", world);
    let mut resolve = Resolve::default();
    let group = sources.parse().unwrap_or_else(|(_, error)| panic!("{error}"));
    let package = resolve.push_group(group).unwrap();
    let world = resolve.select_world(&[package], Some("guest")).unwrap();
    let mut module = module.to_vec();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

pub fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

pub fn context() -> CallContext {
    CallContext {
        connection: ConnectionId::derived(&[b"test"]),
        config: serde_json::json!({}),
        secrets: BTreeMap::new(),
        kv: BTreeMap::new(),
        grants: Grants::default(),
        now: now(),
    }
}

pub fn with_secret(mut context: CallContext, name: &str, text: &str) -> CallContext {
    context.secrets.insert(name.to_owned(), SecretText::new(text));
    context
}

/// A host with a folder that goes with it.
pub struct TestHost {
    pub host: PluginHost,
    pub folder: tempfile::TempDir,
}

impl TestHost {
    pub fn new(change: impl FnOnce(&mut Limits)) -> Self {
        Self::with(change, None)
    }

    pub fn with(change: impl FnOnce(&mut Limits), resolver: Option<Arc<dyn Resolver>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = HostConfig::new(folder.path().join("compiled"), [7; 32]);
        // Few slots: reserving thousands takes longer than the tests.
        config.limits.concurrent_calls = 4;
        change(&mut config.limits);
        if let Some(resolver) = resolver {
            config.resolver = resolver;
        }
        Self { host: PluginHost::new(config).unwrap(), folder }
    }

    pub async fn load(&self, guest: Guest) -> Arc<Plugin> {
        self.host.load(guest.component(), now()).await.unwrap()
    }

    /// Loads the guest, polls it, and returns the sentence it was stopped with. Before and after, a well-behaved connector on
    /// the same host answers.
    pub async fn stopped(&self, guest: Guest) -> String {
        let healthy = self.load(Guest::default()).await;
        assert_answers(&healthy).await;
        let hostile = self.load(guest).await;
        let (failed, ()) = tokio::join!(poll(&hostile, context()), assert_answers(&healthy));
        let failed = failed.expect_err("the guest has to be stopped");
        // Trap and call again: the next call starts from nothing and ends the same way.
        let again = poll(&hostile, context()).await.expect_err("the guest has to be stopped again");
        assert_eq!(failed.to_string(), again.to_string());
        assert_answers(&healthy).await;
        failed.to_string()
    }
}

pub async fn poll(plugin: &Plugin, context: CallContext) -> Result<CallOutput<Batch>, HostError> {
    plugin.poll(context, None, 100).await
}

pub async fn assert_answers(plugin: &Arc<Plugin>) {
    let output = poll(plugin, context()).await.expect("a healthy connector answers");
    assert_eq!(output.result.unwrap().events, []);
}
