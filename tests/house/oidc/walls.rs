//! Who may read answers, hold pages in frames, and act on a person's behalf: cross-origin rules, frames, questions.

use exeunt::domain::oauth::ResponseType;

use super::bad_input::FORM;
use crate::support::browser::{Started, encoded};
use crate::support::client::{Client, Reply};
use crate::support::{Answer, Browser, House, wire};

const CALLED: [(&str, &str); 9] = [
    ("POST", "/oauth/token"),
    ("GET", "/oauth/me"),
    ("POST", "/oauth/token/introspection"),
    ("POST", "/oauth/token/revocation"),
    ("POST", "/oidc/token"),
    ("GET", "/oidc/me"),
    ("POST", "/oidc/token/introspection"),
    ("POST", "/oidc/token/revocation"),
    ("POST", "/oidc/request"),
];

fn from(house: &House, host: &str, what: (&str, &str), origin: &str) -> Answer {
    let headers = [("Origin", origin), ("Content-Type", FORM), ("Access-Control-Request-Method", "POST")];
    wire::request(house.port, &house.host(host), what, &headers, Some(b"x=y"))
}

fn lets(answer: &Answer) -> (Option<&str>, Option<&str>) {
    (answer.header("access-control-allow-origin"), answer.header("access-control-allow-credentials"))
}

#[test]
fn only_pages_of_registered_applications_read_answers() {
    let house = House::open();
    let registered = "http://notes.example";
    for (method, path) in CALLED {
        for method in [method, "OPTIONS"] {
            for origin in [
                "null",
                "https://evil.example",
                "https://notes.example",
                "http://notes.example.evil.example",
                "http://evil.example/http://notes.example",
                "http://notes.example:8080",
                "http://xnotes.example",
                "http://bye.notes.example",
                "file://",
                "*",
                "",
            ] {
                let answer = from(&house, "", (method, path), origin);
                assert_eq!(lets(&answer), (None, None), "{method} {path} {origin}");
                assert!(answer.header("access-control-allow-headers").is_none(), "{method} {path} {origin}");
            }
            let answer = from(&house, "", (method, path), registered);
            assert_eq!(lets(&answer), (Some(registered), Some("true")), "{method} {path}");
            assert!(answer.all("vary").any(|value| value == "Origin"), "{method} {path}");
            // At the host of one application the pages of another are strangers.
            assert_eq!(lets(&from(&house, "board", (method, path), registered)), (None, None), "{method} {path}");
            let own = from(&house, "board", (method, path), "http://board.example");
            assert_eq!(lets(&own).0, Some("http://board.example"), "{method} {path}");
        }
    }
    for path in ["/.well-known/openid-configuration", "/oidc/.well-known/jwks.json"] {
        for origin in ["https://evil.example", "null", registered] {
            assert_eq!(lets(&from(&house, "", ("GET", path), origin)), (Some("*"), None), "{path} {origin}");
        }
        // A cache may hand what it got without an origin to a page.
        assert_eq!(lets(&house.ask(("GET", path), &[], None)), (Some("*"), None), "{path}");
    }
    for path in [
        "/oidc/auth",
        "/oidc/auth/answer",
        "/oauth/auth",
        "/oauth/auth/answer",
        "/oidc/session/end",
        "/oidc/session/confirm",
        "/u",
        "/console",
        "/login",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            assert_eq!(lets(&from(&house, "", (method, path), registered)), (None, None), "{method} {path}");
        }
    }
}

fn ancestors(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy").expect("a policy");
    let found = policy.split(';').map(str::trim).find_map(|part| part.strip_prefix("frame-ancestors "));
    found.expect("an answer about frames").to_owned()
}

#[test]
fn only_an_answer_to_a_window_and_the_check_frame_stand_in_frames_and_only_where_they_may() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    for params in [&[("prompt", "none")][..], &[("prompt", "none"), ("max_age", "0")]] {
        let all = [params, &[("response_mode", "web_message")]].concat();
        let answer = browser.comes_from_elsewhere(&notes.request(&all));
        assert_eq!(ancestors(&answer), "http://notes.example");
        assert_eq!(answer.header("x-frame-options"), None);
        assert!(answer.text().contains("data-origin=\"http://notes.example\""), "never to everybody");
    }
    let check = browser.opens(&house.at("", "/oidc/session/check"));
    let holders = ancestors(&check);
    assert!(
        holders.split(' ').any(|holder| holder == "http://notes.example") && !holders.contains("evil"),
        "{holders}"
    );
    assert!(!holders.split(' ').any(|holder| holder == "*"), "{holders}");
    for url in [
        notes.request(&[("response_mode", "form_post")]),
        notes.request(&[("prompt", "consent")]),
        notes.request(&[("prompt", "consent"), ("response_mode", "web_message")]),
        notes.request(&[("redirect_uri", "https://evil.example/"), ("response_mode", "web_message")]),
        house.at("", "/oidc/session/end"),
        house.at("", "/login"),
        house.at("", "/u"),
    ] {
        let answer = browser.comes_from_elsewhere(&url);
        assert_eq!(ancestors(&answer), "'none'", "{url}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{url}");
    }
}

#[test]
fn what_is_no_page_load_shows_no_question_and_ends_nothing() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let tokens = notes.tokens(&mut browser);
    let ends = house.at("", &format!("/oidc/session/end?{}", encoded(&[("id_token_hint", &tokens.id)])));
    let questions = [notes.request(&[("prompt", "login")]), notes.request(&[("prompt", "consent")]), ends];
    let before = house.picture();
    for url in &questions {
        for headers in [
            &[("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Site", "cross-site")][..],
            &[("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "cross-site")],
            &[("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "same-origin")],
            &[("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "same-site")],
            &[("Sec-Fetch-Dest", "document"), ("Sec-Purpose", "prefetch;prerender")],
            &[("Purpose", "prefetch")],
        ] {
            let answer = browser.fetches(url, headers);
            assert_eq!((answer.status, answer.location()), (403, ""), "{url} {headers:?}");
        }
    }
    assert_eq!(before, house.picture());
    assert!(browser.is_in(""));
    // A silent request in a frame is answered all the same: that is what frames are for.
    let silent = notes.request(&[("prompt", "none")]);
    let answer = browser.fetches(&silent, &[("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "navigate")]);
    assert!(Reply::of(&answer).param("code").is_some());
}

// ---- questions

fn is_asked(browser: &mut Browser, notes: &Client) {
    let page = browser.comes_from_elsewhere(&notes.request(&[("prompt", "consent")]));
    assert_eq!((page.status, page.location()), (200, ""));
}

#[test]
fn nobody_else_says_yes() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    is_asked(&mut browser, &notes);
    let request = notes.request(&[("prompt", "consent")]).split_once('?').unwrap().1.to_owned();
    let csrf = browser.csrf();
    let mut stranger = house.lets_in("hanmeimei");
    stranger.at = browser.at.clone();
    let foreign = stranger.csrf_of(&notes.request(&[("prompt", "consent")]));
    let before = house.picture();
    for (what, value) in [("nothing", ""), ("odd", "x"), ("another person's", foreign.as_str())] {
        let fields = [("csrf", value), ("request", request.as_str()), ("answer", "yes")];
        let answer = browser.posts(&house.at("", "/oidc/auth/answer"), &fields);
        assert_eq!((answer.status, answer.location()), (403, ""), "{what}");
    }
    let body = encoded(&[("csrf", csrf.as_str()), ("request", &request), ("answer", "yes")]);
    for headers in [
        &[("Content-Type", FORM), ("Origin", "https://evil.example")][..],
        &[("Content-Type", FORM), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")],
        &[("Content-Type", FORM), ("Sec-Fetch-Site", "same-site")],
    ] {
        let answer = browser.sends("POST", &house.at("", "/oidc/auth/answer"), headers, Some(&body));
        assert_eq!((answer.status, answer.location()), (403, ""), "{headers:?}");
    }
    assert_eq!(before, house.picture());
    // A yes is for the request that is posted, and that is judged like any other.
    for (name, value) in [("redirect_uri", "https://evil.example/"), ("client_id", "ffffffffffffffffffffffff")] {
        let other = notes.request(&[("prompt", "consent"), (name, value)]).split_once('?').unwrap().1.to_owned();
        let fields = [("csrf", csrf.as_str()), ("request", &other), ("answer", "yes")];
        let answer = browser.posts(&house.at("", "/oidc/auth/answer"), &fields);
        assert_eq!((answer.status, answer.location()), (400, ""), "{name}");
    }
    let other = notes.request(&[("prompt", "login")]).split_once('?').unwrap().1.to_owned();
    let fields = [("csrf", csrf.as_str()), ("request", &other), ("answer", "yes")];
    let answer = browser.posts(&house.at("", "/oidc/auth/answer"), &fields);
    assert!(answer.location().starts_with("/login?"), "a yes is no password: {}", answer.location());
}

#[test]
fn a_no_is_told_and_a_yes_counts_once_for_what_was_asked() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    is_asked(&mut browser, &notes);
    let no = Reply::of(&browser.submits("/oidc/auth/answer", &[("answer", "no")]));
    assert_eq!((no.error().as_str(), no.param("state").as_deref()), ("access_denied", Some("st-1")));
    assert_eq!(no.param("iss"), Some(notes.issuer()));
    is_asked(&mut browser, &notes);
    let yes = Reply::of(&browser.submits("/oidc/auth/answer", &[("answer", "yes")]));
    assert!(yes.param("code").is_some());
    is_asked(&mut browser, &notes);
}

#[test]
fn a_question_does_not_outlive_the_session_it_was_put_to() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    is_asked(&mut browser, &notes);
    let asked = browser.clone();
    let mut same = browser.clone();
    same.logs_out();
    let mut late = asked.clone();
    let answer = late.submits("/oidc/auth/answer", &[("answer", "yes")]);
    assert_eq!(Reply::of(&answer).param("code"), None, "{}", answer.location());
    let mut another = house.lets_in("hanmeimei");
    (another.at, another.page) = (asked.at.clone(), asked.page.clone());
    let answer = another.submits("/oidc/auth/answer", &[("answer", "yes")]);
    assert_eq!((answer.status, answer.location()), (403, ""), "another person's yes");
}

#[test]
fn an_implicit_answer_is_posted_or_passed_on_but_never_written_into_a_query() {
    let house = House::open();
    house.adds("single", |protocol| protocol.response_types = vec![ResponseType::IdTokenToken]);
    let (mut browser, single) = (house.lets_in("lilei"), Client::of(&house, "single"));
    for mode in ["fragment", "form_post", "web_message"] {
        let params = [("response_type", "id_token token"), ("response_mode", mode)];
        let answer = browser.comes_from_elsewhere(&single.request(&params));
        assert!(!answer.location().contains('?'), "{mode}");
        let answer = browser.follows(answer, Started::Elsewhere);
        assert!(answer.text().contains("access_token") || answer.location().contains("#access_token="), "{mode}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{mode}");
    }
}
