//! Dead letters: replies that were given up, until a person sends them again or drops them.

use crate::{App, AppError};
use comity_domain::{
    DeliveryId,
    audit::Actor,
    delivery::{Delivery, State},
};

/// Most replies listed at once.
const MOST: u64 = 500;

impl App {
    pub async fn dead_letters(&self) -> Result<Vec<Delivery>, AppError> {
        self.deliveries(State::Dead).await
    }

    /// Replies in this state, oldest first.
    pub async fn deliveries(&self, state: State) -> Result<Vec<Delivery>, AppError> {
        Ok(self.store.deliveries(self.organization, state, MOST).await?)
    }

    /// Tries a dead letter again, from the first attempt. The platform is asked first whether it arrived after all where that
    /// is open; what was refused, or could not be asked about, is simply sent.
    pub async fn retry_delivery(&self, id: DeliveryId, actor: &Actor) -> Result<Delivery, AppError> {
        let delivery = self.store.redrive(self.organization, id, actor, self.clock.now()).await?;
        self.wake.deliver.notify_one();
        self.tell_case(delivery.case).await?;
        Ok(delivery)
    }

    pub async fn drop_delivery(&self, id: DeliveryId, actor: &Actor) -> Result<Delivery, AppError> {
        let delivery = self.store.drop_delivery(self.organization, id, actor, self.clock.now()).await?;
        self.tell_case(delivery.case).await?;
        Ok(delivery)
    }
}
