//! `GET`, `POST /register?app_id=&next=`: people make themselves a user where the application lets them
//! (`flow::registration`), and are logged in. Authing's path; `@authing/sso` goes there by `register()`.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::body::Form;
use super::error::Answer;
use super::login::{application, entered, next, return_host};
use super::visit::Visit;
use super::{protect, reply, view};
use crate::domain::application::Application;
use crate::domain::contact::Password;
use crate::domain::secret::Secret;
use crate::flow::error::{Done, FieldRefused, FlowError};
use crate::flow::login::{self, Attempt, Outcome};
use crate::flow::registration;
use crate::flow::users::UserForm;
use crate::page::login::AppFace;
use crate::page::register::{RegisterField, RegisterView, RegisterWait, closed, register};
use crate::page::words::FieldProblem;

/// What a person typed; passwords never go back.
#[derive(Default)]
struct Typed {
    account: String,
    name: String,
    new: String,
    again: String,
}

/// Where the two pages lead to and from.
struct Carried {
    app_id: String,
    next: String,
}

impl Carried {
    fn of(form: &Form, named: &Form) -> Result<Self, super::error::Refusal> {
        let app_id = named.text("app_id")?.chars().filter(char::is_ascii_alphanumeric).collect();
        Ok(Self { app_id, next: form.text("next")?.to_owned() })
    }

    fn path(&self, path: &str) -> String {
        view::address(path, &[("app_id", self.app_id.clone()), ("next", self.next.clone())])
    }
}

/// `GET /register`: the form; or on, when the person is in already.
pub async fn form(request: HttpRequest) -> Answer {
    let mut visit = Visit::of(&request)?;
    let query = Form::query(&request)?;
    let application = application(&visit, &query)?;
    visit.about = application.as_ref().map(|application| application.pool);
    let carried = Carried::of(&query, &query)?;
    if visit.here().is_some() {
        return Ok(reply::go(&next(&visit, &carried.next), None));
    }
    match application.filter(|a| a.protocol.self_registration) {
        Some(application) => Ok(draw(&visit, &application, &carried, &Typed::default(), (Vec::new(), None))),
        None => Ok(refuse(&visit, &carried)),
    }
}

/// `POST /register`: account, name, new, again, next, csrf.
pub async fn submit(request: HttpRequest, mut payload: Payload) -> Answer {
    let mut visit = Visit::of(&request)?;
    let form = Form::read(&request, &mut payload).await?;
    let query = Form::query(&request)?;
    let named = if form.one("app_id")?.is_some() { &form } else { &query };
    let application = application(&visit, named)?;
    visit.about = application.as_ref().map(|application| application.pool);
    let carried = Carried::of(&form, named)?;
    let Some(application) = application.filter(|a| a.protocol.self_registration) else {
        return Ok(refuse(&visit, &carried));
    };
    protect::own_form(&visit, form.text("csrf")?)?;
    let said = |field| form.text(field).map(str::to_owned);
    let typed = Typed { account: said("account")?, name: said("name")?, new: said("new")?, again: said("again")? };
    let (problems, wait) = match registers(&visit, &application, &typed).await {
        Ok(()) => match logs_in(&visit, &application, &typed).await? {
            Some(secret) => return Ok(entered(&visit, &secret, &carried.next)),
            // The person exists, and the log-in has to wait or was forestalled: they try as anybody does.
            None => return Ok(reply::see_other(&carried.path("/login"), None)),
        },
        // The form was sent twice, or an old user forgot being one: the right password is a log-in, with its throttle.
        Err(FlowError::Invalid(refused)) if refused.iter().any(|one| one.code == "taken") => {
            match logs_in(&visit, &application, &typed).await? {
                Some(secret) => return Ok(entered(&visit, &secret, &carried.next)),
                None => (problems(&refused), None),
            }
        }
        Err(FlowError::Forbidden) => return Ok(refuse(&visit, &carried)),
        Err(FlowError::Invalid(refused)) => (problems(&refused), None),
        Err(FlowError::Throttled { seconds }) => {
            (Vec::new(), Some(RegisterWait::Throttled { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }))
        }
        Err(FlowError::Busy) => (Vec::new(), Some(RegisterWait::Busy)),
        Err(other) => return Err(other.into()),
    };
    Ok(draw(&visit, &application, &carried, &typed, (problems, wait)))
}

async fn registers(visit: &Visit, application: &Application, typed: &Typed) -> Done<()> {
    let account = typed.account.clone();
    let mut form = UserForm { name: typed.name.clone(), ..UserForm::default() };
    if account.contains('@') {
        form.email = account;
    } else {
        form.username = account;
    }
    registration::judge(&form, &typed.new, &typed.again)?;
    let password = Secret::new(typed.new.clone());
    registration::register(&visit.state, application, form, password, visit.from()).await.map(drop)
}

/// The secret of the session, or nothing when the log-in did not work.
async fn logs_in(visit: &Visit, application: &Application, typed: &Typed) -> Done<Option<Secret>> {
    let Ok(password) = Password::parse(&typed.new) else { return Ok(None) };
    let attempt = Attempt {
        pool: application.pool,
        application: Some(application.id),
        host: visit.place.host.clone(),
        issuer: visit.place.issuer(),
        account: typed.account.clone(),
        password,
        held: visit.secret.clone(),
        replaces: true,
        from: visit.from(),
    };
    match login::log_in(&visit.state, attempt).await {
        Ok(Outcome::LoggedIn(welcome)) => Ok(Some(welcome.secret)),
        Ok(Outcome::Wrong { .. } | Outcome::Disabled) | Err(FlowError::Busy | FlowError::Throttled { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

fn problems(refused: &[FieldRefused]) -> Vec<(RegisterField, FieldProblem)> {
    let field = |name: &str| match name {
        "username" | "email" => Some(RegisterField::Account),
        "name" => Some(RegisterField::Name),
        "password" | "new" => Some(RegisterField::Password),
        "again" => Some(RegisterField::Again),
        _ => None,
    };
    refused.iter().filter_map(|one| Some((field(one.field)?, view::problem(one)))).collect()
}

fn refuse(visit: &Visit, carried: &Carried) -> HttpResponse {
    let (csrf, cookie) = protect::csrf(visit);
    let html = visit.frame(&csrf, None, None, |frame| closed(frame, &carried.path("/login")));
    reply::page(StatusCode::FORBIDDEN, html.into_string(), cookie)
}

fn draw(
    visit: &Visit,
    application: &Application,
    carried: &Carried,
    typed: &Typed,
    (problems, wait): (Vec<(RegisterField, FieldProblem)>, Option<RegisterWait>),
) -> HttpResponse {
    let (csrf, cookie) = protect::csrf(visit);
    let (status, retry) = match wait {
        Some(RegisterWait::Throttled { seconds }) => (StatusCode::TOO_MANY_REQUESTS, Some(seconds.max(1))),
        Some(RegisterWait::Busy) => (StatusCode::SERVICE_UNAVAILABLE, Some(2)),
        None if problems.is_empty() => (StatusCode::OK, None),
        None => (StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    let shown = RegisterView {
        application: AppFace { name: &application.name, identifier: &application.identifier },
        return_host: &return_host(visit, Some(application), &carried.next),
        action: &view::address("/register", &[("app_id", carried.app_id.clone())]),
        next: &carried.next,
        log_in: &carried.path("/login"),
        account: &typed.account,
        name: &typed.name,
        problems,
        wait,
    };
    // The other language is the same form, empty.
    let path = carried.path("/register");
    let html = visit.frame(&csrf, None, Some(&path), |frame| register(frame, &shown));
    let mut answer = reply::leaving_page(status, html.into_string(), cookie);
    if let Some(seconds) = retry {
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    answer
}
