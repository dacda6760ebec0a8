//! The operator: whoever runs the binary and owns the data directory.
//!
//! A running server holds the database alone, so the command line asks it over loopback, with a credential that lies in
//! the data directory with mode 0600 and is made anew at each start.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::state::State;
use crate::domain::clock::Timestamp;

const FILE: &str = "exeunt.run";

/// Where a running server is asked, and by what.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Running {
    /// Address it listens on.
    pub address: SocketAddr,
    /// Bearer value.
    pub token: String,
    /// Start, part of the credential.
    pub since: i64,
}

fn path(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

fn token(state: &State, since: Timestamp) -> String {
    state.key.mark("operator", &[&since.to_string()])
}

/// Writes down where this server is asked.
pub fn announce(state: &State, address: SocketAddr, since: Timestamp) -> std::io::Result<()> {
    let path = path(&state.config.data_dir);
    let running = Running { address, token: token(state, since), since: since.0 };
    let fresh = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(serde_json::to_string(&running)?.as_bytes())?;
    std::fs::rename(fresh, path)
}

/// Takes the note away at the end.
pub fn retract(state: &State) {
    let _ = std::fs::remove_file(path(&state.config.data_dir));
}

/// Reads where a running server is asked.
pub fn running(dir: &Path) -> std::io::Result<Running> {
    Ok(serde_json::from_str(&std::fs::read_to_string(path(dir))?)?)
}

/// Whether a presented value is the one in the data directory of this house.
pub fn recognises(state: &State, presented: &str) -> bool {
    running(&state.config.data_dir)
        .is_ok_and(|note| state.key.recognises("operator", &[&note.since.to_string()], presented))
}
