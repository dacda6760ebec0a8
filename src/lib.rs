//! exeunt: the identity server that logs people out.

pub mod cli;
pub mod config;
pub mod crypto;
pub mod domain;
pub mod flow;
pub mod notify;
pub mod page;
pub mod server;
pub mod store;
pub mod web;
