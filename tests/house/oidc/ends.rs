//! The end-session endpoint and whoever would misuse it.

use crate::support::browser::encoded;
use crate::support::client::{Client, Tokens};
use crate::support::{Answer, Browser, House};

const BYE: &str = "https://notes.example/bye";

fn someone_in(house: &House) -> (Browser, Client, Tokens) {
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(house, "notes"));
    let tokens = notes.tokens(&mut browser);
    (browser, notes, tokens)
}

fn ends(browser: &mut Browser, house: &House, host: &str, params: &[(&str, &str)]) -> Answer {
    browser.comes_from_elsewhere(&house.at(host, &format!("/oidc/session/end?{}", encoded(params))))
}

#[track_caller]
fn asks_first(what: &str, house: &House, browser: &mut Browser, page: &Answer) {
    assert_eq!((page.status, page.location()), (200, ""), "{what}");
    assert!(page.text().contains("/oidc/session/confirm"), "{what}: no question");
    assert!(browser.is_in(""), "{what}: ended without a word");
    assert_eq!(house.endings(), 0, "{what}");
}

#[test]
fn a_hint_vouches_for_its_own_person_and_application_only() {
    let house = House::open();
    let (mut browser, notes, tokens) = someone_in(&house);
    let board = Client::of(&house, "board").id.to_string();
    let mut stranger = house.lets_in("hanmeimei");
    let theirs = notes.tokens(&mut stranger);
    for (what, hint, client) in [
        ("nothing", None, None),
        ("empty", Some(""), None),
        ("somebody else's", Some(theirs.id.as_str()), None),
        ("of another application than is named", Some(tokens.id.as_str()), Some(board.as_str())),
        ("of an application that is unknown", Some(&tokens.id), Some("ffffffffffffffffffffffff")),
        ("of an application that is none", Some(&tokens.id), Some("*")),
        ("named only", None, Some(board.as_str())),
        ("not a hint", Some(&tokens.access), None),
        ("not a hint either", Some(&tokens.refresh), None),
    ] {
        let mut params = vec![("post_logout_redirect_uri", BYE), ("state", "x")];
        params.extend(hint.map(|hint| ("id_token_hint", hint)));
        params.extend(client.map(|client| ("client_id", client)));
        let page = ends(&mut browser, &house, "", &params);
        asks_first(what, &house, &mut browser, &page);
    }
    // Parameters that would choose whom: they are not looked at.
    let params = [("sub", "x"), ("sid", "x"), ("logout_hint", "lilei"), ("userId", "x"), ("user", "x")];
    let page = ends(&mut browser, &house, "", &params);
    asks_first("names", &house, &mut browser, &page);
    let mut nobody = house.browser();
    let answer = ends(&mut nobody, &house, "", &[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", BYE)]);
    assert_eq!(answer.location(), BYE, "whoever is out already goes on");
    assert!(browser.is_in(""), "a hint in another browser ends nothing here");
}

#[test]
fn where_it_goes_on_is_on_the_list_letter_for_letter() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    for (to, goes) in [
        (BYE, true),
        ("http://127.0.0.1:9101/", true),
        ("http://127.0.0.1:9101/any/where", true),
        ("http://127.0.0.1:9102/any", true), // loopback: any port
        ("https://notes.example/bye?x=1", false),
        ("https://notes.example/bye/", false),
        ("https://notes.example:443/bye", false),
        ("https://NOTES.example/bye", false),
        ("https://notes.example/BYE", false),
        ("https://notes.example/./bye", false),
        ("https://notes.example/bye#x", false),
        ("https://notes.example@evil.example/bye", false),
        ("https://notes.example\\@evil.example/bye", false),
        ("http://notes.example/bye", false),
        ("http://notes.example/callback", false),
        ("http://127.0.0.1:9101/..%2f..", false),
        ("http://127.0.0.1:9101/%2e%2e/x", false),
        ("http://127.0.0.1:9101@evil.example/", false),
        ("http://127.0.0.1.evil.example/", false),
        ("//notes.example/bye", false),
        ("/u", false),
        ("javascript:alert(1)", false),
        (" https://notes.example/bye", false),
        ("https://notes.example/bye\r\nX-Split: y", false),
        ("", false),
    ] {
        let mut browser = house.lets_in("lilei");
        let tokens = notes.tokens(&mut browser);
        let params = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", to), ("state", "a&b c")];
        let answer = ends(&mut browser, &house, "", &params);
        assert!(!browser.is_in(""), "{to}: the log-out itself is done");
        super::bad_input::is_calm(to, &answer);
        if goes {
            assert_eq!(answer.location(), format!("{to}?state=a%26b+c"), "{to}");
        } else {
            assert!(!answer.location().contains("://"), "{to}: {}", answer.location());
            assert!(!answer.text().contains(&format!("href=\"{to}")) || to.is_empty() || to == "/u", "{to}: a link");
        }
    }
}

#[test]
fn a_parameter_that_comes_twice_ends_nothing() {
    let house = House::open();
    let (mut browser, notes, tokens) = someone_in(&house);
    let id = notes.id.to_string();
    for (name, value) in [("id_token_hint", tokens.id.as_str()), ("client_id", &id), ("state", "x")] {
        let params = [("id_token_hint", tokens.id.as_str()), ("client_id", &id), ("state", "x"), (name, value)];
        let answer = ends(&mut browser, &house, "", &params);
        assert_eq!((answer.status, answer.location()), (400, ""), "{name}");
        assert!(browser.is_in(""), "{name}");
    }
    let twice =
        [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", BYE), ("post_logout_redirect_uri", BYE)];
    let answer = ends(&mut browser, &house, "", &twice);
    assert!(!answer.location().contains("notes.example"), "two addresses are none");
    for query in ["id_token_hint=%ff", "state=%00", "client_id=%c0%af"] {
        let answer = browser.comes_from_elsewhere(&house.at("", &format!("/oidc/session/end?{query}")));
        assert_eq!((answer.status, answer.location()), (400, ""), "{query}");
    }
    let long = house.at("", &format!("/oidc/session/end?state={}", "x".repeat(17_000)));
    assert_eq!(browser.comes_from_elsewhere(&long).status, 413);
}

#[test]
fn the_button_of_the_question_is_the_persons_own() {
    let house = House::open();
    let (mut browser, _, _) = someone_in(&house);
    ends(&mut browser, &house, "", &[("state", "x")]);
    let csrf = browser.csrf();
    let at = house.at("", "/oidc/session/confirm");
    for csrf in ["", "x", &"A".repeat(43)] {
        let answer = browser.posts(&at, &[("csrf", csrf), ("redirect_uri", "")]);
        assert_eq!(answer.status, 403);
    }
    let body = encoded(&[("csrf", &csrf), ("redirect_uri", "")]);
    for headers in
        [[("Origin", "https://evil.example")], [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")]]
    {
        let all = [&headers[..], &[("Content-Type", super::bad_input::FORM)]].concat();
        let answer = browser.sends("POST", &at, &all, Some(&body));
        assert_eq!(answer.status, 403, "{headers:?}");
        assert_eq!(answer.all("set-cookie").filter(|line| line.starts_with("exeunt=")).count(), 0, "{headers:?}");
    }
    assert!(browser.is_in(""));
    assert_eq!(house.endings(), 0);
}

#[test]
fn at_an_applications_own_host_only_its_hints_and_addresses_count() {
    let house = House::open();
    let mut browser = house.browser();
    browser.logs_in_at(&house.at("board", ""), "lilei", crate::support::PASSWORD);
    let notes = Client::of(&house, "notes");
    let tokens = notes.tokens(&mut browser);
    let params = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", BYE)];
    let page = ends(&mut browser, &house, "board", &params);
    assert_eq!((page.status, page.location()), (200, ""), "another application's hint");
    assert!(browser.is_in("board"));
    let answer = browser.submits("/oidc/session/confirm", &[]);
    assert!(!answer.location().contains("notes.example"), "{}", answer.location());
    assert!(!browser.is_in("board") && !browser.is_in(""));
}
