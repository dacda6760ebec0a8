//! Where somebody is logged in, and where they were: what programs and the person themselves may ask.

use super::error::{Done, FlowError};
use super::state::State;
use crate::domain::clock::Timestamp;
use crate::domain::contact::{Email, Phone, Username};
use crate::domain::id::{ApplicationId, PoolId, UserId};
use crate::domain::session::Session;
use crate::domain::user::User;
use crate::store::audit::{self, LoginRow};
use crate::store::db::Act;
use crate::store::sessions::{self, SessionRow};
use crate::store::users::{self, LoginColumn};

/// Most living sessions of one person that are looked at.
const SESSIONS: u32 = 200;

/// How a program names a user.
#[derive(Debug, Clone)]
pub enum UserRef {
    /// By id.
    Id(UserId),
    /// By something they log in with, already normalised.
    Login(LoginColumn, String),
}

impl UserRef {
    /// Reads a name of a kind in Authing's words (`userIdType`). `None`: there is no such kind here, or no such name could be.
    pub fn parse(kind: &str, text: &str) -> Option<Self> {
        match kind {
            "" | "user_id" => UserId::parse(text).ok().map(Self::Id),
            "username" => Username::parse(text).ok().map(|name| Self::Login(LoginColumn::Username, name.key())),
            "email" => Email::parse(text).ok().map(|email| Self::Login(LoginColumn::Email, email.key())),
            "phone" => Phone::parse(text).ok().map(|phone| Self::Login(LoginColumn::Phone, phone.key())),
            _ => None,
        }
    }

    /// Whether a kind is one that is known here.
    pub fn knows(kind: &str) -> bool {
        matches!(kind, "" | "user_id" | "username" | "email" | "phone")
    }
}

/// The user of this pool who is named, inside an act.
pub fn named(act: &Act<'_>, pool: PoolId, name: &UserRef) -> Done<User> {
    let found = match name {
        UserRef::Id(id) => users::find(act.conn(), *id)?.filter(|user| user.pool == pool),
        UserRef::Login(column, key) => users::by_login(act.conn(), pool, *column, key)?.map(|found| found.user),
    };
    found.ok_or(FlowError::Absent("user"))
}

/// The same by itself.
pub fn find(state: &State, pool: PoolId, name: &UserRef) -> Done<Option<User>> {
    state.store.read(|conn| match name {
        UserRef::Id(id) => Ok(users::find(conn, *id)?.filter(|user| user.pool == pool)),
        UserRef::Login(column, key) => Ok(users::by_login(conn, pool, *column, key)?.map(|found| found.user)),
    })
}

/// The living sessions of a person, newest first.
pub fn sessions(state: &State, user: UserId) -> Done<Vec<SessionRow>> {
    let Some(pool) = state.store.read(|conn| users::find(conn, user))?.map(|user| user.pool) else {
        return Ok(Vec::new());
    };
    let mut rows = state.store.read(|conn| sessions::of_user(conn, user, SESSIONS))?;
    let seen_after = state.now().plus_ms(-state.lifetimes_of(pool).idle_ms);
    // What has run out ends within half a minute; here it counts as ended already.
    rows.retain(|row| row.last_seen_at > seen_after);
    Ok(rows)
}

/// The applications that a person is in, on whatever device, newest entrance first.
pub fn applications(state: &State, user: UserId) -> Done<Vec<ApplicationId>> {
    let mut found: Vec<(ApplicationId, Timestamp)> = Vec::new();
    for (id, since) in sessions(state, user)?.into_iter().flat_map(|row| row.applications) {
        match found.iter_mut().find(|(known, _)| *known == id) {
            Some((_, at)) => *at = (*at).max(since),
            None => found.push((id, since)),
        }
    }
    found.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    Ok(found.into_iter().map(|(id, _)| id).collect())
}

/// The applications that a person has ever logged in to, as far as the house remembers.
pub fn known_applications(state: &State, user: UserId) -> Done<Vec<ApplicationId>> {
    let known = state.store.read(|conn| audit::applications_of_user(conn, user))?;
    Ok(known.iter().filter_map(|(id, _)| ApplicationId::parse(id).ok()).collect())
}

/// An application that a person is or was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acquaintance {
    /// Which.
    pub application: ApplicationId,
    /// On how many devices they are in it now.
    pub devices: usize,
    /// The last entrance.
    pub last: Timestamp,
}

/// The applications that a person is in, then those they once logged in to, each with the latest entrance first.
pub fn acquaintances(state: &State, user: UserId) -> Done<Vec<Acquaintance>> {
    let mut found: Vec<Acquaintance> = Vec::new();
    let mut add = |application, devices, last| match found.iter_mut().find(|one| one.application == application) {
        Some(one) => {
            one.devices += devices;
            one.last = one.last.max(last);
        }
        None => found.push(Acquaintance { application, devices, last }),
    };
    for (application, since) in sessions(state, user)?.into_iter().flat_map(|row| row.applications) {
        add(application, 1, since);
    }
    for (id, at) in state.store.read(|conn| audit::applications_of_user(conn, user))? {
        if let Ok(application) = ApplicationId::parse(&id) {
            add(application, 0, at);
        }
    }
    found.sort_by_key(|one| (one.devices == 0, std::cmp::Reverse(one.last)));
    Ok(found)
}

/// Whether single sign-on counts for an application: the person is in it, or could enter it without the password.
pub fn counts_for(state: &State, session: &Session, application: ApplicationId) -> Done<bool> {
    if session.is_in(application) {
        return Ok(true);
    }
    if session.is_outdated_in(application) {
        return Ok(false);
    }
    let barrier = state.store.read(|conn| sessions::barrier(conn, session.id, session.user, application))?;
    Ok(session.may_enter(barrier))
}

/// A page of a person's log-ins, newest first, and how many there are. `page` counts from 1.
pub fn history(
    state: &State,
    user: UserId,
    within: Option<ApplicationId>,
    success: bool,
    page: (u32, u32),
) -> Done<(u32, Vec<LoginRow>)> {
    let (number, limit) = page;
    let within = within.map(|id| id.to_string()).unwrap_or_default();
    let offset = number.saturating_sub(1).saturating_mul(limit);
    state.store.read(|conn| Ok(audit::logins_of_user(conn, user, (&within, success), (offset, limit))?))
}
