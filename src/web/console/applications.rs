//! `/console/applications…`: list, create, settings, secret, who is in. `/console/keys`.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded::byte_serialize;

use super::address_trial::trial;
use super::application_form::{Shown, differing, kept, shown, typed};
use super::desk::{Desk, desk, desk_post, sure};
use super::outbox::outbox_row;
use super::receipts::delivery_state;
use crate::domain::application::{Application, Protocol};
use crate::domain::clock::Timestamp;
use crate::domain::id::{AccessKeyId, ApplicationId};
use crate::domain::oauth::{AuthMethod, GrantType};
use crate::domain::redirect::RedirectList;
use crate::flow::applications::{self, ApplicationForm, ApplicationRow};
use crate::flow::dashboard::{self, InApplication};
use crate::flow::error::FlowError;
use crate::flow::online::COUNTED;
use crate::flow::telling;
use crate::page::console::{
    self as page, AccessKeysView, ApplicationFacts, ApplicationKind, ApplicationPart as Part, ApplicationView,
    ApplicationsView, Callbacks, FormState, Grave, LifetimesView, OutboxKind, OutboxView, SecretView, TestView,
};
use crate::page::words::FieldProblem;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::flash::{self, Flash};
use crate::web::visit::off_thread;
use crate::web::{reply, view};

fn application_id(text: &str) -> Result<ApplicationId, Refusal> {
    ApplicationId::parse(text).map_err(|_| Refusal::absent("application"))
}

/// `GET /console/applications`.
pub async fn list(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let read = off_thread(move || dashboard::applications(&state, pool)).await?;
    let directory = desk.visit.state.directory().clone();
    let row = |row: &InApplication| {
        let application = directory.application(row.id)?;
        Some(page::ApplicationRow {
            id: row.id,
            name: application.name.clone(),
            identifier: application.identifier.clone(),
            is_default: application.is_default,
            kind: kind(&application.protocol),
            online: view::capped(row.people, COUNTED),
            logins: row.logins,
            callbacks: callbacks(application),
        })
    };
    let shown = ApplicationsView { applications: read.iter().filter_map(row).collect() };
    Ok(desk.page(|frame, rail| page::applications(frame, rail, &shown)))
}

fn kind(protocol: &Protocol) -> ApplicationKind {
    let people = [GrantType::AuthorizationCode, GrantType::Password, GrantType::Implicit, GrantType::Cas];
    if !people.into_iter().any(|grant| protocol.may(grant)) {
        ApplicationKind::Program
    } else if protocol.auth_method == AuthMethod::None {
        ApplicationKind::Public
    } else {
        ApplicationKind::Server
    }
}

fn callbacks(application: &Application) -> Callbacks {
    match (kind(&application.protocol), application.login.entries(), application.logout.entries()) {
        (ApplicationKind::Program, _, _) => Callbacks::Complete,
        (_, [], _) => Callbacks::NoLogin,
        (_, _, []) => Callbacks::NoLogout,
        _ => Callbacks::Complete,
    }
}

/// `GET /console/applications/new`.
pub async fn new(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let empty = shown(&ApplicationForm::default(), Shown::default());
    Ok(desk.page(|frame, rail| page::new_application(frame, rail, &empty)))
}

/// `POST /console/applications/new`: the secret is shown once. With `check`, the form is judged only.
pub async fn create(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, sent) = desk_post!(&request, &mut payload);
    let form = typed(&sent, None, Part::Whole)?;
    let trial = trial(&sent, &form.redirect_uris, &form.logout_redirect_uris)?;
    if sent.ticked("check")? {
        let again = shown(&form, Shown { state: FormState::Checked, trial, ..Shown::default() });
        return Ok(desk.page(|frame, rail| page::new_application(frame, rail, &again)));
    }
    let (pool, origin) = (desk.pool, desk.origin());
    let created = match form.clone().judge() {
        Ok(valid) => {
            let name = form.name.clone();
            desk.visit
                .state
                .write(move |act, state| {
                    applications::create_with_secret(act, state, pool, &valid, &origin)
                        .map(|(id, secret)| (id, name, secret))
                })
                .await
        }
        Err(refused) => Err(refused),
    };
    match created {
        Ok((id, name, secret)) => Ok(show_secret(&desk, id, &name, secret.reveal())),
        Err(FlowError::Invalid(refused)) => {
            let again = shown(&form, Shown { refused: &refused, trial, ..Shown::default() });
            Ok(desk.again(|frame, rail| page::new_application(frame, rail, &again)))
        }
        Err(other) => Err(other.into()),
    }
}

fn show_secret(desk: &Desk, id: ApplicationId, name: &str, secret: &str) -> HttpResponse {
    desk.page(|frame, rail| page::secret(frame, rail, &SecretView { id, name, secret }))
}

/// `GET /console/applications/{id}`.
pub async fn settings(request: HttpRequest, id: Path<String>) -> Answer {
    part(&request, &id, Part::Configuration)
}

/// `GET /console/applications/{id}/protocol`.
pub async fn protocol(request: HttpRequest, id: Path<String>) -> Answer {
    part(&request, &id, Part::Protocol)
}

fn part(request: &HttpRequest, id: &str, part: Part) -> Answer {
    let desk = desk!(request);
    let row = applications::find(&desk.visit.state, desk.pool, application_id(id)?)?;
    let state = if desk.visit.flash.is_some() { FormState::Saved } else { FormState::Fresh };
    let about = Shown { state, seen: Some(row.updated_at), is_default: row.is_default, ..Shown::default() };
    Ok(draw(&desk, &row, (part, &kept(row.clone())), about, None))
}

/// `GET /console/applications/{id}/quick-start`.
pub async fn quick_start(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let row = applications::find(&desk.visit.state, desk.pool, application_id(&id)?)?;
    Ok(with_facts(&desk, &row, |facts| desk.page(|frame, rail| page::quick_start(frame, rail, facts))))
}

/// `GET /console/applications/{id}/env`: its settings as a file, without the secret.
pub async fn env(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let row = applications::find(&desk.visit.state, desk.pool, application_id(&id)?)?;
    let text = with_facts(&desk, &row, page::env_file);
    let name = format!("attachment; filename=\"{}.env\"", row.identifier);
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(text))
}

/// `GET /console/applications/{id}/deliveries?before=`.
pub async fn deliveries(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let (pool, id) = (desk.pool, application_id(&id)?);
    let row = applications::find(&desk.visit.state, pool, id)?;
    let before = Form::query(&request)?.cursor("before")?;
    let state = desk.visit.state.clone();
    let (rows, next) = off_thread(move || applications::deliveries(&state, pool, id, before)).await?;
    let home = format!("/console/applications/{id}/deliveries");
    let shown = OutboxView {
        kind: OutboxKind::All,
        rows: rows.iter().map(|row| outbox_row(&desk, row)).collect(),
        first: before.map(|_| home.clone()),
        next: next.map(|id| format!("{home}?before={id}")),
    };
    Ok(with_facts(&desk, &row, |facts| {
        desk.page(|frame, rail| page::application_deliveries(frame, rail, facts, &shown))
    }))
}

/// What stands fast of an application, lent to `tell`.
fn with_facts<T>(desk: &Desk, row: &ApplicationRow, tell: impl FnOnce(&ApplicationFacts<'_>) -> T) -> T {
    let place = &desk.visit.place;
    let directory = desk.visit.state.directory();
    let known = directory.application(row.id);
    let origin = known.map(|a| place.origin_of(a)).unwrap_or_default();
    // An entry that names one address, or else the beginning of one that names many.
    let plain = |list: &RedirectList| {
        let whole = list.entries().iter().find(|entry| entry.is_plain()).map(|entry| entry.original().to_owned());
        whole.or_else(|| list.entries().iter().find_map(|entry| entry.written_from(None)))
    };
    let (callback, bye) = (known.and_then(|a| plain(&a.login)), known.and_then(|a| plain(&a.logout)));
    let target: String = byte_serialize(bye.as_deref().unwrap_or_default().as_bytes()).collect();
    tell(&ApplicationFacts {
        id: row.id,
        name: &row.name,
        pool: row.pool,
        origin: &origin,
        base: &place.base,
        callback: callback.as_deref(),
        bye: bye.as_deref(),
        log_out: &format!("{origin}/login/profile/logout?redirect_uri={target}"),
        proves_itself: row.protocol.auth_method != AuthMethod::None,
    })
}

fn draw(
    desk: &Desk,
    row: &ApplicationRow,
    (part, form): (Part, &ApplicationForm),
    about: Shown<'_>,
    delete_problem: Option<FieldProblem>,
) -> HttpResponse {
    let state = &desk.visit.state;
    let status = match (&about.state, about.refused.is_empty() && delete_problem.is_none()) {
        (FormState::Stale(_), _) => StatusCode::CONFLICT,
        (_, true) => StatusCode::OK,
        (_, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let form = shown(form, about);
    with_facts(desk, row, |facts| {
        if part == Part::Protocol {
            return desk.with_status(status, |frame, rail| page::application_protocol(frame, rail, facts, &form));
        }
        let last = telling::last_test(state, row.id).ok().flatten();
        let test = TestView {
            address: row.protocol.backchannel_logout_uri.as_deref(),
            last: last.map(|row| (row.at, delivery_state(&row, state.now()))),
        };
        let (config, sessions) = (&state.config, state.lifetimes_of(desk.pool));
        let seconds = |ms: i64| u32::try_from(ms / 1_000).unwrap_or(u32::MAX);
        let lifetimes = LifetimesView {
            access: config.access_token_seconds,
            refresh: config.refresh_token_seconds,
            idle: seconds(sessions.idle_ms),
            absolute: seconds(sessions.absolute_ms),
        };
        let view =
            ApplicationView { facts: *facts, identifier: &row.identifier, form, test, lifetimes, delete_problem };
        desk.with_status(status, |frame, rail| page::application(frame, rail, &view))
    })
}

/// `POST /console/applications/{id}`. With `check`, the form is judged only.
pub async fn change(request: HttpRequest, id: Path<String>, payload: Payload) -> Answer {
    change_part(request, &id, payload, Part::Configuration).await
}

/// `POST /console/applications/{id}/protocol`.
pub async fn change_protocol(request: HttpRequest, id: Path<String>, payload: Payload) -> Answer {
    change_part(request, &id, payload, Part::Protocol).await
}

/// Reads a form of a part, and saves it unless it is refused, only to be checked, or older than what is stored.
async fn change_part(request: HttpRequest, id: &str, mut payload: Payload, part: Part) -> Answer {
    let (desk, sent) = desk_post!(&request, &mut payload);
    let id = application_id(id)?;
    let seen = sent.one("seen")?.and_then(|t| t.parse().ok()).map(Timestamp);
    let stored = applications::find(&desk.visit.state, desk.pool, id)?;
    let form = typed(&sent, Some(&stored), part)?;
    let trial = trial(&sent, &form.redirect_uris, &form.logout_redirect_uris)?;
    let about = Shown { seen, is_default: stored.is_default, trial, ..Shown::default() };
    if sent.ticked("check")? {
        return Ok(draw(&desk, &stored, (part, &form), Shown { state: FormState::Checked, ..about }, None));
    }
    let (pool, origin) = (desk.pool, desk.origin());
    let changed = match form.clone().judge() {
        Ok(valid) => {
            desk.visit
                .state
                .write(move |act, state| applications::edit(act, state, (pool, id), seen, &valid, &origin))
                .await
        }
        Err(refused) => Err(refused),
    };
    match changed {
        Ok(Some(secret)) => Ok(show_secret(&desk, id, &form.name, secret.reveal())),
        Ok(None) => {
            let path = if part == Part::Protocol { "/protocol" } else { "" };
            Ok(flash::see_other(&desk.visit, &format!("/console/applications/{id}{path}"), Flash::Saved))
        }
        Err(FlowError::Invalid(refused)) => {
            Ok(draw(&desk, &stored, (part, &form), Shown { refused: &refused, ..about }, None))
        }
        Err(FlowError::Stale) => {
            // Read again: it was changed since, and the form that goes back is of what stands now.
            let now = applications::find(&desk.visit.state, pool, id)?;
            let state = FormState::Stale(differing(&form, &kept(now.clone()), part));
            let about = Shown { state, seen: Some(now.updated_at), is_default: now.is_default, ..about };
            Ok(draw(&desk, &now, (part, &form), about, None))
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /console/applications/{id}/secret`: a new one, shown once; the old one is dead.
pub async fn new_secret(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let id = application_id(&id)?;
    let (pool, origin) = (desk.pool, desk.origin());
    let name = applications::find(&desk.visit.state, pool, id)?.name;
    sure!(desk, &form, Grave::NewSecret(&name), &format!("/console/applications/{id}"));
    let secret = desk
        .visit
        .state
        .write(move |act, state| applications::set_secret(act, state, (pool, id), None, &origin))
        .await?
        .ok_or(Refusal::Broken)?;
    Ok(show_secret(&desk, id, &name, secret.reveal()))
}

/// `POST /console/applications/{id}/delete`, with the name typed as a confirmation.
pub async fn delete(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let id = application_id(&id)?;
    let row = applications::find(&desk.visit.state, desk.pool, id)?;
    if form.text("confirm")?.trim() != row.identifier {
        let about = Shown { seen: Some(row.updated_at), is_default: row.is_default, ..Shown::default() };
        let form = (Part::Configuration, &kept(row.clone()));
        return Ok(draw(&desk, &row, form, about, Some(FieldProblem::NotThatName)));
    }
    sure!(desk, &form, Grave::DeleteApplication(&row.name), &format!("/console/applications/{id}"));
    let (pool, origin) = (desk.pool, desk.origin());
    let receipt = desk.visit.state.write(move |act, state| applications::delete(act, state, pool, id, &origin)).await?;
    Ok(reply::see_other(&format!("/console/receipts/{}", receipt.id), None))
}

/// `GET /console/keys`.
pub async fn keys(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    show_keys(&desk, None, "", None)
}

/// Characters of the note on an access key.
const NOTE: u32 = 100;

fn show_keys(desk: &Desk, fresh: Option<(AccessKeyId, &str)>, typed: &str, problem: Option<FieldProblem>) -> Answer {
    let rows = applications::keys(&desk.visit.state, desk.pool)?;
    let row = |k: &applications::AccessKeyRow| page::AccessKeyRow {
        id: k.id,
        label: k.name.clone(),
        created: k.created_at,
        by: k.made_by.clone(),
        used: None,
        revoked: false,
    };
    let view = AccessKeysView { keys: rows.iter().map(row).collect(), fresh, label: typed, problem };
    let drawn = |frame: &crate::page::Frame<'_>, rail: &page::Rail| page::access_keys(frame, rail, &view);
    Ok(if problem.is_some() { desk.again(drawn) } else { desk.page(drawn) })
}

/// `POST /console/keys`: a key whose secret is shown once.
pub async fn create_key(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let label = form.text("label")?.to_owned();
    // A key that nobody can tell from another is a key that nobody dares to revoke.
    if label.trim().is_empty() {
        return show_keys(&desk, None, &label, Some(FieldProblem::Missing));
    }
    if label.chars().nth(NOTE as usize).is_some() {
        return show_keys(&desk, None, &label, Some(FieldProblem::TooLong(NOTE)));
    }
    sure!(desk, &form, Grave::NewKey(&label), "/console/keys");
    let (pool, user, origin) = (desk.pool, desk.session.user, desk.origin());
    let (id, secret) = desk
        .visit
        .state
        .write(move |act, state| applications::create_key(act, state, pool, Some(user), &label, &origin))
        .await?;
    show_keys(&desk, Some((id, secret.reveal())), "", None)
}

/// `POST /console/keys/{id}/revoke`.
pub async fn revoke_key(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, _) = desk_post!(&request, &mut payload);
    let id = AccessKeyId::parse(&id).map_err(|_| Refusal::absent("access key"))?;
    let (pool, origin) = (desk.pool, desk.origin());
    desk.visit.state.write(move |act, _| applications::revoke_key(act, pool, id, &origin)).await?;
    Ok(reply::see_other("/console/keys", None))
}
