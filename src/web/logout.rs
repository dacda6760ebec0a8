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
use actix_web::http::header::{HeaderName, HeaderValue, REFRESH};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::body::Form;
use super::cookie::{self, Jar};
use super::error::{Answer, Refusal};
use super::place::Place;
use super::protect::{self, Navigation};
use super::reply;
use super::visit::Visit;
use crate::domain::clock::Timestamp;
use crate::domain::device::Device;
use crate::domain::id::PoolId;
use crate::domain::logout::{Actor, Cause, Receipt};
use crate::domain::redirect::{self, Choice, Next, RedirectList, choose};
use crate::flow::{account, logout, receipt};
use crate::page;
use crate::page::Count;
use crate::page::logout::{ConfirmView, DepartingView, Refused, SignedOutView, Told, ToldState};

/// `GET /login/profile/logout`.
pub async fn front_end(request: HttpRequest) -> Answer {
    let navigation = protect::navigation(&request);
    if navigation == Navigation::None {
        return Err(Refusal::Forbidden("a log-out link acts only as a page load"));
    }
    let visit = Visit::of(&request)?;
    let (choice, pool) = judge(&visit, request.query_string());
    // An address vouches for whoever is of the pool that registered it, and for nobody else (promise 4).
    let held = visit.session.iter().chain(&visit.rivals);
    let registered = matches!(choice, Choice::Allowed(Next::Registered(_)))
        && held.map(|session| session.pool).all(|of_session| pool == Some(of_session));
    let asks = asked_to_ask(request.query_string()) || (navigation == Navigation::FromElsewhere && !registered);
    if asks && visit.session.is_some() {
        let query = request.query_string();
        let path =
            if asked_to_ask(query) { visit.path().to_owned() } else { format!("/login/profile/logout?ask=1&{query}") };
        return confirm(&visit, "/login/profile/logout", query, Some(&path));
    }
    if asks && !visit.rivals.is_empty() {
        return Err(Refusal::bad("cookie"));
    }
    leave(&visit, choice, request.query_string(), Which::This).await
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
    let (choice, _) = judge(&visit, &asked);
    leave(&visit, choice, &asked, Which::of(&form)?).await
}

/// Whether the query says to ask in any case: the confirmation's own switches come back here with it.
fn asked_to_ask(query: &str) -> bool {
    query.split('&').any(|pair| pair == "ask=1")
}

/// The list that decides: of the host's own application, or on the base host of the one that is named, else the default.
/// An unknown or doubled name allows nothing. Beside it, the pool whose list it is.
fn judge(visit: &Visit, query: &str) -> (Choice, Option<PoolId>) {
    let Some(own) = visit.place.url() else { return (Choice::Absent, None) };
    let named = Form::parse(query.as_bytes()).and_then(|form| Ok(form.one("app_id")?.map(str::to_owned)));
    let application = match named {
        Ok(named) => visit.place.application(&visit.state, named.as_deref().filter(|n| !n.is_empty())).unwrap_or(None),
        Err(_) => None,
    };
    match application {
        Some(application) => (choose(&application.logout, query, &own), Some(application.pool)),
        None => (choose(&RedirectList::new(Vec::new()), query, &own), None),
    }
}

/// The question, posted to `action` with what was asked for; `path` is where a change of language comes back to.
pub fn confirm(visit: &Visit, action: &str, asked: &str, path: Option<&str>) -> Answer {
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
    let others = u32::try_from(account.sessions.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let (csrf, cookie) = protect::csrf(visit);
    let view = ConfirmView {
        action,
        redirect_uri: asked,
        app_id: "",
        leaving: &leaving,
        other_devices: Count::from(others),
        cancel: "/u",
    };
    let html = visit.frame(&csrf, None, path, |frame| page::logout::confirm(frame, &view)).into_string();
    Ok(reply::leaving_page(StatusCode::OK, html, cookie))
}

async fn leave(visit: &Visit, choice: Choice, asked: &str, which: Which) -> Answer {
    let ended = which.end(visit, Cause::FrontEnd).await?;
    let path = format!("/login/profile/logout?{asked}");
    let (to, refused) = match &choice {
        Choice::Allowed(next) => (Some(next.location()), None),
        Choice::Absent => (None, None),
        Choice::Refused(refusal, shown) => (None, Some((refusal, shown.as_str()))),
    };
    farewell(visit, Cause::FrontEnd, ended.as_ref(), &Onward { to, refused, path: &path })
}

/// Where a log-out goes on to.
pub struct Onward<'a> {
    /// A registered address, or a page of this site.
    pub to: Option<String>,
    /// An address that was refused, as it may be shown.
    pub refused: Option<(&'a redirect::Refusal, &'a str)>,
    /// Where a change of language comes back to.
    pub path: &'a str,
}

impl Onward<'_> {
    /// The farewell page.
    pub fn home() -> Self {
        Self { to: None, refused: None, path: "/u" }
    }
}

/// The answer of a log-out that is on disk: on to where it leads, or the farewell page; before that a page with frames, where
/// applications asked to be told by the browser too.
pub fn farewell(visit: &Visit, cause: Cause, ended: Option<&Receipt>, onward: &Onward<'_>) -> Answer {
    let (frames, origins) = match ended {
        Some(receipt) => receipt::frames(&visit.state, receipt.id)?,
        None => (Vec::new(), Vec::new()),
    };
    let mut answer = match (&onward.to, onward.refused) {
        (None, Some((refusal, shown))) => {
            tracing::info!(rule = refusal.code(), "a log-out address was refused");
            let rule = super::view::rule(refusal.code()).sentence(visit.lang());
            let closest = refusal.closest.as_ref().filter(|_| visit.state.config.dev);
            let refused =
                Refused { address: shown, rule, developer: closest.map(|c| (c.entry.as_str(), c.differs_at)) };
            let reading = match ended {
                Some(receipt) => receipt::of(&visit.state, receipt)?,
                None => None,
            };
            // Whoever was in is out, and whoever was not is out too: the page says the same.
            let dressing = Dressing { refused: Some(refused), path: Some(onward.path), frames: &frames };
            let mut answer = farewell_page(visit, Some(cause), reading.as_ref(), &dressing);
            // A log-out link is not asked for twice. What becomes of telling is told at the farewell's own address, which
            // this page goes on to by itself; frames are given a moment first.
            if let (Some(receipt), true) = (ended, reading.as_ref().is_some_and(is_pending)) {
                let seconds = if frames.is_empty() { 0 } else { FRAMES_SECONDS };
                let to = kept_refusal(visit, receipt, cause, &refused, refusal.code());
                if let Ok(value) = HeaderValue::from_str(&format!("{seconds};url={to}")) {
                    answer.headers_mut().insert(REFRESH, value);
                }
            }
            answer
        }
        (to, _) => {
            let next = to.clone().unwrap_or_else(|| farewell_link(visit, ended, cause));
            if frames.is_empty() { reply::see_other(&next, None) } else { departing(visit, &frames, &next) }
        }
    };
    if !frames.is_empty() {
        reply::allow_frames(&mut answer, &origins);
    }
    Ok(gone(visit, answer, ended.is_some(), frames.is_empty()))
}

fn departing(visit: &Visit, frames: &[String], next: &str) -> HttpResponse {
    let view = DepartingView { frames, next };
    let html = visit.frame("", None, None, |frame| page::logout::departing(frame, &view)).into_string();
    reply::page(StatusCode::OK, html, None)
}

/// Which sessions the confirmation's two buttons end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one of this browser.
    This,
    /// All that the person has.
    All,
}

impl Which {
    /// Which button was pressed.
    pub fn of(form: &Form) -> Result<Self, Refusal> {
        Ok(if form.ticked("everywhere")? { Self::All } else { Self::This })
    }

    /// Ends them.
    pub async fn end(self, visit: &Visit, cause: Cause) -> Result<Option<Receipt>, Refusal> {
        match (self, &visit.session) {
            (Self::All, Some(session)) => {
                let (session, origin) = (session.clone(), visit.origin(Actor::User(session.user)));
                let why = (cause, origin);
                Ok(visit.state.write(move |act, state| logout::leave_everywhere(act, state, &session, why)).await?)
            }
            (Self::This, _) | (Self::All, None) => end(visit, cause).await,
        }
    }
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
/// kept of this site. Where applications are told by frames, their own cookies must still be there: the browser would forget
/// those of the whole registrable domain.
fn gone(visit: &Visit, mut answer: HttpResponse, ended: bool, cookies_too: bool) -> HttpResponse {
    let headers = answer.headers_mut();
    for line in forget(&visit.place) {
        if let Ok(value) = HeaderValue::from_str(&line) {
            headers.append(actix_web::http::header::SET_COOKIE, value);
        }
    }
    if ended {
        let all = if cookies_too { "\"cache\", \"cookies\", \"storage\"" } else { "\"cache\", \"storage\"" };
        headers.insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static(all));
    }
    answer
}

/// The headers that clear every cookie of a person.
pub fn forget(place: &Place) -> [String; 4] {
    let [session, visitor, flash] = [Jar::Session, Jar::Visitor, Jar::Flash].map(|jar| cookie::clear(place, jar));
    [session, visitor, flash, cookie::set_browser_state(place, "")]
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

/// Seconds that applications have to be told by frames, where a page goes on by itself.
const FRAMES_SECONDS: u32 = 3;

/// Whether somebody has still to answer.
fn is_pending(reading: &receipt::Reading) -> bool {
    reading.applications.iter().any(|application| told(application).state == ToldState::Waiting)
}

/// What a farewell link keeps of a refused address, in this order, and the seal on it: nobody else can put words there.
const KEPT: [&str; 4] = ["refused", "why", "near", "at"];

/// The farewell page's own link, with the address that was refused.
fn kept_refusal(visit: &Visit, ended: &Receipt, cause: Cause, refused: &Refused<'_>, code: &str) -> String {
    let (near, at) = refused.developer.map_or(("", String::new()), |(entry, at)| (entry, at.to_string()));
    let values = [refused.address, code, near, &at];
    let mark = receipt::farewell_mark(&visit.state, ended.id, ended.at);
    let seal = visit.state.key.mark("refused", &[[mark.as_str()].as_slice(), &values].concat());
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("reason", cause.as_str()).append_pair("r", &mark).append_pair("lang", visit.lang().key());
    query.extend_pairs(KEPT.iter().zip(values)).append_pair("seal", &seal);
    format!("/signed-out?{}", query.finish())
}

/// Reads it back; nothing when any of it is not the house's own.
fn refusal_kept<'a>(visit: &Visit, query: &'a Form) -> Result<Option<Refused<'a>>, Refusal> {
    let (mark, seal) = (query.text("r")?, query.text("seal")?);
    let mut values = [""; KEPT.len()];
    for (value, name) in values.iter_mut().zip(KEPT) {
        *value = query.text(name)?;
    }
    if seal.is_empty() || !visit.state.key.recognises("refused", &[[mark].as_slice(), &values].concat(), seal) {
        return Ok(None);
    }
    let [address, code, near, at] = values;
    Ok(Some(Refused {
        address,
        rule: super::view::rule(code).sentence(visit.lang()),
        developer: at.parse().ok().map(|at| (near, at)),
    }))
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
    let refused = if reading.is_some() { refusal_kept(&visit, &query)? } else { None };
    Ok(farewell_page(&visit, reason, reading.as_ref(), &Dressing { refused, ..Dressing::default() }))
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

/// What the farewell page holds beside the receipt.
#[derive(Default)]
struct Dressing<'a> {
    refused: Option<Refused<'a>>,
    /// Where a change of language comes back to, where that is not this very address: a log-out link.
    path: Option<&'a str>,
    frames: &'a [String],
}

fn farewell_page(
    visit: &Visit,
    reason: Option<Cause>,
    reading: Option<&receipt::Reading>,
    dressing: &Dressing<'_>,
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
        refused: dressing.refused,
        may_be_asked_again: dressing.path.is_none(),
        log_in: "/login",
        frames: dressing.frames,
    };
    let (csrf, cookie) = protect::csrf(visit);
    let html = visit.frame(&csrf, None, dressing.path, |frame| page::logout::signed_out(frame, &view)).into_string();
    reply::leaving_page(StatusCode::OK, html, cookie)
}
