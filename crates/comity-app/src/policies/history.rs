//! The life of a version in sentences, read back from the audit log.

use crate::{App, AppError};
use comity_domain::{PolicyVersionId, Timestamp, UserId, audit::Actor};
use comity_store::{AuditFilter, AuditRow};
use serde_json::Value;

/// More steps than anybody takes with one version.
const MOST: u64 = 500;

pub struct HistoryLine {
    pub at: Timestamp,
    /// Nobody: the installation itself.
    pub by: Option<UserId>,
    /// `policy.propose`, `policy.approve` …
    pub action: String,
    pub detail: String,
}

impl App {
    /// Oldest first.
    pub async fn policy_history(&self, id: PolicyVersionId) -> Result<Vec<HistoryLine>, AppError> {
        self.policy_version(id).await?;
        let filter = AuditFilter { subject: Some(format!("policy/{id}")), ..AuditFilter::default() };
        let rows = self.store.audit_entries(self.organization, &filter, None, MOST).await?;
        let people = self.people().await?;
        let name = |id: &Value| {
            let id: Option<UserId> = serde_json::from_value(id.clone()).ok();
            id.map(|id| people.get(&id).cloned().unwrap_or_else(|| "somebody who is gone".to_owned()))
        };
        Ok(rows.items.into_iter().rev().map(|row| line(row, &name)).collect())
    }
}

fn line(row: AuditRow, name: &dyn Fn(&Value) -> Option<String>) -> HistoryLine {
    let entry = row.entry;
    let by = if let Actor::User { user } = entry.actor { Some(user) } else { None };
    let detail = sentence(&entry.action, &entry.detail, name);
    HistoryLine { at: entry.at, by, action: entry.action, detail }
}

fn sentence(action: &str, detail: &Value, name: &dyn Fn(&Value) -> Option<String>) -> String {
    let text = |key: &str| detail[key].as_str().unwrap_or_default().trim().to_owned();
    let because = |what: &str| format!("{what}: {}", text("reason"));
    let noted =
        |what: &str| if text("note").is_empty() { format!("{what}.") } else { format!("{what}: {}", text("note")) };
    let approver = name(&detail["approved_by"]);
    match action {
        "policy.propose" => noted("Proposed"),
        "policy.approve" => noted("Approved"),
        "policy.publish" => match approver {
            Some(approver) => format!("Went live, approved by {approver}."),
            None if detail["nobody_could_approve"] == true => {
                "Went live without an approval, because nobody else here could approve.".to_owned()
            }
            None => "Went live.".to_owned(),
        },
        "policy.break_glass" => because("Went live in an emergency, without an approval"),
        "policy.review" => noted("The emergency was reviewed"),
        "policy.shadow" => "Runs beside the live version; nothing that it wants is done.".to_owned(),
        "policy.canary" => format!("Decides {} in a hundred cases.", detail["percent"]),
        "policy.canary_stop" => because("Decides no cases any more and runs beside the live version"),
        "policy.compare_anew" => because("Is compared with another version from here on"),
        "policy.set_aside" => because("Set aside"),
        "policy.restore" => because("Made live again"),
        "policy.retire" => format!("Version {} went live in its place.", detail["followed_by"]),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_step_reads_as_a_sentence() {
        let ada = UserId::generate();
        let name = |id: &Value| (*id == json!(ada)).then(|| "Ada".to_owned());
        let table = [
            ("policy.propose", json!({ "note": "Calmer words" }), "Proposed: Calmer words"),
            ("policy.approve", json!({ "note": "" }), "Approved."),
            ("policy.publish", json!({ "approved_by": ada }), "Went live, approved by Ada."),
            ("policy.publish", json!({}), "Went live."),
            ("policy.canary", json!({ "percent": 10 }), "Decides 10 in a hundred cases."),
            ("policy.set_aside", json!({ "reason": "Too early" }), "Set aside: Too early"),
            ("policy.retire", json!({ "followed_by": 4 }), "Version 4 went live in its place."),
        ];
        for (action, detail, expected) in table {
            assert_eq!(sentence(action, &detail, &name), expected);
        }
        let alone = json!({ "approved_by": null, "nobody_could_approve": true });
        assert!(sentence("policy.publish", &alone, &name).contains("without an approval"));
    }
}
