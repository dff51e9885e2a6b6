//! How well each article is kept, counted now and then: of four weeks, a few seconds change little.

use crate::{App, AppError};
use comity_domain::{Timestamp, promises::Promises};
use jiff::SignedDuration;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a count is good for.
const FRESH: SignedDuration = SignedDuration::from_secs(10);

/// The last count.
#[derive(Default)]
pub struct Counted(Mutex<Option<Arc<Promises>>>);

impl Counted {
    fn fresh(&self, now: Timestamp) -> Option<Arc<Promises>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        // A clock that was put back makes it none.
        let age = now.duration_since(last.at);
        (age < FRESH && !age.is_negative()).then_some(last)
    }

    fn keep(&self, promises: &Arc<Promises>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(promises));
    }
}

impl App {
    pub(crate) async fn promises(&self, now: Timestamp) -> Result<Arc<Promises>, AppError> {
        if let Some(known) = self.promises.fresh(now) {
            return Ok(known);
        }
        let promises = Arc::new(self.store.promises(self.organization, now).await?);
        self.promises.keep(&promises);
        Ok(promises)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_used_again_for_a_while() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let counted = Counted::default();
        assert!(counted.fresh(at(100)).is_none());
        counted.keep(&Arc::new(Promises { at: at(100), ..Promises::default() }));
        assert_eq!([99, 100, 109, 110].map(|second| counted.fresh(at(second)).is_some()), [false, true, true, false]);
    }
}
