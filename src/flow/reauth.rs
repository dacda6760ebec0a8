//! The password asked again, before an act that cannot easily be taken back.
//!
//! Whoever finds a console open on somebody's desk, or holds a stolen cookie, does not get further with it than reading.

use std::sync::Arc;

use super::error::{Done, FlowError};
use super::session::remember_anew;
use super::state::State;
use crate::crypto::password::{self, Verdict};
use crate::domain::audit;
use crate::domain::contact::Password;
use crate::domain::logout::Origin;
use crate::domain::session::Session;
use crate::store::audit::Event;
use crate::store::{sessions, users};

/// How long a password counts.
const FRESH_MS: i64 = 10 * 60_000;

/// Whether the person gave the password in this session a short while ago.
pub fn is_fresh(state: &State, session: &Session) -> bool {
    let age = state.now().since_ms(session.auth_at);
    // A log-in in the future comes of a clock that jumped; it proves nothing.
    (0..=FRESH_MS).contains(&age)
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// It is the password; it counts from now on.
    Right,
    /// It is not.
    Wrong {
        /// Tries left before waiting.
        left: u32,
    },
}

/// Compares the password of whoever is in this session. Wrong ones are counted as everywhere, and remembered.
pub async fn give(state: &Arc<State>, session: Arc<Session>, typed: &str, origin: Origin) -> Done<Given> {
    let account = format!("own {}", session.user);
    let may_try = move |state: &State, ip: &str, account: &str| match state.throttle.wait(account, ip) {
        Some(seconds) => Err(FlowError::Throttled { seconds }),
        None => Ok(()),
    };
    may_try(state, &origin.ip, &account)?;
    let typed = Password::parse(typed).ok();
    let here = state.clone();
    state
        .hashing
        .run(move |memory| {
            // Asked again: many tries may have passed the first question together while none had failed yet.
            may_try(&here, &origin.ip, &account)?;
            let user = session.user;
            let known = here.store.read(|conn| users::candidate(conn, user))?.ok_or(FlowError::Unauthenticated)?;
            let stored = known.password_hash.as_deref().unwrap_or(password::nobody());
            let right = typed.is_some_and(|typed| password::verify(memory, typed.expose(), stored) != Verdict::Wrong);
            let left = if right { 0 } else { here.throttle.failed(&account, &origin.ip) };
            here.write_now(move |act, state| {
                if !right {
                    let event = Event {
                        pool: session.pool,
                        act: audit::act::LOGIN_REFUSED,
                        user: Some(user),
                        target: "",
                        ending: None,
                        origin: &origin,
                        user_agent: "",
                    };
                    crate::store::audit::append(act, &event)?;
                    return Ok(Given::Wrong { left });
                }
                let lives = sessions::by_id(act.conn(), session.id)?.is_some();
                if !lives || !users::still(act.conn(), user, known.password_seq)? {
                    return Err(FlowError::Unauthenticated);
                }
                sessions::confirmed(act, session.id)?;
                remember_anew(act, state, user);
                Ok(Given::Right)
            })
        })
        .await
}
