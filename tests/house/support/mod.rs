//! What tests speak with: a house, its people, their browsers, an administrator's program.

pub mod authing;
pub mod browser;
pub mod client;
pub mod house;
pub mod people;
pub mod wire;

pub use browser::Browser;
pub use house::House;
pub use people::{PASSWORD, POOL_SECRET, Person, Program};
pub use wire::Answer;
