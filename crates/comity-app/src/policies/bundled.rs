//! The bundles that come with the program: the starter, and the demonstration organization's.

use comity_policy::Bundle;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../policies"]
struct Files;

/// The bundle in the folder of this name.
#[must_use]
pub fn bundled(name: &str) -> Option<Bundle> {
    let prefix = format!("{name}/");
    let files = Files::iter().filter_map(|path| {
        let inner = path.strip_prefix(&prefix)?.to_owned();
        let data = Files::get(&path)?.data;
        Some((inner, String::from_utf8(data.into_owned()).ok()?))
    });
    let bundle = Bundle::new(files.filter(|(path, _)| Bundle::belongs(path)));
    (!bundle.files.is_empty()).then_some(bundle)
}
