//! Numbers: for the operator, each of which reads a whole index, and for the console, none of which does.

use rusqlite::{Connection, params};

use super::db::Rows;
use crate::domain::clock::Timestamp;
use crate::domain::id::{PoolId, UserId};
use crate::domain::logout::Cause;
use crate::domain::session::Seq;

/// The last number that was given in the one order of the house.
pub fn last_seq(conn: &Connection) -> Rows<Seq> {
    Ok(conn.prepare_cached("SELECT seq FROM house WHERE id = 1")?.query_row([], |row| row.get(0))?)
}

/// Living session rows.
pub fn living_sessions(conn: &Connection) -> Rows<i64> {
    let text = "SELECT count(*) FROM sessions WHERE ended_at IS NULL";
    Ok(conn.prepare_cached(text)?.query_row([], |row| row.get(0))?)
}

/// Endings on record, by cause.
pub fn endings_by_cause(conn: &Connection) -> Rows<Vec<(Cause, i64)>> {
    let mut sql = conn.prepare_cached("SELECT cause, count(*) FROM endings GROUP BY cause ORDER BY cause")?;
    Ok(sql.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// An event, as far as it is counted.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Its place in the log.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub act: String,
    /// Concerning what.
    pub target: String,
}

/// The last event of the house.
pub fn last_event(conn: &Connection) -> Rows<i64> {
    Ok(conn.prepare_cached("SELECT coalesce(max(id), 0) FROM audit")?.query_row([], |row| row.get(0))?)
}

/// Events of a pool after a place in the log, oldest first, at most `limit`.
pub fn events_after(conn: &Connection, pool: PoolId, after: i64, limit: u32) -> Rows<Vec<EventRow>> {
    let text = "SELECT id, at, act, target FROM audit WHERE pool_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
    let mut sql = conn.prepare_cached(text)?;
    let row = |row: &rusqlite::Row<'_>| {
        Ok(EventRow { id: row.get(0)?, at: row.get(1)?, act: row.get(2)?, target: row.get(3)? })
    };
    Ok(sql.query_map(params![pool, after, limit], row)?.collect::<rusqlite::Result<_>>()?)
}

/// Whether a pool has a user beside this one.
pub fn has_others(conn: &Connection, pool: PoolId, user: UserId) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM users WHERE pool_id = ?1 AND id <> ?2 AND status <> 'deleted')";
    Ok(conn.prepare_cached(text)?.query_row(params![pool, user], |row| row.get(0))?)
}

/// Users among whom is looked for something that every house of some days has.
const AMONG: u32 = 500;

/// Whether one of the first users of a pool beside this one has ever logged in.
pub fn somebody_logged_in(conn: &Connection, pool: PoolId, user: UserId) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM (SELECT id, logins FROM users WHERE pool_id = ?1
                  ORDER BY created_at, id LIMIT ?3) WHERE id <> ?2 AND logins > 0)";
    Ok(conn.prepare_cached(text)?.query_row(params![pool, user, AMONG], |row| row.get(0))?)
}

/// Whether one of the first users of a pool who may log in has the password of this very hash.
pub fn has_password(conn: &Connection, pool: PoolId, hash: &str) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM (SELECT password_hash, status FROM users WHERE pool_id = ?1
                  ORDER BY created_at, id LIMIT ?3) WHERE password_hash = ?2 AND status = 'activated')";
    Ok(conn.prepare_cached(text)?.query_row(params![pool, hash, AMONG], |row| row.get(0))?)
}
