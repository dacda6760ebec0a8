//! What protects acts in a browser: CSRF values, and what the browser says about where a request comes from.

use actix_web::HttpRequest;
use actix_web::http::header;
use url::Url;

use super::cookie::{self, Jar};
use super::error::Refusal;
use super::oidc::wire;
use super::visit::Visit;
use crate::domain::application::Application;
use crate::domain::id::PoolId;
use crate::flow::login::fresh_state;

/// The hidden value of this visit's forms, and the cookie that must be set for it when the visitor had none. It is bound
/// to the session secret, or before log-in to a secret of the browser (security.md S19, H6).
pub fn csrf(visit: &Visit) -> (String, Option<String>) {
    if let Some(secret) = visit.secret.as_ref().filter(|_| visit.session.is_some()) {
        return (visit.state.key.mark("csrf", &[secret]), None);
    }
    match cookie::read(&visit.request, &visit.place, Jar::Visitor) {
        Some(visitor) => (visit.state.key.mark("csrf", &[&visitor]), None),
        None => {
            let visitor = fresh_state();
            let mark = visit.state.key.mark("csrf", &[visitor.reveal()]);
            (mark, Some(cookie::set(&visit.place, Jar::Visitor, visitor.reveal(), None)))
        }
    }
}

/// Refuses a post that another site sent. It comes without the session cookie (`SameSite=Lax`), so it looks like one
/// from a browser that is logged out; a log-out must not believe that, nor clear the cookie (security.md S13).
pub fn own_site(visit: &Visit) -> Result<(), Refusal> {
    if from_elsewhere(&visit.request, &visit.place.origin) {
        return Err(Refusal::Forbidden("the request came from another site"));
    }
    Ok(())
}

/// Judges a form post of ours: the hidden value, and that no other site sent it.
pub fn own_form(visit: &Visit, sent: &str) -> Result<(), Refusal> {
    own_site(visit)?;
    let session = visit.secret.as_ref().filter(|_| visit.session.is_some());
    let visitor = cookie::read(&visit.request, &visit.place, Jar::Visitor);
    let fits = |bound: Option<&String>| bound.is_some_and(|b| visit.state.key.recognises("csrf", &[b], sent));
    if fits(session) || (session.is_none() && fits(visitor.as_ref())) { Ok(()) } else { Err(Refusal::OldForm) }
}

/// Whether the browser says that another site sent this. `Origin: null` alone says nothing: a referrer policy can cause
/// it on a site's own forms, and then the hidden value decides.
fn from_elsewhere(request: &HttpRequest, own: &str) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => false,
        Some(_) => true,
        None => text(header::ORIGIN.as_str()).is_some_and(|origin| origin != "null" && origin != own),
    }
}

/// How a browser came to a GET that acts (security.md O1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Navigation {
    /// A page load that the person asked for from here, or typed; or a client that says nothing about it.
    Vouched,
    /// A page load that another site started.
    FromElsewhere,
    /// No page load: an image, a frame, a fetch, a prefetch.
    None,
}

/// Whether a browser asks only to have it ready.
pub fn is_prefetch(request: &HttpRequest) -> bool {
    let text = |name: &str| request.headers().get(name).map(|v| v.to_str().unwrap_or("?"));
    ["sec-purpose", "purpose", "x-moz", "x-purpose"].iter().any(|name| {
        text(name).is_some_and(|v| v.contains("prefetch") || v.contains("prerender") || v.contains("preview"))
    })
}

/// Reads it from the Fetch Metadata headers.
pub fn navigation(request: &HttpRequest) -> Navigation {
    let text = |name: &str| request.headers().get(name).map(|v| v.to_str().unwrap_or("?"));
    if is_prefetch(request) || text("sec-fetch-dest").is_some_and(|dest| dest != "document") {
        return Navigation::None;
    }
    if text("sec-fetch-mode").is_some_and(|mode| mode != "navigate") {
        return Navigation::None;
    }
    match text("sec-fetch-site") {
        None | Some("same-origin" | "same-site" | "none") => Navigation::Vouched,
        Some(_) => Navigation::FromElsewhere,
    }
}

/// The pools whose applications a calling page belongs to; none: no page of another origin calls. One pool never acts for
/// another (promise 4).
pub fn pools_of_the_page(visit: &Visit) -> Option<Vec<PoolId>> {
    let origin = visit.request.headers().get(header::ORIGIN)?.to_str().unwrap_or("?");
    if origin == visit.place.origin {
        return None;
    }
    Some(wire::applications_of(&visit.state, &visit.place, origin).iter().map(|application| application.pool).collect())
}

/// Refuses what the script of a page asks for that is neither of this site nor of the application (of any here, when none is
/// named). A program that is no browser says nothing about pages.
pub fn of_a_known_page(visit: &Visit, application: Option<&Application>) -> Result<(), Refusal> {
    let text = |name: &str| visit.request.headers().get(name).map(|v| v.to_str().unwrap_or("?"));
    let known = |origin: &str| {
        let registered = match (application, Url::parse(origin)) {
            (Some(application), Ok(origin)) => application.login.has_origin(&origin),
            (None, Ok(_)) => !wire::applications_of(&visit.state, &visit.place, origin).is_empty(),
            (_, Err(_)) => false,
        };
        origin == visit.place.origin || registered
    };
    let fits = match text(header::ORIGIN.as_str()) {
        Some(origin) => known(origin),
        None => !matches!(text("sec-fetch-site"), Some("cross-site" | "same-site")),
    };
    if fits { Ok(()) } else { Err(Refusal::Forbidden("the page is of no registered application")) }
}

/// The same for a GET that acts: it must be a call of a script, or of no browser at all.
pub fn called_by_a_page(visit: &Visit, application: Option<&Application>) -> Result<(), Refusal> {
    let dest = visit.request.headers().get("sec-fetch-dest");
    if is_prefetch(&visit.request) || dest.is_some_and(|dest| dest != "empty") {
        return Err(Refusal::Forbidden("this acts only as a call"));
    }
    of_a_known_page(visit, application)
}
