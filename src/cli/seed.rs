//! `exeunt seed FILE`: fill in or update without serving.

use super::args::SeedCommand;
use super::failure::Failure;
use super::open;
use crate::flow::seed::{self, Seeded};
use crate::flow::upkeep;

/// Applies a seed file.
pub fn seed(command: &SeedCommand) -> Result<(), Failure> {
    let seed = open::seed_file(&command.file)?;
    let state = open::house(&command.place)?;
    let seeded = seed::apply(&state, seed)?;
    upkeep::write_out(&state)?;
    println!("{}", told(&seeded));
    for (what, secret) in &seeded.secrets {
        println!("secret of {what}, shown once: {}", secret.reveal());
    }
    Ok(())
}

/// What a seed did, in a sentence.
pub fn told(seeded: &Seeded) -> String {
    match (seeded.created, seeded.changed) {
        (0, 0) => "the seed changes nothing".to_owned(),
        (created, changed) => format!("seed: {created} created, {changed} changed"),
    }
}
