//! Users and applications as administrators' programs keep them: what a call names changes, what it does not name stays, and
//! a list happens whole or not at all. Judging, auditing and ending are those of [`users`] and [`applications`].
//!
//! A program can neither make an administrator nor change or delete one. Its credential lies in a file and ends with the
//! administrator who made it, or with the pool's secret; with an administrator's password it would get into the console and
//! could make itself one that does not end. Administrators are changed in the console and at the command line. They can be
//! kicked by programs as everybody.

use std::sync::Arc;

use super::applications::{self, ApplicationForm, ApplicationRow};
use super::error::{Done, FlowError};
use super::presence::{self, UserRef};
use super::state::State;
use super::users::{self, UserForm};
use crate::domain::audit;
use crate::domain::id::{ApplicationId, PoolId, UserId};
use crate::domain::logout::{Origin, Receipt};
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use crate::domain::secret::Secret;
use crate::domain::user::{Role, User, UserStatus};
use crate::store::audit::{self as remembered, Event};
use crate::store::db::Act;
use crate::store::users as rows;

/// Parts of a user that a call names; an empty text takes the part away.
#[derive(Debug, Clone, Default)]
pub struct UserParts {
    /// User name.
    pub username: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Whether they may not log in.
    pub disabled: Option<bool>,
    /// A new password.
    pub password: Option<Secret>,
}

impl UserParts {
    /// Whether anything but the password is named.
    fn names_more_than_the_password(&self) -> bool {
        self.username.is_some()
            || self.name.is_some()
            || self.email.is_some()
            || self.phone.is_some()
            || self.disabled.is_some()
    }

    /// The form of somebody new.
    pub fn form(self) -> UserForm {
        UserForm {
            username: self.username.unwrap_or_default(),
            name: self.name.unwrap_or_default(),
            email: self.email.unwrap_or_default(),
            phone: self.phone.unwrap_or_default(),
            role: Role::Person,
            disabled: self.disabled.unwrap_or_default(),
        }
    }

    fn onto(self, user: &User) -> UserForm {
        let kept = |part: &Option<String>| part.clone().unwrap_or_default();
        UserForm {
            username: self.username.unwrap_or_else(|| kept(&user.username)),
            name: self.name.unwrap_or_else(|| user.name.clone()),
            email: self.email.unwrap_or_else(|| kept(&user.email)),
            phone: self.phone.unwrap_or_else(|| kept(&user.phone)),
            role: user.role,
            disabled: self.disabled.unwrap_or(user.status != UserStatus::Activated),
        }
    }
}

/// Hashes one password after the other, each as a job of its own: log-ins get their turn in between.
pub(super) async fn hashed(state: &Arc<State>, password: Option<Secret>) -> Done<Option<String>> {
    match password {
        Some(password) => state.hashing.run(move |_| users::hash_new(password.reveal()).map(Some)).await,
        None => Ok(None),
    }
}

/// Creates users; one that is refused refuses all. Without a password nobody can log in as the user yet.
pub async fn create_users(state: &Arc<State>, pool: PoolId, list: Vec<UserParts>, origin: Origin) -> Done<Vec<User>> {
    let mut judged = Vec::new();
    for mut parts in list {
        let password = parts.password.take();
        judged.push((parts.form().judge()?, password));
    }
    let mut ready = Vec::new();
    for (valid, password) in judged {
        ready.push((valid, hashed(state, password).await?));
    }
    state
        .write(move |act, _| {
            let mut made = Vec::new();
            for (valid, hash) in &ready {
                let id = users::create(act, pool, None, valid, hash.as_deref(), &origin)?;
                made.push(rows::find(act.conn(), id)?.ok_or(FlowError::Absent("user"))?);
            }
            Ok(made)
        })
        .await
}

/// A user after a change, and the receipts of what ended by it.
#[derive(Debug)]
pub struct Changed {
    /// The user as they are now.
    pub user: User,
    /// What ended: by being disabled, by a new password.
    pub receipts: Vec<Receipt>,
}

/// Changes users; one that is unknown or refused refuses all. A new password and being disabled end all their sessions.
pub async fn change_users(
    state: &Arc<State>,
    pool: PoolId,
    list: Vec<(UserRef, UserParts)>,
    origin: Origin,
) -> Done<Vec<Changed>> {
    let mut ready = Vec::new();
    for (whom, mut parts) in list {
        let hash = hashed(state, parts.password.take()).await?;
        ready.push((whom, parts, hash));
    }
    state
        .write(move |act, state| {
            ready
                .into_iter()
                .map(|(whom, parts, hash)| change(act, state, (pool, &whom), (parts, hash), &origin))
                .collect()
        })
        .await
}

fn change(
    act: &mut Act<'_>,
    state: &Arc<State>,
    (pool, whom): (PoolId, &UserRef),
    (parts, hash): (UserParts, Option<String>),
    origin: &Origin,
) -> Done<Changed> {
    let user = nobody_of_the_console(presence::named(act, pool, whom)?)?;
    let (who, mut receipts) = ((pool, user.id), Vec::new());
    if parts.names_more_than_the_password() {
        let valid = parts.onto(&user).judge()?;
        receipts.extend(users::edit(act, state, who, None, &valid, origin)?.receipt);
    }
    if let Some(hash) = hash {
        receipts.extend(users::set_password(act, state, who, &hash, origin)?);
    }
    let user = rows::find(act.conn(), user.id)?.ok_or(FlowError::Absent("user"))?;
    Ok(Changed { user, receipts })
}

/// See the head of this file.
fn nobody_of_the_console(user: User) -> Done<User> {
    if user.role.may_read() { Err(FlowError::field("user", "administrator")) } else { Ok(user) }
}

/// Deletes users, whoever is named twice once; one that is unknown refuses all. All their sessions end.
pub fn delete_users(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    list: &[UserRef],
    origin: &Origin,
) -> Done<Vec<Receipt>> {
    let mut ids: Vec<UserId> = Vec::new();
    for whom in list {
        ids.push(nobody_of_the_console(presence::named(act, pool, whom)?)?.id);
    }
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| users::delete(act, state, pool, id, origin)).collect()
}

/// A person changes their own display name, by their token. What they log in with, password and status are not theirs to
/// change like this: every application that they are in holds such a token.
pub async fn change_own(state: &Arc<State>, who: (PoolId, UserId), parts: UserParts, origin: Origin) -> Done<User> {
    let UserParts { username: None, name: _, email: None, phone: None, disabled: None, password: None } = &parts else {
        return Err(FlowError::Forbidden);
    };
    state
        .write(move |act, state| {
            let (pool, id) = who;
            let user = rows::find(act.conn(), id)?.filter(User::may_log_in).ok_or(FlowError::Unauthenticated)?;
            users::edit_own(act, id, None, parts.onto(&user))?;
            let what = audit::act::PROFILE_CHANGED;
            let event =
                Event { pool, act: what, user: Some(id), target: "", ending: None, origin: &origin, user_agent: "" };
            remembered::append(act, &event)?;
            super::session::remember_anew(act, state, id);
            rows::find(act.conn(), id)?.ok_or(FlowError::Unauthenticated)
        })
        .await
}

/// Users by what a call names them by, in its order, each once; whoever is unknown is left out.
pub fn found(state: &State, pool: PoolId, list: &[UserRef]) -> Done<Vec<User>> {
    let mut found: Vec<User> = Vec::new();
    for whom in list {
        if let Some(user) = presence::find(state, pool, whom)?
            && !found.iter().any(|known| known.id == user.id)
        {
            found.push(user);
        }
    }
    Ok(found)
}

/// Parts of an application that a call names.
#[derive(Debug, Clone, Default)]
pub struct ApplicationParts {
    /// Name.
    pub name: Option<String>,
    /// Label of its host.
    pub identifier: Option<String>,
    /// Log-in callbacks.
    pub redirect_uris: Option<Vec<String>>,
    /// Log-out callbacks.
    pub logout_redirect_uris: Option<Vec<String>>,
    /// Grants.
    pub grant_types: Option<Vec<GrantType>>,
    /// Response types.
    pub response_types: Option<Vec<ResponseType>>,
    /// How it proves itself.
    pub auth_method: Option<AuthMethod>,
    /// How its ID tokens are signed.
    pub id_token_alg: Option<TokenAlg>,
    /// Whether people may register themselves.
    pub self_registration: Option<bool>,
}

impl ApplicationParts {
    fn onto(self, mut form: ApplicationForm) -> ApplicationForm {
        fn put<T>(part: Option<T>, place: &mut T) {
            if let Some(part) = part {
                *place = part;
            }
        }
        put(self.name, &mut form.name);
        put(self.identifier, &mut form.identifier);
        put(self.redirect_uris, &mut form.redirect_uris);
        put(self.logout_redirect_uris, &mut form.logout_redirect_uris);
        put(self.grant_types, &mut form.protocol.grant_types);
        put(self.response_types, &mut form.protocol.response_types);
        put(self.auth_method, &mut form.protocol.auth_method);
        put(self.id_token_alg, &mut form.protocol.id_token_alg);
        put(self.self_registration, &mut form.protocol.self_registration);
        form
    }
}

/// Creates an application; without a label of its own it gets one. The secret is shown this once.
pub async fn create_application(
    state: &Arc<State>,
    pool: PoolId,
    parts: ApplicationParts,
    origin: Origin,
) -> Done<(ApplicationRow, Secret)> {
    let mut form = parts.onto(ApplicationForm::default());
    if form.identifier.trim().is_empty() {
        form.identifier = applications::fresh_identifier();
    }
    let valid = form.judge()?;
    state
        .write(move |act, state| {
            let (id, secret) = applications::create_with_secret(act, state, pool, &valid, &origin)?;
            Ok((applications::in_pool(act, pool, id)?, secret))
        })
        .await
}

/// Changes an application. A secret is answered when the change asked for a new one, to be shown once.
pub async fn change_application(
    state: &Arc<State>,
    which: (PoolId, ApplicationId),
    parts: ApplicationParts,
    origin: Origin,
) -> Done<(ApplicationRow, Option<Secret>)> {
    state
        .write(move |act, state| {
            let (pool, id) = which;
            let form = parts.onto(applications::in_pool(act, pool, id)?.into());
            let secret = applications::edit(act, state, which, None, &form.judge()?, &origin)?;
            Ok((applications::in_pool(act, pool, id)?, secret))
        })
        .await
}

/// A page of the applications of a pool whose name or label holds `keywords`, oldest first, by number from 1; and how many
/// there are.
pub fn listed_applications(
    state: &State,
    pool: PoolId,
    keywords: &str,
    page: (u32, u32),
) -> Done<(usize, Vec<ApplicationRow>)> {
    let (number, limit) = page;
    let wanted = keywords.trim().to_lowercase();
    let directory = state.directory();
    let ids: Vec<ApplicationId> = directory
        .of_pool(pool)
        .filter(|a| a.name.to_lowercase().contains(&wanted) || a.identifier.contains(&wanted))
        .map(|a| a.id)
        .collect();
    let skipped = number.saturating_sub(1).saturating_mul(limit) as usize;
    let mut rows = Vec::new();
    for id in ids.iter().skip(skipped).take(limit as usize) {
        rows.push(applications::find(state, pool, *id)?);
    }
    Ok((ids.len(), rows))
}
