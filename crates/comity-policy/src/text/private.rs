//! Private data in a text: what should not stand in a public reply.
//!
//! Errs towards finding: a guard that asks once too often costs a second look, one that misses an account number costs a
//! person their privacy. Numbers with a checksum (cards, IBANs) must pass it; dates and times are left alone.

use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Mail,
    Phone,
    Card,
    Iban,
    Reference,
    Amount,
}

impl Kind {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Mail => "an e-mail address",
            Self::Phone => "a phone number",
            Self::Card => "a card number",
            Self::Iban => "a bank account",
            Self::Reference => "an order, booking or customer number",
            Self::Amount => "an amount of money",
        }
    }
}

/// How many passages of a kind are listed: enough to say that it is there, however long the text.
const MOST_FOUND: usize = 50;

/// What was found, as written, in the order of the text.
pub(crate) fn private_data(text: &str) -> Vec<(Kind, String)> {
    let mut found: Vec<(Range<usize>, Kind)> = Vec::new();
    // The surest first: a stretch that is taken is not looked at again.
    for look in [mails, ibans, cards, references, amounts, phones] {
        for (range, kind) in look(text).into_iter().take(MOST_FOUND) {
            if !found.iter().any(|(taken, _)| taken.start < range.end && range.start < taken.end) {
                found.push((range, kind));
            }
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found.into_iter().map(|(range, kind)| (kind, text[range].trim().to_owned())).collect()
}

type Found = Vec<(Range<usize>, Kind)>;

fn mails(text: &str) -> Found {
    let is_local = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
    let is_domain = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    let mail = |(at, _): (usize, &str)| {
        let local = text[..at].chars().rev().take_while(|c| is_local(*c)).map(char::len_utf8).sum::<usize>();
        let domain = text[at + 1..].chars().take_while(|c| is_domain(*c)).map(char::len_utf8).sum::<usize>();
        let domain = text[at + 1..at + 1 + domain].trim_end_matches(['.', '-']);
        let ending = domain.rsplit_once('.').is_some_and(|(host, top)| {
            !host.is_empty() && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic)
        });
        (local > 0 && ending).then(|| (at - local..at + 1 + domain.len(), Kind::Mail))
    };
    text.match_indices('@').filter_map(mail).collect()
}

fn ibans(text: &str) -> Found {
    let mut found = Vec::new();
    for (start, _) in word_starts(text) {
        let mut letters = String::new();
        for (at, c) in text[start..].char_indices() {
            match c {
                c if c.is_ascii_alphanumeric() => letters.push(c.to_ascii_uppercase()),
                c if letters.len() >= 4 && (is_blank(c) || is_dash(c) || c == '.') => continue,
                _ => break,
            }
            let ends = !text[start + at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric());
            if letters.len() > 34 || (letters.len() == 4 && !is_iban_start(&letters)) {
                break;
            }
            if letters.len() >= 15 && ends && iban_checksum(&letters) {
                found.push((start..start + at + 1, Kind::Iban));
                break;
            }
        }
    }
    found
}

fn is_iban_start(letters: &str) -> bool {
    let (country, check) = letters.split_at(2);
    country.bytes().all(|b| b.is_ascii_uppercase()) && check.bytes().all(|b| b.is_ascii_digit())
}

/// ISO 13616: the first four characters moved to the end, letters as 10 to 35, modulo 97 leaves 1.
fn iban_checksum(letters: &str) -> bool {
    let moved = letters[4..].chars().chain(letters[..4].chars());
    let remainder = moved.filter_map(|c| c.to_digit(36)).fold(0_u32, |rest, digit| match digit {
        0..=9 => (rest * 10 + digit) % 97,
        _ => (rest * 100 + digit) % 97,
    });
    remainder == 1
}

/// Any groups side by side that together are a card number: an expiry date or a second card may stand next to it.
fn cards(text: &str) -> Found {
    let mut found = Vec::new();
    for run in digit_runs(text) {
        let digits: Vec<u32> = digits_in(&text[run[0].start..run[run.len() - 1].end]).collect();
        // How many digits stand before each group, and how many slashes: a window is looked at without reading it anew.
        let (mut before, mut slashes) = (vec![0], vec![0]);
        for (group, next) in run.iter().zip(run.iter().skip(1).map(Some).chain([None])) {
            let gap = next.map_or("", |next| &text[group.end..next.start]);
            before.push(before[before.len() - 1] + group.len());
            slashes.push(slashes[slashes.len() - 1] + usize::from(gap.contains('/')));
        }
        let mut first = 0;
        while first < run.len() {
            let length = |last: usize| before[last + 1] - before[first];
            let is_card = |last: &usize| {
                let is_one = length(*last) >= 13 && slashes[*last] == slashes[first];
                is_one && luhn(&digits[before[first]..before[last + 1]])
            };
            match (first..run.len()).take_while(|last| length(*last) <= 19).filter(is_card).last() {
                Some(last) => {
                    found.push((run[first].start..run[last].end, Kind::Card));
                    first = last + 1;
                }
                None => first += 1,
            }
        }
    }
    found
}

fn digits_in(text: &str) -> impl Iterator<Item = u32> {
    text.chars().filter_map(|c| c.to_digit(10))
}

/// ISO/IEC 7812: every second digit from the right doubled, the sum of digits divisible by ten.
fn luhn(digits: &[u32]) -> bool {
    let value = |(at, &digit): (usize, &u32)| match (at % 2, digit * 2) {
        (0, _) => digit,
        (_, doubled) => doubled / 10 + doubled % 10,
    };
    digits.iter().rev().enumerate().map(value).sum::<u32>().is_multiple_of(10) && digits.iter().any(|&digit| digit > 0)
}

/// Words after which a code is somebody's own.
const REFERENCE_WORDS: [&str; 22] = [
    "order",
    "booking",
    "reservation",
    "ticket",
    "invoice",
    "customer",
    "account",
    "reference",
    "ref",
    "pnr",
    "parcel",
    "tracking",
    "contract",
    "policy",
    "bestellung",
    "bestellnummer",
    "buchung",
    "buchungsnummer",
    "rechnung",
    "auftrag",
    "kundennummer",
    "vertrag",
];

/// Words that may stand between.
const LINKING_WORDS: [&str; 12] =
    ["number", "no", "nr", "code", "id", "is", "nummer", "lautet", "ist", "your", "reference", "num"];

fn references(text: &str) -> Found {
    let words: Vec<(usize, &str)> = word_starts(text).collect();
    let mut found = Vec::new();
    for (index, (start, word)) in words.iter().enumerate() {
        let hash = text[..*start].ends_with('#') && word.len() >= 5 && word.bytes().all(|b| b.is_ascii_digit());
        let mut before = words[..index].iter().rev().take(4).map(|(_, word)| word.to_lowercase());
        let named = before.find(|word| !LINKING_WORDS.contains(&word.as_str()));
        let named = named.is_some_and(|word| REFERENCE_WORDS.contains(&word.as_str()));
        if hash || (named && is_code(word)) {
            found.push((*start..start + word.len(), Kind::Reference));
        }
    }
    found
}

fn is_code(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let capitals = word.len() == 6 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    (digits >= 1 && word.len() >= 4) || capitals
}

const CURRENCY_SIGNS: [char; 5] = ['€', '$', '£', '¥', '₹'];
const CURRENCY_WORDS: [&str; 14] = [
    "eur", "usd", "gbp", "chf", "euro", "euros", "dollar", "dollars", "pound", "pounds", "franken", "francs", "yen",
    "rupees",
];

fn amounts(text: &str) -> Found {
    let mut found = Vec::new();
    for number in numbers(text) {
        let before = text[..number.start].trim_end();
        let after = text[number.end..].trim_start();
        let next = after.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
        let last = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
        let (mut start, mut end) = (number.start, number.end);
        if before.ends_with(CURRENCY_SIGNS) {
            start = before.len() - before.chars().next_back().map_or(0, char::len_utf8);
        } else if after.starts_with(CURRENCY_SIGNS) {
            end = text.len() - after.len() + after.chars().next().map_or(0, char::len_utf8);
        } else if CURRENCY_WORDS.contains(&last.as_str()) {
            start = before.len() - last.len();
        } else if CURRENCY_WORDS.contains(&next.as_str()) {
            end = text.len() - after.len() + next.len();
        } else {
            continue;
        }
        found.push((start..end, Kind::Amount));
    }
    found
}

/// E.164 has no longer ones.
const PHONE_DIGITS: usize = 15;

fn phones(text: &str) -> Found {
    let mut found = Vec::new();
    for run in digit_runs(text) {
        let mut first = 0;
        while first < run.len() {
            if is_date(text, &run[first..]) {
                first += 3;
                continue;
            }
            let before = &text[..run[first].start];
            let before = before.strip_suffix('(').unwrap_or(before);
            let led = before.ends_with('+') || text[run[first].clone()].starts_with('0');
            let lengths: Vec<usize> = run[first..].iter().take(PHONE_DIGITS).map(ExactSizeIterator::len).collect();
            let american = matches!(lengths.as_slice(), [3, 3, 4, ..] | [1, 3, 3, 4, ..]);
            let mut digits = 0;
            let fits = lengths.iter().take_while(|length| {
                digits += **length;
                digits <= PHONE_DIGITS
            });
            let count = fits.count();
            let length: usize = lengths[..count].iter().sum();
            if (led || american) && length >= 7 {
                let start = if before.ends_with('+') { before.len() - 1 } else { run[first].start };
                found.push((start..run[first + count - 1].end, Kind::Phone));
                first += count;
            } else {
                first += 1;
            }
        }
    }
    found
}

/// `10.03.2026`, `2026-03-10`, `03/10/26 14:30`: three groups with the same sign between them, and not a fourth.
fn is_date(text: &str, groups: &[Range<usize>]) -> bool {
    let [day, month, year, rest @ ..] = groups else { return false };
    let between = |a: &Range<usize>, b: &Range<usize>| &text[a.end..b.start];
    let sign = between(day, month);
    let lengths = (day.len(), month.len(), year.len());
    matches!(lengths, (1..=2, 1..=2, 2 | 4) | (4, 1..=2, 1..=2))
        && matches!(sign, "." | "-" | "/")
        && between(month, year) == sign
        && rest.first().is_none_or(|next| between(year, next) != sign)
}

/// Groups of digits that stand so close together that they may be one number.
fn digit_runs(text: &str) -> Vec<Vec<Range<usize>>> {
    let mut runs: Vec<Vec<Range<usize>>> = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|offset| at + offset) {
        let end = start + text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let joins = |c: char| is_blank(c) || is_dash(c) || matches!(c, '.' | '/' | '(' | ')');
        let close = |last: &Range<usize>| {
            let near = start - last.end <= 2 * char::MAX_LEN_UTF8;
            near && text[last.end..start].chars().count() <= 2 && text[last.end..start].chars().all(joins)
        };
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(close) => run.push(start..end),
            _ if text[..start].ends_with(char::is_alphabetic) => {}
            _ => {
                let group = start..end;
                runs.push(vec![group]);
            }
        }
        at = end;
    }
    runs
}

/// White space within a line, no-break spaces included.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\n' | '\r')
}

const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}')
}

/// Stretches of digits with the signs that an amount is written with.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|offset| at + offset) {
        let inside_word = text[..start].ends_with(|c: char| c.is_alphabetic());
        let mut end = start;
        let mut gap = 0;
        for (offset, c) in text[start..].char_indices() {
            match c {
                c if c.is_ascii_digit() => (end, gap) = (start + offset + 1, 0),
                '.' | ',' | '\'' | '\u{2019}' | '\u{a0}' | '\u{202f}' | ' ' if gap < 2 => gap += 1,
                _ => break,
            }
        }
        if !inside_word {
            found.push(start..end);
        }
        at = end;
    }
    found
}

/// Each word with where it begins; a code with inner hyphens is one word.
fn word_starts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(|c: char| c.is_alphanumeric())?;
        let end = text[start..].find(|c: char| !is_word(c)).map_or(text.len(), |length| start + length);
        at = end;
        Some((start, text[start..end].trim_end_matches(['-', '_'])))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, String)> {
        private_data(text)
    }

    #[test]
    fn private_data_is_found_as_written() {
        let table = [
            ("write to anna.schmidt@example.org.", Kind::Mail, "anna.schmidt@example.org"),
            ("call +49 30 1234567 now", Kind::Phone, "+49 30 1234567"),
            ("call 030/123 45 67 now", Kind::Phone, "030/123 45 67"),
            ("or 555-123-4567", Kind::Phone, "555-123-4567"),
            ("card 4111 1111 1111 1111 was", Kind::Card, "4111 1111 1111 1111"),
            ("to DE89 3704 0044 0532 0130 00 today", Kind::Iban, "DE89 3704 0044 0532 0130 00"),
            ("GB82WEST12345698765432", Kind::Iban, "GB82WEST12345698765432"),
            ("your booking X7K2PQ is fine", Kind::Reference, "X7K2PQ"),
            ("order number 10023-A", Kind::Reference, "10023-A"),
            ("Kundennummer: 4711008", Kind::Reference, "4711008"),
            ("see #4711008", Kind::Reference, "4711008"),
            ("we refunded €120.50 today", Kind::Amount, "€120.50"),
            ("we refunded 1,250 EUR today", Kind::Amount, "1,250 EUR"),
            ("card 4111 1111 1111 1111 12/27 was", Kind::Card, "4111 1111 1111 1111"),
            ("card 4111.1111.1111.1111 was", Kind::Card, "4111.1111.1111.1111"),
            ("card 4111\u{a0}1111\u{a0}1111\u{a0}1111 was", Kind::Card, "4111\u{a0}1111\u{a0}1111\u{a0}1111"),
            ("card 3782 822463 10005 was", Kind::Card, "3782 822463 10005"),
            (
                "to DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00",
                Kind::Iban,
                "DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00",
            ),
            ("appelez le 01.23.45.67.89", Kind::Phone, "01.23.45.67.89"),
            ("appelez le 06-12-34-56-78", Kind::Phone, "06-12-34-56-78"),
            ("on 01.03.2026 call 0171 1234567", Kind::Phone, "0171 1234567"),
            ("(030) 1234567", Kind::Phone, "030) 1234567"),
        ];
        for (text, kind, written) in table {
            assert_eq!(kinds(text), [(kind, written.to_owned())], "{text}");
        }
    }

    #[test]
    fn two_that_stand_together_are_two() {
        let cards = kinds("4111 1111 1111 1111, 5500 0000 0000 0004");
        assert_eq!(cards.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [Kind::Card, Kind::Card]);
        let phones = kinds("030 1234567, 040 7654321");
        assert_eq!(phones.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["030 1234567", "040 7654321"]);
        let both = kinds("4111 1111 1111 1111 5500 0000 0000 0004");
        assert_eq!(both.len(), 2, "{both:?}");
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        let table = [
            "Thank you, we are on it.",
            "We answer within 24 hours, on 10.03.2026 or 2026-03-10 at 14:30.",
            "@northwind.example said so",
            "Flight NW 4711 left at 09:15 with 180 people",
            "4111 1111 1111 1112",
            "In order to help, tell us more",
            "Version 1.2.3 of the app",
            "Please book a ticket to Rome",
            "open 03/10/26 14:30 to 18:00, and 2026-03-10 09 to 17",
        ];
        for text in table {
            assert_eq!(kinds(text), [], "{text}");
        }
    }
}
