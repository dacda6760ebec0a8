//! The ways that nobody walks by themselves: a changed password, a disabled or deleted user, a deleted application, time,
//! and another person's log-in.

use serde_json::Value;

use super::{hosts_that_know, in_everywhere};
use crate::support::{Browser, House, PASSWORD};

const NEW: &str = "another long enough password";

fn last_cause(house: &House) -> String {
    house.value("SELECT cause FROM endings ORDER BY seq DESC LIMIT 1", [])
}

#[track_caller]
fn changes_the_password(house: &House, browser: &mut Browser, end_others: bool) {
    let csrf = browser.csrf_of(&house.at("", "/u/security"));
    let mut fields = vec![("csrf", csrf.as_str()), ("current", PASSWORD), ("new", NEW), ("again", NEW)];
    if end_others {
        fields.push(("end_others", "1"));
    }
    let answer = browser.posts(&house.at("", "/u/security/password"), &fields);
    assert_eq!(answer.location(), "/u/security", "{}", answer.text());
}

#[test]
fn a_changed_password_ends_every_other_session() {
    let house = House::open();
    let (mut desk, mut phone) = (in_everywhere(&house, "lilei"), in_everywhere(&house, "lilei"));
    let mut friend = house.browser();
    friend.logs_in("hanmeimei");
    changes_the_password(&house, &mut desk, true);
    assert_eq!(last_cause(&house), "password_changed");
    assert!(desk.is_in(""), "here it goes on");
    assert_eq!(hosts_that_know(&mut phone), Vec::<&str>::new());
    assert!(friend.is_in(""));
    let answer = phone.logs_in_at(&house.at("", ""), "lilei", PASSWORD);
    assert_eq!(answer.status, 422, "the old password");
    phone.logs_in_at(&house.at("", ""), "lilei", NEW);
    assert!(phone.is_in(""));
}

#[test]
fn others_stay_when_the_person_says_so() {
    let house = House::open();
    let (mut desk, mut phone) = (house.browser(), house.browser());
    desk.logs_in("lilei");
    phone.logs_in("lilei");
    changes_the_password(&house, &mut desk, false);
    assert!(desk.is_in("") && phone.is_in(""));
    assert_eq!(house.endings(), 0);
}

#[test]
fn a_refused_password_change_changes_nothing() {
    let house = House::open();
    let (mut desk, mut phone) = (house.browser(), house.browser());
    desk.logs_in("lilei");
    phone.logs_in("lilei");
    let csrf = desk.csrf_of(&house.at("", "/u/security"));
    let before = house.picture();
    for (current, new, again) in [
        ("wrong", NEW, NEW),
        ("", NEW, NEW),
        (PASSWORD, "short", "short"),
        (PASSWORD, NEW, "not the same"),
        (PASSWORD, "", ""),
        (PASSWORD, &"x".repeat(1025), &"x".repeat(1025)),
    ] {
        let fields =
            [("csrf", csrf.as_str()), ("current", current), ("new", new), ("again", again), ("end_others", "1")];
        let answer = desk.posts(&house.at("", "/u/security/password"), &fields);
        assert_eq!(answer.status, 422, "{current} {} {}", new.len(), again.len());
        assert!(!answer.text().contains(NEW), "a password is never sent back");
    }
    assert_eq!(before, house.picture());
    assert!(desk.is_in("") && phone.is_in(""));
}

/// The administrator changes a user by the form of the console.
#[track_caller]
fn edits(house: &House, wang: &mut Browser, name: &str, fields: &[(&str, &str)]) -> String {
    let url = house.at("", &format!("/console/users/{}", house.person(name).id));
    let csrf = wang.csrf_of(&url);
    let mut all = vec![("csrf", csrf.as_str()), ("username", name), ("name", name)];
    all.extend_from_slice(fields);
    let answer = wang.posts(&url, &all);
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location().to_owned()
}

#[test]
fn a_disabled_user_is_out_of_everything_and_enabling_revives_nothing() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let (mut desk, mut phone) = (in_everywhere(&house, "lilei"), house.browser());
    phone.logs_in("lilei");
    let to = edits(&house, &mut wang, "lilei", &[("status", "disabled")]);
    assert!(to.starts_with("/console/receipts/"), "{to}");
    assert_eq!(last_cause(&house), "disabled");
    assert_eq!(hosts_that_know(&mut desk), Vec::<&str>::new());
    assert!(!phone.is_in(""));
    let answer = phone.logs_in_at(&house.at("", ""), "lilei", PASSWORD);
    assert_eq!(answer.status, 422);
    assert!(!phone.is_in(""));
    edits(&house, &mut wang, "lilei", &[("status", "activated")]);
    house.upkeep();
    assert_eq!(hosts_that_know(&mut desk), Vec::<&str>::new());
    assert!(!phone.is_in(""));
    phone.logs_in("lilei");
}

#[test]
fn a_password_that_an_administrator_sets_ends_the_users_sessions_and_not_their_own() {
    let house = House::open();
    let (mut wang, mut lilei) = (house.browser(), house.browser());
    wang.logs_in("wang");
    lilei.logs_in("lilei");
    edits(&house, &mut wang, "lilei", &[("password", NEW)]);
    assert_eq!(last_cause(&house), "password_changed");
    assert!(!lilei.is_in("") && wang.is_in(""));
    // Their own needs the present one: a stolen cookie must not become the account.
    let url = house.at("", &format!("/console/users/{}", house.person("wang").id));
    let csrf = wang.csrf_of(&url);
    let own = [("csrf", csrf.as_str()), ("username", "wang"), ("name", "wang"), ("password", NEW), ("role", "admin")];
    assert_eq!(wang.posts(&url, &own).status, 422);
    assert!(wang.is_in(""));
}

#[test]
fn whoever_changes_the_password_gets_a_new_secret_and_copies_of_the_old_one_are_dead() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut thief = lilei.clone();
    let csrf = lilei.csrf_of(&house.at("", "/u/security"));
    let form = [("csrf", csrf.as_str()), ("current", PASSWORD), ("new", NEW), ("again", NEW), ("end_others", "1")];
    assert_eq!(lilei.posts(&house.at("", "/u/security/password"), &form).status, 303);
    assert!(lilei.is_in("") && !thief.is_in(""));
}

#[test]
fn a_deleted_user_is_out_and_the_name_is_free() {
    let house = House::open();
    let (mut wang, mut lilei) = (house.browser(), house.browser());
    wang.logs_in("wang");
    lilei.logs_in("lilei");
    let url = house.at("", &format!("/console/users/{}", house.person("lilei").id));
    let csrf = wang.csrf_of(&url);
    let wrong = wang.posts(&format!("{url}/delete"), &[("csrf", &csrf), ("confirm", "somebody")]);
    assert_eq!(wrong.status, 422);
    assert!(lilei.is_in(""));
    let answer = wang.posts(&format!("{url}/delete"), &[("csrf", &csrf), ("confirm", "lilei")]);
    assert!(answer.location().starts_with("/console/receipts/"), "{}", answer.text());
    assert_eq!(last_cause(&house), "deleted");
    assert!(!lilei.is_in(""));
    assert_eq!(lilei.logs_in_at(&house.at("", ""), "lilei", PASSWORD).status, 422);
    let csrf = wang.csrf_of(&house.at("", "/console/users/new"));
    let fields = [("csrf", csrf.as_str()), ("username", "lilei"), ("name", "Another"), ("password", NEW)];
    assert_eq!(wang.posts(&house.at("", "/console/users/new"), &fields).status, 303);
}

#[test]
fn the_last_administrator_cannot_be_disabled_demoted_or_deleted() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    edits(&house, &mut wang, "zhao", &[]);
    let url = house.at("", &format!("/console/users/{}", house.person("wang").id));
    let csrf = wang.csrf_of(&url);
    let before = house.picture();
    for fields in [vec![("status", "disabled"), ("role", "admin")], vec![("status", "activated")]] {
        let mut all = vec![("csrf", csrf.as_str()), ("username", "wang"), ("name", "wang")];
        all.extend_from_slice(&fields);
        assert_eq!(wang.posts(&url, &all).status, 422, "{fields:?}");
    }
    let answer = wang.posts(&format!("{url}/delete"), &[("csrf", &csrf), ("confirm", "wang")]);
    assert_eq!(answer.status, 422);
    assert_eq!(before, house.picture());
    assert!(wang.is_in(""));
}

#[test]
fn a_deleted_application_is_left_by_everybody() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let mut lilei = in_everywhere(&house, "lilei");
    let board = house.application("board").id;
    let csrf = wang.csrf_of(&house.at("", &format!("/console/applications/{board}")));
    let url = house.at("", &format!("/console/applications/{board}/delete"));
    let answer = wang.posts(&url, &[("csrf", &csrf), ("confirm", "board")]);
    let id = answer.location().strip_prefix("/console/receipts/").expect("a receipt").to_owned();
    assert_eq!(last_cause(&house), "application_deleted");
    let gone = lilei.sends("GET", &house.at("board", "/api/v1/session"), &[], None);
    assert_eq!(gone.status, 421, "its host is no host of this house any more");
    assert!(lilei.is_in("notes"));
    house.upkeep();
    let receipt = house.program().receipt(&id);
    assert_eq!((&receipt["everybody"], &receipt["sessionsTouched"]), (&Value::from(true), &Value::from(1)));
}

#[test]
fn a_session_ends_when_it_was_idle_too_long_and_use_keeps_it() {
    let house = House::with(|config| {
        config.session_idle_seconds = 3_600;
        config.session_absolute_seconds = 36_000;
    });
    let (mut used, mut idle) = (house.browser(), house.browser());
    used.logs_in("lilei");
    idle.logs_in("lilei");
    for _ in 0..2 {
        house.clock.advance_ms(1_799_000);
        assert!(used.is_in(""));
        house.upkeep();
    }
    house.clock.advance_ms(2_000);
    assert!(!idle.is_in(""), "an hour and a second; at once, without any sweep");
    assert!(used.is_in(""));
    house.upkeep();
    assert_eq!(last_cause(&house), "expired");
    assert_eq!(house.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), 1);
    assert_eq!(house.count("SELECT count(*) FROM notices"), 1, "the application must be told");
    house.clock.advance_ms(-3_600_000);
    assert!(!idle.is_in(""), "a clock that jumps back revives nothing");
}

#[test]
fn a_session_ends_when_it_is_too_old_however_much_it_is_used() {
    let house = House::with(|config| {
        config.session_idle_seconds = 3_600;
        config.session_absolute_seconds = 7_200;
    });
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    for _ in 0..7 {
        house.clock.advance_ms(1_000_000);
        assert!(lilei.is_in(""));
        house.upkeep();
    }
    house.clock.advance_ms(200_000);
    assert!(!lilei.is_in(""));
    house.upkeep();
    assert_eq!(last_cause(&house), "expired");
    assert_eq!(house.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), 0);
}

#[test]
fn using_a_session_writes_at_most_once_a_minute() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let seen = |house: &House| -> i64 { house.value("SELECT last_seen_at FROM sessions", []) };
    let first = seen(&house);
    house.clock.advance_ms(59_000);
    (0..20).for_each(|_| assert!(lilei.is_in("")));
    house.upkeep();
    assert_eq!(seen(&house), first);
    house.clock.advance_ms(1_000);
    (0..20).for_each(|_| assert!(lilei.is_in("")));
    house.upkeep();
    assert_eq!(seen(&house), first + 60_000);
}

#[test]
fn another_person_who_logs_in_over_a_session_ends_it() {
    let house = House::open();
    let mut shared = in_everywhere(&house, "lilei");
    let mut thief = shared.clone();
    let csrf = shared.csrf_of(&house.at("", "/u"));
    let fields = [("csrf", csrf.as_str()), ("account", "hanmeimei"), ("password", PASSWORD)];
    let answer = shared.posts(&house.at("", "/login"), &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(last_cause(&house), "replaced");
    assert_eq!(hosts_that_know(&mut thief), Vec::<&str>::new());
    assert!(shared.opens(&house.at("", "/u")).text().contains("hanmeimei of the house"));
}
