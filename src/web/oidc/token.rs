//! `POST /oidc/token`, `POST /oauth/token` (RFC 6749 3.2).
//!
//! Two grants are there for old SDKs, where an application has them switched on: `password`, which is a log-in like any other,
//! throttled as one, and Authing's own, by which a log-in token becomes tokens of the same session. Neither looks at cookies
//! or gives one: what a page of another site posts here says nothing about this browser.

use std::sync::Arc;

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::wire::Call;
use crate::domain::application::Application;
use crate::domain::authorization::Dialect;
use crate::domain::contact::Password;
use crate::domain::oauth::{GrantType, OauthCode, OauthError, Scopes};
use crate::flow::error::FlowError;
use crate::flow::login::Attempt;
use crate::flow::signin::{self, Given, Outcome, Wanted};
use crate::flow::token::{self, CodeShown, Tokens};
use crate::web::error::{Answer, Refusal};
use crate::web::visit;

/// What Authing gives when nothing is asked for; in plain OAuth that is `user` alone.
const SCOPES: &str = "openid profile";

/// `grant_type` decides; the application proves itself first.
pub async fn token(request: HttpRequest, mut payload: Payload) -> Answer {
    let call = Call::read(&request, &mut payload).await?;
    let asked = call.required("grant_type")?;
    let grant = GrantType::parse(asked)
        .filter(|grant| !matches!(grant, GrantType::Implicit | GrantType::Cas))
        .ok_or(OauthError::new(OauthCode::UnsupportedGrantType, "there is no such grant_type"));
    let application = call.application().await?;
    let grant = grant?;
    if call.form.pairs().iter().any(|(name, value)| name == "resource" && !value.is_empty()) {
        return Err(OauthError::new(OauthCode::InvalidTarget, "this parameter is not supported").into());
    }
    token::may(&application, grant)?;
    let state = &call.state;
    let tokens = match grant {
        GrantType::RefreshToken => {
            let narrower = call.given("scope")?.map(str::to_owned);
            token::refresh(state, &application, call.required("refresh_token")?.to_owned(), narrower).await?
        }
        GrantType::ClientCredentials => token::for_itself(state, &application, call.place.issuer()).await?,
        GrantType::Password => by_password(&request, &call, &application).await?,
        GrantType::AuthingToken => by_login_token(&request, &call, &application).await?,
        GrantType::AuthorizationCode | GrantType::Implicit | GrantType::Cas => {
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

/// The scopes that a log-in at this endpoint is about.
fn scopes(request: &HttpRequest, call: &Call) -> Result<Scopes, Refusal> {
    let dialect = Dialect::of_path(request.path());
    let usual = if dialect == Dialect::Plain { "" } else { SCOPES };
    Ok(dialect.scopes(call.given("scope")?.unwrap_or(usual)))
}

fn not_granted(description: &'static str) -> Refusal {
    OauthError::new(OauthCode::InvalidGrant, description).into()
}

/// `grant_type=password` (RFC 6749 4.3): unknown user and wrong password look the same.
async fn by_password(request: &HttpRequest, call: &Call, application: &Arc<Application>) -> Result<Tokens, Refusal> {
    let wrong = || not_granted("the account or the password is wrong");
    let (account, wanted) = (call.required("username")?, Wanted::Tokens(scopes(request, call)?));
    let password = Password::parse(call.required("password")?).map_err(|_| wrong())?;
    let attempt = Attempt {
        pool: application.pool,
        application: Some(application.id),
        host: call.place.host.clone(),
        issuer: call.place.issuer(),
        account: account.to_owned(),
        password,
        held: None,
        replaces: true,
        from: visit::came_from(&call.state, request),
    };
    match signin::sign_in(&call.state, application, attempt, wanted).await {
        Ok(Outcome::SignedIn(welcome)) => match welcome.given {
            Given::Tokens(tokens) => Ok(tokens),
            Given::LoginToken(_) => Err(Refusal::Broken),
        },
        Ok(Outcome::Wrong { .. }) => Err(wrong()),
        Ok(Outcome::Disabled) => Err(not_granted("the user may not log in")),
        Err(FlowError::Unauthenticated) => Err(not_granted("the log-in has ended meanwhile")),
        Err(other) => Err(other.into()),
    }
}

/// Authing's grant `authing_token`. The address that comes with it goes nowhere, and has to be a registered one all the same.
async fn by_login_token(request: &HttpRequest, call: &Call, application: &Arc<Application>) -> Result<Tokens, Refusal> {
    if call.given("redirect_uri")?.is_some_and(|address| application.login.allow(address).is_err()) {
        return Err(not_granted("redirect_uri is not registered"));
    }
    let (shown, scopes) = (call.required("token")?.to_owned(), scopes(request, call)?);
    let from = visit::came_from(&call.state, request);
    Ok(signin::by_login_token(&call.state, application, shown, scopes, (call.place.issuer(), from)).await?)
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
