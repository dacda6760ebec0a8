//! `POST /oidc/token/revocation` (RFC 7009), Authing's back-end log-out of version 3.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::wire::Call;
use crate::flow::token;
use crate::web::error::Answer;

/// 200 once it is on disk, also for a token that is unknown or empty; 503 when it cannot be written. The body means nothing
/// (RFC 7009, 2.2) and is empty, except for Authing's SDK 4 for Python, which reads every answer as JSON.
pub async fn revoke(request: HttpRequest, mut payload: Payload) -> Answer {
    let call = Call::read(&request, &mut payload).await?;
    let application = call.application().await?.id;
    let token = match call.form.one("token")? {
        Some(token) => token.to_owned(),
        None => return Err(crate::web::error::Refusal::bad("token")),
    };
    call.state.write(move |act, state| token::revoke(act, state, application, &token)).await?;
    let sdk = request.headers().get("x-authing-sdk-version").map(actix_web::http::header::HeaderValue::as_bytes);
    let reads_json = sdk.is_some_and(|version| version.starts_with(b"python:4"));
    let mut answer = HttpResponse::Ok();
    Ok(if reads_json { answer.json(serde_json::json!({})) } else { answer.finish() })
}
