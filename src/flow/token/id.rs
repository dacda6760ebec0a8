//! ID tokens, log-in tokens among them: made, and read when they come back.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::issue::dead;
use super::mark::jti;
use crate::crypto::jws;
use crate::domain::application::Application;
use crate::domain::authorization::ClaimsAsked;
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::oauth::{Scope, Scopes, TokenAlg};
use crate::domain::user::User;
use crate::flow::applications::signing_secret;
use crate::flow::error::{Done, FlowError};
use crate::flow::keys::{self, KeyRing};
use crate::flow::state::State;
use crate::store::db::StoreError;
use crate::store::grants::GrantRow;
use crate::store::users;

/// Life of an ID token in seconds; as a hint it is understood for good.
const ID_TOKEN_SECONDS: i64 = 3_600;
/// Kind of an ID token.
const ID: &str = "JWT";

/// What is issued beside an ID token, and vouched for by it.
#[derive(Debug, Default)]
pub struct Beside<'a> {
    /// Access token.
    pub access: Option<&'a str>,
    /// Code.
    pub code: Option<&'a str>,
    /// Not the first one of its grant: it carries no nonce (OpenID Connect Core 12.2).
    pub renewed: bool,
}

pub use crate::domain::authorization::ACR;

/// An ID token of a grant (OpenID Connect Core section 2).
pub fn id_token(
    state: &State,
    ring: &KeyRing,
    application: &Application,
    grant: &GrantRow,
    with: &Beside<'_>,
) -> Done<String> {
    let user = grant.user.ok_or(FlowError::Absent("user"))?;
    let person = state.store.read(|conn| users::find(conn, user))?.ok_or_else(dead)?;
    // What the scopes give is asked from userinfo; only where no access token can be had does it stand here (Core 5.4).
    let alone = with.access.is_none() && with.code.is_none();
    let scopes = if alone { Scopes::parse(&grant.scope) } else { Scopes::default() };
    let mut claims = person_claims(&person, &scopes, &asked(grant).id_token);
    claims.extend(about(state, grant, user, ID_TOKEN_SECONDS));
    let optional = [
        ("nonce", grant.nonce.clone().filter(|_| !with.renewed)),
        ("at_hash", with.access.map(jws::half_hash)),
        ("c_hash", with.code.map(jws::half_hash)),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            claims.insert(name.to_owned(), Value::String(value));
        }
    }
    sign_for(state, ring, application, ID, &claims)
}

/// What an ID token says of itself, of the log-in and of the session (OpenID Connect Core section 2).
fn about(state: &State, grant: &GrantRow, user: UserId, life: i64) -> Map<String, Value> {
    let now = state.now().seconds();
    let claims = [
        ("iss", json!(grant.issuer)),
        ("sub", json!(user)),
        ("aud", json!(grant.application)),
        ("iat", json!(now)),
        ("exp", json!(now + life)),
        ("jti", json!(jti(grant))),
        ("auth_time", json!(grant.auth_at.seconds())),
        ("sid", json!(grant.sid)),
        ("acr", json!(ACR)),
        ("amr", json!(["pwd"])),
    ];
    claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A log-in token: an ID token that lasts as long as the session may, with `more` claims (authing-contract.md section 5).
/// Its life is the rest of the grant's.
pub(in crate::flow) fn login_token(
    state: &State,
    application: &Application,
    grant: &GrantRow,
    more: Map<String, Value>,
) -> Done<LoginToken> {
    let user = grant.user.ok_or(FlowError::Absent("user"))?;
    let (iat, exp) = (state.now().seconds(), grant.expires_at.seconds());
    let mut claims = more;
    claims.extend(about(state, grant, user, exp - iat));
    let ring = keys::ring(state)?;
    let token = sign_for(state, &ring, application, ID, &claims)?;
    Ok(LoginToken { token, iat, exp })
}

/// A log-in token on its way out; times in seconds.
#[derive(Debug)]
pub struct LoginToken {
    /// The JWT.
    pub token: String,
    /// When it was made.
    pub iat: i64,
    /// When it ends, unless its session does before.
    pub exp: i64,
}

/// Signs something that this application reads, as it wants it signed.
pub fn sign_for(
    state: &State,
    ring: &KeyRing,
    application: &Application,
    typ: &str,
    claims: &impl Serialize,
) -> Done<String> {
    let fault = || FlowError::Storage(StoreError::Fault("a token could not be signed".into()));
    match application.protocol.id_token_alg {
        TokenAlg::Hs256 => {
            let secret = signing_secret(state, application).ok_or_else(fault)?;
            jws::sign_hs256(secret.reveal(), typ, claims).ok_or_else(fault)
        }
        alg @ (TokenAlg::Rs256 | TokenAlg::Es256) => ring.sign(alg, typ, claims),
    }
}

pub(super) fn asked(grant: &GrantRow) -> ClaimsAsked {
    grant.claims.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Claims of a person (OpenID Connect Core 5.1 and 5.4): those of the scopes, and those asked for one by one. What is not
/// known is left out, never null.
pub(in crate::flow) fn person_claims(person: &User, scopes: &Scopes, single: &[String]) -> Map<String, Value> {
    let text = |value: &Option<String>| value.clone().map(Value::String);
    let known = |value: &Option<String>| value.as_ref().map(|_| Value::Bool(false));
    let name = if person.name.is_empty() { None } else { Some(json!(person.name)) };
    let all = [
        ("name", Scope::Profile, name),
        ("preferred_username", Scope::Profile, text(&person.username)),
        ("updated_at", Scope::Profile, Some(json!(person.updated_at.seconds()))),
        ("username", Scope::Username, text(&person.username)),
        ("email", Scope::Email, text(&person.email)),
        // Nobody has checked either address here.
        ("email_verified", Scope::Email, known(&person.email)),
        ("phone_number", Scope::Phone, text(&person.phone)),
        ("phone_number_verified", Scope::Phone, known(&person.phone)),
    ];
    let mut claims = Map::new();
    for (claim, scope, value) in all {
        let wanted = scopes.has(scope) || scopes.has(Scope::User) || single.iter().any(|name| name == claim);
        if let Some(value) = value.filter(|_| wanted) {
            claims.insert(claim.to_owned(), value);
        }
    }
    claims
}

/// What an ID token of ours says when it comes back as a hint.
#[derive(Debug, Clone, Deserialize)]
pub struct Hint {
    /// Issuer.
    pub iss: String,
    /// Person.
    pub sub: String,
    /// Application.
    pub aud: String,
    /// Session.
    pub sid: Option<String>,
}

/// Reads an `id_token_hint`: signed by a present or retired key of the house, or by the secret of the application it names;
/// expired ones count (OpenID Connect RP-Initiated Logout 1.0 section 4). `None`: it is not ours.
pub fn hinted(state: &State, hint: &str) -> Option<Hint> {
    keys::ring(state).ok()?.read(ID, hint).or_else(|| by_secret(state, hint))
}

/// The claims of an ID token that gives something: the same, but by a retired key only while one of its own can live.
pub(in crate::flow) fn read_id_token<T: DeserializeOwned>(state: &State, token: &str) -> Option<T> {
    let life_ms = state.longest_session_ms().max(ID_TOKEN_SECONDS * 1_000);
    keys::ring(state).ok()?.believe(ID, token, (state.now(), life_ms)).or_else(|| by_secret(state, token))
}

/// The claims of an ID token that the house signed with the secret of the application that it is for.
fn by_secret<T: DeserializeOwned>(state: &State, token: &str) -> Option<T> {
    #[derive(Deserialize)]
    struct For {
        aud: String,
    }
    let unverified = jws::Unverified::parse(token)?;
    let named: For = unverified.claims()?;
    let application = state.directory().application(ApplicationId::parse(&named.aud).ok()?)?.clone();
    // Of the application's kind, and an ID token: its secret signs logout tokens too (security.md B9).
    if application.protocol.id_token_alg != TokenAlg::Hs256 || unverified.header.typ.as_deref() != Some(ID) {
        return None;
    }
    unverified.by_secret(signing_secret(state, &application)?.reveal())
}
