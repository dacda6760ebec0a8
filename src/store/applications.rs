//! Applications and their registered addresses.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::application::Protocol;
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, PoolId};
use crate::domain::oauth::{GrantType, ResponseType};
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
    /// How it speaks OAuth.
    pub protocol: Protocol,
    /// Its secret, sealed; only where it signs ID tokens.
    pub secret_sealed: Option<Vec<u8>>,
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
    backchannel_logout_uri, frontchannel_logout_uri, grant_types, is_default, barrier_seq, created_at, updated_at,
    secret_sealed, backchannel_session_required, frontchannel_session_required, response_types, auth_method,
    id_token_alg, jwks, tokens_outlive_logout, self_registration";

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
        protocol: Protocol {
            backchannel_logout_uri: row.get(7)?,
            backchannel_session_required: row.get(15)?,
            frontchannel_logout_uri: row.get(8)?,
            frontchannel_session_required: row.get(16)?,
            grant_types: list(row, 9)?.iter().filter_map(|word| GrantType::parse(word)).collect(),
            response_types: list(row, 17)?.iter().filter_map(|word| ResponseType::parse(word)).collect(),
            auth_method: row.get(18)?,
            id_token_alg: row.get(19)?,
            jwks: row.get(20)?,
            tokens_outlive_logout: row.get(21)?,
            self_registration: row.get(22)?,
        },
        secret_sealed: row.get(14)?,
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
               grant_types, is_default, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '[]', ?8, ?9, ?9)",
        )?
        .execute(params![
            row.id,
            row.pool,
            row.identifier,
            row.name,
            row.secret,
            as_json(&row.redirect_uris),
            as_json(&row.logout_redirect_uris),
            row.is_default,
            act.now
        ])?;
    settle_protocol(act, row)
}

/// Writes all that a form or a seed file can change.
pub fn update(act: &Act<'_>, row: &ApplicationRow) -> Rows<()> {
    if row.is_default {
        clear_default(act, row.pool)?;
    }
    act.conn()
        .prepare_cached(
            "UPDATE applications SET identifier = ?2, name = ?3, secret_hash = ?4, redirect_uris = ?5,
               logout_redirect_uris = ?6, is_default = ?7, updated_at = ?8
             WHERE id = ?1 AND deleted_at IS NULL",
        )?
        .execute(params![
            row.id,
            row.identifier,
            row.name,
            row.secret,
            as_json(&row.redirect_uris),
            as_json(&row.logout_redirect_uris),
            row.is_default,
            act.now
        ])?;
    settle_protocol(act, row)
}

fn settle_protocol(act: &Act<'_>, row: &ApplicationRow) -> Rows<()> {
    let protocol = &row.protocol;
    let grants: Vec<String> = protocol.grant_types.iter().map(|grant| grant.as_str().to_owned()).collect();
    let responses: Vec<String> = protocol.response_types.iter().map(|kind| kind.as_str().to_owned()).collect();
    act.conn()
        .prepare_cached(
            "UPDATE applications SET backchannel_logout_uri = ?2, backchannel_session_required = ?3,
               frontchannel_logout_uri = ?4, frontchannel_session_required = ?5, grant_types = ?6, response_types = ?7,
               auth_method = ?8, id_token_alg = ?9, jwks = ?10, tokens_outlive_logout = ?11, secret_sealed = ?12,
               self_registration = ?13
             WHERE id = ?1",
        )?
        .execute(params![
            row.id,
            protocol.backchannel_logout_uri,
            protocol.backchannel_session_required,
            protocol.frontchannel_logout_uri,
            protocol.frontchannel_session_required,
            as_json(&grants),
            as_json(&responses),
            protocol.auth_method,
            protocol.id_token_alg,
            protocol.jwks,
            protocol.tokens_outlive_logout,
            row.secret_sealed,
            protocol.self_registration
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
