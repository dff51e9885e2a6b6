use super::*;
use crate::policies::bundled;
use comity_domain::facts::Facts;

fn facts(text: &str) -> Facts {
    let given = serde_json::json!({ "event": { "text": text, "names_us": true } });
    comity_policy::read_facts(&starter(|rules| rules), &given.to_string()).unwrap()
}

/// The starter, with a change to its rules.
fn starter(change: impl Fn(String) -> String) -> Policy {
    let mut bundle = bundled("starter").unwrap();
    let rules = bundle.files.remove("engagement.rhai").unwrap();
    bundle.files.insert("engagement.rhai".into(), change(rules));
    Policy::compile(&bundle).unwrap_or_else(|found| panic!("{found:?}"))
}

fn kept(live: &Policy, texts: &[&str]) -> Vec<Arc<KeptEvent>> {
    let event = |text: &&str| {
        let facts = facts(text);
        let live = live.wanted(&facts);
        let (case, event) = (CaseId::derived(&[text.as_bytes()]), EventId::derived(&[text.as_bytes()]));
        Arc::new(KeptEvent { case, event, facts, live })
    };
    texts.iter().map(event).collect()
}

#[test]
fn a_draft_is_counted_next_to_the_live_version() {
    let live = starter(|rules| rules);
    let more = "\nrule \"bags\" because \"Bags go to care\" when event.text.mentions(\"bag\") then { priority(\"high\"); }\n\
                rule \"since\" because \"Old friends\" when event.text.asks && author.customer_since < now \
                then { label(\"friend\"); }\n";
    let draft = starter(|rules| rules + more);
    let events = kept(&live, &["Where is my bag?", "Thank you", "My bag, please", "The third bag"]);
    let counted = count(&draft, &events, 2, &CancellationToken::new()).unwrap();
    assert_eq!((counted.tally.events, counted.tally.different, counted.tally.failed), (4, 3, 0));
    assert_eq!(
        counted.differences.iter().map(|(case, ..)| *case).collect::<Vec<_>>(),
        [events[0].case, events[2].case]
    );
    assert_eq!(counted.differences[0].2.rules, ["bags"]);
    let effects = counted.tally.by_effect();
    assert_eq!((effects[0].effect.as_str(), effects[0].more, effects[0].fewer), ("priority", 3, 0));
    let since = Unknown { rule: "since".into(), fact: "author.customer_since".into(), events: 1 };
    assert!(counted.unknown.contains(&since), "{:?}", counted.unknown);

    let same = count(&live, &events, 2, &CancellationToken::new()).unwrap();
    assert_eq!((same.tally.different, same.differences.len(), same.tally.by_rule().len()), (0, 0, 0));
}

#[test]
fn nothing_is_counted_for_somebody_who_has_gone_on() {
    let live = starter(|rules| rules);
    let stop = CancellationToken::new();
    stop.cancel();
    assert!(count(&live, &kept(&live, &["Hello"]), 1, &stop).is_none());
}
