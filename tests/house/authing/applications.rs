//! The applications of a pool, kept by administrators' programs.

use serde_json::{Value, json};

use crate::support::House;
use crate::support::authing::Sdk;
use crate::support::client::Client;
use crate::support::people::CLIENT_SECRET;

fn said(answer: &Value) -> String {
    answer["data"]["secret"].as_str().unwrap_or_else(|| panic!("no secret: {answer}")).to_owned()
}

#[test]
fn version_2_keeps_applications() {
    let house = House::open();
    let program = house.program();
    let list = program.gets("/api/v2/applications?page=1&limit=2").json();
    assert_eq!((list["code"].as_i64(), list["data"]["totalCount"].as_i64()), (Some(200), Some(3)));
    assert_eq!(list["data"]["list"].as_array().map(Vec::len), Some(2));
    assert!(!list.to_string().contains("shop"), "another pool");
    let body =
        json!({ "name": "Seeds", "identifier": "seeds", "redirectUris": ["http://127.0.0.1:9101/cb"], "logo": null });
    let made = program.posts("/api/v2/applications", &body).json();
    let id = made["data"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    assert_eq!(said(&made).len(), 32);
    assert_eq!(made["data"]["registerDisabled"], true, "off unless it is said");
    assert_eq!(made["data"]["oidcConfig"]["response_types"], json!(["code"]));
    let found = program.gets(&format!("/api/v2/applications/{id}")).json();
    assert_eq!(found["data"]["redirectUris"], json!(["http://127.0.0.1:9101/cb"]));
    assert!(found["data"]["secret"].is_null() && !found.to_string().contains(&said(&made)), "told once");
    let before = house.picture();
    for (body, code) in [
        (json!({ "name": "Seeds", "identifier": "seeds", "redirectUris": [] }), 2231),
        (json!({ "name": "", "identifier": "other" }), 2231),
        (json!({ "name": "Other", "identifier": "No Label" }), 2231),
        (json!({ "name": "Other", "redirectUris": ["javascript:alert(1)"] }), 2231),
        (json!({ "name": "Other", "redirectUris": "no address" }), 2231),
        (json!({ "name": "Other", "permissionStrategy": { "defaultStrategy": "DENY_ALL" } }), 501),
        (json!({ "name": "Other", "oidcConfig": { "grant_types": ["everything"] } }), 2231),
        (json!({ "name": "Other", "samlProviderEnabled": true }), 501),
    ] {
        let answer = program.posts("/api/v2/applications", &body).json();
        assert_eq!(answer["code"], code, "{body}: {answer}");
    }
    assert_eq!(house.picture(), before);
    let change = json!({ "name": "Seedlings", "redirectUris": "http://127.0.0.1:9102/cb" });
    let changed = program.posts(&format!("/api/v2/applications/{id}"), &change).json();
    assert_eq!(changed["data"]["redirectUris"], json!(["http://127.0.0.1:9102/cb"]), "one address is a list of one");
    assert_eq!(
        (&changed["data"]["name"], &changed["data"]["secret"]),
        (&json!("Seedlings"), &json!(null)),
        "{changed}"
    );
    assert_eq!(changed["data"]["identifier"], "seeds", "what is not named stays");
}

#[test]
fn version_3_keeps_applications() {
    let house = House::open();
    let program = house.program();
    let body = json!({
        "appName": "Seeds", "appIdentifier": "seeds", "redirectUris": ["http://127.0.0.1:9101/cb"],
        "logoutRedirectUris": ["http://127.0.0.1:9101/*"], "defaultProtocol": "oidc", "appType": "web",
        "oidcConfig": { "grant_types": ["authorization_code"], "token_endpoint_auth_method": "client_secret_basic" },
        "registerConfig": { "enabledBasicRegisterMethods": ["EMAIL_PASSWORD"], "defaultRegisterMethod": "PASSWORD" },
    });
    let made = program.posts("/api/v3/create-application", &body).json();
    let id = made["data"]["appId"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    assert_eq!(said(&made).len(), 32);
    assert_eq!(made["data"]["initLoginUri"], house.at("seeds", "/login"));
    assert_eq!(made["data"]["registerConfig"]["enabledBasicRegisterMethods"], json!(["EMAIL_PASSWORD"]));
    let change =
        json!({ "appId": id, "appName": "Seedlings", "registerConfig": { "enabledBasicRegisterMethods": [] } });
    let changed = program.posts("/api/v3/update-application", &change).json();
    assert_eq!(changed["data"]["appName"], "Seedlings");
    assert!(changed["data"].get("secret").is_none(), "{changed}");
    let found = program.gets(&format!("/api/v3/get-application?appId={id}")).json();
    assert_eq!(
        found["data"]["oidcConfig"]["token_endpoint_auth_method"], "client_secret_basic",
        "what is not named stays"
    );
    assert_eq!(found["data"]["logoutRedirectUris"], json!(["http://127.0.0.1:9101/*"]));
    assert_eq!(found["data"]["registerConfig"]["enabledBasicRegisterMethods"], json!([]));
    let short = program.gets(&format!("/api/v3/get-application-simple-info?appId={id}")).json();
    assert_eq!((&short["data"]["appIdentifier"], short["data"].get("redirectUris")), (&json!("seeds"), None));
    for path in ["list-applications", "list-application-simple-info"] {
        let all = program.gets(&format!("/api/v3/{path}?page=1&limit=10&isIntegrateApp=false")).json();
        assert_eq!(all["data"]["totalCount"], 4, "{path}");
        let one = program.gets(&format!("/api/v3/{path}?keywords=SEEDL")).json();
        assert_eq!((&one["data"]["totalCount"], &one["data"]["list"][0]["appId"]), (&json!(1), &json!(id)), "{path}");
        let none = program.gets(&format!("/api/v3/{path}?isIntegrateApp=true")).json();
        assert_eq!(none["data"], json!({ "totalCount": 0, "list": [] }), "{path}");
    }
    let before = house.picture();
    for (path, body, code) in [
        ("update-application", json!({ "appId": id, "appIdentifier": "notes" }), 2231),
        ("update-application", json!({ "appId": id, "redirectUris": ["http://user@host/"] }), 2231),
        ("update-application", json!({ "appName": "which?" }), 2231),
        ("update-application", json!({ "appId": "f".repeat(24), "appName": "x" }), 2011),
        ("create-application", json!({ "appName": "x", "defaultProtocol": "saml" }), 501),
        ("create-application", json!({ "appName": "x", "template": "lark" }), 501),
        ("delete-application", json!({ "appId": "f".repeat(24) }), 2011),
        ("delete-application", json!({}), 2231),
    ] {
        let answer = program.posts(&format!("/api/v3/{path}"), &body).json();
        assert_eq!(answer["apiCode"], code, "{path} {body}: {answer}");
    }
    assert_eq!(house.picture(), before);
}

#[test]
fn a_secret_is_told_once_and_a_new_one_ends_the_old() {
    let house = House::open();
    let (program, mut notes) = (house.program(), Client::of(&house, "notes"));
    let id = notes.id;
    let kept = program.gets(&format!("/api/v3/get-application-secret?appId={id}")).json();
    assert_eq!((kept["apiCode"].as_i64(), kept["data"].is_null()), (Some(1001), true), "{kept}");
    let mut browser = house.lets_in("lilei");
    browser.logs_in("lilei");
    assert_eq!(notes.trades(&notes.code(&mut browser)).status, 200);
    let fresh = said(&program.posts("/api/v3/refresh-application-secret", &json!({ "appId": id })).json());
    let code = notes.code(&mut browser);
    assert_eq!(notes.trades(&code).status, 401, "the old one");
    notes.secret = Some(fresh.clone());
    assert_eq!(notes.trades(&code).status, 200, "the new one");
    let bearer = format!("Bearer {}", program.token);
    let path = format!("/api/v2/application/{id}/refresh-secret");
    let by_java = house.ask(("PATCH", &path), &[("Authorization", &bearer)], None).json();
    assert_eq!(by_java["data"]["id"], id.as_str(), "{by_java}");
    let newest = said(&by_java);
    let checks = |app: &str, secret: &str| {
        let body = json!({ "appId": app, "appSecret": secret });
        program.posts("/api/v3/check-app-id-secret", &body).json()["data"].clone()
    };
    assert_eq!(checks(id.as_str(), &newest)["valid"], true);
    let wrong = checks(id.as_str(), &fresh);
    assert_eq!(wrong["valid"], false, "the old one");
    assert_eq!(checks(&"f".repeat(24), &newest), wrong, "who is unknown looks like a wrong secret");
    let foreign = house.foreign_program();
    for answer in [
        foreign.gets(&format!("/api/v3/get-application-secret?appId={id}")),
        foreign.posts("/api/v3/refresh-application-secret", &json!({ "appId": id })),
        foreign.gets(&format!("/api/v3/get-application?appId={id}")),
        foreign.gets(&format!("/api/v2/applications/{id}")),
        foreign.posts("/api/v3/delete-application", &json!({ "appId": id })),
        foreign.posts("/api/v3/update-application", &json!({ "appId": id, "appName": "x" })),
        foreign.posts(&format!("/api/v2/applications/{id}"), &json!({ "name": "x" })),
    ] {
        assert_eq!(answer.json()["apiCode"], 2011, "{}", answer.text());
    }
}

#[test]
fn who_guesses_secrets_waits() {
    let house = House::with(|config| config.login_tries_per_address = 3);
    let (program, id) = (house.program(), house.application("notes").id);
    let body = json!({ "appId": id, "appSecret": "wrong" });
    let statuses: Vec<u16> = (0..6).map(|_| program.posts("/api/v3/check-app-id-secret", &body).status).collect();
    assert_eq!((statuses[0], statuses[5]), (200, 429), "{statuses:?}");
    let right = json!({ "appId": id, "appSecret": CLIENT_SECRET });
    assert_eq!(program.posts("/api/v3/check-app-id-secret", &right).status, 429, "also with the right one");
}

#[test]
fn a_deleted_application_is_left_by_everybody_at_once() {
    for version in [2, 3] {
        let house = House::open();
        let program = house.program();
        let (mut notes, mut board) = (Sdk::of(&house, "notes"), Sdk::of(&house, "board"));
        notes.logs_in("lilei");
        board.logs_in("lilei");
        let client = Client::of(&house, "board");
        let mut browser = house.browser();
        browser.logs_in("hanmeimei");
        let (tokens, code) = (client.tokens(&mut browser), client.code(&mut browser));
        let id = board.app;
        let authorization = format!("Bearer {}", program.token);
        let answer = match version {
            2 => {
                let path = format!("/api/v2/applications/{id}");
                house.ask(("DELETE", &path), &[("Authorization", &authorization)], None).json()
            }
            _ => program.posts("/api/v3/delete-application", &json!({ "appId": id })).json(),
        };
        let receipt = answer["data"]["receipt"].as_str().unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(program.receipt(receipt)["cause"], "application_deleted");
        assert_eq!(board.gets("/api/v2/users/me").json()["code"], 2020);
        for token in [&tokens.access, &tokens.refresh] {
            let answer = client.posts("/oidc/token/introspection", &[("token", token)]);
            assert_ne!(answer.json()["active"], true, "{}", answer.text());
        }
        assert_ne!(client.trades(&code).status, 200);
        assert_ne!(client.refreshes(&tokens.refresh).status, 200);
        assert_eq!(client.userinfo(&tokens.access).status, 401);
        notes.is_in();
        assert_eq!(program.gets(&format!("/api/v2/applications/{id}")).json()["code"], 2011);
    }
}
