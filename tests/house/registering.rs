//! The page where people make themselves a user: only where the application lets them, and then they are in.

use std::sync::Barrier;

use crate::support::browser::hidden;
use crate::support::{Answer, Browser, House, PASSWORD};

const NEW: &str = "a horse of another colour";

/// A house whose notes, the default application, let people register; board does not.
fn open() -> House {
    let house = House::open();
    house.settles("notes", |protocol| protocol.self_registration = true);
    house
}

fn types(browser: &mut Browser, account: &str, name: &str, new: &str) -> Answer {
    browser.submits("/register", &[("account", account), ("name", name), ("new", new), ("again", new)])
}

fn users(house: &House) -> i64 {
    house.count("SELECT count(*) FROM users")
}

#[test]
fn a_person_registers_and_is_in_where_they_wanted_to_go() {
    let house = open();
    let mut mei = house.browser();
    let page = mei.opens(&house.at("", "/login?next=/u/devices"));
    assert!(page.text().contains("href=\"/register?next=%2Fu%2Fdevices\""), "{}", page.text());
    let page = mei.opens(&house.at("", "/register?next=%2Fu%2Fdevices"));
    assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
    assert!(page.text().contains("href=\"/login?next=%2Fu%2Fdevices\""), "and back");
    let answer = types(&mut mei, "mei", "Mei Li", NEW);
    assert_eq!((answer.status, answer.location()), (303, "/u/devices"), "{}", answer.text());
    assert!(mei.is_in(""));
    let row = "SELECT username || ' ' || name || ' ' || role || ' ' || status FROM users WHERE username = 'mei'";
    assert_eq!(house.value::<String>(row, []), "mei Mei Li person activated");
    let acts = "SELECT group_concat(act || ' ' || actor_kind) FROM (SELECT * FROM audit WHERE user_id =
                  (SELECT id FROM users WHERE username = 'mei') ORDER BY id)";
    assert_eq!(house.value::<String>(acts, []), "registered user,login user");
    // Who is in is led on; the session is one as any other.
    assert!(!mei.opens(&house.at("", "/register")).text().contains("name=\"again\""));
    house.program().kicks(house.application("notes").id, &[&house.person("mei")]);
    assert!(!mei.is_in(""));
    mei.logs_in_at(&house.at("", ""), "mei", NEW);
    assert!(mei.is_in(""));
}

#[test]
fn an_address_with_an_at_is_an_email_and_the_host_of_an_application_names_it() {
    let house = open();
    let mut bo = house.browser();
    bo.opens(&house.at("notes", "/register"));
    let answer = types(&mut bo, "Bo@example.com", "", NEW);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(
        answer.location().starts_with(&house.at("", "/crossing/")),
        "the base host hears of it: {}",
        answer.location()
    );
    assert!(bo.is_in("notes"));
    assert_eq!(house.count("SELECT count(*) FROM users WHERE email = 'Bo@example.com' AND username IS NULL"), 1);
}

#[test]
fn nobody_registers_where_the_application_lets_nobody() {
    let house = open();
    let board = house.application("board").id;
    let mut mei = house.browser();
    for address in [house.at("", &format!("/register?app_id={board}")), house.at("board", "/register")] {
        let page = mei.opens(&address);
        assert_eq!(page.status, 403, "{address}");
        assert!(page.text().contains("Nobody can register here") && !page.text().contains("name=\"again\""));
    }
    assert!(!mei.opens(&house.at("", &format!("/login?app_id={board}"))).text().contains("/register"));
    // A form of notes, sent to board.
    mei.opens(&house.at("", "/register"));
    let (before, csrf) = (house.picture(), mei.csrf());
    let typed = [("csrf", csrf.as_str()), ("account", "mei"), ("new", NEW), ("again", NEW)];
    assert_eq!(mei.posts(&house.at("", &format!("/register?app_id={board}")), &typed).status, 403);
    // Switched off while the form was open.
    house.settles("notes", |protocol| protocol.self_registration = false);
    assert_eq!(types(&mut mei, "mei", "", NEW).status, 403);
    assert_eq!(house.count("SELECT count(*) FROM users WHERE username = 'mei'"), 0);
    house.settles("notes", |protocol| protocol.self_registration = true);
    assert_eq!(house.picture().len(), before.len());
    let other = house.browser().opens(&house.at("shop", "/register"));
    assert_eq!(other.status, 403, "another pool's application decides for itself");
}

#[test]
fn what_is_wrong_is_told_at_once_and_nothing_typed_is_lost() {
    let house = open();
    let mut mei = house.browser();
    mei.opens(&house.at("", "/register"));
    let before = users(&house);
    let typed = [("account", "m\u{202e}ei"), ("name", "Mei & Co"), ("new", "short"), ("again", "shore")];
    let answer = mei.submits("/register", &typed);
    assert_eq!(answer.status, 422);
    let page = answer.text();
    for field in ["account", "new", "again"] {
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field}: {page}");
    }
    assert!(page.contains("value=\"Mei &amp; Co\"") && !page.contains("shore"), "{page}");
    assert_eq!(types(&mut mei, "", "", "").status, 422);
    let long = "x".repeat(201);
    assert_eq!(types(&mut mei, "mei", &long, NEW).status, 422);
    assert_eq!(types(&mut mei, "mei@", "", NEW).status, 422);
    assert_eq!(users(&house), before);
    // None of these counted as a try.
    assert_eq!(types(&mut mei, "mei", "Mei", NEW).status, 303);
}

#[test]
fn a_name_that_is_taken_is_said_to_be_and_its_own_password_logs_in() {
    let house = open();
    let mut stranger = house.browser();
    stranger.opens(&house.at("", "/register"));
    let answer = types(&mut stranger, "LILEI", "", NEW);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("value=\"LILEI\"") && !stranger.is_in(""), "{}", answer.text());
    let (before, mut lilei) = (users(&house), house.browser());
    lilei.opens(&house.at("", "/register"));
    assert_eq!(types(&mut lilei, "lilei", "", PASSWORD).status, 303);
    assert!(lilei.is_in("") && users(&house) == before);
}

#[test]
fn a_form_sent_twice_at_once_makes_one_person_who_is_in() {
    let house = open();
    let mut first = house.browser();
    first.opens(&house.at("", "/register"));
    let (csrf, line) = (first.csrf(), Barrier::new(2));
    let typed = [("csrf", csrf.as_str()), ("account", "mei"), ("name", ""), ("new", NEW), ("again", NEW)];
    let mut second = house.browser();
    second.jar.clone_from(&first.jar);
    let (at, line) = (house.at("", "/register"), &line);
    std::thread::scope(|scope| {
        for browser in [&mut first, &mut second] {
            let at = &at;
            scope.spawn(move || {
                line.wait();
                assert_eq!(browser.posts(at, &typed).status, 303);
            });
        }
    });
    assert!(first.is_in("") && second.is_in(""));
    assert_eq!(house.count("SELECT count(*) FROM users WHERE username = 'mei'"), 1);
}

#[test]
fn strangers_cannot_send_it_fill_the_pool_or_become_more_than_people() {
    let house = open();
    let mut elsewhere = house.browser();
    let typed = [("account", "mei"), ("new", NEW), ("again", NEW)];
    assert_eq!(elsewhere.posts(&house.at("", "/register"), &typed).status, 403, "without its own form");
    assert_eq!(house.count("SELECT count(*) FROM users WHERE username = 'mei'"), 0);
    let mut many = house.browser();
    let mut refused = None;
    for n in 0..200 {
        many.opens(&house.at("", "/register"));
        let csrf = hidden(&many.page.text(), "csrf").unwrap();
        let account = format!("mei{n}");
        let typed = [("csrf", csrf.as_str()), ("account", &account), ("new", NEW), ("again", NEW), ("role", "admin")];
        let answer = many.posts(&house.at("", "/register"), &typed);
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 303, "{}", answer.text());
        many.logs_out();
    }
    let refused = refused.expect("an end");
    assert!(refused.header("retry-after").is_some() && refused.text().contains("value=\"mei"), "{}", refused.text());
    assert_eq!(house.count("SELECT count(*) FROM users WHERE username LIKE 'mei%' AND role <> 'person'"), 0);
    many.logs_in_at(&house.at("", ""), "lilei", PASSWORD);
    assert!(many.is_in(""), "log-ins are not concerned");
}
