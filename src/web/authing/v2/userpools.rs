//! `/api/v2/userpools`: the management token.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::flow::management::{self, LONG_LIFE_SECONDS};
use crate::web::authing::caller;
use crate::web::authing::codes::{Coded, MISSING};
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::{body, place, visit};

#[derive(Deserialize)]
struct AccessTokenCall {
    #[serde(rename = "userPoolId")]
    user_pool_id: String,
    secret: String,
}

/// `POST /api/v2/userpools/access-token`: not enveloped, and 201, as independent clients insist (contract 4.1).
pub async fn access_token(request: HttpRequest, mut payload: Payload) -> Answer {
    place::of(&*visit::state(&request)?, &request)?;
    let call: AccessTokenCall = body::json(&request, &mut payload).await?;
    Ok(HttpResponse::Created().json(issued(&request, &call.user_pool_id, &call.secret).await?))
}

/// `GET /api/v2/userpools/accessToken?userPoolId=&secret=`, likewise with 200, as Java and C# of version 2 ask. The secret travels in
/// the address there; the house writes addresses down nowhere with their queries, a proxy in front may.
pub async fn access_token_by_query(request: HttpRequest) -> Answer {
    let query = Form::query(&request)?;
    let given = |name| query.one(name)?.and_then(caller::meant).ok_or(Refusal::Coded(Coded::from(&MISSING)));
    Ok(HttpResponse::Ok().json(issued(&request, given("userPoolId")?, given("secret")?).await?))
}

async fn issued(request: &HttpRequest, id: &str, secret: &str) -> Result<Value, Refusal> {
    let state = visit::state(request)?;
    let place = place::of(&state, request)?;
    caller::no_application(&state, id)?;
    let from = visit::came_from(&state, request);
    let issued = management::issue(&state, (id, secret), LONG_LIFE_SECONDS, &place.issuer(), from).await?;
    Ok(json!({ "accessToken": issued.token, "iat": issued.iat, "exp": issued.exp }))
}
