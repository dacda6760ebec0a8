//! Authing's wire, as its SDKs speak it.

mod bad_input;
pub mod cas;
mod lists;
mod log_in;
mod pages;
mod table;
mod ways_out;
