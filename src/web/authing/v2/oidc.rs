//! `/api/v2/oidc`, `/api/v2/.well-known`: what a token says, and the key under which passwords travel.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::flow::{bearer, password_key};
use crate::web::authing::{caller, envelope};
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::{place, visit};

/// `GET /api/v2/oidc/validate_token?access_token=` or `?id_token=`: the claims of a token that counts, bare; else
/// `{code: 400, message}`.
pub async fn validate_token(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let own = place::of(&state, &request)?.own.map(|own| own.id);
    let query = Form::query(&request)?;
    let given = |name| -> Result<Option<&str>, Refusal> { Ok(query.one(name)?.and_then(caller::meant)) };
    let (token, kind) = match (given("access_token")?, given("id_token")?) {
        (Some(token), None) => (token, bearer::Kind::Access),
        (None, Some(token)) => (token, bearer::Kind::Id),
        (Some(_), Some(_)) | (None, None) => return Err(Refusal::bad("access_token or id_token")),
    };
    Ok(match bearer::validated(&state, token, kind, own)? {
        Some(claims) => HttpResponse::Ok().json(claims),
        None => {
            let message = envelope::in_words(&request, "the token is invalid or has ended", "token 无效或已失效");
            HttpResponse::Ok().json(json!({ "code": 400, "message": message }))
        }
    })
}

/// `GET /api/v2/.well-known`: the public key, for SDKs that encrypt passwords.
pub async fn well_known(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    place::of(&state, &request)?;
    let pem = password_key::public_pem(&state)?;
    Ok(envelope::v2("OK", &json!({ "publicKey": pem })))
}
