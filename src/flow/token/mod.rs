//! Codes become tokens, tokens are renewed, read, looked into and revoked.
//!
//! A grant is the one thing that lives or dies; codes, access and refresh tokens only refer to it, by marks made with the
//! house's key. Everything that is issued or believed asks `store::grants::living` first, inside the issuing transaction
//! where something is issued: a kick that committed before is a barrier that no in-flight request passes (K2). Signing
//! happens after the commit, so the one writer never waits for RSA; a token that is signed after a kick is born dead.

mod access;
mod id;
mod issue;
mod mark;

pub(super) use access::believe;
pub use access::{access_token, holder, introspect, revoke, userinfo};
pub use id::{ACR, Beside, Hint, LoginToken, hinted, id_token, sign_for};
pub(super) use id::{login_token, person_claims, read_id_token};
pub(super) use issue::signed;
pub use issue::{CodeShown, GRACE_MS, Tokens, exchange, for_itself, may, refresh};
pub use mark::code;
pub(super) use mark::grant_of;
