//! `/console/applications…`: list, create, settings, secret, who is in. `/console/keys`.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::application_form::{Shown, kept, shown, typed};
use super::desk::{Desk, desk, desk_post, sure};
use super::receipts::delivery_state;
use crate::domain::clock::Timestamp;
use crate::domain::id::{AccessKeyId, ApplicationId};
use crate::flow::applications::{self, ApplicationForm};
use crate::flow::error::FlowError;
use crate::flow::online::{self, COUNTED};
use crate::flow::telling;
use crate::page::console::{
    self as page, AccessKeysView, ApplicationView, ApplicationsView, Grave, SecretView, TestView,
};
use crate::page::words::FieldProblem;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::visit::off_thread;
use crate::web::{reply, view};

fn application_id(text: &str) -> Result<ApplicationId, Refusal> {
    ApplicationId::parse(text).map_err(|_| Refusal::absent("application"))
}

/// `GET /console/applications`.
pub async fn list(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let read = off_thread(move || online::dashboard(&state, pool)).await?;
    let directory = desk.visit.state.directory().clone();
    let row = |(id, people): &(ApplicationId, u32)| {
        let application = directory.application(*id)?;
        Some(page::ApplicationRow {
            id: *id,
            name: application.name.clone(),
            identifier: application.identifier.clone(),
            online: view::capped(*people, COUNTED),
            logout_addresses: view::count(application.logout.entries().len()),
        })
    };
    let shown = ApplicationsView { applications: read.applications.iter().filter_map(row).collect() };
    Ok(desk.page(|frame, rail| page::applications(frame, rail, &shown)))
}

/// `GET /console/applications/new`.
pub async fn new(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let empty = shown(&ApplicationForm::default(), Shown::default());
    Ok(desk.page(|frame, rail| page::new_application(frame, rail, &empty)))
}

/// `POST /console/applications/new`: the secret is shown once.
pub async fn create(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let form = typed(&form, None)?;
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
            let again = shown(&form, Shown { refused: &refused, ..Shown::default() });
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
    let desk = desk!(&request);
    let row = applications::find(&desk.visit.state, desk.pool, application_id(&id)?)?;
    let saved = Form::query(&request)?.one("saved")?.is_some();
    let about = Shown { saved, seen: Some(row.updated_at), is_default: row.is_default, ..Shown::default() };
    Ok(draw(&desk, row.id, &kept(row), about, None))
}

fn draw(
    desk: &Desk,
    id: ApplicationId,
    form: &ApplicationForm,
    about: Shown<'_>,
    delete_problem: Option<FieldProblem>,
) -> HttpResponse {
    let place = &desk.visit.place;
    let directory = desk.visit.state.directory();
    let origin = directory.application(id).map(|a| place.origin_of(a)).unwrap_or_default();
    let last = telling::last_test(&desk.visit.state, id).ok().flatten();
    let test = TestView {
        address: directory.application(id).and_then(|a| a.protocol.backchannel_logout_uri.as_deref()),
        last: last.map(|row| (row.at, delivery_state(&row, desk.visit.state.now()))),
    };
    let view = ApplicationView {
        id,
        name: &form.name,
        identifier: &form.identifier,
        form: shown(form, about),
        origin: &origin,
        base: &place.base,
        test,
        delete_problem,
    };
    let drawn = |frame: &crate::page::Frame<'_>, rail: &page::Rail| page::application(frame, rail, &view);
    if about.refused.is_empty() && delete_problem.is_none() { desk.page(drawn) } else { desk.again(drawn) }
}

/// `POST /console/applications/{id}`.
pub async fn change(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let id = application_id(&id)?;
    let seen = form.one("seen")?.and_then(|t| t.parse().ok()).map(Timestamp);
    let stored = applications::find(&desk.visit.state, desk.pool, id)?;
    let form = typed(&form, Some(&stored))?;
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
        Ok(None) => Ok(reply::see_other(&format!("/console/applications/{id}?saved=1"), None)),
        Err(FlowError::Invalid(refused)) => {
            let about = Shown { refused: &refused, seen, is_default: stored.is_default, ..Shown::default() };
            Ok(draw(&desk, id, &form, about, None))
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
        return Ok(draw(&desk, id, &kept(row), about, Some(FieldProblem::NotThatName)));
    }
    sure!(desk, &form, Grave::DeleteApplication(&row.name), &format!("/console/applications/{id}"));
    let (pool, origin) = (desk.pool, desk.origin());
    let receipt = desk.visit.state.write(move |act, state| applications::delete(act, state, pool, id, &origin)).await?;
    Ok(reply::see_other(&format!("/console/receipts/{}", receipt.id), None))
}

/// `GET /console/keys`.
pub async fn keys(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    show_keys(&desk, None, None)
}

fn show_keys(desk: &Desk, fresh: Option<(AccessKeyId, &str)>, problem: Option<FieldProblem>) -> Answer {
    let rows = applications::keys(&desk.visit.state, desk.pool)?;
    let row = |k: &applications::AccessKeyRow| page::AccessKeyRow {
        id: k.id,
        label: k.name.clone(),
        created: k.created_at,
        by: k.made_by.clone(),
        used: None,
        revoked: false,
    };
    let view = AccessKeysView { keys: rows.iter().map(row).collect(), fresh, label: "", problem };
    let drawn = |frame: &crate::page::Frame<'_>, rail: &page::Rail| page::access_keys(frame, rail, &view);
    Ok(if problem.is_some() { desk.again(drawn) } else { desk.page(drawn) })
}

/// `POST /console/keys`: a key whose secret is shown once.
pub async fn create_key(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let label = form.text("label")?.to_owned();
    // A key that nobody can tell from another is a key that nobody dares to revoke.
    if label.trim().is_empty() {
        return show_keys(&desk, None, Some(FieldProblem::Missing));
    }
    sure!(desk, &form, Grave::NewKey(&label), "/console/keys");
    let (pool, user, origin) = (desk.pool, desk.session.user, desk.origin());
    let (id, secret) = desk
        .visit
        .state
        .write(move |act, state| applications::create_key(act, state, pool, Some(user), &label, &origin))
        .await?;
    show_keys(&desk, Some((id, secret.reveal())), None)
}

/// `POST /console/keys/{id}/revoke`.
pub async fn revoke_key(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, _) = desk_post!(&request, &mut payload);
    let id = AccessKeyId::parse(&id).map_err(|_| Refusal::absent("access key"))?;
    let (pool, origin) = (desk.pool, desk.origin());
    desk.visit.state.write(move |act, _| applications::revoke_key(act, pool, id, &origin)).await?;
    Ok(reply::see_other("/console/keys", None))
}
