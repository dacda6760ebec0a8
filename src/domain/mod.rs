//! Rules and words: what a session, an application, a redirect, a log-out *is*.
//!
//! This floor does no I/O, reads no clock but through [`clock::Clock`], draws no chance, and names no other floor.

pub mod application;
pub mod audit;
pub mod authorization;
pub mod clock;
pub mod contact;
pub mod delivery;
pub mod device;
pub mod id;
pub mod identifier;
pub mod logout;
pub mod look;
pub mod oauth;
pub mod reach;
pub mod redirect;
pub mod revocation;
pub mod secret;
pub mod session;
pub mod signed_call;
pub mod user;
