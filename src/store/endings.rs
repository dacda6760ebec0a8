//! Receipts, read back: what an ending covered.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, EndingId, PoolId, UserId};
use crate::domain::logout::Cause;

/// A receipt as stored.
#[derive(Debug, Clone)]
pub struct EndingRow {
    /// Id.
    pub id: EndingId,
    /// Pool.
    pub pool: PoolId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// cell, app, device or all.
    pub scope: String,
    /// Application, when only one was meant.
    pub application: Option<ApplicationId>,
    /// Users concerned; none: everybody in the application.
    pub users: Option<Vec<UserId>>,
    /// Kind of actor.
    pub actor_kind: String,
    /// Name of the actor, or their id.
    pub actor: String,
    /// Whether rows below its barrier are still being written out.
    pub open: bool,
    /// What applications had been given and lost with it: grants.
    pub tokens: i64,
    /// Open pages that were told, live.
    pub pages: u32,
    /// Milliseconds until the last of them was.
    pub pages_ms: u32,
}

fn row_to_ending(row: &Row<'_>) -> rusqlite::Result<EndingRow> {
    let users: Option<String> = row.get(6)?;
    Ok(EndingRow {
        id: row.get(0)?,
        pool: row.get(1)?,
        at: row.get(2)?,
        cause: row.get(3)?,
        scope: row.get(4)?,
        application: row.get(5)?,
        users: users
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|e| rusqlite::Error::FromSqlConversionFailure(6, rusqlite::types::Type::Text, Box::new(e)))?,
        actor_kind: row.get(7)?,
        actor: row.get(8)?,
        open: row.get(9)?,
        pages: row.get(10)?,
        pages_ms: row.get(11)?,
        tokens: row.get(12)?,
    })
}

/// One receipt.
pub fn find(conn: &Connection, id: EndingId) -> Rows<Option<EndingRow>> {
    let text = "SELECT id, pool_id, at, cause, scope, application_id, users, actor_kind,
                  coalesce((SELECT CASE WHEN name <> '' THEN name ELSE coalesce(username, email, id) END FROM users WHERE id = actor_id),
                           (SELECT name FROM pools WHERE id = actor_id), actor_id), open, pages, pages_ms, tokens
                FROM endings WHERE id = ?1";
    conn.prepare_cached(text)?.query_row([id], row_to_ending).maybe()
}

/// Each application in each session that an ending covered, with each issuer it knows; at most `limit`.
pub fn parts(conn: &Connection, id: EndingId, limit: u32) -> Rows<Vec<(ApplicationId, String, String)>> {
    let text = "SELECT application_id, issuer, sid FROM notices WHERE ending_id = ?1 LIMIT ?2";
    let mut sql = conn.prepare_cached(text)?;
    let rows = sql.query_map(params![id, limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Sessions that an ending touched: how many lost a part, and how many ended whole.
pub fn count_sessions(conn: &Connection, id: EndingId) -> Rows<(i64, i64)> {
    let text = "SELECT (SELECT count(DISTINCT session_id) FROM notices WHERE ending_id = ?1),
                       (SELECT count(*) FROM sessions WHERE ending_id = ?1)";
    Ok(conn.prepare_cached(text)?.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// A session that an ending touched, as the receipt lists it.
#[derive(Debug, Clone)]
pub struct EndedSessionRow {
    /// Name of the person.
    pub name: String,
    /// User agent.
    pub user_agent: String,
    /// Address.
    pub ip: String,
    /// Start.
    pub created_at: Timestamp,
    /// Applications, by it.
    pub applications: Vec<ApplicationId>,
    /// Whether it ended whole.
    pub whole: bool,
}

/// Sessions that an ending touched, at most `limit`.
pub fn sessions(conn: &Connection, id: EndingId, limit: u32) -> Rows<Vec<EndedSessionRow>> {
    let text = "SELECT CASE WHEN u.name <> '' THEN u.name ELSE coalesce(u.username, u.email, u.id) END, s.user_agent, s.ip,
                  s.created_at, (SELECT json_group_array(DISTINCT p.application_id) FROM notices p WHERE p.ending_id = ?1 AND p.session_id = s.id),
                  coalesce(s.ending_id = ?1, 0)
                FROM sessions s JOIN users u ON u.id = s.user_id
                WHERE s.id IN (SELECT session_id FROM notices WHERE ending_id = ?1 UNION SELECT id FROM sessions WHERE ending_id = ?1)
                ORDER BY s.seq DESC LIMIT ?2";
    let mut sql = conn.prepare_cached(text)?;
    let rows = sql.query_map(params![id, limit], |row| {
        let applications: String = row.get(4)?;
        Ok(EndedSessionRow {
            name: row.get(0)?,
            user_agent: row.get(1)?,
            ip: row.get(2)?,
            created_at: row.get(3)?,
            applications: serde_json::from_str(&applications).unwrap_or_default(),
            whole: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many people an ending touched.
pub fn count_people(conn: &Connection, id: EndingId) -> Rows<usize> {
    let text = "SELECT count(DISTINCT user_id) FROM notices WHERE ending_id = ?1";
    let people: i64 = conn.prepare_cached(text)?.query_row([id], |row| row.get(0))?;
    Ok(usize::try_from(people).unwrap_or(0))
}

/// Writes down that an open page was told.
pub fn page_told(act: &Act<'_>, id: EndingId) -> Rows<()> {
    let text = "UPDATE endings SET pages = pages + 1, pages_ms = max(pages_ms, max(0, ?2 - at)) WHERE id = ?1";
    act.conn().prepare_cached(text)?.execute(params![id, act.now])?;
    Ok(())
}
