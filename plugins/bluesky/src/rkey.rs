//! The key of a reply's record, made from the idempotency key: a second attempt meets the record of the first.
//!
//! Record keys of posts are TIDs (53 bits of microseconds, 10 bits to tell clocks apart, in a sortable base 32). Comity's keys
//! carry their time (UUID version 7) and keep it; for others it is made up from their hash.

use sha2::{Digest, Sha256};

const DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
/// 2024-01-01 in microseconds.
const BASE: u64 = 1_704_067_200_000_000;

pub fn rkey(idempotency_key: &str) -> String {
    let hash = Sha256::digest(idempotency_key.as_bytes());
    let hash = u64::from_be_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]]);
    let micros = match millis(idempotency_key) {
        Some(millis) => millis * 1000 + (hash >> 10) % 1000,
        // About a year's worth.
        None => BASE + (hash >> 10) % (1 << 45),
    };
    tid(((micros & ((1 << 53) - 1)) << 10) | (hash & 1023))
}

/// The time in a UUID of version 7.
fn millis(key: &str) -> Option<u64> {
    let digits: String = key.chars().filter(|c| *c != '-').collect();
    let is_seven =
        digits.len() == 32 && digits.as_bytes()[12] == b'7' && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_seven { u64::from_str_radix(&digits[..12], 16).ok() } else { None }
}

fn tid(number: u64) -> String {
    (0..13).rev().map(|place| char::from(DIGITS[(number >> (place * 5)) as usize & 31])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_gives_the_same_tid_and_another_another() {
        let key = "0198f3a0-1111-7222-8333-444455556666";
        assert_eq!(rkey(key), rkey(key));
        assert_ne!(rkey(key), rkey("0198f3a0-1111-7222-8333-444455556667"));
        assert_ne!(rkey("a"), rkey("b"));
    }

    #[test]
    fn it_has_the_form_of_a_tid() {
        for key in ["a", "0198f3a0-1111-7222-8333-444455556666"] {
            let rkey = rkey(key);
            assert_eq!(rkey.len(), 13);
            assert!(
                rkey.bytes().all(|byte| DIGITS.contains(&byte)) && b"234567abcdefghij".contains(&rkey.as_bytes()[0]),
                "{rkey}"
            );
        }
        // Later keys sort later, as the platform expects of record keys.
        assert!(rkey("0198f3a0-1111-7222-8333-444455556666") < rkey("0198f3a0-2222-7222-8333-444455556666"));
        assert_eq!(tid(0), "2222222222222");
    }
}
