//! Seeds: pools, applications, users and access keys of a file, filled in or brought up to date in one act.
//!
//! Sowing twice is sowing once: what already stands as the file says is not touched, so nothing is logged and nobody is
//! logged out. What the file changes goes the usual ways: a changed password or a disabled user passes the door. Password
//! hashing is slow, so it is done before the act, and not at all where the stored hash already fits.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::applications::{self, ApplicationForm};
use super::directory;
use super::error::{Done, FlowError};
use super::login::column;
use super::management;
use super::state::State;
use super::users::{self, UserForm};
use crate::config::{AccessKeyOwner, Credential, Seed, SeedAccessKey, SeedApplication, SeedPool, SeedSecret, SeedUser};
use crate::crypto::password::{self, Memory, Verdict};
use crate::crypto::{random, seal};
use crate::domain::audit;
use crate::domain::contact::{DisplayName, Email, Phone, Username};
use crate::domain::id::{PoolId, UserId};
use crate::domain::logout::{Actor, Origin};
use crate::domain::redirect::RedirectEntry;
use crate::domain::secret::{KeptSecret, Secret};
use crate::domain::user::{User, UserStatus};
use crate::store::applications as rows;
use crate::store::audit::Event;
use crate::store::db::{Act, Rows, StoreError};
use crate::store::pools::PoolRow;
use crate::store::users::{self as people, Candidate, LoginColumn};
use crate::store::{access_keys, pools};

/// Name of a pool that nobody named.
pub const POOL_NAME: &str = "exeunt";

/// Which entry of the file could not be filled in, and why; then nothing was.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
pub struct NotSeeded {
    /// The entry, by its identifier.
    pub what: String,
    /// Why not.
    pub why: FlowError,
}

impl From<StoreError> for NotSeeded {
    fn from(error: StoreError) -> Self {
        Self { what: "seed".into(), why: error.into() }
    }
}

type Seeding<T> = Result<T, NotSeeded>;

fn about<T>(what: impl Into<String>, done: Done<T>) -> Seeding<T> {
    done.map_err(|why| NotSeeded { what: what.into(), why })
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Seeded {
    /// Entries that were made.
    pub created: u32,
    /// Entries that were changed.
    pub changed: u32,
    /// Secrets that were made because the file fixes none, to be shown once.
    pub secrets: Vec<(String, Secret)>,
}

/// Fills in or updates all that the seed names, in one act.
pub fn apply(state: &Arc<State>, seed: Seed) -> Seeding<Seeded> {
    let hashes = hashes(state, &seed)?;
    let here = state.clone();
    state.store.write_now(move |act| {
        let mut sowing = Sowing { state: &here, act, seeded: Seeded::default() };
        for (number, (pool, hashes)) in seed.pools.iter().zip(&hashes).enumerate() {
            sowing.pool(pool, number == 0, hashes)?;
        }
        Ok(sowing.seeded)
    })
}

/// The stored pool that an entry means: by id; else by name; the first one may be the default pool.
fn meant<'a>(stored: &'a [PoolRow], pool: &SeedPool, first: bool) -> Option<&'a PoolRow> {
    if let Some(id) = pool.id {
        return stored.iter().find(|row| row.id == id);
    }
    let named = pool.name.as_ref().and_then(|name| stored.iter().find(|row| row.name == name.as_str()));
    named.or_else(|| stored.first().filter(|_| first))
}

/// The stored user that an entry means: by id when it has one, else by whichever log-in name is known.
fn known(
    user: &SeedUser,
    by_id: impl Fn(UserId) -> Rows<Option<Candidate>>,
    by_login: impl Fn(LoginColumn, &str) -> Rows<Option<Candidate>>,
) -> Rows<Option<Candidate>> {
    if let Some(id) = user.id {
        return by_id(id);
    }
    let keys = [
        (LoginColumn::Username, user.username.as_ref().map(Username::key)),
        (LoginColumn::Email, user.email.as_ref().map(Email::key)),
        (LoginColumn::Phone, user.phone.as_ref().map(Phone::key)),
    ];
    for (column, key) in keys {
        if let Some(key) = key
            && let Some(found) = by_login(column, &key)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// What the file's password means for a user.
#[derive(Debug, Clone)]
enum Stated {
    /// Nothing, or what it stated before: the stored password stays, also one that the person has chosen since.
    Nothing,
    /// The stored password is the stated one; that is remembered.
    Already(String),
    /// A new password.
    New(String),
}

/// The same for each user of each pool.
type Hashes = Vec<Vec<Stated>>;

/// Verifies or hashes every password of the file, on all cores.
fn hashes(state: &Arc<State>, seed: &Seed) -> Seeding<Hashes> {
    let stored: Vec<PoolRow> = state.store.read(pools::all)?;
    let mut jobs: Vec<(&SeedUser, Option<Candidate>)> = Vec::new();
    for (number, pool) in seed.pools.iter().enumerate() {
        let at = meant(&stored, pool, number == 0).map(|row| row.id);
        for user in &pool.users {
            let held = match at {
                None => None,
                Some(at) => state.store.read(|conn| {
                    known(user, |id| people::candidate(conn, id), |c, key| people::by_login(conn, at, c, key))
                })?,
            };
            jobs.push((user, held));
        }
    }
    let done: Mutex<Vec<Stated>> = Mutex::new(vec![Stated::Nothing; jobs.len()]);
    let next = AtomicUsize::new(0);
    let slow = jobs.iter().filter(|(user, _)| matches!(user.credential, Some(Credential::Password(_)))).count();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(slow.max(1));
    let work = || {
        let mut memory = Memory::default();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((user, held)) = jobs.get(at) else { return };
            let stated = judge(&mut memory, user.credential.as_ref(), held.as_ref());
            done.lock().unwrap_or_else(PoisonError::into_inner)[at] = stated;
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter();
    Ok(seed.pools.iter().map(|pool| done.by_ref().take(pool.users.len()).collect()).collect())
}

fn judge(memory: &mut Memory, stated: Option<&Credential>, held: Option<&Candidate>) -> Stated {
    let Some(stated) = stated else { return Stated::Nothing };
    let mut fits = |phc: &str| match stated {
        Credential::Hash(hash) => hash == phc,
        Credential::Password(password) => password::verify(memory, password.expose(), phc) != Verdict::Wrong,
    };
    if held.and_then(|c| c.seed_hash.as_deref()).is_some_and(&mut fits) {
        return Stated::Nothing;
    }
    if let Some(stored) = held.and_then(|c| c.password_hash.clone()).filter(|stored| fits(stored)) {
        return Stated::Already(stored);
    }
    let fresh = match stated {
        Credential::Hash(hash) => Some(hash.clone()),
        Credential::Password(password) => password::hash(password.expose()),
    };
    fresh.map_or(Stated::Nothing, Stated::New)
}

/// The act in progress.
struct Sowing<'a, 'b> {
    state: &'a Arc<State>,
    act: &'a mut Act<'b>,
    seeded: Seeded,
}

impl Sowing<'_, '_> {
    fn pool(&mut self, pool: &SeedPool, first: bool, hashes: &[Stated]) -> Seeding<()> {
        let id = self.pool_row(pool, first)?;
        for application in &pool.applications {
            self.application(id, application)?;
        }
        for (user, hash) in pool.users.iter().zip(hashes) {
            self.user(id, user, hash)?;
        }
        for key in &pool.access_keys {
            self.access_key(id, key)?;
        }
        Ok(())
    }

    fn pool_row(&mut self, pool: &SeedPool, first: bool) -> Seeding<PoolId> {
        let stored = pools::all(self.act.conn())?;
        let Some(row) = meant(&stored, pool, first) else {
            return self.new_pool(pool, first, &stored);
        };
        let mut changed = false;
        if let Some(name) = pool.name.as_ref().map(DisplayName::as_str).filter(|name| *name != row.name) {
            pools::rename(self.act, row.id, name)?;
            changed = true;
        }
        let known = |stated: &str| seal::same(&seal::hash(stated), &row.secret.hash);
        if let Some(stated) = pool.secret.as_ref().map(SeedSecret::expose).filter(|stated| !known(stated)) {
            pools::set_secret(self.act, row.id, &self.kept(stated)?)?;
            changed = true;
        }
        if changed {
            self.seeded.changed += 1;
            directory::changed(self.act, self.state).map_err(|why| NotSeeded { what: row.name.clone(), why })?;
        }
        Ok(row.id)
    }

    fn kept(&self, secret: &str) -> Seeding<KeptSecret> {
        about("a secret".to_owned(), management::kept(self.state, secret))
    }

    fn new_pool(&mut self, pool: &SeedPool, first: bool, stored: &[PoolRow]) -> Seeding<PoolId> {
        let id = pool.id.unwrap_or_else(|| PoolId::from_random(random::octets()));
        let name = pool.name.as_ref().map_or(POOL_NAME, DisplayName::as_str);
        let kept = match &pool.secret {
            Some(secret) => self.kept(secret.expose())?,
            None => {
                let (secret, _) = seal::fresh_hex32();
                let kept = self.kept(secret.reveal())?;
                self.seeded.secrets.push((format!("pool {id}"), secret));
                kept
            }
        };
        // A first start without this file made a default pool; nobody has used it, so this one takes its place.
        for row in stored.iter().filter(|_| first) {
            pools::delete_unused(self.act, row.id)?;
        }
        pools::insert(self.act, id, name, &kept)?;
        about(format!("pool {name}"), directory::changed(self.act, self.state))?;
        self.seeded.created += 1;
        Ok(id)
    }

    fn application(&mut self, pool: PoolId, stated: &SeedApplication) -> Seeding<()> {
        let what = || format!("application {}", stated.identifier);
        if let Some(id) = stated.id
            && rows::was_deleted(self.act.conn(), id)?
        {
            tracing::warn!("{} was deleted and stays so", what());
            return Ok(());
        }
        let held = match stated.id {
            Some(id) => rows::find(self.act.conn(), id)?,
            None => rows::all(self.act.conn())?.into_iter().find(|r| r.identifier == stated.identifier.as_str()),
        };
        let secret = stated.secret.as_ref().map(|secret| Secret::new(secret.expose()));
        let valid = about(what(), form(stated).judge())?;
        let origin = by_this_file();
        let Some(row) = held else {
            let secret = secret.unwrap_or_else(|| {
                let (secret, _) = seal::fresh_hex32();
                self.seeded.secrets.push((what(), secret.clone()));
                secret
            });
            let made = applications::create(self.act, self.state, pool, (stated.id, &secret), &valid, &origin);
            about(what(), made)?;
            self.seeded.created += 1;
            return Ok(());
        };
        let edit = !valid.stands(&row);
        let which = (pool, row.id);
        let made = if edit {
            about(what(), applications::edit(self.act, self.state, which, None, &valid, &origin))?
        } else {
            None
        };
        let new = secret.filter(|s| made.is_some() || !seal::same(&seal::hash(s.reveal()), &row.secret));
        self.seeded.changed += u32::from(edit || new.is_some());
        match (new, made) {
            (Some(stated), _) => {
                about(what(), applications::set_secret(self.act, self.state, which, Some(stated), &origin))?;
            }
            (None, Some(made)) => self.seeded.secrets.push((what(), made)),
            (None, None) => {}
        }
        Ok(())
    }

    fn user(&mut self, pool: PoolId, stated: &SeedUser, password: &Stated) -> Seeding<()> {
        let conn = self.act.conn();
        let what = format!("user {}", label(stated));
        if let Some(id) = stated.id
            && people::was_deleted(conn, id)?
        {
            tracing::warn!("{what} was deleted and stays so");
            return Ok(());
        }
        let held = known(stated, |id| people::candidate(conn, id), |c, key| people::by_login(conn, pool, c, key))?;
        let held = held.map(|candidate| candidate.user);
        let merged = merged(stated, held.as_ref());
        let valid = about(&what, merged.judge())?;
        let origin = by_this_file();
        let (new, remembered) = match password {
            Stated::Nothing => (None, None),
            Stated::Already(hash) => (None, Some(hash)),
            Stated::New(hash) => (Some(hash.as_str()), Some(hash)),
        };
        let edit = held.as_ref().is_some_and(|user| !as_stated(user, &merged));
        let id = match &held {
            None => about(&what, users::create(self.act, pool, stated.id, &valid, new, &origin))?,
            Some(user) => user.id,
        };
        if edit {
            about(&what, users::edit(self.act, self.state, (pool, id), None, &valid, &origin))?;
        }
        if let Some(hash) = new.filter(|_| held.is_some()) {
            about(&what, users::set_password(self.act, self.state, (pool, id), hash, &origin))?;
        }
        if let Some(hash) = remembered {
            people::set_seed_hash(self.act, id, hash)?;
        }
        self.seeded.created += u32::from(held.is_none());
        self.seeded.changed += u32::from(held.is_some() && (edit || new.is_some()));
        Ok(())
    }

    fn access_key(&mut self, pool: PoolId, stated: &SeedAccessKey) -> Seeding<()> {
        let what = format!("access key {}", stated.id);
        let user = match &stated.user {
            None => None,
            Some(AccessKeyOwner::Id(id)) => {
                people::find(self.act.conn(), *id)?.filter(|u| u.pool == pool).map(|u| u.id)
            }
            Some(AccessKeyOwner::Name(name)) => {
                people::by_login(self.act.conn(), pool, column(name), name.key())?.map(|c| c.user.id)
            }
        };
        if stated.user.is_some() && user.is_none() {
            return about(what, Err(FlowError::Absent("user")));
        }
        let hash = seal::hash(stated.secret.expose());
        // Revoked stays revoked, also over a restart with the same file; a new secret makes a new key (T8).
        if access_keys::was_revoked(self.act.conn(), stated.id, &hash)? {
            return Ok(());
        }
        let held = access_keys::find(self.act.conn(), stated.id)?;
        match &held {
            Some(key) if key.pool != pool => return about(what, Err(FlowError::field("id", "taken"))),
            Some(key) if key.user == user && seal::same(&key.secret.hash, &hash) => return Ok(()),
            Some(_) => self.seeded.changed += 1,
            None => self.seeded.created += 1,
        }
        let name = held.map(|key| key.name).unwrap_or_default();
        access_keys::put(self.act, stated.id, pool, user, &self.kept(stated.secret.expose())?, &name)?;
        let (act, origin) = (audit::act::KEY_CREATED, by_this_file());
        let target = stated.id.as_str();
        let event = Event { pool, act, user: None, target, ending: None, origin: &origin, user_agent: "" };
        Ok(crate::store::audit::append(self.act, &event)?)
    }
}

fn by_this_file() -> Origin {
    Origin { actor: Actor::SeedFile, ip: String::new(), request: String::new() }
}

fn label(user: &SeedUser) -> String {
    let names = [
        user.username.as_ref().map(ToString::to_string),
        user.email.as_ref().map(ToString::to_string),
        user.phone.as_ref().map(ToString::to_string),
    ];
    names.into_iter().flatten().next().unwrap_or_default()
}

fn originals(entries: &[RedirectEntry]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for entry in entries.iter().map(RedirectEntry::original) {
        if !kept.iter().any(|other| other == entry) {
            kept.push(entry.to_owned());
        }
    }
    kept
}

fn form(stated: &SeedApplication) -> ApplicationForm {
    ApplicationForm {
        name: stated.name.to_string(),
        identifier: stated.identifier.to_string(),
        redirect_uris: originals(&stated.redirect_uris),
        logout_redirect_uris: originals(&stated.logout_redirect_uris),
        protocol: stated.protocol.clone(),
        is_default: stated.default,
    }
}

/// What the file states, and for the rest what is stored.
fn merged(stated: &SeedUser, held: Option<&User>) -> UserForm {
    let text = |stated: Option<String>, held: Option<&String>| stated.or_else(|| held.cloned()).unwrap_or_default();
    UserForm {
        username: text(stated.username.as_ref().map(ToString::to_string), held.and_then(|u| u.username.as_ref())),
        name: text(stated.name.as_ref().map(ToString::to_string), held.map(|u| &u.name)),
        email: text(stated.email.as_ref().map(ToString::to_string), held.and_then(|u| u.email.as_ref())),
        phone: text(stated.phone.as_ref().map(ToString::to_string), held.and_then(|u| u.phone.as_ref())),
        role: stated.role.or(held.map(|u| u.role)).unwrap_or_default(),
        disabled: stated.disabled.unwrap_or_else(|| held.is_some_and(|u| u.status != UserStatus::Activated)),
    }
}

fn as_stated(user: &User, form: &UserForm) -> bool {
    let same = |held: &Option<String>, stated: &str| held.as_deref().unwrap_or_default() == stated;
    same(&user.username, &form.username)
        && user.name == form.name
        && same(&user.email, &form.email)
        && same(&user.phone, &form.phone)
        && user.role == form.role
        && (user.status != UserStatus::Activated) == form.disabled
}

#[cfg(test)]
mod tests;
