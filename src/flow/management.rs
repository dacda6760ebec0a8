//! Credentials of administrators' programs: pool secret or access key become a management token, and a token becomes a
//! caller; or a program signs each call (`flow::signed`). For that the secret itself is needed, so it is kept, sealed with
//! the house's key, beside its hash (security.md X3): whoever reads the rows and that key can sign. Rights are read from the
//! database at every call (security.md K7), so a revoked key, a changed secret or a demoted administrator stops working at
//! once.

use std::sync::Arc;

use super::error::{Done, FlowError};
use super::login::From;
use super::state::State;
use crate::crypto::signing::{self, ManagementClaims};
use crate::crypto::{random, seal};
use crate::domain::application::Application;
use crate::domain::audit;
use crate::domain::id::{AccessKeyId, PoolId, Sid};
use crate::domain::logout::{Actor, Origin};
use crate::domain::secret::{KeptSecret, Secret, SecretHash};
use crate::domain::session::Seq;
use crate::store::audit::Event;
use crate::store::db::StoreError;
use crate::store::{access_keys, pools, users};

/// Life of a management token of version 3, in seconds.
pub const LIFE_SECONDS: i64 = 7_200;
/// The same of version 2: 15 days, as Authing has it, since SDKs of Go and C# never ask for another. It counts no longer than its
/// credential does.
pub const LONG_LIFE_SECONDS: i64 = 15 * 86_400;

/// What the secrets of pools and access keys are sealed for.
const SEALED: &str = "program secrets";

/// A program that may act in a pool.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Pool.
    pub pool: PoolId,
    /// Which credential.
    pub actor: Actor,
}

/// A token on its way out.
#[derive(Debug)]
pub struct Issued {
    /// The JWT.
    pub token: String,
    /// Seconds since the epoch.
    pub iat: i64,
    /// Seconds since the epoch.
    pub exp: i64,
}

/// What is kept of the secret of a pool or of an access key; whoever sets one sets this.
pub fn kept(state: &State, secret: &str) -> Done<KeptSecret> {
    let sealed = state.key.seal(SEALED, secret.as_bytes());
    let sealed = sealed.ok_or_else(|| FlowError::Storage(StoreError::Fault("a secret could not be sealed".into())))?;
    Ok(KeptSecret { hash: seal::hash(secret), sealed })
}

/// Whether a credential of this name lives.
pub fn is_known(state: &State, id: &str) -> Done<bool> {
    Ok(signer(state, id)?.is_some())
}

/// Whoever signs with this credential, and the secret to check it by.
pub fn signer(state: &State, id: &str) -> Done<Option<(Caller, Secret)>> {
    let damaged = || FlowError::Storage(StoreError::Damaged("a secret does not open with this exeunt.key".into()));
    let opened = |kept: &KeptSecret| {
        let octets = state.key.unseal(SEALED, &kept.sealed).ok_or_else(damaged)?;
        String::from_utf8(octets).map(Secret::new).map_err(|_| damaged())
    };
    if let Ok(pool) = PoolId::parse(id)
        && let Some(row) = state.store.read(|conn| pools::find(conn, pool))?
    {
        return Ok(Some((Caller { pool, actor: Actor::Pool(pool) }, opened(&row.secret)?)));
    }
    let Ok(key) = AccessKeyId::parse(id) else { return Ok(None) };
    let Some(caller) = key_holds(state, key, Seq(i64::MAX))? else { return Ok(None) };
    let row = state.store.read(|conn| access_keys::find(conn, key))?;
    row.map(|row| Ok((caller, opened(&row.secret)?))).transpose()
}

/// Exchanges a credential, id and secret, for a token that lives so many seconds. Wrong id and wrong secret look the same and are
/// throttled by address.
pub async fn issue(
    state: &Arc<State>,
    (id, secret): (&str, &str),
    life: i64,
    issuer: &str,
    from: From,
) -> Done<Issued> {
    // Only who is wrong waits: whatever others do from the same address, who has the secret can kick (security.md W6).
    let Some(caller) = credential(state, id, secret)? else {
        if let Some(seconds) = state.throttle.wait_address(&from.ip) {
            return Err(FlowError::Throttled { seconds });
        }
        state.throttle.failed_address(&from.ip);
        return Err(FlowError::Unauthenticated);
    };
    mint(state, caller, (id.to_owned(), life), issuer.to_owned(), from).await
}

/// Whether an application has this secret. An unknown application and a wrong secret look the same and are throttled by address.
pub fn is_secret_of(state: &State, application: Option<&Application>, secret: &str, from: &From) -> Done<bool> {
    if let Some(seconds) = state.throttle.wait_address(&from.ip) {
        return Err(FlowError::Throttled { seconds });
    }
    let held = application.map_or(&SecretHash([0; 32]), |application| &application.secret);
    let fits = seal::same(held, &seal::hash(secret)) && application.is_some();
    if !fits {
        state.throttle.failed_address(&from.ip);
    }
    Ok(fits)
}

/// A new token, as long-lived, for whoever shows one that counts; what ends the one ends both.
pub async fn renew(state: &Arc<State>, token: &str, issuer: &str, from: From) -> Done<Issued> {
    let caller = authorise(state, token, None)?;
    let claims = signing::read(&state.key, token).ok_or(FlowError::Unauthenticated)?;
    let life = claims.exp - claims.iat;
    mint(state, caller, (claims.sub, life), issuer.to_owned(), from).await
}

async fn mint(state: &Arc<State>, caller: Caller, (sub, life): (String, i64), iss: String, from: From) -> Done<Issued> {
    state
        .write(move |act, state| {
            let origin = Origin { actor: caller.actor.clone(), ip: from.ip, request: from.request };
            let event = Event {
                pool: caller.pool,
                act: audit::act::TOKEN_ISSUED,
                user: None,
                target: &sub,
                ending: None,
                origin: &origin,
                user_agent: "",
            };
            crate::store::audit::append(act, &event)?;
            let (iat, seq) = (act.now.seconds(), act.next_seq()?);
            let claims = ManagementClaims {
                scoped_userpool_id: caller.pool.to_string(),
                sub: sub.clone(),
                seq: seq.0,
                iat,
                exp: iat + life,
                iss,
                jti: Sid::from_random(random::octets()).to_string(),
            };
            let token = signing::sign(&state.key, &claims).ok_or(FlowError::Busy)?;
            Ok(Issued { token, iat, exp: claims.exp })
        })
        .await
}

fn credential(state: &State, id: &str, secret: &str) -> Done<Option<Caller>> {
    let presented = seal::hash(secret);
    if let Ok(pool) = PoolId::parse(id)
        && let Some(row) = state.store.read(|conn| pools::find(conn, pool))?
    {
        let caller = Caller { pool, actor: Actor::Pool(pool) };
        return Ok(seal::same(&row.secret.hash, &presented).then_some(caller));
    }
    if let Ok(key) = AccessKeyId::parse(id)
        && let Some(row) = state.store.read(|conn| access_keys::find(conn, key))?
        && seal::same(&row.secret.hash, &presented)
    {
        return key_holds(state, key, Seq(i64::MAX));
    }
    Ok(None)
}

/// A key holds while it is not revoked and the administrator who made it still is one.
fn key_holds(state: &State, key: AccessKeyId, made: Seq) -> Done<Option<Caller>> {
    state.store.read(|conn| {
        let Some(row) = access_keys::find(conn, key)?.filter(|row| made >= row.seq) else { return Ok(None) };
        let holds = match row.user {
            Some(user) => users::is_admin(conn, user)?,
            None => true,
        };
        Ok(holds.then(|| Caller { pool: row.pool, actor: Actor::AccessKey(key.to_string()) }))
    })
}

/// Who calls, by the `Authorization` header's token (with or without `Bearer`) and the pool header, which may be absent
/// or empty but not another pool's.
pub fn authorise(state: &State, token: &str, pool_header: Option<&str>) -> Done<Caller> {
    let claims = signing::read(&state.key, token).ok_or(FlowError::Unauthenticated)?;
    if state.now().seconds() >= claims.exp {
        return Err(FlowError::Unauthenticated);
    }
    let made = Seq(claims.seq);
    let by_pool = match PoolId::parse(&claims.sub) {
        Ok(pool) => state
            .store
            .read(|conn| pools::find(conn, pool))?
            .filter(|row| made >= row.secret_seq)
            .map(|row| Caller { pool: row.id, actor: Actor::Pool(row.id) }),
        Err(_) => None,
    };
    let by_key = match AccessKeyId::parse(&claims.sub) {
        Ok(key) if by_pool.is_none() => key_holds(state, key, made)?,
        Ok(_) | Err(_) => None,
    };
    let caller = by_pool.or(by_key).ok_or(FlowError::Unauthenticated)?;
    let same_pool = |named: &str| named.is_empty() || named == caller.pool.as_str();
    if claims.scoped_userpool_id != caller.pool.as_str() || !pool_header.is_none_or(same_pool) {
        return Err(FlowError::Forbidden);
    }
    Ok(caller)
}
