//! Applications and their registered addresses.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, PoolId};
use crate::domain::secret::SecretHash;
use crate::domain::session::Seq;

/// An application as stored: entries as typed, to be parsed by `domain::application`.
#[derive(Debug, Clone)]
pub struct ApplicationRow {
    /// Id.
    pub id: ApplicationId,
    /// Pool.
    pub pool: PoolId,
    /// Label of its host.
    pub identifier: String,
    /// Name.
    pub name: String,
    /// Hash of its secret.
    pub secret: SecretHash,
    /// Log-in callbacks, as typed.
    pub redirect_uris: Vec<String>,
    /// Log-out callbacks, as typed.
    pub logout_redirect_uris: Vec<String>,
    /// OpenID Connect back-channel log-out address.
    pub backchannel_logout_uri: Option<String>,
    /// OpenID Connect front-channel log-out address.
    pub frontchannel_logout_uri: Option<String>,
    /// OAuth grant types.
    pub grant_types: Vec<String>,
    /// Whether the base host means this one when none is named.
    pub is_default: bool,
    /// Barrier against everybody in it.
    pub barrier: Seq,
    /// Creation.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "id, pool_id, identifier, name, secret_hash, redirect_uris, logout_redirect_uris,
    backchannel_logout_uri, frontchannel_logout_uri, grant_types, is_default, barrier_seq, created_at, updated_at";

fn list(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e)))
}

fn as_json(list: &[String]) -> String {
    serde_json::Value::from(list.to_vec()).to_string()
}

fn row_to_application(row: &Row<'_>) -> rusqlite::Result<ApplicationRow> {
    Ok(ApplicationRow {
        id: row.get(0)?,
        pool: row.get(1)?,
        identifier: row.get(2)?,
        name: row.get(3)?,
        secret: row.get(4)?,
        redirect_uris: list(row, 5)?,
        logout_redirect_uris: list(row, 6)?,
        backchannel_logout_uri: row.get(7)?,
        frontchannel_logout_uri: row.get(8)?,
        grant_types: list(row, 9)?,
        is_default: row.get(10)?,
        barrier: row.get(11)?,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
    })
}

/// All living applications of all pools, oldest first.
pub fn all(conn: &Connection) -> Rows<Vec<ApplicationRow>> {
    let text = format!("SELECT {COLUMNS} FROM applications WHERE deleted_at IS NULL ORDER BY created_at, id");
    Ok(conn.prepare_cached(&text)?.query_map([], row_to_application)?.collect::<rusqlite::Result<_>>()?)
}

/// One living application.
pub fn find(conn: &Connection, id: ApplicationId) -> Rows<Option<ApplicationRow>> {
    let text = format!("SELECT {COLUMNS} FROM applications WHERE id = ?1 AND deleted_at IS NULL");
    conn.prepare_cached(&text)?.query_row([id], row_to_application).maybe()
}

/// Whether this id was an application that has been deleted; it is never given again.
pub fn was_deleted(conn: &Connection, id: ApplicationId) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM applications WHERE id = ?1 AND deleted_at IS NOT NULL)";
    Ok(conn.prepare_cached(text)?.query_row([id], |row| row.get(0))?)
}

/// Adds one; `identifier` taken by another is a conflict.
pub fn insert(act: &Act<'_>, row: &ApplicationRow) -> Rows<()> {
    if row.is_default {
        clear_default(act, row.pool)?;
    }
    act.conn()
        .prepare_cached(
            "INSERT INTO applications (id, pool_id, identifier, name, secret_hash, redirect_uris, logout_redirect_uris,
               backchannel_logout_uri, frontchannel_logout_uri, grant_types, is_default, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)",
        )?
        .execute(params![
            row.id,
            row.pool,
            row.identifier,
            row.name,
            row.secret,
            as_json(&row.redirect_uris),
            as_json(&row.logout_redirect_uris),
            row.backchannel_logout_uri,
            row.frontchannel_logout_uri,
            as_json(&row.grant_types),
            row.is_default,
            act.now
        ])?;
    Ok(())
}

/// Writes all that a form or a seed file can change.
pub fn update(act: &Act<'_>, row: &ApplicationRow) -> Rows<()> {
    if row.is_default {
        clear_default(act, row.pool)?;
    }
    act.conn()
        .prepare_cached(
            "UPDATE applications SET identifier = ?2, name = ?3, secret_hash = ?4, redirect_uris = ?5,
               logout_redirect_uris = ?6, backchannel_logout_uri = ?7, frontchannel_logout_uri = ?8, grant_types = ?9,
               is_default = ?10, updated_at = ?11
             WHERE id = ?1 AND deleted_at IS NULL",
        )?
        .execute(params![
            row.id,
            row.identifier,
            row.name,
            row.secret,
            as_json(&row.redirect_uris),
            as_json(&row.logout_redirect_uris),
            row.backchannel_logout_uri,
            row.frontchannel_logout_uri,
            as_json(&row.grant_types),
            row.is_default,
            act.now
        ])?;
    Ok(())
}

fn clear_default(act: &Act<'_>, pool: PoolId) -> Rows<()> {
    act.conn()
        .prepare_cached("UPDATE applications SET is_default = 0 WHERE pool_id = ?1 AND is_default = 1")?
        .execute([pool])?;
    Ok(())
}

/// Takes an application out of the house; its rows stay for receipts.
pub fn delete(act: &Act<'_>, id: ApplicationId) -> Rows<()> {
    act.conn()
        .prepare_cached("UPDATE applications SET deleted_at = ?2, identifier = NULL, is_default = 0 WHERE id = ?1")?
        .execute(params![id, act.now])?;
    Ok(())
}

/// Names of applications by id, deleted ones too, for receipts.
pub fn name(conn: &Connection, id: ApplicationId) -> Rows<Option<String>> {
    conn.prepare_cached("SELECT name FROM applications WHERE id = ?1")?.query_row([id], |row| row.get(0)).maybe()
}
