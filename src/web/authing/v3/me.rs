//! What a person asks about themselves by their token: profile, applications, log-ins, devices; and ending one of them.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::device::Device;
use crate::domain::id::{ApplicationId, Sid};
use crate::domain::logout::{Actor, Origin};
use crate::flow::{logout, presence};
use crate::web::authing::{caller, envelope, shape};
use crate::web::body::{self, Form};
use crate::web::error::{Answer, Refusal};
use crate::web::place;
use crate::web::visit::{self, off_thread};

/// `GET /api/v3/get-profile`.
pub async fn profile(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let person = caller::person(&state, &request)?;
    Ok(envelope::v3("OK", &shape::v3_user(&person.user)))
}

/// `GET /api/v3/get-my-logged-in-apps`: where the person ever logged in, and whether they are in there now.
pub async fn applications(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let (person, place) = (caller::person(&state, &request)?, place::of(&state, &request)?);
    let here = state.clone();
    let (known, now) = off_thread(move || {
        Ok((presence::known_applications(&here, person.who())?, presence::applications(&here, person.who())?))
    })
    .await?;
    let directory = state.directory();
    let list: Vec<Value> = known
        .iter()
        .filter_map(|id| directory.application(*id))
        .map(|application| {
            let mut shown = shape::v3_application(application, &place);
            shown.insert("active".to_owned(), now.contains(&application.id).into());
            Value::Object(shown)
        })
        .collect();
    Ok(envelope::v3("OK", &Value::Array(list)))
}

/// `GET /api/v3/get-my-login-history?appId=&success=&page=&limit=`.
pub async fn history(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let (person, place) = (caller::person(&state, &request)?, place::of(&state, &request)?);
    let query = Form::query(&request)?;
    let within = match query.one("appId")?.and_then(caller::meant) {
        None => None,
        Some(id) => Some(ApplicationId::parse(id).map_err(|_| Refusal::absent("application"))?),
    };
    let success = query.one("success")?.and_then(caller::meant) != Some("false");
    let page = (shape::number(&query, "page", 1, 100_000)?, shape::number(&query, "limit", 10, 50)?);
    let (here, user) = (state.clone(), person.who());
    let (total, rows) = off_thread(move || presence::history(&here, user, within, success, page)).await?;
    let directory = state.directory();
    let list: Vec<Value> = rows
        .iter()
        .map(|row| {
            let application =
                ApplicationId::parse(&row.application).ok().and_then(|id| directory.application(id).cloned());
            let mut shown = application.map(|a| shape::v3_application(&a, &place)).unwrap_or_default();
            for (name, value) in [
                ("userId", json!(user)),
                ("loginAt", json!(shape::moment(row.at))),
                ("time", json!(shape::moment(row.at))),
                ("clientIp", json!(row.ip)),
                ("success", json!(success)),
                ("userAgent", json!(row.user_agent)),
                ("loginMethod", json!("PASSWORD")),
            ] {
                shown.insert(name.to_owned(), value);
            }
            Value::Object(shown)
        })
        .collect();
    Ok(envelope::v3("OK", &json!({ "totalCount": total, "list": list })))
}

/// `GET /api/v3/mydevices/list`: the person's living sessions, each a device. `deviceId` is what ends one.
pub async fn devices(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let person = caller::person(&state, &request)?;
    let query = Form::query(&request)?;
    let (page, limit) = (shape::number(&query, "page", 1, 1_000)?, shape::number(&query, "limit", 10, 50)?);
    let (here, user) = (state.clone(), person.who());
    let rows = off_thread(move || presence::sessions(&here, user)).await?;
    let own = person.session.map(|session| session.id);
    let skipped = page.saturating_sub(1).saturating_mul(limit) as usize;
    let list: Vec<Value> = rows
        .iter()
        .skip(skipped)
        .take(limit as usize)
        .map(|row| {
            let device = Device::from_user_agent(&row.user_agent);
            json!({
                "deviceId": row.sid, "current": Some(row.id) == own, "online": true,
                "lastLoginTime": shape::moment(row.created_at), "lastSeenTime": shape::moment(row.last_seen_at),
                "lastIp": row.ip,
                "device": {
                    "deviceId": row.sid, "deviceUniqueId": row.sid, "ua": row.user_agent,
                    "name": device.browser, "browser": device.browser, "os": device.os,
                },
            })
        })
        .collect();
    Ok(envelope::v3("OK", &Value::Array(list)))
}

#[derive(Deserialize)]
struct RevokeCall {
    #[serde(rename = "deviceId")]
    device_id: Option<String>,
}

/// `POST /api/v3/mydevices/revoke-session`, `POST /api/v3/mydevices/unbind`: ends one of the person's own sessions; a device is
/// nothing but its session here. Another person's does not exist; one that has ended is no error.
pub async fn revoke(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let person = caller::person(&state, &request)?;
    let call: RevokeCall = body::json(&request, &mut payload).await?;
    let named = call.device_id.ok_or(Refusal::Bad("deviceId"))?;
    let sid = Sid::parse(&named).map_err(|_| Refusal::absent("device"))?;
    let origin = Origin {
        actor: Actor::User(person.who()),
        ip: visit::address(&state, &request),
        request: visit::request_id(&request),
    };
    let whose = (person.user.pool, person.who());
    let receipt = state.write(move |act, state| logout::end_own(act, state, whose, sid, origin)).await?;
    Ok(envelope::v3("OK", &json!({ "success": true, "receipt": receipt.map(|r| r.id) })))
}
