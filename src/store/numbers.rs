//! Numbers for the operator; each reads a whole index.

use rusqlite::Connection;

use super::db::Rows;
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
