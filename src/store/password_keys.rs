//! The key under which passwords travel, its private half sealed. There is one.

use rusqlite::{Connection, params};

use super::db::{Act, Maybe, Rows};

/// The sealed private half.
pub fn find(conn: &Connection) -> Rows<Option<Vec<u8>>> {
    conn.prepare_cached("SELECT sealed FROM password_keys WHERE id = 1")?.query_row([], |row| row.get(0)).maybe()
}

/// Keeps a key, unless there is one: clients remember the public half.
pub fn insert(act: &Act<'_>, sealed: &[u8]) -> Rows<()> {
    act.conn()
        .prepare_cached("INSERT OR IGNORE INTO password_keys (id, sealed, created_at) VALUES (1, ?1, ?2)")?
        .execute(params![sealed, act.now])?;
    Ok(())
}
