use super::*;

const FAILED: CallResult = CallResult::Failed { retry_after: None };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

/// Reports at `at(0)` with even chance and says for how many seconds the breaker is open.
fn pause(breaker: &mut Breaker, result: CallResult) -> i64 {
    breaker.report(result, at(0), 0.5, &BreakerSettings::default());
    breaker.next_try().map_or(0, |until| until.as_second() - at(0).as_second())
}

#[test]
fn failures_back_off_and_a_success_closes() {
    let mut breaker = Breaker::default();
    let pauses: Vec<i64> = (0..9).map(|_| pause(&mut breaker, FAILED)).collect();
    assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
    assert!(!breaker.is_quarantined());
    assert_eq!(pause(&mut breaker, CallResult::Ok), 0);
    assert_eq!(breaker, Breaker::default());
    assert_eq!(pause(&mut breaker, FAILED), 5);
}

#[test]
fn chance_spreads_and_the_platform_is_obeyed() {
    let settings = BreakerSettings::default();
    for (chance, from_now) in [(0.0, 3_750), (0.999_999, 6_249), (7.0, 6_250)] {
        let mut breaker = Breaker::default();
        breaker.report(FAILED, at(0), chance, &settings);
        assert_eq!(breaker.next_try().unwrap().as_millisecond() - at(0).as_millisecond(), from_now);
    }
    let asked = CallResult::Failed { retry_after: Some(Duration::from_secs(90)) };
    assert_eq!(pause(&mut Breaker::default(), asked), 90);
}

#[test]
fn one_call_passes_after_the_pause() {
    let settings = BreakerSettings::default();
    let mut breaker = Breaker::default();
    assert!(breaker.admit(at(0), &settings));
    pause(&mut breaker, FAILED);
    assert!(!breaker.admit(at(4), &settings));
    assert!(breaker.admit(at(5), &settings));
    assert!(!breaker.admit(at(6), &settings), "half-open lets only one through");
    assert!(breaker.admit(at(5 + 120), &settings), "a probe nobody reported is not waited for for ever");
    breaker.report(FAILED, at(130), 0.5, &settings);
    assert_eq!(breaker.next_try(), Some(at(140)));
}

#[test]
fn traps_in_a_row_lead_to_quarantine_once() {
    let settings = BreakerSettings::default();
    let mut breaker = Breaker::default();
    let alerts: Vec<bool> = (0..7).map(|_| breaker.report(CallResult::Trapped, at(0), 0.5, &settings)).collect();
    assert_eq!(alerts, [false, false, false, false, true, false, false]);
    assert_eq!(breaker.next_try(), Some(at(3_600)));
    assert!(breaker.admit(at(3_600), &settings) && breaker.is_quarantined());
    breaker.report(CallResult::Ok, at(3_601), 0.5, &settings);
    assert!(!breaker.is_quarantined() && breaker.admit(at(3_601), &settings));
}

#[test]
fn an_ordinary_error_breaks_the_row_of_traps() {
    let mut breaker = Breaker::default();
    for _ in 0..4 {
        pause(&mut breaker, CallResult::Trapped);
    }
    pause(&mut breaker, FAILED);
    pause(&mut breaker, CallResult::Trapped);
    assert!(!breaker.is_quarantined());
}

#[test]
fn it_survives_storing() {
    let mut breaker = Breaker::default();
    pause(&mut breaker, CallResult::Trapped);
    let text = serde_json::to_string(&breaker).unwrap();
    assert_eq!(serde_json::from_str::<Breaker>(&text).unwrap(), breaker);
}
