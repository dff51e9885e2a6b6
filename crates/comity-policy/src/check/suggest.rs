//! "Did you mean": the known word that a misspelt one is nearest to.

/// Longer words are no slips of the pen, and comparing them takes long.
const LONGEST: usize = 64;

pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let distance = |other: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &other.to_lowercase());
    let allowed = word.chars().count().div_ceil(3).clamp(1, 4);
    let near = known
        .into_iter()
        .filter(|other| other.len() <= LONGEST)
        .map(|other| (distance(other), other))
        .filter(|(distance, _)| *distance <= allowed);
    near.min().map(|(_, other)| other)
}

/// A help sentence for a name that does not exist: the nearest one, else all there are.
pub(crate) fn help(word: &str, known: &[&str]) -> Option<String> {
    match (nearest(word, known.iter().copied()), known) {
        (Some(near), _) => Some(format!("Did you mean {near}?")),
        (None, []) => None,
        (None, known) if known.len() <= 14 => Some(format!("There is: {}.", known.join(", "))),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let known = ["is_public", "text", "kind", "company_replies"];
        assert_eq!(nearest("is_publc", known), Some("is_public"));
        assert_eq!(nearest("txet", known), Some("text"));
        assert_eq!(nearest("companyreplies", known), Some("company_replies"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(help("colour", &["kind", "text"]).unwrap(), "There is: kind, text.");
    }
}
