//! From any older schema to ours, one step a transaction, after an automatic backup.

use std::path::Path;

use rusqlite::Connection;

use super::open::{APPLICATION_ID, OpenError};
use crate::domain::clock::Timestamp;

/// The schema this binary writes.
pub const VERSION: i64 = 2;

/// The oldest schema that can be led here. The first one kept only hashes of secrets that must now be known again.
pub const OLDEST: i64 = 2;

const FRESH: &str = include_str!("../../schema.sql");

/// `STEPS[n]` leads from version `OLDEST` + n to the next.
const STEPS: [&str; 0] = [];

/// Makes a fresh file, or leads an older one to [`VERSION`].
pub fn bring_up(conn: &mut Connection, dir: &Path, now: Timestamp) -> Result<(), OpenError> {
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found == 0 {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(FRESH)?;
        tx.execute("INSERT INTO house (id, seq, created_at) VALUES (1, 0, ?1)", [now.0])?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", VERSION)?;
        tx.commit()?;
        return Ok(());
    }
    if found < VERSION {
        let backup = dir.join(format!("before-schema-{VERSION}-{}.db", now.seconds()));
        conn.execute("VACUUM INTO ?1", [backup.to_string_lossy()])?;
    }
    let done = usize::try_from(found - OLDEST).unwrap_or(0);
    for (step, version) in STEPS.iter().skip(done).zip(found + 1..) {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
    }
    Ok(())
}
