//! For the operator: health, readiness, numbers.

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse};

use super::error::{Answer, Refusal};
use super::{place, visit};
use crate::flow::health;

/// `GET /healthz`: the process answers.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().insert_header(ContentType::plaintext()).body("ok\n")
}

/// `GET /readyz`: rows can be read and written.
pub async fn readyz(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    health::writes(&state).await?;
    Ok(HttpResponse::Ok().insert_header(ContentType::plaintext()).body("ready\n"))
}

/// `GET /metrics`: with the configured bearer token; without one, from this machine and only while nothing is
/// published by a public URL or a proxy.
pub async fn metrics(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let sent = request.headers().get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let exposed = state.config.public_url.is_some() || !state.config.trusted_proxies.is_empty();
    let allowed = match &state.config.metrics_token {
        Some(token) => health::same_text(sent.strip_prefix("Bearer ").unwrap_or_default(), token),
        // A proxy on this machine makes everybody look local, and a name that is rebound makes a page look local.
        None => {
            place::of(&state, &request)?;
            !exposed && request.peer_addr().is_some_and(|a| a.ip().to_canonical().is_loopback())
        }
    };
    if !allowed {
        return Err(Refusal::Unauthenticated);
    }
    let text = visit::off_thread(move || health::metrics(&state)).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

/// `GET /robots.txt`.
pub async fn robots() -> HttpResponse {
    HttpResponse::Ok().insert_header(ContentType::plaintext()).body("User-agent: *\nDisallow: /\n")
}
