//! Grants: what applications were given. Whether one still lives is asked here, in one statement, by everybody who issues
//! or believes something; no SQL here ends one with its session, that is `ending`.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, GrantId, UserId};
use crate::domain::secret::SecretHash;
use crate::domain::session::{IdleRule, Seq, SessionId};

/// A grant as stored.
#[derive(Debug, Clone)]
pub struct GrantRow {
    /// Id.
    pub id: GrantId,
    /// To whom.
    pub application: ApplicationId,
    /// Whose; none: the application's own.
    pub user: Option<UserId>,
    /// Session it came from.
    pub session: Option<SessionId>,
    /// Place in the order.
    pub seq: Seq,
    /// Whether it outlives a plain log-out.
    pub outlives_logout: bool,
    /// By which the application knows the house.
    pub issuer: String,
    /// Scopes, in words.
    pub scope: String,
    /// Public id of the session.
    pub sid: String,
    /// When the password was asked.
    pub auth_at: Timestamp,
    /// Address as it was asked for.
    pub redirect_uri: String,
    /// Comes back in the ID token.
    pub nonce: Option<String>,
    /// PKCE challenge.
    pub challenge: Option<String>,
    /// Single claims, JSON.
    pub claims: Option<String>,
    /// Whether the code was used.
    pub code_used: bool,
    /// Generation of the refresh token; 0: none was given.
    pub generation: i64,
    /// When it was last rotated.
    pub rotated_at: Option<Timestamp>,
    /// Start.
    pub created_at: Timestamp,
    /// End of all that it gives.
    pub expires_at: Timestamp,
}

const COLUMNS: &str =
    "g.id, g.application_id, g.user_id, g.session_id, g.seq, g.outlives_logout, g.issuer, g.scope, g.sid, g.auth_at,
    g.redirect_uri, g.nonce, g.challenge, g.claims, g.code_used, g.generation, g.rotated_at, g.created_at, g.expires_at";

fn row_to_grant(row: &Row<'_>) -> rusqlite::Result<GrantRow> {
    Ok(GrantRow {
        id: row.get(0)?,
        application: row.get(1)?,
        user: row.get(2)?,
        session: row.get(3)?,
        seq: row.get(4)?,
        outlives_logout: row.get(5)?,
        issuer: row.get(6)?,
        scope: row.get(7)?,
        sid: row.get(8)?,
        auth_at: row.get(9)?,
        redirect_uri: row.get(10)?,
        nonce: row.get(11)?,
        challenge: row.get(12)?,
        claims: row.get(13)?,
        code_used: row.get(14)?,
        generation: row.get(15)?,
        rotated_at: row.get(16)?,
        created_at: row.get(17)?,
        expires_at: row.get(18)?,
    })
}

/// Writes a grant down.
pub fn insert(act: &Act<'_>, row: &GrantRow) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "INSERT INTO grants (id, application_id, user_id, session_id, seq, outlives_logout, issuer, scope, sid, auth_at,
               redirect_uri, nonce, challenge, claims, code_used, generation, created_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        )?
        .execute(params![
            row.id,
            row.application,
            row.user,
            row.session,
            row.seq,
            row.outlives_logout,
            row.issuer,
            row.scope,
            row.sid,
            row.auth_at,
            row.redirect_uri,
            row.nonce,
            row.challenge,
            row.claims,
            row.code_used,
            row.generation,
            row.created_at,
            row.expires_at
        ])?;
    Ok(())
}

/// A grant that was not revoked, whatever became of its session.
pub fn find(conn: &Connection, id: GrantId) -> Rows<Option<GrantRow>> {
    let text = format!("SELECT {COLUMNS} FROM grants g WHERE g.id = ?1 AND g.revoked_at IS NULL");
    conn.prepare_cached(&text)?.query_row([id], row_to_grant).maybe()
}

/// A grant that nothing in the rows speaks against: not revoked, above every barrier raised since (K2), its user may log in,
/// its application stands, and its session lives unless it may outlive that. The session's lifetimes are judged too: `now`
/// must be before its absolute end, and it has not idled out.
pub fn living(conn: &Connection, id: GrantId, now: Timestamp, idle: IdleRule) -> Rows<Option<GrantRow>> {
    // CROSS JOIN: from the grant outwards, whatever ANALYZE found.
    let text = format!(
        "SELECT {COLUMNS} FROM grants g
         CROSS JOIN applications a ON a.id = g.application_id
         LEFT JOIN users u ON u.id = g.user_id
         LEFT JOIN sessions s ON s.id = g.session_id
         LEFT JOIN kicks k ON k.user_id = g.user_id AND k.application_id = g.application_id
         WHERE g.id = ?1 AND g.revoked_at IS NULL AND a.deleted_at IS NULL
           AND g.seq > max(a.barrier_seq, coalesce(k.barrier_seq, 0), coalesce(u.barrier_seq, 0))
           AND (g.user_id IS NULL OR (u.status = 'activated' AND (g.outlives_logout = 1
             OR (s.id IS NOT NULL AND s.ended_at IS NULL AND s.expires_at > ?2 AND s.last_seen_at > ?2 - CASE WHEN ?4
             THEN coalesce((SELECT 1000 * p.idle_seconds FROM pools p WHERE p.id = a.pool_id), ?3) ELSE ?3 END))))"
    );
    conn.prepare_cached(&text)?.query_row(params![id, now, idle.ms, idle.by_pool], row_to_grant).maybe()
}

/// The code has become tokens: it works no more, and the grant lasts as long as what it gave. `generation`: of the first
/// refresh token, or 0.
pub fn exchanged(act: &Act<'_>, id: GrantId, generation: i64, expires_at: Timestamp) -> Rows<()> {
    act.conn()
        .prepare_cached("UPDATE grants SET code_used = 1, generation = ?2, expires_at = ?3 WHERE id = ?1")?
        .execute(params![id, generation, expires_at])?;
    Ok(())
}

/// The refresh token is replaced by its successor.
pub fn rotated(act: &Act<'_>, id: GrantId, generation: i64) -> Rows<()> {
    act.conn()
        .prepare_cached("UPDATE grants SET generation = ?2, rotated_at = ?3 WHERE id = ?1")?
        .execute(params![id, generation, act.now])?;
    Ok(())
}

/// Ends a grant with all that it gave; its session lives on.
pub fn revoke(act: &Act<'_>, id: GrantId) -> Rows<()> {
    act.conn()
        .prepare_cached("UPDATE grants SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL")?
        .execute(params![id, act.now])?;
    Ok(())
}

/// What applications were given in a session and still hold: how many grants each.
pub fn held_in_session(conn: &Connection, session: SessionId) -> Rows<Vec<(ApplicationId, u32)>> {
    let text = "SELECT application_id, count(*) FROM grants WHERE session_id = ?1 AND revoked_at IS NULL GROUP BY application_id";
    let mut sql = conn.prepare_cached(text)?;
    let rows = sql.query_map([session], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The same for one application in the first `limit` sessions that are in it.
pub fn held_by_application(conn: &Connection, application: ApplicationId, limit: u32) -> Rows<u32> {
    let text = "SELECT count(*) FROM
        (SELECT session_id FROM participants WHERE application_id = ?1 AND ended_at IS NULL ORDER BY seq DESC LIMIT ?2) p
        CROSS JOIN grants g ON g.session_id = p.session_id WHERE g.application_id = ?1 AND g.revoked_at IS NULL";
    Ok(conn.prepare_cached(text)?.query_row(params![application, limit], |row| row.get(0))?)
}

/// Ends what outlived the sessions of a user that are over.
pub fn revoke_left_behind(act: &Act<'_>, user: UserId) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "UPDATE grants SET revoked_at = ?2 WHERE user_id = ?1 AND outlives_logout = 1 AND revoked_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = grants.session_id AND s.ended_at IS NULL)",
        )?
        .execute(params![user, act.now])?;
    Ok(())
}

/// Revokes one access token.
pub fn revoke_token(act: &Act<'_>, jti: &str, expires_at: Timestamp) -> Rows<()> {
    act.conn()
        .prepare_cached("INSERT OR IGNORE INTO revoked_tokens (jti, expires_at) VALUES (?1, ?2)")?
        .execute(params![jti, expires_at])?;
    Ok(())
}

/// Whether one access token was revoked.
pub fn is_revoked(conn: &Connection, jti: &str) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM revoked_tokens WHERE jti = ?1)";
    Ok(conn.prepare_cached(text)?.query_row([jti], |row| row.get(0))?)
}

/// Uses up a client assertion; `false`: it was used before.
pub fn use_assertion(act: &Act<'_>, hash: &SecretHash, expires_at: Timestamp) -> Rows<bool> {
    let text = "INSERT OR IGNORE INTO assertions (hash, expires_at) VALUES (?1, ?2)";
    Ok(act.conn().prepare_cached(text)?.execute(params![hash, expires_at])? == 1)
}

/// Removes what ended before `before`, a few at a time.
pub fn forget(act: &Act<'_>, before: Timestamp, limit: u32) -> Rows<usize> {
    let mut gone = 0;
    for text in [
        "DELETE FROM grants WHERE id IN (SELECT id FROM grants WHERE expires_at < ?1 LIMIT ?2)",
        "DELETE FROM revoked_tokens WHERE jti IN (SELECT jti FROM revoked_tokens WHERE expires_at < ?1 LIMIT ?2)",
        "DELETE FROM assertions WHERE hash IN (SELECT hash FROM assertions WHERE expires_at < ?1 LIMIT ?2)",
    ] {
        gone += act.conn().prepare_cached(text)?.execute(params![before, limit])?;
    }
    Ok(gone)
}
