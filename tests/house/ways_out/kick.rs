//! Way 3: `POST /api/v2/applications/:appId/kick-active-users`.

use exeunt::flow::applications;
use exeunt::flow::management;
use exeunt::flow::users::{self, UserForm};
use exeunt::store::pools;
use serde_json::{Value, json};

use super::{hosts_that_know, in_everywhere};
use crate::support::people::json_post;
use crate::support::{House, PASSWORD, POOL_SECRET, Program, wire};

fn path(application: impl std::fmt::Display) -> String {
    format!("/api/v2/applications/{application}/kick-active-users")
}

#[test]
fn a_kicked_user_is_out_of_the_application_everywhere_before_the_answer() {
    let house = House::open();
    let (mut desk, mut phone) = (in_everywhere(&house, "lilei"), in_everywhere(&house, "lilei"));
    let mut friend = in_everywhere(&house, "hanmeimei");
    let mut thief = desk.clone();
    let (program, lilei) = (house.program(), house.person("lilei"));
    let data = program.kicks(house.application("notes").id, &[&lilei]);
    for browser in [&mut desk, &mut phone, &mut thief] {
        assert_eq!(hosts_that_know(browser), ["", "board"]);
    }
    assert_eq!(hosts_that_know(&mut friend), ["", "notes", "board"]);
    assert_eq!((data["kicked"].as_i64(), data["unknown"].as_i64()), (Some(1), Some(0)));
    house.upkeep();
    let receipt = program.receipt(data["receipt"].as_str().unwrap());
    assert_eq!(receipt["cause"], "kicked");
    assert_eq!(receipt["scope"], "app");
    assert_eq!(receipt["complete"], true);
    assert_eq!((receipt["sessionsTouched"].as_i64(), receipt["sessionsEnded"].as_i64()), (Some(2), Some(0)));
    assert_eq!(receipt["by"]["kind"], "pool");
}

#[test]
fn a_session_that_has_no_application_left_ends_altogether() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let program = house.program();
    let data = program.kicks(house.application("notes").id, &[&house.person("lilei")]);
    assert!(!lilei.is_in(""));
    house.upkeep();
    assert_eq!(program.receipt(data["receipt"].as_str().unwrap())["sessionsEnded"], 1);
    assert_eq!(house.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), 0);
}

#[test]
fn a_kick_is_no_ban_a_log_in_after_it_lives_in_the_same_millisecond() {
    let house = House::open();
    let (program, lilei, notes) = (house.program(), house.person("lilei"), house.application("notes").id);
    let mut browsers = Vec::new();
    for _ in 0..3 {
        let mut browser = house.browser();
        browser.logs_in("lilei");
        program.kicks(notes, &[&lilei]);
        assert!(!browser.is_in(""));
        browser.logs_in("lilei");
        assert!(browser.is_in(""));
        browsers.push(browser);
        house.upkeep();
        assert!(browsers.last_mut().unwrap().is_in(""), "writing out the old kick ends no new session");
    }
    assert!(!browsers[0].is_in("") && !browsers[1].is_in("") && browsers[2].is_in(""));
}

#[test]
fn single_sign_on_does_not_let_a_kicked_user_back_in_and_the_password_does() {
    let house = House::open();
    let mut lilei = in_everywhere(&house, "lilei");
    let mut with_no_cookie_there = lilei.clone();
    with_no_cookie_there.jar.remove(&house.host("board"));
    house.program().kicks(house.application("board").id, &[&house.person("lilei")]);
    for browser in [&mut lilei, &mut with_no_cookie_there] {
        let page = browser.opens(&house.at("board", "/u"));
        assert!(page.text().contains("name=\"password\""), "{}", browser.at);
        assert!(!browser.is_in("board"));
        assert!(browser.is_in("notes"), "the other application of the session lives on");
    }
    house.upkeep();
    let page = lilei.opens(&house.at("board", "/u"));
    assert!(page.text().contains("name=\"password\""), "also once it is written out");
    lilei.types_in("lilei", PASSWORD);
    assert_eq!(hosts_that_know(&mut lilei), ["", "notes", "board"]);
}

#[test]
fn a_log_in_elsewhere_does_not_revive_a_cookie_from_before_the_kick() {
    let house = House::open();
    let mut lilei = in_everywhere(&house, "lilei");
    let mut thief = lilei.clone();
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    // At the base host, into notes again; the cookie of the host of notes is still the one from before.
    let csrf = lilei.csrf_of(&house.at("", "/u"));
    let fields = [("csrf", csrf.as_str()), ("account", "lilei"), ("password", PASSWORD)];
    let notes = house.application("notes").id;
    assert_eq!(lilei.posts(&house.at("", &format!("/login?app_id={notes}")), &fields).status, 303);
    assert!(lilei.is_in(""));
    assert!(!thief.is_in("notes"), "what was issued before the kick is dead");
    thief.opens(&house.at("notes", "/u"));
    assert!(!thief.is_in("notes"), "also by way of another host");
    lilei.opens(&house.at("notes", "/u"));
    assert!(lilei.is_in("notes"), "whoever typed the password is in");
}

#[test]
fn kicking_again_is_no_error_and_harms_nobody() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let (program, person, notes) = (house.program(), house.person("lilei"), house.application("notes").id);
    for _ in 0..3 {
        let data = program.kicks(notes, &[&person, &person]);
        assert_eq!(data["kicked"], 1, "named twice, counted once");
        house.upkeep();
    }
    let nobody = house.person("hanmeimei");
    assert_eq!(program.kicks(notes, &[&nobody])["kicked"], 1, "who is not logged in is no error");
    assert!(!lilei.is_in(""));
}

#[test]
fn unknown_and_foreign_users_look_alike_and_stay() {
    let house = House::open();
    let mut polly = house.browser();
    polly.logs_in_at(&house.at("shop", ""), "polly", PASSWORD);
    assert!(polly.is_in("shop"));
    let (program, notes, foreign) = (house.program(), house.application("notes").id, house.person("polly"));
    let unknown = json!(["ffffffffffffffffffffffff"]);
    let of_unknown = program.tries_to_kick(notes, &unknown).json();
    let of_foreign = program.tries_to_kick(notes, &json!([foreign.id])).json();
    for answer in [&of_unknown, &of_foreign] {
        assert_eq!((&answer["data"]["kicked"], &answer["data"]["unknown"]), (&json!(0), &json!(1)), "{answer}");
    }
    house.upkeep();
    assert!(polly.is_in("shop"));
    let read = program.receipt(of_unknown["data"]["receipt"].as_str().unwrap());
    assert_eq!((&read["everybody"], &read["users"]), (&json!(false), &json!([])), "nobody is never everybody");
}

#[test]
fn another_pools_application_looks_unknown() {
    let house = House::open();
    let mut polly = house.browser();
    polly.logs_in_at(&house.at("shop", ""), "polly", PASSWORD);
    let before = house.picture();
    let (program, shop) = (house.program(), house.application("shop").id);
    let strip = |mut answer: Value| {
        answer["requestId"] = Value::Null;
        answer
    };
    let foreign = program.tries_to_kick(shop, &json!([house.person("polly").id]));
    let unknown = program.tries_to_kick("ffffffffffffffffffffffff", &json!([house.person("polly").id]));
    assert_eq!((foreign.status, unknown.status), (200, 200));
    assert_eq!(strip(foreign.json()), strip(unknown.json()));
    assert_eq!(foreign.json()["code"], 2011);
    let theirs =
        house.foreign_program().tries_to_kick(house.application("notes").id, &json!([house.person("lilei").id]));
    assert_eq!(theirs.json()["code"], 2011);
    assert_eq!(program.gets(&format!("/api/v2/applications/{shop}/active-users")).json()["code"], 2011);
    assert_eq!(before, house.picture());
    assert!(polly.is_in("shop"));
}

#[test]
fn what_names_nobody_or_names_badly_is_refused_whole() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let (program, notes, id) = (house.program(), house.application("notes").id, house.person("lilei").id);
    let before = house.picture();
    let too_many: Vec<String> = (0..50_001).map(|n| format!("{n:024x}")).collect();
    for ids in [
        json!(null),
        json!([]),
        json!(""),
        json!(" "),
        json!("*"),
        json!(["*"]),
        json!([null]),
        json!({}),
        json!(7),
        json!(true),
        json!([id, "*"]),
        json!([id, ""]),
        json!([id, 1]),
        json!([[id]]),
        json!(format!("{id},")),
        json!(format!("{id},all")),
        json!(id.as_str().to_uppercase()),
        json!(format!("[\"{id}\"")),
        json!(format!("{id}\u{0}")),
        json!(format!("{id}'--")),
        json!(too_many),
    ] {
        let answer = program.tries_to_kick(notes, &ids);
        let body = answer.json();
        let shown = ids.to_string().chars().take(80).collect::<String>();
        assert_eq!((answer.status, &body["code"], &body["statusCode"]), (200, &json!(2231), &json!(400)), "{shown}");
        assert!(body["message"].as_str().is_some_and(|m| m.contains("userIds")), "{shown} {body}");
    }
    let missing = program.posts(&path(notes), &json!({}));
    assert_eq!(missing.json()["code"], 2231);
    assert_eq!(before, house.picture());
    assert!(lilei.is_in(""));
}

#[test]
fn every_accepted_form_of_the_list_kicks_everybody_in_it() {
    let house = House::open();
    let (program, notes) = (house.program(), house.application("notes").id);
    let (a, b) = (house.person("lilei").id, house.person("hanmeimei").id);
    for form in
        [json!([a, b]), json!(format!("{a},{b}")), json!(format!(" {a} , {b} ")), json!(format!("[\"{a}\", \"{b}\"]"))]
    {
        let (mut lilei, mut friend) = (house.browser(), house.browser());
        lilei.logs_in("lilei");
        friend.logs_in("hanmeimei");
        let body = program.tries_to_kick(notes, &form).json();
        assert_eq!((&body["code"], &body["data"]["kicked"]), (&json!(200), &json!(2)), "{form} {body}");
        assert!(!lilei.is_in("") && !friend.is_in(""), "{form}");
    }
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    assert_eq!(program.tries_to_kick(notes, &json!(a)).json()["code"], 200, "one id as text");
    assert!(!lilei.is_in(""));
}

#[test]
fn forty_thousand_in_one_call() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let (program, person) = (house.program(), house.person("lilei"));
    let mut ids: Vec<String> = (0..39_999).map(|n| format!("{n:024x}")).collect();
    ids.push(person.id.to_string());
    let body = program.tries_to_kick(house.application("notes").id, &json!(ids)).json();
    assert_eq!((&body["data"]["kicked"], &body["data"]["unknown"]), (&json!(1), &json!(39_999)), "{}", body["message"]);
    assert!(!lilei.is_in(""));
}

#[test]
fn what_is_no_call_at_all_keeps_its_http_status_and_changes_nothing() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let (program, notes, id) = (house.program(), house.application("notes").id, house.person("lilei").id);
    let authorization = format!("Bearer {}", program.token);
    let (path, body) = (path(notes), json!({ "userIds": [id] }).to_string());
    let before = house.picture();
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonx"] {
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", media)];
        let answer = house.ask(("POST", &path), &headers, Some(body.as_bytes()));
        assert_eq!(answer.status, 415, "{media}");
    }
    assert_eq!(house.ask(("POST", &path), &[("Authorization", &authorization)], Some(body.as_bytes())).status, 415);
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let answer = house.ask((method, &path), &headers, Some(body.as_bytes()));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
    }
    let host = house.host("");
    let declared = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n"
    );
    assert_eq!(wire::raw(house.port, declared.as_bytes()).status, 413);
    for body in [
        format!("{{\"userIds\":[\"{id}\"],\"userIds\":[\"{id}\"]}}"),
        format!("{{\"userIds\":[\"ffffffffffffffffffffffff\"],\"userIds\":[\"{id}\"]}}"),
        String::new(),
        "[".repeat(100_000),
        "null".to_owned(),
        "[]".to_owned(),
        "{\"userIds\":".to_owned(),
        format!("{{\"userIds\":[\"{id}\"]}}x"),
        format!("{{\"userIds\":[\"{id}\"],\"appId\":\"ffffffffffffffffffffffff\"}}"),
        format!("{{\"userIds\":[\"{id}\"],\"appId\":[\"{notes}\"]}}"),
    ] {
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let answer = house.ask(("POST", &path), &headers, Some(body.as_bytes()));
        let shown: String = body.chars().take(60).collect();
        assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(2231)), "{shown}");
    }
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let not_utf8 = house.ask(("POST", &path), &headers, Some(b"{\"userIds\":[\"\xff\xfe\"]}"));
    assert_eq!(not_utf8.json()["code"], 2231);
    assert_eq!(before, house.picture());
    assert!(lilei.is_in(""));
}

#[test]
fn who_calls_is_asked_before_anything_else() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let (notes, id) = (house.application("notes").id, house.person("lilei").id);
    let good = house.program().token;
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, seal) = rest.split_once('.').unwrap();
    let body = json!({ "userIds": [id] });
    let before = house.picture();
    let forged = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer x.y.z".to_owned(),
        format!("Basic {good}"),
        format!("Bearer {}", &good[..good.len() - 1]),
        format!("Bearer {good}A"),
        format!("Bearer {head}.{claims}."),
        format!("Bearer eyJ0eXAiOiJtYW5hZ2VtZW50K2p3dCIsImFsZyI6Im5vbmUifQ.{claims}."),
        format!("Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.{claims}.{seal}"),
        format!("Bearer {}", lilei.secret("").unwrap()),
        format!("Bearer {POOL_SECRET}"),
    ];
    for authorization in &forged {
        for call in [body.clone(), json!({ "userIds": "*" }), json!([])] {
            let answer = json_post(house.port, &path(notes), &call, &[("Authorization", authorization)]);
            assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(2020)), "{authorization}");
        }
    }
    assert_eq!(json_post(house.port, &path(notes), &body, &[]).json()["code"], 2020, "no token at all");
    assert_eq!(
        json_post(house.port, &path("nonsense"), &json!([]), &[]).json()["code"],
        2020,
        "no token and a bad call"
    );
    let bearer = format!("Bearer {good}");
    let twice = [("Authorization", bearer.as_str()), ("Authorization", "Bearer x")];
    assert_eq!(json_post(house.port, &path(notes), &body, &twice).json()["code"], 2020, "two headers");
    let cookie = format!("exeunt={}", lilei.secret("").unwrap());
    assert_eq!(
        json_post(house.port, &path(notes), &body, &[("Cookie", &cookie)]).json()["code"],
        2020,
        "a cookie is no token"
    );
    let foreign = [("Authorization", bearer.as_str()), ("x-authing-userpool-id", house.other_pool.as_str())];
    assert_eq!(json_post(house.port, &path(notes), &body, &foreign).json()["code"], 1001, "another pool's header");
    assert_eq!(before, house.picture());
    assert!(lilei.is_in(""));
    let bare = [("Authorization", good.as_str()), ("x-authing-userpool-id", house.pool.as_str())];
    assert_eq!(
        json_post(house.port, &path(notes), &body, &bare).json()["code"],
        200,
        "without the word Bearer, as SDKs send it"
    );
    assert!(!lilei.is_in(""));
}

#[test]
fn a_token_ends_with_its_time() {
    const LONG_MS: i64 = 15 * 86_400_000;
    let house = House::open();
    let long = house.program();
    let (notes, id) = (house.application("notes").id, house.person("lilei").id);
    let call = json!({ "accessKeyId": house.pool, "accessKeySecret": POOL_SECRET });
    let issued = long.posts("/api/v3/get-management-token", &call).json();
    let mut short = house.program();
    short.token = issued["data"]["access_token"].as_str().unwrap().to_owned();
    let kicks = |program: &Program| program.tries_to_kick(notes, &json!([id])).json()["code"].as_u64();
    house.clock.advance_ms(7_199_000);
    assert_eq!((kicks(&short), kicks(&long)), (Some(200), Some(200)));
    house.clock.advance_ms(1_000);
    assert_eq!((kicks(&short), kicks(&long)), (Some(2020), Some(200)), "of version 3, and of version 2");
    house.clock.advance_ms(LONG_MS - 7_201_000);
    assert_eq!(kicks(&long), Some(200));
    house.clock.advance_ms(1_000);
    assert_eq!(kicks(&long), Some(2020));
}

#[test]
fn a_changed_pool_secret_stops_old_tokens_at_once() {
    let house = House::open();
    let program = house.program();
    let (notes, id, pool) = (house.application("notes").id, house.person("lilei").id, house.pool);
    let fresh = "a".repeat(32);
    let kept = management::kept(&house.state, &fresh).unwrap();
    house.state.write_now(move |act, _| Ok(pools::set_secret(act, pool, &kept)?)).unwrap();
    assert_eq!(program.tries_to_kick(notes, &json!([id])).json()["code"], 2020);
    assert_eq!(Program::of_pool(&house, pool, &fresh).tries_to_kick(notes, &json!([id])).json()["code"], 200);
}

#[test]
fn an_access_key_ends_with_its_administrator_and_when_it_is_revoked() {
    let house = House::open();
    let (pool, wang, notes) = (house.pool, house.person("wang").id, house.application("notes").id);
    let make = || {
        let origin = applications::by_operator();
        house
            .state
            .write_now(move |act, state| applications::create_key(act, state, pool, Some(wang), "robot", &origin))
            .unwrap()
    };
    let ids = json!([house.person("lilei").id]);
    let ((first, first_secret), (second, second_secret)) = (make(), make());
    let first_program = Program::of_key(&house, first.as_str(), first_secret.reveal());
    let second_program = Program::of_key(&house, second.as_str(), second_secret.reveal());
    let answer = first_program.tries_to_kick(notes, &ids).json();
    assert_eq!(answer["code"], 200, "{answer}");
    let receipt = house.program().receipt(answer["data"]["receipt"].as_str().unwrap());
    assert_eq!(receipt["by"]["kind"], "access_key");
    let origin = applications::by_operator();
    house.state.write_now(move |act, _| applications::revoke_key(act, pool, first, &origin)).unwrap();
    assert_eq!(first_program.tries_to_kick(notes, &ids).json()["code"], 2020, "revoked");
    assert_eq!(second_program.tries_to_kick(notes, &ids).json()["code"], 200);
    let demoted = UserForm { username: "wang".into(), name: "Wang".into(), ..UserForm::default() }.judge().unwrap();
    let origin = applications::by_operator();
    house.state.write_now(move |act, state| users::edit(act, state, (pool, wang), None, &demoted, &origin)).unwrap();
    assert_eq!(second_program.tries_to_kick(notes, &ids).json()["code"], 2020, "no administrator any more");
    assert_eq!(Program::of_key(&house, second.as_str(), second_secret.reveal()).token, "", "and no new token");
    assert_eq!(Program::of_key(&house, second.as_str(), "wrong").token, "");
}

#[test]
fn a_kick_that_cannot_be_written_is_503_and_nobody_is_out() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let (program, notes, id) = (house.program(), house.application("notes").id, house.person("lilei").id);
    let answer = house.while_nothing_can_be_written(|| program.tries_to_kick(notes, &json!([id])));
    assert_eq!((answer.status, &answer.json()["code"]), (503, &json!(1000)));
    assert!(answer.header("retry-after").is_some());
    assert!(lilei.is_in(""));
    assert_eq!(house.endings(), 0);
    assert_eq!(program.tries_to_kick(notes, &json!([id])).json()["code"], 200);
    assert!(!lilei.is_in(""));
}

#[test]
fn what_ended_stays_ended_and_what_lives_stays_alive_over_a_restart() {
    let house = House::open();
    let (mut kicked, mut left, mut alive) = (house.browser(), house.browser(), house.browser());
    kicked.logs_in("lilei");
    left.logs_in("hanmeimei");
    alive.logs_in("lintao");
    let left_copy = left.clone();
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    left.logs_out();
    let (was, port) = (house.host(""), house.port);
    let house = house.restarts();
    // The secret is bound to host and port, and the port is another one now; the host says what it said.
    let asks = |browser: &crate::support::Browser| {
        let secret = browser.jar[&was]["exeunt"].clone();
        let cookie = format!("exeunt={secret}");
        wire::request(house.port, &was, ("GET", "/api/v1/session"), &[("Cookie", &cookie)], None).status
    };
    assert_ne!(port, 0);
    assert_eq!((asks(&kicked), asks(&left_copy), asks(&alive)), (401, 401, 200));
}

#[test]
fn the_older_path_without_v2_is_the_same() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let (program, notes, id) = (house.program(), house.application("notes").id, house.person("lilei").id);
    let answer = program.posts(&format!("/api/applications/{notes}/kick-active-users"), &json!({ "userIds": [id] }));
    let body = answer.json();
    assert_eq!((&body["code"], &body["message"]), (&json!(200), &json!("forced logout success")));
    assert!(!lilei.is_in(""));
}

#[test]
fn active_users_are_those_who_are_in() {
    let house = House::open();
    let (mut lilei, mut friend) = (house.browser(), house.browser());
    lilei.logs_in("lilei");
    friend.logs_in("hanmeimei");
    house.browser().logs_in("lilei");
    let (program, notes) = (house.program(), house.application("notes").id);
    let who = || {
        let answer = program.gets(&format!("/api/v2/applications/{notes}/active-users?page=1&limit=10"));
        let body = answer.json();
        let mut names: Vec<String> = body["data"]["list"]
            .as_array()
            .unwrap()
            .iter()
            .map(|u| u["username"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        assert_eq!(body["data"]["totalCount"], names.len());
        assert!(!answer.text().contains("argon2"));
        names
    };
    assert_eq!(who(), ["hanmeimei", "lilei"]);
    friend.logs_out();
    assert_eq!(who(), ["lilei"]);
    program.kicks(notes, &[&house.person("lilei")]);
    assert_eq!(who(), Vec::<String>::new());
}
