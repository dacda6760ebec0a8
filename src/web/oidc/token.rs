//! `POST /oidc/token` (RFC 6749 3.2).

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::wire::Call;
use crate::domain::oauth::{GrantType, OauthCode, OauthError};
use crate::flow::token::{self, CodeShown, Tokens};
use crate::web::error::Answer;

/// `grant_type` decides; the application proves itself first.
pub async fn token(request: HttpRequest, mut payload: Payload) -> Answer {
    let call = Call::read(&request, &mut payload).await?;
    let asked = call.required("grant_type")?;
    let grant = GrantType::parse(asked)
        .filter(|grant| *grant != GrantType::Implicit)
        .ok_or(OauthError::new(OauthCode::UnsupportedGrantType, "there is no such grant_type"));
    let application = call.application().await?;
    let grant = grant?;
    token::may(&application, grant)?;
    let state = &call.state;
    let tokens = match grant {
        GrantType::RefreshToken => {
            let narrower = call.given("scope")?.map(str::to_owned);
            token::refresh(state, &application, call.required("refresh_token")?.to_owned(), narrower).await?
        }
        GrantType::ClientCredentials => token::for_itself(state, &application, call.place.issuer()).await?,
        GrantType::AuthorizationCode | GrantType::Implicit => {
            let shown = CodeShown {
                code: call.required("code")?.to_owned(),
                redirect_uri: call.given("redirect_uri")?.unwrap_or_default().to_owned(),
                verifier: call.given("code_verifier")?.map(str::to_owned),
            };
            token::exchange(state, &application, shown).await?
        }
    };
    Ok(answer(&tokens))
}

fn answer(tokens: &Tokens) -> HttpResponse {
    let mut body = json!({
        "access_token": tokens.access, "token_type": "Bearer", "expires_in": tokens.expires_in, "scope": tokens.scope,
    });
    for (name, value) in [("refresh_token", &tokens.refresh), ("id_token", &tokens.id)] {
        if let Some(value) = value {
            body[name] = value.as_str().into();
        }
    }
    HttpResponse::Ok().insert_header(("pragma", "no-cache")).json(body)
}
