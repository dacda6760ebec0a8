//! `/console/users/{id}…`: one user, tab by tab; change, disable, a password link, force out of one application, delete.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::desk::{Desk, desk, desk_post, sure};
use super::users::{shown, typed, user_id};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, Sid, UserId};
use crate::domain::logout::{Cause, Scope};
use crate::domain::user::{User, UserStatus};
use crate::flow::error::FlowError;
use crate::flow::logout::Picked;
use crate::flow::users::{self, Edited, UserForm};
use crate::flow::{account, logout as door, online, password_link, presence};
use crate::page::console::{self as page, Grave, UserDone, UserHead, UserLinkView, UserView};
use crate::page::personal_center::ActivityKind;
use crate::page::words::FieldProblem;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::flash::{self, Flash};
use crate::web::visit::off_thread;
use crate::web::{own_record, reply, view};

/// A user of the pool, by the id in the path.
fn found(desk: &Desk, id: &str) -> Result<User, Refusal> {
    Ok(users::find(&desk.visit.state, desk.pool, user_id(id)?)?)
}

/// What stands above every tab, with the sessions it counts.
fn head<'a>(desk: &Desk, user: &'a User) -> Result<(UserHead<'a>, Vec<account::SessionRow>), Refusal> {
    let sessions = online::of_user(&desk.visit.state, user.id)?;
    let head = UserHead {
        id: user.id,
        name: user.display_name(),
        identifier: user.identifier(),
        role: user.role,
        enabled: user.status == UserStatus::Activated,
        own: user.id == desk.session.user,
        sessions: view::count(sessions.len()),
        last_login: user.last_login_at,
    };
    Ok((head, sessions))
}

/// `GET /console/users/{id}`.
pub async fn detail(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let user = found(&desk, &id)?;
    let done = match desk.visit.flash {
        Some(Flash::User(done)) => Some(done),
        Some(_) => Some(UserDone::Saved),
        None => None,
    };
    draw(&desk, &user, StatusCode::OK, shown(&UserForm::from(&user), &[], done, Some(user.updated_at)), None)
}

fn draw(
    desk: &Desk,
    user: &User,
    status: StatusCode,
    form: page::UserForm,
    delete_problem: Option<FieldProblem>,
) -> Answer {
    let view = UserView { head: head(desk, user)?.0, form, delete_problem };
    Ok(desk.with_status(status, |frame, rail| page::user(frame, rail, &view)))
}

/// `GET /console/users/{id}/devices`.
pub async fn devices(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let user = found(&desk, &id)?;
    let (head, rows) = head(&desk, &user)?;
    let sessions: Vec<_> = rows.iter().map(|row| view::session_row(&desk.visit, row, Some(desk.session.id))).collect();
    Ok(desk.page(|frame, rail| page::user_devices(frame, rail, &head, &sessions)))
}

/// `GET /console/users/{id}/applications`.
pub async fn applications(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let user = found(&desk, &id)?;
    let (state, whose) = (desk.visit.state.clone(), user.id);
    let known = off_thread(move || presence::acquaintances(&state, whose)).await?;
    let directory = desk.visit.state.directory();
    let known: Vec<_> = known.iter().filter_map(|one| own_record::own_application(&directory, one)).collect();
    let (head, _) = head(&desk, &user)?;
    Ok(desk.page(|frame, rail| page::user_applications(frame, rail, &head, &known)))
}

/// `GET /console/users/{id}/history?kind=&before=`.
pub async fn history(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let user = found(&desk, &id)?;
    let query = Form::query(&request)?;
    let (kind, before) = (ActivityKind::parse(query.text("kind")?), query.cursor("before")?);
    let (state, whose) = (desk.visit.state.clone(), user.id);
    let read = off_thread(move || account::record(&state, whose, kind.as_str(), before)).await?;
    let shown = own_record::activity_view(&format!("/console/users/{}/history", user.id), kind, before, &read);
    let (head, _) = head(&desk, &user)?;
    Ok(desk.page(|frame, rail| page::user_history(frame, rail, &head, &shown)))
}

/// `GET /console/users/{id}/data`: what the house keeps of a user, without any secret.
pub async fn data(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let user = found(&desk, &id)?;
    let (head, sessions) = head(&desk, &user)?;
    let sessions: Vec<_> = sessions
        .iter()
        .map(|row| {
            json!({
                "sid": row.sid.as_str(), "ip": row.ip, "userAgent": row.user_agent, "createdAt": row.created_at.iso(),
                "lastSeenAt": row.last_seen_at.iso(),
                "applications": row.applications.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let value = json!({
        "id": user.id.as_str(), "userPoolId": user.pool.as_str(), "username": user.username, "name": user.name,
        "email": user.email, "phone": user.phone, "role": user.role.as_str(), "status": user.status.as_str(),
        "createdAt": user.created_at.iso(), "updatedAt": user.updated_at.iso(),
        "lastLoginAt": user.last_login_at.map(Timestamp::iso), "lastIp": user.last_ip, "logins": user.logins,
        "sessions": sessions,
    });
    let text = serde_json::to_string_pretty(&value).map_err(|_| Refusal::Broken)?;
    Ok(desk.page(|frame, rail| page::user_data(frame, rail, &head, &text)))
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
    let user = found(&desk, id.as_str())?;
    if let Some(act) = grave(&user, &form, &password) {
        sure!(desk, &sent, act, &format!("/console/users/{id}"));
    }
    let whom = (desk.pool, id);
    match users::edit_with_password(&desk.visit.state, whom, seen, form.clone(), password, desk.origin()).await {
        Ok(edited) => Ok(after(&desk, id, &edited, UserDone::Saved)),
        Err(FlowError::Invalid(refused)) => {
            draw(&desk, &user, StatusCode::UNPROCESSABLE_ENTITY, shown(&form, &refused, None, seen), None)
        }
        // Somebody was faster: what was typed stays, beside what is kept now; saved once more it counts.
        Err(FlowError::Stale) => {
            let now = found(&desk, id.as_str())?;
            let theirs = shown(&UserForm::from(&now), &[], None, None);
            let again =
                page::UserForm { theirs: Some(Box::new(theirs)), ..shown(&form, &[], None, Some(now.updated_at)) };
            draw(&desk, &now, StatusCode::CONFLICT, again, None)
        }
        Err(other) => Err(other.into()),
    }
}

/// To the receipt where somebody was logged out, else back to the user, with what was done.
fn after(desk: &Desk, id: UserId, edited: &Edited, done: UserDone) -> HttpResponse {
    let disabled = edited.receipt.as_ref().is_some_and(|receipt| receipt.cause == Cause::Disabled);
    let done = if disabled { UserDone::Disabled } else { done };
    match &edited.receipt {
        Some(receipt) if edited.was_in => reply::see_other(&format!("/console/receipts/{}", receipt.id), None),
        Some(_) | None => flash::see_other(&desk.visit, &format!("/console/users/{id}"), Flash::User(done)),
    }
}

/// `POST /console/users/{id}/reset-link`: a link by which the user sets a new password, shown once.
pub async fn reset_link(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let user = found(&desk, &id)?;
    let whom = (desk.pool, user.id);
    sure!(desk, &form, Grave::ResetLink(user.display_name()), &format!("/console/users/{}", user.id));
    let origin = desk.origin();
    let made = desk.visit.state.write(move |act, _| password_link::make(act, whom, &origin)).await?;
    // The base of the place is the configured public origin; without one, a loopback name that was recognised as such.
    let link = format!("{}{}", desk.visit.place.base, password_link::path(made.token.reveal()));
    let shown = UserLinkView { id: user.id, name: user.display_name(), link: &link, until: made.until };
    Ok(desk.page(|frame, rail| page::user_link(frame, rail, &shown)))
}

/// `POST /console/users/{id}/status`: disables, which ends every login, or lets the user log in again.
pub async fn switch(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let user = found(&desk, &id)?;
    let to = match form.text("status")? {
        "disabled" => UserStatus::Disabled,
        "enabled" => UserStatus::Activated,
        _ => return Err(Refusal::bad("status")),
    };
    let page = format!("/console/users/{}", user.id);
    if to == UserStatus::Disabled && user.role.may_act() && user.may_log_in() {
        sure!(desk, &form, Grave::DisableAdmin(user.display_name()), &page);
    }
    let (whom, origin) = ((desk.pool, user.id), desk.origin());
    let edited = desk.visit.state.write(move |act, state| users::switch(act, state, whom, to, &origin)).await?;
    Ok(after(&desk, user.id, &edited, UserDone::Enabled))
}

/// `POST /console/users/{id}/end` with sid: ends one session, whole. One that has ended meanwhile is no error.
pub async fn end(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let user = found(&desk, &id)?;
    let sid = Sid::parse(form.text("sid")?).map_err(|_| Refusal::absent("session"))?;
    let picked = Picked { sids: vec![sid], application: None, scope: Scope::Device, reason: String::new(), keep: None };
    let (pool, origin) = (desk.pool, desk.origin());
    match desk.visit.state.write(move |act, state| door::end_picked(act, state, pool, picked, origin)).await {
        Ok(receipt) => Ok(reply::see_other(&format!("/console/receipts/{}", receipt.id), None)),
        Err(FlowError::Absent(_)) => Ok(reply::see_other(&format!("/console/users/{}/devices", user.id), None)),
        Err(other) => Err(other.into()),
    }
}

/// `POST /console/users/{id}/leave` with application: forces the user out of that one, on every device.
pub async fn leave(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let user = found(&desk, &id)?;
    let application = ApplicationId::parse(form.text("application")?).map_err(|_| Refusal::absent("application"))?;
    let (pool, whom, why) = (desk.pool, (vec![user.id], Some(application)), (Cause::Console, desk.origin()));
    let receipt = desk.visit.state.write(move |act, state| door::kick_known(act, state, pool, whom, why)).await?;
    Ok(reply::see_other(&format!("/console/receipts/{}", receipt.id), None))
}

/// `POST /console/users/{id}/delete`, with the name typed as a confirmation.
pub async fn delete(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let user = found(&desk, &id)?;
    let id = user.id;
    let confirm = form.text("confirm")?.trim();
    if confirm != user.identifier() && confirm != user.display_name() {
        let form = shown(&UserForm::from(&user), &[], None, Some(user.updated_at));
        return draw(&desk, &user, StatusCode::UNPROCESSABLE_ENTITY, form, Some(FieldProblem::NotThatName));
    }
    sure!(desk, &form, Grave::DeleteUser(user.display_name()), &format!("/console/users/{id}"));
    let (pool, origin) = (desk.pool, desk.origin());
    let receipt = desk.visit.state.write(move |act, state| users::delete(act, state, pool, id, &origin)).await?;
    Ok(reply::see_other(&format!("/console/receipts/{}", receipt.id), None))
}
