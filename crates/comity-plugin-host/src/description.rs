//! `meta.describe`, checked: an administrator reads it before anything is granted.

use crate::{Description, Limits, SecretField, TextLimit, egress::wanted_origins};
use comity_plugin_api::v0_1::meta::exports::comity::connector::meta;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const LONGEST_TEXT: usize = 1_000;
const MOST_ENTRIES: usize = 50;
/// Extensions `secret-origin:NAME` bind the secret of that name to the origins that are their values.
const SECRET_ORIGIN: &str = "secret-origin:";

pub(crate) fn check(given: meta::Description, limits: &Limits) -> Result<Description, String> {
    let is_word = |text: &str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if !is_word(&given.id) {
        return Err(format!("the id {:?} is not of lower case letters, digits and hyphens", given.id));
    }
    for (what, text) in [
        ("version", &given.version),
        ("name", &given.name),
        ("summary", &given.summary),
        ("publisher", &given.publisher),
    ] {
        if text.is_empty() || text.len() > LONGEST_TEXT || text.contains(char::is_control) {
            return Err(format!("its {what} is empty, longer than {LONGEST_TEXT} bytes or has control characters"));
        }
    }
    if given.config_schema.len() > limits.config_schema {
        return Err(format!("its configuration schema is larger than {} bytes", limits.config_schema));
    }
    let config_schema: Value = serde_json::from_str(&given.config_schema)
        .map_err(|error| format!("its configuration schema is not JSON: {error}"))?;
    crate::config::compile(&config_schema).map_err(|why| format!("its configuration schema does not work: {why}"))?;
    if [given.origins.len(), given.secrets.len(), given.features.len()].iter().any(|&count| count > MOST_ENTRIES) {
        return Err(format!("it lists more than {MOST_ENTRIES} origins, secrets or features"));
    }
    wanted_origins(&given.origins, &Value::Null)?;
    let mut names = BTreeSet::new();
    let is_name = |text: &str| is_word(&text.replace('_', "-"));
    if let Some(secret) = given.secrets.iter().find(|secret| !is_name(&secret.name) || !names.insert(&secret.name)) {
        return Err(format!("the secret name {:?} is used twice or is not a plain word", secret.name));
    }
    let secret_origins = secret_origins(&given.extensions, &given.origins)?;
    let text_limit = match given.text_limit {
        Some((count, unit)) if matches!(unit.as_str(), "graphemes" | "codepoints" | "bytes") && count > 0 => {
            Some(TextLimit { count, unit })
        }
        Some((count, unit)) => return Err(format!("it limits texts to {count} {unit:?}, which cannot be counted")),
        None => None,
    };
    let secrets = given.secrets.into_iter();
    let secrets =
        secrets.map(|meta::SecretField { name, title, help, required }| SecretField { name, title, help, required });
    Ok(Description {
        id: given.id,
        version: given.version,
        name: given.name,
        summary: given.summary,
        publisher: given.publisher,
        config_schema,
        secrets: secrets.collect(),
        origins: given.origins,
        secret_origins,
        text_limit,
        features: given.features,
    })
}

fn secret_origins(
    extensions: &[(String, String)],
    origins: &[String],
) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut bound = BTreeMap::<String, Vec<String>>::new();
    for (key, origin) in extensions {
        let Some(secret) = key.strip_prefix(SECRET_ORIGIN) else { continue };
        if !origins.contains(origin) {
            return Err(format!("it binds the secret {secret:?} to {origin:?}, which is not among its origins"));
        }
        bound.entry(secret.to_owned()).or_default().push(origin.clone());
    }
    Ok(bound)
}
