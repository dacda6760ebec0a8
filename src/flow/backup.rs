//! Backups: the database and the house's own key, made while the server runs, put back while it does not.
//!
//! A restored file remembers sessions that ended after it was copied. They must stay ended (promise 1), so a restore ends
//! every living session, through the door.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Done;
use super::logout;
use super::state::{KEY, State};
use super::upkeep;
use crate::domain::clock::Timestamp;
use crate::domain::id::PoolId;
use crate::domain::logout::{Cause, Selection};
use crate::domain::session::{IdleRule, SessionId};
use crate::flow::applications::by_operator;
use crate::store::backup::{self, copy_private};
pub use crate::store::backup::{Examined, mode};
use crate::store::open::{DATABASE, OpenError};
use crate::store::sessions;

/// Sessions ended in one act.
const BATCH: u32 = 1_000;

/// Where the key of a backup lies: beside it.
pub fn key_of(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

/// Whether `path` is a file of the house itself.
pub fn is_own(dir: &Path, path: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    [DATABASE, KEY].iter().any(|name| real(&dir.join(name)).is_some_and(|own| real(path) == Some(own)))
}

/// Where the time of the last backup is kept, beside the database.
const LAST: &str = "last-backup";

/// Writes a checked copy of the database to `to` and of the key beside it.
pub fn make(dir: &Path, to: &Path, now: Timestamp) -> Result<(), OpenError> {
    backup::copy(dir, to)?;
    copy_private(&dir.join(KEY), &key_of(to))?;
    // For the console. A backup is good, too, where nothing may be written beside the database.
    let _ = std::fs::write(dir.join(LAST), now.to_string());
    Ok(())
}

/// When a backup was last made of the house in `dir`.
pub fn last(dir: &Path) -> Option<Timestamp> {
    std::fs::read_to_string(dir.join(LAST)).ok()?.trim().parse().ok().map(Timestamp)
}

/// Puts a copy back; the file before is kept and its path answered. Call [`end_everybody`] on the opened house next.
pub fn restore(dir: &Path, from: &Path, now: Timestamp) -> Result<Option<PathBuf>, OpenError> {
    let kept = backup::restore(dir, from, now)?;
    let key = key_of(from);
    if key.exists() {
        copy_private(&key, &dir.join(KEY))?;
    }
    Ok(kept)
}

/// Checks the database in `dir`.
pub fn examine(dir: &Path) -> Result<Examined, OpenError> {
    backup::examine(&dir.join(DATABASE))
}

/// The files of a house, which only their owner may read.
pub fn files(dir: &Path) -> [(PathBuf, u32); 3] {
    [(dir.to_owned(), 0o700), (dir.join(DATABASE), 0o600), (dir.join(KEY), 0o600)]
}

/// Ends every living session of the house; answers how many.
pub fn end_everybody(state: &Arc<State>) -> Done<usize> {
    let mut ended = 0;
    loop {
        // Seen from the end of time, every living session is overdue.
        let living = state.store.read(|conn| {
            sessions::overdue(conn, Timestamp(i64::MAX), IdleRule { ms: 0, least_ms: 0, by_pool: false }, BATCH)
        })?;
        if living.is_empty() {
            return Ok(ended);
        }
        ended += living.len();
        let mut pools: Vec<PoolId> = living.iter().map(|(_, pool)| *pool).collect();
        pools.sort_unstable();
        pools.dedup();
        for pool in pools {
            let ids: Vec<SessionId> = living.iter().filter(|(_, p)| *p == pool).map(|(id, _)| *id).collect();
            let why = (Cause::Kicked, by_operator());
            state.write_now(move |act, state| {
                logout::end(act, state, pool, Selection::Sessions(ids), why).map(|_| ())
            })?;
        }
        upkeep::write_out(state)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Flags, SeedFile};
    use crate::domain::clock::SystemClock;
    use crate::flow::seed;
    use crate::store::feed;

    fn open(dir: &Path) -> Arc<State> {
        let flags = Flags { data_dir: Some(dir.to_owned()), ..Flags::default() };
        let config = Config::load(&flags, std::iter::empty(), &|p| std::fs::read_to_string(p)).unwrap().config;
        State::open(config, Arc::new(SystemClock)).unwrap()
    }

    #[test]
    fn a_backup_made_while_the_house_runs_is_put_back_while_it_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let (home, copy) = (dir.path().join("home"), dir.path().join("copy.db"));
        let state = open(&home);
        seed::apply(&state, SeedFile::parse("[pool]\nname = \"Before\"").unwrap()).unwrap();
        make(&home, &copy, Timestamp(5)).unwrap();
        assert_eq!(last(&home), Some(Timestamp(5)));
        assert_eq!((mode(&copy), mode(&key_of(&copy))), (Some(0o600), Some(0o600)));
        seed::apply(&state, SeedFile::parse("[[pools]]\nname = \"After\"").unwrap()).unwrap();
        assert!(matches!(restore(&home, &copy, Timestamp(1_000)), Err(OpenError::InUse(_))));
        drop(state);
        let kept = restore(&home, &copy, Timestamp(1_000)).unwrap().unwrap();
        assert_eq!(mode(&kept), Some(0o600));
        let state = open(&home);
        let names: Vec<String> = state.directory().pools().iter().map(|p| p.name.clone()).collect();
        assert_eq!(names, ["Before"]);
        assert_eq!(end_everybody(&state).unwrap(), 0);
        assert!(examine(&home).unwrap().faults.is_empty());
    }

    #[test]
    fn a_restored_house_gives_no_number_of_the_feed_that_a_reader_may_have_seen() {
        let dir = tempfile::tempdir().unwrap();
        let (home, copy) = (dir.path().join("home"), dir.path().join("copy.db"));
        drop(open(&home));
        let mut before = 0;
        // Of a house that never ended anything, and of one that did.
        for round in 0..2 {
            make(&home, &copy, Timestamp(5)).unwrap();
            restore(&home, &copy, Timestamp(round)).unwrap();
            let last = open(&home).store.read(feed::last).unwrap();
            assert!(last > before + 1_000_000_000, "{last} after {before}");
            before = last;
        }
    }

    #[test]
    fn what_is_no_backup_is_refused_and_nothing_is_touched() {
        let dir = tempfile::tempdir().unwrap();
        let (home, copy) = (dir.path().join("home"), dir.path().join("copy.db"));
        drop(open(&home));
        std::fs::write(&copy, "no database").unwrap();
        assert!(matches!(restore(&home, &copy, Timestamp(0)), Err(OpenError::Foreign(_))));
        make(&home, &copy, Timestamp(5)).unwrap();
        let mut octets = std::fs::read(&copy).unwrap();
        // The number of the schema (SQLite file format 1.3.12), one from before the first release and one to come.
        octets[60..64].copy_from_slice(&1u32.to_be_bytes());
        std::fs::write(&copy, &octets).unwrap();
        assert!(matches!(restore(&home, &copy, Timestamp(0)), Err(OpenError::TooOld { found: 1, .. })));
        octets[60..64].copy_from_slice(&99u32.to_be_bytes());
        std::fs::write(&copy, &octets).unwrap();
        assert!(matches!(restore(&home, &copy, Timestamp(0)), Err(OpenError::Newer { found: 99, .. })));
        octets.truncate(octets.len() / 2);
        std::fs::write(&copy, octets).unwrap();
        assert!(restore(&home, &copy, Timestamp(0)).is_err());
        assert_eq!(open(&home).directory().pools().len(), 0);
        assert!(is_own(&home, &home.join(DATABASE)) && !is_own(&home, &copy));
    }
}
