//! What may pass is tried again by the clock; what an application refuses is its last word.

use super::in_both;
use crate::support::{House, RelyingParty, Says};

/// A house whose notes answers by a script, and lilei in it and gone.
fn gone(script: &[Says]) -> (House, RelyingParty) {
    let (house, notes) = (House::open(), RelyingParty::that(script));
    house.tells("notes", &notes.uri());
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.logs_out();
    (house, notes)
}

/// Lets time pass in small steps until it was told once more; answers the milliseconds.
#[track_caller]
fn until_told_again(house: &House, notes: &RelyingParty, count: usize, step: i64) -> i64 {
    let due: i64 = house.value("SELECT due_at FROM notices WHERE state = 'waiting'", []);
    let wait = due - house.state.now().0;
    house.lets_pass(wait - step.min(wait));
    assert_eq!(notes.heard().len(), count - 1, "too early");
    house.lets_pass(step);
    notes.hears(count);
    wait
}

#[test]
fn what_may_pass_is_tried_again_ever_more_seldom_and_in_the_end_given_up() {
    let (house, notes) = gone(&[Says::Status(500)]);
    notes.hears(1);
    let seconds = [1, 5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200];
    for (at, about) in seconds.into_iter().enumerate() {
        house.awaits_tries(at as i64 + 1);
        let waited = until_told_again(&house, &notes, at + 2, 1);
        assert!((about * 800..=about * 1_200).contains(&waited), "{waited} ms, about {about} s");
    }
    house.awaits("gave_up", 1);
    assert_eq!(house.notices(), ["notes gave_up 11 500 status"]);
    house.lets_pass(90 * 24 * 3_600_000);
    house.upkeep();
    assert_eq!(notes.heard().len(), 11);
}

#[test]
fn each_try_carries_a_fresh_token_about_the_same_session() {
    let (house, notes) = gone(&[Says::Status(503), Says::Status(200)]);
    notes.hears(1);
    house.awaits_tries(1);
    house.lets_pass(2_000);
    let heard = notes.hears(2);
    let (first, second) = (heard[0].parts().1, heard[1].parts().1);
    assert_eq!((&first["sid"], &first["sub"], &first["aud"]), (&second["sid"], &second["sub"], &second["aud"]));
    assert_ne!(first["jti"], second["jti"]);
    assert_eq!(second["iat"].as_i64().unwrap() - first["iat"].as_i64().unwrap(), 2);
    assert_eq!(second["exp"].as_i64().unwrap() - second["iat"].as_i64().unwrap(), 120);
    house.awaits("acked", 1);
    assert_eq!(house.notices(), ["notes acked 2 200"]);
    assert_eq!(house.value::<String>("SELECT tries FROM notices", []), "[0,2000]");
}

#[test]
fn any_sign_of_success_is_one_and_is_not_repeated() {
    for status in [200, 204] {
        let (house, notes) = gone(&[Says::Status(status)]);
        house.awaits("acked", 1);
        house.lets_pass(24 * 3_600_000);
        house.upkeep();
        assert_eq!(house.notices(), [format!("notes acked 1 {status}")]);
        assert_eq!(notes.heard().len(), 1);
    }
}

#[test]
fn a_refusal_is_not_retried() {
    for status in [400, 401, 403, 404, 410, 413, 206] {
        let (house, notes) = gone(&[Says::Status(status)]);
        house.awaits("gave_up", 1);
        house.lets_pass(24 * 3_600_000);
        house.upkeep();
        assert_eq!(house.notices(), [format!("notes gave_up 1 {status} status")]);
        assert_eq!(notes.heard().len(), 1);
    }
}

#[test]
fn an_application_may_ask_for_time() {
    let (house, notes) = gone(&[Says::With(429, "Retry-After", "90".into()), Says::Status(200)]);
    notes.hears(1);
    house.awaits_tries(1);
    assert_eq!(until_told_again(&house, &notes, 2, 1), 90_000);
    house.awaits("acked", 1);
}

#[test]
fn who_comes_up_later_is_told_then() {
    let (house, port) = (House::open(), RelyingParty::nowhere());
    house.tells("notes", &format!("http://127.0.0.1:{port}/backchannel"));
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.logs_out();
    house.awaits_tries(1);
    assert_eq!(house.notices(), ["notes waiting 1 0 no_connection"]);
    let notes = RelyingParty::that_opens_at(port);
    house.lets_pass(2_000);
    notes.hears(1);
    house.awaits("acked", 1);
}

#[test]
fn what_is_owed_outlives_a_restart_and_is_told_once() {
    let (house, port) = (House::open(), RelyingParty::nowhere());
    house.tells("notes", &format!("http://127.0.0.1:{port}/backchannel"));
    let board = RelyingParty::open();
    house.tells("board", &board.uri());
    in_both(&house, "lilei").logs_out();
    board.hears(1);
    house.awaits_tries(2);
    let notes = RelyingParty::that_opens_at(port);
    let house = house.restarts();
    house.lets_pass(2_000);
    notes.hears(1);
    house.awaits("acked", 2);
    assert_eq!((notes.heard().len(), board.heard().len()), (1, 1));
}

#[test]
fn a_clock_that_jumps_back_puts_off_no_first_try() {
    let (house, notes) = (House::open(), RelyingParty::open());
    house.tells("notes", &notes.uri());
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    // A kick is written out by another act: between the two the clock goes back by an hour.
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    house.lets_pass(-3_600_000);
    notes.hears(1);
    house.awaits("acked", 1);
}

#[test]
fn an_address_that_was_taken_back_is_no_address_any_more() {
    let (house, port) = (House::open(), RelyingParty::nowhere());
    house.tells("notes", &format!("http://127.0.0.1:{port}/backchannel"));
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.logs_out();
    house.awaits_tries(1);
    house.settles("notes", |protocol| protocol.backchannel_logout_uri = None);
    house.lets_pass(2_000);
    house.awaits("unreachable", 1);
}
