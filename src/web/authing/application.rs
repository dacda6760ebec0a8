//! Applications as administrators' programs see and send them, in both versions.
//!
//! A secret is in no list and no detail: only its hash is kept. It is told once, by the call that makes it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::codes::{Coded, UNSUPPORTED};
use super::shape::moment;
use crate::domain::id::ApplicationId;
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use crate::flow::applications::ApplicationRow;
use crate::flow::authorize::CODE_MS;
use crate::flow::provisioning::ApplicationParts;
use crate::flow::state::State;
use crate::web::error::Refusal;
use crate::web::place::Place;

/// Reads an application's id; what is none is nobody's.
pub fn id(text: &str) -> Result<ApplicationId, Refusal> {
    ApplicationId::parse(text).map_err(|_| Refusal::absent("application"))
}

/// How an application speaks OpenID Connect, as it is sent.
#[derive(Deserialize, Default)]
struct OidcConfig {
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    id_token_signed_response_alg: Option<String>,
    redirect_uris: Option<Vec<String>>,
    post_logout_redirect_uris: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct RegisterConfig {
    enabled_basic_register_methods: Option<Vec<String>>,
}

/// Several addresses, or, from some SDKs of version 2, one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Addresses {
    Several(Vec<String>),
    One(String),
}

impl Addresses {
    fn list(self) -> Vec<String> {
        match self {
            Self::Several(list) => list,
            Self::One(address) => vec![address],
        }
    }
}

/// An application as it is sent, in the words of either version.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Which one a call is about.
    pub app_id: Option<String>,
    name: Option<String>,
    app_name: Option<String>,
    identifier: Option<String>,
    app_identifier: Option<String>,
    redirect_uris: Option<Addresses>,
    logout_redirect_uris: Option<Addresses>,
    #[serde(default, deserialize_with = "super::shape::object")]
    oidc_config: Option<OidcConfig>,
    register_disabled: Option<bool>,
    #[serde(default, deserialize_with = "super::shape::object")]
    register_config: Option<RegisterConfig>,
    permission_strategy: Option<Value>,
    template: Option<String>,
    default_protocol: Option<String>,
    saml_provider_enabled: Option<bool>,
    oauth_provider_enabled: Option<bool>,
    cas_provider_enabled: Option<bool>,
}

fn words<T>(
    list: Option<Vec<String>>,
    parse: fn(&str) -> Option<T>,
    name: &'static str,
) -> Result<Option<Vec<T>>, Refusal> {
    let read = |list: Vec<String>| list.iter().map(|word| parse(word)).collect::<Option<Vec<T>>>();
    list.map(|list| read(list).ok_or(Refusal::bad(name))).transpose()
}

fn word<T>(text: Option<String>, parse: fn(&str) -> Option<T>, name: &'static str) -> Result<Option<T>, Refusal> {
    text.map(|text| parse(&text).ok_or(Refusal::bad(name))).transpose()
}

impl Sent {
    /// The parts that count. Another protocol than OpenID Connect, ready-made integrations, and keeping people out are refused.
    pub fn parts(self) -> Result<ApplicationParts, Refusal> {
        let others = [self.saml_provider_enabled, self.oauth_provider_enabled, self.cas_provider_enabled];
        let strategy = self.permission_strategy.unwrap_or_default();
        let lets_all_in = strategy["defaultStrategy"].is_null() || strategy["defaultStrategy"] == "ALLOW_ALL";
        let protocol = self.default_protocol.as_deref().unwrap_or("oidc");
        if !lets_all_in
            || others.contains(&Some(true))
            || protocol != "oidc"
            || self.template.is_some_and(|name| !name.is_empty())
        {
            return Err(Coded::from(&UNSUPPORTED).into());
        }
        let oidc = self.oidc_config.unwrap_or_default();
        let methods = self.register_config.and_then(|config| config.enabled_basic_register_methods);
        let by_password = |methods: Vec<String>| methods.iter().any(|method| method.ends_with("_PASSWORD"));
        Ok(ApplicationParts {
            name: self.app_name.or(self.name),
            identifier: self.app_identifier.or(self.identifier),
            redirect_uris: self.redirect_uris.map(Addresses::list).or(oidc.redirect_uris),
            logout_redirect_uris: self.logout_redirect_uris.map(Addresses::list).or(oidc.post_logout_redirect_uris),
            grant_types: words(oidc.grant_types, GrantType::parse, "oidcConfig.grant_types")?,
            response_types: words(oidc.response_types, ResponseType::of_request, "oidcConfig.response_types")?,
            auth_method: word(
                oidc.token_endpoint_auth_method,
                AuthMethod::parse,
                "oidcConfig.token_endpoint_auth_method",
            )?,
            id_token_alg: word(
                oidc.id_token_signed_response_alg,
                TokenAlg::parse,
                "oidcConfig.id_token_signed_response_alg",
            )?,
            self_registration: self.register_disabled.map(|off| !off).or(methods.map(by_password)),
        })
    }
}

fn oidc_config(state: &State, row: &ApplicationRow) -> Value {
    let protocol = &row.protocol;
    // Whoever may prove itself in either place is said to do it in Authing's usual one.
    let own = protocol.auth_method;
    let method = if own == AuthMethod::Secret { AuthMethod::SecretPost } else { own }.as_str();
    let access = state.config.access_token_seconds;
    json!({
        "client_id": row.id, "redirect_uris": row.redirect_uris, "post_logout_redirect_uris": row.logout_redirect_uris,
        "grant_types": protocol.grant_types.iter().map(|grant| grant.as_str()).collect::<Value>(),
        "response_types": protocol.response_types.iter().map(|kind| kind.as_str()).collect::<Value>(),
        "id_token_signed_response_alg": protocol.id_token_alg.as_str(), "token_endpoint_auth_method": method,
        "introspection_endpoint_auth_method": method, "revocation_endpoint_auth_method": method,
        "authorization_code_expire": CODE_MS / 1_000, "id_token_expire": access, "access_token_expire": access,
        "refresh_token_expire": state.config.refresh_token_seconds, "skip_consent": true,
    })
}

/// An application of version 2, for an administrator.
pub fn v2(state: &State, row: &ApplicationRow) -> Value {
    json!({
        "id": row.id, "userPoolId": row.pool, "name": row.name, "identifier": row.identifier, "domain": row.identifier,
        "protocol": "oidc", "logo": null, "description": null, "secret": null, "jwks": null, "css": null,
        "redirectUris": row.redirect_uris, "logoutRedirectUris": row.logout_redirect_uris,
        "oidcConfig": oidc_config(state, row), "oauthConfig": null, "samlConfig": null, "casConfig": null,
        "oidcProviderEnabled": true, "oauthProviderEnabled": false, "samlProviderEnabled": false,
        "casProviderEnabled": false, "registerDisabled": !row.protocol.self_registration, "skipMfa": true,
        "permissionStrategy": { "enabled": false, "defaultStrategy": "ALLOW_ALL" }, "showAuthorizationPage": false,
        "enableSubAccount": false, "loginRequireEmailVerified": false, "agreementEnabled": false,
        "extendsFieldsEnabled": false, "isOfficial": false, "isDeleted": false, "isDefault": row.is_default,
        "createdAt": moment(row.created_at), "updatedAt": moment(row.updated_at),
    })
}

/// What version 3 tells of an application in short.
pub fn v3_in_short(row: &ApplicationRow) -> Value {
    json!({
        "appId": row.id, "appIdentifier": row.identifier, "appName": row.name, "appLogo": null, "appDescription": null,
        "appType": "web", "isIntegrateApp": false,
    })
}

/// An application of version 3, for an administrator.
pub fn v3(state: &State, place: &Place, row: &ApplicationRow) -> Value {
    let login = state.directory().application(row.id).map(|a| place.login_of(a));
    let methods = if row.protocol.self_registration { json!(["EMAIL_PASSWORD"]) } else { json!([]) };
    let mut shown = v3_in_short(row);
    let rest = json!({
        "userPoolId": row.pool, "defaultProtocol": "oidc", "redirectUris": row.redirect_uris,
        "logoutRedirectUris": row.logout_redirect_uris, "initLoginUri": login, "ssoEnabled": true, "ssoEnabledAt": null,
        "loginConfig": {
            "mergeLoginAndRegisterPage": false, "showAuthorizationPage": false, "enabledExtIdpConns": [],
            "enabledBasicLoginMethods": ["USERNAME_PASSWORD", "EMAIL_PASSWORD", "PHONE_PASSWORD"],
            "defaultLoginMethod": { "connectionType": "PASSWORD" },
        },
        "registerConfig": { "enabledBasicRegisterMethods": methods, "defaultRegisterMethod": "PASSWORD" },
        "brandingConfig": null, "oidcConfig": oidc_config(state, row), "samlProviderEnabled": false, "samlConfig": null,
        "oauthProviderEnabled": false, "oauthConfig": null, "casProviderEnabled": false, "casConfig": null,
        "customBrandingEnabled": false, "customSecurityEnabled": false, "template": null,
        "createdAt": moment(row.created_at), "updatedAt": moment(row.updated_at),
    });
    if let (Some(shown), Value::Object(rest)) = (shown.as_object_mut(), rest) {
        shown.extend(rest);
    }
    shown
}
