//! Copies of the database file: made, checked, put back; and looking into a file that a running server holds.
//!
//! Copying the file of a running database loses what stands in its write-ahead log; `VACUUM INTO` does not. A copy is
//! checked page by page before it gets its name, so a file with the name of a backup is one.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags};

use super::db::Store;
use super::open::{DATABASE, OpenError, hold, judge};
use crate::domain::clock::{Clock, Timestamp};

/// By how much the one order of the house is moved on in a restored file: more than was ever given since the copy.
const LEAP: i64 = 1 << 40;

fn io(path: &Path) -> impl Fn(std::io::Error) -> OpenError + '_ {
    |source| OpenError::Io { path: path.to_owned(), source }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn read_only(path: &Path) -> Result<Connection, OpenError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    Ok(conn)
}

/// A store that reads the file of a running server; every write fails.
pub fn look(dir: &Path, clock: Arc<dyn Clock>) -> Result<Store, OpenError> {
    let path = dir.join(DATABASE);
    judge(&path)?;
    let manager = SqliteConnectionManager::file(&path).with_flags(OpenFlags::SQLITE_OPEN_READ_ONLY);
    let pool = r2d2::Pool::builder().max_size(2).min_idle(Some(1)).build(manager)?;
    Store::start(read_only(&path)?, pool, clock).map_err(io(&path))
}

fn private_new(path: &Path) -> Result<File, OpenError> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io(path))
}

/// Writes a checked copy of the database in `dir` to `to`, mode 0600; also while a server runs. What stood at `to` is
/// replaced at once, and only by a good copy.
pub fn copy(dir: &Path, to: &Path) -> Result<(), OpenError> {
    let path = dir.join(DATABASE);
    judge(&path)?;
    let part = beside(to, ".part");
    let _ = std::fs::remove_file(&part);
    private_new(&part)?;
    let made = read_only(&path)?
        .execute("VACUUM INTO ?1", [part.to_string_lossy()])
        .map_err(OpenError::from)
        .and_then(|_| whole(&part))
        .and_then(|()| settle(&part, to));
    if made.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    made
}

/// Refuses a file that is not ours, or is damaged anywhere.
fn whole(path: &Path) -> Result<(), OpenError> {
    judge(path)?;
    let found = examine(path)?;
    match found.faults.first() {
        None => Ok(()),
        Some(detail) => Err(OpenError::Damaged { path: path.to_owned(), detail: detail.clone() }),
    }
}

/// Gives a finished file its name, so that it is either there whole or not at all.
fn settle(part: &Path, to: &Path) -> Result<(), OpenError> {
    File::open(part).and_then(|file| file.sync_all()).map_err(io(part))?;
    std::fs::rename(part, to).map_err(io(to))?;
    let dir = to.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(io(dir))
}

/// Copies a small private file beside the database, such as the key, mode 0600.
pub fn copy_private(from: &Path, to: &Path) -> Result<(), OpenError> {
    let octets = std::fs::read(from).map_err(io(from))?;
    let part = beside(to, ".part");
    let _ = std::fs::remove_file(&part);
    std::io::Write::write_all(&mut private_new(&part)?, &octets).map_err(io(&part))?;
    settle(&part, to)
}

/// Puts the copy `from` in the place of the database in `dir`, and answers where the one before is kept. Refused while a
/// server runs, and when the copy is damaged, foreign or newer; then nothing was touched.
///
/// What was handed out or revoked after the copy was made must not come back to life: numbers of the one order leap ahead,
/// and management tokens die. Sessions are ended by the caller, through the door.
pub fn restore(dir: &Path, from: &Path, now: Timestamp) -> Result<Option<PathBuf>, OpenError> {
    whole(from)?;
    let _lock = hold(dir)?;
    let (path, part) = (dir.join(DATABASE), dir.join("exeunt.db.part"));
    let _ = std::fs::remove_file(&part);
    private_new(&part)?;
    read_only(from)?.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    whole(&part)?;
    let conn = Connection::open(&part)?;
    conn.execute("UPDATE house SET seq = seq + ?1", [LEAP])?;
    // A reader of the feed may stand behind the end of this copy; what comes now must come after that.
    conn.execute("UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'notices'", [LEAP])?;
    conn.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'notices', ?1
         WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'notices')",
        [LEAP],
    )?;
    conn.execute("UPDATE pools SET secret_seq = (SELECT seq FROM house)", [])?;
    conn.execute("UPDATE access_keys SET seq = (SELECT seq FROM house)", [])?;
    conn.close().map_err(|(_, error)| error)?;
    let kept = if path.exists() { Some(set_aside(&path, now)?) } else { None };
    settle(&part, &path)?;
    Ok(kept)
}

/// Moves the present file away, with its log folded in, or beside it when it cannot be read.
fn set_aside(path: &Path, now: Timestamp) -> Result<PathBuf, OpenError> {
    if let Ok(conn) = Connection::open(path) {
        let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        let _ = conn.close();
    }
    let kept = beside(path, &format!(".before-restore-{}", now.seconds()));
    // The log first: a log that stays behind would be played into the restored file.
    let log = beside(path, "-wal");
    if log.exists() {
        std::fs::rename(&log, beside(&kept, "-wal")).map_err(io(&log))?;
    }
    let _ = std::fs::remove_file(beside(path, "-shm"));
    std::fs::rename(path, &kept).map_err(io(path))?;
    Ok(kept)
}

/// What a look at a file found.
#[derive(Debug, Default)]
pub struct Examined {
    /// Version of its schema.
    pub schema: i64,
    /// What is wrong; nothing, when all is well.
    pub faults: Vec<String>,
    /// Rows by what they are.
    pub counts: Vec<(&'static str, i64)>,
}

const COUNTS: [(&str, &str); 7] = [
    ("pools", "SELECT count(*) FROM pools"),
    ("applications", "SELECT count(*) FROM applications WHERE deleted_at IS NULL"),
    ("users", "SELECT count(*) FROM users WHERE status <> 'deleted'"),
    ("living sessions", "SELECT count(*) FROM sessions WHERE ended_at IS NULL"),
    ("receipts", "SELECT count(*) FROM endings"),
    ("endings being written out", "SELECT count(*) FROM endings WHERE open = 1"),
    ("audit events", "SELECT count(*) FROM audit"),
];

/// Checks every page and every reference, and counts.
pub fn examine(path: &Path) -> Result<Examined, OpenError> {
    let conn = read_only(path)?;
    let mut found =
        Examined { schema: conn.query_row("PRAGMA user_version", [], |row| row.get(0))?, ..Examined::default() };
    let mut sql = conn.prepare("PRAGMA integrity_check(20)")?;
    let verdicts: Vec<String> = sql.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    found.faults.extend(verdicts.into_iter().filter(|verdict| verdict != "ok"));
    let mut sql = conn.prepare("PRAGMA foreign_key_check")?;
    let tables: Vec<String> = sql.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    found.faults.extend(tables.into_iter().take(20).map(|table| format!("a row of {table} refers to nothing")));
    for (what, text) in COUNTS {
        found.counts.push((what, conn.query_row(text, [], |row| row.get(0))?));
    }
    Ok(found)
}

/// The permission bits of a file, when it exists.
pub fn mode(path: &Path) -> Option<u32> {
    std::fs::metadata(path).ok().map(|meta| meta.permissions().mode() & 0o777)
}
