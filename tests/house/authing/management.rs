//! Calls that keep people and applications listen to administrators' programs only, and refuse what is malformed whole.

use exeunt::web::authing::table::{ANSWERED, Answered};
use serde_json::json;

use crate::support::authing::Sdk;
use crate::support::people::POOL_SECRET;
use crate::support::{Answer, House, Program};

/// The rows of the table that keep people and applications.
fn rows() -> Vec<&'static Answered> {
    let concerns = |handler: &str| {
        let of_people = ["batch", "detail", "exists", "create", "update"].map(|act| format!("v2::users::{act}"));
        let of_applications = ["list", "create", "detail", "update", "delete", "refresh_secret"];
        let of_applications = of_applications.map(|act| format!("v2::applications::{act}"));
        let of_version_3 = ["v3::people::", "v3::applications::"].iter().any(|of| handler.starts_with(of));
        of_version_3 || of_people.iter().chain(&of_applications).any(|of| of == handler)
    };
    let rows: Vec<_> = ANSWERED.iter().filter(|row| concerns(row.handler)).collect();
    assert!(rows.len() > 20, "the table has moved");
    rows
}

fn asked(house: &House, row: &Answered, headers: &[(&str, &str)], body: &str) -> Answer {
    let (app, user) = (house.application("notes").id.to_string(), house.person("lilei").id.to_string());
    let path = row.path.replace("{app}", &app).replace("{user}", &user);
    let query = if row.method == "GET" { format!("?appId={app}&userId={user}&userIds={user}") } else { String::new() };
    let mut all = headers.to_vec();
    all.push(("Content-Type", "application/json"));
    house.ask((row.method, &format!("{path}{query}")), &all, (row.method == "POST").then_some(body.as_bytes()))
}

#[test]
fn a_token_of_version_2_lasts_as_long_as_its_credential_and_fifteen_days() {
    const DAY: i64 = 86_400;
    let house = House::open();
    let pool = house.pool;
    let by_query = |secret: &str| {
        let path = format!("/api/v2/userpools/accessToken?userPoolId={pool}&secret={secret}");
        house.ask(("GET", &path), &[], None)
    };
    let answer = by_query(POOL_SECRET);
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let issued = answer.json();
    assert_eq!(issued["exp"].as_i64().unwrap() - issued["iat"].as_i64().unwrap(), 15 * DAY);
    let mut program = house.program();
    assert_eq!(by_query("wrong").json()["code"], 2020);
    assert_eq!(by_query("").json()["code"], 2231);
    let works = |program: &Program| program.gets("/api/v2/applications").json()["code"] == 200;
    for token in [issued["accessToken"].as_str().unwrap().to_owned(), program.token.clone()] {
        program.token = token;
        assert!(works(&program));
        let query = "mutation r($accessToken: String) { refreshAccessToken(accessToken: $accessToken) { iat exp } }";
        let call = json!({ "query": query, "variables": { "accessToken": program.token } });
        let renewed = program.posts("/graphql/v2", &call).json()["data"]["refreshAccessToken"].clone();
        assert_eq!(renewed["exp"].as_i64().unwrap() - renewed["iat"].as_i64().unwrap(), 15 * DAY, "{renewed}");
    }
    house.clock.advance_ms(15 * DAY * 1_000 - 1_000);
    assert!(works(&program));
    house.clock.advance_ms(1_000);
    assert!(!works(&program));
    let short = json!({ "accessKeyId": pool, "accessKeySecret": POOL_SECRET });
    let short = program.posts("/api/v3/get-management-token", &short).json();
    assert_eq!(short["data"]["expires_in"], 7_200);
}

#[test]
fn a_header_that_says_nothing_names_no_pool() {
    let house = House::open();
    let bearer = format!("Bearer {}", house.program().token);
    for pool in ["", "null", "undefined"] {
        let headers = [("Authorization", bearer.as_str()), ("x-authing-userpool-id", pool)];
        assert_eq!(house.ask(("GET", "/api/v2/applications"), &headers, None).json()["code"], 200, "{pool}");
    }
}

#[test]
fn java_reads_that_a_kick_worked_and_others_its_receipt() {
    let house = House::open();
    let (program, id) = (house.program(), house.person("lilei").id);
    let bearer = format!("Bearer {}", program.token);
    let app = house.application("board").id;
    let body = json!({ "userIds": [id] }).to_string();
    for (method, path) in [
        ("POST", "/api/v2/users/kick".to_owned()),
        ("GET", format!("/logout?userId={id}")),
        ("POST", format!("/api/v2/applications/{app}/kick-active-users")),
        ("DELETE", format!("/api/v2/applications/{app}")),
    ] {
        let sends = |sdk: &str| {
            let headers = [
                ("Authorization", bearer.as_str()),
                ("x-authing-sdk-version", sdk),
                ("Content-Type", "application/json"),
            ];
            house.ask((method, &path), &headers, (method == "POST").then_some(body.as_bytes())).json()
        };
        if method != "DELETE" {
            for sdk in ["js:4.21.8", "authing-java-sdk:3.1.4", "java:2.0.5"] {
                let answer = sends(sdk);
                assert!(answer["data"]["receipt"].is_string(), "{path} by {sdk}: {answer}");
            }
        }
        let answer = sends("java:4.3.66");
        assert_eq!((&answer["code"], &answer["data"]), (&json!(200), &json!(true)), "{path}: {answer}");
        let receipt = answer["receipt"].as_str().unwrap_or_else(|| panic!("{answer}"));
        assert!(program.receipt(receipt)["cause"].is_string());
    }
}

#[test]
fn calls_that_keep_people_and_applications_listen_to_programs_only() {
    let house = House::open();
    let (program, mut wang) = (house.program(), Sdk::of(&house, "notes"));
    wang.logs_in("wang"); // an administrator, but a person's token is no program's
    let bearer = format!("Bearer {}", wang.token);
    let management = format!("Bearer {}", program.token);
    let cookie = format!("exeunt={}", wang.browser.secret("").unwrap());
    let before = house.picture();
    let body =
        json!({ "username": "x", "appName": "x", "name": "x", "userIds": [house.person("lilei").id] }).to_string();
    for row in rows() {
        for headers in [
            &[][..],
            &[("Authorization", "")],
            &[("Authorization", "Bearer")],
            &[("Authorization", "Bearer nonsense")],
            &[("Authorization", bearer.as_str())],
            &[("Cookie", cookie.as_str())],
            &[("Authorization", management.as_str()), ("Authorization", management.as_str())],
        ] {
            let answer = asked(&house, row, headers, &body);
            let said = (answer.status, answer.json()["apiCode"].as_i64());
            assert_eq!(said, (200, Some(2020)), "{} {headers:?}: {}", row.path, answer.text());
        }
        let elsewhere = [("Authorization", management.as_str()), ("x-authing-userpool-id", house.other_pool.as_str())];
        assert_eq!(asked(&house, row, &elsewhere, &body).json()["apiCode"], 1001, "{}", row.path);
    }
    assert_eq!(house.picture(), before);
}

#[test]
fn what_is_malformed_is_refused_whole_in_the_envelope() {
    let house = House::open();
    let management = format!("Bearer {}", house.program().token);
    let headers = [("Authorization", management.as_str())];
    let before = house.picture();
    let wrong = [json!(1), json!(true), json!([]), json!([1]), json!({ "x": 1 }), json!("")];
    let names =
        ["userId", "username", "password", "list", "userIds", "appId", "appName", "redirectUris", "options", "ids"];
    // Who is changed stands in the address of some: then an object without anything known in it changes nothing.
    let names_nobody =
        |row: &&Answered| row.method == "POST" && !row.path.contains("/list-") && !row.path.ends_with('}');
    for row in rows().into_iter().filter(names_nobody) {
        let mut bodies: Vec<String> =
            ["null", "", "{", "[]", "0", "\"x\"", "{}", "{\"userId\":1,\"userId\":2}"].map(str::to_owned).into();
        for name in names {
            bodies.extend(wrong.iter().map(|value| json!({ name: value }).to_string()));
        }
        // To ask for somebody of that name is no mistake: there is nobody.
        if row.handler != "v3::people::exists" {
            let long = "x".repeat(1_000_000);
            bodies.push(json!({ "username": long, "appName": long }).to_string());
        }
        for body in bodies {
            let answer = asked(&house, row, &headers, &body);
            let shown: String = body.chars().take(80).collect();
            assert_eq!(answer.status, 200, "{} {shown}: {}", row.path, answer.text());
            assert!(
                answer.json()["apiCode"].as_i64().is_some_and(|code| code >= 500),
                "{} {shown}: {}",
                row.path,
                answer.text()
            );
        }
    }
    assert_eq!(house.picture(), before);
}
