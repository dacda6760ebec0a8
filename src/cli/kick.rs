//! `exeunt kick`: through the running server when there is one, else at the database itself.

use serde_json::{Value, json};

use super::args::KickCommand;
use super::failure::Failure;
use super::{open, running, say};
use crate::domain::logout::Cause;
use crate::flow::applications::by_operator;
use crate::flow::{logout, operator, upkeep};

/// Ends the sessions of the named users.
pub fn kick(command: &KickCommand) -> Result<(), Failure> {
    let config = open::settings(&command.read.place)?;
    let receipts: Vec<Value> = match open::house_of(config.clone()) {
        Ok(state) => {
            let (ids, within) = operator::resolve(&state, &command.user, command.app.as_deref())?;
            let why = (Cause::Kicked, by_operator());
            let receipts = state.write_now(move |act, state| logout::kick_anywhere(act, state, ids, within, why))?;
            upkeep::write_out(&state)?;
            receipts.iter().map(|r| json!({ "receipt": r.id, "kicked": r.known, "unknown": r.unknown })).collect()
        }
        Err(failure) if failure.code == 5 => {
            let call = json!({ "users": command.user, "application": command.app });
            running::ask(&config, "kick", &call)?["receipts"].as_array().cloned().unwrap_or_default()
        }
        Err(failure) => return Err(failure),
    };
    if command.read.json {
        say::json(&json!({ "receipts": receipts }));
        return Ok(());
    }
    for receipt in &receipts {
        let number = receipt["kicked"].as_u64().unwrap_or_default();
        let people = if number == 1 { "user" } else { "users" };
        println!("{number} {people} forced to log out, receipt {}", receipt["receipt"].as_str().unwrap_or_default());
    }
    Ok(())
}
