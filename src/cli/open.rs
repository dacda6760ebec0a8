//! Settings and house of a command.

use std::path::Path;
use std::sync::Arc;

use super::args::Place;
use super::failure::Failure;
use crate::config::{Config, Flags, Loaded, Seed, SeedFile};
use crate::domain::clock::SystemClock;
use crate::flow::state::State;
use crate::store::open::OpenError;

/// The settings by these flags, the environment and the file.
pub fn load(flags: &Flags) -> Result<Loaded, Failure> {
    // Variables that are no text are nobody's of ours.
    let env =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(Config::load(flags, env, &|path| std::fs::read_to_string(path))?)
}

/// The settings of a command that serves nobody.
pub fn settings(place: &Place) -> Result<Config, Failure> {
    Ok(load(&place.flags())?.config)
}

/// Opens the house for a command that changes something. A running server holds it alone.
pub fn house(place: &Place) -> Result<Arc<State>, Failure> {
    house_of(settings(place)?)
}

/// The same with settings at hand.
pub fn house_of(mut config: Config) -> Result<Arc<State>, Failure> {
    config.hash_threads = 1;
    let held = |mut failure: Failure| {
        if failure.code == 5 {
            failure.says.push_str(", or use its console");
        }
        failure
    };
    State::open(config, Arc::new(SystemClock)).map_err(Failure::from).map_err(held)
}

/// Opens the house to read only, also while a server runs.
pub fn reading(place: &Place) -> Result<Arc<State>, Failure> {
    let mut config = settings(place)?;
    config.hash_threads = 1;
    match State::open(config.clone(), Arc::new(SystemClock)) {
        Err(OpenError::InUse(_)) => Ok(State::look(config, Arc::new(SystemClock))?),
        other => Ok(other?),
    }
}

/// Reads a seed file.
pub fn seed_file(path: &Path) -> Result<Seed, Failure> {
    let refused = |why: String| Failure::config(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    SeedFile::parse(&text).map_err(|error| refused(error.to_string()))
}
