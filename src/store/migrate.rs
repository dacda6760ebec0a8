//! From any older schema to ours, one step a transaction, after an automatic backup.

use std::path::Path;

use rusqlite::Connection;

use super::open::{APPLICATION_ID, DATABASE, OpenError};
use crate::domain::clock::Timestamp;

/// The schema this binary writes.
pub const VERSION: i64 = 3;

/// The oldest schema that can be led here. The first one kept only hashes of secrets that must now be known again.
pub const OLDEST: i64 = 2;

const FRESH: &str = include_str!("../../schema.sql");

/// `STEPS[n]` leads from version `OLDEST` + n to the next.
const STEPS: [&str; 1] = [include_str!("migrate/3.sql")];

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
    // A table that others refer to can only be made anew while nobody minds who refers to it.
    conn.pragma_update(None, "foreign_keys", false)?;
    let done = usize::try_from(found - OLDEST).unwrap_or(0);
    for (step, version) in STEPS.iter().skip(done).zip(found + 1..) {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(step)?;
        if tx.prepare("PRAGMA foreign_key_check")?.exists([])? {
            let detail = "rows refer to others that are not there".to_owned();
            return Err(OpenError::Damaged { path: dir.join(DATABASE), detail });
        }
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
    }
    conn.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::db::{Maybe as _, Rows};

    /// What each released schema looked like when it was fresh.
    const RELEASED: [(i64, &str); 1] = [(2, include_str!("migrate/fresh_2.sql"))];

    /// Columns, references and indexes, in an order of their own.
    fn shape(conn: &Connection) -> Rows<Vec<String>> {
        let text = "SELECT m.name || ' ' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '-') || ' ' || c.pk
              FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'
            UNION ALL SELECT m.name || ' -> ' || f.\"table\" || ' ' || f.\"from\" || ' ' || f.on_delete
              FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
            UNION ALL SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL
            ORDER BY 1";
        Ok(conn.prepare(text)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    #[test]
    fn every_released_schema_is_led_to_the_shape_of_a_fresh_one_and_keeps_its_rows() {
        let dir = tempfile::tempdir().expect("directory");
        let mut fresh = Connection::open_in_memory().expect("memory");
        bring_up(&mut fresh, dir.path(), Timestamp(0)).expect("fresh");
        for (version, schema) in RELEASED {
            let mut old = Connection::open(dir.path().join(format!("{version}.db"))).expect("file");
            old.execute_batch(schema).expect("schema");
            old.execute_batch(
                "INSERT INTO house (id, seq, created_at) VALUES (1, 7, 0);
                 INSERT INTO pools (id, name, secret_hash, secret_sealed, secret_seq, position, created_at)
                   VALUES ('p', 'Acme', x'00', x'00', 0, 1, 0);
                 INSERT INTO users (id, pool_id, username, role, status, created_at, updated_at, logins)
                   VALUES ('u', 'p', 'lilei', 'admin', 'activated', 5, 6, 9);
                 INSERT INTO sessions (sid, user_id, seq, auth_seq, auth_at, created_at, last_seen_at, expires_at, ip, user_agent)
                   VALUES ('s', 'u', 1, 1, 0, 0, 0, 0, '', '');",
            )
            .expect("rows");
            old.pragma_update(None, "user_version", version).expect("version");
            old.pragma_update(None, "foreign_keys", true).expect("setting");
            bring_up(&mut old, dir.path(), Timestamp(1_000)).expect("migrated");
            assert_eq!(shape(&old).expect("shape"), shape(&fresh).expect("shape"), "from {version}");
            let kept: (String, i64, i64) = old
                .query_row("SELECT username, created_at, logins FROM users WHERE role = 'admin'", [], |r| {
                    Ok((r.get(0)?, r.get(1)?, r.get(2)?))
                })
                .expect("the user");
            assert_eq!(kept, ("lilei".to_owned(), 5, 9));
            old.execute("UPDATE users SET role = 'auditor'", []).expect("a role that only reads");
            let orphan = old.execute("UPDATE sessions SET user_id = 'nobody'", []);
            assert!(orphan.is_err(), "references are minded again");
            let backup: Option<i64> = Connection::open(dir.path().join(format!("before-schema-{VERSION}-1.db")))
                .expect("backup")
                .query_row("PRAGMA user_version", [], |row| row.get(0))
                .maybe()
                .expect("version");
            assert_eq!(backup, Some(version), "an older file is backed up first");
        }
    }
}
