//! What every handler can reach.

#[derive(Clone)]
pub struct Http {}
