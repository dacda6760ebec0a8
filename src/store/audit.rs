//! What happened, for people: append and page through.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe as _, Rows};
use crate::domain::audit::{Detail, FAILURES};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, EndingId, PoolId, UserId};
use crate::domain::logout::Origin;

/// An event to be remembered.
#[derive(Debug)]
pub struct Event<'a> {
    /// Pool.
    pub pool: PoolId,
    /// What, one of the words of `domain::audit`.
    pub act: &'static str,
    /// Whom it concerns.
    pub user: Option<UserId>,
    /// What it concerns.
    pub target: &'a str,
    /// Receipt, when sessions ended.
    pub ending: Option<EndingId>,
    /// By whom and from where.
    pub origin: &'a Origin,
    /// User agent, for log-ins.
    pub user_agent: &'a str,
}

/// Appends.
pub fn append(act: &Act<'_>, event: &Event<'_>) -> Rows<()> {
    append_with(act, event, &Detail::default())
}

/// Appends, with what was changed.
pub fn append_with(act: &Act<'_>, event: &Event<'_>, detail: &Detail) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "INSERT INTO audit (at, pool_id, actor_kind, actor_id, act, user_id, target, ending_id, ip, user_agent, request_id, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            act.now,
            event.pool,
            event.origin.actor.kind(),
            event.origin.actor.id(),
            event.act,
            event.user,
            event.target,
            event.ending,
            event.origin.ip,
            event.user_agent,
            event.origin.request,
            detail.as_json()
        ])?;
    Ok(())
}

/// Adds to the event of an ending what the administrator said of it.
pub fn remark(act: &Act<'_>, ending: EndingId, word: &str, detail: &Detail) -> Rows<()> {
    let text = "UPDATE audit SET detail = ?3 WHERE ending_id = ?1 AND act = ?2";
    act.conn().prepare_cached(text)?.execute(params![ending, word, detail.as_json()])?;
    Ok(())
}

/// What was said of an ending.
pub fn remark_of(conn: &Connection, ending: EndingId, word: &str) -> Rows<Detail> {
    let text = "SELECT detail FROM audit WHERE ending_id = ?1 AND act = ?2 AND detail IS NOT NULL LIMIT 1";
    let kept: Option<String> = conn.prepare_cached(text)?.query_row(params![ending, word], |row| row.get(0)).maybe()?;
    Ok(kept.map(|text| Detail::parse(&text)).unwrap_or_default())
}

/// An event as read back, with the names it needs to be a sentence.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Row number, the cursor of pages.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Kind of actor.
    pub actor_kind: String,
    /// Name of the actor, or their id.
    pub actor: String,
    /// What.
    pub act: String,
    /// Whom it concerns.
    pub user: Option<UserId>,
    /// Their name.
    pub user_name: String,
    /// What it concerns: the name of the application, or as stored.
    pub target: String,
    /// Receipt.
    pub ending: Option<EndingId>,
    /// Address.
    pub ip: String,
    /// User agent of a log-in.
    pub user_agent: String,
    /// Request.
    pub request: String,
    /// What it changed.
    pub detail: Detail,
    /// Whom an ending covered, where that is not one person and is still known.
    pub covered: Option<Covered>,
}

/// Whom an ending covered that names no one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covered {
    /// So many people.
    People(u32),
    /// Everybody in the application.
    Everybody,
}

const SELECT: &str = "SELECT e.id, e.at, e.actor_kind,
    coalesce((SELECT CASE WHEN name <> '' THEN name ELSE coalesce(username, email, id) END FROM users WHERE id = e.actor_id),
      (SELECT nullif(name, '') FROM access_keys WHERE id = e.actor_id), e.actor_id),
    e.act, e.user_id,
    coalesce((SELECT CASE WHEN name <> '' THEN name ELSE coalesce(username, email, id) END FROM users WHERE id = e.user_id), ''),
    coalesce((SELECT name FROM applications WHERE id = e.target),
      (SELECT nullif(name, '') FROM access_keys WHERE id = e.target), e.target), e.ending_id, e.ip, e.user_agent, e.request_id, e.detail,
    (SELECT coalesce(json_array_length(n.users), -1) FROM endings n WHERE n.id = e.ending_id AND e.user_id IS NULL)
    FROM audit e";

fn row_to_event(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        id: row.get(0)?,
        at: row.get(1)?,
        actor_kind: row.get(2)?,
        actor: row.get(3)?,
        act: row.get(4)?,
        user: row.get(5)?,
        user_name: row.get(6)?,
        target: row.get(7)?,
        ending: row.get(8)?,
        ip: row.get(9)?,
        user_agent: row.get(10)?,
        request: row.get(11)?,
        detail: row.get::<_, Option<String>>(12)?.map(|text| Detail::parse(&text)).unwrap_or_default(),
        covered: row.get::<_, Option<i64>>(13)?.map(|n| u32::try_from(n).map_or(Covered::Everybody, Covered::People)),
    })
}

/// Events of a pool before `before`, newest first.
pub fn of_pool(conn: &Connection, pool: PoolId, before: i64, limit: u32) -> Rows<Vec<AuditRow>> {
    let text = format!("{SELECT} WHERE e.pool_id = ?1 AND e.id < ?2 ORDER BY e.id DESC LIMIT ?3");
    Ok(conn
        .prepare_cached(&text)?
        .query_map(params![pool, before, limit], row_to_event)?
        .collect::<rusqlite::Result<_>>()?)
}

/// Who came and went in a pool, newest first, from event number `floor` on: log-ins, those that were refused, endings. What
/// administrators and programs did besides is in the log.
pub fn comings_and_goings(conn: &Connection, pool: PoolId, floor: i64, limit: u32) -> Rows<Vec<AuditRow>> {
    let text = format!(
        "{SELECT} WHERE e.pool_id = ?1 AND e.id >= ?2
           AND (e.act IN ('login', 'login_refused', 'registered') OR {OF_A_SESSION}) ORDER BY e.id DESC LIMIT ?3"
    );
    let mut sql = conn.prepare_cached(&text)?;
    Ok(sql.query_map(params![pool, floor, limit], row_to_event)?.collect::<rusqlite::Result<_>>()?)
}

/// What is asked of the log.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// What administrators, their programs and the house itself did; else what users did and what became of their sessions.
    pub administration: bool,
    /// Only this word.
    pub act: Option<String>,
    /// Only of this request, or with this receipt.
    pub request: Option<String>,
    /// Only from this address.
    pub ip: Option<String>,
    /// Only about these people; of what administrators did, also by them.
    pub people: Option<Vec<UserId>>,
    /// Only about this application.
    pub application: Option<ApplicationId>,
    /// Only what came true, or only what did not.
    pub success: Option<bool>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}

/// Which rows may be read for an answer: numbers from `floor` up to but not including `before`.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// The first.
    pub floor: i64,
    /// The one after the last.
    pub before: i64,
}

const ADMINISTRATION: &str = "(e.actor_kind IN ('admin', 'pool', 'access_key', 'operator') OR e.act IN ('delivery_given_up', 'keys_rotated', 'keys_replaced'))";
const OF_A_SESSION: &str = "(e.ending_id IS NOT NULL AND e.act NOT IN ('told_again', 'delivery_given_up'))";
const ASKED: &str = "(?5 IS NULL OR e.act = ?5) AND (?6 IS NULL OR e.request_id = ?6 OR e.ending_id = ?6) AND (?7 IS NULL OR e.ip = ?7)
    AND (?8 IS NULL OR e.user_id IN (SELECT value FROM json_each(?8)) OR ?14 AND e.actor_id IN (SELECT value FROM json_each(?8)))
    AND (?9 IS NULL OR e.target = ?9)
    AND (?10 IS NULL OR ?10 = (e.act NOT IN (SELECT value FROM json_each(?11))))
    AND (?12 IS NULL OR e.at >= ?12) AND (?13 IS NULL OR e.at < ?13)";

/// Events of a pool that answer a question, newest first.
pub fn answering(conn: &Connection, pool: PoolId, asked: &Question, window: Window, limit: u32) -> Rows<Vec<AuditRow>> {
    let text = format!(
        "{SELECT} WHERE e.pool_id = ?1 AND e.id < ?2 AND e.id >= ?3 AND {ASKED}
           AND CASE WHEN ?14 THEN {ADMINISTRATION} ELSE {OF_A_SESSION} OR NOT {ADMINISTRATION} END
         ORDER BY e.id DESC LIMIT ?4"
    );
    let people = asked.people.as_ref().map(|ids| ids.iter().map(UserId::as_str).collect::<Vec<_>>());
    let mut sql = conn.prepare_cached(&text)?;
    let rows = sql.query_map(
        params![
            pool,
            window.before,
            window.floor,
            limit,
            asked.act,
            asked.request,
            asked.ip,
            people.map(|ids| serde_json::json!(ids).to_string()),
            asked.application,
            asked.success,
            serde_json::json!(FAILURES).to_string(),
            asked.from,
            asked.to,
            asked.administration
        ],
        row_to_event,
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The event that stands `back` places before `before` in the log of a pool: its number and time.
pub fn back_from(conn: &Connection, pool: PoolId, before: i64, back: u32) -> Rows<Option<(i64, Timestamp)>> {
    let text = "SELECT id, at FROM audit WHERE pool_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3";
    conn.prepare_cached(text)?.query_row(params![pool, before, back], |row| Ok((row.get(0)?, row.get(1)?))).maybe()
}

/// The number of the first event of a pool that is not before `at`, or one more than the last: the log is in the order of
/// writing, so it is halved until the place is found.
pub fn place_of(conn: &Connection, pool: PoolId, at: Timestamp) -> Rows<i64> {
    let ends = "SELECT coalesce((SELECT id FROM audit WHERE pool_id = ?1 ORDER BY id LIMIT 1), 0),
                       coalesce((SELECT id FROM audit WHERE pool_id = ?1 ORDER BY id DESC LIMIT 1), -1)";
    let (mut low, last): (i64, i64) =
        conn.prepare_cached(ends)?.query_row([pool], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut high = last + 1;
    let text = "SELECT id, at FROM audit WHERE pool_id = ?1 AND id >= ?2 ORDER BY id LIMIT 1";
    let mut sql = conn.prepare_cached(text)?;
    while low < high {
        let middle = low + (high - low) / 2;
        let (id, then): (i64, Timestamp) =
            sql.query_row(params![pool, middle], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if then < at { low = id + 1 } else { high = middle }
    }
    Ok(low)
}

/// When something last happened to a user.
pub fn last_of_user(conn: &Connection, user: UserId, act: &str) -> Rows<Option<Timestamp>> {
    let mut last = conn.prepare_cached("SELECT max(at) FROM audit WHERE user_id = ?1 AND act = ?2")?;
    Ok(last.query_row(params![user, act], |row| row.get(0))?)
}

/// Events about a user that they may see themselves, newest first: of one kind (`logins`, `refused`, `endings`; empty: all),
/// before a row and not older than `since`. What administrators did to the entry itself is not the person's own.
pub fn of_user(conn: &Connection, user: UserId, which: (&str, i64, Timestamp), limit: u32) -> Rows<Vec<AuditRow>> {
    let (kind, before, since) = which;
    let kind = match kind {
        "logins" => "AND e.act = 'login'",
        "refused" => "AND e.act = 'login_refused'",
        "endings" => "AND e.ending_id IS NOT NULL",
        _ => "AND e.act NOT IN ('user_created', 'user_changed')",
    };
    let text = format!("{SELECT} WHERE e.user_id = ?1 AND e.id < ?2 AND e.at >= ?3 {kind} ORDER BY e.id DESC LIMIT ?4");
    let values = params![user, before, since, limit];
    Ok(conn.prepare_cached(&text)?.query_map(values, row_to_event)?.collect::<rusqlite::Result<_>>()?)
}

/// A log-in as its person may see it.
#[derive(Debug, Clone)]
pub struct LoginRow {
    /// When.
    pub at: Timestamp,
    /// To which application; empty for none.
    pub application: String,
    /// Address.
    pub ip: String,
    /// User agent.
    pub user_agent: String,
}

/// Log-ins of a user, or refused ones, in one application or all (empty), newest first; and how many there are.
pub fn logins_of_user(
    conn: &Connection,
    user: UserId,
    which: (&str, bool),
    page: (u32, u32),
) -> Rows<(u32, Vec<LoginRow>)> {
    let ((application, success), (offset, limit)) = (which, page);
    let act = if success { "login" } else { "login_refused" };
    let of = "FROM audit WHERE user_id = ?1 AND act = ?2 AND (?3 = '' OR target = ?3)";
    let total = conn
        .prepare_cached(&format!("SELECT count(*) {of}"))?
        .query_row(params![user, act, application], |row| row.get(0))?;
    let text = format!("SELECT at, target, ip, user_agent {of} ORDER BY id DESC LIMIT ?4 OFFSET ?5");
    let rows = conn
        .prepare_cached(&text)?
        .query_map(params![user, act, application, limit, offset], |row| {
            Ok(LoginRow { at: row.get(0)?, application: row.get(1)?, ip: row.get(2)?, user_agent: row.get(3)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok((total, rows))
}

/// Applications that a user has logged in to and when they last did, the latest first.
pub fn applications_of_user(conn: &Connection, user: UserId) -> Rows<Vec<(String, Timestamp)>> {
    let text = "SELECT target, max(at) FROM audit WHERE user_id = ?1 AND act = 'login' AND target <> ''
                GROUP BY target ORDER BY max(id) DESC LIMIT 200";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(conn.prepare_cached(text)?.query_map([user], row)?.collect::<rusqlite::Result<_>>()?)
}
