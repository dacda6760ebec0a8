//! `exeunt keys`: the keys that sign tokens. Access keys of programs are `exeunt key`.

use serde_json::{Value, json};

use super::args::KeysCommand;
use super::failure::Failure;
use super::{open, running, say};
use crate::domain::clock::Timestamp;
use crate::flow::applications;
use crate::flow::keys::{self, KeyListed};

/// Carries it out.
pub fn keys(command: &KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::List(read) => {
            let listed = keys::list(&*open::reading(&read.place)?)?;
            if read.json {
                say::json(&as_json(&listed));
                return Ok(());
            }
            show(&listed);
            Ok(())
        }
        KeysCommand::Rotate { now, place } => {
            let config = open::settings(place)?;
            match open::house_of(config.clone()) {
                Ok(state) => keys::rotate(&state, *now, applications::by_operator())?,
                Err(failure) if failure.code == 5 => {
                    running::ask(&config, "keys/rotate", &json!({ "now": now }))?;
                }
                Err(failure) => return Err(failure),
            }
            show(&keys::list(&*open::reading(place)?)?);
            Ok(())
        }
    }
}

fn as_json(listed: &[KeyListed]) -> Value {
    let one = |key: &KeyListed| {
        json!({
            "kid": key.kid,
            "alg": key.alg.as_str(),
            "state": key.standing.as_str(),
            "createdAt": key.created_at.iso(),
            "signsFrom": key.signs_from.iso(),
            "retiredAt": key.retired_at.map(Timestamp::iso),
        })
    };
    listed.iter().map(one).collect()
}

fn show(listed: &[KeyListed]) {
    let row = |key: &KeyListed| {
        [
            key.kid.clone(),
            key.alg.as_str().to_owned(),
            key.standing.as_str().to_owned(),
            key.signs_from.iso(),
            key.retired_at.map(Timestamp::iso).unwrap_or_default(),
        ]
    };
    let rows: Vec<[String; 5]> = listed.iter().map(row).collect();
    say::table(["id", "signature", "state", "signs from", "retired"], &rows);
}
