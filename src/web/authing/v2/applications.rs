//! `/api/v2/applications`: the kick, who is active; and the applications themselves, for administrators' programs.

use actix_web::HttpRequest;
use actix_web::web::{Path, Payload};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::id::ApplicationId;
use crate::domain::logout::Cause;
use crate::flow::{applications, logout, online, provisioning};
use crate::web::authing::application::{self, Sent};
use crate::web::authing::{caller, envelope, shape};
use crate::web::body::{self, Form};
use crate::web::error::{Answer, Refusal};
use crate::web::visit::{self, off_thread};

#[derive(Deserialize)]
struct KickCall {
    #[serde(rename = "userIds")]
    user_ids: Option<Value>,
    #[serde(rename = "appId")]
    app_id: Option<Value>,
}

/// `POST /api/v2/applications/:appId/kick-active-users` (also without `/v2`).
///
/// 1. Who calls, before anything is read (security.md K7).
/// 2. The call as a whole, or nothing: an id that is none refuses all.
/// 3. The application of the path, which a named `appId` must be too, in the caller's pool; another pool's looks unknown.
/// 4. The door. 200 is answered once the kick is on disk.
pub async fn kick_active_users(request: HttpRequest, app: Path<String>, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: KickCall = body::json(&request, &mut payload).await?;
    let application = ApplicationId::parse(&app).map_err(|_| Refusal::absent("application"))?;
    match call.app_id {
        None | Some(Value::Null) => {}
        Some(Value::String(named)) if named == *app => {}
        Some(_) => return Err(Refusal::bad("appId: not the application of the path")),
    }
    let ids = shape::user_ids(call.user_ids.as_ref())?;
    let origin = caller::origin(&state, &request, &caller);
    let receipt = state
        .write(move |act, state| {
            logout::kick(act, state, caller.pool, (ids, Some(application)), (Cause::Kicked, origin))
        })
        .await?;
    Ok(envelope::kicked(&request, &receipt))
}

/// `GET /api/v2/applications/:appId/active-users?page=&limit=`. Odd parameters are passed over, as SDKs send them.
pub async fn active_users(request: HttpRequest, app: Path<String>) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let application = ApplicationId::parse(&app).map_err(|_| Refusal::absent("application"))?;
    if state.directory().application(application).is_none_or(|a| a.pool != caller.pool) {
        return Err(Refusal::absent("application"));
    }
    let query = Form::query(&request)?;
    let (page, limit) = (shape::number(&query, "page", 1, u32::MAX)?, shape::number(&query, "limit", 10, 200)?);
    let (total, users) = off_thread(move || online::active_users(&state, application, page, limit)).await?;
    let list: Vec<Value> = users.iter().map(shape::v2_user).collect();
    Ok(envelope::v2("OK", &json!({ "totalCount": total, "list": list })))
}

/// `GET /api/v2/applications?page=&limit=`.
pub async fn list(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let query = Form::query(&request)?;
    let page = (shape::number(&query, "page", 1, u32::MAX)?, shape::number(&query, "limit", 10, 200)?);
    let here = state.clone();
    let (total, rows) = off_thread(move || provisioning::listed_applications(&here, caller.pool, "", page)).await?;
    let list: Value = rows.iter().map(|row| application::v2(&state, row)).collect();
    Ok(envelope::v2("OK", &json!({ "totalCount": total, "list": list })))
}

/// `POST /api/v2/applications`. The answer holds the secret, this once.
pub async fn create(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: Sent = body::json(&request, &mut payload).await?;
    let origin = caller::origin(&state, &request, &caller);
    let (row, secret) = provisioning::create_application(&state, caller.pool, call.parts()?, origin).await?;
    let mut shown = application::v2(&state, &row);
    shown["secret"] = secret.reveal().into();
    Ok(envelope::v2("OK", &shown))
}

/// `GET /api/v2/applications/:appId`.
pub async fn detail(request: HttpRequest, app: Path<String>) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let row = applications::find(&state, caller.pool, application::id(&app)?)?;
    Ok(envelope::v2("OK", &application::v2(&state, &row)))
}

/// `DELETE /api/v2/applications/:appId`: everybody's part in it ends.
pub async fn delete(request: HttpRequest, app: Path<String>) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let (id, origin) = (application::id(&app)?, caller::origin(&state, &request, &caller));
    let receipt = state.write(move |act, state| applications::delete(act, state, caller.pool, id, &origin)).await?;
    Ok(envelope::with_receipt(&request, "OK", &receipt, &json!({ "receipt": receipt.id })))
}

/// `POST /api/v2/applications/:appId`: what is named changes. The answer holds a secret only when the change made a new one.
pub async fn update(request: HttpRequest, app: Path<String>, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: Sent = body::json(&request, &mut payload).await?;
    let (id, origin) = (application::id(&app)?, caller::origin(&state, &request, &caller));
    let changing = provisioning::change_application(&state, (caller.pool, id), call.parts()?, origin);
    let (row, secret) = changing.await?;
    let mut shown = application::v2(&state, &row);
    if let Some(secret) = secret {
        shown["secret"] = secret.reveal().into();
    }
    Ok(envelope::v2("OK", &shown))
}

/// `PATCH /api/v2/application/:appId/refresh-secret`, as Authing writes it: the new one, this once; the old one is dead.
pub async fn refresh_secret(request: HttpRequest, app: Path<String>) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let (id, origin) = (application::id(&app)?, caller::origin(&state, &request, &caller));
    let which = (caller.pool, id);
    let made = state.write(move |act, state| applications::set_secret(act, state, which, None, &origin)).await?;
    let row = applications::find(&state, caller.pool, id)?;
    let mut shown = application::v2(&state, &row);
    shown["secret"] = made.ok_or(Refusal::Broken)?.reveal().into();
    Ok(envelope::v2("OK", &shown))
}
