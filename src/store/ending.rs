//! The only SQL that ends a session. `carry_out` is called from `flow::logout` alone; a house rule checks both.
//!
//! 1. The ending takes a number in the one order of the house.
//! 2. One row says what must come of it; it is the receipt.
//! 3. Named sessions are ended row by row, each application in them written down as one that must be told.
//! 4. A kick of users, or of everybody in an application, raises a *barrier* instead: one number a user and application,
//!    which every reader compares. The cost is the same for five sessions and for twenty thousand (performance.md G4).
//! 5. The rows below a barrier are written out afterwards by [`expand`], in batches. The ending stays open until then,
//!    so a crash in between loses nobody who must be told.

use rusqlite::{Connection, Row, params};

use super::audit::{self, Event};
use super::db::{Act, Maybe, Rows};
use crate::domain::audit::{Detail, OTHER_DEVICE, OTHER_DEVICES};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, EndingId, PoolId, UserId};
use crate::domain::logout::{Cause, Plan, Receipt, Selection};
use crate::domain::session::{Seq, SessionId};

/// Carries out a plan, whole or not at all.
pub fn carry_out(act: &Act<'_>, id: EndingId, plan: &Plan) -> Rows<Receipt> {
    let mut receipt = Receipt {
        id,
        seq: act.next_seq()?,
        at: act.now,
        pool: plan.pool(),
        cause: plan.cause(),
        users: Vec::new(),
        known: 0,
        unknown: 0,
    };
    let breadth = match plan.selection() {
        Selection::Leaving(_) => Breadth::Plain,
        Selection::Sessions(_) | Selection::Cells { .. } | Selection::Users { .. } | Selection::Application(_) => {
            Breadth::Everything
        }
    };
    let ending = Ending { id, seq: receipt.seq, cause: plan.cause(), breadth };
    let mut devices = Vec::new();
    match plan.selection() {
        Selection::Leaving(sessions) | Selection::Sessions(sessions) => {
            insert(act, &receipt, plan, "device", None, false)?;
            for session in sessions {
                if let Some((user, user_agent)) = end_session(act, &ending, *session)? {
                    receipt.users.push(user);
                    devices.push(user_agent);
                }
            }
        }
        Selection::Cells { sessions, within } => {
            insert(act, &receipt, plan, "cell", Some(*within), false)?;
            for session in sessions {
                receipt.users.extend(end_cell(act, &ending, *session, *within)?);
            }
        }
        Selection::Users { ids, within } => {
            let scope = if within.is_some() { "app" } else { "all" };
            for user in ids {
                let known = raise(act, plan.pool(), *user, *within, receipt.seq)?;
                if known { receipt.users.push(*user) } else { receipt.unknown += 1 }
            }
            // Nobody known: nothing to write out, and never a list that reads like everybody.
            insert(act, &receipt, plan, scope, *within, !receipt.users.is_empty())?;
        }
        Selection::Application(application) => {
            let text = "UPDATE applications SET barrier_seq = ?2 WHERE id = ?1 AND pool_id = ?3";
            act.conn().prepare_cached(text)?.execute(params![application, receipt.seq, plan.pool()])?;
            insert(act, &receipt, plan, "app", Some(*application), true)?;
        }
    }
    receipt.users.sort_unstable();
    receipt.users.dedup();
    receipt.known = receipt.users.len();
    if let Selection::Leaving(_) | Selection::Sessions(_) | Selection::Cells { .. } = plan.selection() {
        let text = "UPDATE endings SET users = ?2 WHERE id = ?1";
        act.conn().prepare_cached(text)?.execute(params![id, as_json(&receipt.users)])?;
    }
    remember(act, &receipt, plan, &devices)?;
    Ok(receipt)
}

/// One row a reader compares with: this user's in one application, or this user's everywhere. `false`: not of this pool.
fn raise(act: &Act<'_>, pool: PoolId, user: UserId, within: Option<ApplicationId>, seq: Seq) -> Rows<bool> {
    let changed = match within {
        None => {
            let text = "UPDATE users SET barrier_seq = ?3 WHERE id = ?1 AND pool_id = ?2 AND status <> 'deleted'";
            act.conn().prepare_cached(text)?.execute(params![user, pool, seq])?
        }
        Some(application) => {
            let text = "INSERT INTO kicks (user_id, application_id, barrier_seq)
                        SELECT id, ?3, ?4 FROM users WHERE id = ?1 AND pool_id = ?2 AND status <> 'deleted'
                        ON CONFLICT (user_id, application_id) DO UPDATE SET barrier_seq = excluded.barrier_seq";
            act.conn().prepare_cached(text)?.execute(params![user, pool, application, seq])?
        }
    };
    Ok(changed == 1)
}

fn insert(
    act: &Act<'_>,
    receipt: &Receipt,
    plan: &Plan,
    scope: &str,
    within: Option<ApplicationId>,
    open: bool,
) -> Rows<()> {
    let origin = plan.origin();
    act.conn()
        .prepare_cached(
            "INSERT INTO endings (id, seq, pool_id, at, cause, scope, application_id, users, actor_kind, actor_id, ip, request_id, open)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            receipt.id,
            receipt.seq,
            receipt.pool,
            receipt.at,
            receipt.cause,
            scope,
            within,
            named(receipt, plan),
            origin.actor.kind(),
            origin.actor.id(),
            origin.ip,
            origin.request,
            open
        ])?;
    Ok(())
}

/// The users column: null says everybody, and only the selection that means everybody writes it (security.md K4).
fn named(receipt: &Receipt, plan: &Plan) -> Option<String> {
    match plan.selection() {
        Selection::Application(_) => None,
        Selection::Leaving(_) | Selection::Sessions(_) | Selection::Cells { .. } | Selection::Users { .. } => {
            Some(as_json(&receipt.users))
        }
    }
}

fn remember(act: &Act<'_>, receipt: &Receipt, plan: &Plan, devices: &[String]) -> Rows<()> {
    let within = match plan.selection() {
        Selection::Cells { sessions: _, within } | Selection::Application(within) => Some(*within),
        Selection::Users { ids: _, within } => *within,
        Selection::Leaving(_) | Selection::Sessions(_) => None,
    };
    let target = within.map(|id| id.to_string()).unwrap_or_default();
    let one = if let [user] = receipt.users.as_slice() { Some(*user) } else { None };
    audit::append_with(
        act,
        &Event {
            pool: receipt.pool,
            act: plan.cause().as_str(),
            user: one,
            target: &target,
            ending: Some(receipt.id),
            origin: plan.origin(),
            user_agent: "",
        },
        &elsewhere(plan, devices),
    )
}

/// On which other devices a person ended their own sessions: without it the log would read as if they themselves had left.
fn elsewhere(plan: &Plan, devices: &[String]) -> Detail {
    let mut detail = Detail::default();
    let by_hand = plan.cause() == Cause::PersonalCenter && matches!(plan.selection(), Selection::Sessions(_));
    match devices {
        [one] if by_hand => detail.say(OTHER_DEVICE, if one.is_empty() { NO_USER_AGENT } else { one }),
        several if by_hand && several.len() > 1 => detail.say(OTHER_DEVICES, several.len().to_string()),
        _ => {}
    }
    detail
}

/// Stands for a user agent that was not sent.
const NO_USER_AGENT: &str = "-";

struct Ending {
    id: EndingId,
    seq: Seq,
    cause: Cause,
    breadth: Breadth,
}

/// What ends with a session.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breadth {
    /// All but what was given to outlive a log-out.
    Plain,
    /// All.
    Everything,
}

/// Ends one session whole; answers whose it was and on what, nothing when it had ended before.
fn end_session(act: &Act<'_>, ending: &Ending, session: SessionId) -> Rows<Option<(UserId, String)>> {
    let text = "UPDATE sessions SET ended_at = ?2, cause = ?3, ending_id = ?4 WHERE id = ?1 AND ended_at IS NULL
                RETURNING user_id, user_agent";
    let whose: Option<(UserId, String)> = act
        .conn()
        .prepare_cached(text)?
        .query_row(params![session, act.now, ending.cause, ending.id], |row| Ok((row.get(0)?, row.get(1)?)))
        .maybe()?;
    if whose.is_some() {
        must_tell(act, ending, session, None)?;
        let text = "UPDATE participants SET ended_at = ?2 WHERE session_id = ?1 AND ended_at IS NULL";
        act.conn().prepare_cached(text)?.execute(params![session, act.now])?;
    }
    Ok(whose)
}

/// Ends one session's part in one application; a session that has none left ends altogether.
fn end_cell(act: &Act<'_>, ending: &Ending, session: SessionId, within: ApplicationId) -> Rows<Option<UserId>> {
    let barrier = if ending.cause.asks_password_again() { ending.seq } else { Seq(0) };
    let text = "UPDATE participants SET ended_at = ?3, barrier_seq = max(barrier_seq, ?4)
                WHERE session_id = ?1 AND application_id = ?2 AND ended_at IS NULL RETURNING user_id";
    let user: Option<UserId> = act
        .conn()
        .prepare_cached(text)?
        .query_row(params![session, within, act.now, barrier], |row| row.get(0))
        .maybe()?;
    let Some(user) = user else { return Ok(None) };
    must_tell(act, ending, session, Some(within))?;
    let text = "SELECT EXISTS (SELECT 1 FROM participants WHERE session_id = ?1 AND ended_at IS NULL)";
    let someone_left: bool = act.conn().prepare_cached(text)?.query_row([session], |row| row.get(0))?;
    if !someone_left {
        end_session(act, ending, session)?;
    }
    Ok(Some(user))
}

/// Writes down who held a piece of a session that this ending covers, one application or all that are in it, under every
/// issuer it knows (Back-Channel Logout 2.6: the receiver judges `iss` as in its ID token), and ends what they were given.
fn must_tell(act: &Act<'_>, ending: &Ending, session: SessionId, within: Option<ApplicationId>) -> Rows<()> {
    let text = "INSERT OR IGNORE INTO notices (ending_id, session_id, application_id, user_id, sid, issuer, at, due_at, state)
                SELECT e.id, p.session_id, p.application_id, p.user_id, s.sid, coalesce(i.issuer, p.issuer), e.at, 0,
                  CASE WHEN a.backchannel_logout_uri IS NULL THEN 'unreachable' ELSE 'waiting' END
                FROM participants p
                CROSS JOIN applications a ON a.id = p.application_id
                CROSS JOIN sessions s ON s.id = p.session_id
                CROSS JOIN endings e ON e.id = ?1
                LEFT JOIN participant_issuers i ON i.session_id = p.session_id AND i.application_id = p.application_id
                WHERE p.session_id = ?2 AND CASE WHEN ?3 IS NULL THEN p.ended_at IS NULL ELSE p.application_id = ?3 END";
    act.conn().prepare_cached(text)?.execute(params![ending.id, session, within])?;
    // Who comes back into the same session is told under what they are given from then on.
    let text = "DELETE FROM participant_issuers WHERE session_id = ?1 AND (?2 IS NULL OR application_id = ?2)";
    act.conn().prepare_cached(text)?.execute(params![session, within])?;
    end_grants(act, ending, session, within)
}

/// Ends what applications were given in a session; what is below a barrier is dead already, and is written out here. A
/// plain log-out leaves refresh tokens that were given to outlive it, where that still holds; a code that waits dies.
fn end_grants(act: &Act<'_>, ending: &Ending, session: SessionId, within: Option<ApplicationId>) -> Rows<()> {
    let plain = ending.breadth == Breadth::Plain;
    let text = "UPDATE grants SET revoked_at = ?2
                WHERE session_id = ?1 AND revoked_at IS NULL AND seq <= ?3 AND (?4 IS NULL OR application_id = ?4)
                  AND NOT (?5 AND outlives_logout = 1 AND generation > 0
                    AND EXISTS (SELECT 1 FROM applications a WHERE a.id = application_id AND a.tokens_outlive_logout = 1))";
    let ended = act.conn().prepare_cached(text)?.execute(params![session, act.now, ending.seq, within, plain])?;
    if ended > 0 {
        let text = "UPDATE endings SET tokens = tokens + ?2 WHERE id = ?1";
        act.conn().prepare_cached(text)?.execute(params![ending.id, i64::try_from(ended).unwrap_or(i64::MAX)])?;
    }
    Ok(())
}

/// An ending below whose barrier rows may still stand.
#[derive(Debug, Clone)]
pub struct OpenEnding {
    /// Id.
    pub id: EndingId,
    /// Its barrier.
    pub seq: Seq,
    /// Cause.
    pub cause: Cause,
    /// One application, or everything.
    pub within: Option<ApplicationId>,
    /// Whom; none: everybody in the application.
    pub users: Option<Vec<UserId>>,
    /// Pool.
    pub pool: PoolId,
}

fn row_to_open(row: &Row<'_>) -> rusqlite::Result<OpenEnding> {
    let users: Option<String> = row.get(4)?;
    Ok(OpenEnding {
        id: row.get(0)?,
        seq: row.get(1)?,
        cause: row.get(2)?,
        within: row.get(3)?,
        users: users
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|e| rusqlite::Error::FromSqlConversionFailure(4, rusqlite::types::Type::Text, Box::new(e)))?,
        pool: row.get(5)?,
    })
}

/// Endings that are not written out yet, oldest first.
pub fn open(conn: &Connection, limit: u32) -> Rows<Vec<OpenEnding>> {
    let text =
        "SELECT id, seq, cause, application_id, users, pool_id FROM endings WHERE open = 1 ORDER BY seq LIMIT ?1";
    Ok(conn.prepare_cached(text)?.query_map([limit], row_to_open)?.collect::<rusqlite::Result<_>>()?)
}

/// Writes out at most `limit` rows below the barrier of an ending, for the users from `from` on. Answers where to go on,
/// or `None` when it is closed.
pub fn expand(act: &Act<'_>, open: &OpenEnding, from: usize, limit: u32) -> Rows<Option<usize>> {
    let ending = Ending { id: open.id, seq: open.seq, cause: open.cause, breadth: Breadth::Everything };
    let mut left = limit;
    if let (Some(application), None) = (open.within, &open.users) {
        let text = "SELECT session_id FROM participants WHERE application_id = ?1 AND ended_at IS NULL AND seq <= ?2 ORDER BY seq LIMIT ?3";
        let sessions = numbers(act.conn(), text, params![application, open.seq, left])?;
        for session in &sessions {
            end_cell(act, &ending, *session, application)?;
        }
        if sessions.len() >= left as usize {
            return Ok(Some(0));
        }
    }
    for (at, user) in open.users.iter().flatten().enumerate().skip(from) {
        let ended = expand_user(act, &ending, *user, open.within, left)?;
        left -= ended;
        if left == 0 {
            return Ok(Some(at));
        }
    }
    act.conn().prepare_cached("UPDATE endings SET open = 0 WHERE id = ?1")?.execute([open.id])?;
    Ok(None)
}

fn expand_user(act: &Act<'_>, ending: &Ending, user: UserId, within: Option<ApplicationId>, limit: u32) -> Rows<u32> {
    match within {
        Some(application) => {
            let text = "SELECT session_id FROM participants
                        WHERE user_id = ?1 AND application_id = ?2 AND ended_at IS NULL AND seq <= ?3 ORDER BY seq LIMIT ?4";
            let sessions = numbers(act.conn(), text, params![user, application, ending.seq, limit])?;
            for session in &sessions {
                end_cell(act, ending, *session, application)?;
            }
            Ok(u32::try_from(sessions.len()).unwrap_or(limit))
        }
        None => {
            let text =
                "SELECT id FROM sessions WHERE user_id = ?1 AND ended_at IS NULL AND seq <= ?2 ORDER BY seq LIMIT ?3";
            let sessions = numbers(act.conn(), text, params![user, ending.seq, limit])?;
            for session in &sessions {
                end_session(act, ending, *session)?;
            }
            Ok(u32::try_from(sessions.len()).unwrap_or(limit))
        }
    }
}

fn numbers(conn: &Connection, text: &str, values: &[&dyn rusqlite::ToSql]) -> Rows<Vec<SessionId>> {
    let mut sql = conn.prepare_cached(text)?;
    Ok(sql.query_map(values, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Writes out what open endings say of one session before it is entered again, so that an application that was in it
/// before the kick is still told.
pub fn settle(act: &Act<'_>, session: SessionId, user: UserId) -> Rows<()> {
    for open in open(act.conn(), 1_000)? {
        let Some(application) = open.within else { continue };
        if open.users.as_ref().is_some_and(|users| users.binary_search(&user).is_err()) {
            continue;
        }
        let text = "SELECT EXISTS (SELECT 1 FROM participants
                    WHERE session_id = ?1 AND application_id = ?2 AND ended_at IS NULL AND seq <= ?3)";
        let below: bool =
            act.conn().prepare_cached(text)?.query_row(params![session, application, open.seq], |row| row.get(0))?;
        if below {
            let ending = Ending { id: open.id, seq: open.seq, cause: open.cause, breadth: Breadth::Everything };
            let barrier_only = "UPDATE participants SET ended_at = ?3 WHERE session_id = ?1 AND application_id = ?2";
            act.conn().prepare_cached(barrier_only)?.execute(params![session, application, act.now])?;
            must_tell(act, &ending, session, Some(application))?;
        }
    }
    Ok(())
}

fn as_json(users: &[UserId]) -> String {
    let mut text = String::with_capacity(users.len() * 27 + 2);
    text.push('[');
    for (at, user) in users.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push('"');
        text.push_str(user.as_str());
        text.push('"');
    }
    text.push(']');
    text
}

/// Removes receipts older than `before`, a few at a time, with what they say of applications; a reader of the feed that
/// stands before the last of that has missed something.
pub fn forget(act: &Act<'_>, before: Timestamp, limit: u32) -> Rows<usize> {
    let text = "SELECT max(id) FROM notices WHERE ending_id IN
                  (SELECT id FROM endings WHERE at < ?1 AND open = 0 ORDER BY at, id LIMIT ?2)";
    let last: Option<i64> = act.conn().prepare_cached(text)?.query_row(params![before, limit], |row| row.get(0))?;
    if let Some(last) = last {
        let text = "UPDATE house SET notices_forgotten = max(notices_forgotten, ?1) WHERE id = 1";
        act.conn().prepare_cached(text)?.execute([last])?;
    }
    let text =
        "DELETE FROM endings WHERE id IN (SELECT id FROM endings WHERE at < ?1 AND open = 0 ORDER BY at, id LIMIT ?2)";
    Ok(act.conn().prepare_cached(text)?.execute(params![before, limit])?)
}
