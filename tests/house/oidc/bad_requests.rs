//! Bad input at the authorization endpoint: a page when there is nobody to answer to, else an error at the registered
//! address with `state` and `iss`; never a code, and never anywhere else.

use std::net::TcpListener;

use crate::support::browser::{Started, encoded, hidden};
use crate::support::client::{CHALLENGE, Client, Reply};
use crate::support::{Browser, House};

use super::bad_input::is_calm;

/// Addresses that nobody registered, and ways to write them.
const HOSTILE: [&str; 26] = [
    "https://evil.example/",
    "http://notes.example.evil.example/callback",
    "http://notes.example@evil.example/callback",
    "http://notes.example:80@evil.example/callback",
    "http://notes.example\\@evil.example/callback",
    "http://evil.example\\notes.example/callback",
    "http://evil.example#http://notes.example/callback",
    "http://evil.example/?http://notes.example/callback",
    "//evil.example/callback",
    "///evil.example/callback",
    "/\\evil.example",
    "/callback",
    "javascript:alert(1)//http://notes.example/callback",
    "data:text/html,<script>alert(1)</script>",
    "http://notes.example/callback/",
    "http://notes.example/callback/../evil",
    "http://notes.example/callback%2f..%2fevil",
    "http://notes.example/CALLBACK",
    "https://notes.example/callback",
    "http://notes.example:8080/callback",
    "http://notes.example/callback?x=1",
    "http://notes.example/callback#x",
    "http://notes.example/callback\r\nX-Split: y",
    "\thttp://notes.example/callback",
    "http://notes.example./callback",
    "https://notes.example/bye",
];

/// The page for a request that nobody can be answered about.
#[track_caller]
fn is_a_wall(what: &str, reply: &Reply, headers: &crate::support::Answer) {
    assert_eq!((reply.status, reply.location.as_str()), (400, ""), "{what}: {}", reply.text);
    is_calm(what, headers);
    for part in reply.text.split(['<', '>']) {
        let leads = ["href=\"", "action=\"", "data-origin=\"", "src=\""].iter().any(|attribute| {
            part.split(attribute).nth(1).is_some_and(|value| !value.starts_with('/') && !value.starts_with('#'))
        });
        assert!(!leads, "{what}: the page leads away: {part}");
    }
}

fn loads(browser: &mut Browser, url: &str) -> (Reply, crate::support::Answer) {
    let answer = browser.comes_from_elsewhere(url);
    (Reply::of(&answer), answer)
}

/// What the page passes on to the window that asked.
fn message(page: &str) -> serde_json::Value {
    let value = page.split("data-response=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a message");
    let text = value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn an_address_that_is_not_registered_is_never_gone_to() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let before = house.picture();
    for address in HOSTILE {
        for mode in ["", "query", "fragment", "form_post", "web_message"] {
            for prompt in ["", "none", "login", "consent"] {
                let url = notes.request(&[("redirect_uri", address), ("response_mode", mode), ("prompt", prompt)]);
                let (reply, answer) = loads(&mut browser, &url);
                is_a_wall(&format!("{address} {mode} {prompt}"), &reply, &answer);
            }
        }
        let query = notes.request(&[("redirect_uri", address)]).split_once('?').unwrap().1.to_owned();
        let posted = browser.sends(
            "POST",
            &house.at("", "/oidc/auth"),
            &[("Content-Type", "application/x-www-form-urlencoded")],
            Some(&query),
        );
        assert!(posted.location().starts_with("/oidc/auth?"), "{address}: {}", posted.location());
        let answer = browser.follows(posted, Started::Elsewhere);
        is_a_wall(address, &Reply::of(&answer), &answer);
    }
    assert_eq!(before, house.picture());
}

#[test]
fn an_application_that_is_not_known_here_is_answered_nowhere() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let board = Client::of(&house, "board");
    let huge = "f".repeat(9_000);
    for id in ["ffffffffffffffffffffffff", "FFFFFFFFFFFFFFFFFFFFFFFF", "*", "null", "\u{1}", &huge, "' OR 1=1 --"] {
        let (reply, answer) = loads(&mut browser, &notes.request(&[("client_id", id)]));
        is_a_wall(id, &reply, &answer);
    }
    for (what, query) in [
        ("none", encoded(&[("redirect_uri", &notes.callback), ("response_type", "code")])),
        ("bad octets", "client_id=%ff".to_owned()),
        ("NUL", format!("client_id={}%00", notes.id)),
    ] {
        let (reply, answer) = loads(&mut browser, &house.at("", &format!("/oidc/auth?{query}")));
        is_a_wall(what, &reply, &answer);
    }
    // On an application's own host there is that application and no other.
    let mut at_boards = notes.clone();
    at_boards.host = house.host("board");
    let (reply, answer) = loads(&mut browser, &at_boards.request(&[]));
    is_a_wall("another's host", &reply, &answer);
    let (reply, answer) =
        loads(&mut browser, &board.request(&[("redirect_uri", notes.callback.as_str()), ("prompt", "none")]));
    is_a_wall("another's address", &reply, &answer);
}

/// What is wrong, by which parameters, and the error that says so.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn what_else_is_wrong_is_told_at_the_registered_address() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let before = house.picture();
    let canary = TcpListener::bind("127.0.0.1:0").unwrap();
    let by_http = format!("http://{}/request", canary.local_addr().unwrap());
    let long = "n".repeat(2_049);
    let table: [Row; 36] = [
        ("no response_type", &[("response_type", "")], "invalid_request"),
        ("token", &[("response_type", "token")], "unsupported_response_type"),
        ("none", &[("response_type", "none")], "unsupported_response_type"),
        ("implicit", &[("response_type", "id_token")], "unsupported_response_type"),
        ("hybrid", &[("response_type", "code id_token token")], "unsupported_response_type"),
        ("capitals", &[("response_type", "CODE")], "unsupported_response_type"),
        ("code twice", &[("response_type", "code code")], "unsupported_response_type"),
        ("response_mode", &[("response_mode", "x")], "invalid_request"),
        ("JARM", &[("response_mode", "query.jwt")], "invalid_request"),
        ("prompt", &[("prompt", "x")], "invalid_request"),
        ("none and login", &[("prompt", "none login")], "invalid_request"),
        ("none and consent", &[("prompt", "consent none")], "invalid_request"),
        ("max_age -1", &[("max_age", "-1")], "invalid_request"),
        ("max_age x", &[("max_age", "x")], "invalid_request"),
        ("max_age 1.5", &[("max_age", "1.5")], "invalid_request"),
        ("max_age huge", &[("max_age", "99999999999999999999")], "invalid_request"),
        ("claims", &[("claims", "x")], "invalid_request"),
        ("claims list", &[("claims", "[]")], "invalid_request"),
        ("claims cut", &[("claims", "{\"userinfo\":")], "invalid_request"),
        ("claims of a number", &[("claims", "{\"userinfo\":1}")], "invalid_request"),
        ("nonce", &[("nonce", &long)], "invalid_request"),
        ("plain", &[("code_challenge_method", "plain")], "invalid_request"),
        ("no method", &[("code_challenge_method", "")], "invalid_request"),
        ("a method alone", &[("code_challenge", "")], "invalid_request"),
        ("s256", &[("code_challenge_method", "s256")], "invalid_request"),
        ("a short challenge", &[("code_challenge", &CHALLENGE[1..])], "invalid_request"),
        ("a long challenge", &[("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMM")], "invalid_request"),
        ("an odd challenge", &[("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")], "invalid_request"),
        ("request", &[("request", "eyJhbGciOiJub25lIn0.e30.")], "request_not_supported"),
        ("request_uri", &[("request_uri", &by_http)], "request_uri_not_supported"),
        ("request_uri by file", &[("request_uri", "file:///etc/passwd")], "request_uri_not_supported"),
        ("another urn", &[("request_uri", "urn:example:x")], "request_uri_not_supported"),
        ("resource", &[("resource", "https://api.example/")], "invalid_target"),
        (
            "another acr",
            &[("claims", "{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[\"phr\"]}}}")],
            "access_denied",
        ),
        (
            "one other acr",
            &[("claims", "{\"id_token\":{\"acr\":{\"essential\":true,\"value\":\"gold\"}}}")],
            "access_denied",
        ),
        ("nobody in, silently", &[("prompt", "none"), ("max_age", "0")], "login_required"),
    ];
    for (what, params, error) in table {
        let (reply, answer) = loads(&mut browser, &notes.request(params));
        is_calm(what, &answer);
        let at = if matches!(what, "implicit" | "hybrid") { '#' } else { '?' };
        assert!(reply.location.starts_with(&format!("http://notes.example/callback{at}")), "{what}: {reply:?}");
        assert_eq!(reply.error(), error, "{what}");
        assert_eq!(reply.param("state").as_deref(), Some("st-1"), "{what}");
        assert_eq!(reply.param("iss"), Some(notes.issuer()), "{what}");
        let mut names: Vec<&str> = reply.params.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["error", "error_description", "iss", "state"], "{what}");
    }
    canary.set_nonblocking(true).unwrap();
    assert!(canary.accept().is_err(), "a request object was fetched");
    let reply = notes.asks(&mut browser, &[("state", &long)]);
    assert_eq!(
        (reply.error().as_str(), reply.param("state")),
        ("invalid_request", None),
        "a state that cannot come back"
    );
    assert_eq!(before, house.picture());
}

#[test]
fn a_parameter_that_comes_twice_gets_no_code() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let before = house.picture();
    let names = [
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "id_token_hint",
        "login_hint",
        "ui_locales",
        "claims",
        "request",
        "request_uri",
        "resource",
        "acr_values",
        "display",
        "exeunt_asked",
        "exeunt_crossed",
    ];
    for name in names {
        for second in ["", "x", "code", "http://evil.example/"] {
            let first = if matches!(name, "prompt") { "none" } else { "x" };
            let usual = notes.request(&[]);
            let url = match usual.contains(&format!("{name}=")) {
                true => format!("{usual}&{}", encoded(&[(name, second)])),
                false => format!("{usual}&{}", encoded(&[(name, first), (name, second)])),
            };
            let (reply, answer) = loads(&mut browser, &url);
            is_calm(name, &answer);
            assert_eq!(reply.param("code"), None, "{name} {second}");
            match reply.location.as_str() {
                "" => assert_eq!(reply.status, 400, "{name} {second}"),
                to => {
                    assert!(to.starts_with("http://notes.example/callback?"), "{name} {second}: {to}");
                    assert_eq!(reply.error(), "invalid_request", "{name} {second}");
                    assert_eq!(reply.param("state").as_deref(), Some("st-1"), "{name} {second}");
                }
            }
        }
    }
    assert_eq!(before, house.picture());
}

#[test]
fn odd_values_travel_back_letter_for_letter_and_break_nothing() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let odd = ["\r\nX-Split: y", "<script>alert(1)</script>", "\\", "&code=x&", "#", "\u{7f}长 ", "\"'><", "%0d%0a"];
    for state in odd {
        for mode in ["query", "fragment", "form_post", "web_message"] {
            for prompt in ["", "none login"] {
                let params = [("state", state), ("nonce", state), ("response_mode", mode), ("prompt", prompt)];
                let answer = browser.comes_from_elsewhere(&notes.request(&params));
                is_calm(&format!("{state} {mode}"), &answer);
                let reply = Reply::of(&answer);
                match mode {
                    "form_post" => assert_eq!(hidden(&answer.text(), "state").as_deref(), Some(state)),
                    "web_message" => assert_eq!(message(&answer.text())["state"], state),
                    _ => {
                        assert_eq!(reply.param("state").as_deref(), Some(state), "{mode}");
                        assert_eq!(reply.params.iter().filter(|(name, _)| name == "state").count(), 1);
                    }
                }
            }
        }
    }
    for (name, value) in [
        ("login_hint", "\"><script>alert(1)</script>"),
        ("ui_locales", "\r\nX-Split: y"),
        ("display", "x"),
        ("acr_values", "1 2"),
        ("scope", "openid \u{1} <script>alert(1)</script>"),
        ("unknown", "<script>alert(1)</script>"),
        ("id_token_hint", "x.y.z"),
    ] {
        let mut stranger = house.browser();
        let reply = notes.asks(&mut stranger, &[(name, value)]);
        assert!(reply.asks_password(), "{name}: {reply:?}");
        assert!(!reply.text.contains("<script>alert"), "{name}");
    }
    let too_long = format!("{}&x={}", notes.request(&[]), "x".repeat(17_000));
    assert_eq!(browser.comes_from_elsewhere(&too_long).status, 413);
}
