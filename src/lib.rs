//! exeunt: the identity server that logs people out.

pub mod config;
pub mod domain;
