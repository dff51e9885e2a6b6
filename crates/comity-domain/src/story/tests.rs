use super::*;
use crate::{
    CaseId, ContactId,
    calendar::{Calendar, Holidays, Weekday, Window},
    case::Case,
    charter::{Article, Charter, Due, Length, Signal},
    decision::{Evaluation, GuardVerdict},
    effect::Planned,
    facts::{Facts, ReplyFacts},
    post::Visibility,
    step::{History, step},
};
use uuid::Uuid;

fn hour(hour: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + hour * 3_600).unwrap()
}

fn obligation(id: u128, due: i64, state: State) -> Obligation {
    Obligation {
        id: ObligationId(Uuid::from_u128(id)),
        case: CaseId(Uuid::from_u128(1)),
        article: format!("article-{id}"),
        party: Party::Company,
        state,
        started_at: hour(0),
        started_by: None,
        promised_at: hour(due),
        due_at: hour(due),
        pauses: Vec::new(),
        settled_at: None,
        settled_by: None,
    }
}

fn event(at: i64, kind: EventKind) -> Event {
    let id = EventId(Uuid::from_u128(at as u128));
    Event { id, case: CaseId(Uuid::from_u128(1)), at: hour(at), received_at: hour(at), kind }
}

fn reaction(at: i64) -> Event {
    event(at, EventKind::Reaction { reaction: "up".into() })
}

fn story(obligations: Vec<Obligation>, events: Vec<Event>) -> Story {
    let case = Case::new(hour(0));
    let snapshot = Snapshot { obligations, ..Snapshot::new(case) };
    let mut story = Story::new(snapshot, vec![]);
    for event in events {
        story.add(event);
    }
    story
}

/// `5 reaction, 7 breach`: when, counted in hours, and what.
fn told(mut next: impl FnMut() -> Option<Event>) -> String {
    let hours = |at: Timestamp| at.duration_since(hour(0)).as_hours();
    let words = |event: Event| format!("{} {}", hours(event.at), event.kind.name());
    std::iter::from_fn(|| next().map(words)).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_breach_comes_in_its_place_in_time_and_once() {
    // The first one was recorded before this story begins; the second is found out while it is told.
    let mut story = story(vec![obligation(1, 3, State::Breached)], vec![reaction(2), reaction(8), reaction(5)]);
    story.snapshot.obligations.push(obligation(2, 5, State::Breached));
    story.snapshot.obligations.push(obligation(3, 6, State::Running));
    assert_eq!(told(|| story.next(hour(9))), "2 reaction, 5 breach, 5 reaction, 8 reaction");
    let new: Vec<_> = story.new_events.iter().map(|event| (event.at, event.received_at)).collect();
    assert_eq!(new, [(hour(5), hour(9))], "what runs is its timer's");
}

#[test]
fn a_breach_that_its_timer_has_stored_is_told_as_stored() {
    let breach = Event::breach(&obligation(2, 5, State::Breached), hour(6));
    let mut story = story(vec![], vec![reaction(7), breach.clone()]);
    story.snapshot.obligations.push(obligation(2, 5, State::Breached));
    assert_eq!(story.next(hour(9)), Some(breach));
    assert_eq!(told(|| story.next(hour(9))), "7 reaction");
    assert_eq!(story.new_events, []);
}

#[test]
fn when_time_passes_what_is_due_is_broken() {
    let mut story =
        story(vec![obligation(1, 3, State::Running), obligation(2, 6, State::Running)], vec![reaction(4), reaction(7)]);
    assert_eq!(told(|| story.next_until(hour(4))), "3 breach, 4 reaction");
    assert_eq!(told(|| story.next_until(hour(6))), "6 breach", "it is due at that very moment");
    assert_eq!(told(|| story.next_until(hour(9))), "7 reaction");
}

#[test]
fn what_an_earlier_event_undid_is_not_told() {
    let mut story = story(vec![obligation(1, 6, State::Running)], vec![reaction(4), reaction(7)]);
    assert_eq!(story.next_until(hour(8)).unwrap().at, hour(4));
    story.snapshot.obligations[0].state = State::Met;
    assert_eq!(told(|| story.next_until(hour(8))), "7 reaction");
}

/// A post by the hour it was written in.
fn post(at: i64, party: Party, text: &str) -> Post {
    let author = if party == Party::Consumer { "contact" } else { "company" };
    Post {
        id: PostId(Uuid::from_u128(at as u128)),
        case: CaseId(Uuid::from_u128(1)),
        connection: crate::ConnectionId::derived(&[b"connection"]),
        external_id: at.to_string(),
        author: ContactId::derived(&[author.as_bytes()]),
        party,
        at: hour(at),
        received_at: hour(at),
        text: text.into(),
        lang: None,
        url: None,
        in_reply_to: None,
        root: None,
        parent: None,
        visibility: Visibility::Public,
        names_us: None,
        deleted_at: None,
        edits: 0,
    }
}

#[test]
fn a_reply_would_be_to_the_post_that_came_or_the_newest_there_is() {
    let mut story = story(vec![], vec![]);
    story.posts = vec![
        post(1, Party::Consumer, "A"),
        post(2, Party::Company, "B"),
        Post { deleted_at: Some(hour(3)), ..post(3, Party::Consumer, "") },
        post(4, Party::Consumer, "D"),
    ];
    let came = |at: i64| event(at, EventKind::Post { post: post(at, Party::Consumer, "").id, party: Party::Consumer });
    let answered = |event: &Event| story.answers(event).map(|post| post.id.0.as_u128());
    assert_eq!(answered(&came(1)), Ok(1));
    assert_eq!(answered(&came(2)), Ok(1), "nobody answers their own side");
    assert_eq!(answered(&came(3)), Ok(1), "nor what is gone");
    assert_eq!(answered(&reaction(5)), Ok(4));
    assert_eq!(answered(&reaction(0)), Err(NoAnswer::NothingLeft));
}

/// Owes an answer within four hours and wants nothing.
struct FourHours {
    charter: Charter,
    calendar: Calendar,
}

impl FourHours {
    fn new() -> Self {
        let due = Some(Due {
            within: Length::Hours(4),
            from: Signal::ConsumerPost,
            until: Signal::CompanyReply,
            paused: None,
        });
        let article = Article { id: "answer".into(), party: Party::Company, owes: String::new(), due };
        let open = vec![Window { day: Weekday::Monday, from: jiff::civil::Time::MIN, to: jiff::civil::Time::MIN }];
        Self {
            charter: Charter { name: String::new(), articles: vec![article] },
            calendar: Calendar { time_zone: "UTC".into(), open, holidays: Holidays::NONE },
        }
    }
}

impl Policy for FourHours {
    fn charter(&self) -> &Charter {
        &self.charter
    }
    fn calendar(&self) -> &Calendar {
        &self.calendar
    }
    fn version(&self) -> &'static str {
        "four hours"
    }
    fn evaluate(&self, _: &Facts) -> Evaluation {
        Evaluation::default()
    }
    fn render(&self, _: &str, _: &Facts, _: Option<&Post>) -> Option<String> {
        None
    }
    fn guard(&self, _: &Facts, _: &ReplyFacts) -> Vec<GuardVerdict> {
        Vec::new()
    }
    fn fallback(&self) -> Vec<Planned> {
        Vec::new()
    }
}

/// A question that was edited and then deleted, closed and taken up by a person in between.
fn past() -> Past {
    let asked = post(1, Party::Consumer, "");
    let came = EventKind::Post { post: asked.id, party: Party::Consumer };
    Past {
        case: Case { status: Status::Closed, labels: ["late".to_owned()].into(), ..Case::new(hour(1)) },
        contact: None,
        history: History { cases: 2, ..History::default() },
        others: vec![],
        events: vec![
            (event(7, EventKind::PostDeleted { post: asked.id }), String::new()),
            (event(1, came), "Where is it?".to_owned()),
            // The timer's own; whoever tells the story finds it out.
            (Event::breach(&obligation(9, 5, State::Breached), hour(6)), String::new()),
            (event(2, EventKind::PostEdited { post: asked.id }), "Where is my bag?".to_owned()),
        ],
        posts: vec![Post { deleted_at: Some(hour(7)), edits: 1, ..asked }],
        acts: vec![
            (hour(3), Act::Close { reason: "done".into() }),
            (hour(3), Act::Label { labels: ["solved".to_owned()].into() }),
            (hour(4), Act::Reopen),
        ],
    }
}

#[test]
fn a_case_is_told_again_from_its_beginning() {
    let (policy, past) = (FourHours::new(), past());
    let mut story = past.beginning();
    assert_eq!((story.snapshot.case.status, story.snapshot.case.labels.len()), (Status::Open, 0));
    let mut heard = Vec::new();
    let mut decide = |story: &mut Story, event: Event| {
        let outcome = step(&policy, &story.snapshot, &event, story.post(&event), story.answers(&event), event.at);
        let (decision, _) = story.turn(outcome.unwrap());
        let facts = decision.facts;
        heard.push(format!("{} {:?} {}", event.kind.name(), facts.event.text, facts.case.is_open));
    };
    for happening in past.happenings() {
        let at = happening.at();
        while let Some(event) = story.next_until(at) {
            decide(&mut story, event);
        }
        story.bring(&policy, happening).unwrap();
        while let Some(event) = story.next_until(at) {
            decide(&mut story, event);
        }
    }
    let told = [
        "post \"Where is it?\" true",
        "post_edited \"Where is my bag?\" true",
        "breach \"\" true",
        "post_deleted \"\" true",
    ];
    assert_eq!(heard, told, "it was taken up again in time for the promise to break");
    assert_eq!(story.snapshot.case.labels, ["solved".to_owned()].into());
    assert!(story.snapshot.posts[0].asks, "what was asked was asked, whether or not the words are still there");
}

#[test]
fn a_person_changes_the_case_and_the_ledger_follows() {
    let policy = FourHours::new();
    let mut story = story(vec![], vec![]);
    let act = |story: &mut Story, act| story.bring(&policy, Happening::Act { at: hour(2), act }).unwrap();
    story.snapshot.posts.push(PostMoment {
        post: PostId(Uuid::from_u128(1)),
        party: Party::Consumer,
        at: hour(1),
        asks: true,
    });
    story.snapshot.case.held_for = Some("legal".into());
    act(&mut story, Act::Assign { team: Some("care".into()) });
    act(&mut story, Act::Rank { priority: Priority::High });
    act(&mut story, Act::Release);
    let case = &story.snapshot.case;
    assert_eq!((case.team.as_deref(), case.priority, &case.held_for), (Some("care"), Priority::High, &None));
    assert_eq!(story.snapshot.obligations[0].state, State::Running);
    act(&mut story, Act::Close { reason: "done".into() });
    assert_eq!(story.snapshot.obligations[0].state, State::Cancelled);
    assert_eq!(story.snapshot.case.closed_reason.as_deref(), Some("done"));
    act(&mut story, Act::Reopen);
    assert_eq!((story.snapshot.obligations[0].state, story.snapshot.case.status), (State::Running, Status::Open));
}

#[test]
fn an_erased_account_leaves_tombstones() {
    let policy = FourHours::new();
    let mut story = story(vec![], vec![]);
    story.posts = vec![post(1, Party::Consumer, "Where?"), post(2, Party::Company, "Here.")];
    let erased = event(3, EventKind::AccountErased { contact: story.posts[0].author });
    story.bring(&policy, Happening::Event { event: erased, post: None }).unwrap();
    assert_eq!((story.posts[0].text.as_str(), story.posts[0].deleted_at), ("", Some(hour(3))));
    assert_eq!((story.posts[1].text.as_str(), story.posts[1].deleted_at), ("Here.", None));
}
