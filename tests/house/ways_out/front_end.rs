//! Way 2: `GET /login/profile/logout?redirect_uri=`.

use super::{hosts_that_know, in_everywhere, receipt_of};
use crate::support::browser::{Started, hidden};
use crate::support::{Browser, House, RelyingParty};

const LINK: &str = "/login/profile/logout";

fn with(address: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("redirect_uri", address).finish();
    format!("{LINK}?{query}")
}

fn is_nowhere_a_link(html: &str, address: &str) -> bool {
    let escaped = address.replace('&', "&amp;");
    ["href=\"", "action=\"", "src=\"", "content=\"0;url="]
        .iter()
        .all(|a| !html.contains(&format!("{a}{address}")) && !html.contains(&format!("{a}{escaped}")))
}

#[test]
fn the_link_ends_the_session_everywhere_and_goes_on_to_the_registered_address() {
    let house = House::open();
    let mut lilei = in_everywhere(&house, "lilei");
    let mut thief = lilei.clone();
    let answer = lilei.loads(&house.at("notes", &with("http://127.0.0.1:9101/bye")), Started::Typed);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.location(), "http://127.0.0.1:9101/bye");
    assert!(answer.clears_the_session());
    assert_eq!(hosts_that_know(&mut thief), Vec::<&str>::new());
    assert_eq!(hosts_that_know(&mut lilei), Vec::<&str>::new());
    let cause: String = house.value("SELECT cause FROM endings", []);
    assert_eq!(cause, "front_end");
    assert_eq!(house.count("SELECT count(*) FROM notices"), 2, "notes and board must be told");
}

#[test]
fn what_was_checked_is_what_is_sent() {
    let house = House::open();
    for (asked, sent) in [
        ("HTTPS://Notes.Example:443/bye", "https://notes.example/bye"),
        ("http://127.0.0.1:9101/a/./b", "http://127.0.0.1:9101/a/b"),
        ("http://127.0.0.1:4711/any-port", "http://127.0.0.1:4711/any-port"),
    ] {
        let answer = house.browser().loads(&house.at("", &with(asked)), Started::Typed);
        assert_eq!(answer.location(), sent, "{asked} {}", answer.text());
    }
}

#[test]
fn an_address_as_sdks_send_it_unencoded_is_understood() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let answer = lilei.loads(&house.at("", &format!("{LINK}?redirect_uri=http://127.0.0.1:9101/bye")), Started::Typed);
    assert_eq!(answer.location(), "http://127.0.0.1:9101/bye");
    assert!(!lilei.is_in(""));
}

#[test]
fn without_an_address_the_farewell_page_says_who_and_when_with_a_receipt() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let answer = lilei.loads(&house.at("", LINK), Started::Typed);
    let receipt = house.program().receipt(&receipt_of(&answer));
    assert_eq!(receipt["cause"], "front_end");
    assert_eq!(receipt["sessionsEnded"], 1);
    let link = answer.location().to_owned();
    let page = lilei.follows(answer, Started::Typed);
    assert!(page.text().contains("lilei of the house"));
    house.clock.advance_ms(11 * 60_000);
    let later = house.browser().opens(&house.at("", &link));
    assert_eq!(later.status, 200);
    assert!(!later.text().contains("lilei"), "a shared computer must not tell whom, ten minutes later");
}

#[test]
fn a_refused_address_is_text_and_never_a_link_with_a_session_and_without() {
    let house = House::open();
    for address in [
        "https://evil.example/x?a=1&b=2",
        "javascript:alert(1)",
        "//evil.example",
        "/\\evil.example",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1:9101@evil.example/",
        "http://127.0.0.1:9101/a/%2e%2e/%2e%2e/x#f",
        "data:text/html,<script>alert(1)</script>",
    ] {
        let mut lilei = house.browser();
        lilei.logs_in("lilei");
        let mut stranger = house.browser();
        let mut pages = Vec::new();
        for browser in [&mut lilei, &mut stranger] {
            let answer = browser.loads(&house.at("", &with(address)), Started::Typed);
            assert_eq!(answer.status, 200, "{address}");
            assert_eq!(answer.location(), "");
            assert!(answer.clears_the_session());
            let html = answer.text();
            assert!(is_nowhere_a_link(&html, address), "{address} {html}");
            assert!(!html.contains("<script>alert"), "{address}");
            let shown = address.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            assert!(html.contains(&shown), "{address} is not shown: {html}");
            pages.push(html.contains("name=\"csrf\""));
        }
        assert_eq!(pages[0], pages[1]);
        assert!(!lilei.is_in(""), "a log-out never strands: {address}");
    }
}

#[test]
fn developers_are_told_what_is_wrong_with_the_very_address() {
    let house = House::open();
    let why = |address: &str| house.browser().loads(&house.at("", &with(address)), Started::Typed).text();
    for (address, sentence) in [
        ("http://notes.example/bye", "Its scheme differs from the registered one: http is not https."),
        ("https://elsewhere.example/bye", "Its host is not registered."),
        ("https://notes.example:8443/bye", "Its port differs from the registered one."),
        ("https://notes.example/by", "Its path differs from the registered one."),
        ("https://notes.example/bye?x=1", "Its query differs from the registered one"),
        ("ftp://notes.example/bye", "Only http and https addresses are accepted."),
    ] {
        let html = why(address);
        assert!(html.contains(sentence), "{address} {html}");
    }
}

#[test]
fn the_page_of_a_refused_address_goes_on_to_where_telling_can_be_watched() {
    let house = House::open();
    house.tells("notes", &format!("http://127.0.0.1:{}/", RelyingParty::nowhere()));
    let mut lilei = in_everywhere(&house, "lilei");
    let answer = lilei.loads(&house.at("notes", &with("https://evil.example/x?a=1&b=2")), Started::Typed);
    assert_eq!((answer.status, answer.location()), (200, ""));
    let refresh = answer.header("refresh").expect("it goes on by itself").to_owned();
    let link = refresh.strip_prefix("0;url=").expect("at once").to_owned();
    assert!(link.starts_with("/signed-out?"), "{link}");
    let page = lilei.loads(&link, Started::Here).text();
    assert!(page.contains("data-pending") && page.contains("No answer yet"), "{page}");
    assert!(
        page.contains("https://evil.example/x?a=1&amp;b=2") && page.contains("Its host is not registered."),
        "{page}"
    );
    assert!(is_nowhere_a_link(&page, "https://evil.example/x"));
    let forged = link.replace("evil.example", "good.example");
    assert!(!lilei.loads(&forged, Started::Here).text().contains("good.example/x"), "nobody else puts words there");
    let stranger = house.browser().loads(&house.at("notes", &with("https://evil.example/x")), Started::Typed);
    assert!(stranger.header("refresh").is_none(), "nobody was told, nothing is awaited");
}

#[test]
fn the_question_also_offers_every_device_and_the_address_is_judged_alike() {
    for (address, location) in
        [("https://notes.example/bye", "https://notes.example/bye"), ("https://evil.example/", "")]
    {
        let house = House::open();
        let mut lilei = in_everywhere(&house, "lilei");
        is_asked_at(&house, &mut lilei, address);
        assert!(!lilei.page.text().contains("everywhere"), "there is no other device");
        let mut phone = in_everywhere(&house, "lilei");
        let mut friend = in_everywhere(&house, "hanmeimei");
        is_asked_at(&house, &mut lilei, address);
        assert!(lilei.page.text().contains("name=\"everywhere\" value=\"1\""), "{}", lilei.page.text());
        let before = house.endings();
        let answer = lilei.submits(LINK, &[("everywhere", "1")]);
        assert_eq!(answer.location(), location);
        assert!(answer.clears_the_session());
        assert_eq!(house.endings(), before + 1, "one door, one receipt");
        assert_eq!(hosts_that_know(&mut lilei), Vec::<&str>::new());
        assert_eq!(hosts_that_know(&mut phone), Vec::<&str>::new());
        assert_eq!(hosts_that_know(&mut friend), ["", "notes", "board"]);
    }
}

fn is_asked_at(house: &House, lilei: &mut Browser, address: &str) {
    lilei.loads(&house.at("", &format!("{}&ask=1", with(address))), Started::Typed);
    assert_eq!(lilei.page.status, 200, "{}", lilei.page.text());
}

#[test]
fn a_doubled_address_is_refused_and_the_session_ends() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let link = format!("{}&redirect_uri=https%3A%2F%2Fevil.example", with("http://127.0.0.1:9101/bye"));
    let answer = lilei.loads(&house.at("", &link), Started::Typed);
    assert_eq!((answer.status, answer.location()), (200, ""));
    assert!(!lilei.is_in(""));
}

#[test]
fn the_list_of_the_asked_application_decides_and_no_other() {
    let house = House::open();
    let board = house.application("board").id;
    let go = |identifier: &str, link: String| {
        let answer = house.browser().loads(&house.at(identifier, &link), Started::Typed);
        answer.location().to_owned()
    };
    assert_eq!(go("", with("https://notes.example/bye")), "https://notes.example/bye", "the default application");
    assert_eq!(go("", with("https://board.example/bye")), "");
    assert_eq!(
        go("", format!("{}&app_id={board}", with("https://board.example/bye"))),
        "https://board.example/bye",
        "the one that is named"
    );
    assert_eq!(go("", format!("{}&app_id={board}", with("https://notes.example/bye"))), "");
    assert_eq!(go("board", with("https://board.example/bye")), "https://board.example/bye");
    let notes = house.application("notes").id;
    assert_eq!(
        go("board", format!("{}&app_id={notes}", with("https://notes.example/bye"))),
        "",
        "the host decides, not the parameter"
    );
    for unknown in ["ffffffffffffffffffffffff", "*", "x"] {
        assert_eq!(go("", format!("{}&app_id={unknown}", with("https://notes.example/bye"))), "", "{unknown}");
    }
}

#[test]
fn logging_out_twice_or_without_a_session_is_the_same_answer() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut stale = lilei.clone();
    let link = house.at("", &with("http://127.0.0.1:9101/bye"));
    let first = lilei.loads(&link, Started::Typed);
    for browser in [&mut lilei, &mut stale, &mut house.browser()] {
        let again = browser.loads(&link, Started::Typed);
        assert_eq!((again.status, again.location()), (first.status, first.location()));
        assert!(again.clears_the_session());
    }
    assert_eq!(house.endings(), 1);
}

#[test]
fn a_request_that_is_no_page_load_ends_nothing() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let link = house.at("", &with("http://127.0.0.1:9101/bye"));
    let asks: [&[(&str, &str)]; 12] = [
        &[("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Dest", "embed"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Dest", "script"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Dest", "style"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Purpose", "prefetch"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Mode", "navigate")],
        &[("Sec-Purpose", "prefetch;prerender")],
        &[("Purpose", "prefetch")],
        &[("X-Moz", "prefetch")],
    ];
    for headers in asks {
        let answer = lilei.fetches(&link, headers);
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(!answer.clears_the_session() && answer.header("clear-site-data").is_none(), "{headers:?}");
        assert!(lilei.is_in(""), "{headers:?}");
    }
    for method in ["HEAD", "OPTIONS", "PUT", "DELETE"] {
        let answer = lilei.sends(method, &link, &[], None);
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), Some("GET, POST"), "{method}");
        assert!(lilei.is_in(""), "{method}");
    }
    assert_eq!(house.endings(), 0);
}

#[test]
fn a_client_that_says_nothing_about_itself_is_believed() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let answer = lilei.fetches(&house.at("", &with("http://127.0.0.1:9101/bye")), &[]);
    assert_eq!(answer.location(), "http://127.0.0.1:9101/bye");
    assert!(!lilei.is_in(""));
}

#[test]
fn a_link_of_another_site_acts_when_the_address_is_registered() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let answer = lilei.loads(&house.at("", &with("https://notes.example/bye")), Started::Elsewhere);
    assert_eq!(answer.location(), "https://notes.example/bye");
    assert!(!lilei.is_in(""));
}

#[test]
fn an_address_of_another_pool_vouches_for_nobody_here() {
    let house = House::open();
    let (shop, mut lilei) = (house.application("shop").id, house.browser());
    lilei.logs_in("lilei");
    let link = format!("{}&app_id={shop}", with("https://shop.example/bye"));
    is_asked(&house, &mut lilei, &link);
    let typed = lilei.loads(&house.at("", &link), Started::Typed);
    assert_eq!(typed.location(), "https://shop.example/bye", "whoever types it means it");
    assert!(!lilei.is_in(""));
}

#[track_caller]
fn is_asked(house: &House, lilei: &mut Browser, link: &str) {
    let answer = lilei.loads(&house.at("", link), Started::Elsewhere);
    assert_eq!(answer.status, 200);
    assert!(!answer.clears_the_session() && answer.header("clear-site-data").is_none());
    assert!(lilei.is_in(""), "the question ends nothing");
}

#[test]
fn a_link_of_another_site_asks_first_and_the_button_ends_it() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    is_asked(&house, &mut lilei, LINK);
    let answer = lilei.submits(LINK, &[]);
    assert!(answer.location().starts_with("/signed-out?reason=front_end"), "{}", answer.location());
    assert!(!lilei.is_in(""));
}

#[test]
fn a_refused_address_of_another_site_is_asked_about_and_judged_again() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    is_asked(&house, &mut lilei, &with("https://evil.example/x"));
    assert!(is_nowhere_a_link(&lilei.page.text(), "https://evil.example/x"));
    let answer = lilei.submits(LINK, &[]);
    assert_eq!((answer.status, answer.location()), (200, ""));
    assert!(answer.text().contains("https://evil.example/x"));
    assert!(!lilei.is_in(""));
}

#[test]
fn the_question_can_be_asked_for_and_leads_on_to_the_address() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let answer = lilei.loads(&house.at("", &format!("{}&ask=1", with("https://notes.example/bye"))), Started::Typed);
    assert_eq!(answer.status, 200);
    assert!(lilei.is_in(""));
    assert_eq!(lilei.submits(LINK, &[]).location(), "https://notes.example/bye");
    assert!(!lilei.is_in(""));
}

#[test]
fn the_button_needs_the_hidden_value() {
    let house = House::open();
    let (mut lilei, mut friend) = (house.browser(), house.browser());
    lilei.logs_in("lilei");
    friend.logs_in("hanmeimei");
    friend.loads(&house.at("", LINK), Started::Elsewhere);
    let foreign = hidden(&friend.page.text(), "csrf").unwrap();
    for fields in [vec![], vec![("csrf", "")], vec![("csrf", foreign.as_str())]] {
        assert_eq!(lilei.posts(&house.at("", LINK), &fields).status, 403, "{fields:?}");
        assert!(lilei.is_in(""));
    }
}

#[test]
fn no_parameter_chooses_whom() {
    let house = House::open();
    let mut friend = house.browser();
    friend.logs_in("hanmeimei");
    let id = house.person("hanmeimei").id;
    let sid: String = house.value("SELECT sid FROM sessions", []);
    let query = format!("userId={id}&user_id={id}&sub={id}&sid={sid}&logout_hint={id}&userIds={id}");
    house.browser().loads(&house.at("", &format!("{LINK}?{query}")), Started::Typed);
    house.browser().posts(&house.at("", LINK), &[("userId", id.as_str()), ("sid", &sid)]);
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.loads(&house.at("", &format!("{LINK}?{query}")), Started::Typed);
    assert!(!lilei.is_in(""));
    assert!(friend.is_in(""));
}

#[test]
fn a_log_out_that_cannot_be_written_goes_nowhere_and_nobody_is_out() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let link = house.at("", &with("http://127.0.0.1:9101/bye"));
    let answer = house.while_nothing_can_be_written(|| lilei.loads(&link, Started::Typed));
    assert_eq!((answer.status, answer.location()), (503, ""), "{}", answer.text());
    assert!(answer.header("retry-after").is_some());
    assert!(!answer.clears_the_session() && answer.header("clear-site-data").is_none());
    assert!(lilei.is_in(""));
    assert_eq!(lilei.loads(&link, Started::Typed).status, 303);
    assert!(!lilei.is_in(""));
}
