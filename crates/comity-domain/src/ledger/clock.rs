//! The clock of one obligation: it runs, is paused while the other side has something to say, and stops when it is settled.

use super::{Moment, Move, Obligation, Pause, State, Step};
use crate::{
    calendar::{Calendar, CalendarError},
    charter::Due,
};
use jiff::Timestamp;

#[derive(Clone)]
pub(super) struct Clock<'a> {
    /// Running or paused.
    pub obligation: Obligation,
    pub due: Due,
    pub calendar: &'a Calendar,
}

impl Clock<'_> {
    /// What is late already is not paused any more, and more of the same changes nothing.
    pub fn pauses_or_resumes(&mut self, step: &Step<'_>) -> Result<(), CalendarError> {
        let Some(pausing) = self.due.paused else { return Ok(()) };
        let at = step.at();
        if self.obligation.state == State::Paused {
            if step.gives(pausing.until) {
                self.resume(at)?;
            }
        } else if step.gives(pausing.from) && at < self.obligation.due_at {
            self.obligation.state = State::Paused;
            self.obligation.pauses.push(Pause { from: at, by: step.post(), until: None });
        }
        Ok(())
    }

    fn resume(&mut self, at: Timestamp) -> Result<(), CalendarError> {
        let obligation = &mut self.obligation;
        if let Some(pause) = obligation.pauses.last_mut() {
            pause.until = Some(at);
        }
        let Obligation { started_at, promised_at, .. } = *obligation;
        let put_off = self.calendar.put_off(started_at, promised_at, self.due.within, &obligation.paused_for())?;
        obligation.due_at = put_off.due_at.max(at);
        obligation.state = State::Running;
        Ok(())
    }

    /// What settles it while it is paused ends the pause first, so that it cannot be late.
    pub fn settled(mut self, step: &Step<'_>) -> Result<Obligation, CalendarError> {
        let at = step.at();
        if self.obligation.state == State::Paused {
            self.resume(at)?;
        }
        let mut obligation = self.obligation;
        obligation.state = match step {
            Step::Other(Moment { what: Move::Waive { .. }, .. }) => State::Waived,
            // A case that is closed because of a breach, at its very moment, does not undo it.
            Step::Other(Moment { what: Move::Close, .. }) if at >= obligation.due_at => State::Breached,
            _ if at > obligation.due_at => State::Breached,
            Step::Other(Moment { what: Move::Close, .. }) => State::Cancelled,
            _ => State::Met,
        };
        obligation.settled_at = Some(at);
        obligation.settled_by = step.post();
        Ok(obligation)
    }

    pub fn looked_at(self, now: Timestamp) -> Obligation {
        let mut obligation = self.obligation;
        if obligation.state == State::Running && obligation.due_at <= now {
            obligation.state = State::Breached;
        }
        obligation
    }
}

/// What ran when the case was closed, for when it is opened again.
pub(super) struct Closed<'a> {
    pub clock: Clock<'a>,
    /// Where in the ledger it stands as ended.
    pub at: usize,
    /// How it was settled although the case was closed.
    pub settled: Option<Obligation>,
}

impl<'a> Closed<'a> {
    /// What happens while the case is closed counts once it is open again.
    pub fn goes_on(&mut self, step: &Step<'_>) -> Result<(), CalendarError> {
        if self.settled.is_some() || step.closes() {
            return Ok(());
        }
        if step.settles(&self.clock.obligation.article, self.clock.due.until) {
            self.settled = Some(self.clock.clone().settled(step)?);
            return Ok(());
        }
        self.clock.pauses_or_resumes(step)
    }

    /// Puts right what the ledger says of it; gives it back when it runs on.
    pub fn resumed(self, ledger: &mut Vec<Obligation>) -> Option<Clock<'a>> {
        match self.settled {
            Some(settled) => {
                ledger[self.at] = settled;
                None
            }
            None => Some(ledger.remove(self.at)).map(|_| self.clock),
        }
    }
}
