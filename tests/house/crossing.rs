//! Single sign-on between hosts: a code works once, soon, on its host, in the browser that asked.

use crate::support::browser::Started;
use crate::support::client::{Client, Reply};
use crate::support::{Browser, House};

/// Lilei, in at the base host, on the way to notes: the address with the code, not yet loaded.
#[track_caller]
fn under_way(house: &House, lilei: &mut Browser, identifier: &str) -> String {
    let begin = lilei.loads(&house.at(identifier, "/u/devices"), Started::Typed);
    assert!(begin.location().contains("/crossing/give?"), "{} {}", begin.status, begin.location());
    let give = lilei.loads(begin.location(), Started::Typed);
    assert!(give.location().contains("/crossing/take?code="), "{} {}", give.status, give.location());
    give.location().to_owned()
}

fn lilei(house: &House) -> Browser {
    let mut browser = house.browser();
    browser.logs_in("lilei");
    browser
}

#[test]
fn who_is_in_at_the_base_is_let_in_elsewhere_and_goes_where_they_were_going() {
    let house = House::open();
    let mut lilei = lilei(&house);
    let take = under_way(&house, &mut lilei, "notes");
    let arrived = lilei.loads(&take, Started::Typed);
    assert_eq!(arrived.location(), "/u/devices");
    assert!(arrived.set_cookie("exeunt").is_some_and(|line| line.contains("HttpOnly") && !line.contains("Domain")));
    assert!(lilei.is_in("notes"));
    assert_ne!(lilei.secret("notes"), lilei.secret(""), "each host has a secret of its own");
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 1);
}

#[test]
fn who_logs_in_at_an_applications_host_is_in_at_the_base_and_elsewhere() {
    let house = House::open();
    let mut lilei = house.browser();
    let answer = lilei.logs_in_at(&house.at("board", ""), "lilei", crate::support::PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(lilei.is_in("board") && lilei.is_in(""));
    lilei.opens(&house.at("notes", "/u"));
    assert!(lilei.is_in("notes"));
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 1);
}

#[test]
fn who_is_in_nowhere_is_asked_and_no_circle_begins() {
    let house = House::open();
    let mut stranger = house.browser();
    let page = stranger.opens(&house.at("notes", "/u"));
    assert_eq!(page.status, 200);
    assert!(page.text().contains("name=\"password\""), "{}", stranger.at);
}

#[test]
fn the_first_page_at_a_second_host_tells_times_in_the_persons_zone() {
    let house = House::open();
    let host = house.host("");
    let mut lilei = lilei(&house);
    let told_in = |lilei: &mut Browser| lilei.opens(&house.at("notes", "/u/activity")).text();
    lilei.jar.get_mut(&host).unwrap().insert("tz".to_owned(), "Asia%2FShanghai".to_owned());
    let page = told_in(&mut lilei.clone());
    assert!(page.contains("+08:00\"") && !page.contains("+00:00\""), "{page}");
    for odd in ["Atlantis%2FCapital", "x; Domain=localhost", "..%2F..%2Fetc%2Fpasswd", ""] {
        lilei.jar.get_mut(&host).unwrap().insert("tz".to_owned(), odd.to_owned());
        let mut lilei = lilei.clone();
        assert!(told_in(&mut lilei).contains("+00:00\""), "{odd}");
        assert!(!lilei.jar[&house.host("notes")].contains_key("tz"), "{odd}");
    }
    // What the browser has said at that host itself stays, whatever a link says.
    let mut there = lilei.clone();
    there.jar.entry(house.host("notes")).or_default().insert("tz".to_owned(), "Europe/Paris".to_owned());
    lilei.jar.get_mut(&host).unwrap().insert("tz".to_owned(), "Asia%2FShanghai".to_owned());
    told_in(&mut there);
    assert_eq!(there.jar[&house.host("notes")]["tz"], "Europe/Paris");
}

#[test]
fn a_code_works_once() {
    let house = House::open();
    let mut lilei = lilei(&house);
    let take = under_way(&house, &mut lilei, "notes");
    let mut twin = lilei.clone();
    lilei.loads(&take, Started::Typed);
    assert!(lilei.is_in("notes"));
    let again = twin.loads(&take, Started::Typed);
    assert_eq!(again.location(), "/login?crossed=1");
    assert!(!twin.is_in("notes"));
    assert!(lilei.is_in("notes"));
}

#[test]
fn two_tabs_that_ask_at_once_both_arrive() {
    let house = House::open();
    let (mut lilei, notes) = (lilei(&house), Client::of(&house, "notes").at(house.host("notes")));
    for prompt in ["", "none"] {
        let mut tabs: Vec<String> = ["one", "two"]
            .iter()
            .map(|tab| lilei.loads(&notes.request(&[("state", tab), ("prompt", prompt)]), Started::Typed))
            .map(|begin| begin.location().to_owned())
            .collect();
        for tab in &mut tabs {
            *tab = lilei.loads(tab, Started::Typed).location().to_owned();
        }
        // The later one first, then the other way round.
        tabs.rotate_left(usize::from(prompt.is_empty()));
        for (take, tab) in tabs.iter().zip(if prompt.is_empty() { ["two", "one"] } else { ["one", "two"] }) {
            let request = lilei.loads(take, Started::Typed).location().to_owned();
            let answer = lilei.loads(&format!("http://{}{request}", house.host("notes")), Started::Typed);
            let reply = Reply::of(&answer);
            assert!(reply.param("code").is_some() && reply.param("state").as_deref() == Some(tab), "{reply:?}");
        }
        lilei.jar.remove(&house.host("notes"));
    }
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 1);
}

#[test]
fn who_may_not_be_asked_anything_hears_so_at_the_application_in_every_dialect() {
    let house = House::open();
    let notes = Client::of(&house, "notes").at(house.host("notes"));
    let mut kicked = lilei(&house);
    kicked.opens(&house.at("notes", "/u"));
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    for (who, browser) in [("a stranger", &mut house.browser()), ("who was kicked", &mut kicked)] {
        let reply = notes.asks(browser, &[("prompt", "none")]);
        assert_eq!(reply.error(), "login_required", "{who}");
        let plain = Client::of(&house, "notes").at(house.host("notes")).plain();
        assert_eq!(plain.asks(browser, &[("prompt", "none")]).error(), "login_required", "{who}, in plain OAuth");
    }
}

#[test]
fn a_stolen_code_is_nothing_in_another_browser() {
    let house = House::open();
    let mut lilei = lilei(&house);
    let take = under_way(&house, &mut lilei, "notes");
    let mut thief = house.browser();
    assert_eq!(thief.loads(&take, Started::Typed).location(), "/login?crossed=1");
    assert!(!thief.is_in("notes"));
    // One that has begun a crossing of its own there, and so holds another state.
    let mut thief = house.browser();
    thief.loads(&house.at("notes", "/u"), Started::Typed);
    assert_eq!(thief.loads(&take, Started::Typed).location(), "/login?crossed=1");
    assert!(!thief.is_in("notes"));
}

#[test]
fn nobody_can_be_made_to_wear_anothers_session() {
    let house = House::open();
    let mut attacker = lilei(&house);
    let take = under_way(&house, &mut attacker, "notes");
    let mut victim = house.browser();
    victim.logs_in("hanmeimei");
    victim.opens(&house.at("notes", "/u"));
    victim.comes_from_elsewhere(&take);
    assert!(victim.opens(&house.at("notes", "/u")).text().contains("hanmeimei of the house"));
}

#[test]
fn a_code_is_for_one_host() {
    let house = House::open();
    let mut lilei = lilei(&house);
    let take = under_way(&house, &mut lilei, "notes");
    let code = take.split("code=").nth(1).unwrap().to_owned();
    let state = lilei.jar[&house.host("notes")]["exeunt_crossing"].clone();
    for other in ["board", "wiki", "shop", ""] {
        let mut elsewhere = house.browser();
        elsewhere.jar.entry(house.host(other)).or_default().insert("exeunt_crossing".into(), state.clone());
        let answer = elsewhere.loads(&house.at(other, &format!("/crossing/take?code={code}")), Started::Typed);
        assert_eq!(answer.location(), "/login?crossed=1", "{other}");
        assert!(!elsewhere.is_in(other), "{other}");
    }
}

#[test]
fn a_code_ends_after_half_a_minute_and_with_its_session() {
    let house = House::open();
    let mut late = lilei(&house);
    let take = under_way(&house, &mut late, "notes");
    house.clock.advance_ms(30_000);
    assert_eq!(late.loads(&take, Started::Typed).location(), "/login?crossed=1&next=%2Fu%2Fdevices");
    assert!(!late.is_in("notes"));
    let mut kicked = lilei(&house);
    let take = under_way(&house, &mut kicked, "board");
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    kicked.loads(&take, Started::Typed);
    assert!(!kicked.is_in("board"), "the session had ended under way");
    let mut left = lilei(&house);
    let take = under_way(&house, &mut left, "board");
    left.logs_out();
    left.loads(&take, Started::Typed);
    assert!(!left.is_in("board") && !left.is_in(""));
}

#[test]
fn a_kick_from_the_application_under_way_is_not_walked_around() {
    let house = House::open();
    let mut lilei = lilei(&house);
    let take = under_way(&house, &mut lilei, "board");
    house.program().kicks(house.application("board").id, &[&house.person("lilei")]);
    let answer = lilei.loads(&take, Started::Typed);
    let page = lilei.follows(answer, Started::Typed);
    assert!(page.text().contains("name=\"password\""), "{}", lilei.at);
    assert!(!lilei.is_in("board"));
}

#[test]
fn only_a_page_load_crosses() {
    let house = House::open();
    let mut lilei = lilei(&house);
    let take = under_way(&house, &mut lilei, "notes");
    let give = house.at("", &format!("/crossing/give?to={}&state=x&next=%2Fu", house.host("notes")));
    for url in [&take, &give] {
        for headers in [
            [("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "no-cors")],
            [("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "navigate")],
            [("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors")],
            [("Sec-Purpose", "prefetch"), ("Sec-Fetch-Dest", "document")],
        ] {
            assert_eq!(lilei.fetches(url, &headers).status, 403, "{url} {headers:?}");
        }
    }
    assert!(!lilei.is_in("notes"));
    lilei.loads(&take, Started::Typed);
    assert!(lilei.is_in("notes"), "and the code is still good");
}

#[test]
fn a_session_crosses_to_hosts_of_this_house_only() {
    let house = House::open();
    let mut lilei = lilei(&house);
    for to in
        ["evil.example", "localhost.evil.example", "unknown.localhost", "", "localhost@evil.example", "localhost:1"]
    {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("to", to), ("from", to), ("host", to), ("state", "x"), ("next", "/u")])
            .finish();
        for path in ["give", "ask", "onward"] {
            let answer = lilei.loads(&house.at("", &format!("/crossing/{path}?{query}")), Started::Typed);
            assert_eq!((answer.status, answer.location()), (400, ""), "{path} {to}");
        }
    }
    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "/.//evil.example"] {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("host", house.host("notes").as_str()), ("next", next)])
            .finish();
        let answer = lilei.loads(&house.at("", &format!("/crossing/onward?{query}")), Started::Typed);
        let to = url::Url::parse(answer.location()).unwrap();
        assert_eq!(to.host_str(), Some("notes.localhost"), "{next} leads to {to}");
    }
}

#[test]
fn a_session_does_not_cross_to_another_pools_application() {
    let house = House::open();
    let mut lilei = lilei(&house);
    let page = lilei.opens(&house.at("shop", "/u"));
    assert!(page.text().contains("name=\"password\""), "{}", lilei.at);
    assert!(!lilei.is_in("shop"));
    assert!(lilei.is_in(""));
    assert_eq!(house.count("SELECT count(*) FROM participants p JOIN applications a ON a.id = p.application_id WHERE a.identifier = 'shop'"), 0);
}
