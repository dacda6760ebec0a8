//! Every kick and every log-out of Authing's wire, seen by every call that asks who is in.

use exeunt::domain::id::ApplicationId;
use serde_json::{Value, json};

use crate::support::authing::Sdk;
use crate::support::{House, PASSWORD, Person, Program};

fn open() -> House {
    House::with(|config| {
        config.login_tries_per_name = 100_000;
        config.login_tries_per_address = 100_000;
    })
}

/// What administrators' programs are told of somebody in an application.
fn told(program: &Program, app: ApplicationId, person: &Person) -> Vec<(&'static str, bool)> {
    let id = person.id;
    let of = |answer: Value| answer["data"]["list"].as_array().unwrap().clone();
    let v2 = of(program.gets(&format!("/api/v2/applications/{app}/active-users?page=1&10")).json());
    let v3 = of(program.posts("/api/v3/list-application-active-users", &json!({ "appId": app })).json());
    let here = program.gets(&format!("/api/v2/users/login-status?userId={id}&appId={app}")).json();
    let status = program.posts("/api/v3/check-session-status", &json!({ "appId": app, "userId": id })).json();
    vec![
        ("active-users", v2.iter().any(|user| user["id"] == id.as_str())),
        ("list-application-active-users", v3.iter().any(|user| user["userId"] == id.as_str())),
        ("login-status", here["data"]["isLogin"] == true),
        ("check-session-status", status["data"]["active"] == true),
    ]
}

#[track_caller]
fn all(told: Vec<(&'static str, bool)>, expected: bool, when: &str) {
    for (check, says) in told {
        assert_eq!(says, expected, "{when}: {check}");
    }
}

type Kicking = Box<dyn Fn(&Program, ApplicationId, &Person) -> Value>;
type Kick = (&'static str, Kicking);

fn kicks() -> Vec<Kick> {
    fn v3(path: &'static str, kind: &'static str) -> Kicking {
        Box::new(move |program, app, person| {
            let named = match kind {
                "username" => "lilei".to_owned(),
                "email" => "LiLei@example.com".to_owned(),
                _ => person.id.to_string(),
            };
            let body = json!({ "appIds": [app], "userId": named, "options": { "userIdType": kind } });
            program.posts(path, &body).json()
        })
    }
    vec![
        ("kick-active-users", Box::new(|p, app, who| p.tries_to_kick(app, &json!([who.id])).json())),
        ("users/kick", Box::new(|p, _, who| p.posts("/api/v2/users/kick", &json!({ "userIds": [who.id] })).json())),
        ("logout?userId", Box::new(|p, _, who| p.gets(&format!("/logout?userId={}", who.id)).json())),
        (
            "logout?userId&appId",
            Box::new(|p, app, who| p.gets(&format!("/logout?appId={app}&userId={}", who.id)).json()),
        ),
        ("kick-users", v3("/api/v3/kick-users", "user_id")),
        ("kick-users by user name", v3("/api/v3/kick-users", "username")),
        ("kick-users by e-mail", v3("/api/v3/kick-users", "email")),
        ("kick-public-accounts", v3("/api/v3/kick-public-accounts", "user_id")),
    ]
}

#[test]
fn every_kick_is_seen_by_every_check_at_once_and_concerns_nobody_else() {
    let house = open();
    let (program, lilei, hanmeimei) = (house.program(), house.person("lilei"), house.person("hanmeimei"));
    let mut friend = Sdk::of(&house, "notes");
    friend.logs_in("hanmeimei");
    for (name, kick) in kicks() {
        let (mut v2, mut v3) = (Sdk::of(&house, "notes"), Sdk::of(&house, "notes"));
        v2.logs_in("lilei");
        let tokens = v3.signs_in("lilei");
        let id_token = tokens["id_token"].as_str().unwrap().to_owned();
        v2.is_in();
        v3.is_in();
        all(told(&program, v2.app, &lilei), true, "before");
        let answer = kick(&program, v2.app, &lilei);
        assert!(answer["code"] == 200 || answer["statusCode"] == 200, "{name}: {answer}");
        v2.is_out();
        v3.is_out();
        let mut by_id_token = v3.without_cookies();
        by_id_token.token = id_token;
        assert_eq!(by_id_token.gets("/api/v3/get-profile").json()["apiCode"], 2020, "{name}: the ID token");
        all(told(&program, v2.app, &lilei), false, name);
        friend.is_in();
        all(told(&program, v2.app, &hanmeimei), true, name);
        // A kick is no ban.
        v2.logs_in("lilei");
        v2.is_in();
        house.upkeep();
        v2.is_in();
    }
}

#[test]
fn a_kick_from_one_application_leaves_the_others_and_one_from_everything_does_not() {
    let house = open();
    let (program, lilei) = (house.program(), house.person("lilei"));
    let (mut notes, mut board) = (Sdk::of(&house, "notes"), Sdk::of(&house, "board"));
    notes.logs_in("lilei");
    board.logs_in("lilei");
    program.gets(&format!("/logout?userId={}&appId={}", lilei.id, notes.app));
    notes.is_out();
    board.is_in();
    program.posts("/api/v2/users/kick", &json!({ "userIds": lilei.id }));
    board.is_out();
}

#[test]
fn one_user_is_kicked_from_many_applications_or_from_none() {
    let house = open();
    let (program, lilei) = (house.program(), house.person("lilei"));
    let (mut notes, mut board) = (Sdk::of(&house, "notes"), Sdk::of(&house, "board"));
    notes.logs_in("lilei");
    board.logs_in("lilei");
    let call = |ids: Value, user: &str, kind: Value| {
        let body = json!({ "appIds": ids, "userId": user, "options": { "userIdType": kind } });
        program.posts("/api/v3/kick-users", &body).json()
    };
    let shop = house.application("shop").id;
    let (before, id) = (house.picture(), lilei.id.to_string());
    let many: Vec<String> = (0..51).map(|n| format!("6099a1b2c3d4e5f6072{n:05}")).collect();
    for (ids, user, kind, code) in [
        (json!([notes.app, shop]), id.as_str(), json!(null), 2011),
        (json!([notes.app, "*"]), &id, json!(null), 2011),
        (json!([]), &id, json!(null), 2231),
        (json!(null), &id, json!(null), 2231),
        (json!(many), &id, json!(null), 2231),
        (json!([notes.app]), "nobody", json!("username"), 2004),
        (json!([notes.app]), "*", json!(null), 2004),
        (json!([notes.app]), "", json!("email"), 2004),
        (json!([notes.app]), "polly", json!("username"), 2004),
        (json!([notes.app]), &id, json!("custom_field"), 501),
    ] {
        let answer = call(ids, user, kind);
        assert_eq!(answer["apiCode"], code, "{user}: {answer}");
        assert_eq!(house.picture(), before, "nothing happened");
    }
    let answer = call(json!([notes.app, board.app, notes.app]), "lilei", json!("username"));
    assert_eq!(answer["data"]["success"], true, "{answer}");
    assert_eq!(answer["data"]["receipts"].as_array().unwrap().len(), 2);
    notes.is_out();
    board.is_out();
}

type LogOut = (&'static str, Box<dyn Fn(&mut Sdk) -> Value>);

fn log_outs() -> Vec<LogOut> {
    fn get(path: &'static str) -> Box<dyn Fn(&mut Sdk) -> Value> {
        Box::new(move |sdk| sdk.gets(path).json())
    }
    vec![
        ("/logout", get("/logout")),
        ("/logout?deviceId=current", get("/logout?deviceId=current")),
        (
            "/logout?appId",
            Box::new(|sdk| {
                let path = format!("/logout?appId={}&deviceId=current", sdk.app);
                sdk.gets(&path).json()
            }),
        ),
        (
            "/api/v2/logout",
            Box::new(|sdk| {
                let path = format!("/api/v2/logout?app_id={}&only_self=", sdk.app);
                sdk.gets(&path).json()
            }),
        ),
        ("/api/v2/logout without an application", get("/api/v2/logout?app_id=undefined")),
        ("/cas/logout", get("/cas/logout")),
    ]
}

#[test]
fn every_log_out_ends_this_session_and_no_other_device() {
    let house = open();
    let mut elsewhere = Sdk::of(&house, "notes");
    elsewhere.logs_in("lilei");
    for (name, logs_out) in log_outs() {
        for shown in ["both", "cookie", "token"] {
            for v3 in [false, true] {
                let mut sdk = Sdk::of(&house, "notes");
                if v3 {
                    sdk.signs_in("lilei");
                } else {
                    sdk.logs_in("lilei");
                }
                sdk.is_in();
                let mut asking = match shown {
                    "cookie" => sdk.without_token(),
                    "token" => sdk.without_cookies(),
                    _ => sdk.clone(),
                };
                let answer = logs_out(&mut asking);
                assert_eq!(answer["code"], 200, "{name} by {shown}: {answer}");
                sdk.is_out();
                assert_eq!(logs_out(&mut asking)["code"], 200, "{name} again");
                elsewhere.is_in();
            }
        }
    }
    let receipts = house.count("SELECT count(*) FROM endings WHERE cause = 'front_end'");
    assert_eq!(receipts, i64::try_from(log_outs().len() * 6).unwrap());
}

#[test]
fn whoever_names_themselves_logs_out_and_nobody_else() {
    let house = open();
    let (mut sdk, mut friend) = (Sdk::of(&house, "notes"), Sdk::of(&house, "notes"));
    sdk.logs_in("lilei");
    friend.logs_in("hanmeimei");
    let (own, other) = (house.person("lilei").id, house.person("hanmeimei").id);
    // As Java sends it: no cookies, an own token.
    let mut java = sdk.without_cookies();
    let app = sdk.app;
    let path = |user| format!("/logout?appId={app}&userId={user}");
    for named in [other.to_string(), String::new(), "*".to_owned()] {
        let answer = java.gets(&path(named)).json();
        assert_eq!(answer["code"], 2020, "{answer}");
    }
    let hidden = java.gets_with(&path(own.to_string()), &[("Sec-Purpose", "prefetch")]).json();
    assert_eq!(hidden["code"], 1001, "{hidden}");
    sdk.is_in();
    // The cookie of somebody else is none of theirs.
    java.browser = friend.browser.clone();
    let answer = java.gets(&path(own.to_string())).json();
    assert_eq!(answer["code"], 200, "{answer}");
    sdk.is_out();
    friend.is_in();
    assert_eq!(house.count("SELECT count(*) FROM endings WHERE cause = 'front_end'"), 1);
    assert_eq!(java.gets(&path(own.to_string())).json()["code"], 2020, "a dead token is nobody's");
}

#[test]
fn one_cookie_jar_of_a_program_serves_many_people() {
    let house = open();
    let mut program = Sdk::of(&house, "notes");
    program.logs_in("lilei");
    let lilei = program.clone();
    program.signs_in("hanmeimei");
    let (mut first, mut second) = (lilei.without_cookies(), program.without_cookies());
    first.is_in();
    second.is_in();
    // Who comes in again is renewed in their own session.
    program.logs_in("hanmeimei");
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 2);
    // The first one's token in the jar of the second.
    program.token.clone_from(&lilei.token);
    assert_eq!(program.gets("/api/v2/logout").json()["code"], 200);
    first.is_out();
    second.is_in();
    // A browser is one person's.
    let mut page = Sdk::of(&house, "notes");
    page.logs_in("lilei");
    let mut before = page.without_cookies();
    let origin = house.at("", "");
    for headers in [&[("Origin", origin.as_str())][..], &[("Sec-Fetch-Site", "same-origin")]] {
        page.posts_with("/api/v3/signin", &page.signin("hanmeimei", PASSWORD, "openid"), headers);
        before.is_out();
        page.logs_in("lilei");
        before = page.without_cookies();
        before.is_in();
    }
}

#[test]
fn the_log_out_of_old_sdks_ends_the_callers_own_session() {
    let house = open();
    let update =
        "mutation updateUser($id: String, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }";
    let (mut sdk, mut friend) = (Sdk::of(&house, "notes"), Sdk::of(&house, "notes"));
    sdk.logs_in("lilei");
    friend.logs_in("hanmeimei");
    let (own, other) = (house.person("lilei").id, house.person("hanmeimei").id);
    let input = json!({ "tokenExpiredAt": "0" });
    for (variables, code) in [
        (json!({ "id": other, "input": input }), 1001),
        (json!({ "id": own, "input": { "tokenExpiredAt": "0", "name": "x" } }), 501),
        (json!({ "id": own, "input": null }), 2231),
        (json!({ "id": own, "input": { "tokenExpiredAt": "9" } }), 501),
    ] {
        let answer = sdk.asks(update, &variables);
        assert_eq!(answer["errors"][0]["message"]["code"], code, "{answer}");
        sdk.is_in();
    }
    let answer = sdk.asks(update, &json!({ "id": own, "input": input }));
    assert_eq!(answer["data"]["updateUser"]["id"], own.as_str());
    sdk.is_out();
    friend.is_in();
}

#[test]
fn a_person_ends_one_of_their_own_devices() {
    let house = open();
    let (mut desk, mut phone, mut friend) =
        (Sdk::of(&house, "notes"), Sdk::of(&house, "notes"), Sdk::of(&house, "notes"));
    desk.logs_in("lilei");
    phone.signs_in("lilei");
    friend.logs_in("hanmeimei");
    let devices = desk.gets("/api/v3/mydevices/list?page=1&limit=10").json();
    let devices = devices["data"].as_array().unwrap();
    assert_eq!(devices.len(), 2);
    let other = devices.iter().find(|device| device["current"] == false).unwrap()["deviceId"].clone();
    let of_friend = friend.gets("/api/v3/mydevices/list").json()["data"][0]["deviceId"].clone();
    for (bad, code) in [(json!("*"), 404), (of_friend, 404), (json!(null), 2231)] {
        let answer = desk.posts("/api/v3/mydevices/revoke-session", &json!({ "deviceId": bad })).json();
        assert_eq!(answer["apiCode"], code, "{answer}");
    }
    for _ in 0..2 {
        let answer = desk.posts("/api/v3/mydevices/revoke-session", &json!({ "deviceId": other })).json();
        assert_eq!(answer["statusCode"], 200, "{answer}");
        phone.is_out();
    }
    phone.logs_in("lilei");
    let devices = phone.gets("/api/v3/mydevices/list").json()["data"].clone();
    let own = devices.as_array().unwrap().iter().find(|device| device["current"] == true).unwrap()["deviceId"].clone();
    let stranger = friend.posts("/api/v3/mydevices/unbind", &json!({ "deviceId": own })).json();
    assert_eq!(stranger["apiCode"], 404, "{stranger}");
    phone.is_in();
    assert_eq!(phone.posts("/api/v3/mydevices/unbind", &json!({ "deviceId": own })).json()["statusCode"], 200);
    phone.is_out();
    desk.is_in();
    friend.is_in();
}

#[test]
fn a_token_idles_out_and_runs_out_with_its_session_and_its_use_keeps_both() {
    let house = open();
    let mut sdk = Sdk::of(&house, "notes");
    sdk.logs_in("lilei");
    let exp = sdk.claims()["exp"].as_i64().unwrap();
    assert_eq!(exp - sdk.claims()["iat"].as_i64().unwrap(), 14 * 86_400);
    let day = 86_400_000;
    for _ in 0..6 {
        house.clock.advance_ms(2 * day);
        assert_eq!(sdk.gets("/api/v2/users/me").json()["code"], 200, "used every other day");
        house.upkeep();
    }
    house.clock.advance_ms(2 * day);
    sdk.is_out();
    sdk.logs_in("lilei");
    house.clock.advance_ms(3 * day);
    sdk.is_out();
}

/// The base host serves every pool; a page of one pool's application ends nothing of another's.
#[test]
fn a_page_of_another_pools_application_logs_nobody_out() {
    let house = open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let page =
        |origin: &'static str| [("Origin", origin), ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Dest", "empty")];
    for path in ["/logout", "/logout?deviceId=current", "/cas/logout", "/api/v2/logout"] {
        let answer = lilei.fetches(&house.at("", path), &page("http://shop.example"));
        assert_eq!((answer.status, &answer.json()["data"]), (200, &json!(null)), "{path}: {}", answer.text());
        assert!(!answer.clears_the_session() && lilei.is_in(""), "{path}");
    }
    lilei.fetches(&house.at("", "/api/v2/logout"), &page("http://notes.example"));
    assert!(!lilei.is_in(""), "its own pool's page may");
}
