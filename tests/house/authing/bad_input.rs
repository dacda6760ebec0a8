//! Bad input over every call of Authing's wire: an envelope with HTTP 200 and a number, and nothing changed.

use serde_json::{Value, json};

use crate::support::authing::Sdk;
use crate::support::client::tampered;
use crate::support::{Answer, House, Program};

/// Calls that a person makes by their token.
const OWN: [(&str, &str); 6] = [
    ("GET", "/api/v2/users/me"),
    ("GET", "/api/v3/get-profile"),
    ("GET", "/api/v3/get-my-logged-in-apps"),
    ("GET", "/api/v3/get-my-login-history"),
    ("GET", "/api/v3/mydevices/list"),
    ("POST", "/api/v3/mydevices/revoke-session"),
];

/// Calls of administrators' programs.
const ADMINS: [(&str, &str); 8] = [
    ("POST", "/api/v2/users/kick"),
    ("GET", "/api/v2/users/login-status"),
    ("POST", "/api/v3/kick-users"),
    ("POST", "/api/v3/kick-public-accounts"),
    ("POST", "/api/v3/list-application-active-users"),
    ("POST", "/api/v3/check-session-status"),
    ("GET", "/api/v3/get-user-loggedin-apps"),
    ("GET", "/logout?userId=60aa0000000000000000000a"),
];

fn call(house: &House, what: (&str, &str), headers: &[(&str, &str)], body: &str) -> Answer {
    let mut all = headers.to_vec();
    if what.0 == "POST" {
        all.push(("Content-Type", "application/json"));
    }
    house.ask(what, &all, (what.0 == "POST").then_some(body.as_bytes()))
}

#[track_caller]
fn refused(answer: &Answer, code: u64, what: &str) {
    assert_eq!(answer.status, 200, "{what}: {}", answer.text());
    let body = answer.json();
    assert_eq!((body["code"].as_u64(), body["apiCode"].as_u64()), (Some(code), Some(code)), "{what}: {body}");
    assert!(body["message"].is_string() && body["requestId"].is_string() && body["data"].is_null(), "{what}: {body}");
}

#[test]
fn nobody_gets_anywhere_without_a_credential_of_the_right_kind() {
    let house = House::open();
    let (mut sdk, mut v3) = (Sdk::of(&house, "notes"), Sdk::of(&house, "notes"));
    sdk.logs_in("wang");
    let tokens = v3.signs_in("wang");
    let management = house.program().token;
    let before = house.picture();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let other_person = tampered(&sdk.token, 1, |claims| claims["sub"] = house.person("lilei").id.as_str().into());
    let unsigned = tampered(&sdk.token, 0, |head| head["alg"] = "none".into());
    let longer = format!("{}A", sdk.token);
    let common = [
        "",
        "Bearer",
        "Bearer ",
        "Bearer undefined",
        "null",
        "Basic YTpi",
        "x y z",
        refresh,
        &unsigned,
        &longer,
        &other_person,
    ];
    for what in OWN {
        for shown in common.iter().chain([&management.as_str()]) {
            refused(&call(&house, what, &[("Authorization", shown)], "{}"), 2020, &format!("{what:?} by {shown}"));
        }
        refused(&call(&house, what, &[], "not json"), 2020, "who calls comes first");
        let twice = [("Authorization", sdk.token.as_str()), ("Authorization", sdk.token.as_str())];
        refused(&call(&house, what, &twice, "{}"), 2020, "two credentials");
        let elsewhere = [("Authorization", sdk.token.as_str()), ("x-authing-userpool-id", house.other_pool.as_str())];
        refused(&call(&house, what, &elsewhere, "{}"), 2020, "another pool");
        let board = house.application("board").id.to_string();
        let elsewhere = [("Authorization", sdk.token.as_str()), ("x-authing-app-id", board.as_str())];
        refused(&call(&house, what, &elsewhere, "{}"), 2020, "another application");
    }
    for what in ADMINS {
        // Wang is an administrator, but a person's token is no program's.
        for shown in common.iter().chain([&sdk.token.as_str(), &v3.token.as_str()]) {
            refused(&call(&house, what, &[("Authorization", shown)], "{}"), 2020, &format!("{what:?} by {shown}"));
        }
        let cookie = format!("exeunt={}", sdk.browser.secret("").unwrap());
        refused(&call(&house, what, &[("Cookie", &cookie)], "{}"), 2020, "a cookie is no credential here");
        let elsewhere = [("Authorization", management.as_str()), ("x-authing-userpool-id", house.other_pool.as_str())];
        refused(&call(&house, what, &elsewhere, "{}"), 1001, "another pool");
    }
    assert_eq!(house.picture(), before);
}

#[test]
fn bodies_and_parameters_of_every_shape_are_refused_in_the_envelope() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    sdk.logs_in("lilei");
    let (program, before) = (house.program(), house.picture());
    let bodies = [
        json!(null),
        json!([]),
        json!(""),
        json!(0),
        json!({}),
        json!({ "userIds": null, "appIds": null, "userId": null, "appId": null, "deviceId": null }),
        json!({ "userIds": [], "appIds": [], "userId": "", "appId": "", "deviceId": "" }),
        json!({ "userIds": "*", "appIds": ["*"], "userId": "*", "appId": "*", "deviceId": "*" }),
        json!({ "userIds": {}, "appIds": {}, "userId": {}, "appId": {}, "deviceId": {} }),
        json!({ "userIds": ["all"], "appIds": "all", "userId": 1, "appId": 1, "deviceId": 1 }),
        json!({ "connection": "PASSCODE", "passwordPayload": {}, "query": 1, "account": 1, "password": 1 }),
        json!({ "connection": "PASSWORD", "passwordPayload": null, "query": "", "account": "", "password": "" }),
    ];
    let management = format!("Bearer {}", program.token);
    let own = format!("Bearer {}", sdk.token);
    for (path, who) in [
        ("/api/v2/users/kick", &management),
        ("/api/v3/kick-users", &management),
        ("/api/v3/list-application-active-users", &management),
        ("/api/v3/check-session-status", &management),
        ("/api/v3/mydevices/revoke-session", &own),
        ("/api/v2/login/account", &own),
        ("/api/v3/signin", &own),
        ("/graphql/v2", &own),
    ] {
        for body in &bodies {
            let answer = call(&house, ("POST", path), &[("Authorization", who)], &body.to_string());
            assert_eq!(answer.status, 200, "{path} {body}: {}", answer.text());
            let said = answer.json();
            let code = if path == "/graphql/v2" { &said["errors"][0]["message"]["code"] } else { &said["code"] };
            assert!(code.as_u64().is_some_and(|code| code != 200), "{path} {body}: {said}");
        }
        let text = house.ask(("POST", path), &[("Authorization", who), ("Content-Type", "text/plain")], Some(b"{}"));
        assert_eq!(text.status, 415, "{path}");
    }
    for path in [
        "/api/v2/users/login-status",
        "/api/v2/users/login-status?userId=*",
        "/api/v2/users/login-status?userId=a&userId=b",
        "/api/v3/get-user-loggedin-apps",
        "/api/v3/get-user-loggedin-apps?userId=x&userIdType=moon",
        "/logout?userId=",
        "/logout?userId=*",
        "/logout?userId=undefined",
        "/api/v2/oidc/validate_token",
        "/api/v2/oidc/validate_token?access_token=a&id_token=b",
    ] {
        let answer = program.gets(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_ne!(answer.json()["code"], 200, "{path}: {}", answer.text());
    }
    assert_eq!(house.picture(), before);
}

#[test]
fn a_document_that_is_none_and_a_field_that_is_not_kept_are_errors_with_objects() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    for (query, code) in [
        ("", 2231),
        ("not graphql", 2231),
        ("{ user { id } users { totalCount } }", 2231),
        ("{ udf { id } }", 501),
        ("mutation { loginByUsername { id } }", 2231),
        ("mutation { loginByPhoneCode { id } }", 501),
        ("{ user { id } }", 2020),
        ("{ users { totalCount } }", 2020),
        ("{ isUserExists }", 2020),
        ("mutation { refreshToken { token } }", 2206),
        ("{ accessToken { accessToken } }", 2231),
        ("mutation { refreshAccessToken { accessToken } }", 2231),
    ] {
        let answer = sdk.asks(query, &json!({}));
        assert_eq!(answer["errors"][0]["message"]["code"], code, "{query}: {answer}");
        assert!(answer["data"].is_null() && answer["errors"][0]["message"]["message"].is_string(), "{answer}");
    }
    let wrong_types = json!({ "input": { "username": 1, "password": [] } });
    let answer = sdk.asks("mutation m($input: I!) { loginByUsername(input: $input) { id } }", &wrong_types);
    assert_eq!(answer["errors"][0]["message"]["code"], 2231);
}

#[test]
fn programs_log_in_list_and_find_by_graphql() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    let ask = |sdk: &mut Sdk, query: &str, variables: Value| sdk.asks(query, &variables)["data"].clone();
    let variables = json!({ "userPoolId": house.pool, "secret": crate::support::POOL_SECRET });
    let data = ask(
        &mut sdk,
        "query a($userPoolId: String!, $secret: String!) {
            accessToken(userPoolId: $userPoolId, secret: $secret) { accessToken exp iat } }",
        variables,
    );
    sdk.token = data["accessToken"]["accessToken"].as_str().unwrap().to_owned();
    let users = "query u($page: Int, $limit: Int) {
        users(page: $page, limit: $limit) { totalCount list { id username email } } }";
    let data = ask(&mut sdk, users, json!({ "page": 1, "limit": 2 }));
    assert_eq!((data["users"]["totalCount"].as_i64(), data["users"]["list"].as_array().unwrap().len()), (Some(5), 2));
    let lilei = house.person("lilei").id;
    let user = "query u($id: String) { user(id: $id) { username identities { openid } } }";
    let data = ask(&mut sdk, user, json!({ "id": lilei }));
    assert_eq!(data["user"], json!({ "username": "lilei", "identities": [] }));
    for (variables, expected) in [
        (json!({ "username": "lilei" }), true),
        (json!({ "email": "x@example.com" }), false),
        (json!({ "username": "polly" }), false),
    ] {
        let exists = "query e($username: String, $email: String) { isUserExists(username: $username, email: $email) }";
        assert_eq!(ask(&mut sdk, exists, variables)["isUserExists"], expected);
    }
    let shown = json!({ "accessToken": sdk.token });
    let renew = "mutation r($accessToken: String) { refreshAccessToken(accessToken: $accessToken) { accessToken } }";
    let renewed = ask(&mut sdk, renew, shown);
    let program = renewed["refreshAccessToken"]["accessToken"].as_str().unwrap().to_owned();
    assert_ne!(program, sdk.token);
    sdk.token = program;
    assert!(ask(&mut sdk, "{ users { totalCount } }", json!({}))["users"]["totalCount"].is_i64());
    let foreign = Program::of_pool(&house, house.other_pool, crate::support::people::OTHER_SECRET).token;
    sdk.token = foreign;
    assert_eq!(sdk.asks(user, &json!({ "id": lilei }))["errors"][0]["message"]["code"], 2004);
}

#[test]
fn what_a_document_says_itself_counts_as_what_variables_say() {
    let house = House::open();
    let (lilei, other) = (house.person("lilei").id, house.person("hanmeimei").id);
    let (mut sdk, none) = (Sdk::of(&house, "notes"), json!({}));
    sdk.logs_in("lilei");
    let code = |answer: &Value| answer["errors"][0]["message"]["code"].as_u64();
    let dead = sdk.asks(r#"{ s: checkLoginStatus(token: "garbage") { status code } }"#, &none);
    assert_eq!(dead["data"]["s"], json!({ "status": false, "code": 2206 }));
    let living =
        sdk.asks("query c($mine: String) { checkLoginStatus(token: $mine) { status } }", &json!({ "mine": sdk.token }));
    assert_eq!(living["data"]["checkLoginStatus"]["status"], true);
    let before = house.picture();
    for (query, variables, expected) in [
        (format!(r#"{{ user(id: "{other}") {{ username }} }}"#), none.clone(), 2020),
        ("query u($whom: String) { user(id: $whom) { username } }".to_owned(), json!({ "whom": other }), 2020),
        ("query u($whom: String!) { user(id: $whom) { username } }".to_owned(), none.clone(), 2231),
        (format!(r#"{{ user(ID: "{other}") {{ username }} }}"#), none.clone(), 2231),
        ("{ user(id: $id) { username } }".to_owned(), json!({ "id": other }), 2231),
        (format!(r#"mutation {{ updateUser(id: "{other}", input: {{ name: "x" }}) {{ id }} }}"#), none.clone(), 1001),
        (
            format!(r#"mutation u($input: UpdateUserInput!) {{ updateUser(id: "{other}", input: $input) {{ id }} }}"#),
            json!({ "input": { "tokenExpiredAt": "0" } }),
            1001,
        ),
        (format!(r#"mutation {{ refreshToken(id: "{other}") {{ token }} }}"#), none.clone(), 1001),
    ] {
        assert_eq!(code(&sdk.asks(&query, &variables)), Some(expected), "{query}");
    }
    assert_eq!(house.picture(), before);
    sdk.is_in();
    let own = sdk.asks(&format!(r#"{{ user(id: "{lilei}") {{ username }} }}"#), &json!({ "id": other }));
    assert_eq!(own["data"]["user"]["username"], "lilei");
    let mut program = Sdk::of(&house, "notes");
    program.token = house.program().token;
    let list = |answer: Value| answer["data"]["users"]["list"].as_array().unwrap_or_else(|| panic!("{answer}")).len();
    assert_eq!(list(program.asks("{ users(limit: 1, sortBy: CREATEDAT_ASC) { list { id } } }", &none)), 1);
    let few = "query u($limit: Int = 1) { users(limit: $limit) { list { id } } }";
    assert_eq!(list(program.asks(few, &none)), 1);
    assert_eq!(list(program.asks(few, &json!({ "limit": 2 }))), 2);
    let named = r#"query b($whom: [String!]!) { userBatch(ids: $whom, type: "username") { id } }"#;
    let found = program.asks(named, &json!({ "whom": ["lilei", "nobody"] }));
    assert_eq!(found["data"]["userBatch"], json!([{ "id": lilei }]));
}

#[test]
fn the_schema_is_told_to_whoever_asks() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    let answer = sdk.asks(
        "query IntrospectionQuery { __schema { types { ...FullType } } } fragment FullType on __Type { kind }",
        &json!({}),
    );
    let types = answer["data"]["__schema"]["types"].as_array().unwrap();
    let named = |name: &str| types.iter().find(|t| t["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    let fields: Vec<&str> = ["Query", "Mutation"]
        .iter()
        .flat_map(|t| named(t)["fields"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()))
        .collect();
    for field in [
        "loginByUsername",
        "loginByEmail",
        "loginByPhonePassword",
        "user",
        "checkLoginStatus",
        "refreshToken",
        "accessToken",
        "refreshAccessToken",
        "users",
        "updateUser",
        "isUserExists",
    ] {
        assert!(fields.contains(&field), "{field}");
    }
}
