//! Authing's wire, as its SDKs speak it.

mod applications;
mod bad_input;
mod lists;
mod log_in;
mod management;
mod pages;
mod people;
mod register;
mod table;
mod ways_out;
