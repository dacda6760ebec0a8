//! Users, for administrators and seed files. Disabling or deleting goes through the door.

use std::sync::Arc;

use super::changed;
use super::error::{Done, FieldRefused, FlowError};
use super::logout;
use super::session::remember_anew;
use super::state::State;
use crate::crypto::random;
use crate::domain::audit;
use crate::domain::clock::Timestamp;
use crate::domain::contact::{ContactRefused, DisplayName, Email, NewPassword, Phone, Username};
use crate::domain::id::{ApplicationId, PoolId, UserId};
use crate::domain::logout::{Actor, Cause, Origin, Receipt, Selection};
use crate::domain::user::{Role, User, UserStatus};
use crate::store::audit::Event;
use crate::store::db::{Act, StoreError};
use crate::store::online;
use crate::store::password_links;
use crate::store::sessions;
use crate::store::users::{self, LoginColumn, LoginKeys};
pub use crate::store::users::{Listing, SearchField};

/// A user form as typed.
#[derive(Debug, Clone, Default)]
pub struct UserForm {
    /// User name.
    pub username: String,
    /// Display name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// What they may do in the console.
    pub role: Role,
    /// May not log in.
    pub disabled: bool,
}

/// The form as it would be typed for what is kept.
impl From<&User> for UserForm {
    fn from(user: &User) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            username: text(&user.username),
            name: user.name.clone(),
            email: text(&user.email),
            phone: text(&user.phone),
            role: user.role,
            disabled: user.status != UserStatus::Activated,
        }
    }
}

/// A form whose every field was accepted.
#[derive(Debug, Clone)]
pub struct ValidUser {
    username: Option<Username>,
    name: String,
    email: Option<Email>,
    phone: Option<Phone>,
    role: Role,
    status: UserStatus,
}

fn optional<T>(
    field: &'static str,
    text: &str,
    parse: fn(&str) -> Result<T, ContactRefused>,
    refused: &mut Vec<FieldRefused>,
) -> Option<T> {
    if text.trim().is_empty() {
        return None;
    }
    parse(text).map_err(|why| refused.push(FieldRefused::new(field, why.code()))).ok()
}

impl UserForm {
    /// What to call whoever is made by it.
    pub fn called(&self) -> &str {
        [&self.name, &self.username, &self.email]
            .into_iter()
            .find(|text| !text.trim().is_empty())
            .unwrap_or(&self.phone)
    }

    /// Judges every field and reports all that is wrong.
    pub fn judge(&self) -> Done<ValidUser> {
        let mut refused = Vec::new();
        let username = optional("username", &self.username, Username::parse, &mut refused);
        let email = optional("email", &self.email, Email::parse, &mut refused);
        let phone = optional("phone", &self.phone, Phone::parse, &mut refused);
        let name = optional("name", &self.name, DisplayName::parse, &mut refused);
        if refused.is_empty() && username.is_none() && email.is_none() && phone.is_none() {
            refused.push(FieldRefused::new("username", "login_name_missing"));
        }
        if !refused.is_empty() {
            return Err(FlowError::Invalid(refused));
        }
        Ok(ValidUser {
            username,
            name: name.map(|n| n.as_str().to_owned()).unwrap_or_default(),
            email,
            phone,
            role: self.role,
            status: if self.disabled { UserStatus::Disabled } else { UserStatus::Activated },
        })
    }
}

impl UserForm {
    /// Names of the form that another user of the pool logs in with.
    fn taken_names(&self, state: &State, (pool, own): (PoolId, Option<UserId>)) -> Done<Vec<FieldRefused>> {
        let keys = [
            ("username", LoginColumn::Username, Username::parse(&self.username).map(|name| name.key()).ok()),
            ("email", LoginColumn::Email, Email::parse(&self.email).map(|email| email.key()).ok()),
            ("phone", LoginColumn::Phone, Phone::parse(&self.phone).map(|phone| phone.key()).ok()),
        ];
        state.store.read(|conn| {
            let mut taken = Vec::new();
            for (field, column, key) in keys {
                let Some(key) = key else { continue };
                if users::by_login(conn, pool, column, &key)?.is_some_and(|found| Some(found.user.id) != own) {
                    taken.push(FieldRefused::new(field, "taken"));
                }
            }
            Ok(taken)
        })
    }
}

impl ValidUser {
    pub(super) fn keys(&self) -> LoginKeys {
        LoginKeys {
            username: self.username.as_ref().map(Username::key),
            email: self.email.as_ref().map(Email::key),
            phone: self.phone.as_ref().map(Phone::key),
        }
    }

    fn write_into(&self, user: &mut User) {
        user.username = self.username.as_ref().map(|u| u.as_str().to_owned());
        user.name.clone_from(&self.name);
        user.email = self.email.as_ref().map(|e| e.as_str().to_owned());
        user.phone = self.phone.as_ref().map(|p| p.as_str().to_owned());
        user.role = self.role;
        user.status = self.status;
    }
}

/// A unique key that somebody else has.
fn taken(error: StoreError) -> FlowError {
    let StoreError::Conflict(text) = &error else { return FlowError::Storage(error) };
    let field = ["username", "email", "phone"].into_iter().find(|f| text.contains(f)).unwrap_or("username");
    FlowError::field(field, "taken")
}

/// Hashes a new password; call it on a hashing thread.
pub fn hash_new(text: &str) -> Done<String> {
    let password = NewPassword::parse(text).map_err(|why| FlowError::field("password", why.code()))?;
    crate::crypto::password::hash(password.expose()).ok_or(FlowError::Busy)
}

/// Creates a user; `id` may be fixed by a seed file.
pub fn create(
    act: &mut Act<'_>,
    pool: PoolId,
    id: Option<UserId>,
    valid: &ValidUser,
    password_hash: Option<&str>,
    origin: &Origin,
) -> Done<UserId> {
    let id = id.unwrap_or_else(|| UserId::from_random(random::octets()));
    put(act, (pool, id), valid, password_hash)?;
    note(act, pool, audit::act::USER_CREATED, id, origin)?;
    Ok(id)
}

/// The same by the person, through an application that lets people register.
pub(super) fn create_own(
    act: &mut Act<'_>,
    pool: PoolId,
    valid: &ValidUser,
    password_hash: &str,
    origin: impl FnOnce(UserId) -> Origin,
) -> Done<UserId> {
    let id = UserId::from_random(random::octets());
    put(act, (pool, id), valid, Some(password_hash))?;
    note(act, pool, audit::act::REGISTERED, id, &origin(id))?;
    Ok(id)
}

fn put(act: &Act<'_>, (pool, id): (PoolId, UserId), valid: &ValidUser, password_hash: Option<&str>) -> Done<()> {
    let mut user = User {
        id,
        pool,
        username: None,
        name: String::new(),
        email: None,
        phone: None,
        role: Role::Person,
        status: UserStatus::Activated,
        created_at: act.now,
        updated_at: act.now,
        last_login_at: None,
        last_ip: None,
        logins: 0,
    };
    valid.write_into(&mut user);
    users::insert(act, &user, &valid.keys(), password_hash).map_err(taken)
}

pub(super) fn note(act: &Act<'_>, pool: PoolId, what: &'static str, user: UserId, origin: &Origin) -> Done<()> {
    let event = Event { pool, act: what, user: Some(user), target: "", ending: None, origin, user_agent: "" };
    Ok(crate::store::audit::append(act, &event)?)
}

fn in_pool(act: &Act<'_>, pool: PoolId, id: UserId) -> Done<User> {
    users::find(act.conn(), id)?.filter(|user| user.pool == pool).ok_or(FlowError::Absent("user"))
}

/// What an edit did.
#[derive(Debug, Default)]
pub struct Edited {
    /// The receipt, when all that the user had ended with it.
    pub receipt: Option<Receipt>,
    /// Whether the user was logged in anywhere; else the receipt is one of nothing.
    pub was_in: bool,
}

/// Changes a user. `seen` is the time of the last change that the editor saw: a form opened before a later one is stale.
/// Disabling ends everything of the user; the last administrator can be neither demoted nor disabled.
pub fn edit(
    act: &mut Act<'_>,
    state: &Arc<State>,
    whom: (PoolId, UserId),
    seen: Option<Timestamp>,
    valid: &ValidUser,
    origin: &Origin,
) -> Done<Edited> {
    let (pool, id) = whom;
    let mut user = in_pool(act, pool, id)?;
    if seen.is_some_and(|seen| seen != user.updated_at) {
        return Err(FlowError::Stale);
    }
    let (before, was) = (user.clone(), (user.role, user.status));
    let was_in = sessions::count_of_user(act.conn(), id, 1)? > 0;
    valid.write_into(&mut user);
    users::update(act, &user, &valid.keys()).map_err(taken)?;
    if was.0 == Role::Admin && users::count_admins(act.conn(), pool)? == 0 && was.1 == UserStatus::Activated {
        return Err(FlowError::field("role", "last_admin"));
    }
    let (what, user_agent) = (audit::act::USER_CHANGED, "");
    let event = Event { pool, act: what, user: Some(id), target: "", ending: None, origin, user_agent };
    crate::store::audit::append_with(act, &event, &changed::of_user(&before, &user))?;
    remember_anew(act, state, id);
    let receipt = if user.status == UserStatus::Disabled && was.1 == UserStatus::Activated {
        password_links::forget_of_user(act, id)?;
        let all = Selection::Users { ids: vec![id], within: None };
        Some(logout::end(act, state, pool, all, (Cause::Disabled, origin.clone()))?)
    } else {
        None
    };
    Ok(Edited { receipt, was_in })
}

/// Disables a user, which ends everything of theirs, or lets them log in again. Nothing else of them changes.
pub fn switch(
    act: &mut Act<'_>,
    state: &Arc<State>,
    whom: (PoolId, UserId),
    to: UserStatus,
    origin: &Origin,
) -> Done<Edited> {
    let user = in_pool(act, whom.0, whom.1)?;
    let form = UserForm { disabled: to != UserStatus::Activated, ..UserForm::from(&user) };
    edit(act, state, whom, None, &form.judge()?, origin)
}

/// Deletes a user: everything ends, the log-in names become free.
pub fn delete(act: &mut Act<'_>, state: &Arc<State>, pool: PoolId, id: UserId, origin: &Origin) -> Done<Receipt> {
    let user = in_pool(act, pool, id)?;
    let all = Selection::Users { ids: vec![id], within: None };
    let receipt = logout::end(act, state, pool, all, (Cause::Deleted, origin.clone()))?;
    users::delete(act, id)?;
    password_links::forget_of_user(act, id)?;
    if user.role == Role::Admin && users::count_admins(act.conn(), pool)? == 0 {
        return Err(FlowError::field("role", "last_admin"));
    }
    Ok(receipt)
}

/// An administrator sets another user's password: that user's sessions end.
pub fn set_password(
    act: &mut Act<'_>,
    state: &Arc<State>,
    whom: (PoolId, UserId),
    password_hash: &str,
    origin: &Origin,
) -> Done<Option<Receipt>> {
    let (pool, id) = whom;
    in_pool(act, pool, id)?;
    users::set_password(act, id, password_hash)?;
    note(act, pool, audit::act::PASSWORD_CHANGED, id, origin)?;
    if origin.actor == Actor::Admin(id) {
        // One's own needs the present one, or a stolen cookie would become the account.
        return Err(FlowError::field("password", "password_own"));
    }
    let all = Selection::Users { ids: vec![id], within: None };
    logout::end(act, state, pool, all, (Cause::PasswordChanged, origin.clone())).map(Some)
}

/// One user of a pool.
pub fn find(state: &State, pool: PoolId, id: UserId) -> Done<User> {
    state.store.read(|conn| users::find(conn, id))?.filter(|user| user.pool == pool).ok_or(FlowError::Absent("user"))
}

/// Creates a user with a password, which is hashed on the hashing threads; without one nobody can log in as the user yet.
pub async fn create_with_password(
    state: &Arc<State>,
    pool: PoolId,
    form: UserForm,
    password: String,
    origin: Origin,
) -> Done<UserId> {
    let here = state.clone();
    state
        .hashing
        .run(move |_| {
            let (valid, hash) = judged_with_names(&here, (pool, None), &form, &password)?;
            here.write_now(move |act, _| create(act, pool, None, &valid, hash.as_deref(), &origin))
        })
        .await
}

/// Everything that is wrong with form and password together.
pub(super) fn judged(form: &UserForm, password: &str) -> Done<(ValidUser, Option<String>)> {
    let hashed = if password.is_empty() { Ok(None) } else { hash_new(password).map(Some) };
    match (form.judge(), hashed) {
        (Ok(valid), Ok(hash)) => Ok((valid, hash)),
        (Err(FlowError::Invalid(mut refused)), Err(FlowError::Invalid(more))) => {
            refused.extend(more);
            Err(FlowError::Invalid(refused))
        }
        (Err(refused), _) | (_, Err(refused)) => Err(refused),
    }
}

/// The same, and which names somebody else has: who fills in a form learns all that is wrong at once. What is taken between
/// this and the commit, the unique index refuses.
fn judged_with_names(
    state: &State,
    whom: (PoolId, Option<UserId>),
    form: &UserForm,
    password: &str,
) -> Done<(ValidUser, Option<String>)> {
    let mut refused = form.taken_names(state, whom)?;
    let judged = judged(form, password);
    if refused.is_empty() {
        return judged;
    }
    match judged {
        Ok(_) => {}
        Err(FlowError::Invalid(more)) => refused.extend(more),
        Err(other) => return Err(other),
    }
    Err(FlowError::Invalid(refused))
}

/// Changes a user and, when one is given, the password. The receipt, when sessions ended by it.
pub async fn edit_with_password(
    state: &Arc<State>,
    whom: (PoolId, UserId),
    seen: Option<Timestamp>,
    form: UserForm,
    password: String,
    origin: Origin,
) -> Done<Edited> {
    let named = (whom.0, Some(whom.1));
    if password.is_empty() {
        // Nothing to hash, so nothing to wait for: a user can be disabled in the middle of a storm of log-ins (W1).
        let (valid, _) = judged_with_names(state, named, &form, "")?;
        return state.write(move |act, state| edit(act, state, whom, seen, &valid, &origin)).await;
    }
    let here = state.clone();
    state
        .hashing
        .run(move |_| {
            let (valid, hash) = judged_with_names(&here, named, &form, &password)?;
            here.write_now(move |act, state| {
                let edited = edit(act, state, whom, seen, &valid, &origin)?;
                match hash {
                    Some(hash) => {
                        let receipt = set_password(act, state, whom, &hash, &origin)?.or(edited.receipt);
                        Ok(Edited { receipt, ..edited })
                    }
                    None => Ok(edited),
                }
            })
        })
        .await
}

/// A user of a list.
#[derive(Debug)]
pub struct Listed {
    /// Who.
    pub user: User,
    /// Living sessions, counted up to a hundred.
    pub sessions: u32,
    /// Applications that they are in, the last entered first, a few.
    pub applications: Vec<ApplicationId>,
}

/// A page of users, newest first, or those who match `search`; and whether there are more.
pub fn page(state: &State, pool: PoolId, search: &str, before: Option<(i64, UserId)>) -> Done<(Vec<Listed>, bool)> {
    const SIZE: u32 = 50;
    const IN: u32 = 10;
    state.store.read(|conn| {
        let mut rows = users::page(conn, pool, search, before, SIZE + 1)?;
        let more = rows.len() > SIZE as usize;
        rows.truncate(SIZE as usize);
        let mut counted = Vec::new();
        for user in rows {
            let sessions = sessions::count_of_user(conn, user.id, 100)?;
            let applications =
                if sessions == 0 { Vec::new() } else { online::applications_of_user(conn, user.id, IN)? };
            counted.push(Listed { user, sessions, applications });
        }
        Ok((counted, more))
    })
}

/// Users of a pool, counted up to `cap`.
pub fn count(state: &State, pool: PoolId, cap: u32) -> Done<u32> {
    Ok(state.store.read(|conn| users::count(conn, pool, cap))?)
}

/// A page of users by number, from 1, and how many there are, as Authing's lists have it.
pub fn listed(state: &State, pool: PoolId, wanted: &Listing, page: (u32, u32)) -> Done<(u32, Vec<User>)> {
    /// Longest text that is searched for, in octets; SQLite refuses patterns of more than 50,000.
    const SOUGHT: usize = 1_000;
    let (number, limit) = page;
    if wanted.text.len() > SOUGHT {
        return Err(FlowError::field("keywords", "too_long"));
    }
    let offset = number.saturating_sub(1).saturating_mul(limit);
    Ok(state.store.read(|conn| users::listed(conn, pool, wanted, (offset, limit)))?)
}

/// A person changes their own names; role and status stay what they are.
pub(super) fn edit_own(act: &Act<'_>, id: UserId, seen: Option<Timestamp>, form: UserForm) -> Done<()> {
    let mut user = users::find(act.conn(), id)?.ok_or(FlowError::Unauthenticated)?;
    if seen.is_some_and(|seen| seen != user.updated_at) {
        return Err(FlowError::Stale);
    }
    let own = UserForm { role: user.role, disabled: user.status != UserStatus::Activated, ..form };
    let valid = own.judge()?;
    valid.write_into(&mut user);
    users::update(act, &user, &valid.keys()).map_err(taken)
}
