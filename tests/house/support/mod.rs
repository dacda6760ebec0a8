//! What tests speak with: a house, its people, their browsers, an administrator's program, the applications they are in.

pub mod actor;
pub mod authing;
pub mod browser;
pub mod client;
pub mod house;
pub mod people;
pub mod relying_party;
pub mod signer;
pub mod wire;

pub use browser::Browser;
pub use house::House;
pub use people::{PASSWORD, POOL_SECRET, Person, Program};
pub use relying_party::{RelyingParty, Says};
pub use signer::Signer;
pub use wire::Answer;
