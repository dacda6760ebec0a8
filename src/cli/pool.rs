//! `exeunt pool`: user pools.

use serde_json::{Value, json};

use super::args::PoolCommand;
use super::failure::Failure;
use super::{open, say};
use crate::flow::{operator, setup};

/// Carries it out.
pub fn pool(command: &PoolCommand) -> Result<(), Failure> {
    match command {
        PoolCommand::Show(read) => {
            let state = open::reading(&read.place)?;
            let directory = state.directory();
            if read.json {
                let value = directory.pools().iter().map(|pool| json!({ "id": pool.id.as_str(), "name": pool.name }));
                say::json(&value.collect::<Value>());
                return Ok(());
            }
            let rows: Vec<[String; 3]> = directory
                .pools()
                .iter()
                .map(|pool| {
                    let applications = directory.of_pool(pool.id).count().to_string();
                    [pool.id.to_string(), pool.name.clone(), applications]
                })
                .collect();
            say::table(["id", "name", "applications"], &rows);
            Ok(())
        }
        PoolCommand::RotateSecret(at) => {
            let state = open::house(&at.place)?;
            let pool = operator::pool(&state, at.pool.as_deref())?;
            let secret = setup::rotate_pool_secret(&state, pool.id)?;
            println!("secret of {}, shown once: {}", pool.id, secret.reveal());
            Ok(())
        }
    }
}
