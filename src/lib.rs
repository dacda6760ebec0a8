//! exeunt: the identity server that logs people out.

pub mod config;
pub mod crypto;
pub mod domain;
pub mod flow;
pub mod notify;
pub mod page;
pub mod store;
