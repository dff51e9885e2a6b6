//! Answers in threads. The record's key follows from the idempotency key, so sending twice cannot post twice, and whether a
//! reply arrived can always be looked up.

use crate::{api, facets, poll, post::View, rkey::rkey, session::Session};
use comity_plugin_sdk::{clock, http::Response, prelude::*};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Written {
    uri: String,
}

#[derive(Deserialize)]
struct Record {
    uri: String,
    value: Value,
}

pub fn send(session: &mut Session, reply: &Reply, key: &str, attempt: u32) -> Result<Receipt> {
    if reply.visibility != "public" {
        return Err(error("unsupported", "this connection answers in public only").advice("Send a public reply"));
    }
    facets::check_length(&reply.text)?;
    if attempt > 1
        && let Some(receipt) = lookup(session, key)?
    {
        return Ok(receipt);
    }
    let now = clock::now();
    let record = record(session, reply, now)?;
    let body = json!({ "repo": session.did, "collection": api::POSTS, "rkey": rkey(key), "record": record });
    let response = session.call("com.atproto.repo.createRecord", &body)?;
    if response.status == 200 {
        let Written { uri } = response.json().map_err(ErrorExt::ambiguous)?;
        return Ok(receipt(session, uri, now));
    }
    // The server's word for a record key that is taken differs between versions; so we look.
    match lookup(session, key)? {
        Some(receipt) => Ok(receipt),
        None => Err(refusal(response)),
    }
}

pub fn lookup(session: &mut Session, key: &str) -> Result<Option<Receipt>> {
    let (did, rkey) = (session.did.clone(), rkey(key));
    let parameters = [("repo", did.as_str()), ("collection", api::POSTS), ("rkey", rkey.as_str())];
    let response = session.answer("com.atproto.repo.getRecord", &parameters)?;
    if is_missing(&response) {
        return Ok(None);
    }
    let Record { uri, value } = response.ok()?.json()?;
    let at = value["createdAt"].as_str().map_or_else(|| Ok(clock::now()), time::parse)?;
    Ok(Some(receipt(session, uri, at)))
}

/// Whether the repository has no such record.
fn is_missing(response: &Response) -> bool {
    response.status == 404 || (response.status == 400 && api::error_name(response).as_deref() == Some("RecordNotFound"))
}

fn refusal(response: Response) -> Error {
    response
        .ok()
        .err()
        .unwrap_or_else(|| error("unavailable", "the platform did not say whether it took the reply").ambiguous())
}

fn receipt(session: &Session, uri: String, at: u64) -> Receipt {
    let url = api::parts(&uri).map(|(_, _, rkey)| api::page(&session.handle, rkey));
    Receipt { post_id: uri, url, at, extensions: Vec::new() }
}

fn record(session: &mut Session, reply: &Reply, now: u64) -> Result<Value> {
    let Some(parent) = reply.parent.as_deref().filter(|uri| api::parts(uri).is_some()) else {
        return Err(error("invalid-input", "a reply on Bluesky needs the post that it answers"));
    };
    let refs = refs(session, parent)?;
    let facets = facets::facets(&reply.text, |handle| resolve(session, handle))?;
    let mut record = json!({ "$type": api::POSTS, "text": reply.text, "createdAt": time::format(now)?, "reply": refs });
    if !facets.is_empty() {
        record["facets"] = facets.into();
    }
    if let Some(lang) = &reply.lang {
        record["langs"] = json!([lang]);
    }
    Ok(record)
}

/// Addresses with content ids of the post answered and of its thread's first post.
fn refs(session: &mut Session, parent: &str) -> Result<Value> {
    let found = poll::posts(session, &[parent])?;
    let Some(parent) = found.into_iter().find(|view| view.uri == parent) else {
        return Err(error(
            "not-found",
            "the post to be answered is gone, or its author does not let this account see it",
        ));
    };
    let own = json!({ "uri": parent.uri, "cid": parent.cid });
    Ok(json!({ "root": root(&parent).unwrap_or_else(|| own.clone()), "parent": own }))
}

fn root(parent: &View) -> Option<Value> {
    let root = parent.record.pointer("/reply/root")?;
    Some(json!({ "uri": root["uri"].as_str()?, "cid": root["cid"].as_str()? }))
}

fn resolve(session: &mut Session, handle: &str) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Resolved {
        did: String,
    }
    let response = session.answer("com.atproto.identity.resolveHandle", &[("handle", handle)])?;
    if response.status == 400 {
        return Ok(None);
    }
    Ok(Some(response.ok()?.json::<Resolved>()?.did))
}
