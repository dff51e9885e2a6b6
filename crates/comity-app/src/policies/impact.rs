//! What making a version live would change: the report that an approver looks at and approves by its hash.
//!
//! Pure and deterministic: it is made of both versions' files, what the checker and the bundle's own tests say, and what the
//! newest backtest came to. The same things give the same report, byte for byte, so its hash names exactly what was looked
//! at. It is worked out when it is asked for and kept in memory, because the tests of a bundle take their time.

use super::{FileChange, Files, changed_files};
use crate::{App, AppError};
use comity_domain::{PolicyVersionId, Timestamp, charter::Article, compare::Summary};
use comity_policy::{Bundle, Diagnostic, Policy, RuleSummary, rule_wording};
use comity_store::{PolicyVersion, Range};
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImpactReport {
    /// Of everything else in here.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hash: String,
    pub version: VersionName,
    /// What is live now.
    pub against: Option<VersionName>,
    pub files: Vec<FileChange>,
    /// Rules and guards.
    pub rules: Changes,
    pub articles: Changes,
    pub tests: Tests,
    pub warnings: Vec<Diagnostic>,
    /// What the newest finished backtest of it against the live version came to.
    pub backtest: Option<Tried>,
}

/// What a version came to over what was decided before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tried {
    /// Only events that happened from then on, and before.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub summary: Summary,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionName {
    pub id: PolicyVersionId,
    pub number: i64,
    pub hash: String,
}

/// By id, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tests {
    pub passed: u64,
    pub failed: u64,
}

/// Reports that were worked out, by what they were made of.
#[derive(Default)]
pub(crate) struct Impacts(Mutex<HashMap<Parts, Arc<ImpactReport>>>);

type Parts = (PolicyVersionId, Option<PolicyVersionId>, Option<String>);

/// More than are open at a time.
const MOST_KEPT: usize = 64;

impl App {
    pub(super) async fn impact_of(&self, version: &PolicyVersion) -> Result<Arc<ImpactReport>, AppError> {
        let live = self.live_version().await?;
        let backtest = self.newest_backtest(version, live.as_ref()).await?;
        let parts = (version.id, live.as_ref().map(|live| live.id), backtest.as_ref().map(text).transpose()?);
        if let Some(known) = self.impacts.get(&parts) {
            return Ok(known);
        }
        let version = version.clone();
        let report = self.blocking(move || report(&version, live.as_ref(), backtest)).await??;
        Ok(self.impacts.keep(parts, report))
    }

    async fn newest_backtest(
        &self,
        version: &PolicyVersion,
        live: Option<&PolicyVersion>,
    ) -> Result<Option<Tried>, AppError> {
        let Some(live) = live else { return Ok(None) };
        let found = self.store.finished_backtest(self.organization, &version.hash, live.id).await?;
        Ok(found.and_then(|backtest| {
            let Range { from, until, .. } = backtest.range;
            backtest.summary.map(|summary| Tried { from, until, summary })
        }))
    }
}

impl Impacts {
    fn get(&self, parts: &Parts) -> Option<Arc<ImpactReport>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(parts).cloned()
    }

    fn keep(&self, parts: Parts, report: ImpactReport) -> Arc<ImpactReport> {
        let report = Arc::new(report);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(parts, Arc::clone(&report));
        report
    }
}

fn report(
    version: &PolicyVersion,
    live: Option<&PolicyVersion>,
    backtest: Option<Tried>,
) -> Result<ImpactReport, AppError> {
    let bundle = Bundle { files: version.files.clone() };
    let after = Policy::compile(&bundle).map_err(|diagnostics| AppError::PolicyRejected { diagnostics })?;
    // What today's checker refuses decides nothing; everything is new next to it.
    let before = live.and_then(|live| Policy::compile(&Bundle { files: live.files.clone() }).ok());
    let no_files = Files::new();
    let files_before = live.map_or(&no_files, |live| &live.files);
    let tests = comity_policy::run_tests(&bundle);
    let mut report = ImpactReport {
        hash: String::new(),
        version: VersionName::of(version),
        against: live.map(VersionName::of),
        files: changed_files(files_before, &version.files),
        rules: Changes::between(
            &before.as_ref().map(|policy| wordings(policy, files_before)).unwrap_or_default(),
            &wordings(&after, &version.files),
        ),
        articles: Changes::between(&before.as_ref().map(articles).unwrap_or_default(), &articles(&after)),
        tests: Tests { passed: tests.passed as u64, failed: tests.failed as u64 },
        warnings: comity_policy::check(&bundle),
        backtest,
    };
    report.hash = blake3::hash(text(&report)?.as_bytes()).to_hex().to_string();
    Ok(report)
}

fn wordings(policy: &Policy, files: &Files) -> BTreeMap<String, String> {
    let wording = |rule: RuleSummary| {
        let text = files.get(&rule.file).map(|text| rule_wording(text, &rule)).unwrap_or_default();
        (rule.id, text)
    };
    policy.rules().into_iter().chain(policy.guards()).map(wording).collect()
}

fn articles(policy: &Policy) -> BTreeMap<String, Article> {
    policy.charter().articles.iter().map(|article| (article.id.clone(), article.clone())).collect()
}

impl Changes {
    fn between<T: PartialEq>(before: &BTreeMap<String, T>, after: &BTreeMap<String, T>) -> Self {
        let only = |one: &BTreeMap<String, T>, other: &BTreeMap<String, T>| {
            one.keys().filter(|id| !other.contains_key(*id)).cloned().collect()
        };
        let changed = after.iter().filter(|(id, now)| before.get(*id).is_some_and(|was| was != *now));
        Self {
            added: only(after, before),
            removed: only(before, after),
            changed: changed.map(|(id, _)| id.clone()).collect(),
        }
    }
}

impl VersionName {
    fn of(version: &PolicyVersion) -> Self {
        Self { id: version.id, number: version.number, hash: version.hash.clone() }
    }
}

fn text(value: &impl Serialize) -> Result<String, AppError> {
    let value = serde_json::to_value(value).map_err(|error| AppError::internal(format!("a report: {error}")))?;
    Ok(canonical(&value))
}

/// One text for one value: keys in order, nothing between them.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            let field = |(key, value): (&String, &Value)| format!("{}:{}", Value::from(key.as_str()), canonical(value));
            format!("{{{}}}", sorted.into_iter().map(field).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policies::bundled;
    use comity_domain::life::Life;
    use serde_json::json;
    use std::collections::BTreeSet;

    fn version(number: i64, files: Files) -> PolicyVersion {
        let life = Life::proposed(None, BTreeSet::new(), None, Timestamp::UNIX_EPOCH);
        let id = PolicyVersionId::derived(&[&number.to_le_bytes()]);
        PolicyVersion { id, hash: Bundle { files: files.clone() }.hash(), number, files, note: String::new(), life }
    }

    #[test]
    fn one_value_has_one_text() {
        let value = json!({ "b": [1, { "z": null, "a": "\"" }], "a": 2.5 });
        assert_eq!(canonical(&value), r#"{"a":2.5,"b":[1,{"a":"\"","z":null}]}"#);
    }

    #[test]
    fn a_report_says_what_changes_and_is_named_by_all_of_it() {
        let files = bundled("starter").unwrap().files;
        let live = version(1, files.clone());
        let mut changed = files;
        let rules = changed.get_mut("engagement.rhai").unwrap();
        rules.push_str(
            "\nrule \"loud\" because \"Calm is kind\" when event.text.is_shouting then { label(\"loud\"); }\n",
        );
        let (first, rest) = rules.split_once("because \"").unwrap();
        *rules = format!("{first}because \"In other words: {rest}");
        changed.get_mut("charter.rhai").unwrap().push_str("\n// Looked at.\n");
        let candidate = version(2, changed);
        let tried = |until| Some(Tried { from: None, until, summary: Summary { events: 10, ..Summary::default() } });
        let report_of = |backtest| report(&candidate, Some(&live), backtest).unwrap();
        let found = report_of(None);
        let paths: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["charter.rhai", "engagement.rhai"]);
        assert_eq!((found.rules.added.as_slice(), found.rules.removed.len()), (["loud".to_owned()].as_slice(), 0));
        assert_eq!((found.rules.changed.len(), &found.articles), (1, &Changes::default()));
        assert!(found.tests.passed > 0 && found.tests.failed == 0, "{:?}", found.tests);
        assert_eq!(found, report_of(None));
        assert_ne!(found.hash, report_of(tried(None)).hash, "another backtest is another report");
        let narrow = tried(Some(Timestamp::UNIX_EPOCH));
        assert_ne!(report_of(tried(None)).hash, report_of(narrow).hash, "and so is one over other events");
        assert_ne!(found.hash, report(&candidate, None, None).unwrap().hash);
    }
}
