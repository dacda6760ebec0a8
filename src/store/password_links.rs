//! One-time links by which a person sets a new password. Only hashes are kept.

use rusqlite::{Connection, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::clock::Timestamp;
use crate::domain::id::UserId;
use crate::domain::secret::SecretHash;
use crate::domain::session::Seq;

/// A link as stored.
#[derive(Debug, Clone, Copy)]
pub struct LinkRow {
    /// Whose password it sets.
    pub user: UserId,
    /// Of the password that it replaces; once there is another, the link is dead.
    pub password_seq: Seq,
    /// End of its life.
    pub expires_at: Timestamp,
}

/// Adds a link; older ones of the same user die with it, and what has expired goes.
pub fn insert(act: &Act<'_>, hash: &SecretHash, row: &LinkRow) -> Rows<()> {
    forget_of_user(act, row.user)?;
    act.conn().prepare_cached("DELETE FROM password_links WHERE expires_at <= ?1")?.execute([act.now])?;
    act.conn()
        .prepare_cached("INSERT INTO password_links (hash, user_id, password_seq, expires_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![hash, row.user, row.password_seq, row.expires_at])?;
    Ok(())
}

/// Whose password the link behind a secret still sets.
pub fn living(conn: &Connection, hash: &SecretHash, now: Timestamp) -> Rows<Option<UserId>> {
    let text = "SELECT u.id FROM password_links l JOIN users u ON u.id = l.user_id
                WHERE l.hash = ?1 AND l.expires_at > ?2 AND l.password_seq = u.password_seq AND u.status = 'activated'";
    conn.prepare_cached(text)?.query_row(params![hash, now], |row| row.get(0)).maybe()
}

/// Whatever links a user has are dead.
pub fn forget_of_user(act: &Act<'_>, user: UserId) -> Rows<()> {
    act.conn().prepare_cached("DELETE FROM password_links WHERE user_id = ?1")?.execute([user])?;
    Ok(())
}
