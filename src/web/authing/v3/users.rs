//! What an administrator's program asks about people: who is in an application, whether somebody is, and where.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Deserialize;
use serde_json::{Value, json};

use super::kick::user_ref;
use crate::domain::id::{ApplicationId, PoolId};
use crate::flow::error::FlowError;
use crate::flow::state::State;
use crate::flow::{online, presence};
use crate::web::authing::{caller, envelope, shape};
use crate::web::body::{self, Form};
use crate::web::error::{Answer, Refusal};
use crate::web::place;
use crate::web::visit::{self, off_thread};

fn of_pool(state: &State, pool: PoolId, id: &str) -> Result<ApplicationId, Refusal> {
    let absent = || Refusal::absent("application");
    let id = ApplicationId::parse(id).map_err(|_| absent())?;
    state.directory().application(id).filter(|a| a.pool == pool).map(|a| a.id).ok_or_else(absent)
}

#[derive(Deserialize)]
struct ActiveCall {
    #[serde(rename = "appId")]
    app_id: Option<String>,
    #[serde(default, deserialize_with = "shape::object")]
    options: Option<ActiveOptions>,
}

#[derive(Deserialize, Default)]
struct ActiveOptions {
    #[serde(default, deserialize_with = "shape::object")]
    pagination: Option<Pagination>,
}

#[derive(Deserialize, Default)]
struct Pagination {
    page: Option<u32>,
    limit: Option<u32>,
}

/// `POST /api/v3/list-application-active-users`.
pub async fn active(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: ActiveCall = body::json(&request, &mut payload).await?;
    let application = of_pool(&state, caller.pool, &call.app_id.ok_or(Refusal::Bad("appId"))?)?;
    let wanted = call.options.unwrap_or_default().pagination.unwrap_or_default();
    let (page, limit) = (wanted.page.unwrap_or(1), wanted.limit.unwrap_or(10).min(50));
    if page == 0 || limit == 0 {
        return Err(Refusal::bad("pagination"));
    }
    let (total, users) = off_thread(move || online::active_users(&state, application, page, limit)).await?;
    let list: Vec<Value> = users.iter().map(shape::v3_user).collect();
    Ok(envelope::v3("OK", &json!({ "totalCount": total, "list": list })))
}

#[derive(Deserialize)]
struct StatusCall {
    #[serde(rename = "appId")]
    app_id: Option<String>,
    #[serde(rename = "userId")]
    user_id: Option<String>,
}

/// `POST /api/v3/check-session-status`: whether a user is in an application now.
pub async fn session_status(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: StatusCall = body::json(&request, &mut payload).await?;
    let application = of_pool(&state, caller.pool, &call.app_id.ok_or(Refusal::Bad("appId"))?)?;
    let user = user_ref(None, &call.user_id.ok_or(Refusal::Bad("userId"))?)?;
    let active = off_thread(move || {
        let user = presence::find(&state, caller.pool, &user)?.ok_or(FlowError::Absent("user"))?;
        Ok(presence::applications(&state, user.id)?.contains(&application))
    })
    .await?;
    Ok(envelope::v3("OK", &json!({ "active": active })))
}

/// `GET /api/v3/get-user-loggedin-apps?userId=&userIdType=`: where a user ever logged in.
pub async fn applications(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let (caller, place) = (caller::admin(&state, &request)?, place::of(&state, &request)?);
    let query = Form::query(&request)?;
    let named = query.one("userId")?.and_then(caller::meant).ok_or(Refusal::Bad("userId"))?;
    let user = user_ref(query.one("userIdType")?, named)?;
    let here = state.clone();
    let known = off_thread(move || {
        let user = presence::find(&here, caller.pool, &user)?.ok_or(FlowError::Absent("user"))?;
        presence::known_applications(&here, user.id)
    })
    .await?;
    let directory = state.directory();
    let list: Vec<Value> = known
        .iter()
        .filter_map(|id| directory.application(*id))
        .map(|application| Value::Object(shape::v3_application(application, &place)))
        .collect();
    Ok(envelope::v3("OK", &Value::Array(list)))
}

/// `GET /api/v3/get-user-logged-in-identities?userId=&userIdType=`: none, since nobody logs in by an identity of another
/// provider; a user who does not exist here is said to be unknown all the same.
pub async fn identities(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let query = Form::query(&request)?;
    let named = query.one("userId")?.and_then(caller::meant).ok_or(Refusal::Bad("userId"))?;
    let user = user_ref(query.one("userIdType")?, named)?;
    off_thread(move || presence::find(&state, caller.pool, &user)?.ok_or(FlowError::Absent("user"))).await?;
    Ok(envelope::v3("OK", &json!([])))
}
