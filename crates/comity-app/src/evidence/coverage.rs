//! Which articles and rules a bundle's own tests touch.

use crate::{App, AppError, policies::Files};
use comity_domain::Party;
use comity_policy::{Bundle, Policy, TestReport};

pub struct Coverage {
    pub articles: Vec<ArticleCoverage>,
    pub rules: Vec<RuleCoverage>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleCoverage {
    pub id: String,
    pub party: Party,
    pub owes: String,
    /// Rules that serve it.
    pub rules: Vec<String>,
    /// Tests in which its clock runs or one of its rules fires.
    pub tests: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCoverage {
    pub id: String,
    pub article: Option<String>,
    /// Tests in which it fires.
    pub tests: usize,
}

impl App {
    pub async fn coverage(&self, files: Files) -> Result<Coverage, AppError> {
        let policy = self.draft(files.clone()).await?;
        self.blocking(move || coverage(&policy, &comity_policy::run_tests(&Bundle { files }))).await
    }
}

fn coverage(policy: &Policy, report: &TestReport) -> Coverage {
    let rules: Vec<RuleCoverage> = policy
        .rules()
        .into_iter()
        .map(|rule| RuleCoverage {
            tests: report.cases.iter().filter(|case| case.fired.contains(&rule.id)).count(),
            id: rule.id,
            article: rule.article,
        })
        .collect();
    let article = |article: &comity_domain::charter::Article| {
        let serve = rules.iter().filter(|rule| rule.article.as_ref() == Some(&article.id));
        let serve: Vec<String> = serve.map(|rule| rule.id.clone()).collect();
        let touched = report
            .cases
            .iter()
            .filter(|case| case.articles.contains(&article.id) || serve.iter().any(|rule| case.fired.contains(rule)));
        ArticleCoverage {
            tests: touched.count(),
            id: article.id.clone(),
            party: article.party,
            owes: article.owes.clone(),
            rules: serve,
        }
    };
    Coverage { articles: policy.charter().articles.iter().map(article).collect(), rules }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &str = "teams = { care = \"Answers\" }\n\
                            calendar = { time_zone = \"UTC\", open = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }] }";
    const RULES: &str = r#"charter "c";
article "answer" company owes "We answer." due hours(4) from consumer_post until company_reply;
article "kind" company owes "We are kind.";
article "idle" consumer owes "Nothing.";
rule "asks" because "They ask" under "answer" when event.text.asks then { label("question"); }
rule "praise" because "They praise" under "kind" when event.text.contains("thank") then { label("praise"); }
rule "never" because "Nobody tests it" when event.text.contains("xyz") then { label("xyz"); }
"#;
    const TESTS: &str = r#"[[test]]
name = "A question"
[[test.step]]
at = "2026-03-02 10:00"
consumer = "Why?"
expect.fired = ["asks"]

[[test]]
name = "Praise, and no question"
[test.given]
event = { text = "thank you" }
[test.expect]
not_fired = ["asks"]
"#;

    #[test]
    fn tests_are_counted_for_what_they_touch() {
        let files = [("settings.toml", SETTINGS), ("rules.rhai", RULES), ("tests/a.toml", TESTS)];
        let bundle = Bundle::new(files);
        let policy = Policy::compile(&bundle).unwrap();
        let coverage = coverage(&policy, &comity_policy::run_tests(&bundle));
        let rules: Vec<_> = coverage.rules.iter().map(|rule| (rule.id.as_str(), rule.tests)).collect();
        assert_eq!(rules, [("asks", 1), ("praise", 1), ("never", 0)]);
        let articles: Vec<_> =
            coverage.articles.iter().map(|article| (article.id.as_str(), article.rules.len(), article.tests)).collect();
        assert_eq!(articles, [("answer", 1, 1), ("kind", 1, 1), ("idle", 0, 0)]);
    }
}
