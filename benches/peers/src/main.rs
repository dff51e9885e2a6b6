//! The ten rules of `policy_bench` in Rego (regorus) and in Cedar (cedar-policy), over the same facts. Prints JSON lines.
//!
//! As near as each language comes. Neither has word lists that know inflection and spelling, so Rego looks with regular
//! expressions and Cedar with wildcards over a text in lower case; Cedar cannot count words, so it is given their number. A
//! fact that is not known makes a rule neither fire nor fail in both of them, and neither says that it was unknown. Both
//! answer with the names of the rules that hold, without a trace of their terms.

mod cedar;
mod rego;

use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ROUNDS: usize = 20_000;

/// What fires for [`facts`], in each of the three languages.
pub const FIRED: [&str; 7] = ["rule-0", "rule-1", "rule-4", "rule-5", "rule-6", "rule-7", "rule-8"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut rego = rego::Rego::new(&facts())?;
    println!("{}", measure("10 rules in Rego (regorus)", || rego.fired())?);
    let cedar = cedar::Cedar::new(&facts())?;
    println!("{}", measure("10 rules in Cedar (cedar-policy)", || cedar.fired())?);
    Ok(())
}

type Fired = Result<Vec<String>, Box<dyn std::error::Error>>;

fn measure(name: &str, mut fired: impl FnMut() -> Fired) -> Result<Value, Box<dyn std::error::Error>> {
    let mut found = fired()?;
    found.sort();
    assert_eq!(found, FIRED, "{name} decides otherwise");
    let mut taken: Vec<Duration> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let found = fired()?;
        taken.push(started.elapsed());
        assert_eq!(found.len(), FIRED.len());
    }
    taken.sort_unstable();
    let at = |share: usize| taken[ROUNDS * share / 100].as_nanos() as f64 / 1_000.0;
    Ok(json!({ "name": name, "rounds": ROUNDS, "fired": FIRED.len(), "p50_us": at(50), "p99_us": at(99) }))
}

/// The facts of `policy_bench`. Times are seconds; what is not known is left out.
pub fn facts() -> Value {
    let text = "@us You are liars. My bag has been gone for three days, nobody answers, and my lawyer will hear of it. \
                Where is it?";
    json!({
        "now": 1_772_442_000, "text": text, "text_lower": text.to_lowercase(),
        "word_count": text.split_whitespace().count(), "kind": "post", "party": "consumer",
        "is_staff": false, "labels": ["late"], "team": "care", "company_replies": 1, "consumer_posts": 2,
        "opened_at": 1_772_182_800, "running": ["answer"],
    })
}
