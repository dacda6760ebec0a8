//! Applications that register themselves, and requests that are pushed: who may, and what is refused.

use serde_json::{Value, json};

use super::bad_input::{FORM, is_calm, refused};
use crate::support::browser::encoded;
use crate::support::client::{CHALLENGE, Client, Reply, Tokens};
use crate::support::{Answer, House};

const TOKEN: &str = "initial-access-token";

fn open() -> House {
    House::with(|config| config.registration_token = Some(TOKEN.to_owned()))
}

fn registers(house: &House, token: &str, body: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("Content-Type", "application/json"), ("Authorization", authorization.as_str())];
    house.ask(("POST", "/oidc/register"), &headers, Some(body.as_bytes()))
}

fn good() -> Value {
    json!({ "redirect_uris": ["https://new.example/cb"], "client_name": "New" })
}

#[test]
fn registration_is_off_unless_the_operator_gave_a_token_and_then_only_with_it() {
    let off = House::open();
    let before = off.picture();
    assert_eq!(registers(&off, "", &good().to_string()).status, 404);
    assert!(
        off.ask(("GET", "/oidc/.well-known/openid-configuration"), &[], None).json()["registration_endpoint"].is_null()
    );
    assert_eq!(before, off.picture());

    let house = open();
    let before = house.picture();
    let long = TOKEN.repeat(500);
    for token in ["", "x", &TOKEN[1..], &format!("{TOKEN}x"), &TOKEN.to_uppercase(), &long] {
        refused(token, &registers(&house, token, &good().to_string()), 401, "invalid_token");
        refused(token, &registers(&house, token, "{"), 401, "invalid_token");
    }
    let program = house.program().token;
    refused("a management token", &registers(&house, &program, &good().to_string()), 401, "invalid_token");
    assert_eq!(before, house.picture());
    let answer = registers(&house, TOKEN, &good().to_string());
    assert_eq!((answer.status, answer.header("cache-control")), (201, Some("no-store")));
    assert_eq!(answer.json()["client_secret"].as_str().unwrap().len(), 32);
}

#[test]
fn what_cannot_be_registered_is_refused_by_its_name() {
    let house = open();
    let before = house.picture();
    for uri in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "myapp://callback",
        "https://user@new.example/cb",
        "https://new.example/cb#x",
        "https://*/cb",
        "https://*.co.uk/cb",
        "https://*.github.io/cb",
        "https://a*.new.example/cb",
        "https://new.example/*/cb",
        "https://new.example/..%2f/*",
        "https://new.example\\@evil.example/",
        "https://new.example/\r\nX-Split: y",
        "//new.example/cb",
        "/cb",
        "",
        " ",
        "*",
        "https://a,b.example/cb",
        "https://a;sandbox.example/cb",
        "https://'none'.example/cb",
    ] {
        for list in [json!([uri]), json!(["https://new.example/cb", uri])] {
            let mut body = good();
            body["redirect_uris"] = list;
            refused(uri, &registers(&house, TOKEN, &body.to_string()), 400, "invalid_redirect_uri");
        }
        let mut body = good();
        body["post_logout_redirect_uris"] = json!([uri]);
        refused(uri, &registers(&house, TOKEN, &body.to_string()), 400, "invalid_client_metadata");
    }
    for (name, value) in [
        ("backchannel_logout_uri", json!("http://169.254.169.254/latest/meta-data/")),
        ("backchannel_logout_uri", json!("http://[fe80::1]/")),
        ("backchannel_logout_uri", json!("http://[::ffff:169.254.169.254]/")),
        ("backchannel_logout_uri", json!("http://2852039166/")),
        ("backchannel_logout_uri", json!("http://0xa9fea9fe/")),
        ("backchannel_logout_uri", json!("http://0.0.0.0/")),
        ("backchannel_logout_uri", json!("gopher://new.example/")),
        ("backchannel_logout_uri", json!("file:///etc/passwd")),
        ("backchannel_logout_uri", json!("https://new.example/{sub}#x")),
        ("backchannel_logout_uri", json!("https://*.new.example/")),
        ("backchannel_logout_uri", json!("https://user:pass@new.example/")),
        ("frontchannel_logout_uri", json!("https://other.example/out")),
        ("frontchannel_logout_uri", json!("javascript:alert(1)")),
        ("frontchannel_logout_uri", json!("http://new.example/out")),
        ("token_endpoint_auth_method", json!("client_secret_jwt")),
        ("token_endpoint_auth_method", json!("client_secret")),
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        ("token_endpoint_auth_method", json!("")),
        ("id_token_signed_response_alg", json!("none")),
        ("id_token_signed_response_alg", json!("RS512")),
        ("grant_types", json!(["password"])),
        ("response_types", json!(["token"])),
        ("jwks_uri", json!("http://127.0.0.1:1/jwks")),
        ("request_uris", json!(["http://127.0.0.1:1/request"])),
        ("jwks", json!({ "keys": [] })),
        ("subject_type", json!("pairwise")),
        ("id_token_encrypted_response_alg", json!("RSA-OAEP")),
        ("userinfo_signed_response_alg", json!("RS256")),
        ("require_pushed_authorization_requests", json!(true)),
        ("require_signed_request_object", json!(true)),
        ("token_endpoint_auth_signing_alg", json!("RS512")),
        ("token_endpoint_auth_signing_alg", json!("HS256")),
        ("grant_types", json!([])),
        ("backchannel_logout_uri", json!("")),
        ("frontchannel_logout_uri", json!(" ")),
        ("client_name", json!("\u{0}")),
        ("client_name", json!("x".repeat(101))),
    ] {
        let mut body = good();
        body[name] = value.clone();
        if name == "jwks" {
            body["token_endpoint_auth_method"] = json!("private_key_jwt");
        }
        let answer = registers(&house, TOKEN, &body.to_string());
        refused(&format!("{name} {value}"), &answer, 400, "invalid_client_metadata");
    }
    for (grants, responses) in
        [(json!(["authorization_code"]), json!(["id_token"])), (json!(["implicit"]), json!(["code"]))]
    {
        let mut body = good();
        (body["grant_types"], body["response_types"]) = (grants, responses);
        refused("no fit", &registers(&house, TOKEN, &body.to_string()), 400, "invalid_client_metadata");
    }
    for body in
        ["", "{", "[]", "null", "1", "{\"redirect_uris\":1}", "{\"redirect_uris\":[1]}", "{\"redirect_uris\":null}"]
    {
        let answer = registers(&house, TOKEN, body);
        is_calm(body, &answer);
        assert_eq!(answer.status, 400, "{body}");
    }
    assert_eq!(before, house.picture());
}

#[test]
fn unknown_metadata_is_passed_over_and_what_is_registered_is_said() {
    let house = open();
    let mut body = good();
    body["software_statement"] = json!("x");
    body["application_type"] = json!("web");
    body["post_logout_redirect_uris"] = Value::Null;
    body["require_pushed_authorization_requests"] = json!(false);
    body["request_object_signing_alg"] = json!("none");
    body["subject_type"] = json!("public");
    body["is_default"] = json!(true);
    body["tokens_outlive_logout"] = json!(true);
    body["client_id"] = json!(Client::of(&house, "notes").id);
    body["client_secret"] = json!("mine");
    let answer = registers(&house, TOKEN, &body.to_string()).json();
    assert_ne!(answer["client_id"], body["client_id"], "its id is ours to give");
    assert_ne!(answer["client_secret"], "mine");
    assert_eq!(answer["redirect_uris"], body["redirect_uris"]);
    assert_eq!(answer["grant_types"], json!(["authorization_code"]));
    assert_eq!(house.count("SELECT count(*) FROM applications WHERE tokens_outlive_logout = 1"), 0);
    assert_eq!(house.count("SELECT count(*) FROM applications WHERE is_default = 1 AND identifier LIKE 'app-%'"), 0);
}

// ---- pushed requests

fn pushes(client: &Client, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("redirect_uri", client.callback.as_str()),
        ("response_type", "code"),
        ("scope", "openid offline_access"),
        ("state", "pushed"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    client.posts("/oidc/request", &fields)
}

fn pushed(client: &Client, more: &[(&str, &str)]) -> String {
    let answer = pushes(client, more);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["request_uri"].as_str().unwrap().to_owned()
}

fn opened(house: &House, id: &str, uri: &str, more: &str) -> String {
    house.at("", &format!("/oidc/auth?{}{more}", encoded(&[("client_id", id), ("request_uri", uri)])))
}

#[test]
fn a_pushed_request_works_once_for_its_application_within_its_time() {
    let house = House::open();
    let (mut browser, notes, board) =
        (house.lets_in("lilei"), Client::of(&house, "notes"), Client::of(&house, "board"));
    let (mine, others) = (notes.id.to_string(), board.id.to_string());
    let uri = pushed(&notes, &[]);
    let foreign = browser.comes_from_elsewhere(&opened(&house, &others, &uri, ""));
    assert_eq!((foreign.status, foreign.location()), (400, ""), "of another application");
    // What stands beside it in the address counts for nothing.
    let beside = "&redirect_uri=http%3A%2F%2Fevil.example%2F&state=beside&scope=openid+email&prompt=login";
    let reply = Reply::of(&browser.comes_from_elsewhere(&opened(&house, &mine, &uri, beside)));
    assert!(reply.location.starts_with(&notes.callback), "{reply:?}");
    assert_eq!(reply.param("state").as_deref(), Some("pushed"));
    let tokens = Tokens::of(&notes.trades(&reply.param("code").unwrap()));
    assert!(notes.userinfo(&tokens.access).json()["email"].is_null());
    let again = browser.comes_from_elsewhere(&opened(&house, &mine, &uri, ""));
    assert_eq!((again.status, again.location()), (400, ""), "a second time");

    let uri = pushed(&notes, &[]);
    house.clock.advance_ms(90_000);
    let late = browser.comes_from_elsewhere(&opened(&house, &mine, &uri, ""));
    assert_eq!((late.status, late.location()), (400, ""), "too late");
    for uri in ["urn:ietf:params:oauth:request_uri:", "urn:ietf:params:oauth:request_uri:x", &format!("{uri}x")] {
        let answer = browser.comes_from_elsewhere(&opened(&house, &mine, uri, ""));
        assert_eq!((answer.status, answer.location()), (400, ""), "{uri}");
    }
}

#[test]
fn a_person_who_takes_their_time_to_log_in_arrives_all_the_same() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    let uri = pushed(&notes, &[]);
    let page = browser.comes_from_elsewhere(&opened(&house, &notes.id.to_string(), &uri, ""));
    assert!(Reply::of(&page).asks_password());
    house.clock.advance_ms(600_000);
    let answer = browser.types_in("lilei", crate::support::PASSWORD);
    assert!(answer.location().starts_with(&notes.callback), "{}", answer.text());
}

#[test]
fn what_cannot_be_asked_cannot_be_pushed() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    let before = house.picture();
    for (what, more, error) in [
        ("an address of nobody's", [("redirect_uri", "https://evil.example/")], "invalid_request"),
        ("an address for log-outs", [("redirect_uri", "https://notes.example/bye")], "invalid_request"),
        ("within another", [("request_uri", "urn:ietf:params:oauth:request_uri:x")], "invalid_request"),
        ("by http", [("request_uri", "http://127.0.0.1:1/")], "invalid_request"),
        ("as an object", [("request", "x.y.z")], "request_not_supported"),
        ("no challenge", [("code_challenge", "x")], "invalid_request"),
        ("implicit", [("response_type", "id_token")], "unsupported_response_type"),
        ("a resource", [("resource", "https://api.example")], "invalid_target"),
    ] {
        refused(what, &pushes(&notes, &more), 400, error);
    }
    let mut stranger = notes.clone();
    stranger.secret = Some("x".to_owned());
    refused("a stranger", &pushes(&stranger, &[]), 401, "invalid_client");
    let body = encoded(&[("client_id", &notes.id.to_string()), ("redirect_uri", &notes.callback)]);
    let answer = house.ask(("POST", "/oidc/request"), &[("Content-Type", FORM)], Some(body.as_bytes()));
    refused("without a proof", &answer, 401, "invalid_client");
    assert_eq!(before, house.picture());
}
