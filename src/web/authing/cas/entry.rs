//! `GET /cas-idp/:appId`, `GET /cas-idp/:appId/login`: log in for a service, and go there with a ticket (CAS Protocol 2.1, 2.2).
//!
//! 1. The application of the path, if it speaks CAS, then the service, by its list of log-in callbacks: what is refused is
//!    shown to the person and sent nowhere. SDKs write the service into the link without encoding it.
//! 2. `flow::cas` decides as for an authorization request: the log-in page, the ticket, or back without one (`gateway`).
//! 3. A person who was sent to the log-in page comes back with the number at which that was, sealed to the request: it is how
//!    `renew` knows that the password was asked for this one.

use std::sync::Arc;

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use crate::domain::application::Application;
use crate::domain::id::ApplicationId;
use crate::domain::oauth::{GrantType, OauthCode};
use crate::domain::redirect::{Choice, Registered, choose_service};
use crate::flow::authorize::{self, Progress};
use crate::flow::cas::{self, Asked, Step};
use crate::flow::error::FlowError;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::oidc::answer;
use crate::web::protect::{self, Navigation};
use crate::web::visit::Visit;
use crate::web::{crossing, reply};

/// Where a request came back from the log-in page; the rest of the value is sealed.
const MARK: &str = "exeunt_asked";
/// The other hosts of the house have been asked for a session.
const CROSSED: &str = "exeunt_crossed";
/// What this endpoint takes besides the service.
const OWN: [&str; 3] = ["renew", "gateway", "method"];

/// A request for a ticket, with what became of it in the browser so far.
struct Wanted {
    visit: Visit,
    application: Arc<Application>,
    service: Registered,
    /// As it was sent, without our own marks.
    bare: String,
    asked: Asked,
    progress: Progress,
    crossed: bool,
}

/// See the head of this file.
pub async fn login(request: HttpRequest, app: Path<String>) -> Answer {
    let visit = Visit::of(&request)?;
    if protect::navigation(&request) == Navigation::None {
        return Err(Refusal::Forbidden("the log-in page is no frame"));
    }
    let application = speaking(&visit, &app)?;
    let raw = request.query_string();
    let ours = |pair: &&str| [MARK, CROSSED].contains(&pair.split('=').next().unwrap_or_default());
    let bare = raw.split('&').filter(|pair| !ours(pair)).collect::<Vec<_>>().join("&");
    let service = match choose_service(&application.login, &bare, &OWN) {
        Choice::Refused(refusal, shown) => {
            let why = (&refusal, shown.as_str());
            return Ok(answer::not_registered(&visit, &application, why, "service is not registered"));
        }
        // Without a service there is nowhere to go: the person logs in (CAS Protocol 2.1.1).
        choice @ (Choice::Absent | Choice::Allowed(_)) => match choice.registered() {
            Some(service) => service.clone(),
            None => return Ok(reply::see_other(&format!("/login?app_id={}", application.id), None)),
        },
    };
    let marks = Form::parse(raw.split('&').filter(ours).collect::<Vec<_>>().join("&").as_bytes())?;
    let form = Form::parse(bare.as_bytes())?;
    let set = |name| Ok::<_, Refusal>(form.one(name)?.is_some_and(|value| value != "false"));
    let asked = Asked { renew: set("renew")?, gateway: set("gateway")? };
    let asked_at = marks.one(MARK)?.and_then(|mark| authorize::marked(&visit.state, mark, &bare));
    let progress = Progress { asked_at, agreed: false };
    let crossed = marks.one(CROSSED)?.is_some();
    carry_out(&Wanted { visit, application, service, bare, asked, progress, crossed }).await
}

/// The application of a path, on its own host or the base host, if it speaks CAS.
pub(super) fn speaking(visit: &Visit, named: &str) -> Result<Arc<Application>, Refusal> {
    let absent = || Refusal::absent("application");
    let id = ApplicationId::parse(named).map_err(|_| absent())?;
    let found = visit.state.directory().application(id).cloned().filter(|found| visit.place.serves(found));
    let found = found.ok_or_else(absent)?;
    if found.protocol.may(GrantType::Cas) {
        Ok(found)
    } else {
        Err(Refusal::Forbidden("CAS is off for this application; an administrator switches it on with its grants"))
    }
}

async fn carry_out(wanted: &Wanted) -> Answer {
    let Wanted { visit, application, .. } = wanted;
    let session = visit.session.as_deref();
    let step = cas::decide(&visit.state, session, application, wanted.asked, wanted.progress);
    // Whoever has a session on another host of the house has one here.
    if session.is_none() && may_cross(wanted) {
        return cross(wanted);
    }
    match (step, session) {
        (Step::Issue, Some(session)) => {
            let fresh = authorize::has_logged_in_since(&visit.state, session, wanted.progress);
            let to = (application, visit.place.issuer());
            match cas::issue(&visit.state, session, to, &wanted.service, fresh, visit.from()).await {
                Ok(ticket) => Ok(reply::see_other(&wanted.service.with_params(&[("ticket", &ticket)]), None)),
                Err(FlowError::Oauth(error)) if error.code == OauthCode::LoginRequired => {
                    if session.is_outdated_in(application.id) && may_cross(wanted) {
                        return cross(wanted);
                    }
                    if wanted.asked.gateway { Ok(back(wanted)) } else { log_in(wanted, true) }
                }
                Err(other) => Err(other.into()),
            }
        }
        (Step::Back, _) => Ok(back(wanted)),
        (Step::LogIn { again }, _) => log_in(wanted, again),
        (Step::Issue, None) => log_in(wanted, false),
    }
}

/// To the service without a ticket (CAS Protocol 2.1.1, `gateway`).
fn back(wanted: &Wanted) -> HttpResponse {
    reply::see_other(wanted.service.as_str(), None)
}

/// This request again, with what has become of it.
fn again(wanted: &Wanted, marks: &[(&str, &str)]) -> String {
    let marks = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(marks).finish();
    format!("/cas-idp/{}/login?{}&{marks}", wanted.application.id, wanted.bare)
}

fn may_cross(wanted: &Wanted) -> bool {
    !wanted.visit.place.is_base() && !wanted.crossed
}

fn cross(wanted: &Wanted) -> Answer {
    crossing::begin(&wanted.visit, &again(wanted, &[(CROSSED, "1")]))
}

fn log_in(wanted: &Wanted, once_more: bool) -> Answer {
    let (id, mark) = (wanted.application.id.to_string(), authorize::mark(&wanted.visit.state, &wanted.bare)?);
    let next = again(wanted, &[(CROSSED, "1"), (MARK, &mark)]);
    let mut pairs = vec![("app_id", id.as_str()), ("next", next.as_str()), ("crossed", "1")];
    if once_more {
        pairs.push(("again", "1"));
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Ok(reply::see_other(&format!("/login?{query}"), None))
}
