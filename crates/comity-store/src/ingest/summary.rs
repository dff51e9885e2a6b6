//! What a case's lists and figures say about its posts, worked out from all of them, so that the order in which they came
//! does not matter.

use super::engine::Engine;
use crate::{
    StoreError,
    codec::beginning,
    ingest::load::get,
    sql::{Rows, query_in},
};
use sea_orm::{ConnectionTrait, Value};
use std::collections::HashMap;
use uuid::Uuid;

const DOING: &str = "sum up cases";
const SUBJECT: usize = 80;
const EXCERPT: usize = 160;

/// As much of a post as a summary needs.
pub struct Line {
    pub id: Uuid,
    pub at: i64,
    pub is_consumer: bool,
    pub author: Uuid,
    pub handle: String,
    pub company: Option<String>,
    /// Its beginning at least.
    pub text: String,
    pub is_deleted: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    pub subject: String,
    pub excerpt: String,
    pub contact: Option<Uuid>,
    pub handle: String,
    pub company: Option<String>,
    pub posts: i64,
    pub opened_at: i64,
    pub asked_at: Option<i64>,
    pub answered_at: Option<i64>,
}

impl Summary {
    /// Of at least one post.
    pub fn of(mut lines: Vec<Line>) -> Self {
        lines.sort_by_key(|line| (line.at, line.id));
        let first_consumer = lines.iter().find(|line| line.is_consumer);
        let asked_at = first_consumer.map(|line| line.at);
        let answer =
            lines.iter().find(|line| !line.is_consumer && asked_at.is_some_and(|asked_at| line.at >= asked_at));
        let text = |line: Option<&Line>, most| match line {
            None => "Deleted post".to_owned(),
            Some(line) if line.text.trim().is_empty() => "Post without text".to_owned(),
            Some(line) => beginning(&line.text, most),
        };
        Self {
            subject: text(lines.iter().find(|line| !line.is_deleted), SUBJECT),
            excerpt: text(lines.iter().rev().find(|line| !line.is_deleted), EXCERPT),
            contact: first_consumer.map(|line| line.author),
            handle: first_consumer.map(|line| line.handle.clone()).unwrap_or_default(),
            company: lines.iter().find_map(|line| line.company.clone()),
            posts: lines.len() as i64,
            opened_at: lines.first().map_or(0, |line| line.at),
            asked_at,
            answered_at: answer.map(|line| line.at),
        }
    }
}

impl Engine {
    /// The posts of new cases, all of which are in memory.
    pub(super) fn new_lines(&self) -> HashMap<Uuid, Vec<Line>> {
        let mut lines: HashMap<Uuid, Vec<Line>> = HashMap::new();
        for row in self.new_posts.iter().filter_map(|post| self.posts.get(post)).map(|post| &post.row) {
            let handle = self.contacts.get(&row.author_id).map(|contact| contact.row.handle.clone());
            lines.entry(self.find(row.case_id)).or_default().push(Line {
                id: row.id,
                at: row.at,
                is_consumer: row.party == "consumer",
                author: row.author_id,
                handle: handle.unwrap_or_default(),
                company: row.company.clone(),
                text: row.text.clone(),
                is_deleted: row.deleted_at.is_some(),
            });
        }
        lines
    }

    /// Sums the touched cases up that were there before, counting up their versions: whoever is deciding about one of them
    /// has not seen this.
    pub(super) async fn sum_up(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let touched = self.cases.iter().filter(|(_, case)| case.is_touched && !case.is_new);
        let mut ids: Vec<Uuid> = touched.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        let sql = "SELECT p.id, p.case_id, p.at, p.party, p.author_id, p.company, substr(p.text, 1, 400) AS text, \
                   p.deleted_at, c.handle FROM posts p LEFT JOIN contacts c ON c.id = p.author_id WHERE p.case_id IN {}";
        let mut lines: HashMap<Uuid, Vec<Line>> = HashMap::new();
        for row in query_in(db, DOING, sql, &ids).await? {
            lines.entry(get(&row, "case_id")?).or_default().push(Line {
                id: get(&row, "id")?,
                at: get(&row, "at")?,
                is_consumer: get::<String>(&row, "party")? == "consumer",
                author: get(&row, "author_id")?,
                handle: get::<Option<String>>(&row, "handle")?.unwrap_or_default(),
                company: get(&row, "company")?,
                text: get(&row, "text")?,
                is_deleted: get::<Option<i64>>(&row, "deleted_at")?.is_some(),
            });
        }
        let mut updates = Rows::update(
            "UPDATE cases SET subject = v.column2, excerpt = v.column3, contact_id = v.column4, handle = v.column5, \
             company = v.column6, posts = v.column7, opened_at = v.column8, asked_at = v.column9, \
             answered_at = v.column10, updated_at = v.column11, version = cases.version + 1",
            ") AS v WHERE cases.id = v.column1",
            11,
        );
        for (case, lines) in lines {
            let Summary { subject, excerpt, contact, handle, company, posts, opened_at, asked_at, answered_at } =
                Summary::of(lines);
            let received_at = self.cases.get(&case).map_or(opened_at, |state| state.received_at);
            updates.push([
                case.into(),
                subject.into(),
                excerpt.into(),
                contact.into(),
                handle.into(),
                company.into(),
                posts.into(),
                opened_at.into(),
                asked_at.into(),
                answered_at.into(),
                Value::from(received_at),
            ]);
        }
        updates.write(db, DOING).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, is_consumer: bool, text: &str) -> Line {
        Line {
            id: Uuid::from_u128(at as u128),
            at,
            is_consumer,
            author: Uuid::from_u128(1),
            handle: "ada".into(),
            company: (!is_consumer).then(|| "Northwind".into()),
            text: text.into(),
            is_deleted: false,
        }
    }

    #[test]
    fn a_summary_follows_the_time_of_posts_not_their_order() {
        let summary = Summary::of(vec![
            line(5, false, "Thanks!"),
            line(1, false, "We fly to Rome."),
            line(3, true, "Late again"),
        ]);
        assert_eq!(summary.subject, "We fly to Rome.");
        assert_eq!(summary.excerpt, "Thanks!");
        assert_eq!((summary.asked_at, summary.answered_at), (Some(3), Some(5)));
        assert_eq!((summary.opened_at, summary.posts), (1, 3));
        assert_eq!(summary.company.as_deref(), Some("Northwind"));
    }

    #[test]
    fn words_of_deleted_posts_are_not_in_the_summary() {
        let mut deleted = line(1, true, "");
        deleted.is_deleted = true;
        let summary = Summary::of(vec![deleted]);
        assert_eq!((summary.subject.as_str(), summary.asked_at), ("Deleted post", Some(1)));
    }
}
