//! One-time codes that carry a session to another host of the same browser.

use rusqlite::params;

use super::db::{Act, Maybe, Rows};
use crate::domain::clock::Timestamp;
use crate::domain::secret::SecretHash;
use crate::domain::session::{Seq, SessionId};

/// A code as stored.
#[derive(Debug)]
pub struct HandoffRow {
    /// The session it carries.
    pub session: SessionId,
    /// The host it is for.
    pub host: String,
    /// Place of the log-in behind the secret that gave it.
    pub seq: Seq,
    /// Hash of the value that the asking browser holds there.
    pub state: SecretHash,
    /// Where the person was going on that host: a path.
    pub next: String,
    /// End of its life.
    pub expires_at: Timestamp,
}

/// Adds a code and clears away old ones.
pub fn insert(act: &Act<'_>, hash: &SecretHash, row: &HandoffRow) -> Rows<()> {
    act.conn().prepare_cached("DELETE FROM handoffs WHERE expires_at < ?1")?.execute([act.now])?;
    act.conn()
        .prepare_cached(
            "INSERT INTO handoffs (hash, session_id, host, state_hash, next, expires_at, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![hash, row.session, row.host, row.state, row.next, row.expires_at, row.seq])?;
    Ok(())
}

/// Takes a code out: it works once, whatever comes of it.
pub fn take(act: &Act<'_>, hash: &SecretHash) -> Rows<Option<HandoffRow>> {
    act.conn()
        .prepare_cached(
            "DELETE FROM handoffs WHERE hash = ?1 RETURNING session_id, host, state_hash, next, expires_at, seq",
        )?
        .query_row([hash], |row| {
            Ok(HandoffRow {
                session: row.get(0)?,
                host: row.get(1)?,
                state: row.get(2)?,
                next: row.get(3)?,
                expires_at: row.get(4)?,
                seq: row.get(5)?,
            })
        })
        .maybe()
}
