//! OpenID Connect, as applications and browsers meet it.

mod attacks;
mod bad_input;
mod bad_requests;
mod code_flow;
mod credentials;
mod ends;
pub mod exceptions;
mod feed;
mod forgeries;
mod plain;
pub mod races;
mod registration;
mod walls;
