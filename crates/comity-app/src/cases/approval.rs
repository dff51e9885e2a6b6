//! Replies that wait for a second person: whoever agrees did not write the reply and has the skills that the case asks for.

use super::{last_consumer_post, skills::lacking};
use crate::{App, AppError};
use comity_domain::{
    DeliveryId, UserId,
    decision::GuardAction,
    delivery::{Author, Delivery},
    step::Snapshot,
};

const LONGEST_REASON: usize = 1_000;
/// How often it is looked at again when the case changed underneath.
const TRIES: u32 = 5;

impl App {
    /// Lets a reply leave in the case as somebody looked at it, named by its version. The guards are asked once more, as if whoever
    /// agrees had written it.
    pub async fn approve_reply(&self, id: DeliveryId, looked_at: i64, user: UserId) -> Result<Delivery, AppError> {
        let (delivery, snapshot) = self.waiting_reply(id).await?;
        if is_own(&delivery, user) {
            return Err(forbidden("You wrote this reply; somebody else has to agree to it."));
        }
        let skills = self.skills_of(user).await?;
        if let Some(skill) = lacking(&snapshot.case, &skills) {
            return Err(forbidden(&format!("Only somebody with the skill {skill} may agree to this reply.")));
        }
        if let Some(team) = snapshot.case.held_for {
            return Err(AppError::RepliesHeld { team });
        }
        let posts = self.store.case_posts(self.organization, delivery.case).await?;
        let to = last_consumer_post(&posts);
        let verdicts = self.ask_guards(&snapshot, to, &delivery.text, delivery.visibility, &skills).await?;
        if verdicts.iter().any(|verdict| verdict.action == GuardAction::Stop) {
            return Err(AppError::GuardStopped { verdicts });
        }
        // Whatever has changed may change the answer: they may have written again.
        if looked_at != snapshot.case.version {
            return Err(has_changed());
        }
        let decided = self.decide_about(id, user, looked_at, None).await?.ok_or_else(has_changed)?;
        self.wake.deliver.notify_one();
        Ok(decided)
    }

    /// Ends a reply that waits, with the reason for whoever wrote it; who wrote it may take it back.
    pub async fn decline_reply(&self, id: DeliveryId, reason: &str, user: UserId) -> Result<Delivery, AppError> {
        let reason = reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(AppError::invalid("/reason", format!("give a reason of 1 to {LONGEST_REASON} characters")));
        }
        for _ in 0..TRIES {
            let (delivery, snapshot) = self.waiting_reply(id).await?;
            let skills = self.skills_of(user).await?;
            if let Some(skill) = lacking(&snapshot.case, &skills).filter(|_| !is_own(&delivery, user)) {
                return Err(forbidden(&format!("Only somebody with the skill {skill} may decide about this reply.")));
            }
            let declined = self.decide_about(id, user, snapshot.case.version, Some(reason.clone())).await?;
            if let Some(delivery) = declined {
                return Ok(delivery);
            }
        }
        Err(has_changed())
    }

    /// Nothing when the case changed since it was looked at.
    async fn decide_about(
        &self,
        id: DeliveryId,
        user: UserId,
        case_version: i64,
        declined: Option<String>,
    ) -> Result<Option<Delivery>, AppError> {
        let now = self.clock.now();
        let decided = self.store.decide_approval(self.organization, id, user, case_version, declined, now).await?;
        if let Some(delivery) = &decided {
            self.tell_case(delivery.case).await?;
        }
        Ok(decided)
    }

    async fn waiting_reply(&self, id: DeliveryId) -> Result<(Delivery, Snapshot), AppError> {
        let delivery = self.store.delivery(self.organization, id).await?;
        let delivery = delivery.ok_or(AppError::NotFound { what: "reply" })?;
        let snapshot = self.snapshot(delivery.case).await?;
        Ok((delivery, snapshot))
    }
}

fn is_own(delivery: &Delivery, user: UserId) -> bool {
    matches!(delivery.author, Author::Agent { user: author } if author == user)
}

fn has_changed() -> AppError {
    AppError::Conflict {
        detail: "the case has changed since you looked at it".into(),
        advice: "Look at it again, then decide.".into(),
    }
}

fn forbidden(why: &str) -> AppError {
    AppError::Forbidden { why: why.to_owned() }
}
