//! Who is online: lists for the console and the active-users API.
//!
//! Pages go by key, newest entrance first, along an index: a page costs the same among a hundred sessions and a million
//! (performance.md G13). Counts stop at a cap for the same reason; the page prints "1,000+".

use rusqlite::{Connection, Row, params};

use super::db::{Maybe as _, Rows};
use super::users::row_to_user;
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, PoolId, Sid, UserId};
use crate::domain::session::{Seq, SessionId};
use crate::domain::user::User;

/// Counting stops here.
pub const CAP: u32 = 1_000;

/// A living participation as the console shows it.
#[derive(Debug, Clone)]
pub struct OnlineRow {
    /// Place in the order; the cursor of pages.
    pub seq: Seq,
    /// Session row.
    pub session: SessionId,
    /// Session.
    pub sid: Sid,
    /// Whose.
    pub user: UserId,
    /// Name.
    pub name: String,
    /// What they log in with.
    pub identifier: String,
    /// Entrance.
    pub joined_at: Timestamp,
    /// Last request of the session.
    pub last_seen_at: Timestamp,
    /// Address.
    pub ip: String,
    /// User agent.
    pub user_agent: String,
}

/// A participation is live: neither ended nor below a barrier, in a living session of a user who may log in.
const ALIVE: &str = "p.ended_at IS NULL AND p.seq > max(p.barrier_seq, a.barrier_seq, coalesce(k.barrier_seq, 0))
    AND s.ended_at IS NULL AND s.seq > u.barrier_seq AND u.status = 'activated'";
/// Living participations of an application, newest or oldest first. The index is named because SQLite would rather read the
/// whole table, ended rows too, when ANALYZE found only one application.
const LIVE_IN: &str = "participants p INDEXED BY participants_live";
/// `CROSS JOIN` fixes the order of the loops in SQLite: from the participations outwards. Left to itself and to the numbers
/// of ANALYZE it begins with all users and sorts: seven seconds a page at a million sessions.
const JOINS: &str = "CROSS JOIN applications a ON a.id = p.application_id
    CROSS JOIN sessions s ON s.id = p.session_id
    CROSS JOIN users u ON u.id = p.user_id
    LEFT JOIN kicks k ON k.user_id = p.user_id AND k.application_id = p.application_id";
const COLUMNS: &str = "p.seq, s.id, s.sid, p.user_id, CASE WHEN u.name <> '' THEN u.name ELSE coalesce(u.username, u.email, u.phone, u.id) END,
    coalesce(u.username, u.email, u.phone, u.id), p.joined_at, s.last_seen_at, s.ip, s.user_agent";

fn row_to_online(row: &Row<'_>) -> rusqlite::Result<OnlineRow> {
    Ok(OnlineRow {
        seq: row.get(0)?,
        session: row.get(1)?,
        sid: row.get(2)?,
        user: row.get(3)?,
        name: row.get(4)?,
        identifier: row.get(5)?,
        joined_at: row.get(6)?,
        last_seen_at: row.get(7)?,
        ip: row.get(8)?,
        user_agent: row.get(9)?,
    })
}

/// People in an application, each by their newest entrance before `before`, newest first, at most `limit`.
pub fn people(conn: &Connection, application: ApplicationId, before: Seq, limit: u32) -> Rows<Vec<OnlineRow>> {
    let text = format!(
        "SELECT {COLUMNS} FROM {LIVE_IN} {JOINS}
         WHERE p.application_id = ?1 AND p.seq < ?2 AND {ALIVE}
           AND NOT EXISTS (SELECT 1 FROM participants n WHERE n.user_id = p.user_id AND n.application_id = p.application_id
                             AND n.ended_at IS NULL AND n.seq > p.seq)
         ORDER BY p.seq DESC LIMIT ?3"
    );
    let mut sql = conn.prepare_cached(&text)?;
    Ok(sql.query_map(params![application, before, limit], row_to_online)?.collect::<rusqlite::Result<_>>()?)
}

/// One person's living sessions in an application, newest first, at most `limit`.
pub fn of_user(conn: &Connection, application: ApplicationId, user: UserId, limit: u32) -> Rows<Vec<OnlineRow>> {
    let text = format!(
        "SELECT {COLUMNS} FROM participants p {JOINS}
         WHERE p.user_id = ?2 AND p.application_id = ?1 AND {ALIVE} ORDER BY p.seq DESC LIMIT ?3"
    );
    let mut sql = conn.prepare_cached(&text)?;
    Ok(sql.query_map(params![application, user, limit], row_to_online)?.collect::<rusqlite::Result<_>>()?)
}

/// Applications that one person is in, the last entered first, at most `limit`.
pub fn applications_of_user(conn: &Connection, user: UserId, limit: u32) -> Rows<Vec<ApplicationId>> {
    let text = format!(
        "SELECT p.application_id FROM participants p INDEXED BY participants_live_by_user {JOINS}
         WHERE p.user_id = ?1 AND {ALIVE} GROUP BY p.application_id ORDER BY max(p.seq) DESC LIMIT ?2"
    );
    let mut sql = conn.prepare_cached(&text)?;
    Ok(sql.query_map(params![user, limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Sessions in an application that were entered before `before`, newest first, at most `limit`.
pub fn entered_before(conn: &Connection, application: ApplicationId, before: Seq, limit: u32) -> Rows<Vec<OnlineRow>> {
    let text = format!(
        "SELECT {COLUMNS} FROM {LIVE_IN} {JOINS}
         WHERE p.application_id = ?1 AND p.seq < ?2 AND {ALIVE} ORDER BY p.seq DESC LIMIT ?3"
    );
    let mut sql = conn.prepare_cached(&text)?;
    Ok(sql.query_map(params![application, before, limit], row_to_online)?.collect::<rusqlite::Result<_>>()?)
}

/// The part of one session in an application.
pub fn by_sid(conn: &Connection, application: ApplicationId, sid: Sid) -> Rows<Option<OnlineRow>> {
    let text = format!(
        "SELECT {COLUMNS} FROM sessions s
         CROSS JOIN participants p ON p.session_id = s.id AND p.application_id = ?1
         CROSS JOIN applications a ON a.id = p.application_id
         CROSS JOIN users u ON u.id = p.user_id
         LEFT JOIN kicks k ON k.user_id = p.user_id AND k.application_id = p.application_id
         WHERE s.sid = ?2 AND {ALIVE}"
    );
    conn.prepare_cached(&text)?.query_row(params![application, sid], row_to_online).maybe()
}

/// Sessions in an application, counted up to `cap`.
pub fn count_sessions(conn: &Connection, application: ApplicationId, cap: u32) -> Rows<u32> {
    let text = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {LIVE_IN} {JOINS} WHERE p.application_id = ?1 AND {ALIVE} LIMIT ?2)"
    );
    Ok(conn.prepare_cached(&text)?.query_row(params![application, cap], |row| row.get(0))?)
}

/// People in an application, counted up to `cap`: from the newest entrance on, where each person is met first.
pub fn count_people(conn: &Connection, application: ApplicationId, cap: u32) -> Rows<u32> {
    let text = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {LIVE_IN} {JOINS} WHERE p.application_id = ?1 AND {ALIVE}
           AND NOT EXISTS (SELECT 1 FROM participants n WHERE n.user_id = p.user_id AND n.application_id = p.application_id
                             AND n.ended_at IS NULL AND n.seq > p.seq) ORDER BY p.seq DESC LIMIT ?2)"
    );
    Ok(conn.prepare_cached(&text)?.query_row(params![application, cap], |row| row.get(0))?)
}

/// A living session of the house, and whether it counts in a pool.
#[derive(Debug, Clone)]
pub struct SeenRow {
    /// The session, entered into the house.
    pub online: OnlineRow,
    /// Whether its person is of the pool, may log in, and was not forced out since.
    pub counts: bool,
}

/// Living sessions that were last seen before that of `before`, the latest first, at most `limit`: all that are read on the
/// way, those of other pools too, so that the caller knows how far it has looked.
pub fn seen_before(conn: &Connection, pool: PoolId, before: (Timestamp, SessionId), limit: u32) -> Rows<Vec<SeenRow>> {
    let text = "SELECT s.seq, s.id, s.sid, s.user_id, CASE WHEN u.name <> '' THEN u.name ELSE coalesce(u.username, u.email, u.phone, u.id) END,
                  coalesce(u.username, u.email, u.phone, u.id), s.created_at, s.last_seen_at, s.ip, s.user_agent,
                  u.pool_id = ?1 AND u.status = 'activated' AND s.seq > u.barrier_seq
                FROM sessions s INDEXED BY sessions_by_seen CROSS JOIN users u ON u.id = s.user_id
                WHERE s.ended_at IS NULL AND s.last_seen_at <= ?2 AND (s.last_seen_at < ?2 OR s.id < ?3)
                ORDER BY s.last_seen_at DESC, s.id DESC LIMIT ?4";
    let row = |row: &Row<'_>| Ok(SeenRow { online: row_to_online(row)?, counts: row.get(10)? });
    let mut sql = conn.prepare_cached(text)?;
    Ok(sql.query_map(params![pool, before.0, before.1, limit], row)?.collect::<rusqlite::Result<_>>()?)
}

/// People and sessions of a pool, each counted up to `cap`.
pub fn count_pool(conn: &Connection, pool: PoolId, cap: u32) -> Rows<(u32, u32)> {
    let alive = "s.ended_at IS NULL AND s.seq > u.barrier_seq AND u.status = 'activated' AND u.pool_id = ?1";
    let sessions = format!(
        "SELECT count(*) FROM (SELECT 1 FROM sessions s INDEXED BY sessions_live_by_user CROSS JOIN users u ON u.id = s.user_id WHERE {alive} LIMIT ?2)"
    );
    let people = format!(
        "SELECT count(*) FROM (SELECT 1 FROM sessions s INDEXED BY sessions_live_by_user CROSS JOIN users u ON u.id = s.user_id WHERE {alive}
           AND NOT EXISTS (SELECT 1 FROM sessions n WHERE n.user_id = s.user_id AND n.ended_at IS NULL AND n.seq > s.seq) LIMIT ?2)"
    );
    let count =
        |text: &str| -> Rows<u32> { Ok(conn.prepare_cached(text)?.query_row(params![pool, cap], |row| row.get(0))?) };
    Ok((count(&people)?, count(&sessions)?))
}

/// Users in an application for the active-users API: a page by offset, as Authing has it.
pub fn users(conn: &Connection, application: ApplicationId, offset: u32, limit: u32) -> Rows<Vec<User>> {
    let text = format!(
        "SELECT u.id, u.pool_id, u.username, u.name, u.email, u.phone, u.role, u.status, u.created_at, u.updated_at,
           u.last_login_at, u.last_ip, u.logins
         FROM {LIVE_IN} {JOINS}
         WHERE p.application_id = ?1 AND {ALIVE}
           AND NOT EXISTS (SELECT 1 FROM participants n WHERE n.user_id = p.user_id AND n.application_id = p.application_id
                             AND n.ended_at IS NULL AND n.seq > p.seq)
         ORDER BY p.seq DESC LIMIT ?3 OFFSET ?2"
    );
    let mut sql = conn.prepare_cached(&text)?;
    Ok(sql.query_map(params![application, offset, limit], row_to_user)?.collect::<rusqlite::Result<_>>()?)
}

/// People in an application whose name, user name, e-mail, phone or id holds `text`, each by their newest entrance.
pub fn search(
    conn: &Connection,
    application: ApplicationId,
    pool: PoolId,
    text: &str,
    limit: u32,
) -> Rows<Vec<OnlineRow>> {
    let mut found: Vec<OnlineRow> = Vec::new();
    for user in super::users::search(conn, pool, text, limit)? {
        found.extend(of_user(conn, application, user.id, 1)?);
    }
    found.sort_by_key(|row| std::cmp::Reverse(row.seq));
    Ok(found)
}
