//! What every console page does first and last: an administrator, their pool, the frame, the hidden value.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::domain::id::PoolId;
use crate::domain::logout::{Actor, Origin};
use crate::domain::session::Session;
use crate::page::console::Rail;
use crate::page::{Frame, Markup};
use crate::web::body::Form;
use crate::web::error::Refusal;
use crate::web::visit::Visit;
use crate::web::{crossing, protect, reply, view};

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
        Rail { applications: Some(view::count(applications)), users: None }
    }

    /// A page that turns by itself.
    pub fn page(&self, draw: impl FnOnce(&Frame<'_>, &Rail) -> Markup) -> HttpResponse {
        self.drawn(StatusCode::OK, LIVE, draw)
    }

    /// A form that was refused, with everything that was typed.
    pub fn again(&self, draw: impl FnOnce(&Frame<'_>, &Rail) -> Markup) -> HttpResponse {
        self.drawn(StatusCode::UNPROCESSABLE_ENTITY, LIVE, draw)
    }

    fn drawn(
        &self,
        status: StatusCode,
        live: Option<&str>,
        draw: impl FnOnce(&Frame<'_>, &Rail) -> Markup,
    ) -> HttpResponse {
        let (csrf, cookie) = protect::csrf(&self.visit);
        let html = self.visit.frame(&csrf, live, None, |frame| draw(frame, &self.rail()));
        reply::page(status, html.into_string(), cookie)
    }
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

pub(super) use {desk, desk_post};
