//! Notices that await delivery, written by `store::ending` in the transaction of the ending itself.
//!
//! The rows are the truth: what is `waiting` is owed, whoever died in between, so nothing is claimed or locked. The one
//! sender remembers what it has in the air; after a crash that memory is gone and what was owed is owed still. A notice
//! that was never tried is due at 0, so that a clock that jumps back puts off no first attempt.

use rusqlite::{Connection, Row, params};

use super::audit::{self, Event};
use super::db::{Act, Maybe, Rows};
use crate::domain::audit::act::GIVEN_UP;
use crate::domain::clock::Timestamp;
use crate::domain::delivery::{Standing, Trouble};
use crate::domain::id::{ApplicationId, EndingId, PoolId, Sid, UserId};
use crate::domain::logout::{Actor, Origin};
use crate::domain::oauth::TokenAlg;

/// Applications with notices that wait, each with the time of its earliest.
pub fn waiting(conn: &Connection) -> Rows<Vec<(ApplicationId, Timestamp)>> {
    // One step of the index for each application, not for each notice.
    let text = "SELECT application_id, due_at FROM notices
                WHERE state = 'waiting' AND application_id > ?1 ORDER BY application_id, due_at LIMIT 1";
    let mut sql = conn.prepare_cached(text)?;
    let (mut found, mut last) = (Vec::new(), String::new());
    while let Some((application, due)) = sql.query_row([&last], |row| Ok((row.get(0)?, row.get(1)?))).maybe()? {
        found.push((application, due));
        last = ApplicationId::to_string(&application);
    }
    Ok(found)
}

/// Whether any application wants to be told.
pub fn anyone_listens(conn: &Connection) -> Rows<bool> {
    let text =
        "SELECT EXISTS (SELECT 1 FROM applications WHERE backchannel_logout_uri IS NOT NULL AND deleted_at IS NULL)";
    Ok(conn.prepare_cached(text)?.query_row([], |row| row.get(0))?)
}

/// A notice that is due.
#[derive(Debug, Clone)]
pub struct Due {
    /// Its number.
    pub id: i64,
    /// Whom to tell.
    pub application: ApplicationId,
    /// Which ending it is about; none: an administrator only wants to see what the application answers.
    pub ending: Option<EndingId>,
    /// Whose session.
    pub user: UserId,
    /// Its public id.
    pub sid: Sid,
    /// By which the application knows the house.
    pub issuer: String,
    /// When it ended.
    pub at: Timestamp,
    /// Milliseconds after `at` at which each earlier try ended.
    pub tries: Vec<u32>,
}

fn row_to_due(row: &Row<'_>) -> rusqlite::Result<Due> {
    Ok(Due {
        id: row.get(0)?,
        application: row.get(1)?,
        ending: row.get(2)?,
        user: row.get(3)?,
        sid: row.get(4)?,
        issuer: row.get(5)?,
        at: row.get(6)?,
        tries: tries(row, 7)?,
    })
}

fn tries(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u32>> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e)))
}

/// At most `limit` notices of an application that are due, the earliest first.
pub fn due(conn: &Connection, application: ApplicationId, now: Timestamp, limit: usize) -> Rows<Vec<Due>> {
    let text = "SELECT id, application_id, ending_id, user_id, sid, issuer, at, tries FROM notices
                WHERE state = 'waiting' AND application_id = ?1 AND due_at <= ?2 ORDER BY due_at, id LIMIT ?3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut sql = conn.prepare_cached(text)?;
    Ok(sql.query_map(params![application, now, limit], row_to_due)?.collect::<rusqlite::Result<_>>()?)
}

/// Where and how an application is told, whether it still exists or was deleted meanwhile.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// Its pool.
    pub pool: PoolId,
    /// Its address, if it has one by now.
    pub uri: Option<String>,
    /// How tokens for it are signed.
    pub alg: TokenAlg,
    /// Its secret, sealed, where it signs with that.
    pub secret_sealed: Option<Vec<u8>>,
}

/// The addressee of notices.
pub fn addressee(conn: &Connection, application: ApplicationId) -> Rows<Option<Addressee>> {
    let text = "SELECT pool_id, backchannel_logout_uri, id_token_alg, secret_sealed FROM applications WHERE id = ?1";
    conn.prepare_cached(text)?
        .query_row([application], |row| {
            Ok(Addressee { pool: row.get(0)?, uri: row.get(1)?, alg: row.get(2)?, secret_sealed: row.get(3)? })
        })
        .maybe()
}

/// What became of a try.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How telling stands now.
    pub standing: Standing,
    /// When to try again.
    pub due_at: Timestamp,
    /// Every try so far.
    pub tries: Vec<u32>,
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// What went wrong.
    pub trouble: Option<Trouble>,
}

/// Writes down what became of a try. The first that is given up of an ending and an application is an event, too.
pub fn note(act: &Act<'_>, due: &Due, pool: PoolId, outcome: &Outcome) -> Rows<()> {
    if let (Standing::GaveUp, Some(ending)) = (outcome.standing, due.ending)
        && !already_given_up(act.conn(), due, ending)?
    {
        let origin = Origin { actor: Actor::House, ip: String::new(), request: String::new() };
        let (what, target) = (GIVEN_UP, due.application.as_str());
        audit::append(
            act,
            &Event { pool, act: what, user: None, target, ending: Some(ending), origin: &origin, user_agent: "" },
        )?;
    }
    let text = "UPDATE notices SET state = ?2, due_at = ?3, tries = ?4, status = ?5, trouble = ?6
                WHERE id = ?1 AND state = 'waiting'";
    let tries = serde_json::Value::from(outcome.tries.clone()).to_string();
    let trouble = outcome.trouble.map(Trouble::as_str);
    act.conn().prepare_cached(text)?.execute(params![
        due.id,
        outcome.standing,
        outcome.due_at,
        tries,
        outcome.status,
        trouble
    ])?;
    Ok(())
}

fn already_given_up(conn: &Connection, due: &Due, ending: EndingId) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM notices
                WHERE state = 'gave_up' AND application_id = ?1 AND at = ?2 AND ending_id = ?3)";
    Ok(conn.prepare_cached(text)?.query_row(params![due.application, due.at, ending], |row| row.get(0))?)
}

/// Notices of an application that wait, and that were given up since `since`; each counted up to `cap`.
pub fn count(conn: &Connection, application: ApplicationId, since: Timestamp, cap: u32) -> Rows<(u32, u32)> {
    let text = "SELECT
        (SELECT count(*) FROM (SELECT 1 FROM notices WHERE state = 'waiting' AND application_id = ?1 LIMIT ?3)),
        (SELECT count(*) FROM (SELECT 1 FROM notices WHERE state = 'gave_up' AND application_id = ?1 AND at >= ?2 LIMIT ?3))";
    let mut sql = conn.prepare_cached(text)?;
    Ok(sql.query_row(params![application, since, cap], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// What of an ending is told again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Again {
    /// Only this notice.
    pub notice: Option<i64>,
    /// Only what this application is owed.
    pub application: Option<ApplicationId>,
}

/// Has what waits or was given up of an ending tried at once; answers how many notices that are. What was given up after
/// the last try gets one more.
pub fn retry(act: &Act<'_>, ending: EndingId, what: Again) -> Rows<usize> {
    let text = "UPDATE notices SET state = 'waiting', due_at = 0
                WHERE ending_id = ?1 AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR application_id = ?3)
                  AND state IN ('waiting', 'gave_up')";
    Ok(act.conn().prepare_cached(text)?.execute(params![ending, what.notice, what.application])?)
}

/// By which issuer an application knows the house: that of whoever is in it now, or of the last it was told of.
pub fn issuer_of(conn: &Connection, application: ApplicationId) -> Rows<Option<String>> {
    let text =
        "SELECT issuer FROM participants WHERE application_id = ?1 AND ended_at IS NULL ORDER BY seq DESC LIMIT 1";
    if let Some(issuer) = conn.prepare_cached(text)?.query_row([application], |row| row.get(0)).maybe()? {
        return Ok(Some(issuer));
    }
    let text = "SELECT issuer FROM notices WHERE application_id = ?1 ORDER BY id DESC LIMIT 1";
    conn.prepare_cached(text)?.query_row([application], |row| row.get(0)).maybe()
}

/// Session number of a made-up session.
const NO_SESSION: i64 = 0;

/// Owes an application a token about nobody, in place of the last such one.
pub fn insert_test(act: &Act<'_>, application: ApplicationId, sub: UserId, sid: Sid, issuer: &str) -> Rows<i64> {
    let text = "DELETE FROM notices WHERE ending_id IS NULL AND session_id = ?1 AND application_id = ?2";
    act.conn().prepare_cached(text)?.execute(params![NO_SESSION, application])?;
    let text = "INSERT INTO notices (application_id, session_id, user_id, sid, issuer, at, due_at, state)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 'waiting') RETURNING id";
    let values = params![application, NO_SESSION, sub, sid, issuer, act.now];
    Ok(act.conn().prepare_cached(text)?.query_row(values, |row| row.get(0))?)
}

/// A notice as people read it.
#[derive(Debug, Clone)]
pub struct NoticeRow {
    /// Its number.
    pub id: i64,
    /// Which ending it is about; none: a test.
    pub ending: Option<EndingId>,
    /// Whom.
    pub application: ApplicationId,
    /// Whose session.
    pub user: UserId,
    /// Its public id.
    pub sid: Sid,
    /// Name of the person; empty in a test.
    pub name: String,
    /// User agent of the session, while it is kept.
    pub user_agent: String,
    /// By which the application knows the house.
    pub issuer: String,
    /// When the session ended.
    pub at: Timestamp,
    /// How telling stands.
    pub standing: Standing,
    /// When the next try is due.
    pub due_at: Timestamp,
    /// Milliseconds after `at` at which each try ended.
    pub tries: Vec<u32>,
    /// HTTP status of the last answer.
    pub status: Option<u16>,
    /// What went wrong last.
    pub trouble: Option<Trouble>,
}

const COLUMNS: &str = "n.id, n.application_id, n.user_id, n.sid, n.at, n.state, n.due_at, n.tries, n.status, n.trouble,
    coalesce((SELECT CASE WHEN u.name <> '' THEN u.name ELSE coalesce(u.username, u.email, u.id) END FROM users u WHERE u.id = n.user_id), ''),
    coalesce((SELECT s.user_agent FROM sessions s WHERE s.id = n.session_id), ''), n.ending_id, n.issuer";

fn row_to_notice(row: &Row<'_>) -> rusqlite::Result<NoticeRow> {
    let (status, trouble): (Option<u16>, Option<String>) = (row.get(8)?, row.get(9)?);
    Ok(NoticeRow {
        id: row.get(0)?,
        application: row.get(1)?,
        user: row.get(2)?,
        sid: row.get(3)?,
        at: row.get(4)?,
        standing: row.get(5)?,
        due_at: row.get(6)?,
        tries: tries(row, 7)?,
        status,
        trouble: trouble.map(|word| Trouble::parse(&word, status)),
        name: row.get(10)?,
        user_agent: row.get(11)?,
        ending: row.get(12)?,
        issuer: row.get(13)?,
    })
}

/// Notices of an ending, at most `limit`: what needs a hand first, then what is under way, then what is done.
pub fn of_ending(conn: &Connection, ending: EndingId, limit: u32) -> Rows<Vec<NoticeRow>> {
    let text = format!(
        "SELECT {COLUMNS} FROM notices n WHERE n.ending_id = ?1
         ORDER BY CASE n.state WHEN 'gave_up' THEN 0 WHEN 'waiting' THEN 1 WHEN 'acked' THEN 2 ELSE 3 END, n.id LIMIT ?2"
    );
    let mut sql = conn.prepare_cached(&text)?;
    Ok(sql.query_map(params![ending, limit], row_to_notice)?.collect::<rusqlite::Result<_>>()?)
}

/// Notices for an application that has an address, before a number, the newest first.
pub fn of_application(conn: &Connection, application: ApplicationId, before: i64, limit: u32) -> Rows<Vec<NoticeRow>> {
    let text = format!(
        "SELECT {COLUMNS} FROM notices n WHERE n.application_id = ?1 AND n.id < ?2 AND n.state <> 'unreachable'
         ORDER BY n.id DESC LIMIT ?3"
    );
    let mut sql = conn.prepare_cached(&text)?;
    Ok(sql.query_map(params![application, before, limit], row_to_notice)?.collect::<rusqlite::Result<_>>()?)
}

/// Notices for an application that wait, the next to be tried first, or that were given up, the latest first.
pub fn unsettled(conn: &Connection, application: ApplicationId, lost: bool, limit: u32) -> Rows<Vec<NoticeRow>> {
    let which = if lost { "n.state = 'gave_up' ORDER BY n.at DESC" } else { "n.state = 'waiting' ORDER BY n.due_at" };
    let which = format!("n.application_id = ?1 AND {which}");
    let text = format!("SELECT {COLUMNS} FROM notices n WHERE {which} LIMIT ?2");
    let mut sql = conn.prepare_cached(&text)?;
    Ok(sql.query_map(params![application, limit], row_to_notice)?.collect::<rusqlite::Result<_>>()?)
}

/// The last test of an application.
pub fn last_test(conn: &Connection, application: ApplicationId) -> Rows<Option<NoticeRow>> {
    let text = format!(
        "SELECT {COLUMNS} FROM notices n WHERE n.ending_id IS NULL AND n.session_id = ?1 AND n.application_id = ?2"
    );
    conn.prepare_cached(&text)?.query_row(params![NO_SESSION, application], row_to_notice).maybe()
}

/// How telling stands in one application.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Notices that cannot be delivered for want of an address.
    pub unreachable: i64,
    /// Notices under way.
    pub waiting: i64,
    /// Notices confirmed.
    pub acked: i64,
    /// Notices given up.
    pub gave_up: i64,
    /// Notices that failed at least once and are under way or given up.
    pub failed: i64,
    /// Milliseconds until the last of them was confirmed.
    pub acked_ms: i64,
}

impl Tally {
    /// All of them.
    pub fn all(&self) -> i64 {
        self.unreachable + self.waiting + self.acked + self.gave_up
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.unreachable += other.unreachable;
        self.waiting += other.waiting;
        self.acked += other.acked;
        self.gave_up += other.gave_up;
        self.failed += other.failed;
        self.acked_ms = self.acked_ms.max(other.acked_ms);
    }
}

/// How telling stands in each application that an ending covered.
pub fn tallies(conn: &Connection, ending: EndingId) -> Rows<Vec<(ApplicationId, Tally)>> {
    let text = "SELECT application_id, sum(state = 'unreachable'), sum(state = 'waiting'), sum(state = 'acked'), sum(state = 'gave_up'),
                  sum(tries <> '[]' AND state IN ('waiting', 'gave_up')),
                  coalesce(max(CASE WHEN state = 'acked' THEN json_extract(tries, '$[#-1]') END), 0)
                FROM notices WHERE ending_id = ?1 GROUP BY application_id ORDER BY application_id";
    let mut sql = conn.prepare_cached(text)?;
    let rows = sql.query_map([ending], |row| {
        let tally = Tally {
            unreachable: row.get(1)?,
            waiting: row.get(2)?,
            acked: row.get(3)?,
            gave_up: row.get(4)?,
            failed: row.get(5)?,
            acked_ms: row.get(6)?,
        };
        Ok((row.get(0)?, tally))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
