//! CAS tickets: what an application is given in the browser, and shows once to learn who came (CAS Protocol 3.0, 2.5 and 3.1).
//!
//! A ticket is a grant that gives nothing but a name: bound to application, service and session, good for a minute, used up by
//! the first who shows it. It counts only if the session lives and no kick lies in between, asked in the transaction that uses
//! it up (security.md K2).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::authorize::{self, Decision, Progress};
use super::error::Done;
use super::grant::{self, Terms};
use super::login::From;
use super::state::State;
use super::token;
use crate::domain::application::Application;
use crate::domain::authorization::{AuthorizationRequest, ClaimsAsked, Prompts};
use crate::domain::clock::Timestamp;
use crate::domain::id::GrantId;
use crate::domain::oauth::{ResponseType, Scopes};
use crate::domain::redirect::Registered;
use crate::domain::session::Session;
use crate::domain::user::User;
use crate::store::db::Act;
use crate::store::{grants, users};

/// Life of a ticket in milliseconds.
const TICKET_MS: i64 = 60_000;
/// What every ticket begins with (CAS Protocol 3.7).
const PREFIX: &str = "ST-";
/// Kept in the grant of a ticket for which the password was asked.
const FRESH: &str = "fresh";

/// What a request for a ticket says besides the service.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// The password is to be asked in any case.
    pub renew: bool,
    /// Nothing is to be asked: without a session the person goes back without a ticket.
    pub gateway: bool,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The log-in page; `again`: although somebody is in.
    LogIn {
        /// The password is asked of whoever is in.
        again: bool,
    },
    /// The ticket.
    Issue,
    /// Back to the service without one.
    Back,
}

/// What comes next, by the rules of an authorization request: `renew` is `prompt=login`, `gateway` is `prompt=none`. Both
/// together are `renew` alone (CAS Protocol 2.1.1).
pub fn decide(
    state: &State,
    session: Option<&Session>,
    application: &Application,
    asked: Asked,
    progress: Progress,
) -> Step {
    let prompts = Prompts { login: asked.renew, none: asked.gateway && !asked.renew, ..Prompts::default() };
    let request = AuthorizationRequest {
        response_type: ResponseType::Code,
        redirect_text: String::new(),
        scopes: Scopes::default(),
        nonce: None,
        challenge: None,
        prompts,
        max_age: None,
        hint: None,
        login_hint: None,
        ui_locales: None,
        claims: ClaimsAsked::default(),
    };
    match authorize::decide(state, session, application, &request, progress) {
        Ok(Decision::LogIn { again }) => Step::LogIn { again },
        Ok(Decision::Issue | Decision::Ask) => Step::Issue,
        Err(_) => Step::Back,
    }
}

/// A ticket for a service. [`OauthCode::LoginRequired`](crate::domain::oauth::OauthCode::LoginRequired) when the session has
/// ended, or the person was forced out of the application since they gave their password.
pub async fn issue(
    state: &Arc<State>,
    session: &Session,
    to: (&Arc<Application>, String),
    service: &Registered,
    fresh: bool,
    from: From,
) -> Done<String> {
    let ((app, issuer), which) = ((to.0.clone(), to.1), (session.id, session.secret_seq));
    let terms = Terms {
        redirect_uri: service.as_str().to_owned(),
        nonce: fresh.then(|| FRESH.to_owned()),
        has_code: true,
        life_ms: TICKET_MS,
        ..Terms::default()
    };
    let grant = state.write(move |act, state| grant::write(act, state, which, (&app, &issuer), terms, &from)).await?;
    Ok(format!("{PREFIX}{}{}", grant.id, state.key.mark("cas ticket", &[grant.id.as_str()])))
}

fn read(state: &State, ticket: &str) -> Option<GrantId> {
    let (id, mark) = ticket.strip_prefix(PREFIX)?.split_at_checked(24)?;
    let id = GrantId::parse(id).ok()?;
    state.key.recognises("cas ticket", &[id.as_str()], mark).then_some(id)
}

/// Whose ticket it was.
#[derive(Debug)]
pub struct Known {
    /// What the person logs in with: one of the names that are theirs alone.
    pub user: String,
    /// The person's claims, and how they came in.
    pub attributes: Map<String, Value>,
}

impl Known {
    fn of(person: &User, auth_at: Timestamp, fresh: bool) -> Self {
        let mut attributes = token::person_claims(person, &Scopes::parse("profile username email phone"), &[]);
        for (name, value) in [
            ("sub", json!(person.id)),
            ("authenticationDate", json!(auth_at.iso())),
            ("isFromNewLogin", json!(fresh)),
            ("longTermAuthenticationRequestTokenUsed", json!(false)),
        ] {
            attributes.insert(name.to_owned(), value);
        }
        let names = [&person.username, &person.email, &person.phone];
        let user = names.into_iter().flatten().next().cloned().unwrap_or_else(|| person.id.to_string());
        Self { user, attributes }
    }
}

/// Why a ticket tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// It is unknown, of another application, used, too old, or its session is over; or the password was not asked for it.
    Ticket,
    /// It was given for another service.
    Service,
}

/// Uses a ticket up and tells whose it was. `service`: none where it is not registered. One of another application is left
/// alone: nobody uses up what is not theirs.
pub fn validate(
    act: &Act<'_>,
    state: &State,
    application: &Application,
    (ticket, service): (&str, Option<&str>),
    renew: bool,
) -> Done<Result<Known, Invalid>> {
    let Some(id) = read(state, ticket) else { return Ok(Err(Invalid::Ticket)) };
    let found = grants::find(act.conn(), id)?.filter(|grant| grant.application == application.id && !grant.code_used);
    let Some(grant) = found else { return Ok(Err(Invalid::Ticket)) };
    grants::exchanged(act, id, 0, grant.expires_at)?;
    if service != Some(grant.redirect_uri.as_str()) {
        return Ok(Err(Invalid::Service));
    }
    let living = grants::living(act.conn(), id, act.now, state.idle_rule())?;
    let (in_time, fresh) = (act.now.since_ms(grant.created_at) < TICKET_MS, grant.nonce.as_deref() == Some(FRESH));
    let user = match living.and_then(|grant| grant.user).filter(|_| in_time && (fresh || !renew)) {
        Some(user) => users::find(act.conn(), user)?,
        None => None,
    };
    Ok(user.map(|user| Known::of(&user, grant.auth_at, fresh)).ok_or(Invalid::Ticket))
}
