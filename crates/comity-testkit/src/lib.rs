//! A whole server for tests: on a port of its own, with a fresh data folder, a clock that the test turns, and a
//! signed-in client for each role.
//!
//! A test ends with [`TestApp::finish`], which fails when replies are left in the outbox or were given up: work that
//! nobody looked at is a mistake more often than not. A test that means to leave some says so with
//! [`TestApp::leave_work`].

mod app;
mod client;
mod clock;
mod mail;
mod posts;
mod thread;

pub use app::{PASSWORD, TestApp, TestAppBuilder};
pub use client::{Answer, Client};
pub use clock::FakeClock;
pub use mail::FakeMailer;
pub use posts::post;
pub use thread::Thread;
