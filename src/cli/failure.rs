//! Why a command did not do what it was asked for, with the exit code that scripts read.

use crate::config::ConfigError;
use crate::flow::error::{FieldRefused, FlowError};
use crate::flow::seed::NotSeeded;
use crate::store::open::OpenError;

/// A sentence and an exit code.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// The sentence.
    pub says: String,
}

impl Failure {
    /// A plain failure.
    pub fn new(says: impl Into<String>) -> Self {
        Self { code: 1, says: says.into() }
    }

    /// What was typed makes no sense.
    pub fn usage(says: impl Into<String>) -> Self {
        Self { code: 2, says: says.into() }
    }

    /// Settings or seed are refused.
    pub fn config(says: impl Into<String>) -> Self {
        Self { code: 3, says: says.into() }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::config(error.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let code = match error {
            OpenError::Newer { .. } | OpenError::TooOld { .. } => 4,
            OpenError::InUse(_) => 5,
            OpenError::Foreign(_)
            | OpenError::Damaged { .. }
            | OpenError::Network { .. }
            | OpenError::Io { .. }
            | OpenError::Sql(_)
            | OpenError::Pool(_) => 1,
        };
        Self { code, says: error.to_string() }
    }
}

impl From<FlowError> for Failure {
    fn from(error: FlowError) -> Self {
        Self::new(sentence(&error))
    }
}

impl From<NotSeeded> for Failure {
    fn from(error: NotSeeded) -> Self {
        Self::config(format!("{}: {}", error.what, sentence(&error.why)))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// A refusal in words, every field of it.
pub fn sentence(error: &FlowError) -> String {
    match error {
        FlowError::Invalid(fields) => fields.iter().map(field).collect::<Vec<_>>().join("; "),
        FlowError::Unauthenticated
        | FlowError::Forbidden
        | FlowError::Absent(_)
        | FlowError::Gone(_)
        | FlowError::Stale
        | FlowError::Throttled { .. }
        | FlowError::Busy
        | FlowError::Oauth(_)
        | FlowError::Storage(_) => error.to_string(),
    }
}

fn field(refused: &FieldRefused) -> String {
    let line = refused.line.map(|line| format!(" (number {})", line + 1)).unwrap_or_default();
    format!("{}{line} is refused: {}", refused.field, refused.code.replace('_', " "))
}
