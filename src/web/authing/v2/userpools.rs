//! `/api/v2/userpools`: the management token.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use crate::flow::management;
use crate::web::authing::caller;
use crate::web::error::Answer;
use crate::web::{body, place, visit};

#[derive(Deserialize)]
struct AccessTokenCall {
    #[serde(rename = "userPoolId")]
    user_pool_id: String,
    secret: String,
}

/// `POST /api/v2/userpools/access-token`: not enveloped, and 201, as independent clients insist (contract 4.1).
pub async fn access_token(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let place = place::of(&state, &request)?;
    let call: AccessTokenCall = body::json(&request, &mut payload).await?;
    caller::no_application(&state, &call.user_pool_id)?;
    let from = visit::came_from(&state, &request);
    let issuer = place.issuer();
    let issued = management::issue(&state, &call.user_pool_id, &call.secret, &issuer, from).await?;
    let body = json!({ "accessToken": issued.token, "iat": issued.iat, "exp": issued.exp });
    Ok(HttpResponse::Created().json(body))
}
