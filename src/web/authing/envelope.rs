//! Authing's envelope: `{code, statusCode, message, data}`, errors with HTTP 200 (contract G1, G3, G4).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::web::error::Refusal;

/// Success on a v2 path.
pub fn v2(message: &str, data: &Value) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "code": 200, "message": message, "data": data }))
}

/// Success on a v3 path.
pub fn v3(message: &str, data: &Value) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "statusCode": 200, "message": message, "data": data }))
}

/// A refusal. HTTP 200, since Authing's SDKs throw any other answer away with its body; what went wrong before the call
/// was understood (method, media type, size, host) and overload keep their HTTP status.
pub fn refused(_: &HttpRequest, refusal: &Refusal, id: &str) -> HttpResponse {
    let status = match refusal {
        Refusal::Bad(_)
        | Refusal::Unauthenticated
        | Refusal::Forbidden(_)
        | Refusal::Absent(_)
        | Refusal::Invalid(_)
        | Refusal::Oauth(_)
        | Refusal::Gone(_)
        | Refusal::Stale => StatusCode::OK,
        Refusal::Method(_)
        | Refusal::TooLarge
        | Refusal::MediaType(_)
        | Refusal::Misdirected
        | Refusal::Throttled(_)
        | Refusal::TooSlow
        | Refusal::Unavailable
        | Refusal::Broken => refusal.status(),
    };
    let unknown_path = matches!(refusal, Refusal::Absent("page"));
    let status = if unknown_path { StatusCode::NOT_FOUND } else { status };
    HttpResponse::build(status).json(json!({
        "code": refusal.api_code(),
        "statusCode": if matches!(refusal, Refusal::Invalid(_)) { 400 } else { refusal.status().as_u16() },
        "apiCode": refusal.api_code(),
        "message": refusal.sentence(),
        "requestId": id,
        "data": Value::Null,
    }))
}
