//! How often signing in may be tried: a token bucket per address and per account, in memory.
//!
//! A restart forgets the counts, which costs an attacker a restart of the server per round. Buckets that are full again
//! are dropped, and there is a cap on how many are kept, so that many addresses cannot fill the memory.

use super::{AccountsConfig, AttemptLimit};
use crate::AppError;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Most buckets kept for one kind of key.
const MOST_BUCKETS: usize = 50_000;

/// Counts attempts by a key.
pub struct Attempts {
    limit: AttemptLimit,
    /// By the key's hash, so that each takes the same room.
    buckets: Mutex<HashMap<[u8; 32], Bucket>>,
}

/// The moment at which the bucket is full again says everything about it.
#[derive(Clone, Copy)]
struct Bucket {
    full_at: Timestamp,
}

impl Attempts {
    pub fn new(limit: AttemptLimit) -> Self {
        Self { limit, buckets: Mutex::default() }
    }

    /// Uses up one attempt, or says how long to wait for the next.
    pub fn take(&self, key: &str, now: Timestamp) -> Result<(), Duration> {
        let key = hash(key);
        let interval = Duration::from_secs(self.limit.one_more_after_seconds.max(1).into());
        let longest_debt = interval * self.limit.at_once.max(1);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.get(&key).map_or(now, |bucket| bucket.full_at.max(now));
        let debt = full_at.duration_since(now).unsigned_abs() + interval;
        if let Some(wait) = debt.checked_sub(longest_debt).filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        if buckets.len() >= MOST_BUCKETS && !buckets.contains_key(&key) {
            make_room(&mut buckets, now);
        }
        buckets.insert(key, Bucket { full_at: full_at + interval });
        Ok(())
    }

    /// Forgets the attempts of a key that has proved itself.
    pub fn forgive(&self, key: &str) {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash(key));
    }
}

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// Drops what is full again; if nothing is, whatever is nearest to it.
fn make_room(buckets: &mut HashMap<[u8; 32], Bucket>, now: Timestamp) {
    buckets.retain(|_, bucket| bucket.full_at > now);
    if buckets.len() >= MOST_BUCKETS {
        let mut moments: Vec<Timestamp> = buckets.values().map(|bucket| bucket.full_at).collect();
        moments.sort_unstable();
        let middle = moments[moments.len() / 2];
        buckets.retain(|_, bucket| bucket.full_at > middle);
    }
}

/// Both counts of signing in.
pub struct SignInAttempts {
    by_address: Attempts,
    by_account: Attempts,
}

impl SignInAttempts {
    pub fn new(config: &AccountsConfig) -> Self {
        Self {
            by_address: Attempts::new(config.attempts_per_address),
            by_account: Attempts::new(config.attempts_per_account),
        }
    }

    /// `email` need not be anybody's: an unknown account is limited like any other.
    pub fn take(&self, address: IpAddr, email: &str, now: Timestamp) -> Result<(), AppError> {
        let limited = |retry_after| AppError::RateLimited { retry_after };
        self.by_address.take(&network(address), now).map_err(limited)?;
        self.by_account.take(email, now).map_err(limited)
    }

    /// For what only an address tries, such as the set-up token.
    pub fn take_address(&self, address: IpAddr, now: Timestamp) -> Result<(), AppError> {
        self.by_address.take(&network(address), now).map_err(|retry_after| AppError::RateLimited { retry_after })
    }

    /// For what only an account tries, such as its current password.
    pub fn take_account(&self, email: &str, now: Timestamp) -> Result<(), AppError> {
        self.by_account.take(email, now).map_err(|retry_after| AppError::RateLimited { retry_after })
    }

    pub fn forgive_account(&self, email: &str) {
        self.by_account.forgive(email);
    }
}

/// One household or office has a whole /64 of IPv6 addresses.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: AttemptLimit = AttemptLimit { at_once: 3, one_more_after_seconds: 60 };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn so_many_at_once_then_one_more_per_interval() {
        let attempts = Attempts::new(LIMIT);
        for _ in 0..3 {
            attempts.take("a", at(0)).unwrap();
        }
        assert_eq!(attempts.take("a", at(0)), Err(Duration::from_mins(1)));
        assert_eq!(attempts.take("a", at(45)), Err(Duration::from_secs(15)));
        attempts.take("a", at(60)).unwrap();
        assert_eq!(attempts.take("a", at(60)), Err(Duration::from_mins(1)));
    }

    #[test]
    fn keys_do_not_share_and_success_forgives() {
        let attempts = Attempts::new(AttemptLimit { at_once: 1, one_more_after_seconds: 60 });
        attempts.take("a", at(0)).unwrap();
        attempts.take("b", at(0)).unwrap();
        attempts.take("a", at(1)).unwrap_err();
        attempts.forgive("a");
        attempts.take("a", at(1)).unwrap();
    }

    #[test]
    fn many_keys_cannot_fill_the_memory() {
        let attempts = Attempts::new(LIMIT);
        for key in 0..MOST_BUCKETS + 10 {
            attempts.take(&key.to_string(), at(0)).unwrap();
        }
        assert!(attempts.buckets.lock().unwrap().len() <= MOST_BUCKETS);
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_together() {
        let text = |address: &str| network(address.parse().unwrap());
        assert_eq!(text("2001:db8::1"), text("2001:db8::2"));
        assert_ne!(text("2001:db8::1"), text("2001:db8:0:1::1"));
        assert_eq!(text("::ffff:192.0.2.1"), text("192.0.2.1"));
    }
}
