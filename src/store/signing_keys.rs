//! Signing keys, the private halves sealed.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Rows};
use crate::domain::clock::Timestamp;
use crate::domain::oauth::TokenAlg;

/// A key as stored.
#[derive(Clone)]
pub struct SigningKeyRow {
    /// Id, as in token headers.
    pub kid: String,
    /// How it signs.
    pub alg: TokenAlg,
    /// Private half, sealed; none once retired.
    pub sealed: Option<Vec<u8>>,
    /// Public half, a JWK.
    pub public: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it begins to sign.
    pub signs_from: Timestamp,
    /// When it stopped.
    pub retired_at: Option<Timestamp>,
    /// Whether what it signed is believed no more.
    pub distrusted: bool,
}

fn row_to_key(row: &Row<'_>) -> rusqlite::Result<SigningKeyRow> {
    Ok(SigningKeyRow {
        kid: row.get(0)?,
        alg: row.get(1)?,
        sealed: row.get(2)?,
        public: row.get(3)?,
        created_at: row.get(4)?,
        signs_from: row.get(5)?,
        retired_at: row.get(6)?,
        distrusted: row.get(7)?,
    })
}

/// All keys, oldest first.
pub fn all(conn: &Connection) -> Rows<Vec<SigningKeyRow>> {
    let text = "SELECT kid, alg, sealed, public, created_at, signs_from, retired_at, distrusted FROM signing_keys
                ORDER BY signs_from, kid";
    Ok(conn.prepare_cached(text)?.query_map([], row_to_key)?.collect::<rusqlite::Result<_>>()?)
}

/// Adds a key.
pub fn insert(act: &Act<'_>, row: &SigningKeyRow) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "INSERT INTO signing_keys (kid, alg, sealed, public, created_at, signs_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![row.kid, row.alg, row.sealed, row.public, row.created_at, row.signs_from])?;
    Ok(())
}

/// A key signs no more: its private half is gone for good.
pub fn retire(act: &Act<'_>, kid: &str) -> Rows<()> {
    act.conn()
        .prepare_cached("UPDATE signing_keys SET sealed = NULL, retired_at = ?2 WHERE kid = ?1 AND retired_at IS NULL")?
        .execute(params![kid, act.now])?;
    Ok(())
}

/// No key there is now is believed any more: all stop, their private halves are gone for good, and those that never signed
/// are taken away.
pub fn distrust_all(act: &Act<'_>) -> Rows<()> {
    act.conn().prepare_cached("DELETE FROM signing_keys WHERE signs_from > ?1")?.execute([act.now])?;
    act.conn()
        .prepare_cached(
            "UPDATE signing_keys SET sealed = NULL, retired_at = coalesce(retired_at, ?1), distrusted = 1 WHERE distrusted = 0",
        )?
        .execute([act.now])?;
    Ok(())
}
