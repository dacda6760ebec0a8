//! A one-time link by which a person sets a new password, made by an administrator or the operator.
//!
//! It is a secret of 256 bits of which only the hash is kept. It dies with its first use, with any change of the password,
//! with a newer link, when the user is disabled or deleted, and after a day. Setting the password ends every session of the
//! user: whoever asks for such a link may have lost a device.

use std::sync::Arc;

use super::error::{Done, FieldRefused, FlowError};
use super::logout;
use super::state::State;
use super::users;
use crate::crypto::{password, seal};
use crate::domain::audit;
use crate::domain::clock::Timestamp;
use crate::domain::contact::NewPassword;
use crate::domain::id::{PoolId, UserId};
use crate::domain::logout::{Actor, Cause, Origin, Receipt, Selection};
use crate::domain::secret::Secret;
use crate::domain::user::{User, UserStatus};
use crate::store::db::Act;
use crate::store::password_links::{self, LinkRow};
use crate::store::users as people;

/// How long a link works.
pub const LIFE_MS: i64 = 24 * 3_600_000;

/// A link just made; its secret is shown once.
#[derive(Debug)]
pub struct Made {
    /// The value in the address.
    pub token: Secret,
    /// Until when it works.
    pub until: Timestamp,
}

/// The path of a link below the public origin.
pub fn path(token: &str) -> String {
    format!("/reset-password?token={token}")
}

/// Makes a link for a user who may log in. An older one dies.
pub fn make(act: &mut Act<'_>, whom: (PoolId, UserId), origin: &Origin) -> Done<Made> {
    let (pool, id) = whom;
    if origin.actor == Actor::Admin(id) {
        // One's own needs the present one, or a stolen cookie would become the account.
        return Err(FlowError::field("password", "password_own"));
    }
    let found = people::candidate(act.conn(), id)?.filter(|found| found.user.pool == pool);
    let found = found.ok_or(FlowError::Absent("user"))?;
    if found.user.status != UserStatus::Activated {
        return Err(FlowError::field("status", "disabled"));
    }
    let (token, hash) = seal::fresh();
    let until = act.now.plus_ms(LIFE_MS);
    let row = LinkRow { user: id, password_seq: found.password_seq, expires_at: until };
    password_links::insert(act, &hash, &row)?;
    users::note(act, pool, audit::act::PASSWORD_LINK, id, origin)?;
    Ok(Made { token, until })
}

/// Whose password a link sets; nobody's when it is unknown, used, outdated or too old, and nobody learns which.
pub fn opens(state: &State, token: &str) -> Done<Option<User>> {
    let now = state.now();
    state.store.read(|conn| match password_links::living(conn, &seal::hash(token), now)? {
        Some(id) => Ok(people::find(conn, id)?),
        None => Ok(None),
    })
}

/// Sets the password by a link. Of two who use one link at once, one wins; to the other it is dead. `None`: it is.
///
/// 1. Is the link alive? Asked before anything is hashed, so that strangers cost nothing.
/// 2. The same rules as for any new password; all that is wrong is told at once.
/// 3. In one transaction: the link once more, the password, its links, the audit log, the end of every session.
pub async fn set_password(
    state: &Arc<State>,
    token: String,
    typed: (String, String),
    from: Origin,
) -> Done<Option<Receipt>> {
    if opens(state, &token)?.is_none() {
        return Ok(None);
    }
    let (new, again) = typed;
    let new = judged(&new, &again)?;
    let here = state.clone();
    state
        .hashing
        .run(move |_| {
            let hash = password::hash(new.expose()).ok_or(FlowError::Busy)?;
            here.write_now(move |act, state| {
                let Some(id) = password_links::living(act.conn(), &seal::hash(&token), act.now)? else {
                    return Ok(None);
                };
                let user = people::find(act.conn(), id)?.ok_or(FlowError::Absent("user"))?;
                let origin = Origin { actor: Actor::User(id), ..from };
                people::set_password(act, id, &hash)?;
                password_links::forget_of_user(act, id)?;
                users::note(act, user.pool, audit::act::PASSWORD_CHANGED, id, &origin)?;
                let all = Selection::Users { ids: vec![id], within: None };
                logout::end(act, state, user.pool, all, (Cause::PasswordChanged, origin)).map(Some)
            })
        })
        .await
}

/// A new password, typed twice; all that is wrong is told at once.
pub(super) fn judged(new: &str, again: &str) -> Done<NewPassword> {
    let mut refused = Vec::new();
    let parsed = NewPassword::parse(new).map_err(|why| refused.push(FieldRefused::new("new", why.code())));
    if new != again {
        refused.push(FieldRefused::new("again", "again_differs"));
    }
    match parsed {
        Ok(new) if refused.is_empty() => Ok(new),
        Ok(_) | Err(()) => Err(FlowError::Invalid(refused)),
    }
}
