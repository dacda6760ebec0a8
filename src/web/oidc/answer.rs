//! Answers of the authorization endpoint: on their way to the registered address, or a page for the person when there is none.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::domain::application::Application;
use crate::domain::authorization::{Addressee, ResponseMode, Unanswerable};
use crate::domain::oauth::{OauthCode, OauthError};
use crate::domain::redirect::Refusal;
use crate::page::authorize as page;
use crate::page::login::AppFace;
use crate::page::logout::Refused;
use crate::web::visit::Visit;
use crate::web::{protect, reply, view};

pub(in crate::web) fn failed(error: OauthError) -> Vec<(&'static str, String)> {
    vec![("error", error.code.as_str().to_owned()), ("error_description", error.description.to_owned())]
}

/// The answer, good or bad, on its way to the registered address.
pub(in crate::web) fn respond(
    visit: &Visit,
    application: &Application,
    to: &Addressee,
    mut params: Vec<(&'static str, String)>,
) -> HttpResponse {
    if let Some(state) = &to.state {
        params.push(("state", state.clone()));
    }
    params.push(("iss", visit.place.issuer()));
    let pairs: Vec<(&str, &str)> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match to.mode {
        ResponseMode::Query => reply::see_other(&to.redirect.with_params(&pairs), None),
        ResponseMode::Fragment => reply::see_other(&to.redirect.with_fragment(&pairs), None),
        ResponseMode::FormPost => {
            let fields: Vec<(String, String)> =
                params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let view =
                page::FormPostView { action: to.redirect.as_str(), fields: &fields, application: face(application) };
            let html = visit.frame("", None, None, |frame| page::form_post(frame, &view)).into_string();
            reply::leaving_page(StatusCode::OK, html, None)
        }
        ResponseMode::WebMessage => web_message(visit, to, &params),
    }
}

/// The page that passes the answer to the window that holds or opened it: to the origin of the registered address only, and
/// only that may hold it in a frame (security.md H5).
fn web_message(visit: &Visit, to: &Addressee, params: &[(&'static str, String)]) -> HttpResponse {
    let origin = to.redirect.origin();
    let response: serde_json::Map<String, serde_json::Value> =
        params.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    let json = serde_json::Value::Object(response).to_string();
    let view = page::WebMessageView { origin: &origin, response_json: &json };
    let html = visit.frame("", None, None, |frame| page::web_message(frame, &view)).into_string();
    let mut answer = reply::page(StatusCode::OK, html, None);
    reply::allow_framing(&mut answer, &origin);
    answer
}

/// A page for the person: nothing that came with the request is followed.
pub(in crate::web) fn unanswerable(
    visit: &Visit,
    application: &Application,
    why: &Unanswerable,
    asked: &str,
) -> HttpResponse {
    match why {
        Unanswerable::Malformed(_) => {
            fault(visit, application, "redirect_uri is missing, or a parameter came more than once", None)
        }
        Unanswerable::Refused(refusal) => {
            not_registered(visit, application, (refusal, asked), "redirect_uri is not registered")
        }
    }
}

/// An address that the application did not register, shown as text.
pub(in crate::web) fn not_registered(
    visit: &Visit,
    application: &Application,
    (refusal, asked): (&Refusal, &str),
    description: &str,
) -> HttpResponse {
    tracing::info!(rule = refusal.code(), "a log-in address was refused");
    let closest = refusal.closest.as_ref().filter(|_| visit.state.config.dev);
    let shown = Refused {
        address: asked,
        rule: view::rule(refusal.code()).sentence(visit.lang()),
        developer: closest.map(|closest| (closest.entry.as_str(), closest.differs_at)),
    };
    fault(visit, application, description, Some(shown))
}

/// What else is wrong with a request of this application.
pub(in crate::web) fn fault(
    visit: &Visit,
    application: &Application,
    description: &str,
    refused: Option<Refused<'_>>,
) -> HttpResponse {
    let request_id = crate::web::visit::request_id(&visit.request);
    let settings = format!("/console/applications/{}", application.id);
    let view = page::AuthorizeErrorView {
        code: OauthCode::InvalidRequest.as_str(),
        description,
        request_id: &request_id,
        application: Some(face(application)),
        refused,
        settings: refused.is_some().then_some(settings.as_str()),
    };
    page_of_fault(visit, &view)
}

/// The application is not known, or not of this host.
pub(in crate::web) fn unknown(visit: &Visit, description: &str) -> HttpResponse {
    let request_id = crate::web::visit::request_id(&visit.request);
    page_of_fault(
        visit,
        &page::AuthorizeErrorView {
            code: OauthCode::InvalidClient.as_str(),
            description,
            request_id: &request_id,
            application: None,
            refused: None,
            settings: None,
        },
    )
}

fn page_of_fault(visit: &Visit, view: &page::AuthorizeErrorView<'_>) -> HttpResponse {
    let (csrf, cookie) = protect::csrf(visit);
    let html = visit.frame(&csrf, None, None, |frame| page::refused(frame, view)).into_string();
    reply::page(StatusCode::BAD_REQUEST, html, cookie)
}

pub(in crate::web) fn face(application: &Application) -> AppFace<'_> {
    AppFace { name: &application.name, identifier: &application.identifier }
}
