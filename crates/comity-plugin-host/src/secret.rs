//! A secret's text. It cannot be printed, compared or serialized by accident, and is wiped when dropped.

use crate::Origin;
use std::{collections::BTreeMap, fmt};
use zeroize::Zeroizing;

#[derive(Clone)]
pub struct SecretText {
    text: Zeroizing<String>,
    captured_from: Option<Origin>,
}

/// Secrets captured (`Some`) or forgotten (`None`) by name.
pub type SecretChanges = BTreeMap<String, Option<SecretText>>;

impl SecretText {
    /// What a person entered.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: Zeroizing::new(text.into()), captured_from: None }
    }

    /// What an answer of this origin carried.
    pub fn captured(text: impl Into<String>, origin: Origin) -> Self {
        Self { captured_from: Some(origin), ..Self::new(text) }
    }

    /// To be kept with the text: a captured secret whose origin nobody knows is put into no request.
    #[must_use]
    pub fn captured_from(&self) -> Option<&Origin> {
        self.captured_from.as_ref()
    }

    /// The text itself. Every caller is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}
