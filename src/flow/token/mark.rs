//! Marks: what codes, refresh tokens and opaque access tokens are made of, so that no row holds anything that opens something.

use crate::crypto::random;
use crate::domain::id::GrantId;
use crate::flow::state::State;
use crate::store::grants::GrantRow;

/// The code of a grant.
pub fn code(state: &State, id: GrantId) -> String {
    format!("{id}{}", state.key.mark("code", &[id.as_str()]))
}

pub(super) fn refresh_token(state: &State, id: GrantId, generation: i64) -> String {
    let number = format!("{generation:08x}");
    let mark = state.key.mark("refresh token", &[id.as_str(), &number]);
    format!("{id}{number}{mark}")
}

/// The grant that a code names, if the house made it: whole, in constant time (T14).
pub(super) fn read_code(state: &State, text: &str) -> Option<GrantId> {
    let (id, mark) = text.split_at_checked(24)?;
    let id = GrantId::parse(id).ok()?;
    state.key.recognises("code", &[id.as_str()], mark).then_some(id)
}

pub(super) fn read_refresh_token(state: &State, text: &str) -> Option<(GrantId, i64)> {
    let (id, rest) = text.split_at_checked(24)?;
    let (number, mark) = rest.split_at_checked(8)?;
    let id = GrantId::parse(id).ok()?;
    let ours = state.key.recognises("refresh token", &[id.as_str(), number], mark);
    i64::from_str_radix(number, 16).ok().filter(|_| ours).map(|generation| (id, generation))
}

/// The name of a token: its grant, then a random part of its own.
pub(super) fn jti(grant: &GrantRow) -> String {
    format!("{}{}", grant.id, GrantId::from_random(random::octets()))
}

/// The grant that the name of a token begins with.
pub(in crate::flow) fn grant_of(jti: &str) -> Option<GrantId> {
    GrantId::parse(jti.get(..24)?).ok()
}

/// What an opaque access token says of itself; times in seconds.
pub(super) struct Opaque {
    /// Of which grant.
    pub(super) grant: GrantId,
    /// Its name.
    pub(super) jti: String,
    /// When it was made.
    pub(super) iat: i64,
    /// When it ends.
    pub(super) exp: i64,
}

/// Hex digits of a time in seconds.
const TIME: usize = 10;

/// An opaque access token of a grant: letters, digits, `-` and `_` only (authing-contract.md G13).
pub(super) fn opaque_token(state: &State, grant: &GrantRow, iat: i64, exp: i64) -> String {
    let name = format!("{}{iat:010x}{exp:010x}{}", grant.id, GrantId::from_random(random::octets()));
    format!("{name}{}", state.key.mark("access token", &[&name]))
}

pub(super) fn read_opaque_token(state: &State, text: &str) -> Option<Opaque> {
    let (name, mark) = text.split_at_checked(24 + 2 * TIME + 24)?;
    if !state.key.recognises("access token", &[name], mark) {
        return None;
    }
    let time = |from: usize| i64::from_str_radix(name.get(from..from + TIME)?, 16).ok();
    Some(Opaque { grant: grant_of(name)?, jti: name.to_owned(), iat: time(24)?, exp: time(24 + TIME)? })
}
