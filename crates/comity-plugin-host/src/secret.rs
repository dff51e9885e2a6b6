//! A secret's text. It cannot be printed, compared or serialized by accident, and is wiped when dropped.

use std::{collections::BTreeMap, fmt};
use zeroize::Zeroizing;

#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

/// Secrets captured (`Some`) or forgotten (`None`) by name.
pub type SecretChanges = BTreeMap<String, Option<SecretText>>;

impl SecretText {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Every caller is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}
