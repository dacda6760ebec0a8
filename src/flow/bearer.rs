//! Whose token is this, and does it still count? Authing's SDKs show a person's access token or ID token (version 2: the
//! log-in token) to the calls that are about that person.
//!
//! A token is believed if the house signed it, it has not ended, was not revoked, and its grant lives: then a kick, a log-out
//! and an expiry count at once. Nothing else is believed: logout tokens and management tokens are of another kind, refresh
//! tokens and codes are no JWTs (security.md K8).

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::error::{Done, FlowError};
use super::logout;
use super::signin;
use super::state::State;
use super::token::{self, LoginToken};
use crate::crypto::jws::Unverified;
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::logout::{Cause, Origin, Receipt};
use crate::domain::session::{Seq, Session, SessionId};
use crate::domain::user::User;
use crate::store::db::Act;
use crate::store::grants::{self, GrantRow};
use crate::store::{sessions, users};

/// Which kind a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An access token (RFC 9068).
    Access,
    /// An ID token, log-in tokens among them.
    Id,
}

/// A token of a person, believed for this moment.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The person.
    pub user: User,
    /// To which application the token was given.
    pub application: ApplicationId,
    /// The session it came from; none when the token outlives it.
    pub session: Option<Session>,
    /// Its kind.
    pub kind: Kind,
    /// Name of the token.
    pub jti: String,
    /// When it was made, in seconds.
    pub iat: i64,
    /// When it ends, in seconds.
    pub exp: i64,
    /// By which the application knows the house.
    pub issuer: String,
    /// Scopes.
    pub scope: String,
    grant: GrantRow,
}

#[derive(Deserialize)]
struct IdClaims {
    sub: String,
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Believes a token, or does not. At an application's own host, tokens of others are nothing.
pub fn believe(state: &State, token: &str, own: Option<ApplicationId>) -> Done<Option<Bearer>> {
    let believed = match token::believe(state, token)? {
        Some(access) => {
            let grant = access.grant.clone();
            Some((grant, access.itself(), Kind::Access))
        }
        None => by_id_token(state, token)?,
    };
    let of_host = |believed: &Itself| own.is_none_or(|own| own == believed.0.application);
    let Some((grant, (jti, iat, exp, scope), kind)) = believed.filter(of_host) else { return Ok(None) };
    let Some(user) = grant.user else { return Ok(None) };
    let (user, session) = state.store.read(|conn| {
        let session = match grant.session {
            Some(id) => sessions::by_id(conn, id)?,
            None => None,
        };
        Ok::<_, FlowError>((users::find(conn, user)?, session))
    })?;
    let Some(user) = user else { return Ok(None) };
    if let Some(session) = &session {
        state.sessions.used(session, state.now());
    }
    let (application, issuer) = (grant.application, grant.issuer.clone());
    Ok(Some(Bearer { user, application, session, kind, jti, iat, exp, issuer, scope, grant }))
}

/// A grant, and name, beginning, end and scopes of the token of it.
type Itself = (GrantRow, (String, i64, i64, String), Kind);

/// An ID token: of its application's own grant and about the grant's own person, so that whoever knows one application's secret
/// can sign nothing about anybody else.
fn by_id_token(state: &State, token: &str) -> Done<Option<Itself>> {
    let Some(claims) = token::read_id_token::<IdClaims>(state, token) else { return Ok(None) };
    let (Some(id), now) = (token::grant_of(&claims.jti), state.now()) else { return Ok(None) };
    if now.seconds() >= claims.exp {
        return Ok(None);
    }
    let grant = state.store.read(|conn| {
        if grants::is_revoked(conn, &claims.jti)? {
            return Ok(None);
        }
        grants::living(conn, id, now, state.idle_rule())
    })?;
    let fits = |g: &GrantRow| {
        g.application.as_str() == claims.aud && g.user.is_some_and(|user| user.as_str() == claims.sub) && g.code_used
    };
    Ok(grant.filter(fits).map(|grant| {
        let scope = grant.scope.clone();
        (grant, (claims.jti, claims.iat, claims.exp, scope), Kind::Id)
    }))
}

/// The claims of a token of this kind, if it is believed.
pub fn validated(state: &State, token: &str, kind: Kind, own: Option<ApplicationId>) -> Done<Option<Value>> {
    let believed = believe(state, token, own)?.filter(|bearer| bearer.kind == kind);
    Ok(believed.and_then(|_| Unverified::parse(token)?.claims()))
}

impl Bearer {
    /// A new log-in token in place of this one. It ends when this one's session does.
    pub fn renewed(&self, state: &State) -> Done<LoginToken> {
        let application =
            state.directory().application(self.application).cloned().ok_or(FlowError::Absent("application"))?;
        let mut grant = self.grant.clone();
        if let Some(session) = &self.session {
            grant.expires_at = session.expires_at;
        }
        signin::login_token(state, &application, &grant, &self.user)
    }

    /// The session behind the token, with the token's place in the order, if both live in this transaction.
    pub(super) fn place(&self, act: &Act<'_>, state: &State) -> Done<Option<(SessionId, Seq)>> {
        if grants::is_revoked(act.conn(), &self.jti)? {
            return Ok(None);
        }
        let living = grants::living(act.conn(), self.grant.id, act.now, state.idle_rule())?;
        Ok(living.and_then(|grant| Some((grant.session?, grant.seq))))
    }

    /// Who it is.
    pub fn who(&self) -> UserId {
        self.user.id
    }
}

/// A person leaves by a token, by what their browser holds, or both: those sessions end, whole, and the token with all that
/// came of its grant is revoked, also where that would outlive the session. The receipt of the first; ending what has ended is
/// no error.
pub fn leave(
    act: &mut Act<'_>,
    state: &Arc<State>,
    held: &[Arc<Session>],
    bearer: Option<&Bearer>,
    from: &Origin,
) -> Done<Option<Receipt>> {
    let mut sessions: Vec<Arc<Session>> = held.to_vec();
    if let Some(session) = bearer.and_then(|b| b.session.as_ref())
        && !sessions.iter().any(|s| s.id == session.id)
    {
        sessions.push(Arc::new(session.clone()));
    }
    let receipt = logout::leave(act, state, &sessions, Cause::FrontEnd, from)?;
    if let Some(bearer) = bearer {
        grants::revoke_token(act, &bearer.jti, Timestamp((bearer.exp + 1) * 1_000))?;
        grants::revoke(act, bearer.grant.id)?;
    }
    Ok(receipt)
}
