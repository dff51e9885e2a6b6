//! A request becomes events, or an answer that tells the sender what is wrong. All of its posts are taken or none.

use crate::{config::Config, mapping, signature};
use comity_plugin_sdk::{clock, prelude::*};
use serde_json::{Value, json};

/// The sender's part in these is done: nothing is stored, and sending the same again would end the same.
fn refuse(status: u16, reason: impl Into<String>) -> Answer {
    answer(status, &json!({ "error": reason.into() }), Vec::new())
}

fn answer(status: u16, body: &Value, events: Vec<Event>) -> Answer {
    Answer { status, content_type: "application/json".into(), body: body.to_string().into_bytes(), events }
}

pub fn handle(config: &Config, request: &WebhookRequest) -> Answer {
    let now = clock::now();
    if request.method != "POST" {
        return refuse(405, "posts are sent with POST");
    }
    if let Err(reason) = signature::check(config, request, now) {
        log::warn(format!("a request was refused: {reason}"));
        return refuse(401, reason);
    }
    read(config, &request.body, now)
}

fn read(config: &Config, body: &[u8], now: u64) -> Answer {
    let body: Value = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(problem) => return refuse(400, format!("the body is not JSON: {problem}")),
    };
    let posts = match (config.list.as_deref(), &body) {
        (Some(pointer), body) => match body.pointer(pointer) {
            Some(Value::Array(posts)) => posts.as_slice(),
            _ => return refuse(422, format!("there is no list of posts at {pointer}")),
        },
        (None, Value::Array(posts)) => posts.as_slice(),
        (None, post) => std::slice::from_ref(post),
    };
    let (mut events, mut problems) = (Vec::with_capacity(posts.len()), Vec::new());
    for (index, post) in posts.iter().enumerate() {
        match mapping::event(config, post, now) {
            Ok(event) => events.push(event),
            Err(reason) => problems.push(json!({ "index": index, "reason": reason })),
        }
    }
    if problems.is_empty() {
        return answer(202, &json!({ "accepted": events.len() }), events);
    }
    let error = format!("{} of {} posts cannot be used; none was stored", problems.len(), posts.len());
    answer(422, &json!({ "error": error, "problems": problems }), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &str = r#"{"id":"1","author":"ada","at":"2026-03-01T10:00:00Z","text":"hello"}"#;

    fn read_with(config: &str, body: &str) -> (u16, usize, String) {
        let config = serde_json::from_str(config).unwrap();
        let answer = read(&config, body.as_bytes(), 0);
        (answer.status, answer.events.len(), String::from_utf8(answer.body).unwrap())
    }

    #[test]
    fn one_post_or_a_list_or_a_list_inside() {
        assert_eq!(read_with("{}", POST).0, 202);
        assert_eq!(read_with("{}", &format!("[{POST},{POST}]")).1, 2);
        assert_eq!(read_with(r#"{"list":"/data/posts"}"#, &format!(r#"{{"data":{{"posts":[{POST}]}}}}"#)).1, 1);
        assert_eq!(read_with(r#"{"list":"/data"}"#, POST).0, 422);
        assert_eq!(read_with("{}", "[]"), (202, 0, r#"{"accepted":0}"#.into()));
    }

    #[test]
    fn a_bad_post_keeps_the_others_out_and_is_named() {
        let (status, events, body) = read_with("{}", &format!("[{POST},{{\"id\":\"2\"}}]"));
        assert_eq!((status, events), (422, 0));
        assert!(body.contains(r#""index":1"#) && body.contains("none was stored"), "{body}");
        assert_eq!(read_with("{}", "{").0, 400);
    }
}
