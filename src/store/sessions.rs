//! Sessions: begin, find by secret, touch, participants. No SQL here ends one; that is `ending`.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, EndingId, PoolId, Sid, UserId};
use crate::domain::logout::Cause;
use crate::domain::secret::SecretHash;
use crate::domain::session::{IdleRule, Participation, Seq, Session, SessionId};

/// The question every request asks. A session below its user's barrier, or of a user who may not log in, is no session.
const LIVE: &str =
    "SELECT s.id, s.sid, s.user_id, u.pool_id, u.name, coalesce(u.username, u.email, u.phone, u.id), u.role,
    s.auth_seq, s.auth_at, s.created_at, s.last_seen_at, s.expires_at, c.host, c.seq, u.lang, u.zone
  FROM session_secrets c
  JOIN sessions s ON s.id = c.session_id
  JOIN users u ON u.id = s.user_id
  WHERE c.hash = ?1 AND s.ended_at IS NULL AND s.seq > u.barrier_seq AND u.status = 'activated'";

/// The same by row number, for codes and streams that refer to the session itself.
const LIVE_BY_ID: &str =
    "SELECT s.id, s.sid, s.user_id, u.pool_id, u.name, coalesce(u.username, u.email, u.phone, u.id), u.role,
    s.auth_seq, s.auth_at, s.created_at, s.last_seen_at, s.expires_at, '', s.auth_seq, u.lang, u.zone
  FROM sessions s
  JOIN users u ON u.id = s.user_id
  WHERE s.id = ?1 AND s.ended_at IS NULL AND s.seq > u.barrier_seq AND u.status = 'activated'";

const PARTICIPANTS: &str =
    "SELECT p.application_id, p.seq, max(p.barrier_seq, a.barrier_seq, coalesce(k.barrier_seq, 0)),
    p.ended_at IS NOT NULL OR a.deleted_at IS NOT NULL
  FROM participants p
  JOIN applications a ON a.id = p.application_id
  LEFT JOIN kicks k ON k.user_id = p.user_id AND k.application_id = p.application_id
  WHERE p.session_id = ?1";

fn row_to_session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let (name, identifier): (String, String) = (row.get(4)?, row.get(5)?);
    Ok(Session {
        id: row.get(0)?,
        sid: row.get(1)?,
        user: row.get(2)?,
        pool: row.get(3)?,
        name: if name.is_empty() { identifier.clone() } else { name },
        identifier,
        role: row.get(6)?,
        auth_seq: row.get(7)?,
        auth_at: row.get(8)?,
        created_at: row.get(9)?,
        last_seen_at: row.get(10)?,
        expires_at: row.get(11)?,
        host: row.get(12)?,
        secret_seq: row.get(13)?,
        lang: row.get(14)?,
        zone: row.get(15)?,
        participants: Vec::new(),
    })
}

fn row_to_participation(row: &Row<'_>) -> rusqlite::Result<Participation> {
    Ok(Participation { application: row.get(0)?, seq: row.get(1)?, barrier: row.get(2)?, ended: row.get(3)? })
}

/// The session that a secret stands for, if nothing in the rows speaks against it. Lifetimes are judged by the caller.
pub fn by_secret(conn: &Connection, hash: &SecretHash) -> Rows<Option<Session>> {
    let found = conn.prepare_cached(LIVE)?.query_row([hash], row_to_session).maybe()?;
    with_participants(conn, found)
}

/// The session with this row number, likewise.
pub fn by_id(conn: &Connection, id: SessionId) -> Rows<Option<Session>> {
    let found = conn.prepare_cached(LIVE_BY_ID)?.query_row([id], row_to_session).maybe()?;
    with_participants(conn, found)
}

fn with_participants(conn: &Connection, found: Option<Session>) -> Rows<Option<Session>> {
    let Some(mut session) = found else { return Ok(None) };
    let mut sql = conn.prepare_cached(PARTICIPANTS)?;
    session.participants = sql.query_map([session.id], row_to_participation)?.collect::<rusqlite::Result<_>>()?;
    session.participants.sort_unstable_by_key(|p| p.seq);
    Ok(Some(session))
}

/// Why the session behind a secret ended, to explain a dead cookie: by its row, or by the barrier it stands below.
pub fn how_it_ended(conn: &Connection, hash: &SecretHash) -> Rows<Option<(Cause, EndingId)>> {
    // CROSS JOIN: from the secret outwards, whatever ANALYZE found.
    let text = "SELECT e.cause, e.id FROM session_secrets c
                CROSS JOIN sessions s ON s.id = c.session_id
                CROSS JOIN users u ON u.id = s.user_id
                CROSS JOIN endings e ON e.seq = CASE
                  WHEN s.ending_id IS NOT NULL THEN (SELECT seq FROM endings WHERE id = s.ending_id)
                  WHEN s.seq <= u.barrier_seq THEN u.barrier_seq
                  ELSE (SELECT max(max(p.barrier_seq, a.barrier_seq, coalesce(k.barrier_seq, 0)))
                        FROM participants p
                        JOIN applications a ON a.id = p.application_id
                        LEFT JOIN kicks k ON k.user_id = p.user_id AND k.application_id = p.application_id
                        WHERE p.session_id = s.id AND p.seq <= max(p.barrier_seq, a.barrier_seq, coalesce(k.barrier_seq, 0)))
                END
                WHERE c.hash = ?1";
    conn.prepare_cached(text)?.query_row([hash], |row| Ok((row.get(0)?, row.get(1)?))).maybe()
}

/// What a new session starts with.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// Public id.
    pub sid: Sid,
    /// Whose.
    pub user: UserId,
    /// Absolute end.
    pub expires_at: Timestamp,
    /// Address it was begun from.
    pub ip: &'a str,
    /// User agent.
    pub user_agent: &'a str,
}

/// Begins a session.
pub fn begin(act: &Act<'_>, new: &NewSession<'_>) -> Rows<SessionId> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached(
            "INSERT INTO sessions (sid, user_id, seq, auth_seq, auth_at, created_at, last_seen_at, expires_at, ip, user_agent)
             VALUES (?1, ?2, ?3, ?3, ?4, ?4, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![new.sid, new.user, seq, act.now, new.expires_at, new.ip, new.user_agent])?;
    Ok(SessionId(act.conn().last_insert_rowid()))
}

/// The same person has given the password again in a living session.
pub fn renew(act: &Act<'_>, id: SessionId, expires_at: Timestamp) -> Rows<()> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached(
            "UPDATE sessions SET auth_seq = ?2, auth_at = ?3, last_seen_at = ?3, expires_at = ?4 WHERE id = ?1",
        )?
        .execute(params![id, seq, act.now, expires_at])?;
    Ok(())
}

/// The person has given the password again, for an act of theirs: nothing else of the session is renewed by it.
pub fn confirmed(act: &Act<'_>, id: SessionId) -> Rows<()> {
    act.conn().prepare_cached("UPDATE sessions SET auth_at = ?2 WHERE id = ?1")?.execute(params![id, act.now])?;
    Ok(())
}

/// Gives the session a secret on a host, with the place of the log-in behind it; an earlier one there dies.
pub fn set_secret(act: &Act<'_>, id: SessionId, host: &str, hash: &SecretHash, seq: Seq) -> Rows<()> {
    act.conn()
        .prepare_cached("DELETE FROM session_secrets WHERE session_id = ?1 AND host = ?2")?
        .execute(params![id, host])?;
    act.conn()
        .prepare_cached("INSERT INTO session_secrets (hash, session_id, host, seq) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![hash, id, host, seq])?;
    Ok(())
}

/// Takes every secret of a session away; one is given anew in the same act.
pub fn forget_secrets(act: &Act<'_>, id: SessionId) -> Rows<()> {
    act.conn().prepare_cached("DELETE FROM session_secrets WHERE session_id = ?1")?.execute([id])?;
    Ok(())
}

/// Enters an application. The caller has settled open endings and asked `Session::may_enter`.
pub fn join(act: &Act<'_>, id: SessionId, user: UserId, application: ApplicationId, issuer: &str) -> Rows<()> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached(
            "INSERT INTO participants (session_id, application_id, user_id, seq, joined_at, issuer) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (session_id, application_id) DO UPDATE SET seq = excluded.seq, joined_at = excluded.joined_at, ended_at = NULL",
        )?
        .execute(params![id, application, user, seq, act.now, issuer])?;
    Ok(())
}

/// Something was issued to an application: from then on it knows the house by this issuer, beside others that it may have
/// been given something by.
pub fn known_by(act: &Act<'_>, id: SessionId, application: ApplicationId, issuer: &str) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "INSERT OR IGNORE INTO participant_issuers (session_id, application_id, issuer) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![id, application, issuer])?;
    act.conn()
        .prepare_cached(
            "UPDATE participants SET issuer = ?3 WHERE session_id = ?1 AND application_id = ?2 AND issuer <> ?3",
        )?
        .execute(params![id, application, issuer])?;
    Ok(())
}

/// Highest barrier against this user entering this application in this session.
pub fn barrier(conn: &Connection, id: SessionId, user: UserId, application: ApplicationId) -> Rows<Seq> {
    let text = "SELECT max(
        coalesce((SELECT barrier_seq FROM kicks WHERE user_id = ?2 AND application_id = ?3), 0),
        coalesce((SELECT barrier_seq FROM applications WHERE id = ?3), 0),
        coalesce((SELECT barrier_seq FROM participants WHERE session_id = ?1 AND application_id = ?3), 0))";
    Ok(conn.prepare_cached(text)?.query_row(params![id, user, application], |row| row.get(0))?)
}

/// Writes down that a session was used; never moves the time back.
pub fn touch(act: &Act<'_>, id: SessionId, at: Timestamp) -> Rows<()> {
    touch_after(act, id, at, 1)
}

/// The same, if that was last written down `after_ms` before or earlier.
pub fn touch_after(act: &Act<'_>, id: SessionId, at: Timestamp, after_ms: i64) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "UPDATE sessions SET last_seen_at = ?2 WHERE id = ?1 AND last_seen_at <= ?3 AND ended_at IS NULL",
        )?
        .execute(params![id, at, at.plus_ms(-after_ms)])?;
    Ok(())
}

/// A session as lists show it.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Row.
    pub id: SessionId,
    /// Public id.
    pub sid: Sid,
    /// Start.
    pub created_at: Timestamp,
    /// Last request.
    pub last_seen_at: Timestamp,
    /// Address.
    pub ip: String,
    /// User agent.
    pub user_agent: String,
    /// Applications the person is in, by it; with the time each was entered.
    pub applications: Vec<(ApplicationId, Timestamp)>,
    /// When and why it ended.
    pub ended: Option<(Timestamp, Cause)>,
}

fn row_to_listed(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    let (ended_at, cause): (Option<Timestamp>, Option<Cause>) = (row.get(6)?, row.get(7)?);
    Ok(SessionRow {
        id: row.get(0)?,
        sid: row.get(1)?,
        created_at: row.get(2)?,
        last_seen_at: row.get(3)?,
        ip: row.get(4)?,
        user_agent: row.get(5)?,
        applications: Vec::new(),
        ended: ended_at.zip(cause),
    })
}

/// The newest living sessions of a user, at most `limit`, with their applications.
pub fn of_user(conn: &Connection, user: UserId, limit: u32) -> Rows<Vec<SessionRow>> {
    let text =
        "SELECT s.id, s.sid, s.created_at, s.last_seen_at, s.ip, s.user_agent, s.ended_at, s.cause FROM sessions s
                WHERE s.user_id = ?1 AND s.ended_at IS NULL
                  AND s.seq > (SELECT barrier_seq FROM users WHERE id = ?1)
                ORDER BY s.seq DESC LIMIT ?2";
    let mut sql = conn.prepare_cached(text)?;
    let mut rows = sql.query_map(params![user, limit], row_to_listed)?.collect::<rusqlite::Result<Vec<_>>>()?;
    for row in &mut rows {
        row.applications = applications(conn, row.id)?;
    }
    // A session that lost its last application is over, though its row may not say so yet.
    rows.retain(|row| !row.applications.is_empty() || !has_participants(conn, row.id).unwrap_or(false));
    Ok(rows)
}

/// Living sessions of a user, counted up to `cap`.
pub fn count_of_user(conn: &Connection, user: UserId, cap: u32) -> Rows<u32> {
    let text = "SELECT count(*) FROM (SELECT 1 FROM sessions WHERE user_id = ?1 AND ended_at IS NULL
                  AND seq > (SELECT barrier_seq FROM users WHERE id = ?1) LIMIT ?2)";
    Ok(conn.prepare_cached(text)?.query_row(params![user, cap], |row| row.get(0))?)
}

/// The oldest living sessions of a user.
pub fn oldest_of_user(conn: &Connection, user: UserId, limit: u32) -> Rows<Vec<SessionId>> {
    let text = "SELECT id FROM sessions WHERE user_id = ?1 AND ended_at IS NULL
                  AND seq > (SELECT barrier_seq FROM users WHERE id = ?1) ORDER BY seq LIMIT ?2";
    let mut sql = conn.prepare_cached(text)?;
    Ok(sql.query_map(params![user, limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Whether a session ever entered an application.
pub fn has_participants(conn: &Connection, id: SessionId) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM participants WHERE session_id = ?1)";
    Ok(conn.prepare_cached(text)?.query_row([id], |row| row.get(0))?)
}

/// Applications the person is in, in one session.
pub fn applications(conn: &Connection, id: SessionId) -> Rows<Vec<(ApplicationId, Timestamp)>> {
    let text = "SELECT p.application_id, p.joined_at FROM participants p
                CROSS JOIN applications a ON a.id = p.application_id
                LEFT JOIN kicks k ON k.user_id = p.user_id AND k.application_id = p.application_id
                WHERE p.session_id = ?1 AND p.ended_at IS NULL AND a.deleted_at IS NULL
                  AND p.seq > max(p.barrier_seq, a.barrier_seq, coalesce(k.barrier_seq, 0))
                ORDER BY p.seq";
    let mut sql = conn.prepare_cached(text)?;
    Ok(sql.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Sessions of a user that ended since `since`, newest first.
pub fn ended_of_user(conn: &Connection, user: UserId, since: Timestamp, limit: u32) -> Rows<Vec<SessionRow>> {
    let text = "SELECT id, sid, created_at, last_seen_at, ip, user_agent, ended_at, cause FROM sessions
                WHERE user_id = ?1 AND ended_at >= ?2 ORDER BY ended_at DESC, id DESC LIMIT ?3";
    let mut sql = conn.prepare_cached(text)?;
    Ok(sql.query_map(params![user, since, limit], row_to_listed)?.collect::<rusqlite::Result<_>>()?)
}

/// A session of this user by its public id, and whether its row still lives; another user's is nothing (security.md S9).
pub fn by_sid(conn: &Connection, user: UserId, sid: Sid) -> Rows<Option<(SessionId, bool)>> {
    let text = "SELECT id, ended_at IS NULL FROM sessions WHERE sid = ?1 AND user_id = ?2";
    conn.prepare_cached(text)?.query_row(params![sid, user], |row| Ok((row.get(0)?, row.get(1)?))).maybe()
}

/// A living session of this pool by its public id, and whose it is.
pub fn by_sid_in_pool(conn: &Connection, pool: PoolId, sid: Sid) -> Rows<Option<(SessionId, UserId)>> {
    let text = "SELECT s.id, s.user_id FROM sessions s JOIN users u ON u.id = s.user_id
                WHERE s.sid = ?1 AND u.pool_id = ?2 AND s.ended_at IS NULL";
    conn.prepare_cached(text)?.query_row(params![sid, pool], |row| Ok((row.get(0)?, row.get(1)?))).maybe()
}

/// Row numbers of a user's living sessions but one.
pub fn others_of_user(conn: &Connection, user: UserId, but: Option<SessionId>) -> Rows<Vec<SessionId>> {
    let text = "SELECT id FROM sessions WHERE user_id = ?1 AND ended_at IS NULL AND id <> ?2";
    let mut sql = conn.prepare_cached(text)?;
    let but = but.map_or(-1, |id| id.0);
    Ok(sql.query_map(params![user, but], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Living sessions of a pool end no later than so long after their log-in: for a lifetime that became shorter.
pub fn shorten(act: &Act<'_>, pool: PoolId, absolute_ms: i64) -> Rows<()> {
    let text = "UPDATE sessions SET expires_at = auth_at + ?2 WHERE ended_at IS NULL AND expires_at > auth_at + ?2
                AND user_id IN (SELECT id FROM users WHERE pool_id = ?1)";
    act.conn().prepare_cached(text)?.execute(params![pool, absolute_ms])?;
    Ok(())
}

/// Living rows that are too old or were not seen for too long, at most `limit`, with their pool.
pub fn overdue(conn: &Connection, now: Timestamp, idle: IdleRule, limit: u32) -> Rows<Vec<(SessionId, PoolId)>> {
    let text = "SELECT s.id, u.pool_id FROM sessions s JOIN users u ON u.id = s.user_id
                WHERE s.ended_at IS NULL AND s.last_seen_at <= ?1 AND (?4 = 0 OR s.last_seen_at <= ?2 - coalesce(
                  (SELECT 1000 * p.idle_seconds FROM pools p WHERE p.id = u.pool_id), ?5))
                UNION SELECT s.id, u.pool_id FROM sessions s JOIN users u ON u.id = s.user_id
                WHERE s.ended_at IS NULL AND s.expires_at <= ?2 LIMIT ?3";
    let mut sql = conn.prepare_cached(text)?;
    let values = params![now.plus_ms(-idle.least_ms), now, limit, idle.by_pool, idle.ms];
    let rows = sql.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Removes sessions that ended before `before`, a few at a time; receipts keep what they need.
pub fn forget_ended(act: &Act<'_>, before: Timestamp, limit: u32) -> Rows<usize> {
    let text = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ended_at < ?1 LIMIT ?2)";
    Ok(act.conn().prepare_cached(text)?.execute(params![before, limit])?)
}
