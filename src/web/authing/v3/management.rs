//! `/api/v3/get-management-token`, `/api/v3/check-app-id-secret`.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Deserialize;
use serde_json::json;

use crate::domain::id::ApplicationId;
use crate::flow::management::{self, LIFE_SECONDS};
use crate::web::authing::{caller, envelope};
use crate::web::error::{Answer, Refusal};
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
    let credential = (&*call.access_key_id, &*call.access_key_secret);
    let issued = management::issue(&state, credential, LIFE_SECONDS, &issuer, from).await?;
    Ok(envelope::v3("OK", &json!({ "access_token": issued.token, "expires_in": LIFE_SECONDS })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SecretCall {
    app_id: Option<String>,
    app_secret: Option<String>,
}

/// `POST /api/v3/check-app-id-secret`: whether an application has this secret. It says as much as the token endpoint, and is
/// throttled.
pub async fn check_secret(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let place = place::of(&state, &request)?;
    let call: SecretCall = body::json(&request, &mut payload).await?;
    let id = call.app_id.ok_or(Refusal::Bad("appId"))?;
    let secret = call.app_secret.ok_or(Refusal::Bad("appSecret"))?;
    let known = ApplicationId::parse(&id).ok().and_then(|id| state.directory().application(id).cloned());
    let known = known.filter(|application| place.serves(application));
    let from = visit::came_from(&state, &request);
    let valid = management::is_secret_of(&state, known.as_deref(), &secret, &from)?;
    let (en, zh) = if valid {
        ("the secret fits", "应用密钥正确")
    } else {
        ("no application has this id and secret", "应用 ID 或密钥不正确")
    };
    let message = envelope::in_words(&request, en, zh);
    Ok(envelope::v3("OK", &json!({ "valid": valid, "message": message })))
}
