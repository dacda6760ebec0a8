//! What happened, for people: append and page through.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe as _, Rows};
use crate::domain::audit::Detail;
use crate::domain::clock::Timestamp;
use crate::domain::id::{EndingId, PoolId, UserId};
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
}

const SELECT: &str = "SELECT e.id, e.at, e.actor_kind,
    coalesce((SELECT CASE WHEN name <> '' THEN name ELSE coalesce(username, email, id) END FROM users WHERE id = e.actor_id), e.actor_id),
    e.act, e.user_id,
    coalesce((SELECT CASE WHEN name <> '' THEN name ELSE coalesce(username, email, id) END FROM users WHERE id = e.user_id), ''),
    coalesce((SELECT name FROM applications WHERE id = e.target), e.target), e.ending_id, e.ip, e.user_agent, e.request_id
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

/// The same, of one kind (`logins`, `endings`, `admin`; empty: all), where a name, address or request id holds `text`.
pub fn search(conn: &Connection, pool: PoolId, before: i64, what: (&str, &str), limit: u32) -> Rows<Vec<AuditRow>> {
    let (text, kind) = what;
    let kind = match kind {
        "logins" => "AND e.act IN ('login', 'login_refused')",
        "endings" => "AND e.ending_id IS NOT NULL",
        "admin" => "AND e.actor_kind IN ('admin', 'operator')",
        _ => "",
    };
    if text.is_empty() {
        let sql = format!("{SELECT} WHERE e.pool_id = ?1 AND e.id < ?2 {kind} ORDER BY e.id DESC LIMIT ?3");
        let mut sql = conn.prepare_cached(&sql)?;
        return Ok(sql.query_map(params![pool, before, limit], row_to_event)?.collect::<rusqlite::Result<_>>()?);
    }
    let like = super::columns::like(text);
    let named = "(SELECT id FROM users WHERE pool_id = ?1 AND
        (name LIKE ?5 ESCAPE '!' OR username LIKE ?5 ESCAPE '!' OR email LIKE ?5 ESCAPE '!'))";
    let sql = format!(
        "{SELECT} WHERE e.pool_id = ?1 AND e.id < ?2 {kind}
           AND (e.ip = ?4 OR e.request_id = ?4 OR e.ending_id = ?4 OR e.user_id IN {named} OR e.actor_id IN {named})
         ORDER BY e.id DESC LIMIT ?3"
    );
    let mut sql = conn.prepare_cached(&sql)?;
    Ok(sql.query_map(params![pool, before, limit, text, like], row_to_event)?.collect::<rusqlite::Result<_>>()?)
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
