//! Faces: the only floor that says maud. A view value goes in, [`maud::Markup`] comes out; no query, no request, no clock.
//!
//! Every page takes a [`Frame`] (who reads, in which language and zone, and when) and a small view of its own. The look is a
//! gatehouse ledger: one wall, one door, ruled paper, red only where something ends. Every page works without a script, wears
//! no inline style, and logs people out by a form.

pub mod asset;
pub mod authorize;
mod bars;
pub mod console;
pub mod count;
pub mod docs;
pub mod error;
pub mod frame;
pub mod gallery;
pub mod login;
pub mod logout;
pub mod parts;
pub mod password_link;
pub mod personal_center;
pub mod register;
pub mod session;
pub mod setup;
mod shell;
pub mod time;
pub mod words;

pub use count::Count;
pub use frame::{Brand, Frame, Person, Theme};
pub use maud::Markup;
pub use parts::{Device, DeviceKind, Stamp};
pub use session::{LedgerRow, SessionRow};
pub use time::Zone;
pub use words::{Cause, Lang};
