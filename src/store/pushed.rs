//! Authorization requests that were pushed (RFC 9126).

use rusqlite::params;

use super::db::{Act, Maybe, Rows};
use crate::domain::clock::Timestamp;
use crate::domain::id::ApplicationId;
use crate::domain::secret::SecretHash;

/// Keeps a request for a while.
pub fn insert(
    act: &Act<'_>,
    hash: &SecretHash,
    application: ApplicationId,
    query: &str,
    expires_at: Timestamp,
) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "INSERT INTO pushed_requests (hash, application_id, query, expires_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![hash, application, query, expires_at])?;
    Ok(())
}

/// Takes a request of this application out: it works once. An expired one is nothing.
pub fn take(act: &Act<'_>, hash: &SecretHash, application: ApplicationId) -> Rows<Option<String>> {
    let text = "DELETE FROM pushed_requests WHERE hash = ?1 AND application_id = ?2 RETURNING query, expires_at";
    let found: Option<(String, Timestamp)> = act
        .conn()
        .prepare_cached(text)?
        .query_row(params![hash, application], |row| Ok((row.get(0)?, row.get(1)?)))
        .maybe()?;
    Ok(found.filter(|(_, expires_at)| act.now < *expires_at).map(|(query, _)| query))
}

/// Removes what nobody came for in time, a few at a time.
pub fn forget(act: &Act<'_>, limit: u32) -> Rows<usize> {
    let text =
        "DELETE FROM pushed_requests WHERE hash IN (SELECT hash FROM pushed_requests WHERE expires_at < ?1 LIMIT ?2)";
    Ok(act.conn().prepare_cached(text)?.execute(params![act.now, limit])?)
}
