//! Discovery (OpenID Connect Discovery 1.0, RFC 8414) and the published keys.
//!
//! The issuer is `{origin}/oidc` of the host that was asked, as Authing has it; the document lies at the places where
//! clients look for it: below the issuer, and at the root.

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::config::Config;
use crate::domain::authorization::{CLAIMS, ResponseMode};
use crate::domain::oauth::{GrantType, ResponseType, Scope, TokenAlg};
use crate::flow::client::signing_algs;
use crate::flow::keys;
use crate::flow::token::ACR;
use crate::web::error::Answer;
use crate::web::place::{self, Place};
use crate::web::visit;

/// Keys and addresses change rarely; a client that asks often is spared.
const KEPT: &str = "public, max-age=300";

/// `GET …/.well-known/openid-configuration` and `…/oauth-authorization-server`.
pub async fn discovery(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let place = place::of(&state, &request)?;
    let document = document(&place, &state.config);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, KEPT)).json(document))
}

fn document(place: &Place, config: &Config) -> Value {
    let issuer = place.issuer();
    let at = |path: &str| format!("{issuer}/{path}");
    let words = |list: &[&str]| json!(list);
    let algs: Vec<&str> = TokenAlg::ALL.iter().map(|alg| alg.as_str()).collect();
    let auth = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": at("auth"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("me"),
        "end_session_endpoint": at("session/end"),
        "check_session_iframe": at("session/check"),
        "jwks_uri": at(".well-known/jwks.json"),
        "revocation_endpoint": at("token/revocation"),
        "introspection_endpoint": at("token/introspection"),
        "pushed_authorization_request_endpoint": at("request"),
        "scopes_supported": Scope::ALL.iter().filter(|s| **s != Scope::User).map(|scope| scope.as_str()).collect::<Value>(),
        "response_types_supported": ResponseType::ALL.iter().map(|kind| kind.as_str()).collect::<Value>(),
        "response_modes_supported": ResponseMode::ALL.iter().map(|(word, _)| *word).collect::<Value>(),
        "grant_types_supported": grants(place),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algs,
        "token_endpoint_auth_methods_supported": auth,
        "token_endpoint_auth_signing_alg_values_supported": words(&signing_algs()),
        "introspection_endpoint_auth_methods_supported": auth,
        "introspection_endpoint_auth_signing_alg_values_supported": words(&signing_algs()),
        "revocation_endpoint_auth_methods_supported": auth,
        "revocation_endpoint_auth_signing_alg_values_supported": words(&signing_algs()),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "display_values_supported": ["page"],
        "acr_values_supported": [ACR],
        "claim_types_supported": ["normal"],
        "claims_supported": claims(),
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_pushed_authorization_requests": false,
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["en", "zh", "zh-CN"],
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
    });
    if config.registration_token.is_some() {
        document["registration_endpoint"] = json!(at("register"));
    }
    document
}

/// The grants that anybody may have; on an application's own host also what it has by exception.
fn grants(place: &Place) -> Vec<&'static str> {
    let may =
        |grant: GrantType| grant != GrantType::Cas && place.own.as_ref().is_some_and(|own| own.protocol.may(grant));
    let known = GrantType::ALL.iter().filter(|grant| !grant.is_by_exception() || may(**grant));
    known.map(|grant| grant.as_str()).collect()
}

fn claims() -> Vec<&'static str> {
    ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "sid", "acr", "amr", "at_hash", "c_hash"]
        .into_iter()
        .chain(CLAIMS)
        .collect()
}

/// `GET /oidc/.well-known/jwks.json` (RFC 7517 section 5).
pub async fn jwks(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    place::of(&state, &request)?;
    let ring = keys::ring(&state)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header(ContentType::json()).insert_header((header::CACHE_CONTROL, KEPT));
    Ok(answer.body(ring.jwks().to_owned()))
}
