//! `/api/v2`, by idea: applications, the pool, log-in, tokens of OpenID Connect, users.

pub mod applications;
pub mod login;
pub mod oidc;
pub mod userpools;
pub mod users;
