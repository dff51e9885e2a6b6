//! What is taken for a connector and what is not, and the folder of compiled ones.

mod support;

use comity_plugin_host::{Capability, HostConfig, PluginHost};
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};
use support::{Guest, TestHost, assert_answers, now};

async fn refused(host: &TestHost, bytes: &[u8]) -> String {
    host.host.load(bytes, now()).await.unwrap_err().to_string()
}

fn compiled(host: &TestHost) -> PathBuf {
    let mut files = fs::read_dir(host.folder.path().join("compiled")).unwrap();
    let file = files.next().expect("one compiled connector").unwrap().path();
    assert!(files.next().is_none(), "only one");
    file
}

#[tokio::test]
async fn what_is_not_a_portable_component_is_refused() {
    let host = TestHost::new(|limits| limits.component = 1 << 20);
    let module = wat::parse_str("(module)").unwrap();
    assert!(refused(&host, &module).await.contains("core module, not a component"));
    assert!(refused(&host, b"MZ").await.contains("not WebAssembly"));
    assert!(refused(&host, &vec![0; 2 << 20]).await.contains("larger than 1 MiB"));
    let empty = wat::parse_str("(component)").unwrap();
    assert!(refused(&host, &empty).await.contains("does not export `comity:connector/meta@0.1.0`"));
    let needy =
        wat::parse_str(r#"(component (import "wasi:sockets/tcp@0.2.0" (instance (export "f" (func)))))"#).unwrap();
    let sentence = refused(&host, &needy).await;
    assert!(
        sentence.contains("needs something that connectors are not given") && sentence.contains("wasi:sockets/tcp")
    );
    let mut broken = Guest::default().component();
    broken.truncate(broken.len() / 2);
    assert!(refused(&host, &broken).await.contains("not a component that can be used"));
}

#[tokio::test]
async fn compiled_code_is_refused() {
    let host = TestHost::new(|_| {});
    host.load(Guest::default()).await;
    let file = fs::read(compiled(&host)).unwrap();
    // What follows the keyed hash is exactly what the engine would load.
    assert!(refused(&host, &file[32..]).await.contains("compiled already"));
}

#[tokio::test]
async fn the_description_says_what_it_can_do() {
    let host = TestHost::new(|_| {});
    let plugin = host.load(Guest { origins: vec!["https://example.org"], ..Guest::default() }).await;
    assert_eq!(plugin.capabilities(), [Capability::Source]);
    assert_eq!(plugin.description().id, "test");
    assert_eq!(plugin.wanted_origins(&serde_json::json!({})).unwrap()[0].to_string(), "https://example.org");
    let missing = plugin.verify(support::context()).await.unwrap_err();
    assert_eq!(missing.to_string(), "Test cannot verify: it does not export `account`");
}

#[tokio::test]
async fn the_cache_is_private_and_used() {
    let host = TestHost::new(|_| {});
    host.load(Guest::default()).await;
    let file = compiled(&host);
    let folder = file.parent().unwrap();
    assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    // A second host on the same folder loads the file and does not write it again.
    let second = PluginHost::new(HostConfig::new(folder, [7; 32])).unwrap();
    let plugin = second.load(Guest::default().component(), now()).await.unwrap();
    assert_answers(&plugin).await;
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);
}

#[tokio::test]
async fn a_changed_file_is_never_loaded() {
    let host = TestHost::new(|_| {});
    host.load(Guest::default()).await;
    let file = compiled(&host);
    let honest = fs::read(&file).unwrap();
    let last = honest.len() - 1;
    for at in [0, 40, honest.len() / 2, last] {
        let mut changed = honest.clone();
        changed[at] ^= 1;
        fs::write(&file, &changed).unwrap();
        assert_answers(&host.load(Guest::default()).await).await;
        assert_eq!(fs::read(&file).unwrap(), honest, "byte {at}: compiled again and replaced");
    }
    fs::write(&file, &honest[..16]).unwrap();
    assert_answers(&host.load(Guest::default()).await).await;
    assert_eq!(fs::read(&file).unwrap(), honest);
    // Another key: the file is somebody else's.
    let other = PluginHost::new(HostConfig::new(file.parent().unwrap(), [8; 32])).unwrap();
    assert_answers(&other.load(Guest::default().component(), now()).await.unwrap()).await;
    assert_ne!(fs::read(&file).unwrap(), honest);
}
