//! Plans: every statement of the store finds its rows by an index, also when there are many.

use exeunt::crypto::{random, seal};
use exeunt::domain::id::Sid;
use exeunt::flow::error::Done;
use exeunt::store::sessions::{self, NewSession};
use rusqlite::{Connection, StatementStatus};

use crate::rules::{Source, house, literals};
use crate::support::House;

/// Tables of which there is a row for each session, person or event.
const LARGE: [&str; 10] = [
    "sessions",
    "participants",
    "session_secrets",
    "users",
    "kicks",
    "notices",
    "audit",
    "endings",
    "grants",
    "revoked_tokens",
];

/// What the operator is told of a backup: every row is counted, once, with no server running.
const COUNTS_EVERYTHING: &str = "store/backup.rs";

/// Statements that read a whole index on purpose, each on request only.
const ON_PURPOSE: [&str; 3] = [
    "SELECT count(*) FROM sessions WHERE ended_at IS NULL",
    "SELECT cause, count(*) FROM endings GROUP BY cause ORDER BY cause",
    "SELECT EXISTS (SELECT 1 FROM users WHERE status <> 'deleted')",
];

/// The dashboard's two counts of a pool: they stop at a cap, but pass over the living sessions of other pools on the way.
const COUNTS_A_POOL: &str =
    "SELECT count(*) FROM (SELECT 1 FROM sessions s INDEXED BY sessions_live_by_user CROSS JOIN";

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `const NAME: &str = "…"` of a file.
fn constants(source: &Source) -> Vec<(String, String)> {
    let text: String = source.lines.iter().map(|(_, line)| format!("{line}\n")).collect();
    text.split("const ")
        .skip(1)
        .filter_map(|rest| {
            let (name, rest) = rest.split_once(": &str =")?;
            let value = rest.trim_start().strip_prefix('"')?.split('"').next()?;
            Some((name.to_owned(), one_line(value)))
        })
        .collect()
}

/// Every statement of the store, with the pieces it is put together from.
pub fn statements() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for source in house().iter().filter(|s| s.path.starts_with("store/") && s.path != COUNTS_EVERYTHING) {
        let constants = constants(source);
        for (at, text) in literals(source) {
            let mut sql = one_line(&text);
            for _ in 0..2 {
                for (name, value) in &constants {
                    sql = sql.replace(&format!("{{{name}}}"), value);
                }
            }
            let alive = "s.ended_at IS NULL AND s.seq > u.barrier_seq AND u.status = 'activated' AND u.pool_id = ?1";
            sql = sql.replace("{column}", "username_key").replace("{alive}", alive).replace("{kind}", "");
            let verb = ["SELECT ", "UPDATE ", "DELETE ", "INSERT "].iter().any(|verb| sql.starts_with(verb));
            if verb && !sql.contains('{') {
                found.push((format!("src/{}:{at}", source.path), sql));
            }
        }
    }
    found
}

/// What a statement reads from one end to the other.
fn scans(rows: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut plan = rows.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let values = rusqlite::params_from_iter(vec![1; plan.parameter_count()]);
    let lines: Vec<String> = plan.query_map(values, |row| row.get(3))?.collect::<rusqlite::Result<_>>()?;
    let full = |line: &String| {
        // An index of open endings holds nothing but those that are asked for.
        let Some(rest) = line.strip_prefix("SCAN ").filter(|rest| !rest.ends_with("endings_open")) else {
            return false;
        };
        let name = rest.split(' ').next().unwrap_or_default();
        let table = LARGE
            .iter()
            .find(|t| **t == name || sql.contains(&format!("{t} {name} ")) || sql.contains(&format!("{t} {name})")));
        table.is_some()
    };
    Ok(lines.into_iter().filter(full).collect())
}

/// A house of some weeks: many sessions of several people in several applications, most of them over.
fn filled() -> House {
    let house = House::open();
    let people = ["lilei", "hanmeimei", "lintao", "wang", "zhao"].map(|name| house.person(name).id);
    let applications = ["notes", "board", "wiki"].map(|identifier| house.application(identifier).id);
    house
        .state
        .write_now(move |act, state| -> Done<()> {
            for number in 0..3_000 {
                let (sid, user) = (Sid::from_random(random::octets()), people[number % people.len()]);
                let expires_at = act.now.plus_ms(state.lifetimes().absolute_ms);
                let id = sessions::begin(act, &NewSession { sid, user, expires_at, ip: "192.0.2.1", user_agent: "x" })?;
                let seq = act.next_seq()?;
                sessions::set_secret(act, id, "localhost:1", &seal::fresh().1, seq)?;
                sessions::join(act, id, user, applications[number % applications.len()], "http://localhost/oidc")?;
            }
            Ok(())
        })
        .unwrap();
    let over = "UPDATE sessions SET ended_at = 1, cause = 'expired', ending_id = 'x' WHERE id % 5 <> 0;
                UPDATE participants SET ended_at = 1 WHERE session_id % 5 <> 0;";
    house.rows().execute_batch(over).unwrap();
    house.rows().execute_batch("ANALYZE").unwrap();
    house
}

#[track_caller]
fn all_use_an_index(rows: &Connection) {
    let mut wrong = Vec::new();
    let all = statements();
    assert!(all.len() > 60, "only {} statements were found", all.len());
    for hot in
        ["SELECT s.id, s.sid, s.user_id, u.pool_id", "UPDATE sessions SET ended_at", "SELECT p.application_id, p.seq"]
    {
        assert!(all.iter().any(|(_, sql)| sql.starts_with(hot)), "{hot} was not found");
    }
    for (place, sql) in all {
        match scans(rows, &sql) {
            Ok(found) if found.is_empty() || ON_PURPOSE.contains(&sql.as_str()) || sql.starts_with(COUNTS_A_POOL) => {}
            Ok(found) => wrong.push(format!("{place}: {found:?}: {sql}")),
            Err(error) => wrong.push(format!("{place}: {error}: {sql}")),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_statement_finds_its_rows_by_an_index() {
    all_use_an_index(&House::open().rows());
}

#[test]
fn also_with_thousands_of_rows_and_their_statistics() {
    let house = filled();
    all_use_an_index(&house.rows());
}

#[test]
fn a_statement_without_an_index_is_found() {
    let house = House::open();
    assert!(!scans(&house.rows(), "SELECT id FROM sessions WHERE ip = ?1").unwrap().is_empty());
    assert!(!scans(&house.rows(), "UPDATE participants SET ended_at = 1 WHERE joined_at < ?1").unwrap().is_empty());
    assert!(scans(&house.rows(), "SELECT id FROM sessions WHERE sid = ?1").unwrap().is_empty());
}

#[test]
fn the_question_of_every_request_is_prepared_once() {
    let house = filled();
    let hot =
        statements().into_iter().find(|(_, sql)| sql.contains("WHERE c.hash = ?1 AND s.ended_at IS NULL")).unwrap().1;
    let again = house
        .state
        .store
        .read(|conn| -> Result<i32, exeunt::store::db::StoreError> {
            let settings = |name: &str| conn.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
            assert_eq!(settings("synchronous")?, 2, "FULL on every connection");
            assert_eq!(settings("foreign_keys")?, 1);
            assert!(settings("busy_timeout")? > 0);
            let mut sql = conn.prepare(&hot)?;
            assert!(!sql.exists([seal::hash("first").0.to_vec()])?); // learns of the new statistics
            sql.reset_status(StatementStatus::RePrepare);
            for number in 0..200u32 {
                let hash = seal::hash(&number.to_string());
                assert!(!sql.exists([hash.0.to_vec()])?);
            }
            Ok(sql.get_status(StatementStatus::RePrepare))
        })
        .unwrap();
    assert_eq!(again, 0, "prepared anew on each call: three times the cost");
}
