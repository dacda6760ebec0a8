//! What Guard draws its box from, and the icons in it.

use exeunt::domain::oauth::AuthMethod;
use serde_json::{Value, json};

use crate::support::authing::Sdk;
use crate::support::people::{CLIENT_SECRET, POOL_SECRET};
use crate::support::{Answer, House};

/// What the real Guard 5.3.9 looks for (authing-contract.md 3.6).
const LOOKED_FOR: &str = "id userPoolId rootUserPoolId publicKey cdnBase name logo css identifier requestHostname protocol \
    registerDisabled redirectUris logoutRedirectUris allowedOrigins corsWhitelist oidcConfig \
    ssoPageComponentDisplay passwordTabConfig verifyCodeTabConfig loginTabs registerTabs registerTabsConfig \
    qrcodeTabsSettings qrCodeSortConfig socialConnections identityProviders extendsFields extendsFieldsEnabled \
    complateFiledsPlace agreementEnabled agreements passwordStrength verifyCodeLength websocket welcomeMessage \
    skipComplateFileds defaultLanguageConfig tabMethodsSortConfig tabMethodsFields enableLoginAccountSwitch \
    loginSmsConfig registerSmsConfig userpoolRobotVerify appRobotVerify customSecurityEnabled";

fn config_of(house: &House, identifier: &'static str, headers: &[(&str, &str)]) -> Answer {
    let path = format!("/api/v2/applications/{}/public-config", house.application(identifier).id);
    house.ask(("GET", &path), headers, None)
}

fn config(house: &House, identifier: &'static str, origin: &str) -> Value {
    let answer = config_of(house, identifier, &[("Origin", origin)]);
    let body = answer.json();
    assert_eq!(body["code"], 200, "{body}");
    body["data"].clone()
}

#[test]
fn a_page_of_the_application_reads_what_guard_draws_from_and_nothing_secret() {
    let house = House::open();
    let notes = house.application("notes");
    let page = [("Origin", "http://notes.example")];
    let path = format!("/api/v2/applications/{}", notes.id);
    for path in [
        format!("{path}/public-config"),
        format!("{path}/components-public-config/guard"),
        "/svg-string/guard?v=1".to_owned(),
    ] {
        let answer = house.ask(("GET", &path), &page, None);
        assert_eq!(answer.status, 200, "{path}");
        let allowed = answer.header("access-control-allow-origin").unwrap();
        assert!(allowed == "http://notes.example" || path.starts_with("/svg"), "{path}: {allowed}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"), "{path}");
        let text = answer.text();
        for secret in [CLIENT_SECRET, POOL_SECRET, "PRIVATE KEY", "argon2", "<script"] {
            assert!(!text.contains(secret), "{path} tells {secret}");
        }
    }
    let config = config(&house, "notes", "http://notes.example");
    for name in LOOKED_FOR.split(' ') {
        assert!(config.get(name).is_some(), "{name} is missing");
    }
    assert_eq!((&config["id"], &config["userPoolId"]), (&json!(notes.id), &json!(house.pool)));
    assert_eq!(config["secret"], Value::Null);
    let key = house.ask(("GET", "/api/v2/.well-known"), &[], None).json();
    assert_eq!(config["publicKey"], key["data"]["publicKey"], "the key that opens what the box encrypts");
    assert_eq!((&config["registerDisabled"], &config["allowedOrigins"]), (&json!(true), &json!([])));
    assert_eq!(config["ssoPageComponentDisplay"]["registerBtn"], false);
    assert_eq!(config["oidcConfig"]["client_id"], json!(notes.id));
    let look = house.ask(("GET", &format!("{path}/components-public-config/guard")), &[], None).json();
    assert_eq!(look["data"]["global"], json!({ "showChangeLanguage": true, "defaultLanguage": "browser" }));
}

#[test]
fn everything_that_guard_fetches_lies_at_the_host_that_was_asked() {
    let house = House::open();
    for identifier in ["", "notes"] {
        let path = format!("/api/v2/applications/{}/public-config", house.application("notes").id);
        let url = house.at(identifier, &path);
        let config = house.browser().fetches(&url, &[]).json()["data"].clone();
        let own = house.at(identifier, "");
        assert_eq!(config["cdnBase"], own);
        assert_eq!(config["logo"], format!("{own}/favicon.ico"));
        assert_eq!(config["requestHostname"], house.host(identifier));
    }
    let logo = house.ask(("GET", "/favicon.ico"), &[], None);
    assert_eq!(logo.header("cross-origin-resource-policy"), Some("cross-origin"), "any page may show it");
}

#[test]
fn addresses_come_as_the_asking_page_writes_them() {
    let house = House::open();
    house.registers("notes", |form| {
        form.redirect_uris = ["https://notes.example/cb", "http://localhost/cb", "https://*.notes.example/cb"]
            .map(str::to_owned)
            .to_vec();
        form.logout_redirect_uris =
            ["https://notes.example/bye", "http://localhost", "http://localhost/bye?*", "http://127.0.0.1:3000/*"]
                .map(str::to_owned)
                .to_vec();
    });
    let near = config(&house, "notes", "http://localhost:5173");
    assert_eq!(near["redirectUris"], json!(["https://notes.example/cb", "http://localhost:5173/cb"]));
    let bye = json!([
        "https://notes.example/bye",
        "http://localhost:5173",
        "http://localhost:5173/bye",
        "http://127.0.0.1:3000/"
    ]);
    assert_eq!(near["logoutRedirectUris"], bye, "Guard goes only where its list has the very text");
    assert_eq!(near["oidcConfig"]["redirect_uris"], near["redirectUris"]);
    let far = config(&house, "notes", "https://notes.example");
    assert_eq!(far["redirectUris"], json!(["https://notes.example/cb", "http://localhost/cb"]));
    assert_eq!(far["logoutRedirectUris"][1], "http://localhost");
    // What a page is told may be gone to, may be gone to.
    let directory = house.state.directory();
    let notes = directory.application(house.application("notes").id).unwrap();
    for address in near["logoutRedirectUris"].as_array().unwrap() {
        assert!(notes.logout.allow(address.as_str().unwrap()).is_ok(), "{address}");
    }
}

#[test]
fn how_an_application_proves_itself_is_told_in_words_that_sdks_know() {
    let house = House::open();
    for (method, word) in [
        (AuthMethod::Secret, "client_secret_post"),
        (AuthMethod::SecretBasic, "client_secret_basic"),
        (AuthMethod::None, "none"),
    ] {
        house.settles("notes", |protocol| protocol.auth_method = method);
        let config = config(&house, "notes", "http://notes.example");
        assert_eq!(config["oidcConfig"]["token_endpoint_auth_method"], word);
    }
}

#[test]
fn an_application_that_is_not_of_this_host_or_not_at_all_looks_unknown() {
    let house = House::open();
    let board = house.application("board").id;
    let ask = |host: &str, id: &str, what: &str| {
        let path = format!("/api/v2/applications/{id}/{what}");
        house.browser().fetches(&house.at(host, &path), &[]).json()["code"].clone()
    };
    for what in ["public-config", "components-public-config/guard"] {
        assert_eq!(ask("", board.as_str(), what), 200, "{what}");
        let unknown = ask("", "ffffffffffffffffffffffff", what);
        assert_ne!(unknown, 200);
        for (host, id) in [("notes", board.as_str()), ("", "notes"), ("", "%00"), ("", "undefined")] {
            assert_eq!(ask(host, id, what), unknown, "{what} of {id} at {host}");
        }
    }
}

#[test]
fn a_page_of_nobody_reads_no_config() {
    let house = House::open();
    for origin in ["http://evil.example", "null", "http://notes.example.evil.example"] {
        let answer = config_of(&house, "notes", &[("Origin", origin)]);
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
}

#[test]
fn guard_lets_in_whoever_is_in_and_nobody_else_gets_a_token_for_a_cookie() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    sdk.browser.logs_in("lilei");
    let guard = [("x-authing-request-from", "Guard@4.5.42"), ("Origin", "http://notes.example")];
    let given = |sdk: &mut Sdk, headers: &[(&str, &str)]| {
        let answer = sdk.gets_with("/cas/session", headers).json();
        answer["userInfo"]["token"].as_str().map(str::to_owned)
    };
    // What keeps a page of somebody else, an old SDK, an image or a page load from a token.
    let grants = house.count("SELECT count(*) FROM grants");
    for other in [
        &[("x-authing-request-from", "sdk"), ("Origin", "http://notes.example")][..],
        &[("Origin", "http://notes.example")],
        &[("x-authing-request-from", "Guard@4.5.42"), ("Origin", "http://board.example")],
        &[("x-authing-request-from", "Guard@4.5.42"), ("Origin", "http://evil.example")],
        &[guard[0], guard[1], ("Sec-Fetch-Dest", "image")],
        &[guard[0], guard[1], ("Sec-Fetch-Dest", "document")],
        &[guard[0], guard[1], ("Sec-Purpose", "prefetch")],
    ] {
        assert_eq!(given(&mut sdk, other), None, "{other:?}");
    }
    assert_eq!(house.count("SELECT count(*) FROM grants"), grants);
    sdk.token = given(&mut sdk, &guard).expect("a token");
    assert_eq!(sdk.claims()["data"]["userId"], house.person("lilei").id.as_str());
    sdk.is_in();
    // From then on the person is in the application, and a kick from it is a barrier for this way in too.
    house.program().kicks(sdk.app, &[&house.person("lilei")]);
    sdk.is_out();
    assert_eq!(given(&mut sdk.without_token(), &guard), None);
    assert_eq!(given(&mut sdk.without_cookies(), &guard), None);
}

#[test]
fn the_box_registers_people_where_the_application_lets_it_and_tells_nobody_who_is_there() {
    let house = House::open();
    house.settles("notes", |protocol| protocol.self_registration = true);
    let open = config(&house, "notes", "http://notes.example");
    assert_eq!(
        (&open["registerDisabled"], &open["ssoPageComponentDisplay"]["registerBtn"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(open["registerTabs"]["list"], json!(["email", "username-password"]));
    let closed = config(&house, "board", "http://board.example");
    assert_eq!((&closed["registerDisabled"], &closed["registerTabs"]["list"]), (&json!(true), &json!([])));
    let find = |name: &str| {
        let path = format!("/api/v2/users/find?userPoolId={}&key={name}&type=username", house.pool);
        house.ask(("GET", &path), &[("Origin", "http://notes.example")], None).json()
    };
    assert_eq!(find("lilei"), find("nobody"));
    assert_eq!((&find("lilei")["code"], &find("lilei")["data"]), (&json!(200), &Value::Null));
}
