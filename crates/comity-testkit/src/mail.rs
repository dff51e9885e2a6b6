//! Mails that go nowhere but to the test.

use comity_app::notify::{Mail, Mailer, Untold};
use futures::future::{BoxFuture, FutureExt as _, ready};
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub struct FakeMailer(Mutex<Letters>);

#[derive(Default)]
struct Letters {
    sent: Vec<Mail>,
    fails: Option<Untold>,
}

impl FakeMailer {
    /// What was sent since the last look.
    pub fn taken(&self) -> Vec<Mail> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).sent)
    }

    /// Takes nothing from now on, or takes mails again.
    pub fn fail(&self, how: Option<Untold>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fails = how;
    }
}

impl Mailer for FakeMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Untold>> {
        let mut letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let result = letters.fails.clone().map_or(Ok(()), Err);
        if result.is_ok() {
            letters.sent.push(mail);
        }
        ready(result).boxed()
    }
}
