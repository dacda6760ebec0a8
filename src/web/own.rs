//! The house's own JSON API, `/api/v1`: plain answers, RFC 9457 problems.

use std::sync::Arc;

use actix_web::http::header::{self, ContentType};
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::authing::caller;
use super::body::{self, Form};
use super::error::{Answer, Refusal};
use super::oidc::wire;
use super::visit::{self, Visit, off_thread};
use crate::domain::delivery::{Standing, Trouble};
use crate::domain::id::{ApplicationId, EndingId, PoolId};
use crate::domain::logout::{Actor, Cause, Origin};
use crate::flow::receipt::{self, NoticeRow, Reading, Tally};
use crate::flow::state::State;
use crate::flow::telling::{self, Again};
use crate::flow::{keys, logout, operator, password_link};

/// A refusal as problem+json.
pub fn problem(refusal: &Refusal, id: &str) -> HttpResponse {
    let status = refusal.status();
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("refused"),
        "status": status.as_u16(),
        "detail": refusal.sentence(),
        "requestId": id,
    });
    if let Refusal::Invalid(fields) = refusal {
        body["fields"] =
            fields.iter().map(|f| json!({ "field": f.field, "code": f.code, "line": f.line })).collect::<Value>();
    }
    let mut answer = HttpResponse::build(status);
    if let Some(scheme) = wire::challenge(refusal) {
        answer.insert_header((header::WWW_AUTHENTICATE, scheme));
    }
    answer.content_type("application/problem+json").body(body.to_string())
}

/// `GET /api/v1/session`: whose session the cookie is, and whether it lives; 401 when it does not.
pub async fn session(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    let session = visit.signed_in()?;
    // Written by hand: this is the question every request of an application asks.
    let mut body = String::with_capacity(192);
    body.push_str("{\"sid\":\"");
    body.push_str(session.sid.as_str());
    body.push_str("\",\"userId\":\"");
    body.push_str(session.user.as_str());
    body.push_str("\",\"userPoolId\":\"");
    body.push_str(session.pool.as_str());
    body.push_str("\",\"loggedInAt\":\"");
    body.push_str(&session.auth_at.iso());
    body.push_str("\",\"expiresAt\":\"");
    body.push_str(&session.expires_at.iso());
    body.push_str("\"}");
    Ok(HttpResponse::Ok().insert_header(ContentType::json()).body(body))
}

/// Who may read receipts: a program with a management token, or an administrator in the console.
fn reader(request: &HttpRequest) -> Result<(Arc<State>, PoolId), Refusal> {
    let state = visit::state(request)?;
    if request.headers().contains_key("authorization") {
        let caller = caller::admin(&state, request)?;
        return Ok((state, caller.pool));
    }
    let pool = Visit::of(request)?.reader()?.pool;
    Ok((state, pool))
}

/// `GET /api/v1/logouts/{id}`: a receipt.
pub async fn receipt(request: HttpRequest, id: Path<String>) -> Answer {
    let (state, pool) = reader(&request)?;
    let id = EndingId::parse(&id).map_err(|_| Refusal::absent("receipt"))?;
    let reading = off_thread(move || receipt::read(&state, pool, id)).await?;
    Ok(HttpResponse::Ok().json(as_json(&reading)))
}

/// `POST /api/v1/logouts/{id}/retry[?delivery=][&app_id=]`: tells again, at once, what was given up or waits. For programs
/// only: a page's own form is another address.
pub async fn retry(request: HttpRequest, id: Path<String>) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let id = EndingId::parse(&id).map_err(|_| Refusal::absent("receipt"))?;
    let query = Form::query(&request)?;
    let notice = query.one("delivery")?.map(str::parse::<i64>).transpose().map_err(|_| Refusal::bad("delivery"))?;
    let application = query.one("app_id")?.map(ApplicationId::parse).transpose();
    let what = Again { notice, application: application.map_err(|_| Refusal::bad("app_id"))? };
    let (pool, ip) = (caller.pool, visit::address(&state, &request));
    let origin = Origin { actor: caller.actor, ip, request: visit::request_id(&request) };
    let retried = state.write(move |act, state| telling::again(act, state, pool, (id, what), &origin)).await?;
    Ok(HttpResponse::Ok().json(json!({ "retried": retried })))
}

fn as_json(reading: &Reading) -> Value {
    let ending = &reading.ending;
    let applications: Vec<Value> = reading
        .applications
        .iter()
        .map(|a| json!({ "appId": a.id, "name": a.name, "sessions": a.tally.all(), "told": counts(&a.tally) }))
        .collect();
    let deliveries: Vec<Value> = reading.notices.iter().map(|row| delivery(reading, row)).collect();
    json!({
        "id": ending.id,
        "at": ending.at.iso(),
        "cause": ending.cause.as_str(),
        "scope": ending.scope,
        "appId": ending.application,
        "users": ending.users,
        "everybody": ending.users.is_none(),
        "by": { "kind": ending.actor_kind, "name": ending.actor },
        "complete": !ending.open,
        "sessionsTouched": reading.sessions_touched,
        "sessionsEnded": reading.sessions_ended,
        "tokensRevoked": ending.tokens,
        "applications": applications,
        "told": counts(&reading.tally),
        "deliveries": deliveries,
        "pagesTold": ending.pages,
        "reason": reading.reason,
        "leftBefore": reading.left_before,
    })
}

fn counts(tally: &Tally) -> Value {
    json!({
        "acked": tally.acked,
        "waiting": tally.waiting,
        "gaveUp": tally.gave_up,
        "unreachable": tally.unreachable,
    })
}

fn delivery(reading: &Reading, row: &NoticeRow) -> Value {
    let name = reading.applications.iter().find(|a| a.id == row.application).map(|a| a.name.as_str());
    let waits = row.standing == Standing::Waiting;
    json!({
        "id": row.id,
        "appId": row.application,
        "name": name,
        "userId": row.user,
        "sid": row.sid,
        "channel": "back_channel",
        "state": if waits && row.trouble.is_some() { "retrying" } else { row.standing.as_str() },
        "triesMs": row.tries,
        "ackedMs": if row.standing == Standing::Acked { row.tries.last() } else { None },
        "nextAt": if waits && row.trouble.is_some() { Some(row.due_at.iso()) } else { None },
        "status": row.status,
        "trouble": row.trouble.map(Trouble::as_str),
    })
}

#[derive(Deserialize)]
struct OperatorKick {
    users: Vec<String>,
    application: Option<String>,
}

/// `POST /api/v1/operator/kick` with users (ids or log-in names) and application (id, identifier or null): the command line of whoever runs the binary, while the server runs. The credential lies
/// in the data directory, readable by its owner only.
pub async fn operator_kick(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = of_operator(&request)?;
    let call: OperatorKick = body::json(&request, &mut payload).await?;
    let here = state.clone();
    let (ids, within) = off_thread(move || operator::resolve(&here, &call.users, call.application.as_deref())).await?;
    let origin = Origin { actor: Actor::Operator, ip: String::new(), request: visit::request_id(&request) };
    let receipts =
        state.write(move |act, state| logout::kick_anywhere(act, state, ids, within, (Cause::Kicked, origin))).await?;
    let list: Vec<Value> =
        receipts.iter().map(|r| json!({ "receipt": r.id, "kicked": r.known, "unknown": r.unknown })).collect();
    Ok(HttpResponse::Ok().json(json!({ "receipts": list })))
}

/// The house, for whoever holds the credential in its data directory.
fn of_operator(request: &HttpRequest) -> Result<Arc<State>, Refusal> {
    let state = visit::state(request)?;
    if operator::recognises(&state, wire::bearer(request)?.unwrap_or_default()) {
        Ok(state)
    } else {
        Err(Refusal::Unauthenticated)
    }
}

#[derive(Deserialize)]
struct ResetLink {
    pool: Option<String>,
    user: String,
}

/// `POST /api/v1/operator/reset-link` with user (id or log-in name) and pool (id or name, or null): the value of a one-time
/// link by which the user sets a new password.
pub async fn operator_reset_link(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = of_operator(&request)?;
    let call: ResetLink = body::json(&request, &mut payload).await?;
    let here = state.clone();
    let whom = off_thread(move || operator::named(&here, call.pool.as_deref(), &call.user)).await?;
    let by = Origin { actor: Actor::Operator, ip: String::new(), request: visit::request_id(&request) };
    let made = state.write(move |act, _| password_link::make(act, whom, &by)).await?;
    Ok(HttpResponse::Ok().json(json!({ "token": made.token.reveal(), "until": made.until.iso() })))
}

#[derive(Deserialize)]
struct RotateKeys {
    #[serde(default)]
    now: bool,
}

/// `POST /api/v1/operator/keys/rotate` with `now`: new signing keys, which sign a day later; or at once, and then none of
/// the old ones is believed any more.
pub async fn operator_rotate_keys(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = of_operator(&request)?;
    let call: RotateKeys = body::json(&request, &mut payload).await?;
    let by = Origin { actor: Actor::Operator, ip: String::new(), request: visit::request_id(&request) };
    off_thread(move || keys::rotate(&state, call.now, by)).await?;
    Ok(HttpResponse::Ok().json(json!({ "rotated": true })))
}
