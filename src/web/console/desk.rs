//! What every console page does first and last: an administrator, their pool, the frame, the hidden value.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::domain::id::PoolId;
use crate::domain::logout::{Actor, Origin};
use crate::domain::session::Session;
use crate::flow::error::FlowError;
use crate::flow::reauth::{self, Given};
use crate::flow::users;
use crate::page::console::{ConfirmItIsYou, Grave, NotConfirmed, OWN_PASSWORD, Rail, confirm_it_is_you};
use crate::page::{Frame, Markup};
use crate::web::body::Form;
use crate::web::error::Refusal;
use crate::web::visit::Visit;
use crate::web::{crossing, flash, protect, reply, view};

/// Users that the rail counts.
const USERS: u32 = 999;

const LIVE: Option<&str> = Some("/console/live");

/// An administrator at work, or somebody who only reads.
pub struct Desk {
    /// The visit.
    pub visit: Visit,
    /// Their session.
    pub session: Arc<Session>,
    /// Their pool.
    pub pool: PoolId,
}

/// Sits down: whoever is not in is sent to log in, whoever is no administrator is refused. `Err` is the answer.
///
/// Every page of the console begins here, so the line between reading and acting is drawn here, once: what is not asked
/// with a method that only reads wants an administrator who may act.
pub fn sit(request: &HttpRequest) -> Result<Result<Desk, HttpResponse>, Refusal> {
    let visit = Visit::of(request)?;
    if visit.here().is_none() {
        return crossing::to_log_in(&visit).map(Err);
    }
    let session = if request.method().is_safe() { visit.reader()? } else { visit.admin()? }.clone();
    let pool = session.pool;
    Ok(Ok(Desk { visit, session, pool }))
}

/// The same for a post, with its form, whose hidden value is judged.
pub async fn post(request: &HttpRequest, payload: &mut Payload) -> Result<Result<(Desk, Form), HttpResponse>, Refusal> {
    let desk = match sit(request)? {
        Ok(desk) => desk,
        Err(answer) => return Ok(Err(answer)),
    };
    let form = Form::read(request, payload).await?;
    protect::own_form(&desk.visit, form.text("csrf")?)?;
    Ok(Ok((desk, form)))
}

impl Desk {
    /// The administrator as the origin of an act.
    pub fn origin(&self) -> Origin {
        self.visit.origin(Actor::Admin(self.session.user))
    }

    fn rail(&self) -> Rail {
        let applications = self.visit.state.directory().of_pool(self.pool).count();
        // Counted on every page, so no further than a reader cares for; a file that cannot be read says so elsewhere.
        let users = users::count(&self.visit.state, self.pool, USERS + 1).ok().map(|n| view::capped(n, USERS));
        Rail { applications: Some(view::count(applications)), users }
    }

    /// A page that turns by itself.
    pub fn page(&self, draw: impl FnOnce(&Frame<'_>, &Rail) -> Markup) -> HttpResponse {
        self.drawn(StatusCode::OK, LIVE, draw)
    }

    /// A form that was refused, with everything that was typed.
    pub fn again(&self, draw: impl FnOnce(&Frame<'_>, &Rail) -> Markup) -> HttpResponse {
        self.drawn(StatusCode::UNPROCESSABLE_ENTITY, LIVE, draw)
    }

    /// A page of another status.
    pub fn with_status(&self, status: StatusCode, draw: impl FnOnce(&Frame<'_>, &Rail) -> Markup) -> HttpResponse {
        self.drawn(status, LIVE, draw)
    }

    fn drawn(
        &self,
        status: StatusCode,
        live: Option<&str>,
        draw: impl FnOnce(&Frame<'_>, &Rail) -> Markup,
    ) -> HttpResponse {
        let (csrf, cookie) = protect::csrf(&self.visit);
        let html = self.visit.frame(&csrf, live, None, |frame| draw(frame, &self.rail()));
        reply::page(status, html.into_string(), cookie.into_iter().chain(flash::over(&self.visit)))
    }
}

impl Desk {
    /// Has the password asked again before this act. `None`: it was given a short while ago, or came with the form, and the
    /// act may go on; else the page that asks. What was posted waits in its form, which goes nowhere but back to the same
    /// address.
    pub async fn confirmed(&self, form: &Form, act: Grave<'_>, cancel: &str) -> Result<Option<HttpResponse>, Refusal> {
        if reauth::is_fresh(&self.visit.state, &self.session) {
            return Ok(None);
        }
        let (status, problem) = match form.one(OWN_PASSWORD)? {
            None => (StatusCode::OK, None),
            Some("") => (StatusCode::UNPROCESSABLE_ENTITY, Some(NotConfirmed::Missing)),
            Some(typed) => match reauth::give(&self.visit.state, self.session.clone(), typed, self.origin()).await {
                Ok(Given::Right) => return Ok(None),
                Ok(Given::Wrong { left }) => (StatusCode::UNPROCESSABLE_ENTITY, Some(NotConfirmed::Wrong { left })),
                Err(FlowError::Throttled { seconds }) => {
                    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
                    (StatusCode::TOO_MANY_REQUESTS, Some(NotConfirmed::Throttled { seconds }))
                }
                Err(FlowError::Busy) => (StatusCode::SERVICE_UNAVAILABLE, Some(NotConfirmed::Busy)),
                Err(other) => return Err(other.into()),
            },
        };
        let fields = form.to_keep(&["csrf", OWN_PASSWORD]);
        let view = ConfirmItIsYou {
            act,
            action: self.visit.request.path(),
            fields: &fields,
            has_file: form.has_files(),
            problem,
            cancel,
        };
        let mut answer = self.drawn(status, None, |frame, _| confirm_it_is_you(frame, &view));
        let retry = match problem {
            Some(NotConfirmed::Throttled { seconds }) => Some(seconds.max(1)),
            Some(NotConfirmed::Busy) => Some(2),
            _ => None,
        };
        if let Some(seconds) = retry {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        Ok(Some(answer))
    }
}

/// Goes on with an act of consequence, or answers with the page that asks for the password.
macro_rules! sure {
    ($desk:expr, $form:expr, $act:expr, $cancel:expr) => {
        if let Some(answer) = $desk.confirmed($form, $act, $cancel).await? {
            return Ok(answer);
        }
    };
}

/// Sits down or answers.
macro_rules! desk {
    ($request:expr) => {
        match $crate::web::console::desk::sit($request)? {
            Ok(desk) => desk,
            Err(answer) => return Ok(answer),
        }
    };
}

/// The same for a post.
macro_rules! desk_post {
    ($request:expr, $payload:expr) => {
        match $crate::web::console::desk::post($request, $payload).await? {
            Ok(both) => both,
            Err(answer) => return Ok(answer),
        }
    };
}

pub(super) use {desk, desk_post, sure};
