//! Way 2: `GET /login/profile/logout?redirect_uri=…[&app_id=…]`, its confirmation, and the farewell page.
//!
//! 1. A request that is no page load (image, frame, fetch, prefetch, HEAD) ends nothing (security.md O1).
//! 2. The redirect is judged first, by the log-out list of the application (decisions.md section 5).
//! 3. The browser must vouch for it: the person typed it or came from here, or the address is registered. Otherwise one
//!    page asks, with one button.
//! 4. The session ends in one committed transaction. If that fails: 503, and never a page that says "logged out".
//! 5. Only then the answer: on to the registered address, or the farewell page. A refused address is shown as text. The
//!    cookie is cleared, always. Without a session the answer is the same.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::body::Form;
use super::cookie::{self, Jar};
use super::error::{Answer, Refusal};
use super::protect::{self, Navigation};
use super::reply;
use super::visit::Visit;
use crate::domain::clock::Timestamp;
use crate::domain::device::Device;
use crate::domain::logout::{Actor, Cause, Receipt};
use crate::domain::redirect::{Choice, Next, RedirectList, choose};
use crate::flow::{account, logout, receipt};
use crate::page;
use crate::page::Count;
use crate::page::logout::{ConfirmView, Refused, SignedOutView, Told, ToldState};

/// `GET /login/profile/logout`.
pub async fn front_end(request: HttpRequest) -> Answer {
    let navigation = protect::navigation(&request);
    if navigation == Navigation::None {
        return Err(Refusal::Forbidden("a log-out link acts only as a page load"));
    }
    let visit = Visit::of(&request)?;
    let choice = judge(&visit, request.query_string());
    let registered = matches!(choice, Choice::Allowed(Next::Registered(_)));
    let asks = asked_to_ask(request.query_string()) || (navigation == Navigation::FromElsewhere && !registered);
    if asks && visit.session.is_some() {
        return confirm(&visit);
    }
    if asks && !visit.rivals.is_empty() {
        return Err(Refusal::bad("cookie"));
    }
    leave(&visit, choice, request.query_string()).await
}

/// `POST /login/profile/logout`: the button of the confirmation. What was asked for comes as one hidden field, the query
/// of the GET, and is judged again.
pub async fn confirmed(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = Visit::of(&request)?;
    protect::own_site(&visit)?;
    let form = Form::read(&request, &mut payload).await?;
    if visit.session.is_some() {
        protect::own_form(&visit, form.text("csrf")?)?;
    }
    let asked = form.text("redirect_uri")?.to_owned();
    let choice = judge(&visit, &asked);
    leave(&visit, choice, &asked).await
}

/// Whether the query says to ask in any case: the confirmation's own switches come back here with it.
fn asked_to_ask(query: &str) -> bool {
    query.split('&').any(|pair| pair == "ask=1")
}

/// The list that decides: of the host's own application, or on the base host of the one that is named, else the default.
/// An unknown or doubled name allows nothing.
fn judge(visit: &Visit, query: &str) -> Choice {
    let Some(own) = visit.place.url() else { return Choice::Absent };
    let named = Form::parse(query.as_bytes()).and_then(|form| Ok(form.one("app_id")?.map(str::to_owned)));
    let application = match named {
        Ok(named) => visit.place.application(&visit.state, named.as_deref().filter(|n| !n.is_empty())).unwrap_or(None),
        Err(_) => None,
    };
    match application {
        Some(application) => choose(&application.logout, query, &own),
        None => choose(&RedirectList::new(Vec::new()), query, &own),
    }
}

fn confirm(visit: &Visit) -> Answer {
    let Some(session) = &visit.session else { return Err(Refusal::Unauthenticated) };
    let account = account::read(&visit.state, session)?;
    let directory = visit.state.directory();
    let here = account.sessions.iter().find(|row| row.id == session.id);
    let leaving: Vec<(String, Timestamp)> = here
        .map(|row| row.applications.as_slice())
        .unwrap_or_default()
        .iter()
        .filter_map(|(id, since)| Some((directory.application(*id)?.name.clone(), *since)))
        .collect();
    let asked = visit.request.query_string();
    let others = u32::try_from(account.sessions.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let (csrf, cookie) = protect::csrf(visit);
    let view = ConfirmView {
        action: "/login/profile/logout",
        redirect_uri: asked,
        app_id: "",
        leaving: &leaving,
        other_devices: Count::from(others),
        cancel: "/u",
    };
    let path =
        if asked_to_ask(asked) { visit.path().to_owned() } else { format!("/login/profile/logout?ask=1&{asked}") };
    let html = visit.frame(&csrf, None, Some(&path), |frame| page::logout::confirm(frame, &view)).into_string();
    Ok(reply::leaving_page(StatusCode::OK, html, cookie))
}

async fn leave(visit: &Visit, choice: Choice, asked: &str) -> Answer {
    let ended = end(visit, Cause::FrontEnd).await?;
    let farewell = match &choice {
        Choice::Allowed(next) => reply::go(next, None),
        Choice::Absent => reply::see_other(&farewell_link(visit, ended.as_ref(), Cause::FrontEnd), None),
        Choice::Refused(refusal, shown) => {
            tracing::info!(rule = refusal.code(), "a log-out address was refused");
            let rule = super::view::rule(refusal.code()).sentence(visit.lang());
            let closest = refusal.closest.as_ref().filter(|_| visit.state.config.dev);
            let refused =
                Refused { address: shown, rule, developer: closest.map(|c| (c.entry.as_str(), c.differs_at)) };
            let reading = match &ended {
                Some(receipt) => receipt::of(&visit.state, receipt)?,
                None => None,
            };
            // Whoever was in is out, and whoever was not is out too: the page says the same.
            let path = format!("/login/profile/logout?{asked}");
            farewell_page(visit, Some(Cause::FrontEnd), reading.as_ref(), Some((refused, &path)))
        }
    };
    Ok(gone(visit, farewell, ended.is_some()))
}

/// Ends the session of this visit, whole, and any other that the browser holds here. The receipt of the first, or nothing
/// when there was no session.
pub async fn end(visit: &Visit, cause: Cause) -> Result<Option<Receipt>, Refusal> {
    let held: Vec<_> = visit.session.iter().chain(&visit.rivals).cloned().collect();
    if held.is_empty() {
        return Ok(None);
    }
    let from = visit.origin(Actor::House);
    Ok(visit.state.write(move |act, state| logout::leave(act, state, &held, cause, &from)).await?)
}

/// Dresses the answer of a log-out: the cookie goes, always; when a session really ended the browser also forgets what it
/// kept of this site.
pub fn gone(visit: &Visit, mut answer: HttpResponse, ended: bool) -> HttpResponse {
    let headers = answer.headers_mut();
    for jar in [Jar::Session, Jar::Visitor] {
        if let Ok(value) = HeaderValue::from_str(&cookie::clear(&visit.place, jar)) {
            headers.append(actix_web::http::header::SET_COOKIE, value);
        }
    }
    if ended {
        let all = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
        headers.insert(HeaderName::from_static("clear-site-data"), all);
    }
    answer
}

/// The farewell page's own link: with the receipt for a few minutes, when there is one.
pub fn farewell_link(visit: &Visit, ended: Option<&Receipt>, cause: Cause) -> String {
    let lang = visit.lang().tag();
    let lang = lang.split('-').next().unwrap_or("en");
    match ended {
        Some(receipt) => {
            let mark = receipt::farewell_mark(&visit.state, receipt.id, receipt.at);
            format!("/signed-out?reason={}&r={mark}&lang={lang}", cause.as_str())
        }
        None => format!("/signed-out?lang={lang}"),
    }
}

/// `GET /signed-out?reason=&r=`: how and when it ended, as long as the link is fresh. It ends nothing.
pub async fn signed_out(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    let query = Form::query(&request)?;
    let reason = query.one("reason")?.and_then(Cause::parse);
    let reading = match query.one("r")? {
        Some(mark) => receipt::farewell(&visit.state, mark)?,
        None => None,
    };
    Ok(farewell_page(&visit, reason, reading.as_ref(), None))
}

/// A receipt of several people says nothing here of any of them.
fn of_one_person(reading: Option<&receipt::Reading>) -> Option<&receipt::Reading> {
    reading.filter(|r| r.people_count == 1 && r.person.is_some())
}

/// What is true at this moment: of several sessions, the one that stands worst.
fn told(application: &receipt::Concerned) -> Told {
    let tally = &application.tally;
    let state = if tally.gave_up > 0 {
        ToldState::Failed
    } else if tally.waiting > 0 {
        ToldState::Waiting
    } else if tally.acked > 0 {
        ToldState::Acked { ms: u32::try_from(tally.acked_ms).unwrap_or(u32::MAX) }
    } else {
        ToldState::NotTold
    };
    Told { name: application.name.clone(), state }
}

fn farewell_page(
    visit: &Visit,
    reason: Option<Cause>,
    reading: Option<&receipt::Reading>,
    refused: Option<(Refused<'_>, &str)>,
) -> HttpResponse {
    let ended = reading;
    let reading = of_one_person(reading);
    let told: Vec<Told> = reading.map(|r| r.applications.iter().map(told).collect()).unwrap_or_default();
    let device = reading.and_then(|r| r.sessions.first()).map(|s| Device::from_user_agent(&s.user_agent));
    let view = SignedOutView {
        reason: ended.map(|r| r.ending.cause).or(reason),
        person: reading.and_then(|r| r.person.as_ref()).map(|(_, name)| name.as_str()),
        at: ended.map(|r| r.ending.at),
        device: device.as_ref(),
        told: &told,
        refused: refused.map(|(refused, _)| refused),
        log_in: "/login",
        frames: &[],
    };
    let (csrf, cookie) = protect::csrf(visit);
    let html = visit
        .frame(&csrf, None, refused.map(|(_, path)| path), |frame| page::logout::signed_out(frame, &view))
        .into_string();
    reply::leaving_page(StatusCode::OK, html, cookie)
}
