//! What open pages are told: that something changed, not what. They fetch it themselves, by their own rights.

use comity_domain::{BacktestId, CaseId, ConnectionId, PolicyVersionId, case::Case};
use serde::Serialize;
use tokio::sync::broadcast;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Case {
        id: CaseId,
        number: i64,
        version: i64,
        status: &'static str,
    },
    Connection {
        id: ConnectionId,
    },
    Policy,
    /// Something about a policy version that nobody should miss: `break_glass`, `canary_stopped`.
    PolicyAlert {
        alert: &'static str,
        id: PolicyVersionId,
        number: i64,
    },
    Backtest {
        id: BacktestId,
    },
    /// Escalation flows told somebody, or somebody took one up.
    Flows,
}

impl Change {
    #[must_use]
    pub fn case(case: &Case) -> Self {
        Self::Case { id: case.id, number: case.number, version: case.version, status: case.status.as_str() }
    }
}

/// How many changes a slow listener may be behind before it is told to fetch everything again.
const BACKLOG: usize = 1_024;

#[derive(Clone)]
pub struct Changes(broadcast::Sender<Change>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Changes {
    pub fn tell(&self, change: Change) {
        // Nobody listening is fine.
        let _ = self.0.send(change);
    }

    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }
}
