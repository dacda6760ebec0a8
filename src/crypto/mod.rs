//! Seals: chance, hashes, passwords, signatures. No other floor names a cryptographic crate.

pub mod assertion;
pub mod jws;
pub mod password;
pub mod random;
pub mod request;
pub mod seal;
pub mod signing;
pub mod transport;
pub mod transport_sm2;
