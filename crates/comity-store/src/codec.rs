//! Between domain values and columns: times as microseconds, words as text, nested values as JSON text.

use crate::StoreError;
use comity_domain::{Party, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

pub fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub fn time(micros: i64) -> Timestamp {
    // Only what `micros` gave is stored, so it is always within range.
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Values of our own types always have a JSON form.
pub fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable { what, detail: error.to_string() })
}

pub fn word<T>(what: &'static str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::Unreadable { what, detail: format!("{text:?}") })
}

pub fn party(text: &str) -> Result<Party, StoreError> {
    word("a party", text, |text| [Party::Company, Party::Consumer].into_iter().find(|party| party.as_str() == text))
}

/// PostgreSQL keeps no NUL in text, and nobody misses it.
pub fn clean(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text.to_owned() }
}

/// The beginning of a text, in one line, cut at a word where that loses little.
pub fn beginning(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most - 1).collect();
    let cut = match cut.rfind(' ') {
        Some(space) if cut[..space].chars().count() * 4 > most * 3 => &cut[..space],
        _ => &cut,
    };
    format!("{cut}…")
}
