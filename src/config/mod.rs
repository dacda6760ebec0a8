//! What the operator decides: settings from flags, environment and `exeunt.toml`, and the people and applications of a
//! seed file.
//!
//! Both are parsed once, at the start, into types that cannot be wrong, and what is unsafe or mistyped is refused in words
//! that name the place and the nearest thing that is known.

mod cidr;
mod error;
pub mod keys;
mod seed;
mod settings;
mod sources;

pub use cidr::{Cidr, NotACidr};
pub use error::ConfigError;
pub use seed::{
    AccessKeyOwner, Credential, Seed, SeedAccessKey, SeedApplication, SeedError, SeedFile, SeedPool, SeedSecret,
    SeedUser,
};
pub use settings::{Config, FirstAdmin, Loaded, LogFormat, Setting, Stroller};
pub use sources::{Flags, Origin};
