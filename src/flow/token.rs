//! Codes become tokens, tokens are renewed, read, looked into and revoked.
//!
//! A grant is the one thing that lives or dies; codes, access and refresh tokens only refer to it, by marks made with the
//! house's key. Everything that is issued or believed asks `store::grants::living` first, inside the issuing transaction
//! where something is issued: a kick that committed before is a barrier that no in-flight request passes (K2). Signing
//! happens after the commit, so the one writer never waits for RSA; a token that is signed after a kick is born dead.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::applications::signing_secret;
use super::authorize::CODE_MS;
use super::error::{Done, FlowError};
use super::keys::{self, KeyRing};
use super::state::State;
use crate::crypto::{jws, random};
use crate::domain::application::Application;
use crate::domain::authorization::ClaimsAsked;
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, GrantId, UserId};
use crate::domain::oauth::{AuthMethod, GrantType, OauthCode, OauthError, Scope, Scopes, TokenAlg};
use crate::domain::session::TOUCH_EVERY_MS;
use crate::domain::user::User;
use crate::store::db::{Act, StoreError};
use crate::store::grants::{self, GrantRow};
use crate::store::{sessions, users};

/// Life of an ID token in seconds; as a hint it is understood for good.
const ID_TOKEN_SECONDS: i64 = 3_600;
/// A refresh token that was just replaced gives its successor once more within this time: the answer may have been lost
/// (security.md T4). After it, or once the successor was used, it is theft.
pub const GRACE_MS: i64 = 30_000;
/// Kind of an access token (RFC 9068 2.1).
const ACCESS: &str = "at+jwt";
/// Kind of an ID token.
const ID: &str = "JWT";

fn oauth(code: OauthCode, description: &'static str) -> OauthError {
    OauthError::new(code, description)
}

fn dead() -> OauthError {
    oauth(OauthCode::InvalidGrant, "it is dead, of another application, or bound to something else")
}

// ---- marks

/// The code of a grant.
pub fn code(state: &State, id: GrantId) -> String {
    format!("{id}{}", state.key.mark("code", &[id.as_str()]))
}

fn refresh_token(state: &State, id: GrantId, generation: i64) -> String {
    let number = format!("{generation:08x}");
    let mark = state.key.mark("refresh token", &[id.as_str(), &number]);
    format!("{id}{number}{mark}")
}

/// The grant that a code names, if the house made it: whole, in constant time (T14).
fn read_code(state: &State, text: &str) -> Option<GrantId> {
    let (id, mark) = text.split_at_checked(24)?;
    let id = GrantId::parse(id).ok()?;
    state.key.recognises("code", &[id.as_str()], mark).then_some(id)
}

fn read_refresh_token(state: &State, text: &str) -> Option<(GrantId, i64)> {
    let (id, rest) = text.split_at_checked(24)?;
    let (number, mark) = rest.split_at_checked(8)?;
    let id = GrantId::parse(id).ok()?;
    let ours = state.key.recognises("refresh token", &[id.as_str(), number], mark);
    i64::from_str_radix(number, 16).ok().filter(|_| ours).map(|generation| (id, generation))
}

pub(super) fn seen_after(state: &State, now: Timestamp) -> Timestamp {
    now.plus_ms(-state.lifetimes().idle_ms)
}

fn living(state: &State, act: &Act<'_>, id: GrantId) -> Done<Option<GrantRow>> {
    Ok(grants::living(act.conn(), id, act.now, seen_after(state, act.now))?)
}

/// A grant of this application that was not revoked, and whether it lives. Nearly all do: those cost one statement.
fn grant_behind(state: &State, act: &Act<'_>, id: GrantId, to: ApplicationId) -> Done<Option<(GrantRow, bool)>> {
    let found = match living(state, act, id)? {
        Some(grant) => Some((grant, true)),
        None => grants::find(act.conn(), id)?.map(|grant| (grant, false)),
    };
    Ok(found.filter(|(grant, _)| grant.application == to))
}

// ---- issuing

/// What the token endpoint answers.
#[derive(Debug)]
pub struct Tokens {
    /// Access token.
    pub access: String,
    /// Its life in seconds.
    pub expires_in: i64,
    /// Refresh token, when one was asked for and may be had.
    pub refresh: Option<String>,
    /// ID token, when this is OpenID Connect.
    pub id: Option<String>,
    /// Scopes that were granted.
    pub scope: String,
}

/// What a transaction found: tokens may be signed for the grant, or they may not, and what had to be written is.
type Verdict = Result<GrantRow, OauthError>;

/// A code with what must fit it.
#[derive(Debug)]
pub struct CodeShown {
    /// The code.
    pub code: String,
    /// The address, as it was asked for.
    pub redirect_uri: String,
    /// PKCE.
    pub verifier: Option<String>,
}

/// `grant_type=authorization_code` (RFC 6749 4.1.3). A code that is shown again ends what it gave the first time.
pub async fn exchange(state: &Arc<State>, application: &Arc<Application>, shown: CodeShown) -> Done<Tokens> {
    let app = application.clone();
    let grant = state.write(move |act, state| redeem(act, state, &app, &shown)).await??;
    signed(state, application, &grant, false)
}

fn redeem(act: &Act<'_>, state: &State, application: &Application, shown: &CodeShown) -> Done<Verdict> {
    let Some(id) = read_code(state, &shown.code) else { return Ok(Err(dead())) };
    let Some((grant, lives)) = grant_behind(state, act, id, application.id)? else { return Ok(Err(dead())) };
    if grant.code_used {
        grants::revoke(act, id)?;
        return Ok(Err(oauth(OauthCode::InvalidGrant, "the code was used before; what it gave is revoked")));
    }
    // A challenge and a verifier come together or not at all: no downgrade either way (CVE-2024-23647).
    let proven = match (&grant.challenge, &shown.verifier) {
        (Some(challenge), Some(verifier)) => jws::proves(verifier, challenge),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    let fits = proven && grant.redirect_uri == shown.redirect_uri && act.now.since_ms(grant.created_at) < CODE_MS;
    if !fits || !lives {
        return Ok(Err(dead()));
    }
    let lasts = |seconds: u32| act.now.plus_ms(i64::from(seconds) * 1_000);
    let renewable = Scopes::parse(&grant.scope).has(Scope::OfflineAccess);
    let (generation, expires_at) = if renewable {
        (1, lasts(state.config.refresh_token_seconds))
    } else {
        (0, lasts(state.config.access_token_seconds))
    };
    grants::exchanged(act, id, generation, expires_at)?;
    Ok(Ok(GrantRow { generation, expires_at, ..grant }))
}

/// `grant_type=refresh_token` (RFC 6749 section 6). `narrower`: scopes that are asked for, never more than were granted.
pub async fn refresh(
    state: &Arc<State>,
    application: &Arc<Application>,
    presented: String,
    narrower: Option<String>,
) -> Done<Tokens> {
    let app = application.clone();
    let grant = state.write(move |act, state| renew(act, state, &app, (&presented, narrower.as_deref()))).await??;
    signed(state, application, &grant, true)
}

/// The scopes of the new access token: those that were granted, or fewer.
fn narrowed(granted: &str, narrower: Option<&str>) -> Option<String> {
    let Some(asked) = narrower else { return Some(granted.to_owned()) };
    let granted = Scopes::parse(granted);
    let was_granted = |word: &str| Scope::parse(word).is_some_and(|scope| granted.has(scope));
    asked.split_ascii_whitespace().all(was_granted).then(|| Scopes::parse(asked).to_string())
}

fn renew(
    act: &Act<'_>,
    state: &State,
    application: &Application,
    (presented, narrower): (&str, Option<&str>),
) -> Done<Verdict> {
    let Some((id, generation)) = read_refresh_token(state, presented) else { return Ok(Err(dead())) };
    let Some((grant, lives)) = grant_behind(state, act, id, application.id)? else { return Ok(Err(dead())) };
    let lost_answer = generation == grant.generation - 1
        && grant.rotated_at.is_some_and(|at| act.now.since_ms(at) < GRACE_MS && act.now >= at);
    if generation != grant.generation && !lost_answer {
        grants::revoke(act, id)?;
        return Ok(Err(oauth(
            OauthCode::InvalidGrant,
            "the refresh token was used before; all of its kind are revoked",
        )));
    }
    if act.now >= grant.expires_at || !lives {
        return Ok(Err(dead()));
    }
    // Before anything is replaced: whoever is refused keeps the token they have.
    let Some(scope) = narrowed(&grant.scope, narrower) else {
        return Ok(Err(oauth(OauthCode::InvalidScope, "more than was granted")));
    };
    touch(act, &grant)?;
    if lost_answer {
        return Ok(Ok(GrantRow { scope, ..grant }));
    }
    grants::rotated(act, id, generation + 1)?;
    Ok(Ok(GrantRow { generation: generation + 1, scope, ..grant }))
}

/// An application that keeps its tokens fresh keeps the session from idling out, up to its absolute end.
fn touch(act: &Act<'_>, grant: &GrantRow) -> Done<()> {
    if let Some(session) = grant.session {
        sessions::touch_after(act, session, act.now, TOUCH_EVERY_MS)?;
    }
    Ok(())
}

/// `grant_type=client_credentials` (RFC 6749 4.4): the application for itself. It has no person, so no scope of one.
pub async fn for_itself(state: &Arc<State>, application: &Arc<Application>, issuer: String) -> Done<Tokens> {
    let app = application.clone();
    let grant = state
        .write(move |act, state| {
            let row = GrantRow {
                id: GrantId::from_random(random::octets()),
                application: app.id,
                user: None,
                session: None,
                seq: act.next_seq()?,
                outlives_logout: false,
                issuer,
                scope: String::new(),
                sid: String::new(),
                auth_at: act.now,
                redirect_uri: String::new(),
                nonce: None,
                challenge: None,
                claims: None,
                code_used: true,
                generation: 0,
                rotated_at: None,
                created_at: act.now,
                expires_at: act.now.plus_ms(i64::from(state.config.access_token_seconds) * 1_000),
            };
            grants::insert(act, &row)?;
            Ok(row)
        })
        .await?;
    signed(state, application, &grant, false)
}

pub(super) fn signed(state: &State, application: &Application, grant: &GrantRow, renewed: bool) -> Done<Tokens> {
    let ring = keys::ring(state)?;
    let (access, expires_in) = access_token(state, &ring, application, grant)?;
    let scopes = Scopes::parse(&grant.scope);
    let id = match grant.user {
        Some(_) if scopes.has(Scope::OpenId) => {
            let with = Beside { access: Some(&access), code: None, renewed };
            Some(id_token(state, &ring, application, grant, &with)?)
        }
        Some(_) | None => None,
    };
    let refresh = (grant.generation > 0).then(|| refresh_token(state, grant.id, grant.generation));
    Ok(Tokens { access, expires_in, refresh, id, scope: grant.scope.clone() })
}

#[derive(Serialize, Deserialize)]
struct AccessClaims {
    iss: String,
    sub: String,
    aud: String,
    client_id: String,
    iat: i64,
    exp: i64,
    /// The grant, then a random part of its own.
    jti: String,
    scope: String,
}

impl AccessClaims {
    fn grant(&self) -> Option<GrantId> {
        grant_of(&self.jti)
    }
}

/// The name of a token: its grant, then a random part of its own.
fn jti(grant: &GrantRow) -> String {
    format!("{}{}", grant.id, GrantId::from_random(random::octets()))
}

/// The grant that the name of a token begins with.
pub(super) fn grant_of(jti: &str) -> Option<GrantId> {
    GrantId::parse(jti.get(..24)?).ok()
}

/// An access token of a grant (RFC 9068), and its life in seconds.
pub fn access_token(state: &State, ring: &KeyRing, application: &Application, grant: &GrantRow) -> Done<(String, i64)> {
    let (now, life) = (state.now().seconds(), i64::from(state.config.access_token_seconds));
    let claims = AccessClaims {
        iss: grant.issuer.clone(),
        sub: grant.user.map_or_else(|| application.id.to_string(), |user| user.to_string()),
        aud: application.id.to_string(),
        client_id: application.id.to_string(),
        iat: now,
        exp: now + life,
        jti: jti(grant),
        scope: grant.scope.clone(),
    };
    // Whoever reads an access token may not know the secret of the application, so a key of the house signs it in any case.
    let alg = match application.protocol.id_token_alg {
        TokenAlg::Es256 => TokenAlg::Es256,
        TokenAlg::Rs256 | TokenAlg::Hs256 => TokenAlg::Rs256,
    };
    Ok((ring.sign(alg, ACCESS, &claims)?, life))
}

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

/// How people prove themselves here, as ID tokens name it (`acr`): by a password.
pub const ACR: &str = "password";

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
pub(super) fn login_token(
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

fn asked(grant: &GrantRow) -> ClaimsAsked {
    grant.claims.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Claims of a person (OpenID Connect Core 5.1 and 5.4): those of the scopes, and those asked for one by one. What is not
/// known is left out, never null.
pub(super) fn person_claims(person: &User, scopes: &Scopes, single: &[String]) -> Map<String, Value> {
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
        let wanted = scopes.has(scope) || single.iter().any(|name| name == claim);
        if let Some(value) = value.filter(|_| wanted) {
            claims.insert(claim.to_owned(), value);
        }
    }
    claims
}

// ---- believing

/// A bearer token of an application, believed for this moment.
pub(super) struct Believed {
    claims: AccessClaims,
    /// What it is of.
    pub(super) grant: GrantRow,
}

impl Believed {
    /// The name of the token, when it was made, when it ends (seconds), and its scopes.
    pub(super) fn itself(self) -> (String, i64, i64, String) {
        (self.claims.jti, self.claims.iat, self.claims.exp, self.claims.scope)
    }
}

/// Believes an access token of the house, or does not.
pub(super) fn believe(state: &State, token: &str) -> Done<Option<Believed>> {
    let Some(claims) = keys::ring(state)?.read::<AccessClaims>(ACCESS, token) else { return Ok(None) };
    let (Some(id), now) = (claims.grant(), state.now()) else { return Ok(None) };
    if now.seconds() >= claims.exp {
        return Ok(None);
    }
    let grant = state.store.read(|conn| {
        if grants::is_revoked(conn, &claims.jti)? {
            return Ok(None);
        }
        grants::living(conn, id, now, seen_after(state, now))
    })?;
    Ok(grant.map(|grant| Believed { claims, grant }))
}

/// Which application a living access token was given to, and on behalf of whom; nobody: for itself.
pub fn holder(state: &State, token: &str) -> Done<Option<(ApplicationId, Option<UserId>)>> {
    Ok(believe(state, token)?.map(|believed| (believed.grant.application, believed.grant.user)))
}

/// What userinfo answers (OpenID Connect Core 5.3). At an application's own host, tokens of others are nothing.
pub fn userinfo(state: &State, token: &str, own: Option<ApplicationId>) -> Done<Value> {
    let invalid = || FlowError::from(oauth(OauthCode::InvalidToken, "the access token is dead or not of this house"));
    let of_host = |believed: &Believed| own.is_none_or(|own| own == believed.grant.application);
    let Believed { claims, grant } = believe(state, token)?.filter(of_host).ok_or_else(invalid)?;
    let user = grant.user.ok_or_else(invalid)?;
    let person = state.store.read(|conn| users::find(conn, user))?.ok_or_else(invalid)?;
    let mut answer = person_claims(&person, &Scopes::parse(&claims.scope), &asked(&grant).userinfo);
    answer.insert("sub".to_owned(), json!(user));
    Ok(Value::Object(answer))
}

/// What introspection answers its own application (RFC 7662): everything about a living token, nothing about any other.
pub fn introspect(state: &State, application: &Application, token: &str) -> Done<Value> {
    let inactive = json!({ "active": false });
    if let Some(Believed { claims, grant }) = believe(state, token)? {
        if grant.application != application.id {
            return Ok(inactive);
        }
        return Ok(json!({
            "active": true, "scope": claims.scope, "client_id": claims.client_id, "token_type": "Bearer", "sub": claims.sub,
            "aud": claims.aud, "iss": claims.iss, "iat": claims.iat, "exp": claims.exp, "jti": claims.jti,
            "username": username(state, grant.user)?,
        }));
    }
    let (Some((id, generation)), now) = (read_refresh_token(state, token), state.now()) else { return Ok(inactive) };
    let grant = state.store.read(|conn| grants::living(conn, id, now, seen_after(state, now)))?;
    match grant.filter(|g| g.application == application.id && g.generation == generation && now < g.expires_at) {
        None => Ok(inactive),
        Some(grant) => Ok(json!({
            "active": true, "scope": grant.scope, "client_id": grant.application, "token_type": "refresh_token",
            "sub": grant.user, "iss": grant.issuer, "iat": grant.created_at.seconds(), "exp": grant.expires_at.seconds(),
            "username": username(state, grant.user)?,
        })),
    }
}

fn username(state: &State, user: Option<UserId>) -> Done<Option<String>> {
    let Some(user) = user else { return Ok(None) };
    Ok(state.store.read(|conn| users::find(conn, user))?.map(|user| user.display_name().to_owned()))
}

/// Revokes a token of this application (RFC 7009): a refresh token with all that came of it, an access token alone. One
/// that is unknown, foreign or dead is no error.
pub fn revoke(act: &Act<'_>, state: &State, application: ApplicationId, token: &str) -> Done<()> {
    let own = |id| -> Done<_> { Ok(grants::find(act.conn(), id)?.filter(|grant| grant.application == application)) };
    if let Some((id, _)) = read_refresh_token(state, token) {
        if own(id)?.is_some() {
            grants::revoke(act, id)?;
        }
    } else if let Some(claims) = keys::ring(state)?.read::<AccessClaims>(ACCESS, token)
        && let Some(id) = claims.grant()
        && let Some(grant) = own(id)?
    {
        // Remembered as long as the grant: a clock that jumps must not make one forgotten before the other (T8).
        let until = grant.expires_at.max(Timestamp((claims.exp + 1) * 1_000));
        grants::revoke_token(act, &claims.jti, until)?;
    }
    Ok(())
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
    read_id_token(state, hint)
}

/// The claims of an ID token that the house signed, by whatever key it was: its own, or the secret of the application that the
/// token is for.
pub(super) fn read_id_token<T: DeserializeOwned>(state: &State, token: &str) -> Option<T> {
    #[derive(Deserialize)]
    struct For {
        aud: String,
    }
    if let Some(claims) = keys::ring(state).ok()?.read::<T>(ID, token) {
        return Some(claims);
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

/// Whether a grant type may be used by an application.
pub fn may(application: &Application, grant: GrantType) -> Result<(), OauthError> {
    let refused = |why| Err(oauth(OauthCode::UnauthorizedClient, why));
    if !application.protocol.may(grant) {
        return refused("this grant is off for the application");
    }
    // RFC 6749 4.4: whoever proves nothing is nobody for whom to act.
    if grant == GrantType::ClientCredentials && application.protocol.auth_method == AuthMethod::None {
        return refused("an application without a secret has no tokens of its own");
    }
    Ok(())
}
