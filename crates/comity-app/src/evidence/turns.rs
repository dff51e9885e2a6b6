//! Whose request is worked on: of one person, the newest.

use comity_domain::UserId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use tokio_util::sync::CancellationToken;

#[derive(Default)]
pub struct Turns(Mutex<HashMap<UserId, CancellationToken>>);

/// A request under way. It is over when a newer one of the same person comes, or when nobody waits for it any more.
pub struct Turn(CancellationToken);

impl Turns {
    pub fn begin(&self, user: UserId) -> Turn {
        let token = CancellationToken::new();
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, token| !token.is_cancelled());
        if let Some(earlier) = turns.insert(user, token.clone()) {
            earlier.cancel();
        }
        Turn(token)
    }
}

impl Turn {
    pub fn token(&self) -> CancellationToken {
        self.0.clone()
    }

    pub async fn is_over(&self) {
        self.0.cancelled().await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_request_ends_the_one_before_of_the_same_person_only() {
        let (turns, ann, ben) = (Turns::default(), UserId::generate(), UserId::generate());
        let (first, other) = (turns.begin(ann), turns.begin(ben));
        let second = turns.begin(ann);
        assert_eq!([&first, &second, &other].map(|turn| turn.token().is_cancelled()), [true, false, false]);
        let token = second.token();
        drop(second);
        assert!(token.is_cancelled(), "nobody waits for it any more");
        assert!(!other.token().is_cancelled());
    }
}
