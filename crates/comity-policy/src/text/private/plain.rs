//! Digits of every script, and wide signs, as the ones that numbers are looked for with: `٠٣٠ ١٢٣٤٥٦٧` is a phone number
//! as much as `030 1234567`.

use std::{borrow::Cow, ops::Range};

/// Where the ten digits of a script begin; they stand side by side in each.
const ZEROS: [u32; 19] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
    0x17e0, 0x1810, 0xff10,
];

pub(super) struct Plain<'a> {
    pub text: Cow<'a, str>,
    /// For each byte of `text`, and for its end, the byte of the original; empty when they are the same.
    origins: Vec<usize>,
}

impl<'a> Plain<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        if text.chars().all(|c| plain(c) == c) {
            return Self { text: Cow::Borrowed(text), origins: Vec::new() };
        }
        let mut made = String::with_capacity(text.len());
        let mut origins = Vec::with_capacity(text.len() + 1);
        for (at, c) in text.char_indices() {
            made.push(plain(c));
            origins.resize(made.len(), at);
        }
        origins.push(text.len());
        Self { text: Cow::Owned(made), origins }
    }

    /// The stretch of the original that this stretch of the plain text stands for.
    pub(super) fn origin(&self, range: Range<usize>) -> Range<usize> {
        let at = |byte: usize| self.origins.get(byte).copied().unwrap_or(byte);
        at(range.start)..at(range.end)
    }
}

fn plain(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    match c {
        '＠' => '@',
        '＋' => '+',
        '．' => '.',
        '－' => '-',
        '（' => '(',
        '）' => ')',
        _ if c.is_numeric() => {
            let digit = ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero).filter(|digit| *digit < 10));
            digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c)
        }
        _ => c,
    }
}
