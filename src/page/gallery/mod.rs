//! Every page in every interesting state, from fixtures: for pictures, for the accessibility checks, and for whoever wants to
//! look. Nothing in it is real, and it reads no data.

mod all;
mod applications;
mod authorize;
mod console;
mod directory;
mod gate;
mod import;
mod people;
mod person;
mod powers;
mod receipts;
#[cfg(test)]
mod rules;
mod status;

pub use all::all;
