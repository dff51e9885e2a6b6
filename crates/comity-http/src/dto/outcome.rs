//! Whether a case is solved in the words of both sides, what the person concerned asks for, and the links to their page.

use super::{ActorView, PersonRef};
use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How the case stands in the words of both sides.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeView {
    /// What the person concerned said last.
    pub they_say: Option<AttestationView>,
    pub we_say: Option<AttestationView>,
    /// The sides say different things.
    pub is_disputed: bool,
    /// What the person concerned asked for, in order.
    pub requests: Vec<RequestView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AttestationView {
    pub solved: bool,
    pub at: Timestamp,
    /// Who said it for the organization.
    pub by: Option<PersonRef>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// That somebody who was not involved looks at the matter.
    Appeal,
    /// That what is held about them is put right.
    Correction,
    /// That what is held about them is erased.
    Erasure,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RequestView {
    pub id: Uuid,
    pub ask: Ask,
    pub at: Timestamp,
    /// The post that they wrote with it.
    pub post_id: Option<Uuid>,
    pub answer: Option<AnswerView>,
    /// Whether whoever asks may answer it: an appeal is for somebody who had no hand in the case before it was made.
    pub may_answer: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerView {
    pub at: Timestamp,
    pub by: PersonRef,
    pub granted: bool,
    pub text: String,
}

/// A link to the private page of the case; what stands in it is told once, when it is made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseLinkView {
    pub id: Uuid,
    pub made_at: Timestamp,
    pub made_by: ActorView,
    /// When it was last followed.
    pub seen_at: Option<Timestamp>,
    /// Since when it leads nowhere.
    pub ended_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MadeCaseLink {
    pub link: CaseLinkView,
    /// Give it to the person concerned only: whoever has it sees the page.
    pub address: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attest {
    pub solved: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// An erasure that is granted is done at once.
    pub granted: bool,
    /// Why; the person concerned reads it.
    #[schema(max_length = 5000)]
    pub text: String,
}
