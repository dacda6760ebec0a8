//! Access keys: credentials of an administrator's program (Authing AK/SK).

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::clock::Timestamp;
use crate::domain::id::{AccessKeyId, PoolId, UserId};
use crate::domain::secret::{KeptSecret, SecretHash};
use crate::domain::session::Seq;

/// A living key.
#[derive(Debug, Clone)]
pub struct AccessKeyRow {
    /// Id.
    pub id: AccessKeyId,
    /// Pool.
    pub pool: PoolId,
    /// Administrator who made it; none: the operator.
    pub user: Option<UserId>,
    /// What is kept of its secret.
    pub secret: KeptSecret,
    /// Management tokens made before this are dead.
    pub seq: Seq,
    /// What it is for.
    pub name: String,
    /// Creation.
    pub created_at: Timestamp,
    /// Name of the administrator who made it.
    pub made_by: Option<String>,
}

const COLUMNS: &str = "id, pool_id, user_id, secret_hash, secret_sealed, seq, name, created_at,
    (SELECT CASE WHEN u.name <> '' THEN u.name ELSE coalesce(u.username, u.email, u.id) END FROM users u WHERE u.id = user_id)";

fn row_to_key(row: &Row<'_>) -> rusqlite::Result<AccessKeyRow> {
    Ok(AccessKeyRow {
        id: row.get(0)?,
        pool: row.get(1)?,
        user: row.get(2)?,
        secret: KeptSecret { hash: row.get(3)?, sealed: row.get(4)? },
        seq: row.get(5)?,
        name: row.get(6)?,
        created_at: row.get(7)?,
        made_by: row.get(8)?,
    })
}

/// One key that is not revoked.
pub fn find(conn: &Connection, id: AccessKeyId) -> Rows<Option<AccessKeyRow>> {
    let text = format!("SELECT {COLUMNS} FROM access_keys WHERE id = ?1 AND revoked_at IS NULL");
    conn.prepare_cached(&text)?.query_row([id], row_to_key).maybe()
}

/// Whether this key with this very secret was revoked.
pub fn was_revoked(conn: &Connection, id: AccessKeyId, secret: &SecretHash) -> Rows<bool> {
    let text =
        "SELECT EXISTS (SELECT 1 FROM access_keys WHERE id = ?1 AND secret_hash = ?2 AND revoked_at IS NOT NULL)";
    Ok(conn.prepare_cached(text)?.query_row(params![id, secret], |row| row.get(0))?)
}

/// Keys of a pool that are not revoked, newest first.
pub fn of_pool(conn: &Connection, pool: PoolId) -> Rows<Vec<AccessKeyRow>> {
    let text = format!(
        "SELECT {COLUMNS} FROM access_keys WHERE pool_id = ?1 AND revoked_at IS NULL ORDER BY created_at DESC, id LIMIT 500"
    );
    Ok(conn.prepare_cached(&text)?.query_map([pool], row_to_key)?.collect::<rusqlite::Result<_>>()?)
}

/// Adds a key, or gives an existing one the stated secret (seed files).
pub fn put(
    act: &Act<'_>,
    id: AccessKeyId,
    pool: PoolId,
    user: Option<UserId>,
    secret: &KeptSecret,
    name: &str,
) -> Rows<()> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached(
            "INSERT INTO access_keys (id, pool_id, user_id, secret_hash, secret_sealed, seq, name, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, name = excluded.name,
               seq = CASE WHEN secret_hash = excluded.secret_hash THEN seq ELSE excluded.seq END,
               secret_hash = excluded.secret_hash, secret_sealed = excluded.secret_sealed, revoked_at = NULL
             WHERE pool_id = excluded.pool_id",
        )?
        .execute(params![id, pool, user, secret.hash, secret.sealed, seq, name, act.now])?;
    Ok(())
}

/// Revokes; tokens it made stop working at the next call. `false`: there was no such key in the pool.
pub fn revoke(act: &Act<'_>, pool: PoolId, id: AccessKeyId) -> Rows<bool> {
    let text = "UPDATE access_keys SET revoked_at = ?3 WHERE id = ?1 AND pool_id = ?2 AND revoked_at IS NULL";
    Ok(act.conn().prepare_cached(text)?.execute(params![id, pool, act.now])? == 1)
}
