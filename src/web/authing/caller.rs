//! Who calls: a program of an administrator, a person by their token, and the application that a call is about.
//!
//! The token comes in `Authorization`, with `Bearer` or bare, in whatever case (contract G6, G7). Empty, `undefined` and
//! `null` count as absent: SDKs send them (G8). A program may sign its calls instead ([`super::signed`]). The pool header
//! must fit, unless it is absent.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::domain::application::Application;
use crate::domain::id::{ApplicationId, PoolId};
use crate::domain::logout::Origin;
use crate::flow::bearer::{self, Bearer};
use crate::flow::management::{self, Caller};
use crate::flow::state::State;
use crate::web::authing::codes::{Coded, NO_POOL_CREDENTIAL};
use crate::web::authing::signed;
use crate::web::error::Refusal;
use crate::web::place::{self, Place};
use crate::web::visit;

/// What an SDK meant by a value: nothing, when it wrote down that it had none.
pub fn meant(text: &str) -> Option<&str> {
    match text.trim() {
        "" | "undefined" | "null" => None,
        text => Some(text),
    }
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or("?")).and_then(meant)
}

/// The token of the one `Authorization` header. None: there is no header, or nothing in it. Another scheme is refused.
pub fn token(request: &HttpRequest) -> Result<Option<String>, Refusal> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Refusal::Unauthenticated);
    }
    let value = value.to_str().map_err(|_| Refusal::Unauthenticated)?.trim();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(meant(token).map(str::to_owned)),
        Some(_) => Err(Refusal::Unauthenticated),
        None if value.eq_ignore_ascii_case("bearer") => Ok(None),
        None => Ok(meant(value).map(str::to_owned)),
    }
}

/// Whether a call says nothing of what a browser says of every POST and every fetch. Its cookies may then be those of a program
/// that serves many people, and tell nothing of who is meant.
pub fn is_no_browser(request: &HttpRequest) -> bool {
    !request.headers().keys().any(|name| *name == header::ORIGIN || name.as_str().starts_with("sec-fetch-"))
}

/// The calling program, by its token or its signature in `Authorization`, and the pool header.
pub fn admin(state: &State, request: &HttpRequest) -> Result<Caller, Refusal> {
    place::of(state, request)?; // an unknown host is refused for programs too
    if signed::is_signed(request) {
        return signed::caller(state, request);
    }
    let token = token(request)?.ok_or(Refusal::Unauthenticated)?;
    let pool = header(request, "x-authing-userpool-id");
    Ok(management::authorise(state, &token, pool)?)
}

/// Refuses an application's id where a credential of a pool is wanted: its secret lies with whoever runs the application, and
/// gives no rights over the pool's people. Ids of applications are no secret, so saying so tells nothing.
pub fn no_application(state: &State, id: &str) -> Result<(), Refusal> {
    let is_one = ApplicationId::parse(id).is_ok_and(|id| state.directory().application(id).is_some());
    if is_one { Err(Coded::from(&NO_POOL_CREDENTIAL).into()) } else { Ok(()) }
}

/// By whom and from where an administrator's call comes.
pub fn origin(state: &State, request: &HttpRequest, caller: &Caller) -> Origin {
    Origin { actor: caller.actor.clone(), ip: visit::address(state, request), request: visit::request_id(request) }
}

/// The person whose token this is, if it counts at this host and in what the headers name.
pub fn believed(state: &State, request: &HttpRequest, token: &str) -> Result<Option<Bearer>, Refusal> {
    let place = place::of(state, request)?;
    let own = place.own.as_ref().map(|own| own.id);
    let named = header(request, "x-authing-app-id").and_then(|id| ApplicationId::parse(id).ok());
    let pool = header(request, "x-authing-userpool-id");
    let fits = |bearer: &Bearer| {
        named.is_none_or(|id| id == bearer.application) && pool.is_none_or(|pool| pool == bearer.user.pool.as_str())
    };
    Ok(bearer::believe(state, token, own)?.filter(fits))
}

/// The person who calls.
pub fn person(state: &State, request: &HttpRequest) -> Result<Bearer, Refusal> {
    let token = token(request)?;
    token.map(|token| believed(state, request, &token)).transpose()?.flatten().ok_or(Refusal::Unauthenticated)
}

/// The application that a call names: the host decides; on the base host the parameter, else the header. `None`: neither.
/// Two names that differ are refused, and so is a pool that does not fit.
pub fn named_application(
    state: &State,
    place: &Place,
    request: &HttpRequest,
    parameter: Option<&str>,
) -> Result<Option<Arc<Application>>, Refusal> {
    let (parameter, header_says) = (parameter.and_then(meant), header(request, "x-authing-app-id"));
    if place.own.is_none() && parameter.is_some() && header_says.is_some() && parameter != header_says {
        return Err(Refusal::bad("app_id"));
    }
    let named = parameter.or(header_says);
    if place.own.is_none() && named.is_none() {
        return Ok(None);
    }
    let found = place.application(state, named)?.ok_or(Refusal::absent("application"))?;
    let pool = header(request, "x-authing-userpool-id");
    if pool.is_some_and(|pool| pool != found.pool.as_str()) {
        return Err(Refusal::absent("application"));
    }
    Ok(Some(found))
}

/// The same; when none is named the default of the pool that the header names, or of the house.
pub fn application(
    state: &State,
    place: &Place,
    request: &HttpRequest,
    parameter: Option<&str>,
) -> Result<Arc<Application>, Refusal> {
    if let Some(found) = named_application(state, place, request, parameter)? {
        return Ok(found);
    }
    let directory = state.directory();
    let found = match header(request, "x-authing-userpool-id") {
        Some(pool) => PoolId::parse(pool).ok().and_then(|pool| directory.of_pool(pool).find(|a| a.is_default).cloned()),
        None => directory.default_application().cloned(),
    };
    found.ok_or(Refusal::absent("application"))
}
