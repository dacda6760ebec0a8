//! Log out by a call: `/logout` with its four jobs, `/api/v2/logout`, and what CAS shares with them.
//!
//! 1. `userId` makes it an administrator's kick; or the person's own log-out, where the token is theirs (java 4). It is a GET
//!    that acts, so only the `Authorization` header counts, never a cookie (authing-contract.md 1.1).
//! 2. A page load goes on to the front-end log-out, which asks where it must and shows a page.
//! 3. Else it is the person's own: by the cookie of this host, by their token, or both; but a cookie of somebody else, in the
//!    jar of a program that shows a token, is none of this person's. What no page of the application could
//!    have asked for (images, frames, prefetches, other sites) ends nothing (security.md O1).
//! 4. The session ends, whole, in one committed transaction, with the token that was shown. Ending what has ended is no
//!    error: the SDKs clear their own storage only after a good answer.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{caller, envelope};
use crate::domain::application::Application;
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::logout::{Actor, Cause};
use crate::domain::session::Session;
use crate::flow::{bearer, logout as door};
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::logout::forget;
use crate::web::protect::{self, Navigation};
use crate::web::reply;
use crate::web::visit::{self, Visit};

/// `GET /logout`.
pub async fn logout(request: HttpRequest) -> Answer {
    let query = Form::query(&request)?;
    if let Some(named) = query.one("userId")? {
        if let Some(own) = own(&request, named)? {
            return end(&request, query.one("appId")?, Some(own)).await;
        }
        return kick(&request, &query).await;
    }
    if is_page_load(&request) {
        return Ok(reply::see_other("/login/profile/logout", None));
    }
    let device = query.one("deviceId")?.and_then(caller::meant);
    if device.is_some_and(|device| device != "current") {
        return Err(Refusal::bad("deviceId"));
    }
    leave(&request, query.one("appId")?).await
}

/// `GET /api/v2/logout?app_id=&only_self=`.
pub async fn api_logout(request: HttpRequest) -> Answer {
    let query = Form::query(&request)?;
    leave(&request, query.one("app_id")?).await
}

fn is_page_load(request: &HttpRequest) -> bool {
    let says = request.headers().get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
    says && protect::navigation(request) != Navigation::None
}

/// The person whose living token is shown, if it is this one.
fn own(request: &HttpRequest, named: &str) -> Result<Option<UserId>, Refusal> {
    match caller::person(&*visit::state(request)?, request) {
        Ok(person) => Ok(Some(person.who()).filter(|id| id.as_str() == named)),
        Err(Refusal::Unauthenticated) => Ok(None),
        Err(other) => Err(other),
    }
}

/// An administrator ends a user's part in an application (`appId`), or everything of theirs.
async fn kick(request: &HttpRequest, query: &Form) -> Answer {
    let state = visit::state(request)?;
    if protect::is_prefetch(request) {
        return Err(Refusal::Forbidden("not as a prefetch"));
    }
    let caller = caller::admin(&state, request)?;
    let user = UserId::parse(query.text("userId")?).map_err(|_| Refusal::bad("userId"))?;
    let within = match query.one("appId")?.and_then(caller::meant) {
        None => None,
        Some(id) => Some(ApplicationId::parse(id).map_err(|_| Refusal::absent("application"))?),
    };
    let origin = caller::origin(&state, request, &caller);
    let receipt = state
        .write(move |act, state| door::kick(act, state, caller.pool, (vec![user], within), (Cause::Kicked, origin)))
        .await?;
    Ok(envelope::kicked(request, &receipt))
}

/// The person's own log-out by a call. An application that nobody knows is passed over: whoever calls wants out.
pub async fn leave(request: &HttpRequest, named: Option<&str>) -> Answer {
    end(request, named, None).await
}

/// The same; of nobody but `own`, where the call says whom it means.
async fn end(request: &HttpRequest, named: Option<&str>, own: Option<UserId>) -> Answer {
    let visit = Visit::of(request)?;
    let application = caller::named_application(&visit.state, &visit.place, request, named).unwrap_or(None);
    protect::called_by_a_page(&visit, application.as_deref())?;
    let shown = caller::token(request).unwrap_or(None);
    let bearer = match shown {
        Some(token) => caller::believed(&visit.state, request, &token)?,
        None => None,
    };
    let by_token = bearer.as_ref().map(bearer::Bearer::who).filter(|_| caller::is_no_browser(request));
    let mut held = held(&visit, application.as_deref());
    held.retain(|session| own.or(by_token).is_none_or(|user| user == session.user));
    let ends_all = held.len() == usize::from(visit.session.is_some()) + visit.rivals.len();
    let from = visit.origin(Actor::House);
    let receipt = visit.state.write(move |act, state| bearer::leave(act, state, &held, bearer.as_ref(), &from)).await?;
    let data = receipt.map_or(Value::Null, |receipt| json!({ "receipt": receipt.id }));
    let mut answer = envelope::v2(envelope::in_words(request, "logged out", "单点登出成功"), &data);
    if ends_all {
        without_cookies(&visit, &mut answer);
    }
    Ok(answer)
}

/// The sessions of this browser here, as far as they are of the application's pool, or of those of the calling page: one
/// pool never acts for another.
fn held(visit: &Visit, application: Option<&Application>) -> Vec<Arc<Session>> {
    let pools = application.map(|application| vec![application.pool]).or_else(|| protect::pools_of_the_page(visit));
    let of_pool = |session: &&Arc<Session>| pools.as_ref().is_none_or(|pools| pools.contains(&session.pool));
    visit.session.iter().chain(&visit.rivals).filter(of_pool).cloned().collect()
}

fn without_cookies(visit: &Visit, answer: &mut HttpResponse) {
    for line in forget(&visit.place) {
        if let Ok(value) = HeaderValue::from_str(&line) {
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}
