//! Whichever way a session ends, the applications in it are told of exactly that session.

use std::collections::BTreeSet;

use super::{in_both, listening, sid};
use crate::support::{Browser, House, PASSWORD, RelyingParty};

/// Who was named in what a party heard.
fn sids(party: &RelyingParty, count: usize) -> BTreeSet<String> {
    let heard = party.hears(count);
    let sids: BTreeSet<String> = heard.iter().map(|heard| heard.about().1).collect();
    assert_eq!(sids.len(), heard.len(), "told of a session more than once");
    sids
}

fn set<const N: usize>(sids: [&String; N]) -> BTreeSet<String> {
    sids.into_iter().cloned().collect()
}

/// What follows is told, and nothing besides: what else is owed would have been sent before what comes now.
#[track_caller]
fn nothing_else(house: &House, notes: (&RelyingParty, usize), board: (&RelyingParty, usize)) {
    house.upkeep();
    house.awaits("waiting", 0);
    for (party, count) in [notes, board] {
        assert_eq!(party.heard().len(), count, "{:?}", house.notices());
    }
}

/// One session of lilei's and one of hanmeimei's; `leave` ends lilei's in both applications.
#[track_caller]
fn told_of_one_session(leave: impl FnOnce(&House, &mut Browser)) {
    let (house, notes, board) = listening();
    let (mut lilei, mut friend) = (in_both(&house, "lilei"), in_both(&house, "hanmeimei"));
    let left = sid(&mut lilei);
    leave(&house, &mut lilei);
    assert_eq!(sids(&notes, 1), set([&left]));
    assert_eq!(sids(&board, 1), set([&left]));
    assert_eq!(notes.heard()[0].about().0, house.person("lilei").id.as_str());
    nothing_else(&house, (&notes, 1), (&board, 1));
    assert!(friend.is_in(""));
}

fn admin(house: &House) -> Browser {
    let mut wang = house.browser();
    wang.logs_in("wang");
    wang
}

#[track_caller]
fn forces_out(house: &House, which: &str, scope: &str) {
    let (mut wang, notes) = (admin(house), house.application("notes").id);
    let csrf = wang.csrf_of(&house.at("", &format!("/console/applications/{notes}/sessions")));
    let url = house.at("", &format!("/console/applications/{notes}/kick"));
    let page = wang.posts(&url, &[("csrf", csrf.as_str()), ("sid", which)]);
    (wang.page, wang.at) = (page, url);
    let answer = wang.submits("/console/kick", &[("scope", scope)]);
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[test]
fn by_the_personal_center() {
    told_of_one_session(|_, lilei| drop(lilei.logs_out()));
}

#[test]
fn by_the_front_end() {
    told_of_one_session(|_, lilei| drop(lilei.opens("/login/profile/logout")));
}

#[test]
fn by_the_console_on_one_device() {
    told_of_one_session(|house, lilei| forces_out(house, &sid(lilei), "device"));
}

#[test]
fn by_the_console_everywhere() {
    told_of_one_session(|house, lilei| forces_out(house, &sid(lilei), "all"));
}

#[test]
fn by_a_kick_of_the_operator() {
    told_of_one_session(|house, _| {
        let ids = vec![house.person("lilei").id];
        house
            .state
            .write_now(move |act, state| {
                let why = (exeunt::domain::logout::Cause::Kicked, exeunt::flow::applications::by_operator());
                exeunt::flow::logout::kick_anywhere(act, state, ids, None, why)
            })
            .unwrap();
    });
}

#[track_caller]
fn edits(house: &House, name: &str, value: &str) {
    let (mut wang, id) = (admin(house), house.person("lilei").id);
    let url = house.at("", &format!("/console/users/{id}"));
    let csrf = wang.csrf_of(&url);
    let fields = [("csrf", csrf.as_str()), ("username", "lilei"), ("name", "lilei"), (name, value)];
    let answer = wang.posts(&url, &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[test]
fn by_being_disabled() {
    told_of_one_session(|house, _| edits(house, "status", "disabled"));
}

#[test]
fn by_a_password_that_an_administrator_sets() {
    told_of_one_session(|house, _| edits(house, "password", "another long enough one"));
}

#[test]
fn by_being_deleted() {
    told_of_one_session(|house, _| {
        let mut wang = admin(house);
        let id = house.person("lilei").id;
        wang.opens(&house.at("", &format!("/console/users/{id}")));
        let answer = wang.submits(&format!("/console/users/{id}/delete"), &[("confirm", "lilei")]);
        assert_eq!(answer.status, 303, "{}", answer.text());
    });
}

#[test]
fn by_another_person_who_logs_in_over_it() {
    told_of_one_session(|house, lilei| {
        let csrf = lilei.csrf_of(&house.at("", "/u"));
        let fields = [("csrf", csrf.as_str()), ("account", "lintao"), ("password", PASSWORD)];
        assert_eq!(lilei.posts(&house.at("", "/login"), &fields).status, 303);
    });
}

#[test]
fn by_expiry_long_after_anything_else_happened() {
    let (house, notes, board) = listening();
    let mut lilei = in_both(&house, "lilei");
    let left = sid(&mut lilei);
    house.clock.advance_ms(house.state.lifetimes().absolute_ms + 1);
    house.upkeep();
    assert_eq!((sids(&notes, 1), sids(&board, 1)), (set([&left]), set([&left])));
}

#[test]
fn by_a_changed_password_of_every_other_session() {
    let (house, notes, board) = listening();
    let (mut desk, mut phone) = (in_both(&house, "lilei"), in_both(&house, "lilei"));
    let left = sid(&mut phone);
    let csrf = desk.csrf_of(&house.at("", "/u/security"));
    let new = "another long enough password";
    let fields = [("csrf", csrf.as_str()), ("current", PASSWORD), ("new", new), ("again", new), ("end_others", "1")];
    assert_eq!(desk.posts(&house.at("", "/u/security/password"), &fields).status, 303);
    assert_eq!((sids(&notes, 1), sids(&board, 1)), (set([&left]), set([&left])));
    nothing_else(&house, (&notes, 1), (&board, 1));
    assert!(desk.is_in(""));
}

#[test]
fn a_kick_out_of_one_application_tells_that_one_of_every_session_and_no_other_application() {
    let (house, notes, board) = listening();
    let (mut desk, mut phone, mut friend) =
        (in_both(&house, "lilei"), in_both(&house, "lilei"), in_both(&house, "hanmeimei"));
    let (one, two) = (sid(&mut desk), sid(&mut phone));
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    assert_eq!(sids(&notes, 2), set([&one, &two]), "one token for each session");
    nothing_else(&house, (&notes, 2), (&board, 0));
    assert!(desk.is_in("") && friend.is_in("notes"));
}

#[test]
fn a_kick_of_the_user_tells_every_application_of_every_session() {
    let (house, notes, board) = listening();
    let (mut desk, mut phone) = (in_both(&house, "lilei"), in_both(&house, "lilei"));
    let (one, two) = (sid(&mut desk), sid(&mut phone));
    forces_out(&house, &one, "all");
    assert_eq!((sids(&notes, 2), sids(&board, 2)), (set([&one, &two]), set([&one, &two])));
}

#[test]
fn one_session_of_several_is_told_alone() {
    let (house, notes, board) = listening();
    let (mut desk, mut phone) = (in_both(&house, "lilei"), in_both(&house, "lilei"));
    let left = sid(&mut desk);
    desk.logs_out();
    assert_eq!((sids(&notes, 1), sids(&board, 1)), (set([&left]), set([&left])));
    nothing_else(&house, (&notes, 1), (&board, 1));
    assert!(phone.is_in("notes"));
}

#[test]
fn a_deleted_application_is_told_of_everybody_who_was_in_it() {
    let (house, notes, board) = listening();
    let (mut lilei, mut friend) = (in_both(&house, "lilei"), in_both(&house, "hanmeimei"));
    let (one, two) = (sid(&mut lilei), sid(&mut friend));
    let (id, mut wang) = (house.application("board").id, admin(&house));
    wang.opens(&house.at("", &format!("/console/applications/{id}")));
    let answer = wang.submits(&format!("/console/applications/{id}/delete"), &[("confirm", "board")]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(sids(&board, 2), set([&one, &two]));
    nothing_else(&house, (&notes, 0), (&board, 2));
}

#[test]
fn an_application_is_told_though_nothing_it_was_given_lives_any_more() {
    let (house, notes, board) = listening();
    let mut lilei = in_both(&house, "lilei");
    // Longer than any access token, code or retry.
    for _ in 0..5 {
        house.clock.advance_ms(14 * 3_600_000);
        assert!(lilei.is_in(""));
        house.upkeep();
    }
    let left = sid(&mut lilei);
    lilei.logs_out();
    assert_eq!((sids(&notes, 1), sids(&board, 1)), (set([&left]), set([&left])));
}

#[test]
fn an_application_that_was_left_already_is_not_told_again() {
    let (house, notes, board) = listening();
    let mut lilei = in_both(&house, "lilei");
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    notes.hears(1);
    lilei.logs_out();
    board.hears(1);
    nothing_else(&house, (&notes, 1), (&board, 1));
}

#[test]
fn who_comes_back_and_leaves_again_is_told_of_both_times() {
    let (house, notes, _board) = listening();
    let mut lilei = house.browser();
    for round in 1..=3 {
        lilei.logs_in("lilei");
        lilei.logs_out();
        assert_eq!(sids(&notes, round).len(), round);
    }
}

#[test]
fn an_application_without_an_address_is_on_record_as_that() {
    let house = House::open();
    in_both(&house, "lilei").logs_out();
    let mut notices = house.notices();
    notices.sort();
    assert_eq!(notices, ["board unreachable 0 0", "notes unreachable 0 0"]);
}
