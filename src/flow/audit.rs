//! The audit log, for those who administer: a page of it, and all of it to be taken home.
//!
//! The log grows for ever and is asked in many ways, so a page reads no more than [`LOOKED_AT`] events backwards and says how
//! far it has looked; the next one goes on from there.

use super::error::Done;
use super::state::State;
use crate::domain::clock::Timestamp;
use crate::domain::id::{PoolId, UserId};
use crate::store::audit::{self, Window};
pub use crate::store::audit::{AuditRow, Covered, Question};
use crate::store::users;

/// Events on one page.
pub const PAGE: u32 = 50;
/// Events that are taken home at once.
pub const BATCH: u32 = 500;
/// Events that one page looks at, at most.
const LOOKED_AT: u32 = 20_000;
/// People whom a name may mean.
const CALLED: u32 = 50;

/// A part of the log.
#[derive(Debug, Default)]
pub struct Part {
    /// Events, newest first.
    pub rows: Vec<AuditRow>,
    /// Where to go on.
    pub next: Option<i64>,
    /// How far it was looked back, where that was the reason to stop.
    pub looked_back_to: Option<Timestamp>,
}

/// Whom a text means: a user by id, whether deleted or not, or all who are called so.
pub fn people(state: &State, pool: PoolId, text: &str) -> Done<Vec<UserId>> {
    if let Ok(id) = UserId::parse(text) {
        return Ok(vec![id]);
    }
    let found = state.store.read(|conn| users::search(conn, pool, text, CALLED))?;
    Ok(found.into_iter().map(|user| user.id).collect())
}

/// Reads at most `limit` events that answer a question, before a place in the log.
pub fn part(state: &State, pool: PoolId, asked: &Question, before: Option<i64>, limit: u32) -> Done<Part> {
    state.store.read(|conn| {
        let mut window = Window { floor: 0, before: before.unwrap_or(i64::MAX) };
        if let Some(to) = asked.to {
            window.before = window.before.min(audit::place_of(conn, pool, to)?);
        }
        if let Some(from) = asked.from {
            window.floor = audit::place_of(conn, pool, from)?;
        }
        let stop = audit::back_from(conn, pool, window.before, LOOKED_AT - 1)?.filter(|(id, _)| *id > window.floor);
        if let Some((id, _)) = stop {
            window.floor = id;
        }
        let mut rows = audit::answering(conn, pool, asked, window, limit + 1)?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        if more {
            return Ok(Part { next: rows.last().map(|row| row.id), rows, looked_back_to: None });
        }
        Ok(Part { rows, next: stop.map(|(id, _)| id), looked_back_to: stop.map(|(_, at)| at) })
    })
}
