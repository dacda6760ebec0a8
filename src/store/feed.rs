//! The revocation feed: notices in the order of their numbers, each application its own.
//!
//! Numbers are given by the one writer inside the transaction, so whoever has read up to a number has read everything
//! below it: no later one commits earlier. Tests that an administrator sends are no revocations and are passed over.

use rusqlite::{Connection, Row, params};

use super::db::Rows;
use crate::domain::id::ApplicationId;
use crate::domain::revocation::Revocation;

fn row_to_revocation(row: &Row<'_>) -> rusqlite::Result<Revocation> {
    Ok(Revocation {
        number: row.get(0)?,
        application: row.get(1)?,
        ending: row.get(2)?,
        user: row.get(3)?,
        sid: row.get(4)?,
        issuer: row.get(5)?,
        at: row.get(6)?,
        cause: row.get(7)?,
        actor_kind: row.get(8)?,
    })
}

/// Where the feed of the house begins and ends.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The last number that is no longer kept.
    pub forgotten: i64,
    /// The last number that was given.
    pub last: i64,
}

/// A stretch of a feed.
#[derive(Debug)]
pub struct Page {
    /// In order.
    pub rows: Vec<Revocation>,
    /// Of the same moment.
    pub bounds: Bounds,
}

fn bounds(conn: &Connection) -> Rows<Bounds> {
    let text = "SELECT notices_forgotten, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'notices'), 0)
                FROM house WHERE id = 1";
    let found = |row: &Row<'_>| Ok(Bounds { forgotten: row.get(0)?, last: row.get(1)? });
    Ok(conn.prepare_cached(text)?.query_row([], found)?)
}

/// The last number that was given.
pub fn last(conn: &Connection) -> Rows<i64> {
    Ok(bounds(conn)?.last)
}

/// At most `limit` revocations of an application after a number.
pub fn after(conn: &Connection, application: ApplicationId, number: i64, limit: usize) -> Rows<Page> {
    // Rows and bounds of one moment: else something could be forgotten, or written, between the two.
    let moment = conn.unchecked_transaction()?;
    let bounds = bounds(&moment)?;
    // CROSS JOIN: along the index of the application, whatever ANALYZE found.
    let text = "SELECT n.id, n.application_id, n.ending_id, n.user_id, n.sid, n.issuer, n.at, e.cause, e.actor_kind
                FROM notices n CROSS JOIN endings e ON e.id = n.ending_id
                WHERE n.application_id = ?1 AND n.id > ?2 ORDER BY n.id LIMIT ?3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut sql = moment.prepare_cached(text)?;
    let rows =
        sql.query_map(params![application, number, limit], row_to_revocation)?.collect::<rusqlite::Result<_>>()?;
    Ok(Page { rows, bounds })
}

/// Of at most `limit` notices after a number, the applications, and the number up to which that is.
pub fn news(conn: &Connection, number: i64, limit: u32) -> Rows<(Vec<ApplicationId>, i64)> {
    let text = "SELECT application_id, id FROM notices WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut sql = conn.prepare_cached(text)?;
    let mut rows = sql.query(params![number, limit])?;
    let (mut found, mut last) = (Vec::new(), number);
    while let Some(row) = rows.next()? {
        found.push(row.get(0)?);
        last = row.get(1)?;
    }
    found.sort_unstable();
    found.dedup();
    Ok((found, last))
}
