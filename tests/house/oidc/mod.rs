//! OpenID Connect, as applications and browsers meet it.

mod bad_input;
mod bad_requests;
mod code_flow;
mod races;
