//! Something is given to an application for a session: the one place that writes a grant of a person.
//!
//! The checks stand inside the issuing transaction: the session lives, no kick lies between it and the application, the
//! application is entered, and the grant gets its number above every barrier raised so far (security.md K2).

use std::sync::Arc;

use super::error::{Done, FlowError};
use super::login::{self, From};
use super::state::State;
use crate::crypto::random;
use crate::domain::application::Application;
use crate::domain::id::GrantId;
use crate::domain::oauth::{OauthCode, OauthError, Scope, Scopes};
use crate::domain::session::{Seq, SessionId};
use crate::store::db::Act;
use crate::store::grants::{self, GrantRow};
use crate::store::sessions;

/// What is given.
#[derive(Debug, Default)]
pub struct Terms {
    /// What it is about.
    pub scopes: Scopes,
    /// Address as it was asked for.
    pub redirect_uri: String,
    /// Comes back in the ID token.
    pub nonce: Option<String>,
    /// PKCE challenge.
    pub challenge: Option<String>,
    /// Single claims, JSON.
    pub claims: Option<String>,
    /// Whether there is a code to be traded.
    pub has_code: bool,
    /// Whether a refresh token is given at once.
    pub renewable: bool,
    /// How long what is given lasts, in milliseconds.
    pub life_ms: i64,
}

/// The password has to be asked.
pub fn log_in_first() -> FlowError {
    OauthError::new(OauthCode::LoginRequired, "the person has to log in").into()
}

/// Writes a grant of this session, with the place of the log-in behind the secret that asks, for an application that will
/// know the house by `issuer`. [`OauthCode::LoginRequired`] when the session has ended, or the person was forced out of the
/// application since they gave their password.
pub fn write(
    act: &mut Act<'_>,
    state: &Arc<State>,
    session: (SessionId, Seq),
    to: (&Application, &str),
    terms: Terms,
    from: &From,
) -> Done<GrantRow> {
    let (application, issuer) = to;
    let id = session.0;
    let session = match login::enter(act, state, session, (application.id, issuer), from) {
        Ok(entered) => entered.filter(|s| act.now < s.expires_at).ok_or_else(log_in_first)?,
        Err(FlowError::Unauthenticated) => return Err(log_in_first()),
        Err(other) => return Err(other),
    };
    sessions::known_by(act, id, application.id, issuer)?;
    let row = GrantRow {
        id: GrantId::from_random(random::octets()),
        application: application.id,
        user: Some(session.user),
        session: Some(id),
        seq: act.next_seq()?,
        outlives_logout: application.protocol.tokens_outlive_logout && terms.scopes.has(Scope::OfflineAccess),
        issuer: issuer.to_owned(),
        scope: terms.scopes.to_string(),
        sid: session.sid.to_string(),
        auth_at: session.auth_at,
        redirect_uri: terms.redirect_uri,
        nonce: terms.nonce,
        challenge: terms.challenge,
        claims: terms.claims,
        code_used: !terms.has_code,
        generation: i64::from(terms.renewable),
        rotated_at: None,
        created_at: act.now,
        expires_at: act.now.plus_ms(terms.life_ms),
    };
    grants::insert(act, &row)?;
    Ok(row)
}
