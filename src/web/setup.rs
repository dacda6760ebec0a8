//! `GET`, `POST /setup?token=…`: the first administrator, by the link that the terminal shows (`flow::setup`).

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;

use super::body::Form;
use super::error::{Answer, Refusal};
use super::visit::Visit;
use super::{personal_center, protect, reply, view};
use crate::domain::logout::Actor;
use crate::flow::error::{FieldRefused, FlowError};
use crate::flow::setup::{self, SetupForm};
use crate::page::setup::{SetupField, SetupView, setup as form_page, waiting};
use crate::page::words::FieldProblem;

/// What most people begin with: an application on their own computer.
const LOGIN_CALLBACK: &str = "http://localhost:3000/callback";
const LOGOUT_CALLBACK: &str = "http://localhost:3000/";

/// `GET /`: in, or to the log-in page; before anybody exists, to where the set-up link is explained.
pub async fn root(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    if setup::is_needed(&visit.state)? {
        return Ok(reply::see_other("/setup", None));
    }
    personal_center::root(request).await
}

/// `GET /setup`: the form, when the link is ours and nobody exists yet.
pub async fn form(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    let query = Form::query(&request)?;
    let token = query.text("token")?;
    if !setup::opens(&visit.state, token)? {
        return closed(&visit, !token.is_empty());
    }
    let shown = SetupView {
        token,
        redirect_uris: LOGIN_CALLBACK,
        logout_redirect_uris: LOGOUT_CALLBACK,
        ..SetupView::default()
    };
    Ok(draw(&visit, StatusCode::OK, &shown))
}

/// `POST /setup`: token, username, password, name, identifier, `redirect_uris`, `logout_redirect_uris`, csrf.
pub async fn submit(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = Visit::of(&request)?;
    let form = Form::read(&request, &mut payload).await?;
    protect::own_form(&visit, form.text("csrf")?)?;
    let token = form.text("token")?.to_owned();
    // Asked before any password is hashed: strangers cost nothing.
    if !setup::opens(&visit.state, &token)? {
        return closed(&visit, true);
    }
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let typed = SetupForm {
        username: form.text("username")?.to_owned(),
        password: form.text("password")?.to_owned(),
        application: form.text("name")?.to_owned(),
        identifier: form.text("identifier")?.to_owned(),
        redirect_uris: lines(form.text("redirect_uris")?),
        logout_redirect_uris: lines(form.text("logout_redirect_uris")?),
    };
    match setup::complete(&visit.state, token.clone(), typed, visit.origin(Actor::SetupLink)).await {
        // The application's secret is not shown here; the console makes a new one.
        Ok(_) => Ok(reply::see_other("/login?next=/console", None)),
        Err(FlowError::Forbidden) => closed(&visit, true),
        Err(FlowError::Invalid(refused)) => {
            let shown = SetupView {
                token: &token,
                username: form.text("username")?,
                name: form.text("name")?,
                identifier: form.text("identifier")?,
                redirect_uris: form.text("redirect_uris")?,
                logout_redirect_uris: form.text("logout_redirect_uris")?,
                problems: problems(&refused),
            };
            Ok(draw(&visit, StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(other) => Err(other.into()),
    }
}

/// No form: somebody exists already, or the link does not work.
fn closed(visit: &Visit, tried: bool) -> Answer {
    if !setup::is_needed(&visit.state).map_err(Refusal::from)? {
        return Ok(reply::see_other("/login", None));
    }
    let (csrf, cookie) = protect::csrf(visit);
    // The other language is the same page without the link that does not work.
    let html = visit.frame(&csrf, None, Some("/setup"), |frame| waiting(frame, tried));
    let status = if tried { StatusCode::FORBIDDEN } else { StatusCode::OK };
    Ok(reply::page(status, html.into_string(), cookie))
}

fn draw(visit: &Visit, status: StatusCode, shown: &SetupView<'_>) -> actix_web::HttpResponse {
    let (csrf, cookie) = protect::csrf(visit);
    let path = format!("/setup?token={}", shown.token);
    let html = visit.frame(&csrf, None, Some(&path), |frame| form_page(frame, shown));
    reply::page(status, html.into_string(), cookie)
}

fn problems(refused: &[FieldRefused]) -> Vec<(SetupField, FieldProblem)> {
    let field = |name: &str| match name {
        "username" => Some(SetupField::Username),
        "password" | "new" => Some(SetupField::Password),
        "name" => Some(SetupField::Name),
        "identifier" => Some(SetupField::Identifier),
        "redirect_uris" => Some(SetupField::RedirectUris),
        "logout_redirect_uris" => Some(SetupField::LogoutRedirectUris),
        _ => None,
    };
    refused.iter().filter_map(|one| Some((field(one.field)?, view::problem(one)))).collect()
}
