//! exeunt: the identity server that logs people out.

pub mod crypto;
pub mod domain;
pub mod page;
