//! `POST /oidc/token/introspection` (RFC 7662).

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::wire::Call;
use crate::flow::token;
use crate::web::error::Answer;

/// A token of the calling application, alive or not; of any other token nothing is told.
pub async fn introspect(request: HttpRequest, mut payload: Payload) -> Answer {
    let call = Call::read(&request, &mut payload).await?;
    let application = call.application().await?;
    let answer = token::introspect(&call.state, &application, call.required("token")?)?;
    Ok(HttpResponse::Ok().json(answer))
}
