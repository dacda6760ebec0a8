//! What pages may ask: their own application's only, by scripts only.

use serde_json::json;

use crate::support::authing::Sdk;
use crate::support::{Answer, House, PASSWORD};

const CALLED: [&str; 12] = [
    "/api/v2/login/account",
    "/api/v2/users/me",
    "/api/v2/logout",
    "/api/v2/.well-known",
    "/api/v2/users/login/check-status",
    "/api/v3/signin",
    "/api/v3/get-profile",
    "/api/v3/system",
    "/graphql/v2",
    "/logout",
    "/cas/session",
    "/cas/logout",
];

fn preflight(house: &House, path: &str, origin: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "authorization,x-authing-app-id"),
    ];
    house.ask(("OPTIONS", path), &headers, None)
}

#[test]
fn pages_of_applications_may_call_with_credentials_and_no_others() {
    let house = House::open();
    for path in CALLED {
        let answer = preflight(&house, path, "http://notes.example");
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("http://notes.example"), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{path}");
        let allowed = answer.header("access-control-allow-headers").unwrap();
        for name in ["authorization", "content-type", "x-authing-app-id", "x-authing-userpool-id", "x-authing-lang"] {
            assert!(allowed.contains(name), "{path}: {name}");
        }
        for origin in ["http://evil.example", "null", "http://notes.example.evil.example", "https://notes.example"] {
            assert_eq!(preflight(&house, path, origin).header("access-control-allow-origin"), None, "{path} {origin}");
        }
    }
    let answer = house.ask(("GET", "/api/v2/users/me"), &[("Origin", "http://notes.example")], None);
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://notes.example"), "errors can be read too");
    assert_eq!(
        preflight(&house, "/api/v1/session", "http://notes.example").header("access-control-allow-origin"),
        None
    );
}

#[test]
fn a_log_out_by_a_call_listens_to_scripts_of_the_application_only() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    sdk.logs_in("lilei");
    let before = house.picture();
    for path in ["/logout", "/logout?deviceId=current", "/api/v2/logout?app_id=undefined", "/cas/logout"] {
        for headers in [
            &[("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Site", "same-site")][..],
            &[("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "cross-site")],
            &[("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Site", "cross-site")],
            &[("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors"), ("Origin", "http://evil.example")],
            &[("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors"), ("Origin", "null")],
            // Another application's page says which it is; this call is about notes.
            &[("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors"), ("Origin", "http://board.example")],
            &[("Sec-Purpose", "prefetch")],
            &[("Purpose", "prefetch"), ("Sec-Fetch-Dest", "empty")],
        ] {
            let answer = sdk.gets_with(path, headers);
            assert_ne!(answer.json()["code"], 200, "{path} {headers:?}");
            assert_eq!(house.picture(), before, "{path} {headers:?}");
        }
        let head = sdk.browser.clone().sends("HEAD", &house.at("", path), &[], None);
        assert_eq!(head.status, 405, "{path}");
        assert_eq!(house.picture(), before);
    }
    let headers = [
        ("Sec-Fetch-Dest", "empty"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Origin", "http://notes.example"),
    ];
    let answer = sdk.gets_with("/logout", &headers);
    assert_eq!(answer.json()["code"], 200);
    assert!(answer.clears_the_session());
    sdk.is_out();
}

#[test]
fn a_page_load_goes_on_to_the_log_out_for_people() {
    let house = House::open();
    let app = house.application("board").id;
    for (path, to) in [
        ("/logout".to_owned(), "/login/profile/logout".to_owned()),
        ("/cas/logout".to_owned(), "/login/profile/logout".to_owned()),
        ("/cas-idp/logout".to_owned(), "/login/profile/logout".to_owned()),
        (
            "/cas-idp/logout?url=https://notes.example/bye?a=1&b=2".to_owned(),
            "/login/profile/logout?redirect_uri=https://notes.example/bye?a=1&b=2".to_owned(),
        ),
        (
            format!("/cas-idp/{app}/logout?url=https%3A%2F%2Fboard.example%2Fbye"),
            format!("/login/profile/logout?app_id={app}&redirect_uri=https%3A%2F%2Fboard.example%2Fbye"),
        ),
    ] {
        let mut browser = house.browser();
        browser.logs_in("lilei");
        let answer = browser.loads(&house.at("", &path), crate::support::browser::Started::Typed);
        assert_eq!(answer.status, 303, "{path}");
        assert_eq!(answer.location(), to, "{path}");
        browser.follows(answer, crate::support::browser::Started::Typed);
        assert!(!browser.is_in(""), "{path}");
    }
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let url = house.at("", &format!("/cas-idp/{app}/logout?url=https://board.example/bye"));
    assert_eq!(browser.opens(&url).location(), "https://board.example/bye", "the list of the application");
    let url = house.at("", &format!("/cas-idp/{app}/logout?url=https://notes.example/bye"));
    browser.logs_in("lilei");
    let page = browser.opens(&url);
    assert!(page.status == 200 && !browser.is_in(""), "out, and not to another application's address");
    let answer = browser.fetches(&url, &[("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "no-cors")]);
    assert_eq!(answer.status, 403);
}

#[test]
fn a_page_of_somebody_else_plants_no_session() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    let password = sdk.encrypts(PASSWORD);
    let body = json!({ "account": "lilei", "password": password });
    for headers in
        [&[("Origin", "http://evil.example")][..], &[("Origin", "null")], &[("Sec-Fetch-Site", "cross-site")]]
    {
        let answer = sdk.posts_with("/api/v2/login/account", &body, headers);
        assert_eq!(answer.json()["code"], 1001, "{headers:?}");
        assert!(answer.set_cookie("exeunt").is_none());
    }
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 0);
    let answer = sdk.posts_with("/api/v2/login/account", &body, &[("Origin", "http://notes.example")]);
    assert_eq!(answer.json()["code"], 200);
}

#[test]
fn the_session_counts_for_an_application_until_its_person_is_kicked_from_it() {
    let house = House::open();
    let (mut sdk, board) = (Sdk::of(&house, "notes"), house.application("board").id.to_string());
    sdk.logs_in("lilei");
    let mut page = sdk.without_token();
    let says = |page: &mut Sdk, app: &str| {
        let answer = page.gets_with("/cas/session", &[("x-authing-app-id", app)]).json();
        assert_eq!(answer["session"], answer["data"]["session"]);
        answer["session"].is_object()
    };
    let notes = sdk.app.to_string();
    assert!(says(&mut page, &notes) && says(&mut page, &board), "single sign-on");
    house.program().kicks(house.application("board").id, &[&house.person("lilei")]);
    assert!(says(&mut page, &notes) && !says(&mut page, &board), "kicked from one");
    let shop = house.application("shop").id.to_string();
    assert!(!says(&mut page, &shop), "of another pool");
    let answer = page.gets_with("/cas/session", &[("x-authing-app-id", "")]).json();
    assert_eq!(answer["session"]["userId"], house.person("lilei").id.as_str());
    assert_eq!(answer["userInfo"]["username"], "lilei");
}

#[test]
fn a_page_that_names_no_application_hears_of_the_session_in_its_own() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    sdk.logs_in("lilei");
    let mut page = sdk.without_token();
    let mut says = |origin: &str| {
        let answer = page.gets_with("/cas/session", &[("x-authing-app-id", ""), ("Origin", origin)]).json();
        answer["session"]["appId"].as_str().map(str::to_owned)
    };
    let (notes, board) = (sdk.app.to_string(), house.application("board").id.to_string());
    assert_eq!(says("http://notes.example").as_ref(), Some(&notes));
    assert_eq!(says("http://board.example").as_ref(), Some(&board), "single sign-on");
    house.program().kicks(house.application("board").id, &[&house.person("lilei")]);
    assert_eq!(says("http://board.example"), None);
    assert_eq!(says("http://notes.example").as_ref(), Some(&notes), "the other goes on");
}
