//! What Guard, Authing's log-in box on an application's own page, asks before it draws: how the application logs people in, how
//! the box looks, and its icons (authing-contract.md 3.6).
//!
//! Everything in it is public: whoever knows an application's id may read it, as with Authing. It names no address but the
//! application's own and this house's, so that a page with Guard asks nobody else.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Path;
use serde_json::{Value, json};
use url::Url;

use crate::domain::application::Application;
use crate::domain::id::ApplicationId;
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType};
use crate::domain::redirect::RedirectList;
use crate::flow::password_key;
use crate::page::asset;
use crate::web::authing::envelope;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::place::{self, Place};
use crate::web::{assets, visit};

/// The names by which people log in: as Guard calls each, in English and in Chinese.
const NAMES: [(&str, &str, &str); 3] =
    [("username", "Username", "用户名"), ("email", "Email", "邮箱"), ("phone", "Phone number", "手机号")];

/// `GET /api/v2/applications/:appId/public-config`.
pub async fn public_config(request: HttpRequest, app: Path<String>) -> Answer {
    let state = visit::state(&request)?;
    let place = place::of(&state, &request)?;
    let application = ApplicationId::parse(&app).ok().and_then(|id| state.directory().application(id).cloned());
    let application = application.filter(|found| place.serves(found)).ok_or(Refusal::absent("application"))?;
    let asking = request.headers().get(header::ORIGIN).and_then(|v| v.to_str().ok()).and_then(|o| Url::parse(o).ok());
    let public_key = password_key::public_pem(&state)?;
    Ok(envelope::v2("OK", &config(&application, &place, asking.as_ref(), &public_key)))
}

/// `GET /api/v2/applications/:appId/components-public-config/guard`: the box speaks the language of the browser, and offers
/// others.
pub async fn components(request: HttpRequest, app: Path<String>) -> Answer {
    let state = visit::state(&request)?;
    let place = place::of(&state, &request)?;
    let known = ApplicationId::parse(&app).ok().and_then(|id| state.directory().application(id).cloned());
    known.filter(|found| place.serves(found)).ok_or(Refusal::absent("application"))?;
    let look = json!({ "global": { "showChangeLanguage": true, "defaultLanguage": "browser" } });
    Ok(envelope::v2("OK", &look))
}

/// `GET /svg-string/guard`: the icons of the box. Without them it draws nothing at all.
pub async fn icons(request: HttpRequest) -> Answer {
    let mut answer = assets::named(&request, asset::GUARD_SVG)?;
    // The address stays when the content changes.
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("public, max-age=3600"));
    Ok(answer)
}

/// `GET /api/v2/users/find?key=&type=`: whether a name is taken, as the box asks before it registers somebody. Nobody is told:
/// anybody could find out who has an account. The box goes on, and the registration itself says so.
pub async fn find(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    place::of(&state, &request)?;
    let query = Form::query(&request)?;
    for name in ["userPoolId", "key", "type"] {
        query.one(name)?;
    }
    let words = envelope::in_words(&request, "who has an account is not told", "不透露谁拥有账号");
    Ok(envelope::v2(words, &Value::Null))
}

/// The whole of it, by the names that Guard looks for.
fn config(application: &Application, place: &Place, asking: Option<&Url>, public_key: &str) -> Value {
    let (closed, origin) = (!application.protocol.self_registration, &place.origin);
    let (login, logout) = (addresses(&application.login, asking), addresses(&application.logout, asking));
    let mut all = json!({
        "id": application.id, "userPoolId": application.pool, "rootUserPoolId": null, "name": application.name,
        "identifier": application.identifier, "requestHostname": place.host, "cdnBase": origin,
        "logo": format!("{origin}/favicon.ico"), "css": null, "protocol": "oidc", "publicKey": public_key,
        "registerDisabled": closed, "redirectUris": login, "logoutRedirectUris": logout,
        // Which pages may call is decided here, by each answer's headers; Guard need not guess.
        "allowedOrigins": [], "corsWhitelist": [],
        "oidcConfig": oidc(application, &login, &logout),
    });
    if let (Some(all), Value::Object(form)) = (all.as_object_mut(), form(closed)) {
        all.extend(form);
    }
    all
}

/// The addresses of a list as a page of `asking` writes them; those that stand for any host have no one way to be written.
fn addresses(list: &RedirectList, asking: Option<&Url>) -> Vec<String> {
    list.entries().iter().filter_map(|entry| entry.written_from(asking)).collect()
}

fn oidc(application: &Application, login: &[String], logout: &[String]) -> Value {
    let protocol = &application.protocol;
    let method = match protocol.auth_method {
        AuthMethod::Secret | AuthMethod::SecretPost => AuthMethod::SecretPost,
        other @ (AuthMethod::SecretBasic | AuthMethod::PrivateKeyJwt | AuthMethod::None) => other,
    };
    let grants: Vec<&str> = protocol.grant_types.iter().copied().map(GrantType::as_str).collect();
    let answers: Vec<&str> = protocol.response_types.iter().copied().map(ResponseType::as_str).collect();
    json!({
        "client_id": application.id, "redirect_uris": login, "post_logout_redirect_uris": logout,
        "grant_types": grants, "response_types": answers, "token_endpoint_auth_method": method.as_str(),
        "introspection_endpoint_auth_method": method.as_str(), "revocation_endpoint_auth_method": method.as_str(),
        "id_token_signed_response_alg": protocol.id_token_alg.as_str(),
    })
}

/// What the box shows: a name and a password, and nothing that this house does not do.
fn form(closed: bool) -> Value {
    let methods: Vec<String> = NAMES.iter().map(|(key, ..)| format!("{key}-password")).collect();
    let labels: Vec<Value> = NAMES
        .iter()
        .map(|(key, en, zh)| json!({ "key": key, "label": zh, "i18n": { "zh-CN": zh, "zh-TW": zh, "en-US": en, "ja-JP": en } }))
        .collect();
    let registers = if closed { json!([]) } else { json!(["email", "username-password"]) };
    json!({
        "ssoPageComponentDisplay": {
            "userPasswordInput": true, "registerBtn": !closed, "forgetPasswordBtn": false, "idpBtns": false,
            "socialLoginBtns": false, "autoRegisterThenLoginHintInfo": false, "loginMethodsI18nDisplaySettings": {},
        },
        "passwordTabConfig": {
            "enabledLoginMethods": methods, "validLoginMethods": methods, "validRegisterMethods": [],
        },
        "verifyCodeTabConfig": { "enabledLoginMethods": [], "validLoginMethods": [], "validRegisterMethods": [] },
        "loginTabs": { "list": ["password"], "default": "password", "title": {} },
        "registerTabs": { "list": registers, "default": "email", "title": {} },
        "registerTabsConfig": {}, "tabMethodsFields": labels, "tabMethodsSortConfig": [],
        "qrcodeTabsSettings": {}, "qrCodeSortConfig": [], "socialConnections": [], "identityProviders": [],
        "extendsFields": [], "extendsFieldsEnabled": false, "complateFiledsPlace": [], "skipComplateFileds": true,
        "agreementEnabled": false, "agreements": [], "passwordStrength": 0, "verifyCodeLength": 6, "websocket": null,
        "welcomeMessage": {}, "defaultLanguageConfig": "zh-CN", "enableLoginAccountSwitch": false,
        "loginSmsConfig": {}, "registerSmsConfig": {}, "userpoolRobotVerify": null, "appRobotVerify": null,
        "customSecurityEnabled": false,
    })
}
