//! `/console/users`: the list, and a new user.

use actix_web::HttpRequest;
use actix_web::web::Payload;

use super::desk::{Desk, desk, desk_post, sure};
use crate::domain::clock::Timestamp;
use crate::domain::id::UserId;
use crate::domain::user::{Role, User, UserStatus};
use crate::flow::error::{FieldRefused, FlowError};
use crate::flow::users::{self, Listed, UserForm};
use crate::page::Count;
use crate::page::console::{self as page, Grave, UserDone, UserRow, UsersView};
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::flash::{self, Flash};
use crate::web::view;
use crate::web::visit::off_thread;

pub(super) fn user_id(text: &str) -> Result<UserId, Refusal> {
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
    let sought = encoded(&q);
    let cursor = |user: &User| format!("/console/users?q={sought}&after={}_{}", user.created_at, user.id);
    let next = rows.last().filter(|_| more).map(|listed| cursor(&listed.user));
    let shown = UsersView {
        count: Count { n: u32::try_from(rows.len()).unwrap_or(u32::MAX), more: more || after.is_some() },
        q: &q,
        users: rows.iter().map(|listed| row(&desk, listed)).collect(),
        first: after.map(|_| format!("/console/users?q={sought}")),
        next,
    };
    Ok(desk.page(|frame, rail| page::users(frame, rail, &shown)))
}

/// A text as it stands in a query.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn row(desk: &Desk, listed: &Listed) -> UserRow {
    let user = &listed.user;
    UserRow {
        id: user.id,
        name: user.display_name().to_owned(),
        identifier: user.identifier().to_owned(),
        role: user.role,
        enabled: user.status == UserStatus::Activated,
        sessions: view::capped(listed.sessions, 99),
        applications: view::names(&desk.visit, listed.applications.iter().copied()),
        last_login: user.last_login_at,
        last_ip: user.last_ip.clone(),
    }
}

/// A form without the field leaves nobody with rights by accident.
fn role(form: &Form) -> Result<Role, Refusal> {
    form.one("role")?.map_or(Ok(Role::Person), |word| Role::parse(word).ok_or(Refusal::bad("role")))
}

pub(super) fn typed(form: &Form) -> Result<UserForm, Refusal> {
    Ok(UserForm {
        username: form.text("username")?.to_owned(),
        name: form.text("name")?.to_owned(),
        email: form.text("email")?.to_owned(),
        phone: form.text("phone")?.to_owned(),
        role: role(form)?,
        disabled: form.text("status")? == "disabled",
    })
}

pub(super) fn shown(
    form: &UserForm,
    refused: &[FieldRefused],
    done: Option<UserDone>,
    seen: Option<Timestamp>,
) -> page::UserForm {
    page::UserForm {
        username: form.username.clone(),
        name: form.name.clone(),
        email: form.email.clone(),
        phone: form.phone.clone(),
        role: form.role,
        enabled: !form.disabled,
        problems: view::user_problems(refused),
        done,
        seen,
        theirs: None,
    }
}

/// `GET /console/users/new`.
pub async fn new(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let empty = shown(&UserForm::default(), &[], None, None);
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
        Ok(id) => {
            let done = Flash::User(UserDone::Created);
            Ok(flash::see_other(&desk.visit, &format!("/console/users/{id}"), done))
        }
        Err(FlowError::Invalid(refused)) => {
            let again = shown(&form, &refused, None, None);
            Ok(desk.again(|frame, rail| page::new_user(frame, rail, &again)))
        }
        Err(other) => Err(other.into()),
    }
}
