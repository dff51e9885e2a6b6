//! What posts that are nearly the same have in common, so that a wave of them can be counted without comparing each with all
//! others.
//!
//! MinHash (Broder 1997): of all stretches of sixteen bytes in a text's letters, the ones that hash lowest. A stretch that
//! long is three words of English or five characters of Chinese, which two people seldom hit upon by chance. Two texts have
//! the same lowest one with the probability that any stretch is in both; two lowest ones together make a likeness, and a
//! text has two of those. So texts of which nine tenths are the same share one nearly always, texts with a common phrase
//! hardly ever. Case, names, links, digits, signs and drawings are left out first: they are what copies differ in.
//!
//! Written out here because it is forty lines, and because what is stored must be the same on every machine and in every
//! version, which no hash of a library promises.

use super::{Folded, shape::is_link};

const STRETCH: usize = 16;
/// Shorter texts, such as a word of thanks, are the same without anybody copying.
const SHORTEST: usize = 40;
/// What comes later in a text is not looked at.
const LONGEST: usize = 4_000;
const SEEDS: [u64; 4] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x27d4_eb2f_1656_67c5];

/// Two numbers, or none for a short text. Posts that share one are much alike.
pub(crate) fn likeness(text: &Folded) -> Vec<i64> {
    let letters = letters(&text.text[..text.text.floor_char_boundary(LONGEST)]);
    if letters.len() < SHORTEST {
        return Vec::new();
    }
    let mut lowest = [u64::MAX; SEEDS.len()];
    for stretch in letters.as_bytes().windows(STRETCH) {
        let hash = hash(stretch);
        for (lowest, seed) in lowest.iter_mut().zip(SEEDS) {
            *lowest = mixed(hash ^ seed).min(*lowest);
        }
    }
    lowest.chunks_exact(2).map(|pair| mixed(pair[0].rotate_left(32) ^ pair[1]).cast_signed()).collect()
}

/// The words of a text without what copies differ in.
fn letters(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for word in text.split(' ').filter(|word| !word.starts_with('@') && !is_link(word)) {
        let before = letters.len();
        letters.extend(word.chars().filter(|c| c.is_alphabetic()));
        if letters.len() > before {
            letters.push(' ');
        }
    }
    letters
}

fn hash(stretch: &[u8]) -> u64 {
    stretch.chunks_exact(8).fold(0, |hash, bytes| {
        let bytes = bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        mixed(hash ^ bytes)
    })
}

/// The last step of SplitMix64 (Steele, Lea and Flood 2014): every bit comes to depend on every other.
const fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(text: &str) -> Vec<i64> {
        super::likeness(&Folded::of(text))
    }

    fn are_alike(one: &str, other: &str) -> bool {
        let (one, other) = (likeness(one), likeness(other));
        one.iter().any(|shared| other.contains(shared))
    }

    #[test]
    fn copies_are_alike_whatever_was_changed_in_them() {
        let table = [
            (
                "@northwind You ruined our holiday and you will not even answer. Shame on you! https://a.example/1",
                "@NorthwindAir YOU RUINED our holiday, and you will not even answer... shame on you 😡😡 #boycott2026",
            ),
            (
                "@us Euer neuer Tarif ist eine Unverschämtheit, das lassen wir uns nicht länger bieten!",
                "Euer neuer Tarif ist eine UNVERSCHÄMTHEIT – das lassen wir uns nicht länger bieten",
            ),
            (
                "Ваш новый тариф — это грабёж, мы этого терпеть не будем! 1",
                "ваш новый тариф это ГРАБЁЖ мы этого терпеть не будем 22",
            ),
            (
                "贵公司的新资费太离谱了，我们绝对不会再忍受下去了！",
                "@us 贵公司的新资费太离谱了我们绝对不会再忍受下去了😡",
            ),
            ("การขึ้นราคาครั้งนี้เอาเปรียบลูกค้ามากเกินไป", "การขึ้นราคาครั้งนี้เอาเปรียบลูกค้ามากเกินไป!!! #แบน"),
        ];
        for (one, other) in table {
            assert!(are_alike(one, other), "{one}\n{other}");
        }
    }

    #[test]
    fn most_of_a_wave_is_alike_though_each_changes_a_word() {
        let words: Vec<&str> =
            "you cancelled our flight without a word left us at the airport all night and now nobody at your \
                                company answers the phone or tells us when we get our money back"
                .split_whitespace()
                .collect();
        let original = words.join(" ");
        let changed = |at: usize| {
            let mut words = words.clone();
            words[at] = "something";
            words.join(" ")
        };
        let alike = (0..words.len()).filter(|at| are_alike(&original, &changed(*at))).count();
        assert!(alike * 10 >= words.len() * 7, "{alike} of {}", words.len());
    }

    #[test]
    fn what_people_say_of_themselves_is_not() {
        let texts = [
            "My bag did not arrive with the flight and nobody at the desk could tell me where it is.",
            "The flight was late and nobody at the desk could tell me when it would leave.",
            "Thank you so much for your help, the crew on my flight to Lisbon was wonderful!",
            "Thank you so much for your help with the refund, it came within a week.",
            "Mein Koffer ist nicht angekommen, und am Schalter konnte mir niemand helfen.",
            "Am Schalter konnte mir niemand sagen, wann der Flug nach Lissabon geht.",
            "我的行李没有到，柜台没有人能告诉我它在哪里，怎么办？",
            "航班晚点了三个小时，柜台没有人能告诉我什么时候起飞。",
        ];
        for (index, one) in texts.iter().enumerate() {
            for other in &texts[index + 1..] {
                assert!(!are_alike(one, other), "{one}\n{other}");
            }
        }
    }

    #[test]
    fn short_texts_are_not_compared_and_the_numbers_stay() {
        for text in [
            "",
            "Thank you!",
            "Same here",
            "@a @b @c @d @e @f @g @h @i @j https://example.org/a/very/long/link",
            "谢谢你们",
        ] {
            assert!(likeness(text).is_empty(), "{text}");
        }
        // Stored and compared across machines and versions.
        let text = "You ruined our holiday and you will not even answer.";
        assert_eq!(likeness(text), [6_988_221_318_159_984_494, -5_601_342_535_227_295_121]);
    }
}
