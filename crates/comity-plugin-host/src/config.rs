//! A connection's configuration against its connector's JSON Schema (2020-12). References out of the schema are not followed.

use jsonschema::{Draft, Validator};
use serde::Serialize;
use serde_json::Value;

/// What is wrong at one place of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigProblem {
    /// JSON Pointer; empty for the configuration as a whole.
    pub pointer: String,
    pub message: String,
}

/// Everything that is wrong, empty when the configuration can be used.
#[must_use]
pub fn validate_config(schema: &Value, config: &Value) -> Vec<ConfigProblem> {
    let problem = |pointer: String, message: String| ConfigProblem { pointer, message };
    match compile(schema) {
        Err(why) => vec![problem(String::new(), format!("the connector's schema does not work: {why}"))],
        Ok(validator) => {
            let errors = validator.iter_errors(config).take(50);
            errors.map(|error| problem(error.instance_path().to_string(), error.to_string())).collect()
        }
    }
}

pub(crate) fn compile(schema: &Value) -> Result<Validator, String> {
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(schema).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_problem_has_its_place() {
        let schema = json!({
            "type": "object",
            "properties": { "service": { "type": "string", "format": "uri" }, "every": { "type": "integer", "minimum": 5 } },
            "required": ["service"],
            "additionalProperties": false
        });
        assert_eq!(validate_config(&schema, &json!({ "service": "https://example.org", "every": 5 })), []);
        let found = validate_config(&schema, &json!({ "every": 1, "service": "no address" }));
        let places: Vec<&str> = found.iter().map(|problem| problem.pointer.as_str()).collect();
        assert!(places.contains(&"/every") && places.contains(&"/service"), "{found:?}");
        let found = validate_config(&schema, &json!({}));
        assert_eq!(found.len(), 1);
        assert!(found[0].pointer.is_empty() && found[0].message.contains("service"), "{found:?}");
    }

    #[test]
    fn a_schema_that_leads_elsewhere_is_refused() {
        let found = validate_config(&json!({ "$ref": "https://example.org/schema.json" }), &json!({}));
        assert!(found[0].message.contains("schema does not work"), "{found:?}");
        assert!(!validate_config(&json!({ "type": 7 }), &json!({})).is_empty());
    }
}
