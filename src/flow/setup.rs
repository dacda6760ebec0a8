//! A first start: a pool to begin with, and a one-time link that makes the first administrator.
//!
//! The link is a mark under the house's own key with the time until which it works. It works only while there is no user at
//! all, so making the first administrator uses it up, and whoever can read the data directory can print it again.

use std::sync::Arc;

use super::applications::{self, ApplicationForm, by_operator};
use super::directory;
use super::error::{Done, FieldRefused, FlowError};
use super::management;
use super::seed::POOL_NAME;
use super::state::State;
use super::users::{self, UserForm};
use crate::config::FirstAdmin;
use crate::crypto::seal::{self, MasterKey};
use crate::crypto::{password, random};
use crate::domain::clock::Timestamp;
use crate::domain::contact::NewPassword;
use crate::domain::id::PoolId;
use crate::domain::logout::Origin;
use crate::domain::secret::Secret;
use crate::domain::user::Role;
use crate::store::db::Act;
use crate::store::{pools, users as people};

const PURPOSE: &str = "setup";

/// Whether nobody exists yet.
pub fn is_needed(state: &State) -> Done<bool> {
    Ok(!state.store.read(people::any)?)
}

/// Makes the default pool when there is none.
pub fn make_pool(state: &Arc<State>) -> Done<()> {
    if state.directory().default_pool().is_some() {
        return Ok(());
    }
    state.write_now(|act, state| pool(act, state).map(|_| ()))
}

/// The default pool; a new one when there is none. Nobody knows the new one's secret until it is rotated.
fn pool(act: &mut Act<'_>, state: &Arc<State>) -> Done<PoolId> {
    if let Some(first) = pools::all(act.conn())?.first() {
        return Ok(first.id);
    }
    let (id, (secret, _)) = (PoolId::from_random(random::octets()), seal::fresh_hex32());
    pools::insert(act, id, POOL_NAME, &management::kept(state, secret.reveal())?)?;
    directory::changed(act, state)?;
    Ok(id)
}

/// Gives a pool a new secret, to be shown once; tokens made with the old one stop working.
pub fn rotate_pool_secret(state: &Arc<State>, pool: PoolId) -> Done<Secret> {
    let (secret, _) = seal::fresh_hex32();
    let kept = management::kept(state, secret.reveal())?;
    state.write_now(move |act, _| Ok(pools::set_secret(act, pool, &kept)?))?;
    Ok(secret)
}

/// Makes the administrator that the settings name, when nobody exists yet. `true`: made now.
pub fn first_admin(state: &Arc<State>, admin: &FirstAdmin) -> Done<bool> {
    if !is_needed(state)? {
        return Ok(false);
    }
    let form = UserForm { username: admin.username.to_string(), role: Role::Admin, ..UserForm::default() };
    let valid = form.judge()?;
    let hash = password::hash(admin.password.expose()).ok_or(FlowError::Busy)?;
    state.write_now(move |act, state| {
        let pool = pool(act, state)?;
        users::create(act, pool, None, &valid, Some(&hash), &by_operator()).map(|_| true)
    })
}

/// The value of a set-up link that works until `until`.
pub fn token(key: &MasterKey, until: Timestamp) -> String {
    let until = until.seconds().to_string();
    format!("{until}.{}", key.mark(PURPOSE, &[&until]))
}

/// Whether a presented value opens the set-up page: ours, not too old, and nobody exists yet.
pub fn opens(state: &State, presented: &str) -> Done<bool> {
    let Some((until, mark)) = presented.split_once('.') else { return Ok(false) };
    let in_time = until.parse::<i64>().is_ok_and(|until| state.now().seconds() <= until);
    Ok(in_time && state.key.recognises(PURPOSE, &[until], mark) && is_needed(state)?)
}

/// What the set-up page asks for.
#[derive(Debug, Clone, Default)]
pub struct SetupForm {
    /// Log-in name of the administrator.
    pub username: String,
    /// Their password.
    pub password: String,
    /// Name of the first application; none is made without one.
    pub application: String,
    /// The label of its host.
    pub identifier: String,
    /// Log-in callbacks.
    pub redirect_uris: Vec<String>,
    /// Log-out callbacks.
    pub logout_redirect_uris: Vec<String>,
}

/// Makes the first administrator and the first application. The new application's secret, to be shown once.
pub async fn complete(state: &Arc<State>, token: String, form: SetupForm, origin: Origin) -> Done<Option<Secret>> {
    let here = state.clone();
    state
        .hashing
        .run(move |_| {
            let admin = UserForm { username: form.username.clone(), role: Role::Admin, ..UserForm::default() };
            let application =
                (!form.application.trim().is_empty() || !form.identifier.trim().is_empty()).then(|| ApplicationForm {
                    name: form.application.clone(),
                    identifier: form.identifier.clone(),
                    redirect_uris: form.redirect_uris.clone(),
                    logout_redirect_uris: form.logout_redirect_uris.clone(),
                    is_default: true,
                    ..ApplicationForm::default()
                });
            let mut refused = Vec::new();
            let admin = kept(admin.judge(), &mut refused)?;
            let application = kept(application.map(ApplicationForm::judge).transpose(), &mut refused)?.flatten();
            let new = NewPassword::parse(&form.password).map_err(|why| FlowError::field("password", why.code()));
            let new = kept(new, &mut refused)?;
            let (Some(admin), Some(new), true) = (admin, new, refused.is_empty()) else {
                return Err(FlowError::Invalid(refused));
            };
            // Hashing is the slow part: only for a form that is right.
            let hash = password::hash(new.expose()).ok_or(FlowError::Busy)?;
            here.write_now(move |act, state| {
                // Asked again inside the act: of two who open the link at once, one comes first.
                if !opens(state, &token)? || people::any(act.conn())? {
                    return Err(FlowError::Forbidden);
                }
                let pool = pool(act, state)?;
                users::create(act, pool, None, &admin, Some(&hash), &origin)?;
                let Some(application) = &application else { return Ok(None) };
                let made = applications::create_with_secret(act, state, pool, application, &origin)?;
                Ok(Some(made.1))
            })
        })
        .await
}

/// The value, or nothing with the fields that were refused noted.
fn kept<T>(judged: Done<T>, refused: &mut Vec<FieldRefused>) -> Done<Option<T>> {
    match judged {
        Ok(value) => Ok(Some(value)),
        Err(FlowError::Invalid(more)) => {
            refused.extend(more);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Flags};
    use crate::domain::clock::SystemClock;

    #[test]
    fn a_link_opens_while_nobody_exists_and_not_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let flags = Flags { data_dir: Some(dir.path().to_owned()), ..Flags::default() };
        let config = Config::load(&flags, std::iter::empty(), &|p| std::fs::read_to_string(p)).unwrap().config;
        let state = State::open(config, Arc::new(SystemClock)).unwrap();
        let good = token(&state.key, state.now().plus_ms(60_000));
        let old = token(&state.key, state.now().plus_ms(-60_000));
        let forged = token(&MasterKey::fresh(), state.now().plus_ms(60_000));
        assert!(opens(&state, &good).unwrap());
        for bad in [&*old, &forged, "", ".", "9999999999.x"] {
            assert!(!opens(&state, bad).unwrap(), "{bad}");
        }
        let stretched = format!("9999999999.{}", good.split_once('.').unwrap().1);
        assert!(!opens(&state, &stretched).unwrap());
        let admin = FirstAdmin {
            username: crate::domain::contact::Username::parse("root").unwrap(),
            password: crate::domain::contact::Password::parse("correct horse").unwrap(),
        };
        assert!(first_admin(&state, &admin).unwrap() && !first_admin(&state, &admin).unwrap());
        assert!(!opens(&state, &good).unwrap());
    }
}
