//! Deletions: a post that cannot be seen any more counts as deleted. Our own posts are asked for at our own server, which
//! knows of them before the index does.

use crate::{api, poll, reply, session::Session};
use comity_plugin_sdk::{clock, prelude::*};

/// The most that one request may name.
const MOST_URIS: usize = 25;

pub fn recheck(session: &mut Session, ids: &[String]) -> Result<Vec<Event>> {
    let now = clock::now();
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for id in ids {
        match api::parts(id) {
            Some(parts) if parts.0 == session.did => own.push((id.as_str(), parts)),
            Some(_) => others.push(id.as_str()),
            None => {}
        }
    }
    let mut gone = Vec::new();
    for uris in others.chunks(MOST_URIS) {
        let found = poll::posts(session, uris)?;
        gone.extend(uris.iter().copied().filter(|uri| found.iter().all(|view| view.uri != *uri)));
    }
    for (uri, (did, collection, rkey)) in own {
        let response = session
            .answer("com.atproto.repo.getRecord", &[("repo", did), ("collection", collection), ("rkey", rkey)])?;
        if reply::is_missing(&response) {
            gone.push(uri);
        } else {
            response.ok()?;
        }
    }
    Ok(gone.into_iter().map(|id| Event::PostDeleted(Deletion { id: id.into(), at: now })).collect())
}
