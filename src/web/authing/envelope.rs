//! Authing's envelope: `{code, statusCode, message, data}`, errors with HTTP 200 (contract G1, G3, G4).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::logout::Receipt;
use crate::web::error::Refusal;

/// Success on a v2 path.
pub fn v2(message: &str, data: &Value) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "code": 200, "message": message, "data": data }))
}

/// Success on a v3 path.
pub fn v3(message: &str, data: &Value) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "statusCode": 200, "message": message, "data": data }))
}

/// A kick, with its receipt.
pub fn kicked(request: &HttpRequest, receipt: &Receipt) -> HttpResponse {
    let data = json!({ "receipt": receipt.id, "kicked": receipt.known, "unknown": receipt.unknown });
    with_receipt(request, in_words(request, "forced logout success", "强制下线成功"), receipt, &data)
}

/// An act with a receipt, on a v2 path. Version 4 of Authing's SDK for Java reads `data` as true or false and throws at anything
/// else, so the receipt stands beside it there.
pub fn with_receipt(request: &HttpRequest, message: &str, receipt: &Receipt, data: &Value) -> HttpResponse {
    let sdk = request.headers().get("x-authing-sdk-version").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if sdk.starts_with("java:4.") {
        return HttpResponse::Ok()
            .json(json!({ "code": 200, "message": message, "data": true, "receipt": receipt.id }));
    }
    v2(message, data)
}

/// Success where SDKs look for either number (contract G4).
pub fn both(message: &str, data: &Value) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "code": 200, "statusCode": 200, "message": message, "data": data }))
}

/// One of two sentences, by the language that the SDK asks for.
pub fn in_words<'a>(request: &HttpRequest, en: &'a str, zh: &'a str) -> &'a str {
    let lang = request.headers().get("x-authing-lang").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if lang.starts_with("zh") { zh } else { en }
}

/// What a refusal says to the caller.
pub fn sentence(request: &HttpRequest, refusal: &Refusal) -> String {
    let en = refusal.sentence();
    let zh = match refusal {
        Refusal::Coded(coded) => coded.said.zh,
        Refusal::Unauthenticated => "尚未登录，或凭证无效",
        Refusal::Absent("user") => "用户不存在",
        Refusal::Absent("application") => "应用不存在",
        Refusal::Forbidden(_) | Refusal::OldForm => "没有权限",
        Refusal::Bad(_)
        | Refusal::Absent(_)
        | Refusal::Method(_)
        | Refusal::Invalid(_)
        | Refusal::Stale
        | Refusal::TooLarge
        | Refusal::MediaType(_)
        | Refusal::Misdirected
        | Refusal::Oauth(_)
        | Refusal::Gone(_)
        | Refusal::Throttled(_)
        | Refusal::TooSlow
        | Refusal::Unavailable
        | Refusal::Broken => return en,
    };
    in_words(request, &en, zh).to_owned()
}

/// Whether a refusal is an answer to a call that was understood: then it travels with HTTP 200.
pub fn was_understood(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Absent(thing) => *thing != "page",
        Refusal::Bad(_)
        | Refusal::Unauthenticated
        | Refusal::Forbidden(_)
        | Refusal::OldForm
        | Refusal::Invalid(_)
        | Refusal::Oauth(_)
        | Refusal::Coded(_)
        | Refusal::Gone(_)
        | Refusal::Stale => true,
        Refusal::Method(_)
        | Refusal::TooLarge
        | Refusal::MediaType(_)
        | Refusal::Misdirected
        | Refusal::Throttled(_)
        | Refusal::TooSlow
        | Refusal::Unavailable
        | Refusal::Broken => false,
    }
}

/// What a refusal carries besides its words.
pub fn details(refusal: &Refusal) -> Value {
    let left = if let Refusal::Coded(coded) = refusal { coded.left } else { None };
    left.map_or(Value::Null, |left| json!({ "remainCount": left }))
}

/// A refusal. HTTP 200, since Authing's SDKs throw any other answer away with its body; what went wrong before the call
/// was understood (method, media type, size, host) and overload keep their HTTP status.
pub fn refused(request: &HttpRequest, refusal: &Refusal, id: &str) -> HttpResponse {
    let status = if was_understood(refusal) { StatusCode::OK } else { refusal.status() };
    HttpResponse::build(status).json(json!({
        "code": refusal.api_code(),
        "statusCode": if matches!(refusal, Refusal::Invalid(_)) { 400 } else { refusal.status().as_u16() },
        "apiCode": refusal.api_code(),
        "message": sentence(request, refusal),
        "requestId": id,
        "data": details(refusal),
    }))
}
