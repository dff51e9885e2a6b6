//! Which values are possible: a range of numbers with holes, or words. Yes and no are the words `true` and `false`.

use std::{cmp::Ordering, collections::BTreeSet, rc::Rc};

#[derive(Clone, Debug, PartialEq)]
pub(in crate::check) enum Values {
    Any,
    Numbers(Numbers),
    Words(Words),
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::check) struct Numbers {
    low: Bound,
    high: Bound,
    not: Vec<f64>,
    /// Only whole numbers, as for what is counted.
    is_whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Bound {
    at: f64,
    is_in: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::check) struct Words {
    /// Nothing when every word is possible.
    only: Option<BTreeSet<Rc<str>>>,
    not: BTreeSet<Rc<str>>,
}

/// How a number is compared with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    AtMost,
    Equal,
    Different,
    AtLeast,
    More,
}

impl Order {
    pub(super) fn parse(sign: &str) -> Option<Self> {
        Some(match sign {
            "<" => Self::Less,
            "<=" => Self::AtMost,
            "==" => Self::Equal,
            "!=" => Self::Different,
            ">=" => Self::AtLeast,
            ">" => Self::More,
            _ => return None,
        })
    }

    /// With the sides exchanged.
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::AtLeast => Self::AtMost,
            Self::More => Self::Less,
            same => same,
        }
    }

    /// What holds when this does not.
    pub(super) const fn negated(self) -> Self {
        match self {
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::Equal => Self::Different,
            Self::Different => Self::Equal,
            Self::AtLeast => Self::Less,
            Self::More => Self::AtMost,
        }
    }

    pub(super) fn holds(self, one: f64, other: f64) -> bool {
        Values::compared(self, other).has(one)
    }
}

impl Values {
    pub(super) fn none() -> Self {
        Self::words([])
    }

    pub(super) fn yes(is_yes: bool) -> Self {
        Self::words([if is_yes { "true" } else { "false" }])
    }

    pub(super) fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Words(Words { only: Some(words.into_iter().map(Rc::from).collect()), not: BTreeSet::new() })
    }

    pub(super) fn all_words_but<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Words(Words { only: None, not: words.into_iter().map(Rc::from).collect() })
    }

    /// Numbers that compare so with this one.
    pub(super) fn compared(order: Order, with: f64) -> Self {
        // There is a zero below zero that is equal to it.
        let with = with + 0.0;
        let (least, most) = (Bound { at: f64::NEG_INFINITY, is_in: true }, Bound { at: f64::INFINITY, is_in: true });
        let bound = |is_in| Bound { at: with, is_in };
        let (low, high) = match order {
            Order::Less => (least, bound(false)),
            Order::AtMost => (least, bound(true)),
            Order::Equal => (bound(true), bound(true)),
            Order::Different => (least, most),
            Order::AtLeast => (bound(true), most),
            Order::More => (bound(false), most),
        };
        let not = if order == Order::Different { vec![with] } else { Vec::new() };
        Self::Numbers(Numbers { low, high, not, is_whole: false })
    }

    /// What can be counted.
    pub(super) fn counts() -> Self {
        match Self::compared(Order::AtLeast, 0.0) {
            Self::Numbers(numbers) => Self::Numbers(Numbers { is_whole: true, ..numbers }),
            other => other,
        }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Numbers(one), Self::Numbers(other)) => Self::Numbers(one.and(other)),
            (Self::Words(one), Self::Words(other)) => Self::Words(one.and(other)),
            (Self::Any, values) | (values, Self::Any) => values.clone(),
            // No number is one of no words; what else is compared with both is reported elsewhere.
            (Self::Words(words), _) | (_, Self::Words(words)) if words.is_empty() => Self::none(),
            _ => Self::Any,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Any => false,
            Self::Numbers(numbers) => numbers.is_empty(),
            Self::Words(words) => words.is_empty(),
        }
    }

    /// The only word there is, if there is only one.
    pub(super) fn word(&self) -> Option<&str> {
        let Self::Words(Words { only: Some(only), not }) = self else { return None };
        let mut left = only.iter().filter(|word| !not.contains(*word));
        left.next().filter(|_| left.next().is_none()).map(|word| &**word)
    }

    fn has(&self, number: f64) -> bool {
        !self.and(&Self::compared(Order::Equal, number)).is_empty()
    }
}

impl Numbers {
    fn and(&self, other: &Self) -> Self {
        let stricter = |one: Bound, other: Bound, stricter: Ordering| match one.at.total_cmp(&other.at) {
            Ordering::Equal => Bound { at: one.at, is_in: one.is_in && other.is_in },
            order if order == stricter => one,
            _ => other,
        };
        let low = stricter(self.low, other.low, Ordering::Greater);
        let high = stricter(self.high, other.high, Ordering::Less);
        let not = self.not.iter().chain(&other.not).copied().collect();
        Self { low, high, not, is_whole: self.is_whole || other.is_whole }
    }

    fn is_empty(&self) -> bool {
        let (mut low, mut high) = (self.low, self.high);
        if self.is_whole {
            low = Bound { at: if low.is_in { low.at.ceil() } else { low.at.floor() + 1.0 }, is_in: true };
            high = Bound { at: if high.is_in { high.at.floor() } else { high.at.ceil() - 1.0 }, is_in: true };
            let count = high.at - low.at + 1.0;
            if count > 0.0 && count <= self.not.len() as f64 {
                return (0..count as u32).all(|step| self.not.contains(&(low.at + f64::from(step))));
            }
        }
        let is_point = low.at.total_cmp(&high.at).is_eq();
        low.at > high.at || (is_point && (!(low.is_in && high.is_in) || self.not.contains(&low.at)))
    }
}

impl Words {
    fn and(&self, other: &Self) -> Self {
        let only = match (&self.only, &other.only) {
            (Some(one), Some(other)) => Some(one.intersection(other).cloned().collect()),
            (Some(only), None) | (None, Some(only)) => Some(only.clone()),
            (None, None) => None,
        };
        Self { only, not: self.not.union(&other.not).cloned().collect() }
    }

    fn is_empty(&self) -> bool {
        self.only.as_ref().is_some_and(|only| only.iter().all(|word| self.not.contains(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_meet_or_do_not() {
        let count = |terms: &[(Order, f64)]| {
            terms.iter().fold(Values::counts(), |all, (order, with)| all.and(&Values::compared(*order, *with)))
        };
        for terms in [
            &[(Order::Equal, 1.0), (Order::More, 3.0)][..],
            &[(Order::More, 1.0), (Order::Less, 2.0)],
            &[(Order::Less, 0.0)],
            &[(Order::AtMost, 1.0), (Order::Different, 0.0), (Order::Different, 1.0)],
            &[(Order::Equal, 0.5)],
        ] {
            assert!(count(terms).is_empty(), "{terms:?}");
        }
        for terms in [
            &[(Order::AtLeast, 1.0), (Order::AtMost, 1.0)][..],
            &[(Order::More, 1.0), (Order::Less, 3.0)],
            &[(Order::AtMost, 1.0), (Order::Different, 1.0)],
        ] {
            assert!(!count(terms).is_empty(), "{terms:?}");
        }
        assert!(!Values::compared(Order::More, 1.0).and(&Values::compared(Order::Less, 2.0)).is_empty());
    }

    #[test]
    fn words_meet_or_do_not() {
        let kinds = Values::words(["post", "breach"]);
        assert!(kinds.and(&Values::words(["joined"])).is_empty());
        assert!(kinds.and(&Values::all_words_but(["post", "breach"])).is_empty());
        assert_eq!(kinds.and(&Values::all_words_but(["post"])).word(), Some("breach"));
        assert_eq!(kinds.word(), None);
        assert!(Values::counts().and(&Values::none()).is_empty());
    }
}
