//! A program that signs its calls instead of showing a token (authing-contract.md 4.3).
//!
//! 1. An address that sent too many wrong credentials waits, as at the exchange of a secret for a token.
//! 2. The call says when it was made. One that is more than [`SKEW_MS`] off this house's clock is refused, and so is one made
//!    before this run of the house began: what an earlier run had seen of it is forgotten.
//! 3. The signature must be the credential's on the very call. An unknown or revoked credential, one of a demoted
//!    administrator, and a wrong signature look the same, and count against the address.
//! 4. Only then its nonce is remembered, so that nobody else can use it up: each works once for each credential.
//!
//! What a restart means: nonces are kept in memory, so (2) refuses what could have been seen before. There is one hole: a call
//! from a client whose clock ran ahead by more than the restart took, taken off the wire by somebody who can read TLS, works once
//! more within five minutes. A client whose clock is behind is refused for as long as it is behind; it signs again.

use super::error::{Done, FlowError};
use super::management::{self, Caller};
use super::nonces::Seen;
use super::state::State;
use crate::crypto::request;
use crate::domain::clock::Timestamp;
use crate::domain::secret::Secret;

/// How far the clock of a client may be from ours, either way: five minutes in milliseconds.
pub const SKEW_MS: i64 = 300_000;

/// A call that says who signed it.
#[derive(Debug, Clone, Copy)]
pub struct SignedCall<'a> {
    /// Access key or pool.
    pub id: &'a str,
    /// What may have been signed; empty when nothing can have been.
    pub texts: &'a [String],
    /// The signature, base64.
    pub signature: &'a str,
    /// When it was made, as it says.
    pub at: Timestamp,
    /// What makes it the only one of its kind.
    pub nonce: &'a str,
    /// The pool that the headers name; absent or empty names none.
    pub pool: Option<&'a str>,
}

/// Why a signed call does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The signature is not that of a living credential on this call.
    Signature,
    /// It was made too long ago, or too far in the future.
    Skewed,
    /// Its nonce was used before.
    Repeated,
}

/// Who signed this call. See the head of this file; `ip` is the address it came from.
pub fn authorise(state: &State, call: &SignedCall<'_>, ip: &str) -> Done<Result<Caller, Unfit>> {
    let now = state.now();
    // Dates of HTTP have whole seconds.
    let before_this_run = call.at.seconds() < state.since.seconds();
    if before_this_run || now.since_ms(call.at).saturating_abs() > SKEW_MS {
        return Ok(Err(Unfit::Skewed));
    }
    let signer = management::signer(state, call.id)?;
    let fits = |secret: &Secret| call.texts.iter().any(|text| request::fits(secret, text, call.signature));
    // Only who is wrong waits: whatever others do from the same address, a right signature kicks (security.md W6).
    let Some((caller, _)) = signer.filter(|(_, secret)| fits(secret)) else {
        if let Some(seconds) = state.throttle.wait_address(ip) {
            return Err(FlowError::Throttled { seconds });
        }
        state.throttle.failed_address(ip);
        return Ok(Err(Unfit::Signature));
    };
    if call.pool.is_some_and(|named| !named.is_empty() && named != caller.pool.as_str()) {
        return Err(FlowError::Forbidden);
    }
    match state.nonces.note(call.id, call.nonce, call.at.plus_ms(SKEW_MS), now) {
        Seen::Never => Ok(Ok(caller)),
        Seen::Before => Ok(Err(Unfit::Repeated)),
        Seen::TooMany => Err(FlowError::Busy),
    }
}
