//! `POST /oidc/request`: pushed authorization requests (RFC 9126).

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::wire::Call;
use crate::domain::authorization::{Addressee, AuthorizationRequest, Dialect, Params, Unanswerable};
use crate::domain::oauth::{OauthCode, OauthError};
use crate::flow::authorize::{self, PUSHED_SECONDS};
use crate::web::error::{Answer, Refusal};

/// Octets of a request that is kept.
const LONGEST: usize = 16 * 1024;
/// What proves the application is no part of the request.
const CREDENTIALS: [&str; 4] = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];

/// The request is judged now, in the words it would be judged by at the authorization endpoint, and kept for 90 seconds.
pub async fn push(request: HttpRequest, mut payload: Payload) -> Answer {
    let call = Call::read(&request, &mut payload).await?;
    let application = call.application().await?;
    if call.given("request_uri")?.is_some() {
        return Err(Refusal::bad("request_uri"));
    }
    let kept: Vec<(String, String)> =
        call.form.pairs().iter().filter(|(name, _)| !CREDENTIALS.contains(&name.as_str())).cloned().collect();
    let params = Params::new(kept.clone());
    let to = Addressee::of(&application, &params).map_err(|why| match why {
        Unanswerable::Malformed(name) => Refusal::Bad(name),
        Unanswerable::Refused(_) => OauthError::new(OauthCode::InvalidRequest, "redirect_uri is not registered").into(),
    })?;
    AuthorizationRequest::of(&application, &params, &to, Dialect::OpenId)?;
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&kept).finish();
    if query.len() > LONGEST {
        return Err(Refusal::TooLarge);
    }
    let id = application.id;
    let request_uri = call.state.write(move |act, _| authorize::push(act, id, &query, PUSHED_SECONDS)).await?;
    Ok(HttpResponse::Created().json(json!({ "request_uri": request_uri, "expires_in": PUSHED_SECONDS })))
}
