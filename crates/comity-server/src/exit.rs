//! Exit codes, stable from the first version.

use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Ok = 0,
    /// Something broke that should not have.
    Failure = 1,
    // 2 is the argument parser's: the command was not understood.
    /// The input was read and has faults: rejected lines, diagnostics, failing tests, failing checks, differences.
    Faults = 3,
    NotFound = 4,
    /// Another process uses the data folder.
    InUse = 5,
    /// The server cannot be reached, or it refuses the token or what was asked for.
    Refused = 6,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// An error that asks for a certain exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Exit {
    pub code: Code,
    pub message: String,
}

pub fn fail(code: Code, message: impl Into<String>) -> anyhow::Error {
    Exit { code, message: message.into() }.into()
}

pub fn code_of(error: &anyhow::Error) -> Code {
    error.downcast_ref::<Exit>().map_or(Code::Failure, |exit| exit.code)
}
