//! Two grants for old SDKs, off unless an application has them: the password itself, and Authing's log-in token.

use exeunt::domain::oauth::{AuthMethod, GrantType, TokenAlg};
use exeunt::flow::applications::by_operator;
use exeunt::flow::users::{self, UserForm};
use serde_json::json;

use crate::support::authing::Sdk;
use crate::support::client::{Client, Tokens};
use crate::support::{Answer, House, PASSWORD};

pub const AUTHING: &str = "http://authing.cn/oidc/grant_type/authing_token";

/// A house whose notes has both.
pub fn open() -> House {
    let house = House::open();
    house.settles("notes", |protocol| {
        protocol.grant_types.extend([GrantType::Password, GrantType::AuthingToken]);
    });
    house
}

/// By a password.
pub fn by_password(client: &Client, name: &str, password: &str, scope: &str) -> Answer {
    let fields = [("grant_type", "password"), ("username", name), ("password", password), ("scope", scope)];
    client.posts(&format!("{}/token", client.below), &fields)
}

/// By a log-in token.
pub fn by_token(client: &Client, token: &str, scope: &str) -> Answer {
    let fields =
        [("grant_type", AUTHING), ("token", token), ("redirect_uri", client.callback.as_str()), ("scope", scope)];
    client.posts(&format!("{}/token", client.below), &fields)
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some(error)), "{}", answer.text());
    assert!(!answer.text().contains("access_token"));
}

#[test]
fn both_are_off_until_an_application_has_them() {
    let house = House::open();
    let (notes, mut sdk) = (Client::of(&house, "notes"), Sdk::of(&house, "notes"));
    sdk.logs_in("lilei");
    refused(&by_password(&notes, "lilei", PASSWORD, "openid"), "unauthorized_client");
    refused(&by_token(&notes, &sdk.token, "openid"), "unauthorized_client");
    let grants = |host: &str| {
        let path = ("GET", "/oidc/.well-known/openid-configuration");
        crate::support::wire::request(house.port, &house.host(host), path, &[], None).json()["grant_types_supported"]
            .clone()
    };
    let by_exception =
        |list: serde_json::Value| list.as_array().unwrap().iter().any(|g| g == "password" || g == AUTHING);
    assert!(!by_exception(grants("")) && !by_exception(grants("notes")));
    house.settles("notes", |protocol| protocol.grant_types.push(GrantType::Password));
    assert!(!by_exception(grants("")) && !by_exception(grants("board")) && by_exception(grants("notes")));
    refused(&by_token(&notes, &sdk.token, "openid"), "unauthorized_client");
    refused(&by_password(&Client::of(&house, "board"), "lilei", PASSWORD, "openid"), "unauthorized_client");
}

#[test]
fn a_password_becomes_tokens_of_a_session_like_any_other() {
    let house = open();
    let (notes, program, lilei) = (Client::of(&house, "notes"), house.program(), house.person("lilei"));
    let answer = by_password(&notes, "lilei@example.com", PASSWORD, "openid profile offline_access");
    assert!(answer.header("set-cookie").is_none(), "no browser is logged in by it");
    let tokens = Tokens::of(&answer);
    assert_eq!(notes.reads(&tokens.id)["sub"], lilei.id.as_str());
    assert_eq!(notes.userinfo(&tokens.access).status, 200);
    assert_eq!(house.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), 1);
    let renewed = Tokens::of(&notes.refreshes(&tokens.refresh));
    program.kicks(notes.id, &[&lilei]);
    notes.is_out(&renewed);
    assert_eq!(notes.userinfo(&tokens.access).status, 401);
    let plain = notes.clone().plain();
    let answer = by_password(&plain, "lilei", PASSWORD, "");
    assert_eq!(answer.json()["scope"], "user");
    let tokens = Tokens::of(&answer);
    assert!(!tokens.access.contains('.') && tokens.id.is_empty() && !tokens.refresh.is_empty());
    program.kicks(notes.id, &[&lilei]);
    plain.is_out(&tokens);
}

#[test]
fn a_wrong_password_an_unknown_name_and_a_stranger_pool_look_alike_and_wait() {
    let house = open();
    let notes = Client::of(&house, "notes");
    let what = |answer: &Answer| (answer.status, answer.json()["error_description"].clone());
    let wrong = by_password(&notes, "lilei", "wrong", "openid");
    refused(&wrong, "invalid_grant");
    for (name, password) in [("lilex", "wrong"), ("polly", PASSWORD), ("lilei", &"x".repeat(5_000)), ("*", PASSWORD)] {
        assert_eq!(what(&by_password(&notes, name, password, "openid")), what(&wrong), "{name}");
    }
    for _ in 0..9 {
        refused(&by_password(&notes, "lilei", "wrong", "openid"), "invalid_grant");
    }
    let waits = by_password(&notes, "lilei", PASSWORD, "openid");
    assert_eq!(
        (waits.status, waits.json()["error"].as_str()),
        (429, Some("temporarily_unavailable")),
        "{}",
        waits.text()
    );
    let seconds: i64 = waits.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 0);
    house.clock.advance_ms(seconds * 1_000);
    assert_eq!(by_password(&notes, "lilei", PASSWORD, "openid").status, 200);
    for fields in [
        &[("grant_type", "password"), ("username", "lilei")][..],
        &[("grant_type", "password"), ("password", PASSWORD)],
        &[("grant_type", "password"), ("username", ""), ("password", PASSWORD)],
        &[("grant_type", "password"), ("username", "lilei"), ("username", "lilei"), ("password", PASSWORD)],
    ] {
        refused(&notes.posts("/oidc/token", fields), "invalid_request");
    }
    let mut unproven = notes.clone();
    unproven.secret = None;
    assert_eq!(by_password(&unproven, "lilei", PASSWORD, "openid").status, 401, "the application proves itself first");
}

#[test]
fn a_log_in_token_becomes_tokens_of_the_same_session_and_all_end_together() {
    let house = open();
    for (scope, plain) in [("openid profile email offline_access", false), ("", false), ("", true)] {
        let notes = if plain { Client::of(&house, "notes").plain() } else { Client::of(&house, "notes") };
        let mut sdk = Sdk::of(&house, "notes");
        sdk.logs_in("lilei");
        let sessions = house.count("SELECT count(*) FROM sessions");
        let answer = by_token(&notes, &sdk.token, scope);
        let tokens = Tokens::of(&answer);
        assert_eq!(tokens.id.is_empty(), plain);
        assert_eq!(house.count("SELECT count(*) FROM sessions"), sessions, "no session of its own");
        assert_eq!(notes.userinfo(&tokens.access).json()["sub"], house.person("lilei").id.as_str());
        if !plain {
            assert_eq!(notes.reads(&tokens.id)["sid"], sdk.claims()["sid"], "the same session");
        }
        assert_eq!(sdk.gets("/api/v2/logout").json()["code"], 200);
        assert_eq!(notes.userinfo(&tokens.access).status, 401, "{scope}");
        assert_eq!(notes.introspects(&tokens.access), json!({ "active": false }), "{scope}");
        if !tokens.refresh.is_empty() {
            assert_eq!(notes.refreshes(&tokens.refresh).json()["error"], "invalid_grant");
        }
        refused(&by_token(&notes, &sdk.token, scope), "invalid_grant");
    }
}

#[test]
fn no_other_token_is_traded_so() {
    let house = open();
    let (notes, program, lilei) = (Client::of(&house, "notes"), house.program(), house.person("lilei"));
    let (mut sdk, mut board) = (Sdk::of(&house, "notes"), Sdk::of(&house, "board"));
    sdk.logs_in("lilei");
    board.logs_in("lilei");
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    let code = notes.code(&mut browser);
    let longer = format!("{}A", sdk.token);
    let changed = crate::support::client::tampered(&sdk.token, 1, |c| c["sub"] = json!(house.person("hanmeimei").id));
    for (name, token) in [
        ("of another application", board.token.as_str()),
        ("an ID token", &tokens.id),
        ("an access token", &tokens.access),
        ("a refresh token", &tokens.refresh),
        ("a code", &code),
        ("longer", &longer),
        ("changed", &changed),
        ("nothing that is known", "x"),
    ] {
        let answer = by_token(&notes, token, "openid");
        assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_grant")), "{name}");
    }
    for address in ["http://evil.example/", "javascript:alert(1)", "//evil.example"] {
        let fields = [("grant_type", AUTHING), ("token", sdk.token.as_str()), ("redirect_uri", address)];
        refused(&notes.posts("/oidc/token", &fields), "invalid_grant");
    }
    refused(&notes.posts("/oidc/token", &[("grant_type", AUTHING)]), "invalid_request");
    assert_eq!(by_token(&notes, &sdk.token, "openid").status, 200);
    program.kicks(notes.id, &[&lilei]);
    refused(&by_token(&notes, &sdk.token, "openid"), "invalid_grant");
    sdk.logs_in("lilei");
    house.clock.advance_ms(15 * 86_400_000);
    refused(&by_token(&notes, &sdk.token, "openid"), "invalid_grant");
}

#[test]
fn whoever_may_not_log_in_gets_nothing_by_either() {
    let house = open();
    let (notes, mut sdk) = (Client::of(&house, "notes"), Sdk::of(&house, "notes"));
    sdk.logs_in("lilei");
    let tokens = Tokens::of(&by_token(&notes, &sdk.token, "openid offline_access"));
    let (pool, id) = (house.pool, house.person("lilei").id);
    let form = UserForm { username: "lilei".into(), disabled: true, ..UserForm::default() };
    house
        .state
        .write_now(move |act, state| users::edit(act, state, (pool, id), None, &form.judge()?, &by_operator()))
        .expect("a change");
    refused(&by_password(&notes, "lilei", PASSWORD, "openid"), "invalid_grant");
    refused(&by_token(&notes, &sdk.token, "openid"), "invalid_grant");
    notes.is_out(&tokens);
}

/// As phones have it: no secret, so the application is only named.
#[test]
fn an_application_without_a_secret_trades_its_own_people_only() {
    let house = open();
    house.settles("notes", |protocol| {
        protocol.auth_method = AuthMethod::None;
        protocol.id_token_alg = TokenAlg::Es256;
    });
    let (mut notes, mut sdk) = (Client::of(&house, "notes"), Sdk::of(&house, "notes"));
    notes.secret = None;
    sdk.logs_in("lilei");
    assert_eq!(by_token(&notes, &sdk.token, "openid").status, 200);
    let mut board = Sdk::of(&house, "board");
    board.logs_in("lilei");
    refused(&by_token(&notes, &board.token, "openid"), "invalid_grant");
}

#[test]
fn strangers_register_neither() {
    let house = House::with(|config| config.registration_token = Some("let me in".to_owned()));
    for grant in ["password", AUTHING] {
        let body = json!({ "redirect_uris": ["http://new.example/cb"], "grant_types": ["authorization_code", grant] });
        let headers = [("Authorization", "Bearer let me in")];
        let answer = crate::support::people::json_post(house.port, "/oidc/register", &body, &headers);
        assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_client_metadata")), "{grant}");
    }
}
