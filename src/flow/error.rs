//! Why an act did not happen: refused (the caller may know why), absent (says nothing it should not), broken.

use crate::domain::oauth::OauthError;
pub use crate::store::db::StoreError;

/// One field of a form or call that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRefused {
    /// Name of the field.
    pub field: &'static str,
    /// Stable code of the reason; `page::words` has a sentence for each.
    pub code: &'static str,
    /// Line within a list of addresses, from 0.
    pub line: Option<usize>,
}

impl FieldRefused {
    /// A field and the reason.
    pub fn new(field: &'static str, code: &'static str) -> Self {
        Self { field, code, line: None }
    }
}

/// Everything that can keep an act from happening; each wire dresses it once (`web::error`).
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// No living session, no valid credential.
    #[error("not logged in")]
    Unauthenticated,
    /// Logged in, but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// There is no such thing, or none that the caller may know of.
    #[error("there is no such {0}")]
    Absent(&'static str),
    /// What it asked for is no longer kept.
    #[error("no longer kept: {0}")]
    Gone(&'static str),
    /// Fields were refused; nothing was changed.
    #[error("{} field(s) refused", .0.len())]
    Invalid(Vec<FieldRefused>),
    /// Somebody else changed it meanwhile.
    #[error("changed by somebody else meanwhile")]
    Stale,
    /// Too many failed tries.
    #[error("too many tries")]
    Throttled {
        /// Wait in seconds.
        seconds: u64,
    },
    /// Refused in the words of OAuth.
    #[error(transparent)]
    Oauth(#[from] OauthError),
    /// Too much to do at present.
    #[error("busy")]
    Busy,
    /// Storage.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

impl FlowError {
    /// One refused field.
    pub fn field(field: &'static str, code: &'static str) -> Self {
        Self::Invalid(vec![FieldRefused::new(field, code)])
    }
}

/// What came of an act.
pub type Done<T> = Result<T, FlowError>;
