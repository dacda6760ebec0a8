//! `exeunt key`: access keys of the management API.

use serde_json::{Value, json};

use super::args::KeyCommand;
use super::failure::Failure;
use super::{open, say};
use crate::domain::id::AccessKeyId;
use crate::domain::user::Role;
use crate::flow::applications::{self, by_operator};
use crate::flow::operator;

/// Carries it out.
pub fn key(command: &KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::Add { name, user, at } => {
            let state = open::house(&at.place)?;
            let pool = operator::pool(&state, at.pool.as_deref())?.id;
            let owner = match user {
                None => None,
                Some(named) => match operator::user(&state, &[pool], named) {
                    Ok(user) if user.role == Role::Admin => Some(user.id),
                    Ok(_) => return Err(Failure::new(format!("{named} is no administrator"))),
                    Err(_) => return Err(Failure::new(format!("there is no user {named}"))),
                },
            };
            let name = name.clone();
            let (id, secret) = state.write_now(move |act, state| {
                applications::create_key(act, state, pool, owner, &name, &by_operator())
            })?;
            println!("{id}\nsecret, shown once: {}", secret.reveal());
            Ok(())
        }
        KeyCommand::List { json, at } => {
            let state = open::reading(&at.place)?;
            let pool = operator::pool(&state, at.pool.as_deref())?.id;
            let keys = applications::keys(&state, pool)?;
            if *json {
                let value = keys.iter().map(|key| {
                    json!({ "id": key.id.as_str(), "name": key.name, "createdAt": key.created_at.iso(), "madeBy": key.made_by })
                });
                say::json(&value.collect::<Value>());
                return Ok(());
            }
            let rows: Vec<[String; 4]> = keys
                .into_iter()
                .map(|key| [key.id.to_string(), key.created_at.iso(), key.made_by.unwrap_or_default(), key.name])
                .collect();
            say::table(["id", "made", "by", "for"], &rows);
            Ok(())
        }
        KeyCommand::Revoke { id, at } => {
            let id = say::id("key", AccessKeyId::parse(id))?;
            let state = open::house(&at.place)?;
            let pool = operator::pool(&state, at.pool.as_deref())?.id;
            Ok(state.write_now(move |act, _| applications::revoke_key(act, pool, id, &by_operator()))?)
        }
    }
}
