//! Deletions, which Bluesky does not tell of. A post that is not shown may also be hidden by a block, or left out of an answer
//! that is not whole. So it counts as deleted only when its record is gone, or with it the account of its author; an account
//! that is deactivated or suspended may come back.

use crate::{
    api::{self, error_name},
    poll,
    session::Session,
};
use comity_plugin_sdk::{clock, http::Response, prelude::*};

/// The most that one request may name.
const MOST_URIS: usize = 25;
/// Authors asked for in one call: beside one request for each post, this stays below what the host allows. The rest has its
/// turn once these are found gone.
const MOST_AUTHORS: usize = 15;

/// The address of a post, and its author, collection and key.
type Post<'a> = (&'a str, (&'a str, &'a str, &'a str));

pub fn recheck(session: &mut Session, ids: &[String]) -> Result<Vec<Event>> {
    let now = clock::now();
    let posts = ids.iter().filter_map(|id| Some((id.as_str(), api::parts(id)?)));
    // Our own server knows of our own posts before the index does.
    let (mut suspects, others): (Vec<Post>, Vec<Post>) = posts.partition(|(_, (did, ..))| *did == session.did);
    for others in others.chunks(MOST_URIS) {
        let uris: Vec<&str> = others.iter().map(|(uri, _)| *uri).collect();
        let found = poll::posts(session, &uris)?;
        suspects.extend(others.iter().filter(|(uri, _)| found.iter().all(|view| view.uri != *uri)));
    }
    let (mut gone, mut unknown) = (Vec::new(), Vec::new());
    for (uri, (did, collection, rkey)) in suspects {
        let parameters = [("repo", did), ("collection", collection), ("rkey", rkey)];
        let response = session.answer("com.atproto.repo.getRecord", &parameters)?;
        match refusal(response)?.as_deref() {
            None => {}
            Some("RecordNotFound") => gone.push(uri),
            Some(_) => unknown.push((did, uri)),
        }
    }
    unknown.sort_unstable();
    for posts in unknown.chunk_by(|a, b| a.0 == b.0).take(MOST_AUTHORS) {
        let response = session.answer("app.bsky.actor.getProfile", &[("actor", posts[0].0)])?;
        if refusal(response)?.as_deref() == Some("InvalidRequest") {
            gone.extend(posts.iter().map(|(_, uri)| uri));
        }
    }
    Ok(gone.into_iter().map(|id| Event::PostDeleted(Deletion { id: id.into(), at: now })).collect())
}

/// The name of what the server could not do with a request that it understood; none when it did it.
fn refusal(response: Response) -> Result<Option<String>> {
    if matches!(response.status, 400 | 404) {
        return Ok(Some(error_name(&response).unwrap_or_default()));
    }
    response.ok().map(|_| None)
}
