//! Opening the database file: what is refused, and how every connection is set (decisions.md section 10).
//!
//! A newer, foreign, damaged or shared file is refused untouched, in words that say what to do. One process at a time:
//! the cache of session checks is right only because nobody else writes.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::db::Store;
use super::migrate;
use crate::domain::clock::Clock;

/// Marks the file as ours: "exnt" in the SQLite header.
pub const APPLICATION_ID: i32 = 0x6578_6e74;
/// Name of the database inside the data directory.
pub const DATABASE: &str = "exeunt.db";
const LOCK: &str = "exeunt.lock";
/// A file up to this size is checked page by page at the start; that takes milliseconds. `exeunt doctor` checks any.
const CHECKED_AT_START: u64 = 32 << 20;

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process serves it.
    #[error("another exeunt is using {} (its lock file is held); stop it first", .0.display())]
    InUse(PathBuf),
    /// Made by a later version.
    #[error("{} was written by a newer exeunt (schema {found}, this one knows {known}); it was not touched. Use the newer binary", .path.display())]
    Newer {
        /// File.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Made by a version before the first release.
    #[error("{} was written by an exeunt from before its first release (schema {found}), which cannot be carried over; it was not touched. Choose another --data-dir", .path.display())]
    TooOld {
        /// File.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// Some other program's database, or no database.
    #[error("{} is not an exeunt database; it was not touched. Choose another --data-dir", .0.display())]
    Foreign(PathBuf),
    /// Damaged pages.
    #[error("{} is damaged and was not touched: {detail}. Restore a backup with `exeunt restore`", .path.display())]
    Damaged {
        /// File.
        path: PathBuf,
        /// SQLite's words.
        detail: String,
    },
    /// Write-ahead logging needs shared memory, which network file systems lack.
    #[error("{} lies on a network file system ({kind}), where SQLite loses data; choose a local disk", .path.display())]
    Network {
        /// Directory.
        path: PathBuf,
        /// Which.
        kind: &'static str,
    },
    /// The operating system's word.
    #[error("cannot use {}: {source}", .path.display())]
    Io {
        /// File or directory.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// SQLite's word.
    #[error("cannot open the database: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The pool's word.
    #[error("cannot open the readers: {0}")]
    Pool(#[from] r2d2::Error),
}

/// A data directory that this process holds.
pub struct Held {
    /// The store.
    pub store: Arc<Store>,
    /// Whether the file was made just now.
    pub is_new: bool,
    /// Dropped last: the lock.
    pub lock: File,
}

/// Takes the lock of `dir`, opens or makes the database in it, and starts the store.
pub fn open(dir: &Path, readers: u32, clock: Arc<dyn Clock>) -> Result<Held, OpenError> {
    let lock = hold(dir)?;
    let path = dir.join(DATABASE);
    let is_new = !path.exists() || std::fs::metadata(&path).is_ok_and(|m| m.len() == 0);
    if is_new {
        private_file(&path)?;
    } else {
        judge(&path)?;
        set_mode(&path, 0o600)?;
    }
    let mut writer = Connection::open(&path)?;
    set(&mut writer)?;
    migrate::bring_up(&mut writer, dir, clock.now())?;
    let manager = SqliteConnectionManager::file(&path).with_init(set);
    let pool = r2d2::Pool::builder()
        .max_size(readers)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_millis(1_500))
        .build(manager)?;
    let store = Store::start(writer, pool, clock).map_err(|source| OpenError::Io { path, source })?;
    Ok(Held { store: Arc::new(store), is_new, lock })
}

/// Takes the lock of `dir` without opening what lies there.
pub fn hold(dir: &Path) -> Result<File, OpenError> {
    make_private_dir(dir)?;
    refuse_network(dir)?;
    take_lock(dir)
}

/// Settings of every connection. QPSG: without it the bundled SQLite prepares the hot query anew on each call once
/// `ANALYZE` has run (three times the cost, measured).
fn set(conn: &mut Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(Duration::from_millis(1_500))?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -4096;
         PRAGMA temp_store = MEMORY;",
    )
}

/// Looks without touching: ours, not newer, not damaged.
pub(super) fn judge(path: &Path) -> Result<(), OpenError> {
    let foreign = || OpenError::Foreign(path.to_owned());
    let mut head = [0u8; 16];
    let mut file = File::open(path).map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
    if file.read_exact(&mut head).is_err() || &head != b"SQLite format 3\0" {
        return Err(foreign());
    }
    let damaged = |e: rusqlite::Error| OpenError::Damaged { path: path.to_owned(), detail: e.to_string() };
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let number = |pragma: &str| conn.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0));
    if number("application_id").map_err(damaged)? != i64::from(APPLICATION_ID) {
        return Err(foreign());
    }
    let found = number("user_version").map_err(damaged)?;
    if found > migrate::VERSION {
        return Err(OpenError::Newer { path: path.to_owned(), found, known: migrate::VERSION });
    }
    if found < migrate::OLDEST {
        return Err(OpenError::TooOld { path: path.to_owned(), found });
    }
    conn.query_row("SELECT seq FROM house WHERE id = 1", [], |row| row.get::<_, i64>(0)).map_err(damaged)?;
    if file.metadata().is_ok_and(|m| m.len() <= CHECKED_AT_START) {
        let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(damaged)?;
        if verdict != "ok" {
            return Err(OpenError::Damaged { path: path.to_owned(), detail: verdict });
        }
    }
    Ok(())
}

fn make_private_dir(dir: &Path) -> Result<(), OpenError> {
    let io = |source| OpenError::Io { path: dir.to_owned(), source };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(io)?;
    set_mode(dir, 0o700)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), OpenError> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .map_err(|source| OpenError::Io { path: path.to_owned(), source })
}

fn private_file(path: &Path) -> Result<File, OpenError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|source| OpenError::Io { path: path.to_owned(), source })
}

fn take_lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    let lock = private_file(&path)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(OpenError::Io { path, source }),
    }
}

/// Kinds of file system by their magic numbers (Linux `statfs`).
fn refuse_network(dir: &Path) -> Result<(), OpenError> {
    let stat = rustix::fs::statfs(dir)
        .map_err(|errno| OpenError::Io { path: dir.to_owned(), source: std::io::Error::from(errno) })?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // magic numbers are 32 bits wide
    let kind = match stat.f_type as u32 {
        0x6969 => "NFS",
        0x517B | 0xFE53_4D42 | 0xFF53_4D42 => "SMB",
        0x0102_1997 => "9P",
        0x5346_414F => "AFS",
        _ => return Ok(()),
    };
    Err(OpenError::Network { path: dir.to_owned(), kind })
}
