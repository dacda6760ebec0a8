//! OpenID Connect, as applications and browsers meet it.

mod code_flow;
mod feed;
