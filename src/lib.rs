//! exeunt: the identity server that logs people out.
//!
//! The map, from the ground up; each floor names only what stands below it:
//!
//! * [`domain`]: rules and words, no I/O. What a session, a redirect, a log-out *is*.
//! * [`crypto`]: seals. [`config`]: what the operator decides.
//! * [`store`]: rows, the only floor that says rusqlite. [`page`]: faces, the only floor that says maud.
//! * [`notify`]: those who must hear.
//! * [`flow`]: acts, one file each. [`flow::logout`] is the one door through which every session ends.
//! * [`web`]: wires. [`web::sheet`] is every route of the product.
//! * [`server`] and [`cli`] assemble.
//! * [`demo`] stands outside: two applications that know the house over HTTP only.
//!
//! A log-out walks `web::logout` → `flow::logout::end` → `domain::logout::Plan::of` → `store::ending::carry_out` → commit →
//! `flow::session` (what was remembered is outdated) and `notify::hub` (open pages are poked) → the answer.
//! Meanwhile `notify::backchannel` tells every application that held a piece of it, from the rows of `store::outbox`.
//!
//! To add a way of logging out: a variant of `domain::logout::Cause`, a handler that builds a `Selection`, a line in
//! `web`, a file in `tests/house/ways_out`. Nothing in `store` or `notify` changes.

pub mod cli;
pub mod config;
pub mod crypto;
pub mod demo;
pub mod domain;
pub mod flow;
pub mod notify;
pub mod page;
pub mod server;
pub mod store;
pub mod web;
