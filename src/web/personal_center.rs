//! Way 1: the personal center `/u`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::body::Form;
use super::cookie::{self, Jar};
use super::error::{Answer, Refusal};
use super::flash::{self, Flash};
use super::logout::Onward;
use super::visit::{Visit, off_thread};
use super::{crossing, logout, protect, reply, view};
use crate::domain::audit;
use crate::domain::clock::Timestamp;
use crate::domain::id::Sid;
use crate::domain::logout::{Actor, Cause};
use crate::domain::session::Session;
use crate::domain::user::User;
use crate::flow::account::{self, PasswordChange, ProfileForm};
use crate::flow::error::{Done, FlowError};
use crate::flow::logout as door;
use crate::flow::state::State;
use crate::flow::users::UserForm;
use crate::page::personal_center::{
    DevicesView, OverviewView, ProfileView, SecurityView, Theirs, devices, overview, profile, security,
};
use crate::page::{Frame, Markup};

const LIVE: Option<&str> = Some("/u/live");
const DEVICES: &str = "/u/devices";
const PROFILE: &str = "/u/profile";
const SECURITY: &str = "/u/security";
/// The languages that a person may set.
const LANGS: [&str; 2] = ["zh", "en"];

/// A page of the personal center: whoever is not in is sent to log in.
pub(super) async fn page<T: Send + 'static>(
    request: HttpRequest,
    read: impl FnOnce(&State, &Session) -> Done<T> + Send + 'static,
    draw: impl FnOnce(&Visit, &Arc<Session>, &T, &Frame<'_>) -> Result<Markup, Refusal>,
) -> Answer {
    let visit = Visit::of(&request)?;
    let Some(session) = visit.here().cloned() else { return crossing::to_log_in(&visit) };
    let (state, reader) = (visit.state.clone(), session.clone());
    let read = off_thread(move || read(&state, &reader)).await?;
    let (csrf, cookie) = protect::csrf(&visit);
    let html = visit.frame(&csrf, LIVE, None, |frame| draw(&visit, &session, &read, frame))?;
    Ok(reply::page(StatusCode::OK, html.into_string(), cookie.into_iter().chain(flash::over(&visit))))
}

/// `GET /u`.
pub async fn overview_page(request: HttpRequest) -> Answer {
    page(request, account::read, |visit, _, account, frame| {
        let mut applications: Vec<String> = account
            .sessions
            .iter()
            .flat_map(|s| view::names(visit, s.applications.iter().map(|(id, _)| *id)))
            .collect();
        applications.sort();
        applications.dedup();
        let logins = account.events.iter().filter(|event| event.act == audit::act::LOGIN).count();
        let first = logins <= 1 && account.sessions.len() <= 1 && account.ended.is_empty();
        let last = account.sessions.first().map(|s| (s.created_at, view::device(&s.user_agent)));
        let shown = OverviewView {
            last_login: account
                .user
                .last_login_at
                .filter(|_| !first)
                .and_then(|at| last.map(|(_, device)| (at, device))),
            devices: view::count(account.sessions.len()),
            oldest: account.sessions.iter().map(|s| s.created_at).min(),
            applications,
            password_changed: account.password_changed,
            recent: account.events.iter().map(view::activity).collect(),
        };
        Ok(overview(frame, &shown))
    })
    .await
}

/// `GET /u/devices`.
pub async fn devices_page(request: HttpRequest) -> Answer {
    page(request, account::read, |visit, session, account, frame| {
        let shown = DevicesView {
            sessions: account.sessions.iter().map(|row| view::session_row(visit, row, Some(session.id))).collect(),
            ended: account.ended.iter().map(|row| view::session_row(visit, row, None)).collect(),
            ended_count: view::count(account.ended.len()),
        };
        Ok(devices(frame, &shown))
    })
    .await
}

/// A post of the personal center: session, form, hidden value.
pub(super) async fn post(
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<Option<(Visit, Arc<Session>, Form)>, Refusal> {
    let visit = Visit::of(request)?;
    let Some(session) = visit.here().cloned() else { return Ok(None) };
    let form = Form::read(request, payload).await?;
    protect::own_form(&visit, form.text("csrf")?)?;
    Ok(Some((visit, session, form)))
}

pub(super) fn log_in_first(request: &HttpRequest) -> Answer {
    crossing::to_log_in(&Visit::of(request)?)
}

/// `POST /u/logout`: this session, whole. Without a living session the answer is the same.
pub async fn log_out(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = Visit::of(&request)?;
    protect::own_site(&visit)?;
    let form = Form::read(&request, &mut payload).await?;
    if visit.session.is_some() {
        protect::own_form(&visit, form.text("csrf")?)?;
    }
    let ended = logout::end(&visit, Cause::PersonalCenter).await?;
    logout::farewell(&visit, Cause::PersonalCenter, ended.as_ref(), &Onward::home())
}

/// `POST /u/devices/end`: one own session by its public id, and with `then=password` on to a new password: whoever was there
/// may know the old one. A session that has ended meanwhile is no error.
pub async fn end_one(request: HttpRequest, mut payload: Payload) -> Answer {
    let Some((visit, session, form)) = post(&request, &mut payload).await? else { return log_in_first(&request) };
    let sid = Sid::parse(form.text("sid")?).map_err(|_| Refusal::absent("session"))?;
    if sid == session.sid {
        let ended = logout::end(&visit, Cause::PersonalCenter).await?;
        return logout::farewell(&visit, Cause::PersonalCenter, ended.as_ref(), &Onward::home());
    }
    let origin = visit.origin(Actor::User(session.user));
    visit.state.write(move |act, state| door::end_own(act, state, (session.pool, session.user), sid, origin)).await?;
    let (then, said) = match form.text("then")? {
        "password" => (SECURITY, Flash::StrangerOut),
        _ => (DEVICES, Flash::DeviceEnded),
    };
    Ok(flash::see_other(&visit, then, said))
}

/// `POST /u/devices/end-others`: every own session but this one.
pub async fn end_others(request: HttpRequest, mut payload: Payload) -> Answer {
    let Some((visit, session, _)) = post(&request, &mut payload).await? else { return log_in_first(&request) };
    let why = (Cause::PersonalCenter, visit.origin(Actor::User(session.user)));
    visit.state.write(move |act, state| door::end_others(act, state, &session, why)).await?;
    Ok(flash::see_other(&visit, DEVICES, Flash::DevicesEnded))
}

/// `GET /u/profile`.
pub async fn profile_page(request: HttpRequest) -> Answer {
    page(request, account::read, |_, session, account, frame| {
        let kept = kept_profile(&account.user, session);
        Ok(profile(frame, &shown_profile(&kept, &account.user)))
    })
    .await
}

/// The profile as it would be typed for what is kept.
fn kept_profile(user: &User, session: &Session) -> ProfileForm {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    ProfileForm { names: UserForm::from(user), lang: text(&session.lang), zone: text(&session.zone) }
}

fn shown_profile<'a>(form: &'a ProfileForm, user: &User) -> ProfileView<'a> {
    ProfileView {
        id: user.id,
        name: &form.names.name,
        username: &form.names.username,
        email: &form.names.email,
        phone: &form.names.phone,
        lang: &form.lang,
        zone: &form.zone,
        problems: Vec::new(),
        seen: Some(user.updated_at),
        theirs: None,
    }
}

/// `POST /u/profile`: name, username, email, phone, lang, zone, seen.
pub async fn change_profile(request: HttpRequest, mut payload: Payload) -> Answer {
    let Some((visit, session, form)) = post(&request, &mut payload).await? else { return log_in_first(&request) };
    let names = UserForm {
        username: form.text("username")?.to_owned(),
        name: form.text("name")?.to_owned(),
        email: form.text("email")?.to_owned(),
        phone: form.text("phone")?.to_owned(),
        ..UserForm::default()
    };
    let typed = ProfileForm { names, lang: form.text("lang")?.to_owned(), zone: form.text("zone")?.to_owned() };
    let seen = form.one("seen")?.and_then(|t| t.parse().ok()).map(Timestamp);
    let origin = visit.origin(Actor::User(session.user));
    match account::change_profile(&visit.state, session.clone(), typed.clone(), (seen, &LANGS), origin).await {
        // What was switched to in this browser would hide what is set for the person.
        Ok(()) => {
            let said = flash::said_at(&visit, PROFILE, Flash::Saved);
            Ok(reply::see_other(PROFILE, said.into_iter().chain([cookie::no_preference(&visit.place, "lang")])))
        }
        Err(FlowError::Invalid(refused)) => {
            let user = account::read(&visit.state, &session)?.user;
            let problems = view::profile_problems(&refused);
            let shown = ProfileView { problems, seen, ..shown_profile(&typed, &user) };
            Ok(draw_again(&visit, StatusCode::UNPROCESSABLE_ENTITY, |frame| profile(frame, &shown)))
        }
        // Somebody was faster: what was typed stays, beside what is kept now.
        Err(FlowError::Stale) => {
            let user = account::read(&visit.state, &session)?.user;
            let kept = kept_profile(&user, &session);
            let theirs = Theirs {
                name: &kept.names.name,
                username: &kept.names.username,
                email: &kept.names.email,
                phone: &kept.names.phone,
            };
            let shown = ProfileView { theirs: Some(theirs), ..shown_profile(&typed, &user) };
            Ok(draw_again(&visit, StatusCode::CONFLICT, |frame| profile(frame, &shown)))
        }
        Err(other) => Err(other.into()),
    }
}

fn draw_again(visit: &Visit, status: StatusCode, draw: impl FnOnce(&Frame<'_>) -> Markup) -> HttpResponse {
    let (csrf, cookie) = protect::csrf(visit);
    let html = visit.frame(&csrf, LIVE, None, draw);
    reply::page(status, html.into_string(), cookie)
}

/// `GET /u/security`.
pub async fn security_page(request: HttpRequest) -> Answer {
    page(request, account::read, |_, _, account, frame| {
        let shown = SecurityView {
            password_changed: account.password_changed,
            problems: Vec::new(),
            throttled: None,
            keep_others: false,
        };
        Ok(security(frame, &shown))
    })
    .await
}

/// `POST /u/security/password`.
pub async fn change_password(request: HttpRequest, mut payload: Payload) -> Answer {
    let Some((visit, session, form)) = post(&request, &mut payload).await? else { return log_in_first(&request) };
    let change = PasswordChange {
        current: form.text("current")?.to_owned(),
        new: form.text("new")?.to_owned(),
        again: form.text("again")?.to_owned(),
        keep_others: !form.ticked("end_others")?,
    };
    let keep_others = change.keep_others;
    let origin = visit.origin(Actor::User(session.user));
    let shown = |problems, throttled| SecurityView { password_changed: None, problems, throttled, keep_others };
    match account::change_password(&visit.state, session, change, origin).await {
        Ok(secret) => {
            let age = visit.cookie_seconds();
            let cookie = cookie::set(&visit.place, Jar::Session, secret.reveal(), Some(age));
            let onward =
                if visit.place.is_base() { SECURITY.to_owned() } else { crossing::tell_base(&visit, SECURITY) };
            let said = flash::said_at(&visit, SECURITY, Flash::PasswordChanged);
            Ok(reply::see_other(&onward, said.into_iter().chain([cookie])))
        }
        Err(FlowError::Invalid(refused)) => {
            let shown = shown(view::password_problems(&refused), None);
            Ok(draw_again(&visit, StatusCode::UNPROCESSABLE_ENTITY, |frame| security(frame, &shown)))
        }
        Err(FlowError::Throttled { seconds }) => {
            let shown = shown(Vec::new(), u32::try_from(seconds).ok());
            Ok(draw_again(&visit, StatusCode::UNPROCESSABLE_ENTITY, |frame| security(frame, &shown)))
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /prefs`: language or theme, and back to where the switch stood.
pub async fn preferences(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = Visit::of(&request)?;
    protect::own_site(&visit)?;
    let form = Form::read(&request, &mut payload).await?;
    let mut cookies = Vec::new();
    for (name, known) in [("lang", ["zh", "en", ""]), ("theme", ["light", "dark", "system"])] {
        if let Some(value) = form.one(name)?.filter(|v| !v.is_empty() && known.contains(v)) {
            cookies.push(cookie::preference(&visit.place, name, value));
        }
    }
    let own = visit.place.url().ok_or(Refusal::Broken)?;
    let next = crate::domain::redirect::LocalPath::parse(form.text("next")?, &own);
    Ok(reply::see_other(&next.map_or_else(|_| "/u".to_owned(), |p| p.as_str().to_owned()), cookies))
}

/// `GET /`: in, or to the log-in page.
pub async fn root(request: HttpRequest) -> Answer {
    let _ = Visit::of(&request)?;
    Ok(reply::see_other("/u", None))
}

/// `GET /.well-known/change-password`, which password managers ask for.
pub async fn well_known_change_password(request: HttpRequest) -> Answer {
    let _ = Visit::of(&request)?;
    Ok(reply::see_other("/u/security", None))
}
