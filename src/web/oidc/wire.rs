//! What calls of programs have in common: credentials of the application, errors, and which pages may call.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use url::Url;

use crate::domain::application::Application;
use crate::domain::oauth::{OauthCode, OauthError};
use crate::flow::client::{self, Credentials, Proof};
use crate::flow::state::State;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::place::{self, Place};
use crate::web::visit;

/// Kind of a client assertion (RFC 7523 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A call of a program.
pub struct Call {
    /// The house.
    pub state: Arc<State>,
    /// Host it came to.
    pub place: Place,
    /// What it says.
    pub form: Form,
    credentials: Option<Credentials>,
    url: String,
}

fn invalid(description: &'static str) -> Refusal {
    OauthError::new(OauthCode::InvalidRequest, description).into()
}

/// A parameter's value; without one it counts as left out (RFC 6749 3.1). Sent twice it is refused.
pub fn given<'a>(form: &'a Form, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    Ok(form.one(name)?.filter(|value| !value.is_empty()))
}

impl Call {
    /// Reads a form post.
    pub async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Refusal> {
        let state = visit::state(request)?;
        let place = place::of(&state, request)?;
        let form = Form::read(request, payload).await?;
        if form.has_doubles("resource") {
            return Err(invalid("a parameter came twice")); // RFC 6749 3.2; `resource` may (RFC 8707 section 2)
        }
        let credentials = credentials(request, &form)?;
        let url = format!("{}{}", place.origin, request.path());
        Ok(Self { state, place, form, credentials, url })
    }

    /// A call whose parameters stand in its address: credentials count in the `Authorization` header only, so that none lies
    /// in a log.
    pub fn of_header(request: &HttpRequest) -> Result<Self, Refusal> {
        let state = visit::state(request)?;
        let place = place::of(&state, request)?;
        let credentials = basic(request)?.map(|(id, secret)| Credentials { id, proof: Proof::Basic(secret) });
        let url = format!("{}{}", place.origin, request.path());
        Ok(Self { state, place, form: Form::query(request)?, credentials, url })
    }

    /// The application that calls. On an application's own host it is that one or none.
    pub async fn application(&self) -> Result<Arc<Application>, Refusal> {
        let Some(credentials) = self.credentials.clone() else { return Err(client::refused().into()) };
        let issuer = self.place.issuer();
        let audiences = vec![format!("{issuer}/token"), self.url.clone(), issuer];
        let application = client::authenticate(&self.state, credentials, audiences).await?;
        if self.place.serves(&application) { Ok(application) } else { Err(client::refused().into()) }
    }

    /// A parameter's value.
    pub fn given(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        given(&self.form, name)
    }

    /// A parameter that must be there.
    pub fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.given(name)?.ok_or(Refusal::Bad(name))
    }
}

/// Credentials in the header or in the form, in one way only (RFC 6749 2.3). An `Authorization` header of another scheme is
/// not about the application: one SDK sends its user's token there (contract 3.5). Another names its application in a header
/// of Authing's only.
fn credentials(request: &HttpRequest, form: &Form) -> Result<Option<Credentials>, Refusal> {
    let basic = basic(request)?;
    let named = given(form, "client_id")?.map(str::to_owned);
    let secret = given(form, "client_secret")?.map(str::to_owned);
    let assertion = match (given(form, "client_assertion")?, given(form, "client_assertion_type")?) {
        (Some(text), Some(ASSERTION_TYPE)) => Some(text.to_owned()),
        (None, None) => None,
        (Some(_), _) | (None, Some(_)) => return Err(invalid("there is no such client assertion")),
    };
    if usize::from(basic.is_some()) + usize::from(secret.is_some()) + usize::from(assertion.is_some()) > 1 {
        return Err(invalid("the application proves itself in one way only"));
    }
    if let Some((id, secret)) = basic {
        if named.is_some_and(|named| named != id) {
            return Err(invalid("two applications are named"));
        }
        return Ok(Some(Credentials { id, proof: Proof::Basic(secret) }));
    }
    let header = || request.headers().get("x-authing-app-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let asserted = || assertion.as_deref().and_then(client::named_by);
    let Some(id) = named.or_else(asserted).or_else(header) else { return Ok(None) };
    let proof = match (secret, assertion) {
        (Some(secret), _) => Proof::Post(secret),
        (None, Some(assertion)) => Proof::Assertion(assertion),
        (None, None) => Proof::Nothing,
    };
    Ok(Some(Credentials { id, proof }))
}

/// The same for a call whose body is no form: HTTP Basic, what the body holds (id and secret), or the header alone.
pub fn credentials_of(
    request: &HttpRequest,
    body: (Option<String>, Option<String>),
) -> Result<Option<Credentials>, Refusal> {
    let (named, secret) = body;
    if let Some((id, by_basic)) = basic(request)? {
        if secret.is_some() || named.is_some_and(|named| named != id) {
            return Err(invalid("the application proves itself in one way only"));
        }
        return Ok(Some(Credentials { id, proof: Proof::Basic(by_basic) }));
    }
    let header = || request.headers().get("x-authing-app-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let proof = secret.map_or(Proof::Nothing, Proof::Post);
    Ok(named.or_else(header).map(|id| Credentials { id, proof }))
}

/// Id and secret of HTTP Basic, each form-encoded before it was joined (RFC 6749 2.3.1).
fn basic(request: &HttpRequest) -> Result<Option<(String, String)>, Refusal> {
    let Some((scheme, rest)) = authorization(request)?.and_then(|value| value.split_once(' ')) else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let (id, secret) = client::split_basic(rest.trim()).ok_or_else(client::refused)?;
    // What was encoded holds no `&`; behind one the rest would not be compared.
    if id.contains('&') || secret.contains('&') {
        return Err(client::refused().into());
    }
    let decoded = |part: &str| Form::parse(format!("v={part}").as_bytes())?.text("v").map(str::to_owned);
    Ok(Some((decoded(&id)?, decoded(&secret)?)))
}

/// A token of the `Authorization` header (RFC 6750 2.1).
pub fn bearer(request: &HttpRequest) -> Result<Option<&str>, Refusal> {
    let value = authorization(request)?.and_then(|value| value.split_once(' '));
    Ok(value.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim()))
}

/// The one `Authorization` header.
pub fn authorization(request: &HttpRequest) -> Result<Option<&str>, Refusal> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let value = headers.next().and_then(|value| value.to_str().ok());
    if headers.next().is_some() { Err(invalid("the Authorization header came twice")) } else { Ok(value) }
}

/// A refusal in the words of OAuth.
pub fn dressed(refusal: &Refusal, id: &str) -> HttpResponse {
    let code = match refusal {
        Refusal::Oauth(error) => error.code,
        Refusal::Unauthenticated => OauthCode::InvalidToken,
        Refusal::Forbidden(_) | Refusal::OldForm => OauthCode::AccessDenied,
        Refusal::Throttled(_) | Refusal::Unavailable => OauthCode::TemporarilyUnavailable,
        Refusal::Broken => OauthCode::ServerError,
        Refusal::Bad(_)
        | Refusal::Absent(_)
        | Refusal::Method(_)
        | Refusal::Invalid(_)
        | Refusal::Coded(_)
        | Refusal::Gone(_)
        | Refusal::Stale
        | Refusal::TooLarge
        | Refusal::MediaType(_)
        | Refusal::Misdirected
        | Refusal::TooSlow => OauthCode::InvalidRequest,
    };
    // RFC 6749 5.2 knows 400 and 401 only.
    let malformed = matches!(refusal, Refusal::MediaType(_) | Refusal::Invalid(_));
    let status = if malformed { StatusCode::BAD_REQUEST } else { refusal.status() };
    let mut answer = HttpResponse::build(status);
    if let Some(scheme) = challenge(refusal) {
        answer.insert_header((header::WWW_AUTHENTICATE, scheme));
    }
    answer.json(json!({ "error": code.as_str(), "error_description": refusal.sentence(), "request_id": id }))
}

/// How to prove oneself (RFC 6749 5.2, RFC 6750 section 3). Whoever showed no token is not told that it was wrong.
pub fn challenge(refusal: &Refusal) -> Option<&'static str> {
    if matches!(refusal, Refusal::Unauthenticated) {
        return Some("Bearer realm=\"exeunt\"");
    }
    let Refusal::Oauth(error) = refusal else { return None };
    if error.code == OauthCode::InvalidClient {
        Some("Basic realm=\"exeunt\"")
    } else if error.code == OauthCode::InvalidToken {
        Some("Bearer realm=\"exeunt\", error=\"invalid_token\"")
    } else {
        None
    }
}

/// Lets pages of registered applications call: those whose origin is that of a log-in callback, and no others
/// (security.md H4). What is public anyway may be read by any page, without its cookies.
pub fn allow_pages(request: &HttpRequest, headers: &mut HeaderMap) {
    // Said also to whoever sends no origin: caches keep what is public, for whoever asks next.
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let public = request.path().contains("/.well-known/") || request.path().starts_with("/svg-string/");
    let origin = request.headers().get(header::ORIGIN).and_then(|v| v.to_str().ok());
    let allowed = if public { Some("*") } else { origin.filter(|origin| is_registered(request, origin)) };
    let Some(Ok(value)) = allowed.map(HeaderValue::from_str) else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
    // Any page may read what it was given.
    headers.insert(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    if !public {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    if request.method() == Method::OPTIONS {
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// Headers that SDKs in browsers send (authing-contract.md G10).
const ALLOWED_HEADERS: &str = "authorization, content-type, x-authing-app-id, x-authing-userpool-id, x-authing-app-tenant-id, \
    x-authing-request-from, x-authing-sdk-version, x-authing-lang, x-authing-device-id";

/// Whether an origin is that of a log-in callback of an application here.
fn is_registered(request: &HttpRequest, origin: &str) -> bool {
    let Ok(state) = visit::state(request) else { return false };
    place::of(&state, request).is_ok_and(|place| !applications_of(&state, &place, origin).is_empty())
}

/// The applications of this place whose pages lie at an origin: that of one of their log-in callbacks.
pub fn applications_of(state: &State, place: &Place, origin: &str) -> Vec<Arc<Application>> {
    let Ok(asking) = Url::parse(origin) else { return Vec::new() };
    let directory = state.directory();
    let here = directory.applications().filter(|application| place.serves(application));
    here.filter(|application| application.login.has_origin(&asking)).cloned().collect()
}

/// Answers a page's question whether it may call.
pub async fn preflight() -> Answer {
    Ok(HttpResponse::NoContent().finish())
}
