//! `exeunt setup-link`: the link that makes the first administrator, printed again.

use std::net::SocketAddr;

use super::args::Place;
use super::failure::Failure;
use super::{open, serve};
use crate::flow::{operator, setup};

/// Prints a new link; it works while nobody exists.
pub fn link(place: &Place) -> Result<(), Failure> {
    let state = open::reading(place)?;
    if !setup::is_needed(&state)? {
        return Err(Failure::new(
            "somebody exists already; add administrators with `exeunt user add --admin` or in the console",
        ));
    }
    let configured = state.config.listen.first().map_or(0, SocketAddr::port);
    let port = operator::running(&state.config.data_dir).map_or(configured, |running| running.address.port());
    let until = state.now().plus_ms(i64::from(state.config.setup_link_seconds) * 1_000);
    let token = setup::token(&state.key, until);
    println!("{}/setup?token={token}", serve::people_origin(&state.config, port));
    Ok(())
}
