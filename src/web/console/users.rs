//! `/console/users…`: list, create, change, delete, force log out of everything.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::desk::{Desk, desk, desk_post, sure};
use crate::domain::clock::Timestamp;
use crate::domain::id::UserId;
use crate::domain::user::{Role, User, UserStatus};
use crate::flow::error::{FieldRefused, FlowError};
use crate::flow::online;
use crate::flow::password_link;
use crate::flow::users::{self, UserForm};
use crate::page::Count;
use crate::page::console::{self as page, Grave, UserLinkView, UserRow, UserView, UsersView};
use crate::page::words::FieldProblem;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::visit::off_thread;
use crate::web::{reply, view};

fn user_id(text: &str) -> Result<UserId, Refusal> {
    UserId::parse(text).map_err(|_| Refusal::absent("user"))
}

/// `GET /console/users?q=&after=`.
pub async fn list(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let query = Form::query(&request)?;
    let q: String = query.text("q")?.trim().chars().take(100).collect();
    let after = match query.one("after")?.filter(|t| !t.is_empty()) {
        None => None,
        Some(text) => {
            let (at, id) = text.split_once('_').ok_or(Refusal::bad("after"))?;
            Some((at.parse::<i64>().map_err(|_| Refusal::bad("after"))?, user_id(id)?))
        }
    };
    let (state, pool, search) = (desk.visit.state.clone(), desk.pool, q.clone());
    let (rows, more) = off_thread(move || users::page(&state, pool, &search, after)).await?;
    let cursor = |user: &User| format!("/console/users?after={}_{}", user.created_at, user.id);
    let next = rows.last().filter(|_| more && q.is_empty()).map(|(user, _)| cursor(user));
    let shown = UsersView {
        count: Count { n: u32::try_from(rows.len()).unwrap_or(u32::MAX), more: more || after.is_some() },
        q: &q,
        users: rows.iter().map(|(user, sessions)| row(user, *sessions)).collect(),
        first: after.map(|_| "/console/users".to_owned()),
        next,
    };
    Ok(desk.page(|frame, rail| page::users(frame, rail, &shown)))
}

fn row(user: &User, sessions: u32) -> UserRow {
    UserRow {
        id: user.id,
        name: user.display_name().to_owned(),
        identifier: user.identifier().to_owned(),
        role: user.role,
        enabled: user.status == UserStatus::Activated,
        sessions: view::capped(sessions, 99),
        last_login: user.last_login_at,
    }
}

/// A form without the field leaves nobody with rights by accident.
fn role(form: &Form) -> Result<Role, Refusal> {
    form.one("role")?.map_or(Ok(Role::Person), |word| Role::parse(word).ok_or(Refusal::bad("role")))
}

fn typed(form: &Form) -> Result<UserForm, Refusal> {
    Ok(UserForm {
        username: form.text("username")?.to_owned(),
        name: form.text("name")?.to_owned(),
        email: form.text("email")?.to_owned(),
        phone: form.text("phone")?.to_owned(),
        role: role(form)?,
        disabled: form.text("status")? == "disabled",
    })
}

fn shown(form: &UserForm, refused: &[FieldRefused], saved: bool, seen: Option<Timestamp>) -> page::UserForm {
    page::UserForm {
        username: form.username.clone(),
        name: form.name.clone(),
        email: form.email.clone(),
        phone: form.phone.clone(),
        role: form.role,
        enabled: !form.disabled,
        problems: view::user_problems(refused),
        saved,
        seen,
    }
}

/// `GET /console/users/new`.
pub async fn new(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let empty = shown(&UserForm::default(), &[], false, None);
    Ok(desk.page(|frame, rail| page::new_user(frame, rail, &empty)))
}

/// `POST /console/users/new`.
pub async fn create(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, sent) = desk_post!(&request, &mut payload);
    let password = sent.text("password")?.to_owned();
    let form = typed(&sent)?;
    if form.role != Role::Person {
        sure!(desk, &sent, Grave::GiveRole(form.called(), form.role), "/console/users");
    }
    match users::create_with_password(&desk.visit.state, desk.pool, form.clone(), password, desk.origin()).await {
        Ok(id) => Ok(reply::see_other(&format!("/console/users/{id}?saved=1"), None)),
        Err(FlowError::Invalid(refused)) => {
            let again = shown(&form, &refused, false, None);
            Ok(desk.again(|frame, rail| page::new_user(frame, rail, &again)))
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /console/users/{id}`.
pub async fn detail(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let user = users::find(&desk.visit.state, desk.pool, user_id(&id)?)?;
    let saved = Form::query(&request)?.one("saved")?.is_some();
    draw(&desk, &user, shown(&kept(&user), &[], saved, Some(user.updated_at)), None)
}

fn kept(user: &User) -> UserForm {
    UserForm {
        username: user.username.clone().unwrap_or_default(),
        name: user.name.clone(),
        email: user.email.clone().unwrap_or_default(),
        phone: user.phone.clone().unwrap_or_default(),
        role: user.role,
        disabled: user.status != UserStatus::Activated,
    }
}

fn draw(desk: &Desk, user: &User, form: page::UserForm, delete_problem: Option<FieldProblem>) -> Answer {
    let refused = !form.problems.is_empty() || delete_problem.is_some();
    let sessions = online::of_user(&desk.visit.state, user.id)?;
    let view = UserView {
        id: user.id,
        name: user.display_name(),
        username: user.identifier(),
        form,
        can_get_link: user.status == UserStatus::Activated && user.id != desk.session.user,
        sessions: sessions.iter().map(|row| view::session_row(&desk.visit, row, Some(desk.session.id))).collect(),
        delete_problem,
    };
    let drawn = |frame: &crate::page::Frame<'_>, rail: &page::Rail| page::user(frame, rail, &view);
    Ok::<HttpResponse, Refusal>(if refused { desk.again(drawn) } else { desk.page(drawn) })
}

/// What a change would do that wants the password of whoever changes it.
fn grave<'a>(user: &'a User, form: &UserForm, password: &str) -> Option<Grave<'a>> {
    let name = user.display_name();
    if form.role != user.role {
        Some(Grave::GiveRole(name, form.role))
    } else if form.disabled && user.role.may_act() && user.may_log_in() {
        Some(Grave::DisableAdmin(name))
    } else if !password.is_empty() {
        Some(Grave::SetPassword(name))
    } else {
        None
    }
}

/// `POST /console/users/{id}`: a password only when one is typed. Disabling shows the receipt.
pub async fn change(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, sent) = desk_post!(&request, &mut payload);
    let id = user_id(&id)?;
    let seen = sent.one("seen")?.and_then(|t| t.parse().ok()).map(Timestamp);
    let password = sent.text("password")?.to_owned();
    let form = typed(&sent)?;
    let user = users::find(&desk.visit.state, desk.pool, id)?;
    if let Some(act) = grave(&user, &form, &password) {
        sure!(desk, &sent, act, &format!("/console/users/{id}"));
    }
    let whom = (desk.pool, id);
    match users::edit_with_password(&desk.visit.state, whom, seen, form.clone(), password, desk.origin()).await {
        Ok(Some(receipt)) => Ok(reply::see_other(&format!("/console/receipts/{}", receipt.id), None)),
        Ok(None) => Ok(reply::see_other(&format!("/console/users/{id}?saved=1"), None)),
        Err(FlowError::Invalid(refused)) => draw(&desk, &user, shown(&form, &refused, false, seen), None),
        Err(other) => Err(other.into()),
    }
}

/// `POST /console/users/{id}/reset-link`: a link by which the user sets a new password, shown once.
pub async fn reset_link(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let whom = (desk.pool, user_id(&id)?);
    let user = users::find(&desk.visit.state, whom.0, whom.1)?;
    sure!(desk, &form, Grave::ResetLink(user.display_name()), &format!("/console/users/{}", user.id));
    let origin = desk.origin();
    let made = desk.visit.state.write(move |act, _| password_link::make(act, whom, &origin)).await?;
    // The base of the place is the configured public origin; without one, a loopback name that was recognised as such.
    let link = format!("{}{}", desk.visit.place.base, password_link::path(made.token.reveal()));
    let shown = UserLinkView { id: user.id, name: user.display_name(), link: &link, until: made.until };
    Ok(desk.page(|frame, rail| page::user_link(frame, rail, &shown)))
}

/// `POST /console/users/{id}/delete`, with the name typed as a confirmation.
pub async fn delete(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let id = user_id(&id)?;
    let user = users::find(&desk.visit.state, desk.pool, id)?;
    let confirm = form.text("confirm")?.trim();
    if confirm != user.identifier() && confirm != user.display_name() {
        let form = shown(&kept(&user), &[], false, Some(user.updated_at));
        return draw(&desk, &user, form, Some(FieldProblem::NotThatName));
    }
    sure!(desk, &form, Grave::DeleteUser(user.display_name()), &format!("/console/users/{id}"));
    let (pool, origin) = (desk.pool, desk.origin());
    let receipt = desk.visit.state.write(move |act, state| users::delete(act, state, pool, id, &origin)).await?;
    Ok(reply::see_other(&format!("/console/receipts/{}", receipt.id), None))
}
