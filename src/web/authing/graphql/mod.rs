//! `POST /graphql/v2`: Authing's first API, still what its JavaScript and Python SDKs of version 4 log in by.
//!
//! A call is dispatched on the field that its operation names, never on the text of the document: one SDK prints it anew before
//! it sends it (authing-contract.md 3.1). Errors are HTTP 200 with objects for messages.

mod answer;
mod document;
mod fields;
pub(in crate::web::authing) mod people;

pub use answer::call;
