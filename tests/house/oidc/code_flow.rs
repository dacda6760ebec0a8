//! From the authorization request to tokens, userinfo and introspection.

use crate::support::House;
use crate::support::client::{Client, Reply, Tokens, tampered};

#[test]
fn a_person_who_is_in_gets_a_code_and_the_application_its_tokens() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    browser.logs_in("lilei");
    let reply = notes.asks(&mut browser, &[]);
    assert!(reply.location.starts_with("http://notes.example/callback?"), "{reply:?}");
    let mut names: Vec<&str> = reply.params.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["code", "iss", "session_state", "state"]);
    assert_eq!(reply.param("iss").unwrap(), notes.issuer());
    assert_eq!(reply.param("state").unwrap(), "st-1");

    let answer = notes.trades(&reply.param("code").unwrap());
    let tokens = Tokens::of(&answer);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let lilei = house.person("lilei").id.to_string();
    let claims = notes.reads(&tokens.id);
    for (name, value) in
        [("iss", notes.issuer().as_str()), ("sub", &lilei), ("aud", &notes.id.to_string()), ("nonce", "n-1")]
    {
        assert_eq!(claims[name], value, "{name}");
    }
    assert_eq!(claims["sid"].as_str().unwrap().len(), 24);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
    let body = notes.userinfo(&tokens.access).json();
    assert_eq!((body["sub"].as_str(), body["email"].as_str()), (Some(lilei.as_str()), Some("lilei@example.com")));
    let seen = notes.introspects(&tokens.access);
    assert_eq!((seen["active"].as_bool(), seen["sub"].as_str()), (Some(true), Some(lilei.as_str())));
    assert_eq!(notes.introspects(&tokens.refresh)["active"], true);
}

#[test]
fn a_stranger_logs_in_on_the_way_and_arrives() {
    let house = House::open();
    for host in ["", "board"] {
        let (mut browser, mut board) = (house.browser(), Client::of(&house, "board"));
        board.host = house.host(host);
        let reply = board.asks(&mut browser, &[("login_hint", "lilei")]);
        assert!(reply.asks_password(), "{reply:?}");
        assert!(reply.text.contains("value=\"lilei\""), "the name is filled in");
        let answer = browser.types_in("lilei", crate::support::PASSWORD);
        let reply = crate::support::client::Reply::of(&answer);
        let code = reply.param("code").unwrap_or_else(|| panic!("{host}: {reply:?}"));
        let tokens = Tokens::of(&board.trades(&code));
        assert_eq!(board.reads(&tokens.id)["iss"], board.issuer());
    }
}

#[test]
fn every_ending_ends_the_tokens() {
    let house = House::open();
    let (mut browser, notes, program) = (house.browser(), Client::of(&house, "notes"), house.program());
    let lilei = house.person("lilei");
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    program.kicks(notes.id, &[&lilei]);
    notes.is_out(&tokens);
    assert_eq!(notes.asks(&mut browser, &[("prompt", "none")]).error(), "login_required");
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    browser.logs_out();
    notes.is_out(&tokens);
}

#[test]
fn a_token_that_was_changed_is_nothing() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    let hanmeimei = house.person("hanmeimei").id.to_string();
    let another = tampered(&tokens.access, 1, |claims| claims["sub"] = hanmeimei.as_str().into());
    let unsigned = tampered(&tokens.access, 0, |header| header["alg"] = "none".into());
    let symmetric = tampered(&tokens.access, 0, |header| header["alg"] = "HS256".into());
    let longer = format!("{}A", tokens.access);
    let upper = tokens.refresh.to_uppercase();
    for (name, token) in [
        ("another person", another.as_str()),
        ("unsigned", &unsigned),
        ("symmetric", &symmetric),
        ("truncated", &tokens.access[..tokens.access.len() - 1]),
        ("longer", &longer),
        ("an ID token", &tokens.id),
        ("a refresh token", &tokens.refresh),
        ("a refresh token in capitals", &upper),
        ("a refresh token cut short", &tokens.refresh[..tokens.refresh.len() - 1]),
        ("nothing", ""),
    ] {
        assert_eq!(notes.userinfo(token).status, 401, "{name} at userinfo");
        if !token.is_empty() && token != tokens.refresh {
            assert_eq!(notes.introspects(token), serde_json::json!({ "active": false }), "{name} at introspection");
            assert_eq!(notes.refreshes(token).json()["error"], "invalid_grant", "{name} at refresh");
        }
    }
    assert_eq!(notes.userinfo(&tokens.access).status, 200, "the true one still works");
}

/// Waits on the clock of the house.
fn later(house: &House, seconds: i64) {
    house.clock.advance_ms(seconds * 1_000);
}

#[test]
fn a_password_that_must_be_asked_again_is_asked_once_and_then_the_question() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    browser.logs_in("lilei");
    let first = notes.tokens(&mut browser);
    for params in [&[("prompt", "login")][..], &[("max_age", "1")], &[("max_age", "0")], &[("prompt", "login consent")]]
    {
        later(&house, 2);
        let reply = notes.asks(&mut browser, params);
        assert!(reply.asks_password(), "{params:?} {reply:?}");
        let mut answer = browser.types_in("lilei", crate::support::PASSWORD);
        if params[0].1.ends_with("consent") {
            assert!(answer.text().contains("/oidc/auth/answer"), "{}", answer.text());
            answer = browser.submits("/oidc/auth/answer", &[("answer", "yes")]);
        }
        let code = Reply::of(&answer).param("code").unwrap_or_else(|| panic!("{params:?} {}", answer.text()));
        let tokens = Tokens::of(&notes.trades(&code));
        let (before, after) = (notes.reads(&first.id), notes.reads(&tokens.id));
        assert!(after["auth_time"].as_i64() > before["auth_time"].as_i64(), "{params:?}");
        assert_eq!(after["sid"], before["sid"], "the same session, renewed");
    }
}

#[test]
fn whoever_says_no_is_sent_back_with_that() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    browser.logs_in("lilei");
    let reply = notes.asks(&mut browser, &[("prompt", "consent")]);
    assert_eq!(reply.status, 200, "{reply:?}");
    let answer = browser.submits("/oidc/auth/answer", &[("answer", "no")]);
    let reply = Reply::of(&answer);
    assert_eq!((reply.error().as_str(), reply.param("state").unwrap().as_str()), ("access_denied", "st-1"));
    assert_eq!(house.count("SELECT count(*) FROM grants"), 0);
}

#[test]
fn an_answer_is_about_the_person_who_is_meant_or_there_is_none() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    browser.logs_in("lilei");
    let hint = notes.tokens(&mut browser).id;
    assert!(notes.asks(&mut browser, &[("prompt", "none"), ("id_token_hint", &hint)]).param("code").is_some());
    let mut other = house.browser();
    other.logs_in("hanmeimei");
    assert_eq!(notes.asks(&mut other, &[("prompt", "none"), ("id_token_hint", &hint)]).error(), "login_required");
    assert!(notes.asks(&mut other, &[("id_token_hint", &hint)]).asks_password());
    let answer = other.types_in("hanmeimei", crate::support::PASSWORD);
    assert_eq!(Reply::of(&answer).error(), "login_required", "she is not who is meant");
}

#[test]
fn a_pushed_request_survives_the_log_in_page_and_works_once() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    let fields =
        [("redirect_uri", notes.callback.as_str()), ("response_type", "code"), ("scope", "openid"), ("state", "p")];
    let pushed = notes.posts("/oidc/request", &fields);
    assert_eq!(pushed.status, 201, "{}", pushed.text());
    let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let id = notes.id.to_string();
    let url = house.at(
        "",
        &format!("/oidc/auth?{}", crate::support::browser::encoded(&[("client_id", &id), ("request_uri", &uri)])),
    );
    browser.opens(&url);
    later(&house, 600);
    let answer = browser.types_in("lilei", crate::support::PASSWORD);
    assert!(Reply::of(&answer).param("code").is_some(), "{}", answer.text());
    assert_eq!(browser.opens(&url).status, 400, "it is used up");
}
