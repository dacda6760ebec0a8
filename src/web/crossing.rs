//! Single sign-on between hosts: a redirect through the base host with a one-time code.
//!
//! The host that wants the session sets a cookie with a random state and sends the browser to the host that may hold it
//! (`give`); that host makes a code for the one host and the one state and sends the browser back (`take`). A code works
//! once, for 30 seconds, on its host, in the browser that asked: a code in somebody else's hands is nothing, and nobody
//! can be made to wear another's session.

use actix_web::HttpRequest;
use actix_web::http::header;

use super::body::Form;
use super::cookie::{self, Jar};
use super::error::{Answer, Refusal};
use super::protect::{self, Navigation};
use super::visit::Visit;
use super::{reply, view};
use crate::domain::contact::ZoneName;
use crate::domain::redirect::LocalPath;
use crate::domain::secret::Secret;
use crate::domain::session::Session;
use crate::flow::error::FlowError;
use crate::flow::login::{self, Taken, fresh_state};

/// Life of the asking cookie in seconds.
const ASKING: i64 = 60;

fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Sends the browser from this host to the base host, to come back with a session if there is one.
pub fn begin(visit: &Visit, next: &str) -> Answer {
    let base = visit.place.base.clone();
    Ok(ask(visit, &base, next))
}

fn ask(visit: &Visit, whom: &str, next: &str) -> actix_web::HttpResponse {
    // Tabs that ask at once share the value: a second one would take the first one's away. Each code works once all the same.
    let state = cookie::read(&visit.request, &visit.place, Jar::Crossing).map_or_else(fresh_state, Secret::new);
    let back = query(&[("to", visit.place.host.as_str()), ("state", state.reveal()), ("next", next)]);
    let cookie = cookie::set(&visit.place, Jar::Crossing, state.reveal(), Some(ASKING));
    reply::see_other(&format!("{whom}/crossing/give?{back}"), [cookie])
}

/// What decides by itself what comes next without a session, and knows that it has been here.
fn decides_by_itself(next: &str) -> bool {
    ["/oidc/auth?", "/oauth/auth?", "/cas-idp/"].iter().any(|begin| next.starts_with(begin))
}

/// Where somebody goes who comes back without a session.
fn without_session(next: &str) -> String {
    if decides_by_itself(next) {
        return next.to_owned();
    }
    view::address("/login", &[("crossed", "1".to_owned()), ("next", next.to_owned())])
}

/// After a log-in on an application's own host: the way on, through the base host.
pub fn tell_base(visit: &Visit, next: &str) -> String {
    let back = query(&[("from", visit.place.host.as_str()), ("next", next)]);
    format!("{}/crossing/ask?{back}", visit.place.base)
}

/// A host named in a query, if this house serves it: its origin.
fn origin_of(visit: &Visit, host: &str) -> Result<String, Refusal> {
    let scheme = if visit.place.is_https() { "https" } else { "http" };
    let base_host = visit.place.base.split_once("://").map_or("", |(_, h)| h);
    let label = host.strip_suffix(base_host).and_then(|l| l.strip_suffix('.'));
    let known = match label {
        Some(label) => visit.state.directory().by_identifier(label).is_some(),
        None => host == base_host,
    };
    if known { Ok(format!("{scheme}://{host}")) } else { Err(Refusal::bad("host")) }
}

fn path(origin: &str, wanted: &str) -> String {
    let own = url::Url::parse(origin).ok();
    own.and_then(|own| LocalPath::parse(wanted, &own).ok()).map_or_else(|| "/u".to_owned(), |p| p.as_str().to_owned())
}

/// `GET /crossing/ask?from=&next=` on the base host: asks an application's host for the session it has just begun.
pub async fn asking(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    page_load(&request)?;
    let form = Form::query(&request)?;
    let from = origin_of(&visit, form.text("from")?)?;
    let next = path(&from, form.text("next")?);
    if !visit.place.is_base() {
        return Err(Refusal::absent("page"));
    }
    // The code leads back here; where the person was going on the other host is carried as a path of that host.
    let onward = format!("/crossing/onward?{}", query(&[("host", form.text("from")?), ("next", &next)]));
    Ok(ask(&visit, &from, &onward))
}

/// `GET /crossing/onward?host=&next=` on the base host: back to where the person was going.
pub async fn onward(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    let form = Form::query(&request)?;
    let origin = origin_of(&visit, form.text("host")?)?;
    Ok(reply::see_other(&format!("{origin}{}", path(&origin, form.text("next")?)), None))
}

/// `GET /crossing/give?to=&state=&next=`: makes a code for the asking host, or sends the browser back without one.
pub async fn give(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    page_load(&request)?;
    let form = Form::query(&request)?;
    let (to, state) = (form.text("to")?.to_owned(), form.text("state")?.to_owned());
    let origin = origin_of(&visit, &to)?;
    let next = path(&origin, form.text("next")?);
    let Some(session) = visit.here().cloned() else {
        return Ok(reply::see_other(&format!("{origin}{}", without_session(&next)), None));
    };
    let code = visit.state.write(move |act, _| login::hand_over(act, &session, &to, &state, &next)).await?;
    let zone = visit.zone_cookie();
    let zone = zone.as_ref().map(|zone| ("zone", zone.as_str()));
    let pairs: Vec<_> = [("code", code.reveal())].into_iter().chain(zone).collect();
    let back = query(&pairs);
    Ok(reply::see_other(&format!("{origin}/crossing/take?{back}"), None))
}

/// `GET /crossing/take?code=`: the asking host takes the session.
pub async fn take(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    page_load(&request)?;
    let form = Form::query(&request)?;
    let code = form.text("code")?.to_owned();
    // The browser's zone, so that the first page here tells times in it; a script writes it only then.
    let zone = ZoneName::parse(form.text("zone")?).filter(|_| visit.zone_cookie().is_none());
    let zone = zone.map(|zone| cookie::preference(&visit.place, "tz", zone.as_str()));
    let state = cookie::read(&request, &visit.place, Jar::Crossing).unwrap_or_default();
    let (host, application) =
        (visit.place.host.clone(), visit.place.own.as_ref().map(|a| (a.id, visit.place.issuer())));
    let (held, from) = (visit.secret.clone(), visit.from());
    let taken = visit
        .state
        .write(move |act, house| {
            let whither = application.as_ref().map(|(id, issuer)| (*id, issuer.as_str()));
            login::take_over(act, house, (&code, &state), (&host, whither), held.as_deref(), &from)
        })
        .await;
    match taken {
        Ok(Taken::Here(arrived)) => {
            let cookies = arrived.secret.map(|secret| visit.begins(&secret)).unwrap_or_default();
            let onward = if arrived.ask_password { without_session(&arrived.next) } else { arrived.next };
            Ok(reply::see_other(&onward, cookies.into_iter().chain(zone)))
        }
        Ok(Taken::Nowhere(next)) => Ok(reply::see_other(&without_session(next.as_deref().unwrap_or_default()), None)),
        Err(FlowError::Unauthenticated) => Ok(reply::see_other(&without_session(""), None)),
        Err(other) => Err(other.into()),
    }
}

/// These GETs act, so only a page load may ask for them; an image or a prefetch may not.
fn page_load(request: &HttpRequest) -> Result<(), Refusal> {
    if request.method() != actix_web::http::Method::GET {
        return Err(Refusal::Method("GET"));
    }
    match protect::navigation(request) {
        Navigation::Vouched | Navigation::FromElsewhere => Ok(()),
        Navigation::None => Err(Refusal::Forbidden("only as a page load")),
    }
}

/// Where a page that needs a session sends the browser: to the log-in page, or through the base host first.
pub fn to_log_in(visit: &Visit) -> Answer {
    let is_get = visit.request.method() == actix_web::http::Method::GET;
    let next = if is_get { visit.path().to_owned() } else { "/u".to_owned() };
    // Also when the person has entered anew since a kick, on another host, and the secret here is from before it.
    let outdated = |session: &Session| visit.place.own.as_ref().is_some_and(|own| session.is_outdated_in(own.id));
    if !visit.place.is_base() && visit.session.as_ref().is_none_or(|session| outdated(session)) {
        return begin(visit, &next);
    }
    let mut answer = reply::see_other(&format!("/login?{}", query(&[("next", &next)])), None);
    if visit.secret.is_some() && visit.session.is_none() {
        let mark = cookie::browser_state(&visit.request).map(|_| cookie::set_browser_state(&visit.place, ""));
        for clear in std::iter::once(cookie::clear(&visit.place, Jar::Session)).chain(mark) {
            if let Ok(value) = header::HeaderValue::from_str(&clear) {
                answer.headers_mut().append(header::SET_COOKIE, value);
            }
        }
    }
    Ok(answer)
}
