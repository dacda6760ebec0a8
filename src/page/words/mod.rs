//! Every sentence of every page, in Chinese and in English, side by side.
//!
//! One row holds one thought in both languages; a row with a language missing does not compile. Punctuation is part of the
//! sentence: a template never glues two halves with a comma of its own.
//!
//! The words follow the vocabulary of the house: log in, log out, force log out; 登录, 退出登录, 强制下线.

#[macro_use]
mod table;
mod application;
mod authorize;
mod cause;
mod common;
mod console;
mod directory;
mod docs;
mod event;
mod gate;
mod import;
mod kick;
mod lang;
mod ledger;
mod log;
mod password_link;
mod person;
mod protocol;
mod refusal;
mod register;
mod settings;
mod setup;

pub use application::Applications;
pub use authorize::Authorize;
pub use cause::Cause;
pub use common::Common;
pub use console::Console;
pub use directory::Directory;
pub use docs::Docs;
pub use event::{By, Deed, Events, Whom};
pub use gate::Gate;
pub use import::Import;
pub use kick::{Channel, Kick, Scope, Trouble};
pub use lang::{Lang, Words};
pub use ledger::Ledger;
pub use log::{Log, field};
pub use password_link::PasswordLink;
pub use person::PersonalCenter;
pub use protocol::Protocol;
pub use refusal::{FieldProblem, Refusals, Rule};
pub use register::Register;
pub use settings::Settings;
pub use setup::Setup;
