//! Channels that flows tell.

use crate::dto;
use comity_app::channels::{ChannelView, Tried};

impl From<ChannelView> for dto::ChannelView {
    fn from(view: ChannelView) -> Self {
        let bound = view.bound.as_ref();
        Self {
            connection: bound.map(|channel| channel.connection.0),
            address: bound.map(|channel| channel.address.clone()),
            sent_at: bound.and_then(|channel| channel.sent_at),
            missed: view.missed.map(Into::into),
            name: view.name,
            about: view.about,
        }
    }
}

impl From<Tried> for dto::ChannelTest {
    fn from(tried: Tried) -> Self {
        match tried {
            Tried::Sent => Self { ok: true, error: None },
            Tried::Failed { message, advice } => {
                Self { ok: false, error: Some(dto::VerificationError { message, advice }) }
            }
        }
    }
}
