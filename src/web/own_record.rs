//! The personal center: where a person is in, and what was done in their name.

use actix_web::HttpRequest;
use actix_web::web::Payload;

use super::body::Form;
use super::error::{Answer, Refusal};
use super::flash::{self, Flash};
use super::personal_center::{log_in_first, page, post};
use super::table;
use super::visit::{Visit, off_thread};
use super::{crossing, view};
use crate::domain::id::ApplicationId;
use crate::domain::logout::Actor;
use crate::domain::session::Session;
use crate::flow::directory::Directory;
use crate::flow::state::State;
use crate::flow::{account, logout as door, presence};
use crate::page::personal_center::{
    ActivityKind, ActivityView, ApplicationsView, OwnApplication, activity, applications,
};

/// `GET /u/applications`.
pub async fn applications_page(request: HttpRequest) -> Answer {
    let known = |state: &State, session: &Session| presence::acquaintances(state, session.user);
    page(request, known, |visit, _, known, frame| {
        let directory = visit.state.directory();
        let shown = ApplicationsView {
            applications: known.iter().filter_map(|one| own_application(&directory, one)).collect(),
        };
        Ok(applications(frame, &shown))
    })
    .await
}

/// An application as its person knows it.
pub(super) fn own_application(directory: &Directory, one: &presence::Acquaintance) -> Option<OwnApplication> {
    let application = directory.application(one.application)?;
    Some(OwnApplication {
        id: application.id,
        name: application.name.clone(),
        home: application.login.home(),
        devices: view::count(one.devices),
        last: one.last,
    })
}

/// `POST /u/applications/leave`: one application, on all devices of the person. One that they are not in is no error.
pub async fn leave(request: HttpRequest, mut payload: Payload) -> Answer {
    let Some((visit, session, form)) = post(&request, &mut payload).await? else { return log_in_first(&request) };
    let absent = || Refusal::absent("application");
    let application = ApplicationId::parse(form.text("application")?).map_err(|_| absent())?;
    let (origin, person) = (visit.origin(Actor::User(session.user)), (session.pool, session.user));
    visit.state.write(move |act, state| door::leave_application(act, state, person, application, origin)).await?;
    Ok(flash::see_other(&visit, "/u/applications", Flash::Left(application)))
}

/// `GET /u/activity?kind=&before=`.
pub async fn activity_page(request: HttpRequest) -> Answer {
    let query = Form::query(&request)?;
    let (kind, before) = (ActivityKind::parse(query.text("kind")?), query.cursor("before")?);
    let record = move |state: &State, session: &Session| account::record(state, session.user, kind.as_str(), before);
    page(request, record, |_, _, read, frame| Ok(activity(frame, &activity_view("/u/activity", kind, before, read))))
        .await
}

/// A page of a record, at this address.
pub(super) fn activity_view(
    at: &str,
    kind: ActivityKind,
    before: Option<i64>,
    (rows, next): &(Vec<account::AuditRow>, Option<i64>),
) -> ActivityView {
    let address = |before: Option<i64>| {
        let before = before.map(|id| format!("&before={id}")).unwrap_or_default();
        format!("{at}?kind={}{before}", kind.as_str())
    };
    ActivityView {
        kind,
        rows: rows.iter().map(view::activity).collect(),
        first: before.map(|_| address(None)),
        next: next.map(|id| address(Some(id))),
    }
}

/// `GET /u/activity.csv?kind=`: the same, to be taken home.
pub async fn activity_table(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    let Some(session) = visit.here().cloned() else { return crossing::to_log_in(&visit) };
    let kind = ActivityKind::parse(Form::query(&request)?.text("kind")?);
    let (state, user) = (visit.state.clone(), session.user);
    let rows = off_thread(move || account::whole_record(&state, user, kind.as_str())).await?;
    let lines = rows.iter().map(|row| {
        [row.at.iso(), row.act.clone(), row.target.clone(), row.ip.clone(), row.user_agent.clone(), row.request.clone()]
    });
    let head = ["time", "event", "application", "address", "user_agent", "request_id"];
    table::download("activity.csv", head, lines)
}
