//! Register: a person makes themselves a user, through an application that lets them (its switch `self_registration`).
//!
//! 1. The application must let people register; asked again inside the transaction.
//! 2. An address that registered too often waits, before anything is hashed. Tries count whether they work or not.
//! 3. A name that is taken is said to be: there is no registering without telling it. It costs a hash like any other.
//! 4. The person is audited as having done it themselves. Logging in is another act ([`super::signin`]).

use std::sync::Arc;

use super::error::{Done, FlowError};
use super::login::From;
use super::password_link;
use super::state::State;
use super::users::{self, UserForm};
use crate::domain::application::Application;
use crate::domain::logout::{Actor, Origin};
use crate::domain::secret::Secret;
use crate::domain::user::Role;
use crate::domain::user::User;
use crate::store::users as rows;

/// Tells all that is wrong with what a person typed into the form at once, before it counts as a try.
pub fn judge(form: &UserForm, new: &str, again: &str) -> Done<()> {
    let mut refused = Vec::new();
    for judged in [form.judge().map(drop), password_link::judged(new, again).map(drop)] {
        match judged {
            Err(FlowError::Invalid(more)) => refused.extend(more),
            other => other?,
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(FlowError::Invalid(refused)) }
}

/// Registers somebody in the pool of `application`. `Forbidden`: it lets nobody register.
pub async fn register(
    state: &Arc<State>,
    application: &Application,
    form: UserForm,
    password: Secret,
    from: From,
) -> Done<User> {
    if !application.protocol.self_registration {
        return Err(FlowError::Forbidden);
    }
    if let Some(seconds) = state.throttle.registering(&from.ip) {
        return Err(FlowError::Throttled { seconds });
    }
    // Whatever was sent, nobody registers as an administrator.
    let form = UserForm { role: Role::Person, disabled: false, ..form };
    let (pool, id, here) = (application.pool, application.id, state.clone());
    state
        .hashing
        .run(move |_| {
            let (valid, hash) = users::judged(&form, password.reveal())?;
            let hash = hash.ok_or(FlowError::field("password", "required"))?;
            here.write_now(move |act, state| {
                if !state.directory().application(id).is_some_and(|a| a.protocol.self_registration) {
                    return Err(FlowError::Forbidden);
                }
                let by = |user| Origin { actor: Actor::User(user), ip: from.ip, request: from.request };
                let user = users::create_own(act, pool, &valid, &hash, by)?;
                rows::find(act.conn(), user)?.ok_or(FlowError::Absent("user"))
            })
        })
        .await
}
