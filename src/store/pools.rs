//! User pools.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::id::{PoolId, UserId};
use crate::domain::secret::KeptSecret;
use crate::domain::session::Seq;
use crate::domain::user::{Role, UserStatus};

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

/// What a pool looks like, whom to ask in it, and how long its sessions last.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// Id.
    pub id: PoolId,
    /// Name.
    pub name: String,
    /// Whom people may ask.
    pub contact: String,
    /// Its colour.
    pub accent: Option<String>,
    /// Its picture, with the media type.
    pub logo: Option<(Vec<u8>, String)>,
    /// Lifetimes of sessions, where it settled them.
    pub idle_seconds: Option<u32>,
    /// See above.
    pub absolute_seconds: Option<u32>,
}

const SETTINGS: &str = "id, name, contact, accent, logo, logo_type, idle_seconds, absolute_seconds";

fn row_to_settings(row: &Row<'_>) -> rusqlite::Result<PoolSettings> {
    let (logo, kind): (Option<Vec<u8>>, Option<String>) = (row.get(4)?, row.get(5)?);
    Ok(PoolSettings {
        id: row.get(0)?,
        name: row.get(1)?,
        contact: row.get(2)?,
        accent: row.get(3)?,
        logo: logo.zip(kind),
        idle_seconds: row.get(6)?,
        absolute_seconds: row.get(7)?,
    })
}

/// The settings of all pools, the default first.
pub fn all_settings(conn: &Connection) -> Rows<Vec<PoolSettings>> {
    let mut sql = conn.prepare_cached(&format!("SELECT {SETTINGS} FROM pools ORDER BY position"))?;
    Ok(sql.query_map([], row_to_settings)?.collect::<rusqlite::Result<_>>()?)
}

/// Those of one.
pub fn settings(conn: &Connection, id: PoolId) -> Rows<Option<PoolSettings>> {
    conn.prepare_cached(&format!("SELECT {SETTINGS} FROM pools WHERE id = ?1"))?
        .query_row([id], row_to_settings)
        .maybe()
}

/// Writes them, all but the picture.
pub fn settle(act: &Act<'_>, settings: &PoolSettings) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "UPDATE pools SET name = ?2, contact = ?3, accent = ?4, idle_seconds = ?5, absolute_seconds = ?6 WHERE id = ?1",
        )?
        .execute(params![
            settings.id,
            settings.name,
            settings.contact,
            settings.accent,
            settings.idle_seconds,
            settings.absolute_seconds
        ])?;
    Ok(())
}

/// Writes the picture, or that there is none.
pub fn set_logo(act: &Act<'_>, id: PoolId, logo: Option<(&[u8], &str)>) -> Rows<()> {
    act.conn().prepare_cached("UPDATE pools SET logo = ?2, logo_type = ?3 WHERE id = ?1")?.execute(params![
        id,
        logo.map(|(octets, _)| octets),
        logo.map(|(_, kind)| kind)
    ])?;
    Ok(())
}

/// Somebody who may enter the console.
#[derive(Debug, Clone)]
pub struct Keeper {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// What they log in with.
    pub identifier: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may log in at all.
    pub status: UserStatus,
}

/// Who may enter the console of a pool: those who act before those who read.
pub fn keepers(conn: &Connection, id: PoolId) -> Rows<Vec<Keeper>> {
    let text = "SELECT id, CASE WHEN name <> '' THEN name ELSE coalesce(username, email, phone, id) END,
                       coalesce(username, email, phone, id), role, status
                FROM users WHERE pool_id = ?1 AND role <> 'person' AND status <> 'deleted' ORDER BY role, created_at LIMIT 100";
    let row = |row: &Row<'_>| {
        Ok(Keeper {
            id: row.get(0)?,
            name: row.get(1)?,
            identifier: row.get(2)?,
            role: row.get(3)?,
            status: row.get(4)?,
        })
    };
    Ok(conn.prepare_cached(text)?.query_map([id], row)?.collect::<rusqlite::Result<_>>()?)
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
