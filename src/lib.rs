//! exeunt: the identity server that logs people out.

pub mod crypto;
pub mod domain;
pub mod notify;
pub mod page;
pub mod store;
