//! Authing's wire: `/api/v2`, `/api/v3`, `/graphql/v2`, `/logout` and CAS, as Authing's own SDKs speak it (authing-contract.md).
//!
//! One table, [`table`], names every path, its handler, who calls it and which test holds it; `/docs/authing` shows it.

pub mod application;
pub mod caller;
pub mod cas;
pub mod codes;
pub mod envelope;
pub mod graphql;
pub mod out;
pub mod people;
pub mod register;
pub mod shape;
pub mod signed;
pub mod signin;
pub mod table;

pub mod v2;
pub mod v3;
