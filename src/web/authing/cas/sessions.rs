//! Looking and logging out in CAS's words: `/cas/session`, `/cas/logout`, `/cas-idp/…/logout`.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::application::Application;
use crate::domain::id::ApplicationId;
use crate::domain::session::Session;
use crate::flow::{presence, signin, users};
use crate::web::authing::signin::with_token;
use crate::web::authing::{caller, out, shape};
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::oidc::wire;
use crate::web::visit::Visit;
use crate::web::{protect, reply};

/// `GET /cas/session`: the session of this browser, or of the token that is shown, and whose it is; `{session: null}` when there
/// is none that counts for the application: the one that is named, else those whose page asks. Bare, with Authing's envelope
/// beside it: clients read it in either way. Guard, told to let in whoever is in (`isSSO`), takes this answer for a log-in and
/// keeps the token in it, so it is given one.
pub async fn session(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    let query = Form::query(&request)?;
    let named = query.one("app_id")?.or(query.one("appId")?);
    let asking = match caller::named_application(&visit.state, &visit.place, &request, named)? {
        Some(application) => vec![application],
        None => whose_page(&visit),
    };
    let mut found: Option<Session> = None;
    if let Some(session) = visit.session.as_deref() {
        let mut counts = asking.is_empty();
        for app in &asking {
            counts |= session.pool == app.pool && presence::counts_for(&visit.state, session, app.id)?;
        }
        found = counts.then(|| session.clone());
    }
    if let (Some(session), [application]) = (&found, asking.as_slice())
        && lets_in(&visit, application)
    {
        return single_sign_on(&visit, session, application).await;
    }
    if found.is_none()
        && let Some(token) = caller::token(&request).unwrap_or(None)
    {
        found = caller::believed(&visit.state, &request, &token)?.and_then(|bearer| bearer.session);
    }
    let Some(session) = found else { return Ok(nobody()) };
    let user = users::find(&visit.state, session.pool, session.user)?;
    let application = if let [one] = asking.as_slice() { Some(one.id) } else { None };
    Ok(somebody(&visit, &session, application, &shape::v2_user(&user)))
}

/// Whether this is Guard, in a page of this very application: it takes the answer for a log-in.
fn lets_in(visit: &Visit, application: &Application) -> bool {
    let from = visit.request.headers().get("x-authing-request-from").and_then(|value| value.to_str().ok());
    from.is_some_and(|from| from.starts_with("Guard@")) && protect::called_by_a_page(visit, Some(application)).is_ok()
}

/// A log-in without the password, as the authorization endpoint gives it: the person enters the application by their session, or
/// has to give the password.
async fn single_sign_on(visit: &Visit, session: &Session, application: &Arc<Application>) -> Answer {
    let whence = (visit.place.issuer(), visit.from());
    Ok(match signin::by_session(&visit.state, application, session, whence).await? {
        Some((user, token)) => somebody(visit, session, Some(application.id), &with_token(&user, &token)),
        None => nobody(),
    })
}

fn nobody() -> HttpResponse {
    HttpResponse::Ok().json(both(json!({ "session": null, "userInfo": null })))
}

fn somebody(visit: &Visit, session: &Session, application: Option<ApplicationId>, user: &Value) -> HttpResponse {
    HttpResponse::Ok().json(both(json!({ "session": described(visit, session, application), "userInfo": user })))
}

/// The applications at whose origin the asking page lies. An old SDK names none, and its page is about its own only: somebody
/// who was kicked from that one may be in others.
fn whose_page(visit: &Visit) -> Vec<Arc<Application>> {
    let origin = visit.request.headers().get(header::ORIGIN).and_then(|value| value.to_str().ok());
    origin.map(|origin| wire::applications_of(&visit.state, &visit.place, origin)).unwrap_or_default()
}

/// The same bare and in the envelope.
fn both(bare: Value) -> Value {
    let mut whole = json!({ "code": 200, "message": "OK", "data": bare.clone() });
    for name in ["session", "userInfo"] {
        whole[name] = bare[name].clone();
    }
    whole
}

fn described(visit: &Visit, session: &Session, application: Option<ApplicationId>) -> Value {
    let entered = session.participants.iter().find(|p| p.is_live()).map(|p| p.application);
    let application = application.or(entered);
    let life = visit.state.lifetimes_of(session.pool).absolute_ms;
    json!({
        "_id": session.sid, "appId": application, "type": "oidc", "userId": session.user,
        "cookie": {
            "originalMaxAge": life, "expires": session.expires_at.iso(), "secure": visit.place.is_https(),
            "httpOnly": true, "path": "/", "sameSite": "lax",
        },
    })
}

/// `GET /cas/logout`: the person's own log-out by a call; as a page load it goes on to the front-end log-out.
pub async fn logout(request: HttpRequest) -> Answer {
    if request.headers().get("sec-fetch-mode").is_some_and(|mode| mode == "navigate") {
        return onward(&request, None);
    }
    out::leave(&request, None).await
}

/// `GET /cas-idp/logout?url=`: the front-end log-out in CAS's words.
pub async fn idp_logout(request: HttpRequest) -> Answer {
    onward(&request, None)
}

/// `GET /cas-idp/:appId/logout?url=`: the same of one application.
pub async fn idp_logout_of(request: HttpRequest, app: Path<String>) -> Answer {
    let application = ApplicationId::parse(&app).map_err(|_| Refusal::absent("application"))?;
    onward(&request, Some(application))
}

/// On to the front-end log-out, which judges the address by the list of the application, asks where it must, and ends the
/// session. The address goes on as it came: SDKs do not encode it.
fn onward(request: &HttpRequest, application: Option<ApplicationId>) -> Answer {
    if protect::navigation(request) == protect::Navigation::None {
        return Err(Refusal::Forbidden("a log-out link acts only as a page load"));
    }
    let query = request.query_string();
    let address = if query.starts_with("url=") || query.contains("&url=") {
        format!("&{query}").replacen("&url=", "&redirect_uri=", 1)
    } else if query.is_empty() {
        String::new()
    } else {
        format!("&{query}")
    };
    let app = application.map(|id| format!("&app_id={id}")).unwrap_or_default();
    let asked = format!("{app}{address}");
    let to = match asked.strip_prefix('&') {
        Some(asked) => format!("/login/profile/logout?{asked}"),
        None => "/login/profile/logout".to_owned(),
    };
    Ok(reply::see_other(&to, None))
}
