//! Stand-ins for whatever says who somebody is, so that a case can be kept as a test: handles, names, mail, phone and
//! account numbers, links and other long numbers.
//!
//! The same person, number and link get the same stand-in wherever they stand in the case. A stand-in is of the same kind as
//! what it stands for (a phone number is still one, a card number still passes its checksum) and written the same way, so
//! that rules see in the text what they saw before. Words of the policy's own lists stay, and so do our own addresses.

use crate::{
    Policy,
    text::{Analysis, Kind, is_link, private_data},
};
use std::{collections::HashMap, ops::Range};

pub(super) struct Pseudonyms<'a> {
    policy: &'a Policy,
    /// Handles of ours, which everybody may know.
    ours: Vec<String>,
    /// The brand spoken to; a handle that has it is ours.
    brand: String,
    people: HashMap<String, usize>,
    names: Vec<(String, usize)>,
    given: HashMap<(Thing, String), usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Thing {
    Mail,
    Link,
    Number,
}

/// Shorter ones are too common to say who somebody is: `2 days`, `row 17`, `flight 441`.
const SHORTEST_NUMBER: usize = 4;
/// Shorter parts of a name are words of their own too often.
const SHORTEST_NAME: usize = 3;

impl<'a> Pseudonyms<'a> {
    pub fn new(policy: &'a Policy, ours: &[String], brand: Option<&str>) -> Self {
        Self {
            policy,
            ours: ours.iter().map(|handle| plain(handle)).collect(),
            brand: letters(brand.unwrap_or_default()),
            people: HashMap::new(),
            names: Vec::new(),
            given: HashMap::new(),
        }
    }

    /// Makes somebody known by their names, in the order in which they are to be numbered.
    pub fn meet(&mut self, handle: &str, display_name: Option<&str>) {
        let nameless = format!("\0{}", display_name.unwrap_or_default());
        let number = self.person(if handle.is_empty() { &nameless } else { handle });
        let whole = display_name.into_iter().map(str::trim);
        let parts = whole.clone().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
        let names = whole.chain(parts).filter(|name| name.chars().count() >= SHORTEST_NAME);
        for name in names {
            if !self.names.iter().any(|(known, _)| known == name) {
                self.names.push((name.to_owned(), number));
            }
        }
        // The whole name before its parts.
        self.names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    }

    /// The stand-in of a handle, with or without `@` as it was written.
    pub fn handle(&mut self, handle: &str) -> String {
        if handle.is_empty() || self.is_ours(handle) {
            return handle.to_owned();
        }
        let at = if handle.starts_with('@') { "@" } else { "" };
        format!("{at}person{}", self.person(handle))
    }

    pub fn text(&mut self, text: &str) -> String {
        // What has its stand-in is blank for those who look after it.
        let mut open = text.to_owned();
        let mut replaced = Vec::new();
        for look in [Self::links, Self::private, Self::handles, Self::names, Self::numbers] {
            let found = look(self, &open);
            for (range, _) in &found {
                open.replace_range(range.clone(), &" ".repeat(range.len()));
            }
            replaced.extend(found);
        }
        replaced.sort_by_key(|(range, _)| range.start);
        let (mut written, mut at) = (String::with_capacity(text.len()), 0);
        for (range, stand_in) in replaced {
            written.push_str(&text[at..range.start]);
            written.push_str(&stand_in);
            at = range.end;
        }
        written.push_str(&text[at..]);
        written
    }

    fn person(&mut self, handle: &str) -> usize {
        let next = self.people.len() + 1;
        *self.people.entry(plain(handle)).or_insert(next)
    }

    fn is_ours(&self, handle: &str) -> bool {
        let is_brand = self.brand.chars().count() >= SHORTEST_NAME && letters(handle).contains(&self.brand);
        is_brand || self.ours.contains(&plain(handle))
    }

    /// Whether a list of the policy has this very word.
    fn is_listed(&self, word: &str) -> bool {
        let analysis = Analysis::of(word, None);
        self.policy.machine.lists.words.values().any(|list| analysis.mentions(list).iter().any(|found| found == word))
    }

    fn is_our_contact(&self, text: &str) -> bool {
        self.policy.machine.lists.contacts.iter().any(|contact| contact.trim().eq_ignore_ascii_case(text))
    }

    fn number_of(&mut self, thing: Thing, written: &str) -> usize {
        let next = self.given.keys().filter(|(known, _)| *known == thing).count() + 1;
        *self.given.entry((thing, written.to_lowercase())).or_insert(next)
    }

    fn links(&mut self, text: &str) -> Vec<(Range<usize>, String)> {
        let mut found = Vec::new();
        for (start, word) in words(text) {
            if is_link(word) && !self.is_our_contact(word) {
                let stand_in = format!("https://example.org/{}", self.number_of(Thing::Link, word));
                found.push((start..start + word.len(), stand_in));
            }
        }
        found
    }

    fn private(&mut self, text: &str) -> Vec<(Range<usize>, String)> {
        let mut at = 0;
        let mut found = Vec::new();
        for (kind, written) in private_data(text) {
            let Some(start) = text[at..].find(&written).map(|offset| at + offset) else { continue };
            at = start + written.len();
            if !self.is_our_contact(&written) {
                found.push((start..at, self.like(kind, &written)));
            }
        }
        found
    }

    /// Something of the same kind, written the same way.
    fn like(&mut self, kind: Kind, written: &str) -> String {
        if kind == Kind::Mail {
            return format!("mail{}@example.org", self.number_of(Thing::Mail, written));
        }
        let signs: String = written.chars().filter(|c| c.is_alphanumeric()).collect();
        let number = self.number_of(Thing::Number, &signs);
        match kind {
            Kind::Phone => numbered(written, 2, number, false),
            Kind::Card => checked(kind, &numbered(written, 1, number * 10, false), |at, count| at + 1 == count),
            Kind::Iban => checked(kind, &numbered(written, 0, number, false), |at, _| at < 2),
            Kind::Reference => numbered(written, 0, number, true),
            Kind::Amount | Kind::Mail => numbered(written, 0, number, false),
        }
    }

    fn handles(&mut self, text: &str) -> Vec<(Range<usize>, String)> {
        let mut found = Vec::new();
        for (at, _) in text.match_indices('@') {
            if text[..at].ends_with(|c: char| c.is_alphanumeric()) {
                continue;
            }
            let is_part = |c: char| c.is_alphanumeric() || "._-@".contains(c);
            let length = text[at + 1..].find(|c| !is_part(c)).unwrap_or(text.len() - at - 1);
            let handle = text[at..at + 1 + length].trim_end_matches(['.', '-', '_', '@']);
            if handle.len() > 1 && !self.is_listed(&handle[1..]) && !self.is_listed(handle) {
                found.push((at..at + handle.len(), self.handle(handle)));
            }
        }
        // Their handle without the sign is their name, too.
        let folded = text.to_lowercase();
        // Where lower case is longer or shorter, its places say nothing about the text's.
        let text_in_lower_case = if folded.len() == text.len() { folded.as_str() } else { text };
        for (handle, number) in self.people.iter().filter(|(handle, _)| handle.len() >= SHORTEST_NAME) {
            let places = whole_words(text_in_lower_case, handle).into_iter();
            for range in places.filter(|range| text.is_char_boundary(range.start) && text.is_char_boundary(range.end)) {
                if !self.is_listed(&text[range.clone()]) {
                    found.push((range, format!("person{number}")));
                }
            }
        }
        found.sort_by_key(|(range, _)| range.start);
        found.dedup_by(|later, earlier| later.0.start < earlier.0.end);
        found
    }

    fn names(&mut self, text: &str) -> Vec<(Range<usize>, String)> {
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        for (name, number) in &self.names {
            if self.is_listed(name) {
                continue;
            }
            let free = |range: &Range<usize>| {
                !found.iter().any(|(taken, _)| taken.start < range.end && range.start < taken.end)
            };
            let places: Vec<_> = whole_words(text, name).into_iter().filter(free).collect();
            found.extend(places.into_iter().map(|range| (range, format!("Person{number}"))));
        }
        found
    }

    fn numbers(&mut self, text: &str) -> Vec<(Range<usize>, String)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|offset| at + offset) {
            let length = text[start..].bytes().take_while(u8::is_ascii_digit).count();
            at = start + length;
            if length >= SHORTEST_NUMBER {
                let written = &text[start..at];
                let number = self.number_of(Thing::Number, written);
                found.push((start..at, numbered(written, 0, number, false)));
            }
        }
        found
    }
}

/// The same signs with other digits: `keep` of them as they are, the rest counting. Letters only where they say as much as
/// digits do.
fn numbered(written: &str, keep: usize, number: usize, letters: bool) -> String {
    let count = written.chars().filter(char::is_ascii_digit).count();
    let digits = format!("{number:0count$}");
    let digits: Vec<char> = digits[digits.len() - count..].chars().collect();
    let mut at = 0;
    written
        .chars()
        .map(|c| match c {
            c if c.is_ascii_digit() => {
                at += 1;
                match at {
                    _ if at <= keep => c,
                    // A number begins with a digit that counts.
                    1 if count >= SHORTEST_NUMBER => '1',
                    _ => digits[at - 1],
                }
            }
            c if letters && c.is_uppercase() => 'X',
            c if letters && c.is_lowercase() => 'x',
            c => c,
        })
        .collect()
}

/// The number with those digits of it that `is_check` names changed until its checksum is right.
fn checked(kind: Kind, written: &str, is_check: impl Fn(usize, usize) -> bool) -> String {
    let count = written.chars().filter(char::is_ascii_digit).count();
    let with = |check: usize| {
        let check = format!("{check:02}");
        let mut left = check[check.len() - (0..count).filter(|at| is_check(*at, count)).count()..].chars();
        let mut at = 0;
        let digit = |c: char| {
            at += usize::from(c.is_ascii_digit());
            if c.is_ascii_digit() && is_check(at - 1, count) { left.next().unwrap_or(c) } else { c }
        };
        written.chars().map(digit).collect::<String>()
    };
    let is_right = |candidate: &String| private_data(candidate) == [(kind, candidate.clone())];
    (0..100).map(with).find(is_right).unwrap_or_else(|| written.to_owned())
}

/// Each word with where it begins, as white space divides them.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(char::is_whitespace).filter_map(move |word| {
        let start = at;
        at += word.len() + text[start + word.len()..].chars().next().map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((start, word))
    })
}

/// Where a word stands by itself.
fn whole_words(text: &str, word: &str) -> Vec<Range<usize>> {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let alone = |start: usize| {
        let end = start + word.len();
        !joins(text[..start].chars().next_back()) && !joins(text[end..].chars().next())
    };
    text.match_indices(word)
        .map(|(start, _)| start)
        .filter(|start| alone(*start))
        .map(|at| at..at + word.len())
        .collect()
}

fn plain(handle: &str) -> String {
    handle.trim_start_matches('@').to_lowercase()
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
