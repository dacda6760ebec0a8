//! The key under which Authing's SDKs encrypt passwords: made at the first start, sealed at rest, one for the house. It does
//! not rotate: SDKs keep the public half in their configuration.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use super::error::{Done, FlowError};
use super::state::State;
use crate::crypto::transport::{self, NoCiphertext, TransportKey};
use crate::store::db::StoreError;
use crate::store::password_keys;

/// What the private half is sealed for.
const SEALED: &str = "password key";
/// Longest that a request waits for the key to be made.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the key lies, and whoever waits for it.
#[derive(Default)]
pub struct PasswordKey {
    key: ArcSwapOption<TransportKey>,
    made: Mutex<()>,
    news: Condvar,
}

fn damaged() -> FlowError {
    FlowError::Storage(StoreError::Damaged("the password key does not open with this exeunt.key".into()))
}

/// Reads the key, and begins to make one when there is none; it is ready a moment later.
pub fn prepare(state: &Arc<State>) -> Done<()> {
    if state.store.read(password_keys::find)?.is_some() {
        return refresh(state);
    }
    let here = Arc::downgrade(state);
    let spawned = std::thread::Builder::new().name("password-key".into()).spawn(move || {
        let made = transport::generate();
        let Some(state) = here.upgrade() else { return };
        let kept = made.map_err(|e| e.to_string()).and_then(|key| adopt(&state, key).map_err(|e| e.to_string()));
        if let Err(error) = kept {
            tracing::error!(%error, "no password key could be made");
        }
    });
    spawned.map(|_| ()).map_err(|_| FlowError::Busy)
}

/// Takes a private key (PKCS #8) into the house, unless it has one.
pub fn adopt(state: &Arc<State>, pkcs8: Vec<u8>) -> Done<()> {
    let sealed = state.key.seal(SEALED, &pkcs8).ok_or_else(damaged)?;
    state.write_now(move |act, _| Ok(password_keys::insert(act, &sealed)?))?;
    refresh(state)
}

fn refresh(state: &State) -> Done<()> {
    let sealed = state.store.read(password_keys::find)?.ok_or_else(damaged)?;
    let pkcs8 = state.key.unseal(SEALED, &sealed).ok_or_else(damaged)?;
    let key = TransportKey::parse(&pkcs8).map_err(|_| damaged())?;
    state.password_key.key.store(Some(Arc::new(key)));
    let _made = state.password_key.made.lock().unwrap_or_else(PoisonError::into_inner);
    state.password_key.news.notify_all();
    Ok(())
}

fn key(state: &State) -> Done<Arc<TransportKey>> {
    let place = &state.password_key;
    if let Some(key) = place.key.load_full() {
        return Ok(key);
    }
    let waiting = place.made.lock().unwrap_or_else(PoisonError::into_inner);
    drop(place.news.wait_timeout_while(waiting, PATIENCE, |()| place.key.load().is_none()));
    place.key.load_full().ok_or(FlowError::Busy)
}

/// The public half (PEM).
pub fn public_pem(state: &State) -> Done<String> {
    Ok(key(state)?.public_pem().to_owned())
}

/// A password that is being set, for a caller who may set it: what does not open is said not to, since storing a password
/// that nobody has would be a lie. It never opens to the same one twice, by which it is known; so nothing is told to those
/// who are no administrators (see [`transport`]).
pub fn open_surely(state: &State, sent: &str) -> Done<Result<String, NoCiphertext>> {
    let key = key(state)?;
    let (first, second) = (key.open(sent), key.open(sent));
    Ok(if first == second { first } else { Err(NoCiphertext) })
}

/// A password that came encrypted. The inner refusal: it is no ciphertext for this key at all.
pub fn open(state: &State, sent: &str) -> Done<Result<String, NoCiphertext>> {
    Ok(key(state)?.open(sent))
}
