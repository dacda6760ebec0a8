//! The applications of a pool, for administrators' programs. A secret is answered once, by the call that makes it.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::id::PoolId;
use crate::flow::applications::{self, ApplicationRow};
use crate::flow::provisioning;
use crate::web::authing::application::{self, Sent};
use crate::web::authing::codes::{Coded, MISSING, SECRET_NOT_KEPT};
use crate::web::authing::{caller, envelope, shape};
use crate::web::body::{self, Form};
use crate::web::error::{Answer, Refusal};
use crate::web::place;
use crate::web::visit::{self, off_thread};

#[derive(Deserialize)]
struct NamingCall {
    #[serde(rename = "appId")]
    app_id: Option<String>,
}

/// The rows of a list, and how many there are. Every application here is the pool's own, so a list of integrated ones is empty.
async fn rows(request: &HttpRequest) -> Result<(usize, Vec<ApplicationRow>), Refusal> {
    let state = visit::state(request)?;
    let caller = caller::admin(&state, request)?;
    let query = Form::query(request)?;
    let page = (shape::number(&query, "page", 1, u32::MAX)?, shape::number(&query, "limit", 10, 50)?);
    let integrated = query.one("isIntegrateApp")?.is_some_and(|word| word.eq_ignore_ascii_case("true"));
    if integrated {
        return Ok((0, Vec::new()));
    }
    let keywords = query.one("keywords")?.and_then(caller::meant).unwrap_or_default().to_owned();
    off_thread(move || provisioning::listed_applications(&state, caller.pool, &keywords, page)).await
}

/// `GET /api/v3/list-applications?page=&limit=&keywords=`.
pub async fn list(request: HttpRequest) -> Answer {
    let (total, rows) = rows(&request).await?;
    let (state, place) = (visit::state(&request)?, place::of(&*visit::state(&request)?, &request)?);
    let list: Value = rows.iter().map(|row| application::v3(&state, &place, row)).collect();
    Ok(envelope::v3("OK", &json!({ "totalCount": total, "list": list })))
}

/// `GET /api/v3/list-application-simple-info`, likewise.
pub async fn list_in_short(request: HttpRequest) -> Answer {
    let (total, rows) = rows(&request).await?;
    let list: Value = rows.iter().map(application::v3_in_short).collect();
    Ok(envelope::v3("OK", &json!({ "totalCount": total, "list": list })))
}

/// The one that the query names, in the caller's pool.
fn named(request: &HttpRequest) -> Result<ApplicationRow, Refusal> {
    let state = visit::state(request)?;
    let caller = caller::admin(&state, request)?;
    let query = Form::query(request)?;
    let id = query.one("appId")?.and_then(caller::meant).ok_or(Coded::from(&MISSING))?;
    Ok(applications::find(&state, caller.pool, application::id(id)?)?)
}

/// `GET /api/v3/get-application?appId=`.
pub async fn detail(request: HttpRequest) -> Answer {
    let row = named(&request)?;
    let state = visit::state(&request)?;
    let place = place::of(&state, &request)?;
    Ok(envelope::v3("OK", &application::v3(&state, &place, &row)))
}

/// `GET /api/v3/get-application-simple-info?appId=`.
pub async fn in_short(request: HttpRequest) -> Answer {
    Ok(envelope::v3("OK", &application::v3_in_short(&named(&request)?)))
}

/// `GET /api/v3/get-application-secret?appId=`: refused for every application there is, in words that say what to do.
pub async fn secret(request: HttpRequest) -> Answer {
    named(&request)?;
    Err(Coded::from(&SECRET_NOT_KEPT).into())
}

/// `POST /api/v3/create-application`.
pub async fn create(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let (caller, place) = (caller::admin(&state, &request)?, place::of(&state, &request)?);
    let call: Sent = body::json(&request, &mut payload).await?;
    let origin = caller::origin(&state, &request, &caller);
    let (row, secret) = provisioning::create_application(&state, caller.pool, call.parts()?, origin).await?;
    let mut shown = application::v3(&state, &place, &row);
    shown["secret"] = secret.reveal().into();
    Ok(envelope::v3("OK", &shown))
}

/// `POST /api/v3/update-application`: what is named changes. The answer holds a secret only when the change made a new one.
pub async fn update(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let (caller, place) = (caller::admin(&state, &request)?, place::of(&state, &request)?);
    let mut call: Sent = body::json(&request, &mut payload).await?;
    let id = application::id(&call.app_id.take().ok_or(Coded::from(&MISSING))?)?;
    let origin = caller::origin(&state, &request, &caller);
    let changing = provisioning::change_application(&state, (caller.pool, id), call.parts()?, origin);
    let (row, secret) = changing.await?;
    let mut shown = application::v3(&state, &place, &row);
    if let Some(secret) = secret {
        shown["secret"] = secret.reveal().into();
    }
    Ok(envelope::v3("OK", &shown))
}

async fn naming(request: &HttpRequest, payload: &mut Payload) -> Result<crate::domain::id::ApplicationId, Refusal> {
    let call: NamingCall = body::json(request, payload).await?;
    application::id(&call.app_id.ok_or(Coded::from(&MISSING))?)
}

/// `POST /api/v3/delete-application`: everybody's part in it ends.
pub async fn delete(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let id = naming(&request, &mut payload).await?;
    let (pool, origin): (PoolId, _) = (caller.pool, caller::origin(&state, &request, &caller));
    let receipt = state.write(move |act, state| applications::delete(act, state, pool, id, &origin)).await?;
    Ok(envelope::v3("OK", &json!({ "success": true, "receipt": receipt.id })))
}

/// `POST /api/v3/refresh-application-secret`: the new one, this once; the old one is dead.
pub async fn refresh_secret(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let id = naming(&request, &mut payload).await?;
    let (pool, origin): (PoolId, _) = (caller.pool, caller::origin(&state, &request, &caller));
    let secret = state
        .write(move |act, state| applications::set_secret(act, state, (pool, id), None, &origin))
        .await?
        .ok_or(Refusal::Broken)?;
    Ok(envelope::v3("OK", &json!({ "secret": secret.reveal() })))
}
