//! Way 1: the personal center.

use super::{hosts_that_know, in_everywhere, receipt_of};
use crate::support::House;
use crate::support::browser::Started;

#[test]
fn who_logs_out_is_out_and_the_copied_cookie_with_them() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut thief = lilei.clone();
    assert!(thief.is_in(""));
    let answer = lilei.logs_out();
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(answer.clears_the_session());
    assert!(answer.header("clear-site-data").is_some_and(|v| v.contains("\"cookies\"")));
    assert!(lilei.secret("").is_none());
    assert!(!thief.is_in(""), "the copy of the cookie");
    let farewell = lilei.follows(answer, Started::Here);
    assert_eq!(farewell.status, 200);
    assert!(farewell.text().contains("lilei of the house"));
}

#[test]
fn a_log_out_has_a_receipt_in_the_rows_and_for_programs() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let id = receipt_of(&lilei.logs_out());
    let stored: String = house.value("SELECT cause FROM endings WHERE id = ?1", [&id]);
    assert_eq!(stored, "personal_center");
    let receipt = house.program().receipt(&id);
    assert_eq!(receipt["cause"], "personal_center");
    assert_eq!(receipt["scope"], "device");
    assert_eq!(receipt["sessionsEnded"], 1);
    assert_eq!(receipt["complete"], true);
    assert_eq!(receipt["users"][0], house.person("lilei").id.as_str());
    assert_eq!(receipt["applications"][0]["appId"], house.application("notes").id.as_str());
    assert_eq!(house.foreign_program().gets(&format!("/api/v1/logouts/{id}")).status, 404, "another pool's program");
}

#[test]
fn a_log_out_ends_the_session_on_every_host_and_no_other_session() {
    let house = House::open();
    let mut desk = in_everywhere(&house, "lilei");
    let mut phone = in_everywhere(&house, "lilei");
    let mut friend = in_everywhere(&house, "hanmeimei");
    let mut copies = desk.clone();
    desk.logs_out();
    assert_eq!(hosts_that_know(&mut copies), Vec::<&str>::new());
    assert_eq!(hosts_that_know(&mut phone), ["", "notes", "board"]);
    assert_eq!(hosts_that_know(&mut friend), ["", "notes", "board"]);
}

#[test]
fn another_tab_is_led_to_the_log_in_page_and_its_forms_change_nothing() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut other_tab = lilei.clone();
    other_tab.opens("/u/profile");
    lilei.logs_out();
    let before = house.picture();
    let answer = other_tab.submits("/u/profile", &[("name", "somebody else"), ("username", "lilei")]);
    assert_eq!(answer.status, 303);
    assert!(answer.location().starts_with("/login"), "{}", answer.location());
    assert_eq!(before, house.picture());
    let page = other_tab.opens(&house.at("", "/u"));
    assert!(page.text().contains("name=\"password\""), "the password is asked");
}

#[test]
fn logging_out_twice_is_no_error_and_ends_nothing_twice() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut same_page = lilei.clone();
    same_page.opens("/u");
    lilei.logs_out();
    assert_eq!(house.endings(), 1);
    let again = same_page.submits("/u/logout", &[]);
    assert_eq!(again.status, 303, "{}", again.text());
    assert!(again.location().starts_with("/signed-out"), "{}", again.location());
    assert!(again.clears_the_session());
    assert_eq!(house.endings(), 1);
    let stranger = house.browser().posts(&house.at("", "/u/logout"), &[]);
    assert_eq!(stranger.status, 303, "no session, no cookie: the same answer");
}

#[test]
fn the_hidden_value_is_demanded_and_is_this_sessions_own() {
    let house = House::open();
    let (mut lilei, mut friend) = (house.browser(), house.browser());
    lilei.logs_in("lilei");
    friend.logs_in("hanmeimei");
    let foreign = friend.csrf_of("/u");
    for fields in [vec![], vec![("csrf", "")], vec![("csrf", "AAAA")], vec![("csrf", foreign.as_str())]] {
        let answer = lilei.posts(&house.at("", "/u/logout"), &fields);
        assert_eq!(answer.status, 403, "{fields:?} {}", answer.text());
        assert!(!answer.clears_the_session());
        assert!(lilei.is_in(""));
    }
    assert_eq!(house.endings(), 0);
}

#[test]
fn a_form_of_another_site_ends_nothing_even_with_the_hidden_value() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let csrf = lilei.csrf_of("/u");
    let body = format!("csrf={csrf}");
    for evil in [
        [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")],
        [("Sec-Fetch-Site", "same-site"), ("Origin", "http://evil.localhost")],
        [("X-None", ""), ("Origin", "https://evil.example")],
    ] {
        let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
        headers.extend_from_slice(&evil);
        let answer = lilei.sends("POST", &house.at("", "/u/logout"), &headers, Some(&body));
        assert_eq!(answer.status, 403, "{evil:?}");
        assert!(lilei.is_in(""));
    }
    // A referrer policy makes a site's own forms say `Origin: null`; that alone must not lock anybody in.
    let own = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "null")];
    assert_eq!(lilei.sends("POST", &house.at("", "/u/logout"), &own, Some(&body)).status, 303);
    assert!(!lilei.is_in(""));
}

#[test]
fn only_a_post_logs_out() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer = lilei.sends(method, &house.at("", "/u/logout"), &[], None);
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), Some("POST"), "{method}");
    }
    assert!(lilei.is_in(""));
}

#[test]
fn a_log_out_that_cannot_be_written_says_so_and_nobody_is_out() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.opens("/u");
    let answer = house.while_nothing_can_be_written(|| lilei.submits("/u/logout", &[]));
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.header("retry-after").is_some());
    assert!(!answer.clears_the_session(), "{:?}", answer.headers);
    assert!(answer.header("clear-site-data").is_none());
    assert!(lilei.is_in(""));
    assert_eq!(house.endings(), 0);
    assert_eq!(lilei.logs_out().status, 303, "and when the storage is free again it works, with no restart");
    assert!(!lilei.is_in(""));
}

#[test]
fn one_own_device_can_be_ended_and_all_others() {
    let house = House::open();
    let mut devices: Vec<_> = (0..4).map(|_| house.browser()).collect();
    devices.iter_mut().for_each(|device| device.logs_in("lilei"));
    let [desk, phone, tablet, watch] = devices.as_mut_slice() else { unreachable!() };
    let sid: String = house.value("SELECT sid FROM sessions ORDER BY id LIMIT 1 OFFSET 1", []);
    let csrf = desk.csrf_of("/u/devices");
    let answer = desk.posts(&house.at("", "/u/devices/end"), &[("csrf", &csrf), ("sid", &sid)]);
    assert_eq!(answer.location(), "/u/devices");
    assert!(!phone.is_in("") && desk.is_in("") && tablet.is_in("") && watch.is_in(""));
    let again = desk.posts(&house.at("", "/u/devices/end"), &[("csrf", &csrf), ("sid", &sid)]);
    assert_eq!(again.location(), "/u/devices", "one that has ended meanwhile is no error");
    assert_eq!(house.endings(), 1);
    let answer = desk.posts(&house.at("", "/u/devices/end-others"), &[("csrf", &csrf)]);
    assert_eq!(answer.location(), "/u/devices");
    assert!(desk.is_in("") && !tablet.is_in("") && !watch.is_in(""));
    let alone = desk.posts(&house.at("", "/u/devices/end-others"), &[("csrf", &csrf)]);
    assert_eq!(alone.location(), "/u/devices", "nobody left to end is no error");
    let own: String = house.value("SELECT sid FROM sessions WHERE ended_at IS NULL", []);
    let answer = desk.posts(&house.at("", "/u/devices/end"), &[("csrf", &csrf), ("sid", &own)]);
    assert!(answer.location().starts_with("/signed-out") && answer.clears_the_session());
    assert!(!desk.is_in(""));
}

#[test]
fn another_persons_device_does_not_exist_and_the_list_shows_no_secret() {
    let house = House::open();
    let (mut lilei, mut friend) = (house.browser(), house.browser());
    lilei.logs_in("lilei");
    friend.logs_in("hanmeimei");
    let foreign: String = house.value("SELECT sid FROM sessions ORDER BY id DESC LIMIT 1", []);
    let csrf = lilei.csrf_of("/u/devices");
    assert!(!lilei.page.text().contains(&lilei.secret("").unwrap()));
    assert!(!lilei.page.text().contains(&foreign));
    for sid in [foreign.as_str(), "ffffffffffffffffffffffff", "1", "", "*", &lilei.secret("").unwrap()] {
        let answer = lilei.posts(&house.at("", "/u/devices/end"), &[("csrf", &csrf), ("sid", sid)]);
        assert_eq!(answer.status, 404, "{sid}");
    }
    assert!(friend.is_in("") && lilei.is_in(""));
    assert_eq!(house.endings(), 0);
}

#[test]
fn who_leaves_one_application_is_out_of_it_on_every_device_and_stays_in_the_others() {
    let house = House::open();
    let mut desk = in_everywhere(&house, "lilei");
    let mut phone = in_everywhere(&house, "lilei");
    let mut friend = in_everywhere(&house, "hanmeimei");
    let page = desk.opens(&house.at("", "/u/applications"));
    assert!(page.text().contains("open on 2 devices"), "{}", page.text());
    let notes = house.application("notes").id.to_string();
    let answer = desk.submits("/u/applications/leave", &[("application", &notes)]);
    assert_eq!(answer.location(), "/u/applications");
    let page = desk.follows(answer, Started::Here);
    assert!(page.text().contains("You are logged out of NOTES"), "{}", page.text());
    assert_eq!(hosts_that_know(&mut desk), ["", "board"]);
    assert_eq!(hosts_that_know(&mut phone), ["", "board"]);
    assert_eq!(hosts_that_know(&mut friend), ["", "notes", "board"]);
    let (cause, actor): (String, String) = (
        house.value("SELECT cause FROM endings", []),
        house.value("SELECT actor_kind FROM audit WHERE ending_id IS NOT NULL", []),
    );
    assert_eq!((cause.as_str(), actor.as_str()), ("personal_center", "user"));
    // Single sign-on does not lead back in.
    let page = desk.opens(&house.at("notes", "/u"));
    assert!(page.text().contains("name=\"password\""), "{}", desk.at);
}

#[test]
fn nobody_leaves_an_application_of_another_pool_or_for_somebody_else() {
    let house = House::open();
    let mut lilei = in_everywhere(&house, "lilei");
    let before = house.picture();
    for application in ["000000000000000000000000", "", "x", "60aa0000000000000000000a"] {
        lilei.opens(&house.at("", "/u/applications"));
        let answer = lilei.submits("/u/applications/leave", &[("application", application)]);
        assert_eq!(answer.status, 404, "{application}");
    }
    let notes = house.application("notes").id.to_string();
    let forged = lilei.posts(&house.at("", "/u/applications/leave"), &[("application", &notes), ("csrf", "x")]);
    assert_eq!(forged.status, 403);
    assert_eq!(before, house.picture());
}
