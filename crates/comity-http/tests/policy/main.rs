//! The policy pages' side of the API.

mod beside;
mod bundles;
mod calendar;
mod canary;
mod life;
mod steps;

use comity_domain::Role;
use comity_testkit::{Client, TestApp};
use serde_json::{Value, json};

/// A policy owner who writes, and an approver who does not.
pub struct People {
    pub author: Client,
    pub approver: Client,
}

impl People {
    pub async fn of(test: &TestApp) -> Self {
        Self { author: test.signed_in(Role::PolicyOwner).await, approver: test.signed_in(Role::Approver).await }
    }

    /// The starter policy with more in one of its files, proposed.
    pub async fn propose(&self, path: &str, more: &str) -> Value {
        propose(&self.author, path, more).await
    }

    pub async fn approve(&self, version: &Value) -> Value {
        approve(&self.approver, version).await.expect(200).json()
    }
}

pub async fn propose(author: &Client, path: &str, more: &str) -> Value {
    let live = author.get("policy").await.expect(200).json()["live"]["id"].clone();
    let mut files = author.get(&of(&live, "")).await.expect(200).json()["files"].clone();
    files[path] = format!("{}\n{more}\n", files[path].as_str().unwrap()).into();
    let body = json!({ "files": files, "note": "Why not", "base": live });
    author.post("policy/versions", &body).await.expect(201).json()
}

pub async fn approve(approver: &Client, version: &Value) -> comity_testkit::Answer {
    let report = approver.get(&of(&version["id"], "/impact")).await.expect(200).json();
    let body = json!({ "impact_hash": report["hash"], "note": "Looked at" });
    approver.post(&of(&version["id"], "/approve"), &body).await
}

/// `policy/versions/ID/step`.
pub fn of(id: &Value, step: &str) -> String {
    format!("policy/versions/{}{step}", id.as_str().unwrap())
}

/// A rule that no test of the starter policy is about.
pub const LOUD: &str =
    "rule \"loud\" because \"Calm is kind\" when event.text.mentions(\"xyzzy\") then { label(\"loud\"); }";
