//! Log in by a call: what the log-in page does, and tokens for the application at once.
//!
//! 1. [`login::log_in`], the same as on the page: throttle, hashing, audit, session and its secret.
//! 2. A grant of that session, in one issuing transaction (`flow::grant`): a kick in between is a barrier as for everybody.
//! 3. Tokens are signed after the commit: Authing's version 2 gives one log-in token, version 3 gives the tokens of OpenID
//!    Connect.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::bearer;
use super::error::{Done, FlowError};
use super::grant::{self, Terms};
use super::login::{self, Attempt, From};
use super::state::State;
use super::token::{self, LoginToken, Tokens};
use crate::crypto::{jws, seal};
use crate::domain::application::Application;
use crate::domain::oauth::{GrantType, OauthCode, OauthError, Scope, Scopes};
use crate::domain::secret::Secret;
use crate::domain::session::Session;
use crate::domain::user::User;
use crate::store::grants::GrantRow;
use crate::store::{sessions, users};

/// What a caller wants to be given.
#[derive(Debug)]
pub enum Wanted {
    /// One token for everything, as Authing's version 2 has it.
    LoginToken,
    /// Access token, ID token and, where it may be had, a refresh token.
    Tokens(Scopes),
}

/// What was given.
#[derive(Debug)]
pub enum Given {
    /// For [`Wanted::LoginToken`].
    LoginToken(LoginToken),
    /// For [`Wanted::Tokens`].
    Tokens(Tokens),
}

/// A log-in that worked.
#[derive(Debug)]
pub struct SignedIn {
    /// For the cookie.
    pub secret: Secret,
    /// Who.
    pub user: User,
    /// What the application was given.
    pub given: Given,
}

/// What came of a try.
#[derive(Debug)]
pub enum Outcome {
    /// Welcome.
    SignedIn(Box<SignedIn>),
    /// Unknown user or wrong password; never which.
    Wrong {
        /// Tries left before waiting.
        left: u32,
    },
    /// The password is right, but an administrator has disabled the user.
    Disabled,
}

/// Logs in to `application`. The attempt must name the same one.
pub async fn sign_in(
    state: &Arc<State>,
    application: &Arc<Application>,
    attempt: Attempt,
    wanted: Wanted,
) -> Done<Outcome> {
    let (from, issuer, app) = (attempt.from.clone(), attempt.issuer.clone(), application.clone());
    let welcome = match login::log_in(state, attempt).await? {
        login::Outcome::LoggedIn(welcome) => welcome,
        login::Outcome::Wrong { left, .. } => return Ok(Outcome::Wrong { left }),
        login::Outcome::Disabled => return Ok(Outcome::Disabled),
    };
    let (hash, user) = (seal::hash(welcome.secret.reveal()), welcome.user);
    let terms = terms(state, application, &wanted);
    let (grant, user) = state
        .write(move |act, state| {
            let session = sessions::by_secret(act.conn(), &hash)?.ok_or_else(grant::log_in_first)?;
            let from_log_in = (session.id, session.secret_seq);
            let row = grant::write(act, state, from_log_in, (&app, &issuer), terms, &from)?;
            let user = users::find(act.conn(), user)?.ok_or_else(grant::log_in_first)?;
            Ok((row, user))
        })
        .await
        .map_err(kicked_meanwhile)?;
    let given = match wanted {
        Wanted::LoginToken => Given::LoginToken(login_token(state, application, &grant, &user)?),
        Wanted::Tokens(_) => Given::Tokens(token::signed(state, application, &grant, false)?),
    };
    Ok(Outcome::SignedIn(Box::new(SignedIn { secret: welcome.secret, user, given })))
}

/// A log-in token for whoever is in at this browser: single sign-on by a call. None where the password has to be asked: the
/// session has ended, or the person was forced out of the application since.
pub async fn by_session(
    state: &Arc<State>,
    application: &Arc<Application>,
    session: &Session,
    (issuer, from): (String, From),
) -> Done<Option<(User, LoginToken)>> {
    let (place, app) = ((session.id, session.secret_seq), application.clone());
    let terms = terms(state, application, &Wanted::LoginToken);
    let written = state
        .write(move |act, state| {
            let row = grant::write(act, state, place, (&app, &issuer), terms, &from)?;
            let user = row.user.map(|user| users::find(act.conn(), user)).transpose()?.flatten();
            Ok((row, user.ok_or_else(grant::log_in_first)?))
        })
        .await
        .map_err(kicked_meanwhile);
    match written {
        Ok((grant, user)) => {
            let token = login_token(state, application, &grant, &user)?;
            Ok(Some((user, token)))
        }
        Err(FlowError::Unauthenticated) => Ok(None),
        Err(other) => Err(other),
    }
}

/// A log-in token of this application becomes tokens of the same session (Authing's grant `authing_token`), which end with it.
/// Whether the token counts is asked inside the issuing transaction. Ordinary ID tokens do not: they last shorter and are
/// shown to more.
pub async fn by_login_token(
    state: &Arc<State>,
    application: &Arc<Application>,
    shown: String,
    scopes: Scopes,
    (issuer, from): (String, From),
) -> Done<Tokens> {
    let dead = || OauthError::new(OauthCode::InvalidGrant, "the log-in token is dead, or no such token");
    let (wanted, app) = (Wanted::Tokens(scopes), application.clone());
    let bearer = bearer::believe(state, &shown, Some(application.id))?.filter(|_| is_login_token(&shown));
    let bearer = bearer.ok_or_else(dead)?;
    let terms = terms(state, application, &wanted);
    let grant = state
        .write(move |act, state| {
            let session = bearer.place(act, state)?.ok_or_else(dead)?;
            let written = grant::write(act, state, session, (&app, &issuer), terms, &from);
            written.map_err(|error| if is_log_in_first(&error) { dead().into() } else { error })
        })
        .await?;
    token::signed(state, application, &grant, false)
}

/// Whether the claims are those of a log-in token; whoever asks has believed it.
fn is_login_token(believed: &str) -> bool {
    let claims: Option<Value> = jws::Unverified::parse(believed).and_then(|token| token.claims());
    claims.is_some_and(|claims| claims["data"]["type"] == "user")
}

/// A kick came between log-in and grant: the caller hears that nobody is logged in, which is true.
fn kicked_meanwhile(error: FlowError) -> FlowError {
    if is_log_in_first(&error) { FlowError::Unauthenticated } else { error }
}

fn is_log_in_first(error: &FlowError) -> bool {
    matches!(error, FlowError::Oauth(e) if e.code == OauthCode::LoginRequired)
}

fn terms(state: &State, application: &Application, wanted: &Wanted) -> Terms {
    let seconds = |n: u32| i64::from(n) * 1_000;
    match wanted {
        Wanted::LoginToken => {
            let scopes = Scopes::parse("openid profile username email phone");
            Terms { scopes, life_ms: state.lifetimes_of(application.pool).absolute_ms, ..Terms::default() }
        }
        Wanted::Tokens(asked) => {
            let may_renew = application.protocol.may(GrantType::RefreshToken);
            let scopes = asked.only(|scope| scope != Scope::OfflineAccess || may_renew);
            let renewable = scopes.has(Scope::OfflineAccess) || (scopes.has(Scope::User) && may_renew);
            let life = if renewable { state.config.refresh_token_seconds } else { state.config.access_token_seconds };
            Terms { scopes, renewable, life_ms: seconds(life), ..Terms::default() }
        }
    }
}

/// A log-in token of a grant: an ID token with all that Authing's SDKs look for in it. What is not known is null, as they
/// expect; what any browser may read is as much as the person's own profile.
pub fn login_token(state: &State, application: &Application, grant: &GrantRow, user: &User) -> Done<LoginToken> {
    let mut claims: Map<String, Value> =
        ["name", "nickname", "picture", "preferred_username", "email", "phone_number", "unionid", "external_id"]
            .into_iter()
            .map(|name| (name.to_owned(), Value::Null))
            .collect();
    claims.extend(token::person_claims(user, &Scopes::parse(&grant.scope), &[]));
    claims.insert("userpool_id".to_owned(), json!(user.pool));
    let data = json!({
        "type": "user", "userPoolId": user.pool, "appId": application.id, "id": user.id, "userId": user.id,
        "_id": user.id, "phone": user.phone, "email": user.email, "username": user.username, "unionid": null,
        "openid": null, "clientId": user.pool,
    });
    claims.insert("data".to_owned(), data);
    token::login_token(state, application, grant, claims)
}
