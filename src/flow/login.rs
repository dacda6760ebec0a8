//! Log in: credentials become a session.
//!
//! 1. An account or address that failed too often waits (429), before anything is hashed.
//! 2. The password is compared, at the same cost whether the user exists or not.
//! 3. In one transaction: the user may still log in and the password is still the one that was compared; a kick that
//!    committed before this is behind, so this login lives (K3).
//! 4. The same person in a living session of this browser gets that session renewed, so that their other applications
//!    stay; another person's session there is ended. Either way the browser gets a new secret, and the secret it had on
//!    this host is dead (S2). A secret that the browser made up is never adopted (S3).
//! 5. The application is entered.

use std::sync::Arc;

use super::error::{Done, FlowError};
use super::session::remember_anew;
use super::state::State;
use super::{hashing, logout};
use crate::crypto::password::{self, Memory, Verdict};
use crate::crypto::{random, seal};
use crate::domain::audit;
use crate::domain::contact::{LoginName, Password};
use crate::domain::id::{ApplicationId, PoolId, Sid, UserId};
use crate::domain::logout::{Actor, Cause, Origin, Selection};
use crate::domain::secret::Secret;
use crate::domain::session::{Seq, Session, SessionId};
use crate::domain::user::User;
use crate::store::audit::Event;
use crate::store::db::Act;
use crate::store::sessions::{self, NewSession};
use crate::store::users::{self, Candidate, LoginColumn};
use crate::store::{ending, handoffs};

/// Where a request comes from, as far as a session remembers it.
#[derive(Debug, Clone)]
pub struct From {
    /// Network address.
    pub ip: String,
    /// User agent, shortened.
    pub user_agent: String,
    /// Id of the request.
    pub request: String,
}

/// A try to log in.
#[derive(Debug)]
pub struct Attempt {
    /// Pool.
    pub pool: PoolId,
    /// Application to enter.
    pub application: Option<ApplicationId>,
    /// Host of the browser's request.
    pub host: String,
    /// The house's name at that host, by which the application will know it.
    pub issuer: String,
    /// What was typed as the name.
    pub account: String,
    /// What was typed as the password.
    pub password: Password,
    /// Secret that the browser holds on this host.
    pub held: Option<String>,
    /// Whether a session of somebody else that it holds ends (security.md S2). A browser is one person's; the cookie jar of a
    /// program may serve many.
    pub replaces: bool,
    /// Where from.
    pub from: From,
}

/// A log-in that worked.
#[derive(Debug)]
pub struct LoggedIn {
    /// For the cookie.
    pub secret: Secret,
    /// Whose.
    pub user: UserId,
}

/// What came of a try.
#[derive(Debug)]
pub enum Outcome {
    /// Welcome.
    LoggedIn(LoggedIn),
    /// Unknown user or wrong password; never which.
    Wrong {
        /// Tries left before waiting.
        left: u32,
        /// Seconds to wait from now on, after the last of them.
        wait: Option<u64>,
    },
    /// The password is right, but an administrator has disabled the user.
    Disabled,
}

/// Queues a try on the hashing threads.
pub async fn log_in(state: &Arc<State>, attempt: Attempt) -> Done<Outcome> {
    let name = LoginName::parse(&attempt.account);
    if let Some(seconds) = state.throttle.wait(&account(&attempt, &name), &attempt.from.ip) {
        return Err(FlowError::Throttled { seconds });
    }
    let hashing: &hashing::Hashing = &state.hashing;
    let here = state.clone();
    hashing.run(move |memory| compare_and_admit(&here, memory, attempt, &name)).await
}

fn account(attempt: &Attempt, name: &LoginName) -> String {
    format!("{} {}", attempt.pool, name.key())
}

fn find(state: &State, pool: PoolId, name: &LoginName) -> Done<Option<Candidate>> {
    Ok(state.store.read(|conn| users::by_login(conn, pool, column(name), name.key()))?)
}

/// The column in which a typed log-in name is looked for.
pub(super) fn column(name: &LoginName) -> LoginColumn {
    match name {
        LoginName::Username(_) => LoginColumn::Username,
        LoginName::Email(_) => LoginColumn::Email,
        LoginName::Phone(_) => LoginColumn::Phone,
    }
}

fn compare_and_admit(state: &Arc<State>, memory: &mut Memory, attempt: Attempt, name: &LoginName) -> Done<Outcome> {
    // Asked again: many tries may have passed the first question together while none had failed yet.
    if let Some(seconds) = state.throttle.wait(&account(&attempt, name), &attempt.from.ip) {
        return Err(FlowError::Throttled { seconds });
    }
    let candidate = find(state, attempt.pool, name)?;
    let stored = candidate.as_ref().and_then(|c| c.password_hash.as_deref()).unwrap_or(password::nobody());
    let verdict = password::verify(memory, attempt.password.expose(), stored);
    let Some(candidate) = candidate.filter(|_| verdict != Verdict::Wrong) else {
        return Ok(refuse(state, &attempt, name));
    };
    if !candidate.user.may_log_in() {
        return Ok(Outcome::Disabled);
    }
    let rehashed = if verdict == Verdict::RightButStale { password::hash(attempt.password.expose()) } else { None };
    state.write_now(move |act, state| admit(act, state, &attempt, &candidate, rehashed.as_deref()))
}

fn refuse(state: &Arc<State>, attempt: &Attempt, name: &LoginName) -> Outcome {
    let account = account(attempt, name);
    let left = state.throttle.failed(&account, &attempt.from.ip);
    // Written for known users only, and without waiting: the answer must not tell the two apart by time.
    let (pool, name, from) = (attempt.pool, name.clone(), attempt.from.clone());
    drop(state.store.write(move |act| -> Done<()> {
        if let Some(known) = users::by_login(act.conn(), pool, column(&name), name.key())? {
            note(act, pool, audit::act::LOGIN_REFUSED, known.user.id, None, &from)?;
        }
        Ok(())
    }));
    Outcome::Wrong { left, wait: state.throttle.wait(&account, &attempt.from.ip) }
}

fn note(
    act: &Act<'_>,
    pool: PoolId,
    what: &'static str,
    user: UserId,
    application: Option<ApplicationId>,
    from: &From,
) -> Done<()> {
    let origin = Origin { actor: Actor::User(user), ip: from.ip.clone(), request: from.request.clone() };
    let target = application.map(|id| id.to_string()).unwrap_or_default();
    let event = Event {
        pool,
        act: what,
        user: Some(user),
        target: &target,
        ending: None,
        origin: &origin,
        user_agent: &from.user_agent,
    };
    Ok(crate::store::audit::append(act, &event)?)
}

fn admit(
    act: &mut Act<'_>,
    state: &Arc<State>,
    attempt: &Attempt,
    candidate: &Candidate,
    rehashed: Option<&str>,
) -> Done<Outcome> {
    let user = &candidate.user;
    if !users::still(act.conn(), user.id, candidate.password_seq)? {
        return Ok(Outcome::Wrong { left: 0, wait: None });
    }
    if let Some(hash) = rehashed {
        users::rehash_password(act, user.id, candidate.password_seq, hash)?;
    }
    // A session that a kick has emptied is over, though its row may not say so yet: nothing of it is used again, or its
    // cookies on other hosts would come back to life (K2).
    let held = match &attempt.held {
        Some(secret) => sessions::by_secret(act.conn(), &seal::hash(secret))?
            .filter(|s| s.host == attempt.host && s.has_someone_to_serve()),
        None => None,
    };
    let lifetimes = state.lifetimes_of(user.pool);
    let expires_at = act.now.plus_ms(lifetimes.absolute_ms);
    let origin =
        Origin { actor: Actor::User(user.id), ip: attempt.from.ip.clone(), request: attempt.from.request.clone() };
    let mut renewed = None;
    if let Some(held) = held {
        if held.user == user.id && held.is_within(act.now, lifetimes.idle_ms) {
            sessions::renew(act, held.id, expires_at)?;
            renewed = Some(held.id);
        } else if attempt.replaces || held.user == user.id {
            let replaced = Selection::Leaving(vec![held.id]);
            logout::end(act, state, held.pool, replaced, (Cause::Replaced, origin))?;
        }
    }
    let id = match renewed {
        Some(id) => id,
        None => begin(act, user.id, expires_at, &attempt.from)?,
    };
    let secret = give_secret(act, id, &attempt.host, None)?;
    keep_to_limit(act, state, user, &attempt.from)?;
    if let Some(application) = attempt.application {
        // It may have been deleted while the password was hashed.
        if !serves(state, user.pool, application) {
            return Err(FlowError::Absent("application"));
        }
        ending::settle(act, id, user.id)?;
        sessions::join(act, id, user.id, application, &attempt.issuer)?;
    }
    users::logged_in(act, user.id, &attempt.from.ip)?;
    note(act, user.pool, audit::act::LOGIN, user.id, attempt.application, &attempt.from)?;
    remember_anew(act, state, user.id);
    poke(act, state, user.pool, user.id);
    Ok(Outcome::LoggedIn(LoggedIn { secret, user: user.id }))
}

/// A person with too many sessions loses the oldest ones (security.md S6).
fn keep_to_limit(act: &mut Act<'_>, state: &Arc<State>, user: &User, from: &From) -> Done<()> {
    let limit = state.config.session_limit_per_user;
    let surplus = sessions::count_of_user(act.conn(), user.id, limit.saturating_add(1))?.saturating_sub(limit);
    if surplus > 0 {
        let oldest = sessions::oldest_of_user(act.conn(), user.id, surplus)?;
        let origin = Origin { actor: Actor::House, ip: from.ip.clone(), request: from.request.clone() };
        logout::end(act, state, user.pool, Selection::Leaving(oldest), (Cause::Replaced, origin))?;
    }
    Ok(())
}

fn begin(act: &Act<'_>, user: UserId, expires_at: crate::domain::clock::Timestamp, from: &From) -> Done<SessionId> {
    let sid = Sid::from_random(random::octets());
    let new = NewSession { sid, user, expires_at, ip: &from.ip, user_agent: &from.user_agent };
    Ok(sessions::begin(act, &new)?)
}

/// A secret after a log-in, or one that another secret gave and that is as old as that one.
pub(super) fn give_secret(act: &Act<'_>, id: SessionId, host: &str, given_by: Option<Seq>) -> Done<Secret> {
    let (secret, hash) = seal::fresh();
    let seq = match given_by {
        Some(seq) => seq,
        None => act.next_seq()?,
    };
    sessions::set_secret(act, id, host, &hash, seq)?;
    Ok(secret)
}

fn poke(act: &mut Act<'_>, state: &Arc<State>, pool: PoolId, user: UserId) {
    let state = state.clone();
    act.after_commit(move || {
        state.hub.poke_users(pool, &[user]);
    });
}

/// Single sign-on into another application of the same session, which will know the house by the issuer beside it. Answers
/// the session; `None`: the password must be asked first, because the person was forced out of the application after they
/// last gave it, or after the log-in behind the secret that asks.
pub fn enter(
    act: &mut Act<'_>,
    state: &Arc<State>,
    which: (SessionId, Seq),
    whither: (ApplicationId, &str),
    from: &From,
) -> Done<Option<Session>> {
    let ((id, secret_seq), (application, issuer)) = (which, whither);
    let Some(mut session) = sessions::by_id(act.conn(), id)? else { return Err(FlowError::Unauthenticated) };
    session.secret_seq = secret_seq;
    let of_pool = serves(state, session.pool, application);
    if !of_pool || !session.has_someone_to_serve() {
        return Err(FlowError::Unauthenticated);
    }
    if session.is_in(application) {
        return Ok(Some(session));
    }
    if !session.may_enter(sessions::barrier(act.conn(), id, session.user, application)?) {
        return Ok(None);
    }
    ending::settle(act, id, session.user)?;
    sessions::join(act, id, session.user, application, issuer)?;
    note(act, session.pool, audit::act::LOGIN, session.user, Some(application), from)?;
    remember_anew(act, state, session.user);
    poke(act, state, session.pool, session.user);
    Ok(Some(session))
}

/// The random value by which a browser shows that it was the one who asked for a session on another host.
pub fn fresh_state() -> Secret {
    seal::fresh().0
}

/// Makes a one-time code that carries `session` to `host`, for the browser that holds `state_value` there.
pub fn hand_over(act: &Act<'_>, session: &Session, host: &str, state_value: &str, next: &str) -> Done<Secret> {
    const LIFE_MS: i64 = 30_000;
    let (code, hash) = seal::fresh();
    let row = handoffs::HandoffRow {
        session: session.id,
        host: host.to_owned(),
        seq: session.secret_seq,
        state: seal::hash(state_value),
        next: next.to_owned(),
        expires_at: act.now.plus_ms(LIFE_MS),
    };
    handoffs::insert(act, &hash, &row)?;
    Ok(code)
}

/// What became of a code.
#[derive(Debug)]
pub enum Taken {
    /// The session arrived.
    Here(Arrived),
    /// It did not; where the person was going, when this browser had asked for the code.
    Nowhere(Option<String>),
}

/// A session that arrived on another host.
#[derive(Debug)]
pub struct Arrived {
    /// For the cookie there; none: the one that the browser holds is of the same log-in and stays (another tab was faster).
    pub secret: Option<Secret>,
    /// Where the person was going.
    pub next: String,
    /// Whether the password must be asked before that application is entered.
    pub ask_password: bool,
}

/// Takes a code: once, on the host it is for, by the browser that asked for it, within its life. Whatever is wrong, it is
/// used up.
pub fn take_over(
    act: &mut Act<'_>,
    state: &Arc<State>,
    code: (&str, &str),
    at: (&str, Option<(ApplicationId, &str)>),
    held: Option<&str>,
    from: &From,
) -> Done<Taken> {
    let ((code, state_value), (host, application)) = (code, at);
    let Some(row) = handoffs::take(act, &seal::hash(code))? else { return Ok(Taken::Nowhere(None)) };
    let asked_here = row.host == host && seal::same(&row.state, &seal::hash(state_value));
    let right = asked_here && act.now < row.expires_at;
    let Some(session) = sessions::by_id(act.conn(), row.session)?.filter(|s| right && s.has_someone_to_serve()) else {
        return Ok(Taken::Nowhere(Some(row.next).filter(|_| asked_here)));
    };
    let held = match held.map(seal::hash) {
        Some(held) => sessions::by_secret(act.conn(), &held)?.filter(|s| s.host == host && s.has_someone_to_serve()),
        None => None,
    };
    if let Some(other) = held.as_ref().filter(|held| held.id != session.id) {
        let origin = Origin { actor: Actor::User(session.user), ip: from.ip.clone(), request: from.request.clone() };
        logout::end(act, state, other.pool, Selection::Leaving(vec![other.id]), (Cause::Replaced, origin))?;
    }
    let ask_password = match application {
        Some((application, _)) if !serves(state, session.pool, application) => return Ok(Taken::Nowhere(None)),
        Some(whither) => enter(act, state, (session.id, row.seq), whither, from)?.is_none(),
        None => false,
    };
    let stays = held.is_some_and(|held| held.id == session.id && held.secret_seq >= row.seq);
    let secret = if stays { None } else { Some(give_secret(act, session.id, host, Some(row.seq))?) };
    remember_anew(act, state, session.user);
    Ok(Taken::Here(Arrived { secret, next: row.next, ask_password }))
}

/// Whether an application is of this pool and not deleted.
fn serves(state: &State, pool: PoolId, application: ApplicationId) -> bool {
    state.directory().application(application).is_some_and(|a| a.pool == pool)
}
