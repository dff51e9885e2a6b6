//! The rules in Rego.

use crate::Fired;
use regorus::{Engine, Value};

const RULES: &str = r#"
package bench

consumer_post if { input.kind == "post"; input.party == "consumer" }

fired contains "rule-0" if { consumer_post; regex.match(`(?i)\b(lawyer|fraud\w*|court|sue you)\b`, input.text); not input.is_staff }
fired contains "rule-1" if { consumer_post; regex.match(`(?i)\b(idiot\w*|liar\w*)\b`, input.text) }
fired contains "rule-2" if { input.breach_of == "answer"; input.company_replies >= 2 }
fired contains "rule-3" if { consumer_post; input.is_customer; input.consumer_posts > 3 }
fired contains "rule-4" if { consumer_post; input.now - input.opened_at > 172800 }
fired contains "rule-5" if { consumer_post; not "praise" in input.labels }
fired contains "rule-6" if { consumer_post; contains(input.text, "?") }
fired contains "rule-6" if { consumer_post; contains(input.text, "://") }
fired contains "rule-7" if { input.kind == "post"; input.party == "consumer"; input.team }
fired contains "rule-8" if { "answer" in input.running; count(split(input.text, " ")) > 3 }
fired contains "rule-9" if { input.kind == "post_deleted" }
"#;

pub struct Rego {
    engine: Engine,
    input: Value,
}

impl Rego {
    pub fn new(facts: &serde_json::Value) -> Result<Self, Box<dyn std::error::Error>> {
        let mut engine = Engine::new();
        engine.add_policy("bench.rego".to_owned(), RULES.to_owned())?;
        Ok(Self { engine, input: Value::from_json_str(&facts.to_string())? })
    }

    pub fn fired(&mut self) -> Fired {
        self.engine.set_input(self.input.clone());
        let fired = self.engine.eval_rule("data.bench.fired".to_owned())?;
        fired.as_set()?.iter().map(|rule| Ok(rule.as_string()?.to_string())).collect()
    }
}
