//! Lifetimes, costs and limits of signing in.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountsConfig {
    /// A session nobody uses for this long is over.
    pub session_idle_hours: u32,
    /// A session is over after this long, used or not.
    pub session_longest_days: u32,
    /// Sign-ins tried from one address, and for one account.
    pub attempts_per_address: AttemptLimit,
    pub attempts_per_account: AttemptLimit,
    pub password_cost: PasswordCost,
}

/// So many at once, and one more each time the interval has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptLimit {
    pub at_once: u32,
    pub one_more_after_seconds: u32,
}

/// What one argon2id hash costs. Hashes made with other costs stay valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for AccountsConfig {
    fn default() -> Self {
        Self {
            session_idle_hours: 12,
            session_longest_days: 7,
            attempts_per_address: AttemptLimit { at_once: 30, one_more_after_seconds: 10 },
            attempts_per_account: AttemptLimit { at_once: 10, one_more_after_seconds: 60 },
            // The second of the choices in the OWASP password storage guide.
            password_cost: PasswordCost { memory_kib: 19 * 1024, passes: 2, lanes: 1 },
        }
    }
}
