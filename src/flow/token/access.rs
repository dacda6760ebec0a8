//! Access tokens: made, believed, read, looked into and revoked.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::id::{asked, person_claims};
use super::issue::oauth;
use super::mark::{Opaque, grant_of, jti, opaque_token, read_opaque_token, read_refresh_token};
use crate::domain::application::Application;
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, GrantId, UserId};
use crate::domain::oauth::{OauthCode, Scope, Scopes, TokenAlg};
use crate::flow::error::{Done, FlowError};
use crate::flow::keys::{self, KeyRing};
use crate::flow::state::State;
use crate::store::db::Act;
use crate::store::grants::{self, GrantRow};
use crate::store::users;

/// Kind of an access token (RFC 9068 2.1).
const ACCESS: &str = "at+jwt";

fn living(state: &State, act: &Act<'_>, id: GrantId) -> Done<Option<GrantRow>> {
    Ok(grants::living(act.conn(), id, act.now, state.idle_rule())?)
}

/// A grant of this application that was not revoked, and whether it lives. Nearly all do: those cost one statement.
pub(super) fn grant_behind(
    state: &State,
    act: &Act<'_>,
    id: GrantId,
    to: ApplicationId,
) -> Done<Option<(GrantRow, bool)>> {
    let found = match living(state, act, id)? {
        Some(grant) => Some((grant, true)),
        None => grants::find(act.conn(), id)?.map(|grant| (grant, false)),
    };
    Ok(found.filter(|(grant, _)| grant.application == to))
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

/// Whether a grant is of plain OAuth 2.0: its access tokens are opaque, and there is no ID token.
pub(super) fn is_plain(grant: &GrantRow) -> bool {
    Scopes::parse(&grant.scope).has(Scope::User)
}

fn subject(grant: &GrantRow) -> String {
    grant.user.map_or_else(|| grant.application.to_string(), |user| user.to_string())
}

/// An access token that the house made, as it was read; times in seconds.
struct Shown {
    grant: GrantId,
    jti: String,
    iat: i64,
    exp: i64,
    /// Scopes, where the token itself says them.
    scope: Option<String>,
}

/// Reads an access token of either form. `None`: the house did not make it.
fn read(state: &State, token: &str) -> Done<Option<Shown>> {
    if let Some(Opaque { grant, jti, iat, exp }) = read_opaque_token(state, token) {
        return Ok(Some(Shown { grant, jti, iat, exp, scope: None }));
    }
    let life_ms = i64::from(state.config.access_token_seconds) * 1_000;
    let claims = keys::ring(state)?.believe::<AccessClaims>(ACCESS, token, (state.now(), life_ms));
    let Some(claims) = claims else { return Ok(None) };
    let AccessClaims { jti, iat, exp, scope, .. } = claims;
    Ok(grant_of(&jti).map(|grant| Shown { grant, jti, iat, exp, scope: Some(scope) }))
}

/// An access token of a grant, and its life in seconds: a JWT (RFC 9068), or opaque where the grant is plain.
pub fn access_token(state: &State, ring: &KeyRing, application: &Application, grant: &GrantRow) -> Done<(String, i64)> {
    let (now, life) = (state.now().seconds(), i64::from(state.config.access_token_seconds));
    if is_plain(grant) {
        return Ok((opaque_token(state, grant, now, now + life), life));
    }
    let claims = AccessClaims {
        iss: grant.issuer.clone(),
        sub: subject(grant),
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

/// A bearer token of an application, believed for this moment.
pub(in crate::flow) struct Believed {
    shown: Shown,
    /// What it is of.
    pub(in crate::flow) grant: GrantRow,
}

impl Believed {
    /// The name of the token, when it was made, when it ends (seconds), and its scopes.
    pub(in crate::flow) fn itself(self) -> (String, i64, i64, String) {
        let scope = self.shown.scope.unwrap_or(self.grant.scope);
        (self.shown.jti, self.shown.iat, self.shown.exp, scope)
    }
}

/// Believes an access token of the house, or does not.
pub(in crate::flow) fn believe(state: &State, token: &str) -> Done<Option<Believed>> {
    let (Some(shown), now) = (read(state, token)?, state.now()) else { return Ok(None) };
    if now.seconds() >= shown.exp {
        return Ok(None);
    }
    let grant = state.store.read(|conn| {
        if grants::is_revoked(conn, &shown.jti)? {
            return Ok(None);
        }
        grants::living(conn, shown.grant, now, state.idle_rule())
    })?;
    // Each grant gives tokens of one form; the other form says nothing of it.
    Ok(grant.filter(|grant| is_plain(grant) == shown.scope.is_none()).map(|grant| Believed { shown, grant }))
}

/// Which application a living access token was given to, and on behalf of whom; nobody: for itself.
pub fn holder(state: &State, token: &str) -> Done<Option<(ApplicationId, Option<UserId>)>> {
    Ok(believe(state, token)?.map(|believed| (believed.grant.application, believed.grant.user)))
}

/// What userinfo answers (OpenID Connect Core 5.3). At an application's own host, tokens of others are nothing.
pub fn userinfo(state: &State, token: &str, own: Option<ApplicationId>) -> Done<Value> {
    let invalid = || FlowError::from(oauth(OauthCode::InvalidToken, "the access token is dead or not of this house"));
    let of_host = |believed: &Believed| own.is_none_or(|own| own == believed.grant.application);
    let believed = believe(state, token)?.filter(of_host).ok_or_else(invalid)?;
    let grant = believed.grant.clone();
    let (.., scope) = believed.itself();
    let user = grant.user.ok_or_else(invalid)?;
    let person = state.store.read(|conn| users::find(conn, user))?.ok_or_else(invalid)?;
    let mut answer = person_claims(&person, &Scopes::parse(&scope), &asked(&grant).userinfo);
    answer.insert("sub".to_owned(), json!(user));
    Ok(Value::Object(answer))
}

/// What introspection answers its own application (RFC 7662): everything about a living token, nothing about any other.
pub fn introspect(state: &State, application: &Application, token: &str) -> Done<Value> {
    let inactive = json!({ "active": false });
    if let Some(believed) = believe(state, token)? {
        let grant = believed.grant.clone();
        if grant.application != application.id {
            return Ok(inactive);
        }
        let (jti, iat, exp, scope) = believed.itself();
        return Ok(json!({
            "active": true, "scope": scope, "client_id": grant.application, "token_type": "Bearer", "sub": subject(&grant),
            "aud": grant.application, "iss": grant.issuer, "iat": iat, "exp": exp, "jti": jti,
            "username": username(state, grant.user)?,
        }));
    }
    let (Some((id, generation)), now) = (read_refresh_token(state, token), state.now()) else { return Ok(inactive) };
    let grant = state.store.read(|conn| grants::living(conn, id, now, state.idle_rule()))?;
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
    } else if let Some(shown) = read(state, token)?
        && let Some(grant) = own(shown.grant)?
    {
        // Remembered as long as the grant: a clock that jumps must not make one forgotten before the other (T8).
        let until = grant.expires_at.max(Timestamp((shown.exp + 1) * 1_000));
        grants::revoke_token(act, &shown.jti, until)?;
    }
    Ok(())
}
