//! What is known of the database file itself.

use rusqlite::Connection;

use super::db::Rows;

/// See the head of this file.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Number of the schema.
    pub schema: i64,
    /// Octets of the file.
    pub octets: u64,
    /// Version of SQLite.
    pub sqlite: &'static str,
}

/// Asks.
pub fn of(conn: &Connection) -> Rows<Facts> {
    let number = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
    let octets = number("PRAGMA page_count")?.saturating_mul(number("PRAGMA page_size")?);
    Ok(Facts {
        schema: number("PRAGMA user_version")?,
        octets: u64::try_from(octets).unwrap_or(0),
        sqlite: rusqlite::version(),
    })
}
