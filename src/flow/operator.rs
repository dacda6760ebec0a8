//! The operator: whoever runs the binary and owns the data directory.
//!
//! A running server holds the database alone, so the command line asks it over loopback, with a credential that lies in
//! the data directory with mode 0600 and is made anew at each start.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use std::sync::Arc;

use super::directory::Pool;
use super::error::{Done, FieldRefused, FlowError};
use super::login::column;
use super::state::State;
use crate::domain::application::Application;
use crate::domain::clock::Timestamp;
use crate::domain::contact::LoginName;
use crate::domain::id::{ApplicationId, PoolId, UserId};
use crate::domain::user::User;
use crate::store::db::StoreError;
use crate::store::users;

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

/// An application by its id or identifier.
pub fn application(state: &State, named: &str) -> Done<Arc<Application>> {
    let directory = state.directory();
    let by_id = ApplicationId::parse(named).ok().and_then(|id| directory.application(id));
    by_id.or_else(|| directory.by_identifier(named)).cloned().ok_or(FlowError::Absent("application"))
}

/// A pool by its id or name; the default one when none is named.
pub fn pool(state: &State, named: Option<&str>) -> Done<Pool> {
    let directory = state.directory();
    let found = match named {
        None => directory.default_pool(),
        Some(named) => directory.pools().iter().find(|pool| pool.id.as_str() == named || pool.name == named),
    };
    found.cloned().ok_or(FlowError::Absent("user pool"))
}

/// A user of one of `pools` by id or log-in name. Of a name that several pools know, nobody is meant.
pub fn user(state: &State, pools: &[PoolId], named: &str) -> Result<User, &'static str> {
    let mut found: Vec<User> = Vec::new();
    let read = state.store.read(|conn| {
        if let Ok(id) = UserId::parse(named)
            && let Some(user) = users::find(conn, id)?.filter(|user| pools.contains(&user.pool))
        {
            found.push(user);
            return Ok::<_, StoreError>(());
        }
        let name = LoginName::parse(named);
        for pool in pools {
            found.extend(users::by_login(conn, *pool, column(&name), name.key())?.map(|c| c.user));
        }
        Ok(())
    });
    match (read, found.len()) {
        (Err(_), _) => Err("unreadable"),
        (Ok(()), 0) => Err("unknown"),
        (Ok(()), 1) => found.pop().ok_or("unknown"),
        (Ok(()), _) => Err("in_several_pools"),
    }
}

/// The one user of a pool whom the operator names, and that pool.
pub fn named(state: &State, in_pool: Option<&str>, named: &str) -> Done<(PoolId, UserId)> {
    let pool = pool(state, in_pool)?.id;
    let found = user(state, &[pool], named).map_err(|_| FlowError::Absent("user"))?;
    Ok((pool, found.id))
}

/// The users and the application of an operator's kick, by ids or names. Whoever is not known is told by number.
pub fn resolve(state: &State, named: &[String], within: Option<&str>) -> Done<(Vec<UserId>, Option<ApplicationId>)> {
    let within = within.map(|named| application(state, named)).transpose()?;
    let pools: Vec<PoolId> = match &within {
        Some(application) => vec![application.pool],
        None => state.directory().pools().iter().map(|pool| pool.id).collect(),
    };
    let (mut ids, mut refused) = (Vec::new(), Vec::new());
    for (number, named) in named.iter().enumerate() {
        match user(state, &pools, named) {
            Ok(user) => ids.push(user.id),
            Err(code) => refused.push(FieldRefused { field: "user", code, line: Some(number) }),
        }
    }
    if refused.is_empty() { Ok((ids, within.map(|a| a.id))) } else { Err(FlowError::Invalid(refused)) }
}
