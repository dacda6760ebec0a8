//! Authing's wire, as its SDKs speak it.

mod bad_input;
mod lists;
mod log_in;
mod pages;
mod replay;
mod table;
mod ways_out;
