//! Who is online, for the console and the active-users API. Reads only; lists go off the HTTP worker.

use std::collections::HashMap;

use super::error::{Done, FlowError};
use super::state::State;
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, PoolId, Sid, UserId};
use crate::domain::session::SessionId;
use crate::domain::user::User;
pub use crate::store::online::OnlineRow;
use crate::store::online::{self, CAP};
use crate::store::sessions::{self, SessionRow};
use crate::store::{grants, users};

/// Counting stops here; a list says "1,000+".
pub const COUNTED: u32 = CAP;

/// Sessions on a page of who is online.
const PAGE: usize = 50;
/// Sessions that are read at once.
const BATCH: u32 = 500;
/// Sessions that one page looks at, at most: those of other pools are passed over.
const LOOKED_AT: u32 = 5_000;

/// Where a page of who is online begins: behind this session, which was last seen then.
pub type Place = (Timestamp, SessionId);

/// A page of who is online in a pool.
#[derive(Debug, Default)]
pub struct InPool {
    /// Sessions, the last seen first, each with the applications that it is in.
    pub rows: Vec<(OnlineRow, Vec<ApplicationId>)>,
    /// Where the next page begins.
    pub next: Option<Place>,
    /// People online, counted up to one more than the cap.
    pub people: u32,
    /// Sessions, likewise.
    pub sessions: u32,
}

/// Reads a page of who is online in a pool.
pub fn in_pool(state: &State, pool: PoolId, before: Option<Place>) -> Done<InPool> {
    state.store.read(|conn| {
        // A session that has left its last application is over, though its row may not say so yet.
        let with_applications = |row: OnlineRow| -> Done<Option<(OnlineRow, Vec<ApplicationId>)>> {
            let inside: Vec<_> = sessions::applications(conn, row.session)?.into_iter().map(|(id, _)| id).collect();
            let over = inside.is_empty() && sessions::has_participants(conn, row.session)?;
            Ok((!over).then_some((row, inside)))
        };
        let (people, sessions) = online::count_pool(conn, pool, CAP + 1)?;
        let mut page = InPool { people, sessions, ..InPool::default() };
        let (mut from, mut looked) = (before.unwrap_or((Timestamp(i64::MAX), SessionId(i64::MAX))), 0);
        while looked < LOOKED_AT {
            let batch = online::seen_before(conn, pool, from, BATCH)?;
            let last = batch.len() < BATCH as usize;
            for row in batch {
                if page.rows.len() == PAGE {
                    page.next = Some(from);
                    return Ok(page);
                }
                (from, looked) = ((row.online.last_seen_at, row.online.session), looked + 1);
                if row.counts {
                    page.rows.extend(with_applications(row.online)?);
                }
            }
            if last {
                return Ok(page);
            }
        }
        page.next = Some(from);
        Ok(page)
    })
}

/// A page of users in an application and how many there are, as Authing's `active-users` has it. `page` counts from 1.
pub fn active_users(state: &State, application: ApplicationId, page: u32, limit: u32) -> Done<(u32, Vec<User>)> {
    state.store.read(|conn| {
        let offset = page.saturating_sub(1).saturating_mul(limit);
        let total = online::count_people(conn, application, i32::MAX.unsigned_abs())?;
        Ok((total, online::users(conn, application, offset, limit)?))
    })
}

/// Living sessions of one person that are shown.
const OF_ONE: u32 = 200;

/// One user with all their living sessions.
pub fn all_of(state: &State, pool: PoolId, id: UserId) -> Done<Picked> {
    let (user, sessions) = state.store.read(|conn| -> Done<(User, Vec<SessionRow>)> {
        let user = users::find(conn, id)?.filter(|u| u.pool == pool).ok_or(FlowError::Absent("user"))?;
        Ok((user, sessions::of_user(conn, id, OF_ONE)?))
    })?;
    let picked = sessions.iter().map(|s| s.sid).collect();
    let tokens = tokens(state, &sessions)?;
    Ok(Picked { user, sessions, picked, tokens })
}

/// A user's living sessions.
pub fn of_user(state: &State, user: UserId) -> Done<Vec<SessionRow>> {
    Ok(state.store.read(|conn| sessions::of_user(conn, user, OF_ONE))?)
}

/// What an application holds of a session: how many tokens.
pub type Tokens = HashMap<(SessionId, ApplicationId), u32>;

fn tokens(state: &State, sessions: &[SessionRow]) -> Done<Tokens> {
    state.store.read(|conn| {
        let mut all = Tokens::new();
        for session in sessions {
            let held = grants::held_in_session(conn, session.id)?;
            all.extend(held.into_iter().map(|(application, n)| ((session.id, application), n)));
        }
        Ok(all)
    })
}

/// Tokens that an application holds of everybody in it, counted in as many sessions as the lists count.
pub fn tokens_of(state: &State, application: ApplicationId) -> Done<u32> {
    Ok(state.store.read(|conn| grants::held_by_application(conn, application, CAP))?)
}

/// One person with all their living sessions, for the page that says who and where.
#[derive(Debug)]
pub struct Picked {
    /// Whose.
    pub user: User,
    /// All their living sessions.
    pub sessions: Vec<SessionRow>,
    /// Which of them were picked.
    pub picked: Vec<Sid>,
    /// What applications hold of them.
    pub tokens: Tokens,
}

/// Who stands behind picked sessions of a pool, a group for each person; ended ones are passed over.
pub fn picked(state: &State, pool: PoolId, sids: &[Sid]) -> Done<Vec<Picked>> {
    let mut groups: Vec<Picked> = Vec::new();
    for sid in sids {
        let found = state.store.read(|conn| sessions::by_sid_in_pool(conn, pool, *sid))?;
        let Some((_, user)) = found else { continue };
        if let Some(group) = groups.iter_mut().find(|g| g.user.id == user) {
            group.picked.push(*sid);
            continue;
        }
        groups.push(Picked { picked: vec![*sid], ..all_of(state, pool, user)? });
    }
    groups.retain(|g| g.sessions.iter().any(|s| g.picked.contains(&s.sid)));
    Ok(groups)
}
