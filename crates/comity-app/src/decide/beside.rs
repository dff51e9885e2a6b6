//! Both policies over the same facts, in the pass that decides: whichever does not decide a case is asked what it would
//! have wanted. Nothing of that is done, and nothing of it can hold up what is.

use crate::policies::Deciding;
use comity_domain::{
    compare::{Change, Tally, Wanted},
    life::Trial,
};
use comity_store::{CaseCommit, Compared};
use rustix::time::{ClockId, clock_gettime};
use std::{sync::Arc, time::Duration};

/// Processor time that this thread has used: what thinking costs, however many others want the processor.
pub fn thought() -> Duration {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(used.tv_sec.unsigned_abs(), u32::try_from(used.tv_nsec).unwrap_or(0))
}

/// What a commit's decisions come to next to what the other policy makes of their facts; nothing when nothing runs beside the
/// live version. `thinking` is how long the decisions themselves took.
pub fn compared(deciding: &Deciding, commit: &CaseCommit, thinking: Duration) -> Option<Compared> {
    let beside = deciding.beside.as_ref()?;
    beside.credit.give(thinking);
    let is_canarys = Arc::ptr_eq(deciding.of(commit.case.id), &beside.version);
    let other = if is_canarys { &deciding.live.policy } else { &beside.version.policy };
    let (mut tally, mut trial, mut changes) = (Tally::default(), Trial::default(), Vec::new());
    for decision in &commit.decisions {
        if is_canarys {
            trial.count(decision);
        }
        if !beside.credit.is_left() {
            tally.skipped += 1;
            continue;
        }
        let before = thought();
        let (decided, asked) = (Wanted::decided(decision), other.wanted(&decision.facts));
        let (earlier, later) = if is_canarys { (asked, decided) } else { (decided, asked) };
        let difference = tally.add(&earlier, &later);
        if difference.is_decided_differently() {
            changes.push((decision.event, decision.as_of, Change::new(difference, earlier, later)));
        }
        beside.credit.spend(thought().saturating_sub(before));
    }
    Some(Compared { version: beside.version.id, tally, changes, trial })
}
