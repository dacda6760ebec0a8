//! What the receipt says of telling, and telling again by hand.

use serde_json::{Value, json};

use super::{in_both, listening, sid};
use crate::support::people::json_post;
use crate::support::{Browser, House, RelyingParty, Says};

fn last(house: &House) -> String {
    house.value("SELECT id FROM endings ORDER BY seq DESC LIMIT 1", [])
}

fn of<'a>(receipt: &'a Value, house: &House, identifier: &'static str) -> &'a Value {
    let id = json!(house.application(identifier).id);
    let found = receipt["deliveries"].as_array().unwrap().iter().find(|delivery| delivery["appId"] == id);
    found.unwrap_or_else(|| panic!("{receipt}"))
}

fn admin(house: &House) -> Browser {
    let mut wang = house.browser();
    wang.logs_in("wang");
    wang
}

/// Lilei in notes, which fails, and in board, which hears; and gone from both.
fn half_told() -> (House, RelyingParty, RelyingParty, String) {
    let (house, notes, board) = listening();
    notes.says_from_now_on(Says::Status(500));
    let mut lilei = in_both(&house, "lilei");
    let sid = sid(&mut lilei);
    lilei.logs_out();
    house.awaits_tries(2);
    (house, notes, board, sid)
}

#[test]
fn a_receipt_says_of_each_application_and_session_how_telling_stands() {
    let (house, _notes, _board, sid) = half_told();
    let receipt = house.program().receipt(&last(&house));
    let lilei = house.person("lilei").id;
    let board = of(&receipt, &house, "board");
    assert_eq!((&board["state"], &board["status"], &board["ackedMs"]), (&json!("acked"), &json!(200), &json!(0)));
    assert_eq!(
        (&board["userId"], &board["sid"], &board["channel"]),
        (&json!(lilei), &json!(sid), &json!("back_channel"))
    );
    let notes = of(&receipt, &house, "notes");
    assert_eq!(
        (&notes["state"], &notes["status"], &notes["trouble"]),
        (&json!("retrying"), &json!(500), &json!("status"))
    );
    assert!(notes["nextAt"].as_str().is_some_and(|at| at.starts_with("2025-11-22T07:20:0")), "{notes}");
    assert_eq!(receipt["told"], json!({ "acked": 1, "waiting": 1, "gaveUp": 0, "unreachable": 0 }));
    assert_eq!(receipt["applications"].as_array().unwrap().len(), 2);
    assert!(receipt["tokensRevoked"].is_i64());
}

#[test]
fn the_page_says_the_same_and_a_button_tells_again_at_once() {
    let (house, notes, _board, _) = half_told();
    let (mut wang, path) = (admin(&house), format!("/console/receipts/{}", last(&house)));
    let page = wang.opens(&house.at("", &path)).text();
    for said in ["ACK", "TRY", "try 2 of 11, HTTP 500", "1 confirmed", "1 under way"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    notes.says_from_now_on(Says::Status(200));
    let answer = wang.submits(&format!("{path}/retry"), &[]);
    assert_eq!((answer.status, answer.location()), (303, format!("{path}#told").as_str()));
    assert_eq!(notes.hears(2).len(), 2, "though the clock stands still");
    house.awaits("acked", 2);
    let page = wang.opens(&house.at("", &path)).text();
    assert!(page.contains("2 confirmed") && !page.contains("TRY") && !page.contains("/retry"), "{page}");
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE act = 'told_again' AND actor_kind = 'admin'"), 1);
}

#[test]
fn what_was_given_up_needs_a_hand_and_can_be_told_again() {
    let (house, notes, board) = listening();
    notes.says_from_now_on(Says::Status(404));
    in_both(&house, "lilei").logs_out();
    house.awaits("gave_up", 1);
    let (mut wang, path) = (admin(&house), format!("/console/receipts/{}", last(&house)));
    let page = wang.opens(&house.at("", &path)).text();
    for said in ["LOST", "HTTP 404, no retry", "NOTES was not reached"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    notes.says_from_now_on(Says::Status(204));
    let answer = house.program().posts(&format!("/api/v1/logouts/{}/retry", last(&house)), &json!({}));
    assert_eq!((answer.status, answer.json()), (200, json!({ "retried": 1 })));
    house.awaits("acked", 2);
    assert_eq!((notes.heard().len(), board.heard().len()), (2, 1), "who confirmed is not told again");
    assert_eq!(house.program().receipt(&last(&house))["told"]["acked"], 2);
}

#[test]
fn what_was_given_up_is_said_in_the_overview_and_once_in_the_log() {
    let (house, notes, _board) = listening();
    notes.says_from_now_on(Says::Status(404));
    let (mut desk, mut phone) = (in_both(&house, "lilei"), in_both(&house, "lilei"));
    let mut wang = admin(&house);
    assert!(wang.opens(&house.at("", "/console")).text().contains("all delivered"));
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    house.awaits("gave_up", 2);
    assert!(!desk.is_in("notes") && !phone.is_in("notes"));
    let text = "SELECT count(*) FROM audit WHERE act = 'delivery_given_up' AND ending_id = ?1 AND target = ?2";
    let events: i64 = house.value(text, [last(&house), house.application("notes").id.to_string()]);
    assert_eq!(events, 1);
    assert!(wang.opens(&house.at("", "/console")).text().contains("2 given up"));
    let log = wang.opens(&house.at("", "/console/audit?view=admin")).text();
    assert!(
        log.contains("Gave up a message to the application")
            && log.contains(&format!("/console/receipts/{}", last(&house)))
    );
}

#[test]
fn one_delivery_or_one_application_alone_can_be_told_again() {
    let (house, notes, board) = listening();
    notes.says_from_now_on(Says::Status(400));
    board.says_from_now_on(Says::Status(400));
    in_both(&house, "lilei").logs_out();
    house.awaits("gave_up", 2);
    let (program, id) = (house.program(), last(&house));
    let receipt = program.receipt(&id);
    let retry = |query: String| {
        let answer = program.posts(&format!("/api/v1/logouts/{id}/retry?{query}"), &json!({}));
        assert_eq!(answer.json(), json!({ "retried": 1 }), "{query}");
    };
    retry(format!("delivery={}", of(&receipt, &house, "notes")["id"]));
    notes.hears(2);
    retry(format!("app_id={}", house.application("board").id));
    board.hears(2);
    house.awaits("gave_up", 2);
    assert_eq!((notes.heard().len(), board.heard().len()), (2, 2));
}

#[test]
fn only_whoever_may_read_a_receipt_tells_again() {
    let (house, notes, _board, _) = half_told();
    let (id, before) = (last(&house), house.notices());
    let path = format!("/api/v1/logouts/{id}/retry");
    assert_eq!(json_post(house.port, &path, &json!({}), &[]).status, 401);
    assert_eq!(house.foreign_program().posts(&path, &json!({})).status, 404);
    let mut wang = admin(&house);
    let origin = house.at("", "");
    let answer =
        wang.sends("POST", &house.at("", &path), &[("Origin", &origin), ("Sec-Fetch-Site", "same-origin")], Some(""));
    assert_eq!(answer.status, 401, "a cookie is no token");
    let page = format!("/console/receipts/{id}/retry");
    assert_eq!(wang.posts(&house.at("", &page), &[("csrf", "wrong")]).status, 403);
    let mut lilei = house.browser();
    lilei.logs_in("hanmeimei");
    let csrf = lilei.csrf_of(&house.at("", "/u"));
    assert_eq!(lilei.posts(&house.at("", &page), &[("csrf", &csrf)]).status, 403);
    assert_eq!((house.notices(), notes.heard().len()), (before, 1));
    for odd in ["delivery=x", "app_id=x", "delivery=1&delivery=2"] {
        assert_eq!(house.program().posts(&format!("{path}?{odd}"), &json!({})).status, 400, "{odd}");
    }
}

#[test]
fn the_farewell_says_what_is_true_when_it_is_read() {
    let (house, notes, _board) = listening();
    notes.says_from_now_on(Says::Status(400));
    let mut lilei = in_both(&house, "lilei");
    let wiki = house.at("wiki", "/u");
    lilei.opens(&wiki);
    let answer = lilei.logs_out();
    house.awaits("gave_up", 1);
    house.awaits("acked", 1);
    let page = lilei.opens(&house.at("", answer.location())).text();
    for said in ["Could not be reached", "confirmed in 0 ms", "It has no address for such messages"] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[test]
fn a_test_message_is_about_nobody_and_its_outcome_is_shown() {
    let (house, notes, _board) = listening();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let (mut wang, id) = (admin(&house), house.application("notes").id);
    let path = format!("/console/applications/{id}");
    for (says, status, shown) in [
        (Says::Status(200), 200, "The address works."),
        (Says::Status(400), 400, "the message was refused"),
        (Says::Status(503), 503, "Failed after 0 ms: HTTP 503."),
    ] {
        notes.says_from_now_on(says);
        let count = notes.heard().len() + 1;
        wang.opens(&house.at("", &path));
        let answer = wang.submits(&format!("{path}/test-message"), &[]);
        assert_eq!((answer.status, answer.location()), (303, format!("{path}#test-message").as_str()));
        let heard = notes.hears(count);
        let (header, claims) = heard[count - 1].parts();
        assert_eq!((&header["typ"], &claims["aud"]), (&json!("logout+jwt"), &json!(id)));
        assert_eq!(claims["iss"], house.at("", "/oidc"), "as notes knows the house from those who are in it");
        let known = "SELECT count(*) FROM users u, sessions s WHERE u.id = ?1 OR s.sid = ?2";
        let about = heard[count - 1].about();
        assert_eq!(house.value::<i64>(known, [about.0, about.1]), 0);
        let page = wang.opens(&house.at("", &path)).text();
        assert!(page.contains(shown) && page.contains(&status.to_string()), "{page}");
        house.lets_pass(3_600_000);
        house.upkeep();
        assert_eq!(notes.heard().len(), count, "tried once");
    }
    assert!(lilei.is_in(""));
    assert_eq!(house.count("SELECT count(*) FROM notices WHERE ending_id IS NULL"), 1, "the last one is kept");
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE act = 'test_sent'"), 3);
}

#[test]
fn a_test_message_needs_an_address_and_an_administrator() {
    let house = House::open();
    let (mut wang, id) = (admin(&house), house.application("notes").id);
    let path = format!("/console/applications/{id}");
    let page = wang.opens(&house.at("", &path)).text();
    assert!(page.contains("has no back-channel address") && !page.contains("/test-message\""), "{page}");
    let csrf = wang.csrf();
    let url = house.at("", &format!("{path}/test-message"));
    assert_eq!(wang.posts(&url, &[("csrf", &csrf)]).status, 422);
    assert_eq!(wang.posts(&url, &[("csrf", "x")]).status, 403);
    let foreign = house.application("shop").id;
    let url = house.at("", &format!("/console/applications/{foreign}/test-message"));
    assert_eq!(wang.posts(&url, &[("csrf", &csrf)]).status, 404);
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let csrf = lilei.csrf_of(&house.at("", "/u"));
    assert_eq!(lilei.posts(&house.at("", &format!("{path}/test-message")), &[("csrf", &csrf)]).status, 403);
    assert!(house.notices().is_empty());
}

#[test]
fn the_console_lists_what_was_told_and_what_is_owed_and_tells_again_from_there() {
    let (house, notes, _board, _) = half_told();
    let mut wang = admin(&house);
    let all = wang.opens(&house.at("", "/console/deliveries")).text();
    assert_eq!(all.matches("lilei of the house").count(), 2, "{all}");
    assert!(all.contains("ACK") && all.contains("TRY"), "{all}");
    let waiting = wang.opens(&house.at("", "/console/deliveries?state=waiting")).text();
    assert!(waiting.contains("TRY") && !waiting.contains("ACK"));
    assert!(wang.opens(&house.at("", "/console/deliveries?state=lost")).text().contains("nothing of that kind"));
    notes.says_from_now_on(Says::Status(200));
    wang.opens(&house.at("", "/console/deliveries?state=waiting"));
    let answer = wang.submits(&format!("/console/receipts/{}/retry", last(&house)), &[]);
    assert_eq!(answer.status, 303);
    house.awaits("acked", 2);
    assert!(wang.opens(&house.at("", "/console/deliveries?state=waiting")).text().contains("nothing of that kind"));
}

#[test]
fn the_list_of_deliveries_is_paged_and_holds_nothing_of_another_pool() {
    let (house, _notes, _board, _) = half_told();
    let rows = house.rows();
    let copy = "INSERT INTO notices (ending_id, application_id, session_id, user_id, sid, issuer, at, state, due_at)
                SELECT ending_id, application_id, ?1, user_id, printf('%024x', ?1), issuer, at, 'acked', due_at FROM notices LIMIT 1";
    for n in 1_000..1_060 {
        rows.execute(copy, [n]).unwrap();
    }
    let mut wang = admin(&house);
    let first = wang.opens(&house.at("", "/console/deliveries")).text();
    assert_eq!(first.matches("ACK").count(), 50);
    let next = first.split("href=\"/console/deliveries?before=").nth(1).unwrap().split('"').next().unwrap();
    let second = wang.opens(&house.at("", &format!("/console/deliveries?before={next}"))).text();
    assert_eq!(second.matches("lilei of the house").count(), 12);
    rows.execute("UPDATE applications SET pool_id = (SELECT id FROM pools ORDER BY position DESC LIMIT 1)", [])
        .unwrap();
    let house = house.restarts();
    let mut wang = admin(&house);
    assert!(wang.opens(&house.at("", "/console/deliveries")).text().contains("Nothing yet"));
}

#[test]
fn a_delivery_tells_its_tries_in_plain_words_and_what_the_message_says() {
    let (house, notes, board) = listening();
    notes.says_from_now_on(Says::Status(400));
    board.says_from_now_on(Says::Status(200));
    in_both(&house, "lilei").logs_out();
    house.awaits("gave_up", 1);
    house.awaits("acked", 1);
    let page = admin(&house).opens(&house.at("", "/console/deliveries")).text();
    assert!(page.contains("The application heard it and refused"), "in words");
    let heard = notes.hears(1).remove(0);
    let (_, claims) = heard.parts();
    for claim in ["iss", "aud", "sub", "sid"] {
        let said = claims[claim].as_str().unwrap();
        assert!(page.contains(&format!("&quot;{claim}&quot;: &quot;{said}&quot;")), "{claim} {said}");
    }
    assert!(page.contains(">1 try<") && page.contains("backchannel-logout"));
    assert!(!page.contains("&quot;jti&quot;"), "what differs each time is not made up");
}
