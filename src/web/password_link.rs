//! `GET`, `POST /reset-password?token=…`: a new password by a one-time link (`flow::password_link`).
//!
//! The GET changes nothing, so that a mail scanner or a preview that opens the link uses nothing up. The value never leaves in
//! a `Referer`. Whatever is wrong with a link, the answer is the same.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::body::Form;
use super::error::{Answer, Refusal};
use super::visit::Visit;
use super::{logout, protect, reply, view};
use crate::domain::logout::{Actor, Cause};
use crate::domain::user::User;
use crate::flow::error::FlowError;
use crate::flow::password_link as flow;
use crate::page::password_link::{PasswordLinkView, dead as dead_page, password_link};
use crate::page::words::FieldProblem;
use crate::page::{Frame, Markup, personal_center::PasswordField};

/// `GET /reset-password?token=`.
pub async fn form(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    let query = Form::query(&request)?;
    let token = query.text("token")?;
    match judged(&visit, token)? {
        Some(user) => Ok(draw(&visit, StatusCode::OK, token, &user, Vec::new())),
        None => Ok(dead(&visit)),
    }
}

/// `POST /reset-password`: token, new, again, csrf. Then every login of the user has ended, this browser's too if it was theirs.
pub async fn submit(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = Visit::of(&request)?;
    let form = Form::read(&request, &mut payload).await?;
    protect::own_form(&visit, form.text("csrf")?)?;
    let token = form.text("token")?.to_owned();
    let Some(user) = judged(&visit, &token)? else { return Ok(dead(&visit)) };
    let typed = (form.text("new")?.to_owned(), form.text("again")?.to_owned());
    match flow::set_password(&visit.state, token.clone(), typed, visit.origin(Actor::User(user.id))).await {
        Ok(Some(receipt)) => {
            Ok(reply::see_other(&logout::farewell_link(&visit, Some(&receipt), Cause::PasswordChanged), None))
        }
        Ok(None) => Ok(dead(&visit)),
        Err(FlowError::Invalid(refused)) => {
            let problems = view::password_problems(&refused);
            Ok(draw(&visit, StatusCode::UNPROCESSABLE_ENTITY, &token, &user, problems))
        }
        Err(other) => Err(other.into()),
    }
}

/// Whose password the link sets. Dead ones count as failures of the address, so nobody tries many.
fn judged(visit: &Visit, token: &str) -> Result<Option<User>, Refusal> {
    let address = visit.from().ip;
    if let Some(seconds) = visit.state.throttle.wait_link(&address) {
        return Err(Refusal::Throttled(seconds));
    }
    let found = flow::opens(&visit.state, token)?;
    if found.is_none() {
        visit.state.throttle.failed_link(&address);
    }
    Ok(found)
}

fn dead(visit: &Visit) -> HttpResponse {
    // The other language is the same page without the link that does not work.
    answer(visit, StatusCode::GONE, "/reset-password", dead_page)
}

fn draw(
    visit: &Visit,
    status: StatusCode,
    token: &str,
    user: &User,
    problems: Vec<(PasswordField, FieldProblem)>,
) -> HttpResponse {
    let shown = PasswordLinkView { token, name: user.display_name(), identifier: user.identifier(), problems };
    answer(visit, status, &flow::path(token), |frame| password_link(frame, &shown))
}

fn answer(visit: &Visit, status: StatusCode, path: &str, draw: impl FnOnce(&Frame<'_>) -> Markup) -> HttpResponse {
    let (csrf, cookie) = protect::csrf(visit);
    let html = visit.frame(&csrf, None, Some(path), draw);
    let mut answer = reply::page(status, html.into_string(), cookie);
    answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}
