//! CAS as Authing has it (CAS Protocol 3.0; authing-contract.md 1.1, 3.6): logging in at `/cas-idp/:appId`, tickets, and the ways
//! out. Proxy tickets and messages to services on log-out are not here: applications are told by OpenID Connect.

mod entry;
mod sessions;
mod ticket;

pub use entry::login;
pub use sessions::{idp_logout, idp_logout_of, logout, session};
pub use ticket::{service_validate, validate};
