//! Calls that keep people and applications listen to administrators' programs only, and refuse what is malformed whole.

use exeunt::web::authing::table::{ANSWERED, Answered};
use serde_json::json;

use crate::support::authing::Sdk;
use crate::support::{Answer, House};

/// The rows of the table that keep people and applications.
fn rows() -> Vec<&'static Answered> {
    let concerns = |handler: &str| {
        let of_people = ["v3::people::", "v3::applications::", "v2::users::batch", "v2::users::detail"];
        let of_applications = ["list", "create", "detail", "delete"].map(|act| format!("v2::applications::{act}"));
        of_people.iter().any(|of| handler.starts_with(of)) || of_applications.iter().any(|of| of == handler)
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
    for row in rows().into_iter().filter(|row| row.method == "POST" && !row.path.contains("/list-")) {
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
