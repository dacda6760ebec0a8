//! Authing's wire, as its SDKs speak it.

mod bad_input;
pub mod cas;
mod guard;
mod lists;
mod log_in;
mod pages;
mod races;
mod signatures;
mod table;
mod ways_out;
