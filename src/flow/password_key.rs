//! The keys under which Authing's SDKs encrypt passwords, RSA and SM2: made at the first start, sealed at rest, one of each for
//! the house. They do not rotate: SDKs keep the public half in their configuration.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use super::error::{Done, FlowError};
use super::state::State;
use crate::crypto::jws::BadKey;
pub use crate::crypto::transport::NoCiphertext;
use crate::crypto::transport::{self, TransportKey};
use crate::crypto::transport_sm2::{self, Sm2Key};
use crate::store::db::StoreError;
use crate::store::password_keys;
pub use crate::store::password_keys::Kind;

/// Longest that a request waits for a key to be made.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the private half is sealed for.
fn purpose(kind: Kind) -> &'static str {
    match kind {
        Kind::Rsa => "password key",
        Kind::Sm2 => "password key, SM2",
    }
}

/// Where the keys lie, and whoever waits for them.
#[derive(Default)]
pub struct PasswordKey {
    rsa: ArcSwapOption<TransportKey>,
    sm2: ArcSwapOption<Sm2Key>,
    made: Mutex<()>,
    news: Condvar,
}

fn damaged() -> FlowError {
    FlowError::Storage(StoreError::Damaged("a password key does not open with this exeunt.key".into()))
}

/// Reads the keys, and begins to make those that there are not; they are ready a moment later.
pub fn prepare(state: &Arc<State>) -> Done<()> {
    let mut wanted = Vec::new();
    // SM2 first: RSA takes its time.
    for kind in [Kind::Sm2, Kind::Rsa] {
        if state.store.read(|conn| password_keys::find(conn, kind))?.is_some() {
            refresh(state, kind)?;
        } else {
            wanted.push(kind);
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let here = Arc::downgrade(state);
    let spawned = std::thread::Builder::new().name("password-key".into()).spawn(move || {
        for kind in wanted {
            let made = generate(kind);
            let Some(state) = here.upgrade() else { return };
            let kept =
                made.map_err(|e| e.to_string()).and_then(|key| adopt(&state, kind, key).map_err(|e| e.to_string()));
            if let Err(error) = kept {
                tracing::error!(%error, "no password key could be made");
            }
        }
    });
    spawned.map(|_| ()).map_err(|_| FlowError::Busy)
}

fn generate(kind: Kind) -> Result<Vec<u8>, BadKey> {
    match kind {
        Kind::Rsa => transport::generate(),
        Kind::Sm2 => Ok(transport_sm2::generate()),
    }
}

/// Takes a private key (RSA: PKCS #8; SM2: the number) into the house, unless it has one of this kind.
pub fn adopt(state: &Arc<State>, kind: Kind, private: Vec<u8>) -> Done<()> {
    let sealed = state.key.seal(purpose(kind), &private).ok_or_else(damaged)?;
    state.write_now(move |act, _| Ok(password_keys::insert(act, kind, &sealed)?))?;
    refresh(state, kind)
}

fn refresh(state: &State, kind: Kind) -> Done<()> {
    let sealed = state.store.read(|conn| password_keys::find(conn, kind))?.ok_or_else(damaged)?;
    let private = state.key.unseal(purpose(kind), &sealed).ok_or_else(damaged)?;
    let place = &state.password_key;
    match kind {
        Kind::Rsa => place.rsa.store(Some(Arc::new(TransportKey::parse(&private).map_err(|_| damaged())?))),
        Kind::Sm2 => place.sm2.store(Some(Arc::new(Sm2Key::parse(&private).map_err(|_| damaged())?))),
    }
    let _made = place.made.lock().unwrap_or_else(PoisonError::into_inner);
    place.news.notify_all();
    Ok(())
}

/// The key in this slot; a request that comes before it is made waits a little.
fn key<T>(state: &State, slot: &ArcSwapOption<T>) -> Done<Arc<T>> {
    if let Some(key) = slot.load_full() {
        return Ok(key);
    }
    let place = &state.password_key;
    let waiting = place.made.lock().unwrap_or_else(PoisonError::into_inner);
    drop(place.news.wait_timeout_while(waiting, PATIENCE, |()| slot.load().is_none()));
    slot.load_full().ok_or(FlowError::Busy)
}

/// The public half of the RSA key (PEM).
pub fn public_pem(state: &State) -> Done<String> {
    Ok(key(state, &state.password_key.rsa)?.public_pem().to_owned())
}

/// The public half of the SM2 key: a point in hex digits.
pub fn public_sm2(state: &State) -> Done<String> {
    Ok(key(state, &state.password_key.sm2)?.public_hex())
}

/// A password that is being set, for a caller who may set it: what does not open is said not to, since storing a password
/// that nobody has would be a lie. It never opens to the same one twice, by which it is known; so nothing is told to those
/// who are no administrators (see [`transport`]).
pub fn open_surely(state: &State, kind: Kind, sent: &str) -> Done<Result<String, NoCiphertext>> {
    let (first, second) = (open(state, kind, sent)?, open(state, kind, sent)?);
    Ok(if first == second { first } else { Err(NoCiphertext) })
}

/// A password that came encrypted. The inner refusal: it is no ciphertext for this key at all.
pub fn open(state: &State, kind: Kind, sent: &str) -> Done<Result<String, NoCiphertext>> {
    Ok(match kind {
        Kind::Rsa => key(state, &state.password_key.rsa)?.open(sent),
        Kind::Sm2 => key(state, &state.password_key.sm2)?.open(sent),
    })
}
