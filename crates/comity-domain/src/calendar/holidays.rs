//! The days on which a calendar is closed, and what they are called.

use jiff::civil::Date;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// Written as `2026-12-25 = "Christmas Day"`, or as a list of days that have no names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Holidays(BTreeMap<Date, String>);

impl Holidays {
    pub const NONE: Self = Self(BTreeMap::new());

    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        self.0.contains_key(&date)
    }

    /// The first that is on this day or later.
    #[must_use]
    pub fn first_from(&self, date: Date) -> Option<Date> {
        self.0.range(date..).next().map(|(date, _)| *date)
    }

    /// In order; one that has no name is called nothing.
    pub fn iter(&self) -> impl Iterator<Item = (Date, &str)> {
        self.0.iter().map(|(date, name)| (*date, name.as_str()))
    }

    /// From the first day to the last, both of which count.
    pub fn between(&self, first: Date, last: Date) -> impl Iterator<Item = (Date, &str)> {
        // A range that ends before it begins has nothing in it, and would panic.
        let days = if first <= last { Some(self.0.range(first..=last)) } else { None };
        days.into_iter().flatten().map(|(date, name)| (*date, name.as_str()))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Date, String)> for Holidays {
    fn from_iter<T: IntoIterator<Item = (Date, String)>>(days: T) -> Self {
        Self(days.into_iter().collect())
    }
}

impl FromIterator<Date> for Holidays {
    fn from_iter<T: IntoIterator<Item = Date>>(days: T) -> Self {
        days.into_iter().map(|date| (date, String::new())).collect()
    }
}

impl<'de> Deserialize<'de> for Holidays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Days;

        impl<'de> Visitor<'de> for Days {
            type Value = Holidays;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("days with names, as in 2026-12-25 = \"Christmas Day\", or a list of days")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut days: A) -> Result<Holidays, A::Error> {
                let mut read = BTreeMap::new();
                while let Some(date) = days.next_element()? {
                    read.insert(date, String::new());
                }
                Ok(Holidays(read))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut days: A) -> Result<Holidays, A::Error> {
                let mut read = BTreeMap::new();
                while let Some((date, name)) = days.next_entry()? {
                    read.insert(date, name);
                }
                Ok(Holidays(read))
            }
        }

        deserializer.deserialize_any(Days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_read_with_names_and_without() {
        let named: Holidays = serde_json::from_str(r#"{"2026-12-25":"Christmas Day"}"#).unwrap();
        let bare: Holidays = serde_json::from_str(r#"["2026-12-25"]"#).unwrap();
        assert_eq!(named.iter().collect::<Vec<_>>(), [(date(2026, 12, 25), "Christmas Day")]);
        assert_eq!(bare.iter().collect::<Vec<_>>(), [(date(2026, 12, 25), "")]);
        assert_eq!(serde_json::to_string(&named).unwrap(), r#"{"2026-12-25":"Christmas Day"}"#);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for wrong in [r#"["2026-02-30"]"#, r#"{"christmas":"2026-12-25"}"#, r#"{"2026-12-25":7}"#, "7"] {
            assert!(serde_json::from_str::<Holidays>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn between_takes_both_ends() {
        let days: Holidays = [date(2026, 1, 1), date(2026, 12, 25), date(2026, 12, 26)].into_iter().collect();
        let between = |first, last| days.between(first, last).map(|(day, _)| day.day()).collect::<Vec<_>>();
        assert_eq!(between(date(2026, 12, 25), date(2026, 12, 25)), [25]);
        assert_eq!(between(date(2026, 1, 1), date(2026, 12, 26)), [1, 25, 26]);
        assert!(between(date(2026, 12, 26), date(2026, 12, 25)).is_empty());
    }
}
