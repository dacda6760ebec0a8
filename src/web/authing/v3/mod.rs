//! `/api/v3`, by idea: kicks, the management token, what a person asks about themselves, log-in, users.

pub mod kick;
pub mod management;
pub mod me;
pub mod signin;
pub mod users;
