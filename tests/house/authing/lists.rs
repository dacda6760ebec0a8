//! Where somebody is and was logged in.

use serde_json::{Value, json};

use crate::support::authing::Sdk;
use crate::support::{House, Program, wire};

fn ids(list: &Value, name: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

#[test]
fn where_somebody_was_and_is_logged_in() {
    let house = House::open();
    let (program, lilei) = (house.program(), house.person("lilei"));
    let (mut notes, mut board) = (Sdk::of(&house, "notes"), Sdk::of(&house, "board"));
    notes.logs_in("lilei");
    house.clock.advance_ms(1_000);
    board.signs_in("lilei");
    let (of_notes, of_board) = (notes.app.to_string(), board.app.to_string());
    for named in [format!("userId={}", lilei.id), "userId=lilei&userIdType=username".to_owned()] {
        let known = program.gets(&format!("/api/v3/get-user-loggedin-apps?{named}")).json();
        assert_eq!(ids(&known["data"], "appId"), [of_board.clone(), of_notes.clone()], "the latest first");
        assert_eq!(known["data"][0]["appLoginUrl"], house.at("board", "/login"));
    }
    let by =
        |program: &Program| program.gets(&format!("/api/v3/get-user-logged-in-identities?userId={}", lilei.id)).json();
    assert_eq!(by(&program)["data"], json!([]), "nobody comes from another provider");
    assert_eq!(by(&house.foreign_program())["code"], 2004);
    program.kicks(board.app, &[&lilei]);
    let mine = notes.gets("/api/v3/get-my-logged-in-apps").json();
    let active: Vec<(&str, bool)> = mine["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["appId"].as_str().unwrap(), row["active"].as_bool().unwrap()))
        .collect();
    assert_eq!(active, [(of_board.as_str(), false), (of_notes.as_str(), true)]);
    let history = notes.gets("/api/v3/get-my-login-history?page=1&limit=1").json();
    assert_eq!(
        (history["data"]["totalCount"].as_i64(), ids(&history["data"]["list"], "appId")),
        (Some(2), vec![of_board])
    );
    let of_one = notes.gets(&format!("/api/v3/get-my-login-history?appId={of_notes}")).json();
    assert_eq!(ids(&of_one["data"]["list"], "appName"), ["NOTES"]);
    assert_eq!(of_one["data"]["list"][0]["clientIp"], "127.0.0.1");
    let failed = notes.gets("/api/v3/get-my-login-history?success=false").json();
    assert_eq!(failed["data"]["totalCount"], 0);
}

#[test]
fn people_are_sent_to_an_address_that_there_is() {
    let house = House::open();
    let mut notes = Sdk::of(&house, "notes");
    notes.signs_in("lilei");
    let bearer = format!("Bearer {}", notes.token);
    for (host, expected) in [
        (house.host(""), house.at("notes", "/login")),
        (format!("127.0.0.1:{}", house.port), format!("http://127.0.0.1:{}/login?app_id={}", house.port, notes.app)),
    ] {
        let headers = [("Authorization", bearer.as_str())];
        let path = "/api/v3/get-my-logged-in-apps";
        let answer = wire::request(house.port, &host, ("GET", path), &headers, None).json();
        assert_eq!(answer["data"][0]["appLoginUrl"], expected, "{answer}");
    }
}

#[test]
fn a_moment_is_a_number_to_everybody_and_a_text_to_an_sdk_of_authing() {
    let house = House::open();
    let mut notes = Sdk::of(&house, "notes");
    notes.signs_in("lilei");
    let plain = notes.gets("/oidc/me").json()["updated_at"].clone();
    let told = notes.gets_with("/oidc/me", &[("x-authing-sdk-version", "go:3.0.0")]).json()["updated_at"].clone();
    assert!(plain.is_i64(), "OpenID Connect Core 5.1: {plain}");
    assert!(told.as_str().is_some_and(|text| text.ends_with('Z') && text.contains('T')), "{told}");
}

#[test]
fn nothing_is_told_of_people_in_another_pool() {
    let house = House::open();
    let mut notes = Sdk::of(&house, "notes");
    notes.logs_in("lilei");
    let (foreign, lilei) = (house.foreign_program(), house.person("lilei").id);
    let shop = house.application("shop").id;
    for answer in [
        foreign.gets(&format!("/api/v2/users/login-status?userId={lilei}")),
        foreign.gets(&format!("/api/v3/get-user-loggedin-apps?userId={lilei}")),
        foreign.posts("/api/v3/check-session-status", &json!({ "appId": shop, "userId": lilei })),
    ] {
        assert_eq!(answer.json()["code"], 2004, "{}", answer.text());
    }
    for answer in [
        foreign.gets(&format!("/api/v2/users/login-status?userId={}&appId={}", house.person("polly").id, notes.app)),
        foreign.posts("/api/v3/check-session-status", &json!({ "appId": notes.app, "userId": lilei })),
        foreign.posts("/api/v3/list-application-active-users", &json!({ "appId": notes.app })),
    ] {
        assert_eq!(answer.json()["code"], 2011, "{}", answer.text());
    }
    let before = house.picture();
    let answer = foreign.posts("/api/v2/users/kick", &json!({ "userIds": [lilei] })).json();
    assert_eq!((answer["data"]["kicked"].as_i64(), answer["data"]["unknown"].as_i64()), (Some(0), Some(1)));
    let gone = |line: &String| !line.starts_with("endings");
    let (before, after): (Vec<_>, Vec<_>) =
        (before.into_iter().filter(gone).collect(), house.picture().into_iter().filter(gone).collect());
    assert_eq!(before, after);
    notes.is_in();
}
