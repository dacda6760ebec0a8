//! User pools.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::id::PoolId;
use crate::domain::secret::KeptSecret;
use crate::domain::session::Seq;

/// A pool as stored.
#[derive(Debug, Clone)]
pub struct PoolRow {
    /// Id.
    pub id: PoolId,
    /// Name.
    pub name: String,
    /// What is kept of its secret.
    pub secret: KeptSecret,
    /// Management tokens made before this are dead.
    pub secret_seq: Seq,
}

const COLUMNS: &str = "id, name, secret_hash, secret_sealed, secret_seq";

fn row_to_pool(row: &Row<'_>) -> rusqlite::Result<PoolRow> {
    let secret = KeptSecret { hash: row.get(2)?, sealed: row.get(3)? };
    Ok(PoolRow { id: row.get(0)?, name: row.get(1)?, secret, secret_seq: row.get(4)? })
}

/// All pools, the default first.
pub fn all(conn: &Connection) -> Rows<Vec<PoolRow>> {
    let mut sql = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM pools ORDER BY position"))?;
    Ok(sql.query_map([], row_to_pool)?.collect::<rusqlite::Result<_>>()?)
}

/// One pool.
pub fn find(conn: &Connection, id: PoolId) -> Rows<Option<PoolRow>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM pools WHERE id = ?1"))?.query_row([id], row_to_pool).maybe()
}

/// Adds a pool after the others.
pub fn insert(act: &Act<'_>, id: PoolId, name: &str, secret: &KeptSecret) -> Rows<()> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached(
            "INSERT INTO pools (id, name, secret_hash, secret_sealed, secret_seq, position, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(position), 0) + 1 FROM pools), ?6)",
        )?
        .execute(params![id, name, secret.hash, secret.sealed, seq, act.now])?;
    Ok(())
}

/// Changes the name.
pub fn rename(act: &Act<'_>, id: PoolId, name: &str) -> Rows<()> {
    act.conn().prepare_cached("UPDATE pools SET name = ?2 WHERE id = ?1")?.execute(params![id, name])?;
    Ok(())
}

/// Changes the secret; tokens that the old one made die.
pub fn set_secret(act: &Act<'_>, id: PoolId, secret: &KeptSecret) -> Rows<()> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached("UPDATE pools SET secret_hash = ?2, secret_sealed = ?3, secret_seq = ?4 WHERE id = ?1")?
        .execute(params![id, secret.hash, secret.sealed, seq])?;
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
