//! The keys under which passwords travel, their private halves sealed. There is one of each kind.

use rusqlite::{Connection, params};

use super::db::{Act, Maybe, Rows};

/// A kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// RSA, with which SDKs encrypt when nothing else is said.
    Rsa,
    /// SM2.
    Sm2,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Sm2 => "sm2",
        }
    }
}

/// The sealed private half.
pub fn find(conn: &Connection, kind: Kind) -> Rows<Option<Vec<u8>>> {
    let mut sql = conn.prepare_cached("SELECT sealed FROM password_keys WHERE kind = ?1")?;
    sql.query_row([kind.as_str()], |row| row.get(0)).maybe()
}

/// Keeps a key, unless there is one of its kind: clients remember the public half.
pub fn insert(act: &Act<'_>, kind: Kind, sealed: &[u8]) -> Rows<()> {
    act.conn()
        .prepare_cached("INSERT OR IGNORE INTO password_keys (kind, sealed, created_at) VALUES (?1, ?2, ?3)")?
        .execute(params![kind.as_str(), sealed, act.now])?;
    Ok(())
}
