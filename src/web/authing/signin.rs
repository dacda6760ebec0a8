//! What every log-in by a call shares: the password as it came, the try itself, the session cookie of this host.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use serde_json::Value;

use super::codes::{Coded, MISSING, SUSPENDED, UNDECRYPTABLE, UNDECRYPTABLE_SM2, UNSUPPORTED, WRONG_PASSWORD};
use super::{caller, shape};
use crate::domain::application::Application;
use crate::domain::clock::Timestamp;
use crate::domain::contact::Password;
use crate::domain::user::User;
use crate::flow::error::Done;
use crate::flow::login::Attempt;
use crate::flow::password_key::{self, Kind, NoCiphertext};
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
    /// Encrypted with the key of the house: with RSA, or with SM2 when it says so (`sm2:`, js 4).
    Encrypted,
    /// Encrypted with SM2, whether it says so or not.
    Sm2,
}

impl Travelled {
    /// By the word of version 3, `passwordEncryptType`. Absent: as typed.
    pub fn of(word: Option<&str>) -> Result<Self, Refusal> {
        match word.and_then(caller::meant) {
            None | Some("none") => Ok(Self::Plain),
            Some("rsa") => Ok(Self::Encrypted),
            Some("sm2") => Ok(Self::Sm2),
            Some(_) => Err(Coded::from(&UNSUPPORTED).into()),
        }
    }
}

/// How a password says that it is encrypted with SM2.
const SM2: &str = "sm2:";

/// Opens a password with one of the keys of the house: [`password_key::open`], or [`password_key::open_surely`] for callers who
/// set it.
type Open = fn(&State, Kind, &str) -> Done<Result<String, NoCiphertext>>;

/// The password as it was typed. What is no ciphertext at all is said to be, with the option to set.
pub fn typed(state: &State, sent: &str, travelled: Travelled, open: Open) -> Result<String, Refusal> {
    let bare = sent.strip_prefix(SM2);
    let (kind, sealed, says) = match travelled {
        Travelled::Plain => return Ok(sent.to_owned()),
        Travelled::Encrypted if bare.is_none() => (Kind::Rsa, sent, &UNDECRYPTABLE),
        Travelled::Encrypted | Travelled::Sm2 => (Kind::Sm2, bare.unwrap_or(sent), &UNDECRYPTABLE_SM2),
    };
    open(state, kind, sealed)?.map_err(|_| Refusal::Coded(Coded::from(says)))
}

/// The password of a log-in. One that does not decrypt is nobody's password and fails like any wrong one.
pub fn password(state: &State, sent: &str, travelled: Travelled) -> Result<Password, Refusal> {
    let text = typed(state, sent, travelled, password_key::open)?;
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
        replaces: !caller::is_no_browser(&visit.request),
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
    for line in visit.begins(&welcome.secret).into_iter().chain([cookie::clear(&visit.place, Jar::Visitor)]) {
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
