//! `exeunt config`: the settings as a start would find them.

use serde_json::{Value, json};

use super::args::ConfigCommand;
use super::failure::Failure;
use super::{open, say};

/// Carries it out.
pub fn config(command: &ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Show(read) => {
            let loaded = open::load(&read.flags.flags())?;
            if read.json {
                let value = loaded.origins.iter().map(|setting| {
                    json!({ "key": setting.key, "value": setting.value, "origin": setting.origin.to_string() })
                });
                say::json(&value.collect::<Value>());
                return Ok(());
            }
            let rows: Vec<[String; 3]> = loaded
                .origins
                .into_iter()
                .map(|setting| [setting.key.to_owned(), setting.value, setting.origin.to_string()])
                .collect();
            say::table(["setting", "value", "from"], &rows);
            Ok(())
        }
        ConfigCommand::Check(flags) => {
            let loaded = open::load(&flags.flags())?;
            if let Some(path) = &loaded.config.seed {
                open::seed_file(path)?;
            }
            for warning in &loaded.warnings {
                eprintln!("warning: {warning}");
            }
            println!("the settings are right");
            Ok(())
        }
    }
}
