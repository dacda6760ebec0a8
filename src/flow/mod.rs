//! Acts: one file for each thing the house does. Synchronous; no SQL text, no HTTP.
//!
//! What changes something is a function on an `Act`, the transaction in progress: `State::write` runs it on the writer
//! thread and answers once it is on disk. What only reads takes the `State`. What hashes a password runs on the hashing
//! threads of [`hashing`].

pub mod account;
pub mod applications;
pub mod audit;
pub mod authorize;
pub mod backup;
pub mod bearer;
pub mod cas;
mod changed;
pub mod client;
pub mod dashboard;
pub mod directory;
pub mod error;
pub mod feed;
pub mod grant;
pub mod hashing;
pub mod health;
pub mod import;
pub mod keys;
pub mod ledger;
pub mod login;
pub mod logout;
pub mod management;
pub mod nonces;
pub mod online;
pub mod operator;
pub mod password_key;
pub mod password_link;
pub mod presence;
pub mod provisioning;
pub mod reauth;
pub mod receipt;
pub mod registration;
pub mod seed;
pub mod session;
pub mod settings;
pub mod setup;
pub mod signed;
pub mod signin;
pub mod state;
pub mod tally;
pub mod telling;
pub mod throttle;
pub mod token;
pub mod upkeep;
pub mod users;

pub use crate::crypto::seal::{hex, unhex};
