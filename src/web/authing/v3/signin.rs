//! `POST /api/v3/signin`: log in and get the tokens of OpenID Connect; and the key under which passwords travel.
//!
//! 1. The application proves itself as it does at the token endpoint: in the body, by HTTP Basic, or not at all where it
//!    settled so; then the header names it (contract 3.4).
//! 2. The password comes as typed unless `passwordEncryptType` says `rsa` or `sm2`.
//! 3. The answer holds `expire_in`, as Authing spells it, and `expires_in`.

use std::sync::Arc;

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::application::Application;
use crate::domain::authorization::Dialect;
use crate::flow::client;
use crate::flow::password_key;
use crate::flow::signin::{Given, Wanted};
use crate::web::authing::codes::{Coded, MISSING, UNSUPPORTED};
use crate::web::authing::signin::{self, Travelled};
use crate::web::authing::{caller, envelope, shape};
use crate::web::error::{Answer, Refusal};
use crate::web::oidc::wire;
use crate::web::visit::Visit;
use crate::web::{body, place, visit};

#[derive(Deserialize)]
struct SigninCall {
    connection: Option<String>,
    #[serde(rename = "passwordPayload")]
    password_payload: Option<PasswordPayload>,
    #[serde(default, deserialize_with = "shape::object")]
    options: Option<Options>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

#[derive(Deserialize)]
struct PasswordPayload {
    password: Option<String>,
    account: Option<String>,
    username: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

#[derive(Deserialize, Default)]
struct Options {
    scope: Option<String>,
    #[serde(rename = "passwordEncryptType")]
    password_encrypt_type: Option<String>,
}

/// What Authing gives when nothing is asked for.
const SCOPES: &str = "openid profile";

/// See the head of this file.
pub async fn signin(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = signin::visit(&request)?;
    let call: SigninCall = body::json(&request, &mut payload).await?;
    let application = application(&visit, &request, &call).await?;
    if call.connection.as_deref() != Some("PASSWORD") {
        return Err(Coded::from(&UNSUPPORTED).into());
    }
    let sent = call.password_payload.ok_or(Coded::from(&MISSING))?;
    let options = call.options.unwrap_or_default();
    let travelled = Travelled::of(options.password_encrypt_type.as_deref())?;
    let account = [sent.account, sent.email, sent.phone, sent.username].into_iter().flatten().find(|a| !a.is_empty());
    let account = account.ok_or(Coded::from(&MISSING))?;
    let password = signin::password(&visit.state, &sent.password.ok_or(Coded::from(&MISSING))?, travelled)?;
    let scopes = Dialect::OpenId.scopes(options.scope.as_deref().and_then(caller::meant).unwrap_or(SCOPES));
    let welcome = signin::enter(&visit, &application, &account, password, Wanted::Tokens(scopes)).await?;
    let Given::Tokens(tokens) = &welcome.given else { return Err(Refusal::Broken) };
    let mut data = json!({
        "access_token": tokens.access, "token_type": "Bearer", "scope": tokens.scope,
        "expire_in": tokens.expires_in, "expires_in": tokens.expires_in,
    });
    for (name, value) in [("id_token", &tokens.id), ("refresh_token", &tokens.refresh)] {
        if let Some(value) = value {
            data[name] = value.as_str().into();
        }
    }
    Ok(signin::with_cookie(&visit, &welcome, envelope::v3("OK", &data)))
}

async fn application(visit: &Visit, request: &HttpRequest, call: &SigninCall) -> Result<Arc<Application>, Refusal> {
    let named = |text: &Option<String>| text.as_deref().and_then(caller::meant).map(str::to_owned);
    let credentials = wire::credentials_of(request, (named(&call.client_id), named(&call.client_secret)))?;
    let own = visit.place.own.as_ref();
    let credentials = credentials.ok_or_else(client::refused)?;
    let application = client::authenticate(&visit.state, credentials, Vec::new()).await?;
    // The headers must mean the same application, and its pool.
    let meant = caller::application(&visit.state, &visit.place, request, Some(application.id.as_str()))?;
    if own.is_some_and(|own| own.id != application.id) || meant.id != application.id {
        return Err(client::refused().into());
    }
    Ok(application)
}

/// `GET /api/v3/system`: bare.
pub async fn system(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    place::of(&state, &request)?;
    let (pem, point) = (password_key::public_pem(&state)?, password_key::public_sm2(&state)?);
    let answer: Value = json!({
        "rsa": { "publicKey": pem }, "sm2": { "publicKey": point },
        "version": { "server": env!("CARGO_PKG_VERSION") }, "publicIps": [],
    });
    Ok(HttpResponse::Ok().json(answer))
}
