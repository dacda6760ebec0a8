//! `/api/v2/users`: the kick from everything, who calls, who is who, and whether somebody is logged in.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, Sid, UserId};
use crate::domain::logout::Cause;
use crate::flow::bearer::Bearer;
use crate::flow::{logout, presence, provisioning, users};
use crate::web::authing::codes::LOG_IN_AGAIN;
use crate::web::authing::{caller, envelope, people, shape};
use crate::web::body::{self, Form};
use crate::web::error::{Answer, Refusal};
use crate::web::place;
use crate::web::visit::{self, off_thread};

#[derive(Deserialize)]
struct KickCall {
    #[serde(rename = "userIds")]
    user_ids: Option<Value>,
}

/// `POST /api/v2/users/kick`: these users, everywhere.
pub async fn kick(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: KickCall = body::json(&request, &mut payload).await?;
    let ids = shape::user_ids(call.user_ids.as_ref())?;
    let origin = caller::origin(&state, &request, &caller);
    let receipt = state
        .write(move |act, state| logout::kick(act, state, caller.pool, (ids, None), (Cause::Kicked, origin)))
        .await?;
    let data = json!({ "receipt": receipt.id, "kicked": receipt.known, "unknown": receipt.unknown });
    Ok(envelope::v2(envelope::in_words(&request, "forced logout success", "强制下线成功"), &data))
}

/// `GET /api/v2/users/:id`: anybody of the pool, for its administrators.
pub async fn detail(request: HttpRequest, user: Path<String>) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let id = UserId::parse(&user).map_err(|_| Refusal::absent("user"))?;
    Ok(envelope::v2("OK", &shape::v2_user(&users::find(&state, caller.pool, id)?)))
}

#[derive(Deserialize)]
struct BatchCall {
    ids: Option<Vec<String>>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// `POST /api/v2/users/batch`: those of the named that there are.
pub async fn batch(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: BatchCall = body::json(&request, &mut payload).await?;
    let list = people::named_loosely(call.kind.as_deref(), &call.ids.ok_or(Refusal::Bad("ids"))?)?;
    let found = off_thread(move || provisioning::found(&state, caller.pool, &list)).await?;
    Ok(envelope::v2("OK", &found.iter().map(shape::v2_user).collect::<Value>()))
}

/// `GET /api/v2/users/me`: the person whose token this is.
pub async fn me(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let person = caller::person(&state, &request)?;
    Ok(envelope::v2("OK", &own_user(&request, &person)))
}

/// A person as they see themselves, with the token that they showed: SDKs keep what comes back in place of what they had.
pub fn own_user(request: &HttpRequest, person: &Bearer) -> Value {
    let mut user = shape::v2_user(&person.user);
    if let Ok(Some(token)) = caller::token(request) {
        user["token"] = token.into();
        user["tokenExpiredAt"] = shape::moment(Timestamp(person.exp * 1_000)).into();
    }
    user
}

/// What Authing says of a token that counts.
pub fn alive(person: &Bearer) -> Value {
    json!({
        "code": 200, "message": "OK", "status": true, "exp": person.exp, "iat": person.iat,
        "data": { "id": person.user.id, "userPoolId": person.user.pool, "arn": shape::arn(&person.user) },
    })
}

/// What it says of one that does not.
pub fn dead(request: &HttpRequest) -> Value {
    json!({
        "code": LOG_IN_AGAIN.code, "message": envelope::in_words(request, LOG_IN_AGAIN.en, LOG_IN_AGAIN.zh),
        "status": false, "exp": null, "iat": null, "data": null,
    })
}

#[derive(Deserialize)]
struct StatusCall {
    token: Option<String>,
}

/// `POST /api/v2/users/login/check-status`: whether the token counts, that of the header or, as Guard sends it, `{token}` in the
/// body; with `status` at the top. A dead token is an answer here, not an error.
pub async fn check_status(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    place::of(&state, &request)?;
    let shown = match caller::token(&request).unwrap_or(None) {
        Some(token) => Some(token),
        None => {
            let call: StatusCall = body::json(&request, &mut payload).await?;
            call.token.as_deref().and_then(caller::meant).map(str::to_owned)
        }
    };
    let person = match shown {
        Some(token) => caller::believed(&state, &request, &token)?,
        None => None,
    };
    Ok(HttpResponse::Ok().json(person.map_or_else(|| dead(&request), |person| alive(&person))))
}

/// `GET /api/v2/users/login-status?userId=&appId=&deviceId=`: whether a user is logged in, in an application or anywhere, on
/// a device or any.
pub async fn login_status(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let query = Form::query(&request)?;
    let given = |name| -> Result<Option<&str>, Refusal> { Ok(query.one(name)?.and_then(caller::meant)) };
    let user = given("userId")?.ok_or(Refusal::Bad("userId"))?;
    let user = UserId::parse(user).map_err(|_| Refusal::absent("user"))?;
    let within = match given("appId")? {
        None => None,
        Some(id) => Some(ApplicationId::parse(id).map_err(|_| Refusal::absent("application"))?),
    };
    let of_pool = |id| state.directory().application(id).is_some_and(|a| a.pool == caller.pool);
    if within.is_some_and(|id| !of_pool(id)) {
        return Err(Refusal::absent("application"));
    }
    let device = match given("deviceId")? {
        None => None,
        Some(id) => Some(Sid::parse(id).map_err(|_| Refusal::absent("device"))?),
    };
    let here = state.clone();
    let (user, rows) = off_thread(move || {
        let user = users::find(&here, caller.pool, user)?;
        let rows = presence::sessions(&here, user.id)?;
        Ok((user, rows))
    })
    .await?;
    let mut rows: Vec<_> = rows.into_iter().filter(|row| device.is_none_or(|sid| sid == row.sid)).collect();
    if let Some(within) = within {
        rows.retain(|row| row.applications.iter().any(|(id, _)| *id == within));
    }
    let mut ids: Vec<ApplicationId> = rows.iter().flat_map(|row| row.applications.iter().map(|(id, _)| *id)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|id| within.is_none_or(|within| within == *id));
    let directory = state.directory();
    let applications: Vec<Value> =
        ids.iter().filter_map(|id| directory.application(*id)).map(|a| shape::v2_application(a)).collect();
    let data = json!({ "isLogin": !rows.is_empty(), "user": shape::v2_user(&user), "application": applications });
    Ok(envelope::v2("OK", &data))
}
