//! A reason that somebody wrote down for what is otherwise warned of.
//!
//! ```rhai
//! // reason for reach: the press team wants to know early; what we owe stays the same
//! rule "widely-read" because "…" when author.followers > 100000 then { … }
//! ```
//!
//! It stands in the comment directly above the rule, goes on to the end of that comment, and is kept with the rule, so
//! that whoever looks at the rule sees it.

use super::{At, Written};
use crate::source::Lines;

const REACH: &str = "reason for reach:";

/// The reason above the rule that begins on this line.
pub(super) fn for_reach(file: &str, text: &str, lines: &Lines, rule: u32) -> Option<Written> {
    let comment = |line: u32| lines.text(text, line).trim_start().strip_prefix("//").map(str::trim);
    let above = (1..rule).rev().map_while(|line| Some((line, comment(line)?)));
    let mut said = Vec::new();
    for (line, words) in above {
        let begins = words.get(..REACH.len()).is_some_and(|start| start.eq_ignore_ascii_case(REACH));
        said.push(if begins { words[REACH.len()..].trim() } else { words });
        if begins {
            said.reverse();
            let column = lines.text(text, line).chars().take_while(|c| c.is_whitespace()).count() as u32 + 1;
            let at = At { file: file.to_owned(), line, column };
            return Some(Written { text: said.join(" ").trim().to_owned(), at });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str, rule: u32) -> Option<(String, u32)> {
        for_reach("r.rhai", text, &Lines::of(text), rule).map(|written| (written.text, written.at.line))
    }

    #[test]
    fn a_reason_stands_directly_above_its_rule() {
        let text = "// Widely read\n// Reason for reach: the press team\n//   wants to know\nrule\n\nrule";
        assert_eq!(reason(text, 4), Some(("the press team wants to know".to_owned(), 2)));
        assert_eq!(reason(text, 6), None);
        assert_eq!(reason("// reason for reach:\nrule", 2), Some((String::new(), 1)));
        assert_eq!(reason("// a reason\nrule", 2), None);
        assert_eq!(reason("rule", 1), None);
    }
}
