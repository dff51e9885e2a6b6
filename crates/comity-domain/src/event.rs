//! What happened to a case: the only thing that makes policy decide.

use crate::{
    CaseId, ContactId, DeliveryId, EventId, ObligationId, Party, PostId, UserId, ledger::Obligation, outcome::Ask,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: EventId,
    pub case: CaseId,
    /// When it happened; a decision is made as of this moment, however late it is made.
    pub at: Timestamp,
    pub received_at: Timestamp,
    pub kind: EventKind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// A post by either side, our own sent replies included.
    Post {
        post: PostId,
        party: Party,
    },
    PostEdited {
        post: PostId,
    },
    PostDeleted {
        post: PostId,
    },
    AccountErased {
        contact: crate::ContactId,
    },
    Reaction {
        reaction: String,
    },
    Breach {
        obligation: ObligationId,
        article: String,
        party: Party,
    },
    DeliveryFailed {
        delivery: DeliveryId,
    },
    /// Another case turned out to be the same matter, by what a post that was known already said anew.
    Joined {
        case: CaseId,
    },
    /// A side says whether the matter is solved.
    Attested {
        party: Party,
        solved: bool,
        by: Option<UserId>,
    },
    /// The person concerned asks for something that somebody has to grant or refuse.
    Asked {
        ask: Ask,
        contact: ContactId,
        post: Option<PostId>,
    },
    /// Somebody has granted or refused what was asked for.
    Answered {
        request: EventId,
        granted: bool,
        text: String,
        by: UserId,
    },
}

impl Event {
    /// The breach of an obligation, dated when it was due. Its id follows from both, so that there is one breach event,
    /// whoever notices first, and another one should it be put off after all and be late again.
    #[must_use]
    pub fn breach(obligation: &Obligation, now: Timestamp) -> Self {
        let kind = EventKind::Breach {
            obligation: obligation.id,
            article: obligation.article.clone(),
            party: obligation.party,
        };
        let id = Self::breach_id(obligation.id, obligation.due_at);
        Self { id, case: obligation.case, at: obligation.due_at, received_at: now, kind }
    }

    #[must_use]
    pub fn breach_id(obligation: ObligationId, due_at: Timestamp) -> EventId {
        EventId::derived(&[b"breach", obligation.0.as_bytes(), &due_at.as_microsecond().to_le_bytes()])
    }
}

impl EventKind {
    /// The word policies see as `event.kind`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Post { .. } => "post",
            Self::PostEdited { .. } => "post_edited",
            Self::PostDeleted { .. } => "post_deleted",
            Self::AccountErased { .. } => "account_erased",
            Self::Reaction { .. } => "reaction",
            Self::Breach { .. } => "breach",
            Self::DeliveryFailed { .. } => "delivery_failed",
            Self::Joined { .. } => "joined",
            Self::Attested { solved: true, .. } => "solved",
            Self::Attested { solved: false, .. } => "not_solved",
            Self::Asked { ask: Ask::Appeal, .. } => "appeal",
            Self::Asked { ask: Ask::Correction, .. } => "correction_request",
            Self::Asked { ask: Ask::Erasure, .. } => "erasure_request",
            Self::Answered { .. } => "request_answered",
        }
    }

    /// Every word `event.kind` can be, for the checker.
    pub const NAMES: [&'static str; 14] = [
        "post",
        "post_edited",
        "post_deleted",
        "account_erased",
        "reaction",
        "breach",
        "delivery_failed",
        "joined",
        "solved",
        "not_solved",
        "appeal",
        "correction_request",
        "erasure_request",
        "request_answered",
    ];
}
