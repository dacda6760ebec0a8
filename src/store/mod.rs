//! Rows. The only floor that says rusqlite: SQL as text, functions on a connection or a transaction.
//!
//! Reads go through a pool, inline on the thread that asks; every write is an [`db::Act`] on the one writer thread, which
//! groups what waits into one commit with `synchronous=FULL` (decisions.md section 10).

pub mod access_keys;
pub mod applications;
pub mod audit;
pub mod backup;
pub mod columns;
pub mod db;
pub mod disk;
pub mod ending;
pub mod endings;
pub mod facts;
pub mod feed;
pub mod grants;
pub mod handoffs;
pub mod migrate;
pub mod numbers;
pub mod online;
pub mod open;
pub mod outbox;
pub mod password_keys;
pub mod password_links;
pub mod pools;
pub mod pushed;
pub mod sessions;
pub mod signing_keys;
pub mod users;
