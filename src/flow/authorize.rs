//! An authorization request becomes a code, if the person is who is meant and has been asked what they must be asked.
//!
//! 1. [`decide`] says what is still to be done in the browser: log in, ask, or nothing. `prompt=none` turns each into an
//!    error (OpenID Connect Core 3.1.2.6).
//! 2. A request that sent the person to the log-in page comes back with the number at which it was made: a log-in after it
//!    satisfies `prompt=login` and `max_age=0`, an older one does not. The number is sealed to the very request, so that
//!    none of an older request will do.
//! 3. [`issue`], one transaction (`flow::grant`): the session lives, no kick stands between it and the application (single sign-on must not
//!    silently let anybody back in), the application is entered, and the grant is written above every barrier raised so far.

use std::sync::Arc;

use super::error::Done;
use super::grant::{self, Terms};
use super::keys;
use super::login::From;
use super::state::State;
use super::token;
use crate::crypto::{jws, random, seal};
use crate::domain::application::Application;
use crate::domain::authorization::{Addressee, AuthorizationRequest, ClaimsAsked};
use crate::domain::id::{ApplicationId, Sid};
use crate::domain::oauth::{OauthCode, OauthError, ResponseType};
use crate::domain::session::{Seq, Session};
use crate::store::db::Act;
use crate::store::grants::GrantRow;
use crate::store::{numbers, pushed};

/// Life of a code in milliseconds (security.md T1).
pub const CODE_MS: i64 = 60_000;
/// Life of a pushed request in seconds.
pub const PUSHED_SECONDS: i64 = 90;
/// A pushed request waits for a person at the log-in page for so many seconds.
pub const INTERACTION_SECONDS: i64 = 3_600;
/// A log-in answers the request that asked for it within so many milliseconds: there may be a question in between.
const FRESH_MS: i64 = 600_000;
/// What a pushed request is called by (RFC 9126 2.2).
pub const PUSHED_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// What has happened in the browser since the request first came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// The number at which the request was made, if it has been to the log-in page.
    pub asked_at: Option<Seq>,
    /// The person has said yes.
    pub agreed: bool,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The log-in page; `again`: although somebody is in.
    LogIn {
        /// The password is asked of whoever is in.
        again: bool,
    },
    /// The question.
    Ask,
    /// The answer.
    Issue,
}

/// What comes next, or what is told to the application.
pub fn decide(
    state: &State,
    session: Option<&Session>,
    application: &Application,
    request: &AuthorizationRequest,
    progress: Progress,
) -> Result<Decision, OauthError> {
    let refusal = match judge(state, session, application, request, progress) {
        Judged::Is(Decision::LogIn { .. }) if request.prompts.none => "the person has to log in",
        Judged::Is(Decision::Ask) if request.prompts.none => {
            return Err(OauthError::new(OauthCode::ConsentRequired, "the person has to be asked"));
        }
        Judged::Is(next) => return Ok(next),
        // Core 3.1.2.2: never an answer about another person than the one who is meant.
        Judged::AnotherPerson => "another person has logged in than the one who is meant",
    };
    Err(OauthError::new(OauthCode::LoginRequired, refusal))
}

enum Judged {
    Is(Decision),
    AnotherPerson,
}

fn judge(
    state: &State,
    session: Option<&Session>,
    application: &Application,
    request: &AuthorizationRequest,
    progress: Progress,
) -> Judged {
    let Some(session) = session.filter(|s| s.pool == application.pool) else {
        return Judged::Is(Decision::LogIn { again: false });
    };
    let age_ms = state.now().since_ms(session.auth_at);
    let since = has_logged_in_since(state, session, progress);
    // A log-in of tomorrow, by a clock that has been set back, is of no known age.
    let is_within = |seconds: i64| (0..=seconds.saturating_mul(1_000)).contains(&age_ms);
    let too_old = request.max_age.is_some_and(|seconds| seconds == 0 || !is_within(seconds));
    if (request.prompts.login || too_old) && !since {
        return Judged::Is(Decision::LogIn { again: true });
    }
    let hinted = request.hint.as_deref().and_then(|hint| token::hinted(state, hint)).map(|hint| hint.sub);
    let meant = |sub: &String| sub == session.user.as_str();
    if !hinted.as_ref().is_none_or(meant) || !request.claims.sub.as_ref().is_none_or(meant) {
        return if since { Judged::AnotherPerson } else { Judged::Is(Decision::LogIn { again: true }) };
    }
    let asks = request.prompts.consent || request.prompts.select_account;
    if asks && !progress.agreed && !since_chosen(request, since) {
        return Judged::Is(Decision::Ask);
    }
    Judged::Is(Decision::Issue)
}

/// Whether the password was given because this request asked for it. Not for ever: the same address, out of the history of a
/// browser, asks anew.
pub fn has_logged_in_since(state: &State, session: &Session, progress: Progress) -> bool {
    progress.asked_at.is_some_and(|asked| session.auth_seq > asked) && state.now().since_ms(session.auth_at) < FRESH_MS
}

/// Whoever has just typed their name has chosen; consent is another matter.
fn since_chosen(request: &AuthorizationRequest, since: bool) -> bool {
    since && !request.prompts.consent
}

/// The number to come back with from the log-in page, sealed to this request.
pub fn mark(state: &State, query: &str) -> Done<String> {
    let seq = state.store.read(numbers::last_seq)?;
    let number = seq.0.to_string();
    Ok(format!("{number}.{}", state.key.mark("authorization request", &[&number, query])))
}

/// Reads it back; nothing when it is not ours, or of another request.
pub fn marked(state: &State, mark: &str, query: &str) -> Option<Seq> {
    let (number, seal) = mark.split_once('.')?;
    let ours = state.key.recognises("authorization request", &[number, query], seal);
    number.parse().ok().filter(|_| ours).map(Seq)
}

/// What was issued at the authorization endpoint.
#[derive(Debug)]
pub struct Issued {
    /// Parameters of the answer, besides `state` and `iss`.
    pub params: Vec<(&'static str, String)>,
}

/// Issues what the request asks for. [`OauthCode::LoginRequired`] when the session has ended meanwhile, or the person was
/// forced out of the application since they gave their password.
pub async fn issue(
    state: &Arc<State>,
    session: &Session,
    application: &Arc<Application>,
    request: AuthorizationRequest,
    issuer: String,
    from: From,
) -> Done<Issued> {
    let ((id, secret_seq), app) = ((session.id, session.secret_seq), application.clone());
    let kind = request.response_type;
    let token_ms = i64::from(state.config.access_token_seconds) * 1_000;
    let terms = Terms {
        scopes: request.scopes,
        redirect_uri: request.redirect_text,
        nonce: request.nonce,
        challenge: request.challenge,
        claims: claims_column(&request.claims),
        has_code: kind.has_code(),
        renewable: false,
        life_ms: if kind.has_token() { token_ms.max(CODE_MS) } else { CODE_MS },
    };
    let grant = state
        .write(move |act, state| grant::write(act, state, (id, secret_seq), (&app, &issuer), terms, &from))
        .await?;
    answered(state, application, &grant, kind)
}

fn claims_column(claims: &ClaimsAsked) -> Option<String> {
    if *claims == ClaimsAsked::default() { None } else { serde_json::to_string(claims).ok() }
}

/// Signs what the answer holds, outside of any transaction.
fn answered(state: &State, application: &Application, grant: &GrantRow, kind: ResponseType) -> Done<Issued> {
    let mut params = Vec::new();
    let code = kind.has_code().then(|| token::code(state, grant.id));
    let ring = keys::ring(state)?;
    let mut access = None;
    if kind.has_token() {
        let (token, seconds) = token::access_token(state, &ring, application, grant)?;
        params.push(("access_token", token.clone()));
        params.push(("token_type", "Bearer".to_owned()));
        params.push(("expires_in", seconds.to_string()));
        access = Some(token);
    }
    if kind.has_id_token() {
        let with = token::Beside { access: access.as_deref(), code: code.as_deref(), renewed: false };
        params.push(("id_token", token::id_token(state, &ring, application, grant, &with)?));
    }
    if let Some(code) = code {
        params.insert(0, ("code", code));
    }
    Ok(Issued { params })
}

/// Keeps a pushed request for so many seconds; answers what it is called by.
pub fn push(act: &Act<'_>, application: ApplicationId, query: &str, seconds: i64) -> Done<String> {
    let (name, hash) = seal::fresh();
    pushed::insert(act, &hash, application, query, act.now.plus_ms(seconds * 1_000))?;
    Ok(format!("{PUSHED_PREFIX}{}", name.reveal()))
}

/// Takes a pushed request of this application out: it works once.
pub fn take_pushed(act: &Act<'_>, application: ApplicationId, request_uri: &str) -> Done<Option<String>> {
    let Some(name) = request_uri.strip_prefix(PUSHED_PREFIX) else { return Ok(None) };
    Ok(pushed::take(act, &seal::hash(name), application)?)
}

/// What a browser holds for OpenID Connect Session Management: a mark of its session, which tells nothing of it.
pub fn browser_state(state: &State, sid: Sid) -> String {
    state.key.mark("browser state", &[sid.as_str()])
}

/// `session_state` for an application at an address (OpenID Connect Session Management 1.0 section 2).
pub fn session_state(application: ApplicationId, to: &Addressee, browser_state: &str) -> Option<String> {
    let origin = to.redirect.origin();
    let salt = seal::hex(&random::octets::<8>());
    let parts = format!("{application} {origin} {browser_state} {salt}");
    (origin != "null").then(|| jws::session_state(&parts, &salt))
}
