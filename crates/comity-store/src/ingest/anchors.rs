//! Which case a thread belongs to.
//!
//! A thread is known under several names: its posts, the posts they answer, its first post, the platform's name for the
//! conversation. Each name is an anchor that points to a case. A post whose names point to no case begins one; to one case,
//! joins it; to several, proves that they are one matter, and they are merged into the one with the lowest number.

use super::{engine::Engine, ids};
use comity_domain::{CaseId, event::EventKind, inbound::InboundPost};
use uuid::Uuid;

/// A case that the events touch.
#[derive(Clone, Debug)]
pub struct CaseState {
    /// For a new case its place among the new ones, above every number given out.
    pub number: i64,
    pub merged_into: Option<Uuid>,
    pub is_new: bool,
    pub is_touched: bool,
    pub connection: Uuid,
    pub received_at: i64,
}

/// New cases count from here until they get their numbers.
const UNNUMBERED: i64 = i64::MAX / 2;

impl Engine {
    /// The case that this one has become.
    pub fn find(&self, case: Uuid) -> Uuid {
        let mut at = case;
        while let Some(next) = self.cases.get(&at).and_then(|state| state.merged_into) {
            at = next;
        }
        at
    }

    /// The case of a post, begun or merged where its names say so. `home` is where it belongs in any case.
    pub(super) fn place(&mut self, connection: Uuid, post: &InboundPost, received_at: i64, home: Option<Uuid>) -> Uuid {
        let names = ids::anchors(connection, post);
        let known = names.iter().filter_map(|name| self.anchors.get(name).copied()).chain(home);
        let mut cases: Vec<Uuid> = known.map(|case| self.find(case)).collect();
        cases.sort_by_key(|case| self.cases.get(case).map(|state| state.number));
        cases.dedup();
        let case = match cases.split_first() {
            None => self.begin_case(connection, received_at),
            Some((&first, others)) => {
                for &other in others {
                    self.merge(other, first, received_at);
                }
                first
            }
        };
        for name in names {
            if self.anchors.insert(name, case) != Some(case) {
                self.changed_anchors.insert(name);
            }
        }
        self.touch(case, received_at);
        case
    }

    /// The case of a post that is there already. A repeat may know its thread under one more name, and then proves what the
    /// first coming would have proved.
    pub(super) fn place_again(&mut self, connection: Uuid, post: &InboundPost, received_at: i64, case: Uuid) -> Uuid {
        let names = ids::anchors(connection, post);
        let leads_here = |name: &Uuid| self.anchors.get(name).is_some_and(|&known| self.find(known) == case);
        if names.iter().all(leads_here) {
            return case;
        }
        let merged = self.merges.len();
        let home = self.place(connection, post, received_at, Some(case));
        let joined: Vec<Uuid> = self.merges[merged..].iter().map(|&(gone, _)| gone).collect();
        for gone in joined {
            // No post has come that would be decided, so this is what happened.
            let kind = EventKind::Joined { case: CaseId(gone) };
            let id = ids::event(connection, &format!("joined:{gone}"));
            self.record(id, home, received_at, received_at, &kind, None);
        }
        home
    }

    pub(super) fn touch(&mut self, case: Uuid, received_at: i64) {
        if let Some(state) = self.cases.get_mut(&case) {
            state.is_touched = true;
            state.received_at = state.received_at.max(received_at);
        }
    }

    fn begin_case(&mut self, connection: Uuid, received_at: i64) -> Uuid {
        let id = CaseId::generate().0;
        let number = UNNUMBERED + self.new_cases.len() as i64;
        let state = CaseState { number, merged_into: None, is_new: true, is_touched: true, connection, received_at };
        self.cases.insert(id, state);
        self.new_cases.push(id);
        id
    }

    fn merge(&mut self, case: Uuid, into: Uuid, received_at: i64) {
        let Some(state) = self.cases.get_mut(&case) else { return };
        state.merged_into = Some(into);
        state.is_touched = false;
        // A case begun a moment ago in the same transaction was never there.
        let (is_new, connection) = (state.is_new, state.connection);
        if !is_new {
            self.merges.push((case, into));
            let detail = serde_json::json!({ "into": into });
            self.note(connection, received_at, "case.merge", format!("case/{case}"), Some(into), detail);
        }
        self.touch(into, received_at);
    }
}
