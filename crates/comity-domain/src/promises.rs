//! How well the articles are kept, over all cases: the facts that the ledger gives at a moment.
//!
//! Counted are the obligations that came to an end in the last four weeks, so that each day of the week counts the same:
//! kept when they were met, broken when they fell due before that. What was waived or ended with its case is neither. The
//! count is as of when it is decided; about what happened more than a day before, it says nothing.

use crate::{facts::PromiseFacts, surge::is_late};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// How far back is counted.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24 * 7 * 4);
/// Of fewer than these, nobody can say what is usual, nor publish it without pointing at somebody.
pub const FEWEST: i64 = 20;

/// The count at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promises {
    pub at: Timestamp,
    pub articles: BTreeMap<String, PromiseFacts>,
}

impl Promises {
    /// The facts as of something that happened then.
    #[must_use]
    pub fn facts(&self, then: Timestamp) -> BTreeMap<String, PromiseFacts> {
        if is_late(then, self.at) { BTreeMap::new() } else { self.articles.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(kept: i64, broken: i64) -> Option<f64> {
        PromiseFacts { kept: Some(kept), broken: Some(broken) }.kept_percent()
    }

    #[test]
    fn a_share_is_told_of_enough_and_to_one_decimal() {
        assert_eq!(share(19, 0), None);
        assert_eq!(share(20, 0), Some(100.0));
        assert_eq!(share(0, 20), Some(0.0));
        assert_eq!(share(2, 1 + 18), Some(9.5));
        assert_eq!(share(20, 10), Some(66.7));
        // Never as good, nor as bad, as it is not.
        assert_eq!((share(2_999, 1), share(1, 2_999), share(3_000, 0)), (Some(99.9), Some(0.1), Some(100.0)));
        assert_eq!(PromiseFacts::default().kept_percent(), None);
    }

    #[test]
    fn what_happened_long_before_is_not_judged_by_today() {
        let at = Timestamp::from_second(1_000_000).unwrap();
        let articles = BTreeMap::from([("answer".to_owned(), PromiseFacts::default())]);
        let promises = Promises { at, articles };
        assert_eq!(promises.facts(at).len(), 1);
        assert_eq!(promises.facts(at - SignedDuration::from_hours(24)).len(), 1);
        assert_eq!(promises.facts(at - SignedDuration::from_hours(25)).len(), 0);
    }
}
