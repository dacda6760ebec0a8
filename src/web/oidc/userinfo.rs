//! `GET`, `POST /oidc/me` (OpenID Connect Core 5.3).

use actix_web::http::{Method, header};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::wire::{self, given};
use crate::domain::clock::Timestamp;
use crate::flow::token;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::{place, visit};

/// The token comes in the header (with or without `Bearer`), in the query, as Authing's SDKs send it, or in a form; in one
/// way only (RFC 6750 section 2).
pub async fn userinfo(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let own = place::of(&state, &request)?.own.map(|own| own.id);
    let query = Form::query(&request)?;
    let has_form = *request.method() == Method::POST && request.headers().contains_key(header::CONTENT_TYPE);
    let form = if has_form { Form::read(&request, &mut payload).await? } else { Form::default() };
    let shown = [
        wire::authorization(&request)?.and_then(bearer),
        given(&query, "access_token")?.map(str::to_owned),
        given(&form, "access_token")?.map(str::to_owned),
    ];
    let mut shown = shown.into_iter().flatten();
    let token = shown.next().ok_or(Refusal::Unauthenticated)?;
    if shown.next().is_some() {
        return Err(Refusal::bad("access_token"));
    }
    let mut claims = token::userinfo(&state, &token, own)?;
    if request.headers().contains_key("x-authing-sdk-version")
        && let Some(moment) = claims.get_mut("updated_at")
        && let Some(seconds) = moment.as_i64()
    {
        // Authing writes moments as texts, and its SDK for Go takes nothing else.
        *moment = Timestamp(seconds * 1_000).iso().into();
    }
    Ok(HttpResponse::Ok().json(claims))
}

fn bearer(header: &str) -> Option<String> {
    let value = header.trim();
    let token = match value.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
        Some(_) => return None,
        None => value,
    };
    if token.is_empty() { None } else { Some(token.to_owned()) }
}
