use super::*;
use crate::{
    calendar::{Calendar, Holidays, Weekday, Window},
    charter::{Article, Due, Length, Pausing},
};
use jiff::civil;
use proptest::prelude::*;
use uuid::Uuid;

fn charter() -> Charter {
    let article = |id: &str, party, within, from, until| Article {
        id: id.into(),
        party,
        owes: String::new(),
        due: Some(Due { within, from, until, paused: None }),
    };
    let articles = vec![
        article("answer", Party::Company, Length::Hours(4), Signal::ConsumerPost, Signal::CompanyReply),
        Article {
            due: Some(Due {
                within: Length::Hours(20),
                from: Signal::Rule,
                until: Signal::Rule,
                paused: Some(Pausing { from: Signal::CompanyQuestion, until: Signal::ConsumerPost }),
            }),
            ..article("put-right", Party::Company, Length::Hours(20), Signal::Rule, Signal::Rule)
        },
        article("stay-engaged", Party::Consumer, Length::Days(7), Signal::CompanyQuestion, Signal::ConsumerPost),
        Article { id: "privacy".into(), party: Party::Company, owes: String::new(), due: None },
    ];
    Charter { name: "Test".into(), articles }
}

fn calendar() -> Calendar {
    let open = vec![Window { day: Weekday::Monday, from: civil::Time::MIN, to: civil::Time::MIN }];
    Calendar { time_zone: "UTC".into(), open, holidays: Holidays::NONE }
}

fn hour(hour: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + hour * 3_600).unwrap()
}

fn post(number: u128, party: Party, at: i64, asks: bool) -> PostMoment {
    PostMoment { post: PostId(Uuid::from_u128(number)), party, at: hour(at), asks }
}

fn ledger(posts: &[PostMoment], moments: &[Moment], now: i64) -> Vec<(String, State, i64, Option<i64>)> {
    let case = CaseId(Uuid::nil());
    let hours = |at: Timestamp| (at.as_second() - 1_770_000_000) / 3_600;
    derive(case, &charter(), &calendar(), posts, moments, &[], hour(now))
        .unwrap()
        .into_iter()
        .map(|o| (o.article, o.state, hours(o.due_at), o.settled_at.map(hours)))
        .collect()
}

#[test]
fn both_sides_in_turn() {
    use Party::{Company, Consumer};
    let posts = [post(1, Consumer, 0, false), post(2, Company, 2, true), post(3, Consumer, 30, false)];
    assert_eq!(ledger(&posts[..1], &[], 1), [("answer".into(), State::Running, 4, None)]);
    assert_eq!(ledger(&posts[..1], &[], 4), [("answer".into(), State::Breached, 4, None)]);
    let whole = [
        ("answer".into(), State::Met, 4, Some(2)),
        ("stay-engaged".into(), State::Met, 170, Some(30)),
        ("answer".into(), State::Running, 34, None),
    ];
    assert_eq!(ledger(&posts, &[], 31), whole);
}

#[test]
fn more_posts_do_not_restart_the_clock() {
    let posts = [post(1, Party::Consumer, 0, false), post(2, Party::Consumer, 3, false)];
    assert_eq!(ledger(&posts, &[], 3), [("answer".into(), State::Running, 4, None)]);
}

#[test]
fn a_late_answer_makes_good_but_stays_a_breach() {
    let posts = [post(1, Party::Consumer, 0, false), post(2, Party::Company, 9, false)];
    assert_eq!(ledger(&posts, &[], 10), [("answer".into(), State::Breached, 4, Some(9))]);
}

#[test]
fn an_answer_at_the_due_moment_is_in_time() {
    let posts = [post(1, Party::Consumer, 0, false), post(2, Party::Company, 4, false)];
    assert_eq!(ledger(&posts, &[], 10), [("answer".into(), State::Met, 4, Some(4))]);
}

#[test]
fn closing_ends_what_runs_and_a_waiver_says_so() {
    let posts = [post(1, Party::Consumer, 0, false)];
    let close = [Moment { at: hour(1), what: Move::Close }];
    assert_eq!(ledger(&posts, &close, 100), [("answer".into(), State::Cancelled, 4, Some(1))]);
    let waive = [Moment { at: hour(0), what: Move::Waive { article: "answer".into() } }];
    assert_eq!(ledger(&posts, &waive, 100), [("answer".into(), State::Waived, 4, Some(0))]);
}

#[test]
fn a_case_that_opens_again_has_a_fresh_clock() {
    let posts = [post(1, Party::Consumer, 0, false), post(2, Party::Consumer, 50, false)];
    let close = [Moment { at: hour(1), what: Move::Close }];
    let expected = [("answer".into(), State::Cancelled, 4, Some(1)), ("answer".into(), State::Running, 54, None)];
    assert_eq!(ledger(&posts, &close, 51), expected);
}

#[test]
fn opening_again_takes_up_what_closing_ended() {
    let posts = [post(1, Party::Consumer, 0, false), post(2, Party::Company, 3, false)];
    let moments = [Moment { at: hour(1), what: Move::Close }, Moment { at: hour(2), what: Move::Reopen }];
    assert_eq!(ledger(&posts[..1], &moments, 2), [("answer".into(), State::Running, 4, None)]);
    assert_eq!(ledger(&posts[..1], &moments, 5), [("answer".into(), State::Breached, 4, None)]);
    assert_eq!(ledger(&posts, &moments, 5), [("answer".into(), State::Met, 4, Some(3))]);
    // Answered while it was closed.
    let late = [moments[0].clone(), Moment { at: hour(6), what: Move::Reopen }];
    assert_eq!(ledger(&posts, &late, 7), [("answer".into(), State::Met, 4, Some(3))]);
    // Asked again meanwhile: that is the clock that counts.
    let asked = [posts[0], post(3, Party::Consumer, 2, false)];
    let both = [("answer".into(), State::Cancelled, 4, Some(1)), ("answer".into(), State::Running, 6, None)];
    assert_eq!(ledger(&asked, &moments, 3), both);
    // Closed for good the second time.
    let twice = [moments[0].clone(), moments[1].clone(), Moment { at: hour(3), what: Move::Close }];
    assert_eq!(ledger(&posts[..1], &twice, 9), [("answer".into(), State::Cancelled, 4, Some(3))]);
}

#[test]
fn a_new_charter_moves_nothing_that_was_promised() {
    let case = CaseId(Uuid::nil());
    let posts =
        [post(1, Party::Consumer, 0, false), post(2, Party::Company, 3, false), post(3, Party::Consumer, 10, false)];
    let recorded = derive(case, &charter(), &calendar(), &posts, &[], &[], hour(11)).unwrap();
    let mut stricter = charter();
    stricter.articles[0].due.as_mut().unwrap().within = Length::Hours(1);
    assert_eq!(derive(case, &stricter, &calendar(), &posts, &[], &recorded, hour(12)).unwrap(), recorded);

    let mut without = charter();
    without.articles.remove(0);
    let after = derive(case, &without, &calendar(), &posts, &[], &recorded, hour(12)).unwrap();
    assert_eq!(after[0], recorded[0], "what was kept stays kept");
    assert_eq!((after[1].state, after[1].settled_at), (State::Cancelled, Some(hour(12))));
    assert_eq!(derive(case, &without, &calendar(), &posts, &[], &after, hour(99)).unwrap(), after);
}

fn start(at: i64) -> Moment {
    Moment { at: hour(at), what: Move::Start { article: "put-right".into() } }
}

/// What becomes of `put-right`: 20 hours, which stand still from a question of ours until they write.
fn put_right(posts: &[PostMoment], moments: &[Moment], now: i64) -> (State, i64, Option<i64>) {
    let ledger = ledger(posts, moments, now);
    ledger.into_iter().find(|one| one.0 == "put-right").map(|one| (one.1, one.2, one.3)).unwrap()
}

#[test]
fn a_clock_stands_still_until_they_write() {
    use Party::{Company, Consumer};
    let posts = [post(2, Company, 5, true), post(3, Company, 7, true), post(4, Consumer, 35, false)];
    assert_eq!(put_right(&posts[..0], &[start(0)], 4), (State::Running, 20, None));
    assert_eq!(put_right(&posts, &[start(0)], 5), (State::Paused, 20, None));
    assert_eq!(put_right(&posts, &[start(0)], 34), (State::Paused, 20, None), "it is not late meanwhile");
    assert_eq!(put_right(&posts, &[start(0)], 35), (State::Running, 50, None), "asking twice is one pause");
    assert_eq!(put_right(&posts, &[start(0)], 50), (State::Breached, 50, None));
    // Done while it stood still, and at the last moment.
    let met = |at| Moment { at: hour(at), what: Move::Meet { article: "put-right".into() } };
    assert_eq!(put_right(&posts, &[start(0), met(30)], 31), (State::Met, 45, Some(30)));
    assert_eq!(put_right(&posts, &[start(0), met(50)], 51), (State::Met, 50, Some(50)));
    assert_eq!(put_right(&posts, &[start(0), met(51)], 51), (State::Breached, 50, Some(51)));
}

#[test]
fn a_question_does_not_undo_what_is_late() {
    let posts = [post(2, Party::Company, 20, true), post(3, Party::Consumer, 30, false)];
    assert_eq!(put_right(&posts, &[start(0)], 25), (State::Breached, 20, None));
    assert_eq!(put_right(&posts, &[start(0)], 40), (State::Breached, 20, None));
}

#[test]
fn a_case_that_opens_again_goes_on_where_they_wrote() {
    use Party::{Company, Consumer};
    let posts = [post(2, Company, 5, true), post(4, Consumer, 35, false)];
    let moments = [start(0), Moment { at: hour(6), what: Move::Close }, Moment { at: hour(40), what: Move::Reopen }];
    assert_eq!(put_right(&posts, &moments, 30).0, State::Cancelled);
    assert_eq!(put_right(&posts, &moments, 40), (State::Running, 50, None));
    assert_eq!(put_right(&posts[..1], &moments, 40), (State::Paused, 20, None), "it still waits for them");
}

#[test]
fn another_charter_forgets_no_pause() {
    let case = CaseId(Uuid::nil());
    let posts = [post(2, Party::Company, 5, true), post(4, Party::Consumer, 35, false)];
    let derive = |charter: &Charter, posts: &[PostMoment], recorded: &[Obligation], now| {
        derive(case, charter, &calendar(), posts, &[start(0)], recorded, hour(now)).unwrap()
    };
    let recorded = derive(&charter(), &posts[..1], &[], 6);
    let mut stricter = charter();
    stricter.articles[1].due.as_mut().unwrap().within = Length::Hours(1);
    let after = derive(&stricter, &posts, &recorded, 36);
    assert_eq!(after, derive(&charter(), &posts, &[], 36));
    assert_eq!((after[0].promised_at, after[0].due_at), (hour(20), hour(50)));
}

#[test]
fn nights_in_a_pause_put_off_nothing_that_is_due_in_working_time() {
    let mut charter = charter();
    charter.articles[1].due.as_mut().unwrap().within = Length::WorkingHours(24);
    let posts = [post(2, Party::Company, 5, true), post(4, Party::Consumer, 35, false)];
    // Only Mondays are open; hour 0 is a Monday at 02:40, hour 21.33 its end.
    let ledger = derive(CaseId(Uuid::nil()), &charter, &calendar(), &posts, &[start(0)], &[], hour(36)).unwrap();
    let unpaused: Timestamp = "2026-02-09T02:40:00Z".parse().unwrap();
    assert_eq!(ledger[0].promised_at, unpaused);
    let lost = "2026-02-03T00:00:00Z".parse::<Timestamp>().unwrap().duration_since(hour(5));
    assert_eq!(ledger[0].due_at, unpaused + lost);
}

proptest! {
    /// Hour by hour, the way a person with a calendar would count.
    #[test]
    fn pauses_are_as_counted_by_hand(
        posts in prop::collection::vec((any::<bool>(), 1_i64..60, any::<bool>()), 0..10),
        now in 1_i64..100,
    ) {
        let posts: Vec<_> = posts.into_iter().enumerate().map(|(i, (company, at, asks))| {
            post(i as u128, if company { Party::Company } else { Party::Consumer }, at, asks)
        }).collect();
        let mut in_order = posts.clone();
        in_order.sort_by_key(|post| (post.at, post.post));
        let (mut left, mut is_paused, mut is_late) = (20, false, false);
        for at in 0..=now {
            for post in in_order.iter().filter(|post| post.at == hour(at)) {
                let consumer = post.party == Party::Consumer;
                is_paused = !consumer && (is_paused || (post.asks && left > 0));
            }
            is_late |= left == 0;
            if !is_paused && at < now && left > 0 {
                left -= 1;
            }
        }
        let expected = if is_late { State::Breached } else if is_paused { State::Paused } else { State::Running };
        prop_assert_eq!(put_right(&posts, &[start(0)], now).0, expected);
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(
        posts in prop::collection::vec((any::<bool>(), 0_i64..400, any::<bool>()), 0..12),
        seed in any::<u64>(),
    ) {
        let posts: Vec<_> = posts.into_iter().enumerate().map(|(i, (company, at, asks))| {
            post(i as u128, if company { Party::Company } else { Party::Consumer }, at, asks)
        }).collect();
        let mut shuffled = posts.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        prop_assert_eq!(ledger(&posts, &[], 300), ledger(&shuffled, &[], 300));
    }

    #[test]
    fn one_open_obligation_an_article(posts in prop::collection::vec((any::<bool>(), 0_i64..400, any::<bool>()), 0..12)) {
        let posts: Vec<_> = posts.into_iter().enumerate().map(|(i, (company, at, asks))| {
            post(i as u128, if company { Party::Company } else { Party::Consumer }, at, asks)
        }).collect();
        for article in ["answer", "stay-engaged"] {
            let open = ledger(&posts, &[], 400).iter().filter(|o| o.0 == article && o.3.is_none()).count();
            prop_assert!(open <= 1);
        }
    }
}
