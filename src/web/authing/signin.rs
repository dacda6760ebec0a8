//! What every log-in by a call shares: the password as it came, the try itself, the session cookie of this host.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use serde_json::Value;

use super::codes::{Coded, MISSING, SUSPENDED, UNDECRYPTABLE, UNSUPPORTED, WRONG_PASSWORD};
use super::{caller, shape};
use crate::domain::application::Application;
use crate::domain::clock::Timestamp;
use crate::domain::contact::Password;
use crate::domain::user::User;
use crate::flow::login::Attempt;
use crate::flow::password_key;
use crate::flow::signin::{self, Given, Outcome, SignedIn, Wanted};
use crate::flow::state::State;
use crate::flow::token::LoginToken;
use crate::web::cookie::{self, Jar};
use crate::web::error::Refusal;
use crate::web::visit::Visit;

/// How a password came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Travelled {
    /// As typed.
    Plain,
    /// Encrypted with the key of the house.
    Encrypted,
}

impl Travelled {
    /// Reads `passwordEncryptType`.
    pub fn of(word: Option<&str>) -> Result<Self, Refusal> {
        match word.and_then(caller::meant) {
            None | Some("none") => Ok(Self::Plain),
            Some("rsa") => Ok(Self::Encrypted),
            Some(_) => Err(Coded::from(&UNSUPPORTED).into()),
        }
    }
}

/// The password that was sent. One that does not decrypt is nobody's password and fails like any wrong one; what is no
/// ciphertext at all is said to be, with the option to set.
pub fn password(state: &State, sent: &str, travelled: Travelled) -> Result<Password, Refusal> {
    let text = match travelled {
        Travelled::Plain => sent.to_owned(),
        Travelled::Encrypted => {
            password_key::open(state, sent)?.map_err(|_| Refusal::Coded(Coded::from(&UNDECRYPTABLE)))?
        }
    };
    Password::parse(&text).map_err(|_| Refusal::Coded(Coded::from(&WRONG_PASSWORD)))
}

/// Logs in; every way of not being let in is a refusal.
pub async fn enter(
    visit: &Visit,
    application: &Arc<Application>,
    account: &str,
    password: Password,
    wanted: Wanted,
) -> Result<Box<SignedIn>, Refusal> {
    if account.trim().is_empty() {
        return Err(Coded::from(&MISSING).into());
    }
    let attempt = Attempt {
        pool: application.pool,
        application: Some(application.id),
        host: visit.place.host.clone(),
        issuer: visit.place.issuer(),
        account: account.to_owned(),
        password,
        held: visit.secret.clone(),
        from: visit.from(),
    };
    match signin::sign_in(&visit.state, application, attempt, wanted).await? {
        Outcome::SignedIn(welcome) => Ok(welcome),
        Outcome::Wrong { left } => {
            Err(Refusal::Coded(Coded { said: &WRONG_PASSWORD, left: (left < 5).then_some(left) }))
        }
        Outcome::Disabled => Err(Coded::from(&SUSPENDED).into()),
    }
}

/// A v2 user with the log-in token, as every v2 log-in answers.
pub fn v2_user(welcome: &SignedIn) -> Value {
    match &welcome.given {
        Given::LoginToken(token) => with_token(&welcome.user, token),
        Given::Tokens(_) => shape::v2_user(&welcome.user),
    }
}

/// A v2 user with this log-in token.
pub fn with_token(user: &User, token: &LoginToken) -> Value {
    let mut user = shape::v2_user(user);
    user["token"] = token.token.as_str().into();
    user["tokenExpiredAt"] = shape::moment(Timestamp(token.exp * 1_000)).into();
    user
}

/// Gives the browser its session on this host.
pub fn with_cookie(visit: &Visit, welcome: &SignedIn, mut answer: HttpResponse) -> HttpResponse {
    let age = i64::from(visit.state.config.session_absolute_seconds);
    for line in [
        cookie::set(&visit.place, Jar::Session, welcome.secret.reveal(), Some(age)),
        cookie::clear(&visit.place, Jar::Visitor),
    ] {
        if let Ok(value) = HeaderValue::from_str(&line) {
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    answer
}

/// The visit behind a call. A page of another site may not log anybody in: it would plant a session of its own choosing.
pub fn visit(request: &HttpRequest) -> Result<Visit, Refusal> {
    let visit = Visit::of(request)?;
    crate::web::protect::of_a_known_page(&visit, None)?;
    Ok(visit)
}
