//! `/api/v3`, by idea: applications, kicks, the management token, what a person asks about themselves, the people of a pool,
//! log-in, registering, who is where.

pub mod applications;
pub mod kick;
pub mod management;
pub mod me;
pub mod people;
pub mod signin;
pub mod signup;
pub mod users;
