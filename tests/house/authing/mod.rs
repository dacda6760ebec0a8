//! Authing's wire, as its SDKs speak it.

mod applications;
mod bad_credentials;
mod bad_input;
mod bad_shapes;
mod cas;
mod guard;
mod lists;
mod log_in;
mod management;
mod pages;
mod people;
mod races;
mod register;
mod replay;
mod samples;
mod signatures;
mod stage;
mod table;
mod ways_out;
