//! A person's own account: profile, password, sessions.

use std::sync::Arc;

use super::error::{Done, FieldRefused, FlowError};
use super::login::give_secret;
use super::logout;
use super::session::remember_anew;
use super::state::State;
use super::users::{UserForm, edit_own};
use crate::crypto::password::{self, Verdict};
use crate::domain::audit;
use crate::domain::clock::Timestamp;
use crate::domain::contact::{NewPassword, Password, ZoneName};
use crate::domain::id::UserId;
use crate::domain::logout::{Cause, Origin};
use crate::domain::secret::Secret;
use crate::domain::session::Session;
use crate::domain::user::User;
pub use crate::store::audit::AuditRow;
use crate::store::audit::{self as rows, Event};
use crate::store::sessions;
pub use crate::store::sessions::SessionRow;
use crate::store::users;

/// Most sessions that a page lists.
const LISTED: u32 = 200;
/// Ended sessions are listed for this long.
const HISTORY_MS: i64 = 30 * 24 * 3_600_000;

/// The overview tells of this many events.
const RECENT: u32 = 8;
/// A person's own record goes back this long.
const RECORD_MS: i64 = 90 * 24 * 3_600_000;
/// Events on one page of it.
const PAGE: u32 = 50;
/// Most events in one download.
const DOWNLOAD: u32 = 5_000;

/// What the personal center shows of a person.
#[derive(Debug)]
pub struct Account {
    /// The person.
    pub user: User,
    /// Living sessions, newest first.
    pub sessions: Vec<SessionRow>,
    /// Sessions that ended lately.
    pub ended: Vec<SessionRow>,
    /// When they last changed the password themselves.
    pub password_changed: Option<Timestamp>,
    /// What happened lately.
    pub events: Vec<AuditRow>,
}

/// Reads it.
pub fn read(state: &State, session: &Session) -> Done<Account> {
    let since = state.now().plus_ms(-HISTORY_MS);
    state.store.read(|conn| {
        let user = users::find(conn, session.user)?.ok_or(FlowError::Unauthenticated)?;
        let mut living = sessions::of_user(conn, session.user, LISTED)?;
        living.sort_by_key(|row| row.id != session.id); // this device first; the rest stay as they were
        Ok(Account {
            user,
            sessions: living,
            ended: sessions::ended_of_user(conn, session.user, since, 50)?,
            password_changed: rows::last_of_user(conn, session.user, audit::act::PASSWORD_CHANGED)?,
            events: rows::of_user(conn, session.user, ("", i64::MAX, Timestamp(0)), RECENT)?,
        })
    })
}

/// A page of what happened to a person in the last ninety days, newest first, and where the next one begins. `kind` is
/// `logins`, `refused`, `endings`, or empty for everything.
pub fn record(state: &State, user: UserId, kind: &str, before: Option<i64>) -> Done<(Vec<AuditRow>, Option<i64>)> {
    let since = state.now().plus_ms(-RECORD_MS);
    let which = (kind, before.unwrap_or(i64::MAX), since);
    let mut events = state.store.read(|conn| rows::of_user(conn, user, which, PAGE + 1))?;
    let more = events.len() > PAGE as usize;
    events.truncate(PAGE as usize);
    let next = events.last().filter(|_| more).map(|row| row.id);
    Ok((events, next))
}

/// The same as one list, to be taken home.
pub fn whole_record(state: &State, user: UserId, kind: &str) -> Done<Vec<AuditRow>> {
    let since = state.now().plus_ms(-RECORD_MS);
    Ok(state.store.read(|conn| rows::of_user(conn, user, (kind, i64::MAX, since), DOWNLOAD))?)
}

/// The own profile as typed.
#[derive(Debug, Clone, Default)]
pub struct ProfileForm {
    /// Names and contacts.
    pub names: UserForm,
    /// The language of the pages; empty: what the browser prefers.
    pub lang: String,
    /// The time zone; empty: the browser's.
    pub zone: String,
}

/// Changes the own profile. `known` are the languages of the house.
pub async fn change_profile(
    state: &Arc<State>,
    session: Arc<Session>,
    form: ProfileForm,
    (seen, known): (Option<Timestamp>, &'static [&'static str]),
    origin: Origin,
) -> Done<()> {
    let lang = Some(form.lang).filter(|lang| known.contains(&lang.as_str()));
    let zone = Some(form.zone.trim()).filter(|zone| !zone.is_empty()).map(ZoneName::parse);
    state
        .write(move |act, state| {
            let own = edit_own(act, session.user, seen, form.names);
            let zone = match (own, zone) {
                (own, Some(None)) => return Err(with_zone(own)),
                (own, zone) => own.map(|()| zone.flatten())?,
            };
            users::set_preferences(act, session.user, lang.as_deref(), zone.as_ref().map(ZoneName::as_str))?;
            let event = Event {
                pool: session.pool,
                act: audit::act::PROFILE_CHANGED,
                user: Some(session.user),
                target: "",
                ending: None,
                origin: &origin,
                user_agent: "",
            };
            rows::append(act, &event)?;
            remember_anew(act, state, session.user);
            Ok(())
        })
        .await
}

/// A zone that nobody knows, told with whatever else was wrong.
fn with_zone(own: Done<()>) -> FlowError {
    let unknown = FieldRefused::new("zone", "zone");
    match own {
        Err(FlowError::Invalid(mut refused)) => {
            refused.push(unknown);
            FlowError::Invalid(refused)
        }
        Err(other) => other,
        Ok(()) => FlowError::Invalid(vec![unknown]),
    }
}

/// A change of the own password.
#[derive(Debug)]
pub struct PasswordChange {
    /// The present password.
    pub current: String,
    /// The new one.
    pub new: String,
    /// The new one, typed again.
    pub again: String,
    /// Whether other devices stay logged in.
    pub keep_others: bool,
}

/// Changes the own password and, unless told otherwise, ends every other session. This session gets a new secret on this
/// host and loses every other one: whoever held a copy of its cookie is out (security.md S8).
pub async fn change_password(
    state: &Arc<State>,
    session: Arc<Session>,
    change: PasswordChange,
    origin: Origin,
) -> Done<Secret> {
    let account = format!("own {}", session.user);
    if let Some(seconds) = state.throttle.wait(&account, &origin.ip) {
        return Err(FlowError::Throttled { seconds });
    }
    let current = Password::parse(&change.current).map_err(|why| FlowError::field("current", why.code()))?;
    let new = NewPassword::parse(&change.new).map_err(|why| FlowError::field("new", why.code()))?;
    if change.new != change.again {
        return Err(FlowError::field("again", "again_differs"));
    }
    let here = state.clone();
    state
        .hashing
        .run(move |memory| {
            let user = session.user;
            let known = here.store.read(|conn| users::candidate(conn, user))?.ok_or(FlowError::Unauthenticated)?;
            let stored = known.password_hash.as_deref().unwrap_or(password::nobody());
            if password::verify(memory, current.expose(), stored) == Verdict::Wrong {
                here.throttle.failed(&account, &origin.ip);
                return Err(FlowError::field("current", "password_wrong"));
            }
            let hash = password::hash(new.expose()).ok_or(FlowError::Busy)?;
            let checked = known.password_seq;
            here.write_now(move |act, state| {
                if !users::still(act.conn(), user, checked)? {
                    return Err(FlowError::Stale);
                }
                if sessions::by_id(act.conn(), session.id)?.is_none() {
                    return Err(FlowError::Unauthenticated);
                }
                users::set_password(act, user, &hash)?;
                let event = Event {
                    pool: session.pool,
                    act: audit::act::PASSWORD_CHANGED,
                    user: Some(user),
                    target: "",
                    ending: None,
                    origin: &origin,
                    user_agent: "",
                };
                rows::append(act, &event)?;
                if !change.keep_others {
                    logout::end_others(act, state, &session, (Cause::PasswordChanged, origin))?;
                }
                sessions::forget_secrets(act, session.id)?;
                remember_anew(act, state, user);
                give_secret(act, session.id, &session.host, None)
            })
        })
        .await
}
