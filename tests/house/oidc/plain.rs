//! Plain OAuth 2.0, for SDKs that are set to the protocol `oauth`: opaque tokens of the same sessions.

use serde_json::json;

use crate::support::client::{Client, Reply, Tokens, form};
use crate::support::people::CLIENT_SECRET;
use crate::support::{House, PASSWORD, wire};

#[test]
fn the_twins_give_opaque_tokens_of_the_session_and_no_id_token() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes").plain());
    browser.logs_in("lilei");
    for scope in ["user", "", "openid profile", "moon"] {
        let reply = notes.asks(&mut browser, &[("scope", scope)]);
        let mut names: Vec<&str> = reply.params.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["code", "iss", "state"], "{scope}");
        let answer = notes.trades(&reply.param("code").unwrap());
        let (tokens, body) = (Tokens::of(&answer), answer.json());
        assert!(!tokens.access.contains('.') && tokens.access.len() > 40, "{}", tokens.access);
        assert!(tokens.access.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        assert!(body.get("id_token").is_none() && !tokens.refresh.is_empty(), "{body}");
        assert_eq!((body["token_type"].as_str(), body["expires_in"].as_i64()), (Some("Bearer"), Some(600)));
        let scopes: Vec<&str> = body["scope"].as_str().unwrap().split(' ').collect();
        assert!(scopes.contains(&"user") && !scopes.contains(&"openid"), "{scopes:?}");

        let lilei = house.person("lilei").id.to_string();
        let me = notes.userinfo(&tokens.access).json();
        assert_eq!((me["sub"].as_str(), me["email"].as_str()), (Some(lilei.as_str()), Some("lilei@example.com")));
        let by_query = house.ask(("GET", &format!("/oauth/me?access_token={}", tokens.access)), &[], None);
        assert_eq!(by_query.json(), me);
        let seen = notes.introspects(&tokens.access);
        assert_eq!((seen["active"].as_bool(), seen["sub"].as_str()), (Some(true), Some(lilei.as_str())));
        assert_eq!((&seen["scope"], &seen["client_id"]), (&body["scope"], &json!(notes.id)));
        assert_eq!(seen["exp"].as_i64().unwrap() - seen["iat"].as_i64().unwrap(), 600);
        let renewed = Tokens::of(&notes.refreshes(&tokens.refresh));
        assert!(renewed.id.is_empty() && !renewed.access.contains('.'));
        assert_eq!(notes.userinfo(&renewed.access).status, 200);
    }
    let bearer = Tokens::of(&notes.trades(&notes.code(&mut browser))).access;
    let headers = [("Authorization", bearer.as_str())];
    assert_eq!(house.ask(("GET", "/api/v3/get-profile"), &headers, None).json()["statusCode"], 200);
    house.clock.advance_ms(600_000);
    assert_eq!(notes.userinfo(&bearer).status, 401, "its life is over");
    assert_eq!(notes.introspects(&bearer), json!({ "active": false }));
}

#[test]
fn every_ending_ends_them_and_each_is_revoked_alone() {
    let house = House::open();
    let (mut browser, program) = (house.browser(), house.program());
    let (notes, lilei) = (Client::of(&house, "notes").plain(), house.person("lilei"));
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    program.kicks(notes.id, &[&lilei]);
    notes.is_out(&tokens);
    assert_eq!(notes.asks(&mut browser, &[("prompt", "none")]).error(), "login_required");
    browser.logs_in("lilei");
    let (tokens, other) = (notes.tokens(&mut browser), notes.tokens(&mut browser));
    let answer = notes.posts("/oauth/token/revocation", &[("token", &tokens.access)]);
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(notes.userinfo(&tokens.access).status, 401);
    assert_eq!(notes.userinfo(&other.access).status, 200, "another one is another one");
    let board = Client::of(&house, "board").plain();
    assert_eq!(board.posts("/oauth/token/revocation", &[("token", &other.access)]).status, 200);
    assert_eq!(board.introspects(&other.access), json!({ "active": false }), "of another application nothing is told");
    assert_eq!(notes.userinfo(&other.access).status, 200, "nor revoked");
    let on_board = wire::request(
        house.port,
        &house.host("board"),
        ("GET", "/oauth/me"),
        &[("Authorization", &format!("Bearer {}", other.access))],
        None,
    );
    assert_eq!(on_board.status, 401, "nor at its host");
    browser.logs_out();
    notes.is_out(&other);
    let house = house.restarts();
    assert_eq!(house.ask(("GET", &format!("/oauth/me?access_token={}", other.access)), &[], None).status, 401);
}

#[test]
fn a_code_that_is_used_twice_ends_what_it_gave() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes").plain());
    browser.logs_in("lilei");
    let code = notes.code(&mut browser);
    let tokens = Tokens::of(&notes.trades(&code));
    assert_eq!(notes.trades(&code).json()["error"], "invalid_grant");
    notes.is_out(&tokens);
}

#[test]
fn a_changed_token_is_nothing_and_none_passes_for_another() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes").plain());
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    let code = notes.code(&mut browser);
    let mut changed: Vec<String> = (0..tokens.access.len())
        .map(|at| {
            let with = if &tokens.access[at..=at] == "0" { "1" } else { "0" };
            format!("{}{with}{}", &tokens.access[..at], &tokens.access[at + 1..])
        })
        .collect();
    changed.extend([
        tokens.access[..tokens.access.len() - 1].to_owned(),
        format!("{}0", tokens.access),
        tokens.access.to_uppercase(),
        tokens.refresh.clone(),
        code.clone(),
    ]);
    for token in changed {
        assert_eq!(notes.userinfo(&token).status, 401, "{token}");
        assert_eq!(notes.refreshes(&tokens.access).json()["error"], "invalid_grant");
        if token != tokens.refresh {
            assert_eq!(notes.introspects(&token), json!({ "active": false }), "{token}");
        }
    }
    assert_eq!(notes.trades(&tokens.access).json()["error"], "invalid_grant");
    assert_eq!(notes.userinfo(&tokens.access).status, 200, "the true one still works");
}

#[test]
fn only_codes_are_given_and_only_to_registered_addresses() {
    let house = House::open();
    house.settles("notes", |protocol| {
        protocol.response_types = exeunt::domain::oauth::ResponseType::ALL.to_vec();
        protocol.grant_types.push(exeunt::domain::oauth::GrantType::Implicit);
    });
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes").plain());
    browser.logs_in("lilei");
    for kind in ["token", "id_token", "id_token token", "code id_token", "code token"] {
        let reply = notes.asks(&mut browser, &[("response_type", kind)]);
        assert_eq!(reply.error(), "unsupported_response_type", "{kind}");
        assert!(reply.param("access_token").is_none() && reply.param("code").is_none(), "{kind}");
    }
    for address in ["http://evil.example/callback", "http://notes.example/callback/..", "", "//notes.example/callback"]
    {
        let reply = notes.asks(&mut browser, &[("redirect_uri", address)]);
        assert_eq!((reply.status, reply.location.as_str()), (400, ""), "{address}");
    }
    let wide = notes.posts(
        "/oauth/token",
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", &notes.tokens(&mut browser).refresh),
            ("scope", "user profile email"),
        ],
    );
    assert_eq!(wide.json()["error"], "invalid_scope", "never more than was granted");
}

#[test]
fn a_stranger_logs_in_on_the_way_and_whoever_is_asked_answers() {
    let house = House::open();
    for host in ["", "board"] {
        let (mut browser, mut board) = (house.browser(), Client::of(&house, "board").plain());
        board.host = house.host(host);
        assert!(board.asks(&mut browser, &[]).asks_password());
        let answer = browser.types_in("lilei", PASSWORD);
        let code = Reply::of(&answer).param("code").unwrap_or_else(|| panic!("{host}: {}", answer.text()));
        assert!(!Tokens::of(&board.trades(&code)).access.contains('.'), "{host}");
        let asked = board.asks(&mut browser, &[("prompt", "consent")]);
        assert!(asked.text.contains("Your name, user name, email and phone number"), "{}", asked.text);
        let answer = browser.submits("/oauth/auth/answer", &[("answer", "yes")]);
        assert!(Reply::of(&answer).param("code").is_some(), "{host}: {}", answer.text());
        board.asks(&mut browser, &[("prompt", "consent")]);
        let answer = browser.submits("/oauth/auth/answer", &[("answer", "no")]);
        assert_eq!(Reply::of(&answer).error(), "access_denied");
    }
}

#[test]
fn the_scope_user_means_nothing_in_openid_connect() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    browser.logs_in("lilei");
    let code = notes.asks(&mut browser, &[("scope", "openid user")]).param("code").unwrap();
    let answer = notes.trades(&code);
    let tokens = Tokens::of(&answer);
    assert_eq!(answer.json()["scope"], "openid");
    assert!(notes.reads(&tokens.access)["scope"] == "openid" && !tokens.id.is_empty());
    assert_eq!(notes.userinfo(&tokens.access).json().get("email"), None);
    let known = house.ask(("GET", "/.well-known/openid-configuration"), &[], None).json();
    assert!(!known["scopes_supported"].as_array().unwrap().contains(&json!("user")));
}

#[test]
fn an_application_proves_itself_there_too() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes").plain());
    browser.logs_in("lilei");
    let (code, id) = (notes.code(&mut browser), notes.id.to_string());
    for path in ["/oauth/token", "/oauth/token/introspection", "/oauth/token/revocation"] {
        for secret in [None, Some("x"), Some(CLIENT_SECRET)] {
            let mut fields = vec![("client_id", id.as_str()), ("token", "x"), ("grant_type", "refresh_token")];
            fields.push(("refresh_token", "x"));
            fields.extend(secret.map(|secret| ("client_secret", secret)));
            let answer = form(house.port, &notes.host, path, &fields, &[]);
            let refused = answer.status == 401 && answer.json()["error"] == "invalid_client";
            assert_eq!(refused, secret != Some(CLIENT_SECRET), "{path} {secret:?}: {}", answer.text());
        }
    }
    assert_eq!(notes.trades(&code).status, 200, "nothing was used up");
}
