//! `/api/v2/applications`: the kick, who is active.

use actix_web::HttpRequest;
use actix_web::web::{Path, Payload};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::id::ApplicationId;
use crate::domain::logout::Cause;
use crate::flow::{logout, online};
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
    let data = json!({ "receipt": receipt.id, "kicked": receipt.known, "unknown": receipt.unknown });
    Ok(envelope::v2(envelope::in_words(&request, "forced logout success", "强制下线成功"), &data))
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
