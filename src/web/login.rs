//! `GET`, `POST /login`.
//!
//! The return target is a typed `Next`: the form carries a path of this site, judged again when it comes back.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::body::Form;
use super::cookie::{self, Jar};
use super::error::{Answer, Refusal};
use super::visit::Visit;
use super::{crossing, protect, reply, view};
use crate::domain::application::Application;
use crate::domain::contact::Password;
use crate::domain::redirect::{LocalPath, Next};
use crate::domain::secret::Secret;
use crate::flow::error::FlowError;
use crate::flow::login::{self, Attempt, Outcome};
use crate::page;
use crate::page::login::{AppFace, LoginProblem, LoginView, OwnRoom};

/// Characters of a name that is kept in the form.
const TYPED: usize = 256;

/// Where a log-in leads: a path of this site, else the personal center.
pub(super) fn next(visit: &Visit, wanted: &str) -> Next {
    let path = visit.place.url().and_then(|own| LocalPath::parse(wanted, &own).ok());
    // Going back to the page itself would be a circle.
    match path.filter(|p| !p.as_str().starts_with("/login") && !p.as_str().starts_with("/register")) {
        Some(path) => Next::Path(path),
        None => Next::PersonalCenter,
    }
}

/// The application that a page or a form names; else that of the host, or the default one.
pub(super) fn application(visit: &Visit, form: &Form) -> Result<Option<std::sync::Arc<Application>>, Refusal> {
    let named = form.one("app_id")?.or(form.one("client_id")?).filter(|n| !n.is_empty());
    visit.place.application(&visit.state, named)
}

/// `GET /login?app_id=&next=`: the form; or on, when the person is in already. A browser that comes to an application's
/// own host without a session is sent through the base host once, which may know it.
pub async fn form(request: HttpRequest) -> Answer {
    let mut visit = Visit::of(&request)?;
    let query = Form::query(&request)?;
    let wanted = query.text("next")?;
    let application = application(&visit, &query)?;
    visit.about = application.as_ref().map(|application| application.pool);
    let is_in = |app: &Application| visit.here().is_some_and(|s| s.is_in(app.id));
    let again = query.ticked("again")?;
    if !again && visit.here().is_some() && application.as_ref().is_none_or(|app| is_in(app)) {
        return Ok(reply::go(&next(&visit, wanted), None));
    }
    let asks_base = visit.secret.is_none() && !visit.place.is_base() && query.one("crossed")?.is_none();
    if asks_base && request.headers().contains_key("sec-fetch-dest") {
        return crossing::begin(&visit, &next(&visit, wanted).location());
    }
    let hint = query.text("login_hint")?;
    Ok(show(&visit, application.as_deref(), (wanted, query.text("app_id")?), hint, None))
}

/// The host that the browser goes back to in the end: of the address that an authorization request names, where the
/// application registered it; else the one that was asked.
pub(super) fn return_host(visit: &Visit, application: Option<&Application>, wanted: &str) -> String {
    let query = wanted.strip_prefix("/oidc/auth?").or_else(|| wanted.strip_prefix("/oauth/auth?"));
    let address =
        query.and_then(|query| Some(Form::parse(query.as_bytes()).ok()?.one("redirect_uri").ok()??.to_owned()));
    let registered = address.zip(application).and_then(|(address, app)| app.login.allow(&address).ok());
    registered.and_then(|address| address.host()).unwrap_or_else(|| visit.place.host.clone())
}

/// The room of this house that a log-in leads to, if it is one.
fn own_room(next: &Next) -> Option<OwnRoom> {
    let path = next.location();
    let path = path.split('?').next().unwrap_or_default();
    let under = |room: &str| path.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    [("/console", OwnRoom::Console), ("/u", OwnRoom::PersonalCenter)]
        .into_iter()
        .find_map(|(path, room)| under(path).then_some(room))
}

fn show(
    visit: &Visit,
    application: Option<&Application>,
    carried: (&str, &str),
    typed: &str,
    problem: Option<LoginProblem>,
) -> HttpResponse {
    let (csrf, cookie) = protect::csrf(visit);
    let app_id: String = carried.1.chars().filter(char::is_ascii_alphanumeric).collect();
    let action = view::address("/login", &[("app_id", app_id.clone())]);
    let registers = application.is_some_and(|a| a.protocol.self_registration);
    let register = view::address("/register", &[("app_id", app_id), ("next", carried.0.to_owned())]);
    let typed: String = typed.chars().take(TYPED).collect();
    let face = AppFace {
        name: application.map_or("exeunt", |a| a.name.as_str()),
        identifier: application.map_or("", |a| a.identifier.as_str()),
    };
    let strollers: Vec<(&str, &str)> = visit.state.config.strollers.iter().map(|s| (s.username, s.name)).collect();
    let host = return_host(visit, application, carried.0);
    let own = own_room(&next(visit, carried.0)).filter(|_| !carried.0.is_empty());
    let shown = LoginView {
        application: face,
        own,
        return_host: Some(&host),
        action: &action,
        next: carried.0,
        identifier: &typed,
        strollers: &strollers,
        register: registers.then_some(register.as_str()),
        problem,
    };
    let status = match problem {
        None => StatusCode::OK,
        Some(LoginProblem::Throttled { .. }) => StatusCode::TOO_MANY_REQUESTS,
        Some(LoginProblem::Busy) => StatusCode::SERVICE_UNAVAILABLE,
        Some(LoginProblem::Expired) => StatusCode::FORBIDDEN,
        Some(
            LoginProblem::Missing { .. }
            | LoginProblem::Wrong { .. }
            | LoginProblem::WrongLast { .. }
            | LoginProblem::Disabled,
        ) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let html = visit.frame(&csrf, None, None, |frame| page::login::login(frame, &shown)).into_string();
    let mut answer = reply::leaving_page(status, html, cookie);
    let retry = match problem {
        Some(LoginProblem::Throttled { seconds } | LoginProblem::WrongLast { seconds }) => Some(seconds.max(1)),
        Some(LoginProblem::Busy) => Some(2),
        _ => None,
    };
    if let Some(seconds) = retry {
        answer.headers_mut().insert(actix_web::http::header::RETRY_AFTER, seconds.into());
    }
    answer
}

fn whole(seconds: u64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// On to where they wanted, with the cookie of a log-in that just happened.
pub(super) fn entered(visit: &Visit, secret: &Secret, wanted: &str) -> HttpResponse {
    let next = next(visit, wanted).location();
    // The base host learns of it, so that other applications let the person in.
    let onward = if visit.place.is_base() { next } else { crossing::tell_base(visit, &next) };
    let cookies = visit.begins(secret).into_iter().chain([cookie::clear(&visit.place, Jar::Visitor)]);
    reply::see_other(&onward, cookies)
}

/// `POST /login`: fields `account`, `password`, `next`, `csrf`.
pub async fn submit(request: HttpRequest, mut payload: Payload) -> Answer {
    let mut visit = Visit::of(&request)?;
    let form = Form::read(&request, &mut payload).await?;
    let query = Form::query(&request)?;
    let named = if form.one("app_id")?.is_some() { &form } else { &query };
    let application = application(&visit, named)?;
    visit.about = application.as_ref().map(|application| application.pool);
    // A button of the demo stands for both.
    let stroller = match form.one("as")? {
        Some(name) => visit.state.config.strollers.iter().find(|stroller| stroller.username == name).cloned(),
        None => None,
    };
    let (account, password) = match &stroller {
        Some(stroller) => (stroller.username, stroller.password),
        None => (form.text("account")?, form.text("password")?),
    };
    let carried = (form.text("next")?, named.text("app_id")?);
    let again = |problem| Ok(show(&visit, application.as_deref(), carried, account, Some(problem)));
    match protect::own_form(&visit, form.text("csrf")?) {
        Ok(()) => {}
        Err(_) if visit.request.headers().get("sec-fetch-site").is_none_or(|v| v == "same-origin") => {
            return again(LoginProblem::Expired);
        }
        Err(refusal) => return Err(refusal),
    }
    if account.trim().is_empty() || password.is_empty() {
        let missing = LoginProblem::Missing { identifier: account.trim().is_empty(), password: password.is_empty() };
        return again(missing);
    }
    let Ok(password) = Password::parse(password) else { return again(LoginProblem::Wrong { attempts_left: None }) };
    let attempt = Attempt {
        pool: application.as_ref().map_or_else(|| visit.pool(), |a| Ok(a.pool))?,
        application: application.as_ref().map(|a| a.id),
        host: visit.place.host.clone(),
        issuer: visit.place.issuer(),
        account: account.to_owned(),
        password,
        held: visit.secret.clone(),
        replaces: true,
        from: visit.from(),
    };
    match login::log_in(&visit.state, attempt).await {
        Ok(Outcome::LoggedIn(welcome)) => Ok(entered(&visit, &welcome.secret, carried.0)),
        Ok(Outcome::Wrong { wait: Some(seconds), .. }) => again(LoginProblem::WrongLast { seconds: whole(seconds) }),
        Ok(Outcome::Wrong { left, wait: None }) => {
            again(LoginProblem::Wrong { attempts_left: (1..5).contains(&left).then_some(left) })
        }
        Ok(Outcome::Disabled) => again(LoginProblem::Disabled),
        Err(FlowError::Throttled { seconds }) => again(LoginProblem::Throttled { seconds: whole(seconds) }),
        Err(FlowError::Busy) => again(LoginProblem::Busy),
        Err(other) => Err(other.into()),
    }
}
