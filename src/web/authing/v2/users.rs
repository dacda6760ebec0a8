//! `/api/v2/users`: the kick from everything, who calls, who is who, whether somebody is logged in; and users one by one, for
//! administrators' programs.

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
use crate::web::authing::{caller, envelope, graphql, people, shape};
use crate::web::body::{self, Form};
use crate::web::error::{Answer, Refusal};
use crate::web::place;
use crate::web::visit::{self, Visit, off_thread};

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
    Ok(envelope::kicked(&request, &receipt))
}

/// `GET /api/v2/users/:id`: anybody of the pool, for its administrators.
pub async fn detail(request: HttpRequest, user: Path<String>) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let id = UserId::parse(&user).map_err(|_| Refusal::absent("user"))?;
    Ok(envelope::v2("OK", &shape::v2_user(&users::find(&state, caller.pool, id)?)))
}

/// `GET /api/v2/users/is-user-exists?username=`, `?email=`, `?phone=`. Administrators only: anybody else could find out who has an
/// account.
pub async fn exists(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let query = Form::query(&request)?;
    let given = |name| -> Result<Option<&str>, Refusal> { Ok(query.one(name)?.and_then(caller::meant)) };
    let sought = people::sought([
        ("username", given("username")?),
        ("email", given("email")?),
        ("phone", given("phone")?),
        ("external_id", given("externalId")?),
    ])?;
    let found = sought.map(|name| presence::find(&state, caller.pool, &name)).transpose()?.flatten();
    Ok(envelope::v2("OK", &json!(found.is_some())))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateCall {
    user_info: Option<Value>,
    keep_password: Option<Value>,
    reset_password_on_first_login: Option<Value>,
    identity: Option<Value>,
}

/// `POST /api/v2/users`, as `createUser` of GraphQL.
pub async fn create(request: HttpRequest, mut payload: Payload) -> Answer {
    caller::admin(&*visit::state(&request)?, &request)?;
    let call: CreateCall = body::json(&request, &mut payload).await?;
    let arguments = json!({
        "userInfo": call.user_info, "keepPassword": call.keep_password, "identity": call.identity,
        "resetPasswordOnFirstLogin": call.reset_password_on_first_login,
    });
    let made = graphql::people::create(&Visit::of(&request)?, &arguments).await?;
    Ok(envelope::v2("OK", &made.value))
}

/// `POST /api/v2/users/:id`, as `updateUser` of GraphQL.
pub async fn update(request: HttpRequest, user: Path<String>, mut payload: Payload) -> Answer {
    let caller = caller::admin(&*visit::state(&request)?, &request)?;
    let sent: people::Sent = body::json(&request, &mut payload).await?;
    let changed = graphql::people::change(&Visit::of(&request)?, &caller, &user, sent).await?;
    Ok(envelope::v2("OK", &changed.value))
}

/// `POST /api/v2/users/refresh-token`, as `refreshToken` of GraphQL; nothing of the body counts.
pub async fn refresh_token(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let token = caller::person(&state, &request)?.renewed(&state)?;
    Ok(envelope::v2("OK", &json!({ "token": token.token, "iat": token.iat, "exp": token.exp })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CustomDataCall {
    target_type: Option<String>,
    target_id: Option<String>,
}

/// `POST /api/v2/udvs/get`: what an application keeps of somebody beside the user. Nothing is kept; the mobile SDKs ask after each
/// log-in and take this answer's number for the log-in's. Bare.
pub async fn custom_data(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    caller::person(&state, &request)?;
    let call: CustomDataCall = body::json(&request, &mut payload).await?;
    if call.target_type.is_none() || call.target_id.is_none() {
        return Err(Refusal::bad("targetType, targetId"));
    }
    Ok(HttpResponse::Ok().json(json!([])))
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
