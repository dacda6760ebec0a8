//! Authing's wire, as its SDKs speak it.

mod bad_input;
mod log_in;
mod pages;
mod ways_out;
