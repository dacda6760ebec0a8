//! Signing keys: made at the first start, sealed at rest, rotated with overlap.
//!
//! 1. A new key is published a day before it signs, so that nobody meets a token by a key they have not fetched.
//! 2. When it begins to sign, the one before it is retired: its private half is destroyed, its public half stays
//!    published until the last token by it has ended, and is known for good, since an `id_token_hint` may be old.
//! 3. An access token or ID token by a retired key counts only as long as one could live that the key signed while it was in
//!    use; a hint by it counts for good.
//! 4. Keys that are replaced at once were in the wrong hands: they and all before them are believed no more, from the moment
//!    in which the new ones begin, in the same transaction. Sessions and refresh tokens stand: no key of these made them.
//! 5. Keys are parsed once, when the ring is made; readers take the ring without a lock.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::error::{Done, FlowError};
use super::state::State;
use crate::crypto::jws::{self, PublicKey, SigningKey, Unverified};
use crate::crypto::{random, seal};
use crate::domain::audit;
use crate::domain::clock::Timestamp;
use crate::domain::logout::{Actor, Origin};
use crate::domain::oauth::TokenAlg;
use crate::store::audit::Event;
use crate::store::db::{Act, StoreError};
use crate::store::signing_keys::{self, SigningKeyRow};

/// What the private halves are sealed for.
const SEALED: &str = "signing keys";
/// A new key is published this long before it signs, in milliseconds.
const AHEAD_MS: i64 = 24 * 3_600_000;
/// A retired key stays published for this long: longer than anything it signed.
const OVERLAP_MS: i64 = 35 * 24 * 3_600_000;
/// The algorithms that have a key of the house.
const ALGS: [TokenAlg; 2] = [TokenAlg::Rs256, TokenAlg::Es256];
/// Longest that a request waits for the first keys to be made.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keys, ready for use.
pub struct KeyRing {
    signers: Vec<SigningKey>,
    /// All that are believed, as far as hints go.
    public: Vec<PublicKey>,
    /// Those of them that signed until some time.
    retired: Vec<(String, Timestamp)>,
    jwks: String,
    /// When a key begins to sign or is no longer published.
    changes_at: Option<Timestamp>,
    /// Whether a successor waits for its day.
    waiting: bool,
    /// Whether a key could still sign that has a successor.
    superseded: bool,
}

impl KeyRing {
    fn of(state: &State, rows: &[SigningKeyRow], now: Timestamp) -> Done<Self> {
        let broken = |_| FlowError::Storage(StoreError::Damaged("a signing key cannot be read".into()));
        let mut signers = Vec::new();
        for alg in ALGS {
            let current = rows.iter().rfind(|row| row.alg == alg && standing(row, now) == KeyStanding::Signing);
            if let Some(row) = current {
                let opened = row.sealed.as_deref().and_then(|sealed| state.key.unseal(SEALED, sealed));
                let pkcs8 = opened.ok_or(FlowError::Storage(StoreError::Damaged(
                    "the signing keys do not open with this exeunt.key".into(),
                )))?;
                signers.push(SigningKey::parse(&row.kid, alg, &pkcs8).map_err(broken)?);
            }
        }
        let (mut public, mut published, mut retired) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows.iter().filter(|row| !row.distrusted) {
            let jwk: serde_json::Value = serde_json::from_str(&row.public).map_err(|_| broken(jws::BadKey))?;
            public.push(PublicKey::parse(&jwk).map_err(broken)?);
            if row.retired_at.is_none_or(|at| now.since_ms(at) < OVERLAP_MS) {
                published.push(jwk);
            }
            retired.extend(row.retired_at.map(|at| (row.kid.clone(), at)));
        }
        // The ones that sign come first: some clients take the first when they meet an id they do not know.
        let signs = |jwk: &serde_json::Value| signers.iter().any(|s| s.public_jwk()["kid"] == jwk["kid"]);
        published.sort_by_key(|jwk| (!signs(jwk), jwk["alg"] != "RS256"));
        let waiting = rows.iter().filter(|row| standing(row, now) == KeyStanding::Waiting).map(|row| row.signs_from);
        let over = rows.iter().filter_map(|row| row.retired_at).map(|at| at.plus_ms(OVERLAP_MS));
        Ok(Self {
            signers,
            public,
            retired,
            jwks: json!({ "keys": published }).to_string(),
            changes_at: waiting.clone().chain(over).filter(|at| *at > now).min(),
            waiting: waiting.count() > 0,
            superseded: !superseded(rows, now).is_empty(),
        })
    }

    /// The published keys as a JWK Set (RFC 7517 section 5).
    pub fn jwks(&self) -> &str {
        &self.jwks
    }

    /// Signs claims with a key of the house.
    pub fn sign(&self, alg: TokenAlg, typ: &str, claims: &impl Serialize) -> Done<String> {
        let signer = self.signers.iter().find(|signer| signer.alg() == alg).ok_or(FlowError::Busy)?;
        signer.sign(typ, claims).ok_or(FlowError::Storage(StoreError::Fault("a token could not be signed".into())))
    }

    /// The claims of a token of kind `typ` that a present or retired key of the house signed: a hint, whatever its age.
    pub fn read<T: DeserializeOwned>(&self, typ: &str, token: &str) -> Option<T> {
        let token = Unverified::parse(token)?;
        if token.header.typ.as_deref() != Some(typ) {
            return None;
        }
        token.by(&self.public)
    }

    /// The same of a token that gives something, and lives for so many milliseconds at most: by a retired key it is nothing
    /// once none of its own can live.
    pub fn believe<T: DeserializeOwned>(&self, typ: &str, token: &str, (now, life_ms): (Timestamp, i64)) -> Option<T> {
        let kid = Unverified::parse(token)?.header.kid;
        let over = |at: &Timestamp| now.since_ms(*at) >= life_ms;
        let dead = self.retired.iter().any(|(retired, at)| Some(retired) == kid.as_ref() && over(at));
        if dead { None } else { self.read(typ, token) }
    }
}

/// Where the ring lies, and whoever waits for the first one.
#[derive(Default)]
pub struct Keys {
    ring: ArcSwapOption<KeyRing>,
    made: Mutex<()>,
    news: Condvar,
    /// Whoever changes the keys waits for its turn, so that an old key gets one successor.
    turn: Mutex<()>,
}

impl Keys {
    fn put(&self, ring: KeyRing) {
        self.ring.store(Some(Arc::new(ring)));
        let _made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        self.news.notify_all();
    }
}

/// The keys. At the very first start they may take a moment to be made; then this waits for them.
pub fn ring(state: &State) -> Done<Arc<KeyRing>> {
    if let Some(ring) = state.keys.ring.load_full() {
        return Ok(ring);
    }
    let waiting = state.keys.made.lock().unwrap_or_else(PoisonError::into_inner);
    drop(state.keys.news.wait_timeout_while(waiting, PATIENCE, |()| state.keys.ring.load().is_none()));
    state.keys.ring.load_full().ok_or(FlowError::Busy)
}

/// Reads the keys, and begins to make them when there are none; they are ready a moment later.
pub fn prepare(state: &Arc<State>) -> Done<()> {
    let rows = state.store.read(signing_keys::all)?;
    if !rows.is_empty() {
        return refresh(state);
    }
    let here = Arc::downgrade(state);
    let spawned = std::thread::Builder::new().name("keys".into()).spawn(move || {
        let made: Result<Vec<_>, _> = ALGS.into_iter().map(|alg| jws::generate(alg).map(|key| (alg, key))).collect();
        let Some(state) = here.upgrade() else { return };
        let kept = made
            .map_err(|error| error.to_string())
            .and_then(|made| adopt(&state, made, Timestamp::default()).map_err(|error| error.to_string()));
        if let Err(error) = kept {
            tracing::error!(%error, "no signing keys could be made");
        }
    });
    spawned.map(|_| ()).map_err(|_| FlowError::Busy)
}

/// Takes private keys (PKCS #8) into the house, to sign from `signs_from` on.
pub fn adopt(state: &Arc<State>, keys: Vec<(TokenAlg, Vec<u8>)>, signs_from: Timestamp) -> Done<()> {
    state.write_now(move |act, state| {
        for (alg, pkcs8) in &keys {
            add(act, state, *alg, pkcs8, signs_from)?;
        }
        Ok(())
    })?;
    refresh(state)
}

fn add(act: &Act<'_>, state: &State, alg: TokenAlg, pkcs8: &[u8], signs_from: Timestamp) -> Done<()> {
    let fault = || FlowError::Storage(StoreError::Fault("a signing key cannot be used".into()));
    // Letters and digits only: one SDK reads the header of a token without its padding rules (authing-contract.md G12).
    let kid: String = seal::hex(&random::octets::<8>());
    let public = SigningKey::parse(&kid, alg, pkcs8).map_err(|_| fault())?.public_jwk().to_string();
    let sealed = Some(state.key.seal(SEALED, pkcs8).ok_or_else(fault)?);
    let (created_at, retired_at) = (act.now, None);
    let row = SigningKeyRow { kid, alg, sealed, public, created_at, signs_from, retired_at, distrusted: false };
    Ok(signing_keys::insert(act, &row)?)
}

/// Makes the ring anew from the rows.
pub fn refresh(state: &State) -> Done<()> {
    let rows = state.store.read(signing_keys::all)?;
    state.keys.put(KeyRing::of(state, &rows, state.now())?);
    Ok(())
}

/// New keys: published at once, signing a day later. `at_once`: they sign now, and no key before them is believed any more.
/// The first keys of a house sign at once in any case. `by`: who wants it, for the audit log of every pool.
pub fn rotate(state: &Arc<State>, at_once: bool, by: Origin) -> Done<()> {
    let _turn = state.keys.turn.lock().unwrap_or_else(PoisonError::into_inner);
    renew(state, at_once, by)
}

fn renew(state: &Arc<State>, at_once: bool, by: Origin) -> Done<()> {
    let (rows, now) = (state.store.read(signing_keys::all)?, state.now());
    let signs = |alg| rows.iter().any(|row| row.alg == alg && standing(row, now) == KeyStanding::Signing);
    let signs_from = if at_once || !ALGS.into_iter().all(signs) { now } else { now.plus_ms(AHEAD_MS) };
    let fault = |_| FlowError::Storage(StoreError::Fault("no signing key could be made".into()));
    let made: Vec<_> = ALGS
        .into_iter()
        .map(|alg| jws::generate(alg).map(|key| (alg, key)))
        .collect::<Result<_, _>>()
        .map_err(fault)?;
    state.write_now(move |act, state| {
        if at_once {
            signing_keys::distrust_all(act)?;
        }
        for (alg, pkcs8) in &made {
            add(act, state, *alg, pkcs8, signs_from)?;
        }
        note(act, state, at_once, &by)
    })?;
    retire_superseded(state)?;
    tracing::info!(at_once, "signing keys were rotated");
    Ok(())
}

fn note(act: &Act<'_>, state: &State, at_once: bool, by: &Origin) -> Done<()> {
    let what = if at_once { audit::act::KEYS_REPLACED } else { audit::act::KEYS_ROTATED };
    for pool in state.directory().pools() {
        let event =
            Event { pool: pool.id, act: what, user: None, target: "", ending: None, origin: by, user_agent: "" };
        crate::store::audit::append(act, &event)?;
    }
    Ok(())
}

/// Keys that could still sign although another one of their kind does.
fn superseded(rows: &[SigningKeyRow], now: Timestamp) -> Vec<String> {
    let mut over = Vec::new();
    for alg in ALGS {
        let signing = rows.iter().filter(|row| row.alg == alg && standing(row, now) == KeyStanding::Signing);
        let mut kids: Vec<&String> = signing.map(|row| &row.kid).collect();
        kids.pop();
        over.extend(kids.into_iter().cloned());
    }
    over
}

/// Destroys the private half of every key that has a successor.
fn retire_superseded(state: &Arc<State>) -> Done<()> {
    let over = superseded(&state.store.read(signing_keys::all)?, state.now());
    if !over.is_empty() {
        state.write_now(move |act, _| {
            for kid in &over {
                signing_keys::retire(act, kid)?;
            }
            Ok(())
        })?;
    }
    refresh(state)
}

/// What the upkeep does: keys that are due begin to sign, whoever has a successor is retired (also when the house was
/// closed on that day, or fell between the two), and old keys get a successor.
pub fn keep(state: &Arc<State>) -> Done<()> {
    let Some(ring) = state.keys.ring.load_full() else { return Ok(()) };
    let now = state.now();
    if ring.superseded || ring.changes_at.is_some_and(|at| at <= now) {
        return retire_superseded(state);
    }
    let days = i64::from(state.config.key_rotation_days);
    if days == 0 || ring.waiting {
        return Ok(());
    }
    let _turn = state.keys.turn.lock().unwrap_or_else(PoisonError::into_inner);
    let newest = state.store.read(signing_keys::all)?.iter().map(|row| row.created_at).max();
    match newest {
        Some(made) if now.since_ms(made) >= days * 24 * 3_600_000 => {
            renew(state, false, Origin { actor: Actor::House, ip: String::new(), request: String::new() })
        }
        Some(_) | None => Ok(()),
    }
}

/// What a key does at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStanding {
    /// It is published and will sign.
    Waiting,
    /// It signs.
    Signing,
    /// It signs no more; what it signed can be verified.
    Retired,
    /// It signs no more, and what it signed is believed no more.
    Distrusted,
}

impl KeyStanding {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Signing => "signing",
            Self::Retired => "retired",
            Self::Distrusted => "distrusted",
        }
    }
}

fn standing(row: &SigningKeyRow, now: Timestamp) -> KeyStanding {
    match (&row.sealed, row.signs_from <= now) {
        _ if row.distrusted => KeyStanding::Distrusted,
        (None, _) => KeyStanding::Retired,
        (Some(_), true) => KeyStanding::Signing,
        (Some(_), false) => KeyStanding::Waiting,
    }
}

/// A key as the operator sees it.
#[derive(Debug)]
pub struct KeyListed {
    /// Id.
    pub kid: String,
    /// How it signs.
    pub alg: TokenAlg,
    /// What it does at present.
    pub standing: KeyStanding,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it begins or began to sign.
    pub signs_from: Timestamp,
    /// When it was retired.
    pub retired_at: Option<Timestamp>,
}

/// All keys, oldest first.
pub fn list(state: &State) -> Done<Vec<KeyListed>> {
    let (rows, now) = (state.store.read(signing_keys::all)?, state.now());
    let listed = |row: SigningKeyRow| KeyListed {
        standing: standing(&row, now),
        kid: row.kid,
        alg: row.alg,
        created_at: row.created_at,
        // The first keys sign from the beginning of time.
        signs_from: row.signs_from.max(row.created_at),
        retired_at: row.retired_at,
    };
    Ok(rows.into_iter().map(listed).collect())
}
