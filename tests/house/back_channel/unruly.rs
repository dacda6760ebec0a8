//! Dead, slow and hostile applications: they delay nobody, learn nothing, and lead us nowhere.

use std::time::{Duration, Instant};

use super::{in_both, listening};
use crate::support::{House, RelyingParty, Says};

#[test]
fn a_log_out_waits_for_no_application() {
    let (house, notes, board) = listening();
    notes.says_from_now_on(Says::Nothing);
    board.says_from_now_on(Says::Nothing);
    let (mut lilei, mut friend) = (in_both(&house, "lilei"), in_both(&house, "hanmeimei"));
    lilei.logs_out();
    house.program().kicks(house.application("notes").id, &[&house.person("hanmeimei")]);
    assert!(!lilei.is_in("") && !friend.is_in("notes"));
    board.hears(1);
    notes.hears(1);
    assert_eq!(house.count("SELECT count(*) FROM notices WHERE tries <> '[]'"), 0, "all this while nobody answered");
}

#[test]
fn applications_that_hang_delay_no_other() {
    let (house, notes, board) = listening();
    notes.says_from_now_on(Says::Nothing);
    let mut browsers: Vec<_> = (0..12).map(|_| in_both(&house, "lilei")).collect();
    let began = Instant::now();
    browsers.iter_mut().for_each(|browser| drop(browser.logs_out()));
    board.hears(12);
    assert!(began.elapsed() < Duration::from_secs(4), "waited for somebody who hangs");
    assert!(notes.heard().len() <= 4, "one lane is {} wide", notes.heard().len());
}

#[test]
fn silence_ends_after_five_seconds_and_is_tried_again() {
    let (house, notes) = (House::open(), RelyingParty::that(&[Says::Nothing, Says::Status(200)]));
    house.tells("notes", &notes.uri());
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.logs_out();
    let first = notes.hears(1)[0].when;
    house.awaits_tries(1);
    assert!((4..8).contains(&first.elapsed().as_secs()), "{:?}", first.elapsed());
    assert_eq!(house.notices(), ["notes waiting 1 0 timed_out"]);
    house.lets_pass(2_000);
    house.awaits("acked", 1);
}

#[test]
fn a_flood_is_not_drunk() {
    let (house, notes) = (House::open(), RelyingParty::that(&[Says::Flood]));
    house.tells("notes", &notes.uri());
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.logs_out();
    house.awaits("acked", 1);
}

#[test]
fn an_answer_that_breaks_off_is_tried_again() {
    let (house, notes) = (House::open(), RelyingParty::that(&[Says::BreaksOff, Says::Status(200)]));
    house.tells("notes", &notes.uri());
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.logs_out();
    house.awaits_tries(1);
    assert_eq!(house.notices(), ["notes waiting 1 0 no_connection"]);
    house.lets_pass(2_000);
    house.awaits("acked", 1);
    assert_eq!(notes.heard().len(), 2);
}

#[test]
fn no_redirect_is_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = RelyingParty::open();
        let (house, notes) = (House::open(), RelyingParty::that(&[Says::With(status, "Location", elsewhere.uri())]));
        house.tells("notes", &notes.uri());
        let mut lilei = house.browser();
        lilei.logs_in("lilei");
        lilei.logs_out();
        house.awaits("gave_up", 1);
        assert_eq!(house.notices(), [format!("notes gave_up 1 {status} status")]);
        assert!(elsewhere.heard().is_empty());
    }
}

/// Hosts that all mean the party on loopback.
fn spellings(port: u16) -> [String; 5] {
    ["127.0.0.1", "localhost", "notes.localhost", "2130706433", "[::ffff:127.0.0.1]"]
        .map(|host| format!("http://{host}:{port}/backchannel"))
}

#[test]
fn without_leave_nothing_goes_to_this_machine_however_it_is_spelt() {
    let (house, notes) = (House::with(|config| config.deliver_to_private = false), RelyingParty::open());
    let mut lilei = house.browser();
    for (at, uri) in spellings(notes.port()).iter().enumerate() {
        house.tells("notes", uri);
        lilei.logs_in("lilei");
        lilei.logs_out();
        house.awaits("gave_up", i64::try_from(at + 1).unwrap());
        assert_eq!(house.notices()[at], "notes gave_up 1 0 forbidden_address", "{uri}");
    }
    assert!(notes.heard().is_empty());
}

#[test]
fn with_leave_it_does() {
    let (house, notes) = (House::open(), RelyingParty::open());
    let mut lilei = house.browser();
    for (at, uri) in spellings(notes.port()).iter().enumerate() {
        house.tells("notes", uri);
        lilei.logs_in("lilei");
        lilei.logs_out();
        house.awaits("acked", i64::try_from(at + 1).unwrap());
    }
}

#[test]
fn metadata_addresses_are_never_called_whatever_the_operator_says() {
    let house = House::open();
    let mut lilei = house.browser();
    // The form refuses such an address; here it stands in the rows from before.
    house.tells("notes", "http://127.0.0.1:1/");
    for (at, host) in ["169.254.169.254", "[fd00:ec2::254]", "0.0.0.0", "[::]", "100.100.100.200"].iter().enumerate() {
        let uri = format!("http://{host}:{}/latest/meta-data", house.port);
        let text = "UPDATE applications SET backchannel_logout_uri = ?1 WHERE identifier = 'notes'";
        house.rows().execute(text, [&uri]).unwrap();
        lilei.logs_in("lilei");
        lilei.logs_out();
        house.awaits("gave_up", i64::try_from(at + 1).unwrap());
        assert_eq!(house.notices()[at], "notes gave_up 1 0 forbidden_address", "{uri}");
    }
}

#[test]
fn a_host_that_does_not_exist_is_tried_again() {
    let house = House::open();
    house.tells("notes", "http://nobody.invalid/backchannel");
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.logs_out();
    house.awaits_tries(1);
    let notice = house.notices().remove(0);
    assert!(matches!(notice.as_str(), "notes waiting 1 0 no_such_host" | "notes waiting 1 0 timed_out"), "{notice}");
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_not_believed() {
    let (house, notes) = (House::open(), RelyingParty::open());
    house.tells("notes", &notes.uri().replace("http:", "https:"));
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.logs_out();
    house.awaits_tries(1);
    assert!(notes.heard().is_empty(), "told in plain text");
}
