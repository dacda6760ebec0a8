//! `/api/v2`, by idea: applications, Guard, the pool, log-in, registering, tokens of OpenID Connect, users.

pub mod applications;
pub mod guard;
pub mod login;
pub mod oidc;
pub mod register;
pub mod userpools;
pub mod users;
