//! CAS: whoever logs in comes to the service with a ticket; the ticket tells once who it was, unless they are out by then.

use exeunt::domain::oauth::GrantType;
use serde_json::{Value, json};

use crate::support::browser::{Started, encoded};
use crate::support::{Answer, Browser, House, PASSWORD, wire};

pub const SERVICE: &str = "http://notes.example/callback";

/// A house whose notes and board speak CAS.
pub fn open() -> House {
    let house = House::open();
    for identifier in ["notes", "board"] {
        house.settles(identifier, |protocol| protocol.grant_types.push(GrantType::Cas));
    }
    house
}

/// Asks for a ticket at the base host, following wherever the house leads.
pub fn asks(house: &House, browser: &mut Browser, query: &[(&str, &str)]) -> Answer {
    let app = house.application("notes").id;
    browser.comes_from_elsewhere(&house.at("", &format!("/cas-idp/{app}?{}", encoded(query))))
}

/// The ticket that an answer brings to the service.
#[track_caller]
pub fn ticket_of(answer: &Answer) -> String {
    let to = answer.location();
    let ticket = to.strip_prefix(&format!("{SERVICE}?ticket=")).unwrap_or_else(|| panic!("no ticket: {to}"));
    assert!(ticket.starts_with("ST-") && ticket.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
    ticket.to_owned()
}

#[track_caller]
pub fn ticket(house: &House, browser: &mut Browser) -> String {
    ticket_of(&asks(house, browser, &[("service", SERVICE)]))
}

fn shows_at(house: &House, identifier: &'static str, kind: &str, query: &[(&str, &str)]) -> Answer {
    let app = house.application(identifier).id;
    house.ask(("GET", &format!("/cas-idp/{app}/{kind}?{}", encoded(query))), &[], None)
}

/// Shows a ticket; what the house says in JSON.
pub fn shows(house: &House, ticket: &str, more: &[(&str, &str)]) -> Value {
    let mut query = vec![("format", "JSON"), ("ticket", ticket)];
    if !more.iter().any(|(name, _)| *name == "service") {
        query.push(("service", SERVICE));
    }
    query.extend_from_slice(more);
    let answer = shows_at(house, "notes", "serviceValidate", &query);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["serviceResponse"].clone()
}

/// Why a ticket told nothing.
pub fn failure(said: &Value) -> &str {
    said["authenticationFailure"]["code"].as_str().unwrap_or_else(|| panic!("it told: {said}"))
}

#[test]
fn whoever_logs_in_comes_to_the_service_with_a_ticket_that_works_once() {
    let house = open();
    let mut browser = house.browser();
    assert!(asks(&house, &mut browser, &[("service", SERVICE)]).text().contains("name=\"password\""));
    let first = ticket_of(&browser.types_in("lilei", PASSWORD));
    let second = ticket(&house, &mut browser);
    assert_ne!(first, second);
    assert_eq!(shows(&house, &second, &[])["authenticationSuccess"]["user"], "lilei");
    for ticket in [&first, &second] {
        let before = shows(&house, ticket, &[]);
        assert_eq!(before["authenticationSuccess"].is_object(), ticket == &first);
        assert_eq!(failure(&shows(&house, ticket, &[])), "INVALID_TICKET");
    }
    // On the application's own host too, and at the address with `/login`.
    let app = house.application("notes").id;
    for path in [format!("/cas-idp/{app}"), format!("/cas-idp/{app}/login")] {
        let mut stranger = house.browser();
        stranger.comes_from_elsewhere(&house.at("notes", &format!("{path}?service={SERVICE}")));
        let ticket = ticket_of(&stranger.types_in("hanmeimei", PASSWORD));
        let query = encoded(&[("ticket", &ticket), ("service", SERVICE)]);
        let target = format!("/cas-idp/{app}/validate?{query}");
        let said = wire::request(house.port, &house.host("notes"), ("GET", &target), &[], None);
        assert_eq!(said.text(), "yes\nhanmeimei\n");
        let silent = stranger.comes_from_elsewhere(&house.at("", &format!("{path}?service={SERVICE}&gateway=true")));
        ticket_of(&silent);
    }
}

#[test]
fn a_ticket_tells_who_came_in_each_of_the_three_versions() {
    let house = open();
    let (mut browser, lilei) = (house.browser(), house.person("lilei").id);
    browser.logs_in("lilei");
    let mut show = |kind: &str, format: &str| {
        let ticket = ticket(&house, &mut browser);
        shows_at(&house, "notes", kind, &[("ticket", &ticket), ("service", SERVICE), ("format", format)])
    };
    let one = show("validate", "");
    assert_eq!(one.text(), "yes\nlilei\n");
    assert!(one.header("content-type").unwrap().starts_with("text/plain"));
    assert_eq!(one.header("cache-control"), Some("no-store"));
    for kind in ["serviceValidate", "p3/serviceValidate"] {
        for format in ["XML", ""] {
            let two = show(kind, format);
            assert!(two.header("content-type").unwrap().starts_with("application/xml"));
            let text = two.text();
            assert!(text.starts_with("<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">"), "{text}");
            for part in [
                "<cas:authenticationSuccess><cas:user>lilei</cas:user>",
                &format!("<cas:sub>{lilei}</cas:sub>"),
                "<cas:email>lilei@example.com</cas:email>",
                "<cas:isFromNewLogin>false</cas:isFromNewLogin>",
            ] {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
        let three = show(kind, "JSON").json();
        let success = &three["serviceResponse"]["authenticationSuccess"];
        assert_eq!((&success["user"], &success["attributes"]["sub"]), (&json!("lilei"), &json!(lilei)));
        let refused = shows_at(&house, "notes", kind, &[("ticket", "ST-x"), ("service", SERVICE)]);
        assert!(refused.text().contains("<cas:authenticationFailure code=\"INVALID_TICKET\">"), "{}", refused.text());
    }
    assert_eq!(shows_at(&house, "notes", "validate", &[("ticket", "ST-x"), ("service", SERVICE)]).text(), "no\n\n");
    assert_eq!(shows_at(&house, "notes", "validate", &[]).text(), "no\n\n");
}

#[test]
fn a_ticket_is_of_one_application_one_service_and_one_minute() {
    let house = open();
    house.registers("notes", |form| form.redirect_uris.push("http://notes.example/other".to_owned()));
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let of_another = ticket(&house, &mut browser);
    let query = [("ticket", of_another.as_str()), ("service", "http://board.example/callback"), ("format", "JSON")];
    let said = shows_at(&house, "board", "serviceValidate", &query).json()["serviceResponse"].clone();
    assert_eq!(failure(&said), "INVALID_TICKET");
    assert_eq!(shows(&house, &of_another, &[])["authenticationSuccess"]["user"], "lilei", "not used up by another");
    for service in ["http://notes.example/other", "http://evil.example/", "http://notes.example/callback?x=1", "x"] {
        let ticket = ticket(&house, &mut browser);
        assert_eq!(failure(&shows(&house, &ticket, &[("service", service)])), "INVALID_SERVICE", "{service}");
        assert_eq!(failure(&shows(&house, &ticket, &[])), "INVALID_TICKET", "used up: {service}");
    }
    let same = ticket(&house, &mut browser);
    let said = shows(&house, &same, &[("service", "HTTP://NOTES.example:80/callback")]);
    assert_eq!(said["authenticationSuccess"]["user"], "lilei", "the same address, written otherwise");
    let (young, old) = (ticket(&house, &mut browser), ticket(&house, &mut browser));
    house.clock.advance_ms(59_999);
    assert!(shows(&house, &young, &[])["authenticationSuccess"].is_object());
    house.clock.advance_ms(1);
    assert_eq!(failure(&shows(&house, &old, &[])), "INVALID_TICKET");
}

#[test]
fn a_changed_ticket_is_nothing_and_neither_is_a_code() {
    let house = open();
    let (mut browser, notes) = (house.browser(), crate::support::client::Client::of(&house, "notes"));
    browser.logs_in("lilei");
    let ticket = ticket(&house, &mut browser);
    let code = notes.code(&mut browser);
    let last = if ticket.ends_with('A') { "B" } else { "A" };
    for changed in [
        ticket[..ticket.len() - 1].to_owned(),
        format!("{ticket}A"),
        format!("{}{last}", &ticket[..ticket.len() - 1]),
        ticket.to_lowercase(),
        ticket.replacen("ST-", "PT-", 1),
        ticket[3..].to_owned(),
        code.clone(),
        format!("ST-{code}"),
        "ST-".to_owned(),
        "ST-\u{4e2d}".repeat(20),
    ] {
        assert_eq!(failure(&shows(&house, &changed, &[])), "INVALID_TICKET", "{changed}");
    }
    for code in [ticket.as_str(), &ticket[3..]] {
        assert_eq!(notes.trades(code).json()["error"], "invalid_grant", "no code either");
    }
    for query in ["", "ticket=x", "service=x", "ticket=x&ticket=y&service=z", "ticket=x&service=y&service=z"] {
        let app = house.application("notes").id;
        let path = format!("/cas-idp/{app}/serviceValidate?format=JSON&{query}");
        let said = house.ask(("GET", &path), &[], None).json();
        assert_eq!(failure(&said["serviceResponse"]), "INVALID_REQUEST", "{query}");
    }
    assert!(shows(&house, &ticket, &[])["authenticationSuccess"].is_object(), "the true one still works");
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let house = open();
    let mut browser = house.browser();
    for is_in in [false, true] {
        if is_in {
            browser.logs_in("lilei");
        }
        let before = house.picture();
        for service in [
            "http://evil.example/",
            "//evil.example/",
            "javascript:alert(1)",
            "http://notes.example.evil.example/callback",
            "http://notes.example/callback/../x",
            "http://notes.example@evil.example/callback",
            "http:\\\\notes.example\\callback",
            "/u",
            "http://board.example/callback",
        ] {
            for more in ["", "true"] {
                let answer = asks(&house, &mut browser, &[("service", service), ("gateway", more), ("renew", more)]);
                assert_eq!((answer.status, answer.location()), (400, ""), "{service}");
            }
            let gateway = asks(&house, &mut browser, &[("service", service), ("gateway", "true")]);
            assert_eq!((gateway.status, gateway.location()), (400, ""), "{service}");
        }
        let twice = asks(&house, &mut browser, &[("service", SERVICE), ("service", "http://evil.example/")]);
        assert_eq!((twice.status, twice.location()), (400, ""));
        assert_eq!(house.picture(), before, "nothing was given");
    }
    // As SDKs write it: not encoded.
    house.registers("notes", |form| form.redirect_uris.push("http://notes.example/cb?x=1&y=2".to_owned()));
    let app = house.application("notes").id;
    let url = house.at("", &format!("/cas-idp/{app}?service=http://notes.example/cb?x=1&y=2"));
    let answer = browser.comes_from_elsewhere(&url);
    let ticket =
        answer.location().strip_prefix("http://notes.example/cb?x=1&y=2&ticket=").expect("a ticket").to_owned();
    let path = format!("/cas-idp/{app}/validate?service=http://notes.example/cb?x=1&y=2&ticket={ticket}");
    assert_eq!(house.ask(("GET", &path), &[], None).text(), "yes\nlilei\n");
    for none in ["?service", "?service=", ""] {
        let answer = house.browser().loads(&house.at("", &format!("/cas-idp/{app}{none}")), Started::Elsewhere);
        assert_eq!((answer.status, answer.location()), (303, format!("/login?app_id={app}").as_str()));
    }
}

#[test]
fn renew_asks_the_password_and_gateway_asks_nothing() {
    let house = open();
    let mut browser = house.browser();
    let silent = asks(&house, &mut browser, &[("service", SERVICE), ("gateway", "true")]);
    assert_eq!((silent.status, silent.location()), (303, SERVICE), "back without a ticket");
    let both = asks(&house, &mut browser, &[("service", SERVICE), ("gateway", "true"), ("renew", "true")]);
    assert!(both.text().contains("name=\"password\""), "renew wins");
    browser.logs_in("lilei");
    let stale = ticket_of(&asks(&house, &mut browser, &[("service", SERVICE), ("gateway", "true")]));
    assert_eq!(failure(&shows(&house, &stale, &[("renew", "true")])), "INVALID_TICKET", "not from a password");
    for way in [&[("service", SERVICE), ("renew", "true")][..], &[("service", SERVICE), ("renew", "")]] {
        let asked = asks(&house, &mut browser, way);
        assert!(asked.text().contains("name=\"password\""), "somebody is in, and is asked all the same");
        let answer = browser.types_in("lilei", PASSWORD);
        let said = shows(&house, &ticket_of(&answer), &[("renew", "true")]);
        assert_eq!(said["authenticationSuccess"]["attributes"]["isFromNewLogin"], true, "{said}");
    }
    let asked = asks(&house, &mut browser, &[("service", SERVICE), ("renew", "false")]);
    ticket_of(&asked);
}

#[test]
fn a_ticket_is_nothing_after_a_log_out_or_a_kick_and_the_application_is_told() {
    let house = open();
    let (program, lilei, notes) = (house.program(), house.person("lilei"), house.application("notes").id);
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let before = ticket(&house, &mut browser);
    let active = program.gets(&format!("/api/v2/applications/{notes}/active-users")).json();
    assert_eq!(active["data"]["totalCount"], 1, "the ledger knows that they are in");
    program.kicks(notes, &[&lilei]);
    assert_eq!(failure(&shows(&house, &before, &[])), "INVALID_TICKET");
    let silent = asks(&house, &mut browser, &[("service", SERVICE), ("gateway", "true")]);
    assert_eq!(silent.location(), SERVICE, "single sign-on lets nobody back in");
    assert!(asks(&house, &mut browser, &[("service", SERVICE)]).text().contains("name=\"password\""));
    let again = ticket_of(&browser.types_in("lilei", PASSWORD));
    assert_eq!(failure(&shows(&house, &before, &[])), "INVALID_TICKET", "still nothing");
    assert!(shows(&house, &again, &[])["authenticationSuccess"].is_object());
    for way in ["/login/profile/logout", "/cas-idp/logout"] {
        let mut browser = house.browser();
        browser.logs_in("lilei");
        let held = ticket(&house, &mut browser);
        browser.opens(&house.at("", way));
        assert!(!browser.is_in(""), "{way}");
        assert_eq!(failure(&shows(&house, &held, &[])), "INVALID_TICKET", "{way}");
    }
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let held = ticket(&house, &mut browser);
    let house = house.restarts();
    assert!(shows(&house, &held, &[])["authenticationSuccess"].is_object(), "a restart ends nothing");
}

#[test]
fn only_applications_that_speak_it_and_only_page_loads_are_given_tickets() {
    let house = open();
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let (notes, shop) = (house.application("notes").id, house.application("shop").id);
    let off = house.adds("silent", |_| {});
    for (app, status) in [(off.to_string(), 403), ("x".to_owned(), 404), ("0".repeat(24), 404)] {
        let path = format!("/cas-idp/{app}?service=http://silent.example/callback");
        let answer = browser.comes_from_elsewhere(&house.at("", &path));
        assert_eq!((answer.status, answer.location()), (status, ""), "{app}");
        for kind in ["validate", "serviceValidate", "p3/serviceValidate"] {
            let path = format!("/cas-idp/{app}/{kind}?ticket=x&service=y");
            assert_eq!(house.ask(("GET", &path), &[], None).status, status, "{app} {kind}");
        }
    }
    assert_eq!(
        wire::request(house.port, &house.host("board"), ("GET", &format!("/cas-idp/{notes}?service=x")), &[], None)
            .status,
        404,
        "another application's host"
    );
    for headers in [
        &[("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "navigate")][..],
        &[("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "no-cors")],
        &[("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors")],
        &[("Sec-Purpose", "prefetch")],
    ] {
        let url = house.at("", &format!("/cas-idp/{notes}?{}", encoded(&[("service", SERVICE)])));
        let answer = browser.fetches(&url, headers);
        assert_eq!((answer.status, answer.location()), (403, ""), "{headers:?}");
        let head = browser.sends("HEAD", &url, &[], None);
        assert_eq!(head.status, 405);
    }
    assert_eq!(house.count("SELECT count(*) FROM grants"), 0, "nothing was given");
    house.settles("shop", |protocol| protocol.grant_types.push(GrantType::Cas));
    let foreign = house.at("", &format!("/cas-idp/{shop}?{}", encoded(&[("service", "http://shop.example/callback")])));
    let answer = browser.comes_from_elsewhere(&foreign);
    assert!(answer.text().contains("name=\"password\""), "nobody of one pool is in another: {}", answer.status);
}

#[test]
fn a_ticket_is_not_told_while_nothing_can_be_written() {
    let house = open();
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let ticket = ticket(&house, &mut browser);
    let query = [("ticket", ticket.as_str()), ("service", SERVICE)];
    let refused = house.while_nothing_can_be_written(|| shows_at(&house, "notes", "serviceValidate", &query));
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(shows(&house, &ticket, &[])["authenticationSuccess"].is_object());
}
