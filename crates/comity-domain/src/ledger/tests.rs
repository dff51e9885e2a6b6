use super::*;
use crate::{
    calendar::{Calendar, Weekday, Window},
    charter::{Article, Due, Length},
};
use jiff::civil;
use proptest::prelude::*;
use uuid::Uuid;

fn charter() -> Charter {
    let article = |id: &str, party, within, from, until| Article {
        id: id.into(),
        party,
        owes: String::new(),
        due: Some(Due { within, from, until }),
    };
    let articles = vec![
        article("answer", Party::Company, Length::Hours(4), Signal::ConsumerPost, Signal::CompanyReply),
        article("stay-engaged", Party::Consumer, Length::Days(7), Signal::CompanyQuestion, Signal::ConsumerPost),
        Article { id: "privacy".into(), party: Party::Company, owes: String::new(), due: None },
    ];
    Charter { name: "Test".into(), articles }
}

fn calendar() -> Calendar {
    let open = vec![Window { day: Weekday::Monday, from: civil::Time::MIN, to: civil::Time::MIN }];
    Calendar { time_zone: "UTC".into(), open, holidays: vec![] }
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

proptest! {
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
