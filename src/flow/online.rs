//! Who is online, for the console and the active-users API. Reads only; lists go off the HTTP worker.

use super::error::{Done, FlowError};
use super::state::State;
use crate::domain::id::{ApplicationId, PoolId, Sid, UserId};
use crate::domain::user::User;
use crate::store::audit::{self, AuditRow};
use crate::store::online::{self, CAP};
use crate::store::sessions::{self, SessionRow};
use crate::store::users;

/// Counting stops here; a list says "1,000+".
pub const COUNTED: u32 = CAP;

/// A page of users in an application and how many there are, as Authing's `active-users` has it. `page` counts from 1.
pub fn active_users(state: &State, application: ApplicationId, page: u32, limit: u32) -> Done<(u32, Vec<User>)> {
    state.store.read(|conn| {
        let offset = page.saturating_sub(1).saturating_mul(limit);
        let total = online::count_people(conn, application, i32::MAX.unsigned_abs())?;
        Ok((total, online::users(conn, application, offset, limit)?))
    })
}

/// A page of the audit log before a cursor, newest first, and the next cursor. `text` is looked for in names, addresses
/// and request ids, `kind` is `logins`, `endings`, `admin` or empty.
pub fn audit_page(
    state: &State,
    pool: PoolId,
    before: Option<i64>,
    text: &str,
    kind: &str,
) -> Done<(Vec<AuditRow>, Option<i64>)> {
    const SIZE: u32 = 50;
    let mut rows =
        state.store.read(|conn| audit::search(conn, pool, before.unwrap_or(i64::MAX), (text, kind), SIZE + 1))?;
    let more = rows.len() > SIZE as usize;
    rows.truncate(SIZE as usize);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows, next))
}

/// Events of one download at most.
const DOWNLOAD: u32 = 10_000;

/// The audit log as one list, newest first, to be taken home.
pub fn whole_audit(state: &State, pool: PoolId, text: &str, kind: &str) -> Done<Vec<AuditRow>> {
    Ok(state.store.read(|conn| audit::search(conn, pool, i64::MAX, (text, kind), DOWNLOAD))?)
}

/// One user with all their living sessions.
pub fn all_of(state: &State, pool: PoolId, id: UserId) -> Done<Picked> {
    state.store.read(|conn| {
        let user = users::find(conn, id)?.filter(|u| u.pool == pool).ok_or(FlowError::Absent("user"))?;
        let sessions = sessions::of_user(conn, id, 200)?;
        let picked = sessions.iter().map(|s| s.sid).collect();
        Ok(Picked { user, sessions, picked })
    })
}

/// A user's living sessions.
pub fn of_user(state: &State, user: UserId) -> Done<Vec<SessionRow>> {
    Ok(state.store.read(|conn| sessions::of_user(conn, user, 200))?)
}

/// One person with all their living sessions, for the dialog that says who and where.
#[derive(Debug)]
pub struct Picked {
    /// Whose.
    pub user: User,
    /// All their living sessions.
    pub sessions: Vec<SessionRow>,
    /// Which of them were picked.
    pub picked: Vec<Sid>,
}

/// Who stands behind picked sessions of a pool, a group for each person; ended ones are passed over.
pub fn picked(state: &State, pool: PoolId, sids: &[Sid]) -> Done<Vec<Picked>> {
    state.store.read(|conn| {
        let mut groups: Vec<Picked> = Vec::new();
        for sid in sids {
            let Some((_, user)) = sessions::by_sid_in_pool(conn, pool, *sid)? else { continue };
            if let Some(group) = groups.iter_mut().find(|g| g.user.id == user) {
                group.picked.push(*sid);
                continue;
            }
            let user = users::find(conn, user)?.ok_or(FlowError::Absent("user"))?;
            let sessions = sessions::of_user(conn, user.id, 200)?;
            groups.push(Picked { user, sessions, picked: vec![*sid] });
        }
        groups.retain(|g| g.sessions.iter().any(|s| g.picked.contains(&s.sid)));
        Ok(groups)
    })
}
