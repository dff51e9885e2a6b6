//! The rules in Cedar: one policy each, whose name is among the reasons when it holds.

use crate::Fired;
use cedar_policy::{Authorizer, Context, Entities, PolicySet, Request};

const CONDITIONS: [&str; 10] = [
    r#"context.kind == "post" && context.party == "consumer" && (context.text_lower like "*lawyer*" || context.text_lower like "*fraud*" || context.text_lower like "*court*" || context.text_lower like "*sue you*") && !context.is_staff"#,
    r#"context.kind == "post" && context.party == "consumer" && (context.text_lower like "*idiot*" || context.text_lower like "*liar*")"#,
    r#"context has breach_of && context.breach_of == "answer" && context.company_replies >= 2"#,
    r#"context.kind == "post" && context.party == "consumer" && context has is_customer && context.is_customer && context.consumer_posts > 3"#,
    r#"context.kind == "post" && context.party == "consumer" && context.now - context.opened_at > 172800"#,
    r#"context.kind == "post" && context.party == "consumer" && !context.labels.contains("praise")"#,
    r#"context.kind == "post" && context.party == "consumer" && (context.text like "*?*" || context.text like "*://*")"#,
    r#"context.kind == "post" && context.party == "consumer" && context has team"#,
    r#"context.running.contains("answer") && context.word_count > 3"#,
    r#"context.kind == "post_deleted""#,
];

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    request: Request,
    entities: Entities,
}

impl Cedar {
    pub fn new(facts: &serde_json::Value) -> Result<Self, Box<dyn std::error::Error>> {
        let mut policies = PolicySet::new();
        for (number, condition) in CONDITIONS.iter().enumerate() {
            let text = format!("permit(principal, action, resource) when {{ {condition} }};");
            let id = cedar_policy::PolicyId::new(format!("rule-{number}"));
            policies.add(cedar_policy::Policy::parse(Some(id), text)?)?;
        }
        let context = Context::from_json_value(facts.clone(), None)?;
        let request = Request::new(
            r#"Person::"mara""#.parse()?,
            r#"Action::"decide""#.parse()?,
            r#"Case::"1""#.parse()?,
            context,
            None,
        )?;
        Ok(Self { authorizer: Authorizer::new(), policies, request, entities: Entities::empty() })
    }

    pub fn fired(&self) -> Fired {
        let answer = self.authorizer.is_authorized(&self.request, &self.policies, &self.entities);
        Ok(answer.diagnostics().reason().map(ToString::to_string).collect())
    }
}
