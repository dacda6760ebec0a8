//! The door. Every session ends here, whoever ends it and why; there is no other way (house rule 1).
//!
//! 1. `Plan::of`: pure, refuses an empty selection.
//! 2. `store::ending::carry_out`, the only call of it in the house: everything on disk in the caller's transaction.
//! 3. After the commit and before the answer: what was remembered of these users is outdated, so no request is believed
//!    on an old answer; their open pages are poked; the upkeep is woken to write out what stands below a barrier, and the sender to tell
//!    the applications. Nobody waits for either.
//!
//! A crash between 2 and 3 loses nothing: memory is gone with it, and the barrier is in the rows.

use std::sync::Arc;

use super::error::{Done, FlowError};
use super::state::State;
use crate::crypto::random;
use crate::domain::audit::{self, Detail};
use crate::domain::id::{ApplicationId, EndingId, PoolId, Sid, UserId};
use crate::domain::logout::{Actor, Cause, NoPlan, Origin, Plan, Receipt, Scope, Selection};
use crate::domain::session::{Seq, Session, SessionId};
use crate::store::db::Act;
use crate::store::{audit as rows, ending, grants, online, sessions, users};

impl From<NoPlan> for FlowError {
    fn from(no: NoPlan) -> Self {
        match no {
            NoPlan::Nobody => Self::field("userIds", "nobody"),
        }
    }
}

/// Ends `selection` in `pool`.
pub fn end(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    selection: Selection,
    why: (Cause, Origin),
) -> Done<Receipt> {
    let everybody = matches!(selection, Selection::Application(_));
    let plan = Plan::of(pool, selection, why.0, why.1)?;
    let receipt = ending::carry_out(act, EndingId::from_random(random::octets()), &plan)?;
    let (state, heard) = (state.clone(), receipt.clone());
    act.after_commit(move || {
        if everybody {
            state.sessions.outdate_everybody();
            state.hub.poke_pool(heard.pool);
        } else {
            state.sessions.outdate(&heard.users);
            state.hub.poke_users(heard.pool, &heard.users);
        }
        state.outbox.ring();
        state.feeds.ring();
        state.bell.ring();
    });
    Ok(receipt)
}

/// A person leaves: the sessions that their browser holds here, whole; it is one, unless another host planted a second
/// cookie. Ending what has ended is no error; then there is no receipt. `from` says where the request came from, the actor
/// is the person of each session.
pub fn leave(
    act: &mut Act<'_>,
    state: &Arc<State>,
    held: &[Arc<Session>],
    cause: Cause,
    from: &Origin,
) -> Done<Option<Receipt>> {
    let mut first = None;
    for session in held {
        if sessions::by_id(act.conn(), session.id)?.is_none() {
            continue;
        }
        let origin = Origin { actor: Actor::User(session.user), ..from.clone() };
        let receipt = end(act, state, session.pool, Selection::Leaving(vec![session.id]), (cause, origin))?;
        first.get_or_insert(receipt);
    }
    Ok(first)
}

/// A person leaves on every device at once: all their sessions, this one among them, and what applications kept of those that
/// are over. `None`: there were none.
pub fn leave_everywhere(
    act: &mut Act<'_>,
    state: &Arc<State>,
    session: &Session,
    why: (Cause, Origin),
) -> Done<Option<Receipt>> {
    grants::revoke_left_behind(act, session.user)?;
    let all = sessions::others_of_user(act.conn(), session.user, None)?;
    if all.is_empty() {
        return Ok(None);
    }
    end(act, state, session.pool, Selection::Sessions(all), why).map(Some)
}

/// A person ends one of their own sessions by its public id; another person's does not exist (security.md S9). One that
/// has ended meanwhile is no error: `None`.
pub fn end_own(
    act: &mut Act<'_>,
    state: &Arc<State>,
    person: (PoolId, UserId),
    sid: Sid,
    origin: Origin,
) -> Done<Option<Receipt>> {
    let (pool, user) = person;
    match sessions::by_sid(act.conn(), user, sid)? {
        None => Err(FlowError::Absent("session")),
        Some((_, false)) => Ok(None),
        Some((id, true)) => {
            end(act, state, pool, Selection::Sessions(vec![id]), (Cause::PersonalCenter, origin)).map(Some)
        }
    }
}

/// A person ends all their other sessions, and what applications kept of those that are over. `None`: there were none.
pub fn end_others(
    act: &mut Act<'_>,
    state: &Arc<State>,
    session: &Session,
    why: (Cause, Origin),
) -> Done<Option<Receipt>> {
    grants::revoke_left_behind(act, session.user)?;
    let others = sessions::others_of_user(act.conn(), session.user, Some(session.id))?;
    if others.is_empty() {
        return Ok(None);
    }
    end(act, state, session.pool, Selection::Sessions(others), why).map(Some)
}

/// A person leaves one application, on every device. It is a barrier as a kick is: single sign-on does not lead them back
/// in without the password, and what the application was given is dead.
pub fn leave_application(
    act: &mut Act<'_>,
    state: &Arc<State>,
    person: (PoolId, UserId),
    application: ApplicationId,
    origin: Origin,
) -> Done<Receipt> {
    let (pool, user) = person;
    kick(act, state, pool, (vec![user], Some(application)), (Cause::PersonalCenter, origin))
}

/// A kick: users in one application, or everywhere. The application must be of the pool; users that are not count as
/// unknown, and nobody learns which (security.md K6).
pub fn kick(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    whom: (Vec<UserId>, Option<ApplicationId>),
    why: (Cause, Origin),
) -> Done<Receipt> {
    let (ids, within) = whom;
    if let Some(application) = within {
        own_application(state, pool, application)?;
    }
    end(act, state, pool, Selection::Users { ids, within }, why)
}

/// The same for one user whom an administrator has before their eyes: an unknown one is said to be.
pub fn kick_known(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    whom: (Vec<UserId>, Option<ApplicationId>),
    why: (Cause, Origin),
) -> Done<Receipt> {
    let receipt = kick(act, state, pool, whom, why)?;
    if receipt.known == 0 { Err(FlowError::Absent("user")) } else { Ok(receipt) }
}

fn own_application(state: &State, pool: PoolId, id: ApplicationId) -> Done<()> {
    match state.directory().application(id) {
        Some(application) if application.pool == pool => Ok(()),
        Some(_) | None => Err(FlowError::Absent("application")),
    }
}

/// Sessions that an administrator has picked, and how far they are to end.
#[derive(Debug)]
pub struct Picked {
    /// The sessions.
    pub sids: Vec<Sid>,
    /// The application in which they were picked.
    pub application: Option<ApplicationId>,
    /// How far.
    pub scope: Scope,
    /// Why, in the administrator's words.
    pub reason: String,
    /// A session that stays, whatever the scope covers: the administrator's own.
    pub keep: Option<SessionId>,
}

/// An administrator ends picked sessions by a scope. Sessions that have ended meanwhile, or are of another pool, are
/// passed over, and the receipt says how many; if none is left that is said.
pub fn end_picked(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    picked: Picked,
    origin: Origin,
) -> Done<Receipt> {
    let Picked { mut sids, application, scope, reason, keep } = picked;
    sids.sort_unstable();
    sids.dedup();
    let inside = application.filter(|_| matches!(scope, Scope::Cell | Scope::App));
    let (mut devices, mut people): (Vec<SessionId>, Vec<UserId>) = (Vec::new(), Vec::new());
    for sid in &sids {
        let Some((id, user)) = sessions::by_sid_in_pool(act.conn(), pool, *sid)? else { continue };
        if let Some(application) = inside
            && online::by_sid(act.conn(), application, *sid)?.is_none()
        {
            continue;
        }
        devices.push(id);
        people.push(user);
    }
    if devices.is_empty() {
        return Err(FlowError::Absent("session"));
    }
    // Where it is not among what ends, everything ends by the barrier as ever.
    let keep = match keep {
        Some(kept) => sessions::by_id(act.conn(), kept)?.filter(|own| people.contains(&own.user)).map(|_| kept),
        None => None,
    };
    let gone = sids.len() - devices.len();
    let within = || application.ok_or(FlowError::field("application", "required"));
    if let Some(application) = application {
        own_application(state, pool, application)?;
    }
    let selection = match (scope, keep) {
        (Scope::Cell | Scope::Device, Some(kept)) => {
            devices.retain(|id| *id != kept);
            rest(devices, inside)?
        }
        (Scope::App | Scope::All, Some(kept)) => rest(all_but(act, people, inside, kept)?, inside)?,
        (Scope::Cell, None) => Selection::Cells { sessions: devices, within: within()? },
        (Scope::App, None) => Selection::Users { ids: people, within: Some(within()?) },
        (Scope::Device, None) => Selection::Sessions(devices),
        (Scope::All, None) => Selection::Users { ids: people, within: None },
    };
    let receipt = end(act, state, pool, selection, (Cause::Console, origin))?;
    remark(act, &receipt, &reason, gone)?;
    Ok(receipt)
}

/// Living sessions of these people but one; where an application is named, those that are in it.
fn all_but(
    act: &Act<'_>,
    mut people: Vec<UserId>,
    inside: Option<ApplicationId>,
    kept: SessionId,
) -> Done<Vec<SessionId>> {
    people.sort_unstable();
    people.dedup();
    let mut all = Vec::new();
    for user in people {
        match inside {
            None => all.extend(sessions::others_of_user(act.conn(), user, Some(kept))?),
            Some(application) => {
                let rows = online::of_user(act.conn(), application, user, ALL)?;
                all.extend(rows.into_iter().map(|row| row.session).filter(|id| *id != kept));
            }
        }
    }
    Ok(all)
}

/// No limit to a list.
const ALL: u32 = i32::MAX.unsigned_abs();

/// What is left to end when one session stays. A barrier would cover that one too, so the others are named.
fn rest(sessions: Vec<SessionId>, inside: Option<ApplicationId>) -> Done<Selection> {
    match (sessions.is_empty(), inside) {
        (true, _) => Err(FlowError::Absent("session")),
        (false, Some(within)) => Ok(Selection::Cells { sessions, within }),
        (false, None) => Ok(Selection::Sessions(sessions)),
    }
}

/// Keeps with an ending why it was done, and how many of the chosen sessions had left before.
pub fn remark(act: &Act<'_>, receipt: &Receipt, reason: &str, gone: usize) -> Done<()> {
    let mut detail = Detail::default();
    detail.say(audit::REASON, reason);
    if gone > 0 {
        detail.say(audit::LEFT_BEFORE, gone.to_string());
    }
    if !detail.changes().is_empty() {
        rows::remark(act, receipt.id, receipt.cause.as_str(), &detail)?;
    }
    Ok(())
}

/// An administrator ends everybody's part in an application.
pub fn end_everybody(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    application: ApplicationId,
    origin: Origin,
) -> Done<Receipt> {
    own_application(state, pool, application)?;
    end(act, state, pool, Selection::Application(application), (Cause::Console, origin))
}

/// The same but for one session, the administrator's own.
pub fn end_everybody_else(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    (application, kept): (ApplicationId, SessionId),
    origin: Origin,
) -> Done<Receipt> {
    own_application(state, pool, application)?;
    let rows = online::entered_before(act.conn(), application, Seq(i64::MAX), ALL)?;
    let others = rows.into_iter().map(|row| row.session).filter(|id| *id != kept).collect();
    end(act, state, pool, rest(others, Some(application))?, (Cause::Console, origin))
}

/// The operator's kick: users of whatever pool, one receipt for each pool concerned.
pub fn kick_anywhere(
    act: &mut Act<'_>,
    state: &Arc<State>,
    ids: Vec<UserId>,
    within: Option<ApplicationId>,
    why: (Cause, Origin),
) -> Done<Vec<Receipt>> {
    if let Some(application) = within {
        let pool =
            state.directory().application(application).map(|a| a.pool).ok_or(FlowError::Absent("application"))?;
        return Ok(vec![kick(act, state, pool, (ids, within), why)?]);
    }
    let mut by_pool: Vec<(PoolId, Vec<UserId>)> = Vec::new();
    for id in ids {
        let user = users::find(act.conn(), id)?.ok_or(FlowError::Absent("user"))?;
        match by_pool.iter_mut().find(|(pool, _)| *pool == user.pool) {
            Some((_, list)) => list.push(id),
            None => by_pool.push((user.pool, vec![id])),
        }
    }
    if by_pool.is_empty() {
        return Err(NoPlan::Nobody.into());
    }
    by_pool.into_iter().map(|(pool, ids)| kick(act, state, pool, (ids, None), why.clone())).collect()
}
