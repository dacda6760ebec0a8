//! `POST /oidc/register`: dynamic registration (OpenID Connect Dynamic Client Registration 1.0, RFC 7591).
//!
//! Off unless the operator set an initial access token, and only with it: otherwise anybody could register an address and
//! send people there (security.md D15).

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wire;
use crate::domain::application::Protocol;
use crate::domain::logout::{Actor, Origin};
use crate::domain::oauth::{AuthMethod, GrantType, OauthCode, OauthError, ResponseType, TokenAlg};
use crate::flow::applications::{self, ApplicationForm};
use crate::flow::client::signing_algs;
use crate::flow::error::FlowError;
use crate::flow::health;
use crate::web::body;
use crate::web::error::{Answer, Refusal};
use crate::web::{place, visit};

#[derive(Deserialize)]
struct Metadata {
    redirect_uris: Option<Vec<String>>,
    post_logout_redirect_uris: Option<Vec<String>>,
    client_name: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    id_token_signed_response_alg: Option<String>,
    backchannel_logout_uri: Option<String>,
    backchannel_logout_session_required: Option<bool>,
    frontchannel_logout_uri: Option<String>,
    frontchannel_logout_session_required: Option<bool>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    request_uris: Option<Vec<String>>,
    subject_type: Option<String>,
    token_endpoint_auth_signing_alg: Option<String>,
    /// What is not done here, and would be believed to be done if it were passed over.
    #[serde(flatten)]
    promises: Promises,
}

#[derive(Deserialize)]
struct Promises {
    id_token_encrypted_response_alg: Option<Value>,
    userinfo_signed_response_alg: Option<Value>,
    userinfo_encrypted_response_alg: Option<Value>,
    require_pushed_authorization_requests: Option<Value>,
    require_signed_request_object: Option<Value>,
}

impl Promises {
    fn are_none(&self) -> bool {
        let asked = [
            &self.id_token_encrypted_response_alg,
            &self.userinfo_signed_response_alg,
            &self.userinfo_encrypted_response_alg,
            &self.require_pushed_authorization_requests,
            &self.require_signed_request_object,
        ];
        asked.into_iter().flatten().all(|value| matches!(value, Value::Null | Value::Bool(false)))
    }
}

fn metadata(description: &'static str) -> OauthError {
    OauthError::new(OauthCode::InvalidClientMetadata, description)
}

fn word<T>(given: Option<&str>, parse: fn(&str) -> Option<T>, usual: T, wrong: &'static str) -> Result<T, OauthError> {
    given.map_or(Ok(usual), |text| parse(text).ok_or(metadata(wrong)))
}

fn words<T>(
    given: Option<&[String]>,
    parse: fn(&str) -> Option<T>,
    usual: Vec<T>,
    wrong: &'static str,
) -> Result<Vec<T>, OauthError> {
    given.map_or(Ok(usual), |list| list.iter().map(|text| parse(text).ok_or(metadata(wrong))).collect())
}

/// A word of the registry; *either way* is one of ours only.
fn of_the_wire(word: &str) -> Option<AuthMethod> {
    AuthMethod::parse(word).filter(|method| *method != AuthMethod::Secret)
}

impl Metadata {
    fn protocol(&self) -> Result<Protocol, OauthError> {
        if self.jwks_uri.is_some() {
            return Err(metadata("send jwks: addresses of keys are not fetched"));
        }
        if self.request_uris.as_ref().is_some_and(|list| !list.is_empty()) {
            return Err(metadata("request_uris are not supported"));
        }
        if self.subject_type.as_deref().is_some_and(|kind| kind != "public") {
            return Err(metadata("subject_type is public"));
        }
        if !self.promises.are_none() {
            return Err(metadata(
                "encryption, signed userinfo and demanded request objects or pushed requests are not supported",
            ));
        }
        let signs = self.token_endpoint_auth_signing_alg.as_deref();
        if signs.is_some_and(|alg| !signing_algs().contains(&alg)) {
            return Err(metadata("token_endpoint_auth_signing_alg is not supported"));
        }
        let addresses = [&self.backchannel_logout_uri, &self.frontchannel_logout_uri];
        if addresses.into_iter().flatten().any(|address| address.trim().is_empty()) {
            return Err(metadata("an address is empty"));
        }
        let usual = Protocol::default();
        let method = self.token_endpoint_auth_method.as_deref();
        let alg = self.id_token_signed_response_alg.as_deref();
        Ok(Protocol {
            backchannel_logout_uri: self.backchannel_logout_uri.clone(),
            backchannel_session_required: self.backchannel_logout_session_required.unwrap_or_default(),
            frontchannel_logout_uri: self.frontchannel_logout_uri.clone(),
            frontchannel_session_required: self.frontchannel_logout_session_required.unwrap_or_default(),
            // RFC 7591 section 2: codes only, unless more is asked for.
            grant_types: words(
                self.grant_types.as_deref(),
                |word| GrantType::parse(word).filter(|grant| !grant.is_by_exception()),
                vec![GrantType::AuthorizationCode],
                "there is no such grant type",
            )?,
            response_types: words(
                self.response_types.as_deref(),
                ResponseType::of_request,
                usual.response_types,
                "there is no such response type",
            )?,
            auth_method: word(method, of_the_wire, AuthMethod::SecretBasic, "there is no such authentication method")?,
            id_token_alg: word(alg, TokenAlg::parse, TokenAlg::Rs256, "there is no such algorithm")?,
            jwks: self.jwks.as_ref().map(Value::to_string),
            tokens_outlive_logout: false,
            self_registration: false,
        })
    }
}

/// Grants and response types that were both named have to fit (RFC 7591 section 2.1).
fn fits_together(asked: &Metadata, protocol: &Protocol) -> Result<(), OauthError> {
    if asked.grant_types.as_ref().is_some_and(Vec::is_empty) {
        return Err(metadata("grant_types is empty"));
    }
    if asked.grant_types.is_none() || asked.response_types.is_none() {
        return Ok(());
    }
    let by_code = |kind: &ResponseType| kind.has_code() && !protocol.may(GrantType::AuthorizationCode);
    let by_token =
        |kind: &ResponseType| (kind.has_id_token() || kind.has_token()) && !protocol.may(GrantType::Implicit);
    if protocol.response_types.iter().any(|kind| by_code(kind) || by_token(kind)) {
        return Err(metadata("a response type needs a grant type that is not named"));
    }
    Ok(())
}

/// Registers an application with a new id and a new secret, which is told this once.
pub async fn register(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let place = place::of(&state, &request)?;
    let Some(token) = &state.config.registration_token else { return Err(Refusal::absent("registration")) };
    if !health::same_text(wire::bearer(&request)?.unwrap_or_default(), token) {
        return Err(Refusal::Unauthenticated);
    }
    let asked: Metadata = body::json(&request, &mut payload).await?;
    let protocol = asked.protocol()?;
    fits_together(&asked, &protocol)?;
    let pool = match &place.own {
        Some(own) => own.pool,
        None => state.directory().default_pool().map(|pool| pool.id).ok_or(Refusal::absent("user pool"))?,
    };
    let identifier = applications::fresh_identifier();
    let form = ApplicationForm {
        name: asked.client_name.clone().unwrap_or_else(|| identifier.clone()),
        identifier,
        redirect_uris: asked.redirect_uris.unwrap_or_default(),
        logout_redirect_uris: asked.post_logout_redirect_uris.unwrap_or_default(),
        protocol,
        is_default: false,
    };
    // The form of the console passes over empty lines; here each entry was meant.
    let blank = |list: &[String]| list.iter().any(|entry| entry.trim().is_empty());
    if blank(&form.redirect_uris) {
        return Err(OauthError::new(OauthCode::InvalidRedirectUri, "a redirect_uri is empty").into());
    }
    if blank(&form.logout_redirect_uris) {
        return Err(metadata("a post_logout_redirect_uri is empty").into());
    }
    if form.redirect_uris.is_empty() && form.protocol.may(GrantType::AuthorizationCode) {
        return Err(OauthError::new(OauthCode::InvalidRedirectUri, "redirect_uris is missing").into());
    }
    let valid = form.clone().judge().map_err(refused)?;
    let (actor, ip) = (Actor::Registration, visit::address(&state, &request));
    let origin = Origin { actor, ip, request: visit::request_id(&request) };
    let (id, secret) =
        state.write(move |act, state| applications::create_with_secret(act, state, pool, &valid, &origin)).await?;
    let protocol = &form.protocol;
    let mut answer = json!({
        "client_id": id,
        "client_id_issued_at": state.now().seconds(),
        "client_name": form.name,
        "redirect_uris": form.redirect_uris,
        "post_logout_redirect_uris": form.logout_redirect_uris,
        "grant_types": protocol.grant_types.iter().map(|grant| grant.as_str()).collect::<Value>(),
        "response_types": protocol.response_types.iter().map(|kind| kind.as_str()).collect::<Value>(),
        "token_endpoint_auth_method": protocol.auth_method.as_str(),
        "id_token_signed_response_alg": protocol.id_token_alg.as_str(),
        "backchannel_logout_session_required": protocol.backchannel_session_required,
        "frontchannel_logout_session_required": protocol.frontchannel_session_required,
    });
    for (name, value) in [
        ("backchannel_logout_uri", &protocol.backchannel_logout_uri),
        ("frontchannel_logout_uri", &protocol.frontchannel_logout_uri),
    ] {
        if let Some(value) = value {
            answer[name] = value.as_str().into();
        }
    }
    if let Some(jwks) = asked.jwks {
        answer["jwks"] = jwks;
    }
    if !matches!(protocol.auth_method, AuthMethod::None | AuthMethod::PrivateKeyJwt)
        || protocol.id_token_alg == TokenAlg::Hs256
    {
        answer["client_secret"] = secret.reveal().into();
        answer["client_secret_expires_at"] = 0.into();
    }
    Ok(HttpResponse::Created().json(answer))
}

fn refused(error: FlowError) -> Refusal {
    let FlowError::Invalid(fields) = error else { return error.into() };
    if fields.iter().any(|field| field.field == "redirect_uris") {
        return OauthError::new(OauthCode::InvalidRedirectUri, "a redirect_uri cannot be registered").into();
    }
    metadata("an address or key cannot be registered").into()
}
