//! OpenID Connect and OAuth 2.0, at Authing's paths below `/oidc` (authing-contract.md 3.5).
//!
//! Below `/oauth` lie the twins of plain OAuth 2.0, for SDKs that are set to the protocol `oauth`: the same handlers, the scope
//! `user`, opaque access tokens and no ID token.
//!
//! What browsers open (`/oidc/auth`, `/oidc/session/…`) answers pages and redirects; what programs call answers JSON, and
//! errors in the words of RFC 6749 5.2.

pub mod answer;
pub mod authorize;
pub mod discovery;
pub mod end_session;
pub mod introspect;
pub mod pushed;
pub mod register;
pub mod revoke;
pub mod token;
pub mod userinfo;
pub mod wire;
