//! User pools.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::id::PoolId;
use crate::domain::secret::SecretHash;
use crate::domain::session::Seq;

/// A pool as stored.
#[derive(Debug, Clone)]
pub struct PoolRow {
    /// Id.
    pub id: PoolId,
    /// Name.
    pub name: String,
    /// Hash of its secret.
    pub secret: SecretHash,
    /// Management tokens made before this are dead.
    pub secret_seq: Seq,
}

fn row_to_pool(row: &Row<'_>) -> rusqlite::Result<PoolRow> {
    Ok(PoolRow { id: row.get(0)?, name: row.get(1)?, secret: row.get(2)?, secret_seq: row.get(3)? })
}

/// All pools, the default first.
pub fn all(conn: &Connection) -> Rows<Vec<PoolRow>> {
    let mut sql = conn.prepare_cached("SELECT id, name, secret_hash, secret_seq FROM pools ORDER BY position")?;
    Ok(sql.query_map([], row_to_pool)?.collect::<rusqlite::Result<_>>()?)
}

/// One pool.
pub fn find(conn: &Connection, id: PoolId) -> Rows<Option<PoolRow>> {
    conn.prepare_cached("SELECT id, name, secret_hash, secret_seq FROM pools WHERE id = ?1")?
        .query_row([id], row_to_pool)
        .maybe()
}

/// Adds a pool after the others.
pub fn insert(act: &Act<'_>, id: PoolId, name: &str, secret: &SecretHash) -> Rows<()> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached(
            "INSERT INTO pools (id, name, secret_hash, secret_seq, position, created_at)
             VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(position), 0) + 1 FROM pools), ?5)",
        )?
        .execute(params![id, name, secret, seq, act.now])?;
    Ok(())
}

/// Changes the name.
pub fn rename(act: &Act<'_>, id: PoolId, name: &str) -> Rows<()> {
    act.conn().prepare_cached("UPDATE pools SET name = ?2 WHERE id = ?1")?.execute(params![id, name])?;
    Ok(())
}

/// Changes the secret; tokens that the old one made die.
pub fn set_secret(act: &Act<'_>, id: PoolId, secret: &SecretHash) -> Rows<()> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached("UPDATE pools SET secret_hash = ?2, secret_seq = ?3 WHERE id = ?1")?
        .execute(params![id, secret, seq])?;
    Ok(())
}

/// Removes a pool that nothing refers to; one that was used stays. `false`: it stayed.
pub fn delete_unused(act: &Act<'_>, id: PoolId) -> Rows<bool> {
    let text = "DELETE FROM pools WHERE id = ?1
        AND NOT EXISTS (SELECT 1 FROM users WHERE pool_id = ?1)
        AND NOT EXISTS (SELECT 1 FROM applications WHERE pool_id = ?1)
        AND NOT EXISTS (SELECT 1 FROM access_keys WHERE pool_id = ?1)
        AND NOT EXISTS (SELECT 1 FROM endings WHERE pool_id = ?1)
        AND NOT EXISTS (SELECT 1 FROM audit WHERE pool_id = ?1)";
    Ok(act.conn().prepare_cached(text)?.execute([id])? == 1)
}
