//! `/api/v3/get-management-token`.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Deserialize;
use serde_json::json;

use crate::flow::management::{self, LIFE_SECONDS};
use crate::web::authing::{caller, envelope};
use crate::web::error::Answer;
use crate::web::{body, place, visit};

#[derive(Deserialize)]
struct ManagementTokenCall {
    #[serde(rename = "accessKeyId")]
    access_key_id: String,
    #[serde(rename = "accessKeySecret")]
    access_key_secret: String,
}

/// `POST /api/v3/get-management-token`: a pool's id and secret, or an access key. An `Authorization` header on this call
/// is passed over; one SDK sends an empty one (contract 4.2).
pub async fn get_management_token(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let place = place::of(&state, &request)?;
    let call: ManagementTokenCall = body::json(&request, &mut payload).await?;
    caller::no_application(&state, &call.access_key_id)?;
    let from = visit::came_from(&state, &request);
    let issuer = place.issuer();
    let issued = management::issue(&state, &call.access_key_id, &call.access_key_secret, &issuer, from).await?;
    Ok(envelope::v3("OK", &json!({ "access_token": issued.token, "expires_in": LIFE_SECONDS })))
}
