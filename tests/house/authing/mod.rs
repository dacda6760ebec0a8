//! Authing's wire, as its SDKs speak it.

mod bad_credentials;
mod bad_input;
mod bad_shapes;
mod cas;
mod guard;
mod lists;
mod log_in;
mod pages;
mod races;
mod replay;
mod samples;
mod signatures;
mod stage;
mod table;
mod ways_out;
