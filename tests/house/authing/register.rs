//! Register by a call: only where an application lets people, and then the log-in is a log-in as any other.

use serde_json::{Value, json};

use crate::support::House;
use crate::support::authing::Sdk;
use crate::support::people::PASSWORD;

const BY_NAME: &str = "mutation registerByUsername($input: RegisterByUsernameInput!) {
    registerByUsername(input: $input) { id username name token email password } }";
const BY_MAIL: &str = "mutation registerByEmail($input: RegisterByEmailInput!) {
    registerByEmail(input: $input) { id email name token } }";

/// A house whose notes let people register; board does not.
fn open() -> House {
    let house = House::open();
    house.settles("notes", |protocol| protocol.self_registration = true);
    house
}

fn code(answer: &Value) -> Option<u64> {
    answer["errors"][0]["message"]["code"].as_u64()
}

#[test]
fn nobody_registers_where_the_application_does_not_let_them() {
    let house = open();
    let mut board = Sdk::of(&house, "board");
    let before = house.picture();
    let password = board.encrypts(PASSWORD);
    let input = json!({ "input": { "username": "mei", "password": password, "forceLogin": true } });
    assert_eq!(code(&board.asks(BY_NAME, &input)), Some(2031));
    let taken = json!({ "input": { "username": "lilei", "password": password } });
    assert_eq!(code(&board.asks(BY_NAME, &taken)), Some(2031), "who is in the pool is not told");
    let guard = json!({ "email": "mei@example.com", "password": password, "generateToken": true });
    assert_eq!(board.posts("/api/v2/register-email", &guard).json()["code"], 2031);
    let v3 = json!({ "connection": "PASSWORD", "passwordPayload": { "username": "mei", "password": PASSWORD } });
    assert_eq!(board.posts("/api/v3/signup", &v3).json()["apiCode"], 2031);
    assert_eq!(house.picture(), before);
}

#[test]
fn graphql_registers_and_logs_in_where_that_is_asked_for() {
    let house = open();
    let mut notes = Sdk::of(&house, "notes");
    let password = notes.encrypts(PASSWORD);
    let quiet = json!({ "input": {
        "username": "mei", "password": password, "profile": { "nickname": "Mei", "email": "mei@example.com" },
        "forceLogin": false, "generateToken": false, "clientIp": null, "params": null, "context": null,
    } });
    let made = notes.asks(BY_NAME, &quiet);
    let user = &made["data"]["registerByUsername"];
    assert_eq!((&user["username"], &user["name"]), (&json!("mei"), &json!("Mei")), "{made}");
    assert!(user["token"].is_null() && user["password"].is_null(), "nobody is logged in unasked");
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 0);
    notes.logs_in("mei");
    notes.is_in();
    let mut fresh = Sdk::of(&house, "notes");
    let loud = json!({ "input": { "email": "Bo@example.com", "password": password, "forceLogin": true } });
    let made = fresh.asks(BY_MAIL, &loud);
    fresh.token = made["data"]["registerByEmail"]["token"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    fresh.is_in();
    let program = house.program();
    let id = made["data"]["registerByEmail"]["id"].as_str().unwrap();
    program.posts("/api/v2/users/kick", &json!({ "userIds": [id] }));
    fresh.is_out();
    notes.is_in();
    let acts: String = house.value(
        "SELECT group_concat(act || ' ' || actor_kind) FROM (SELECT act, actor_kind FROM audit WHERE user_id = ?1 ORDER BY id LIMIT 2)",
        [id],
    );
    assert_eq!(acts, "registered user,login user");
}

#[test]
fn guards_form_registers_and_logs_in() {
    let house = open();
    let mut notes = Sdk::of(&house, "notes");
    let password = notes.encrypts(PASSWORD);
    // What the form of Guard 5.3.9 sends.
    let body = json!({
        "account": null, "email": "mei@example.com", "password": password, "profile": { "browser": "x", "device": "PC" },
        "forceLogin": false, "generateToken": true, "context": "{}", "postUserInfoPipeline": false,
    });
    let answer = notes.posts("/api/v2/register-email", &body);
    let said = answer.json();
    assert_eq!((said["code"].as_i64(), said["statusCode"].as_i64()), (Some(200), Some(200)), "{said}");
    notes.token = said["data"]["token"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned();
    assert!(answer.set_cookie("exeunt").is_some());
    notes.is_in();
    let mut by_name = Sdk::of(&house, "notes");
    let body = json!({ "account": "mei", "password": password, "generateToken": true });
    assert!(by_name.posts("/api/v2/register-username", &body).json()["data"]["token"].is_string());
    let again = by_name.posts("/api/v2/register-username", &body).json();
    assert_eq!((again["code"].as_i64(), again["apiCode"].as_i64()), (Some(2026), Some(2026)), "{again}");
}

#[test]
fn people_register_by_a_phone_number_and_a_password() {
    let house = open();
    let (mut notes, mut board) = (Sdk::of(&house, "notes"), Sdk::of(&house, "board"));
    let body = json!({ "phone": "13900000001", "password": notes.encrypts(PASSWORD), "generateToken": true });
    assert_eq!(board.posts("/api/v2/register-phone", &body).json()["code"], 2031);
    let made = notes.posts("/api/v2/register-phone", &body).json();
    assert_eq!(made["data"]["phone"], "+8613900000001", "{made}");
    notes.token = made["data"]["token"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    notes.is_in();
}

#[test]
fn version_3_registers_and_logs_in_by_itself() {
    let house = open();
    let mut notes = Sdk::of(&house, "notes");
    let body = json!({
        "connection": "PASSWORD", "passwordPayload": { "username": "mei", "password": PASSWORD },
        "profile": { "name": "Mei", "gender": "F" }, "options": { "clientIp": "203.0.113.1" },
    });
    let made = notes.posts("/api/v3/signup", &body).json();
    assert_eq!((made["statusCode"].as_i64(), &made["data"]["name"]), (Some(200), &json!("Mei")), "{made}");
    notes.signs_in("mei");
    notes.is_in();
    let before = house.picture();
    for (body, code) in [
        (json!({ "connection": "PASSCODE", "passCodePayload": { "email": "a@example.com", "passCode": "1" } }), 501),
        (json!({ "connection": "PASSWORD" }), 2231),
        (json!({ "connection": "PASSWORD", "passwordPayload": { "password": PASSWORD } }), 2231),
        (json!({ "connection": "PASSWORD", "passwordPayload": { "username": "mei", "password": PASSWORD } }), 2026),
        (json!({ "connection": "PASSWORD", "passwordPayload": { "username": "x", "password": "short" } }), 2231),
        (json!({ "connection": "PASSWORD", "passwordPayload": { "email": "x", "password": PASSWORD } }), 2231),
    ] {
        let answer = notes.posts("/api/v3/signup", &body).json();
        assert_eq!(answer["apiCode"], code, "{body}: {answer}");
    }
    assert_eq!(house.picture(), before);
}

#[test]
fn nobody_registers_by_a_code() {
    let house = open();
    let mut notes = Sdk::of(&house, "notes");
    let before = house.picture();
    let body = json!({ "email": "mei@example.com", "phone": "13900000001", "code": "1234", "password": "x" });
    for path in ["register-email-code", "register-phone-code", "register-phone", "register/email-code"] {
        let answer = notes.posts(&format!("/api/v2/{path}"), &body);
        assert_eq!((answer.status, answer.json()["code"].as_i64()), (200, Some(501)), "{path}: {}", answer.text());
    }
    let query =
        "mutation registerByPhoneCode($input: RegisterByPhoneCodeInput!) { registerByPhoneCode(input: $input) { id } }";
    assert_eq!(code(&notes.asks(query, &json!({ "input": body }))), Some(501));
    assert_eq!(house.picture(), before);
}

#[test]
fn whoever_registers_becomes_no_administrator_and_too_many_wait() {
    let house = House::with(|config| config.login_tries_per_address = 4);
    house.settles("notes", |protocol| protocol.self_registration = true);
    let mut notes = Sdk::of(&house, "notes");
    let body = |name: &str| {
        json!({ "connection": "PASSWORD", "passwordPayload": { "username": name, "password": PASSWORD, "admin": true },
            "profile": { "role": "admin", "admin": true, "status": "Activated" } })
    };
    for name in ["a1", "a2", "a3", "lilei"] {
        notes.posts("/api/v3/signup", &body(name));
    }
    let many = notes.posts("/api/v3/signup", &body("a5"));
    assert_eq!(many.status, 429, "{}", many.text());
    assert_eq!(house.count("SELECT count(*) FROM users WHERE username IN ('a1', 'a2', 'a3') AND role = 'person'"), 3);
    notes.logs_in("a1"); // log-ins from there are not concerned
    house.clock.advance_ms(300_000);
    assert_eq!(notes.posts("/api/v3/signup", &body("a5")).json()["statusCode"], 200);
}
