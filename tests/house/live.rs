//! Open pages turn by themselves, each only its own.

use crate::support::wire::Line;
use crate::support::{Browser, House};

/// An open stream of events.
struct Ear(Line);

impl Ear {
    #[track_caller]
    fn open(house: &House, browser: &Browser, host: &str, path: &str) -> Self {
        let (line, status) = try_open(house, browser, host, path, &[]);
        assert_eq!(status, 200);
        let mut ear = Self(line);
        assert!(ear.0.chunk().is_some_and(|greeting| greeting.starts_with("retry:")));
        ear
    }

    /// The next event; `None` when the stream was closed.
    fn event(&mut self) -> Option<String> {
        loop {
            let chunk = self.0.chunk()?;
            if chunk.starts_with("event: ") {
                return Some(chunk);
            }
        }
    }

    /// Events up to the first that is `word`, and whether it came.
    #[track_caller]
    fn hears(&mut self, word: &str) -> String {
        for _ in 0..20 {
            let event = self.event().unwrap_or_else(|| panic!("closed without {word}"));
            if event.starts_with(&format!("event: {word}\n")) {
                return event;
            }
        }
        panic!("{word} never came");
    }
}

fn try_open(house: &House, browser: &Browser, host: &str, path: &str, headers: &[(&str, &str)]) -> (Line, u16) {
    let mut line = Line::open(house.port);
    let cookie = browser.secret(host).map(|secret| format!("Cookie: exeunt={secret}\r\n")).unwrap_or_default();
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    line.send(format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{cookie}{more}\r\n", house.host(host)).as_bytes());
    let status = line.head().map_or(0, |answer| answer.status);
    (line, status)
}

#[test]
fn a_kick_turns_every_open_page_of_the_kicked_and_nobody_elses() {
    let house = House::open();
    let (mut desk, mut phone, mut friend) = (house.browser(), house.browser(), house.browser());
    desk.logs_in("lilei");
    phone.logs_in("lilei");
    friend.logs_in("hanmeimei");
    let mut pages = [
        Ear::open(&house, &desk, "", "/u/live"),
        Ear::open(&house, &desk, "", "/u/live"),
        Ear::open(&house, &phone, "", "/u/live"),
    ];
    let mut friends = Ear::open(&house, &friend, "", "/u/live");
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    for page in &mut pages {
        let event = page.hears("ended");
        assert!(event.contains("/signed-out?reason=kicked"), "{event}");
        assert!(!event.contains("hanmeimei") && !event.contains(&desk.secret("").unwrap()));
        assert_eq!(page.event(), None, "and the stream is closed");
    }
    // Something of the friend's own happens; had anything of lilei's been told here, it would have come before.
    house.browser().logs_in("hanmeimei");
    assert!(friends.event().is_some_and(|event| event == "event: changed\ndata: {}\n\n"));
    assert!(friend.is_in(""));
}

#[test]
fn a_log_out_in_one_tab_turns_the_other() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut other_tab = Ear::open(&house, &lilei, "", "/u/live");
    lilei.logs_out();
    assert!(other_tab.hears("ended").contains("reason=personal_center"));
}

#[test]
fn a_page_on_an_applications_own_host_turns_when_that_application_is_left() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.opens(&house.at("notes", "/u"));
    lilei.opens(&house.at("board", "/u"));
    let mut notes = Ear::open(&house, &lilei, "notes", "/u/live");
    let mut board = Ear::open(&house, &lilei, "board", "/u/live");
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    notes.hears("ended");
    assert!(board.event().is_some_and(|event| event.starts_with("event: changed")), "board goes on");
    assert!(lilei.is_in("board"));
}

#[test]
fn the_console_hears_of_comings_and_goings_of_its_pool_only() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let mut desk = Ear::open(&house, &wang, "", "/console/live");
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    desk.hears("changed");
    lilei.logs_out();
    desk.hears("changed");
}

#[test]
fn who_is_demoted_or_disabled_hears_nothing_more() {
    let house = House::open();
    let (mut wang, mut zhao) = (house.browser(), house.browser());
    wang.logs_in("wang");
    zhao.logs_in("zhao");
    let mut desk = Ear::open(&house, &zhao, "", "/console/live");
    let url = house.at("", &format!("/console/users/{}", house.person("zhao").id));
    let csrf = wang.csrf_of(&url);
    let fields =
        [("csrf", csrf.as_str()), ("username", "zhao"), ("name", "zhao"), ("status", "disabled"), ("role", "admin")];
    assert_eq!(wang.posts(&url, &fields).status, 303);
    desk.hears("ended");
    assert_eq!(desk.event(), None);
}

#[test]
fn streams_are_for_people_who_are_in_and_for_pages_of_this_site() {
    let house = House::open();
    let mut lilei = house.browser();
    assert_eq!(try_open(&house, &lilei, "", "/u/live", &[]).1, 401);
    lilei.logs_in("lilei");
    for headers in [
        [("Origin", "https://evil.example")],
        [("Origin", "null")],
        [("Origin", "http://localhost")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
    ] {
        assert_eq!(try_open(&house, &lilei, "", "/u/live", &headers).1, 403, "{headers:?}");
    }
    let own = house.at("", "");
    assert_eq!(try_open(&house, &lilei, "", "/u/live", &[("Origin", &own), ("Sec-Fetch-Site", "same-origin")]).1, 200);
    assert_eq!(try_open(&house, &lilei, "", "/console/live", &[]).1, 403);
}

#[test]
fn streams_of_one_person_are_bounded_and_the_oldest_makes_room_for_the_page_in_sight() {
    let house = House::with(|config| config.max_streams_per_user = 2);
    let (mut lilei, mut friend) = (house.browser(), house.browser());
    lilei.logs_in("lilei");
    friend.logs_in("hanmeimei");
    let friends = Ear::open(&house, &friend, "", "/u/live");
    let oldest = Ear::open(&house, &lilei, "", "/u/live");
    let mut pages = [Ear::open(&house, &lilei, "", "/u/live"), Ear::open(&house, &lilei, "", "/u/live")];
    assert_eq!(house.state.hub.count(), 3, "the oldest one's place was taken");
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    for page in &mut pages {
        page.hears("ended");
    }
    drop((oldest, friends));
}

#[test]
fn streams_are_bounded_in_all() {
    let house = House::with(|config| config.max_streams = 1);
    let (mut lilei, mut friend) = (house.browser(), house.browser());
    lilei.logs_in("lilei");
    friend.logs_in("hanmeimei");
    let _only = Ear::open(&house, &lilei, "", "/u/live");
    assert_eq!(try_open(&house, &friend, "", "/u/live", &[]).1, 503);
}
