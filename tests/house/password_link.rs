//! One-time links by which people set a new password: who gets one, what it does once, and how it dies.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::browser::{encoded, hidden};
use crate::support::people::json_post;
use crate::support::{Answer, Browser, House, PASSWORD};

const NEW: &str = "a horse of another colour";

/// An administrator makes a link on the page of a user.
#[track_caller]
fn made(house: &House, admin: &mut Browser, name: &str) -> String {
    let page = house.at("", &format!("/console/users/{}", house.person(name).id));
    admin.opens(&page);
    let answer = admin.submits(&format!("/console/users/{}/reset-link", house.person(name).id), &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let link = text.split("id=\"link\">").nth(1).expect("a link").split('<').next().unwrap();
    assert!(link.starts_with(&house.at("", "/reset-password?token=")), "{link}");
    link.to_owned()
}

/// Somebody with the link and nothing else types a password twice.
#[track_caller]
fn sets(house: &House, link: &str, password: &str) -> Answer {
    let mut browser = house.browser();
    let page = browser.opens(link);
    if page.status != 200 {
        return page;
    }
    browser.submits("/reset-password", &[("new", password), ("again", password)])
}

fn can_log_in(house: &House, name: &str, password: &str) -> bool {
    let mut browser = house.browser();
    browser.logs_in_at(&house.at("", ""), name, password);
    browser.is_in("")
}

/// A page without what differs from request to request.
fn seen(answer: &Answer) -> (u16, String) {
    let text = answer.text();
    (answer.status, text.replace(&hidden(&text, "csrf").unwrap_or_default(), "CSRF"))
}

#[test]
fn a_link_sets_the_password_once_and_ends_every_login() {
    let house = House::open();
    let (mut wang, mut lilei, mut phone) = (house.browser(), house.browser(), house.browser());
    wang.logs_in("wang");
    lilei.logs_in("lilei");
    phone.logs_in("lilei");
    let link = made(&house, &mut wang, "lilei");
    let token = link.split('=').nth(1).unwrap();
    let kept = house.count("SELECT count(*) FROM password_links");
    let before = house.picture();
    for _ in 0..3 {
        let page = house.browser().opens(&link);
        assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert!(page.text().contains("lilei of the house"), "{}", page.text());
    }
    assert_eq!((before, kept), (house.picture(), 1), "a page load changes nothing");
    let bare: i64 = house.value("SELECT count(*) FROM password_links WHERE instr(cast(hash AS TEXT), ?1) > 0", [token]);
    assert_eq!(bare, 0, "the value itself is not kept");

    let answer = sets(&house, &link, NEW);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(answer.location().starts_with("/signed-out?reason=password_changed&r="), "{}", answer.location());
    let farewell = house.browser().opens(&house.at("", answer.location()));
    assert!(farewell.text().contains("Your password was changed") && farewell.text().contains("href=\"/login\""));
    assert!(!lilei.is_in("") && !phone.is_in("") && wang.is_in(""), "every device of the user, and nobody else's");
    assert!(can_log_in(&house, "lilei", NEW) && !can_log_in(&house, "lilei", PASSWORD));
    assert_eq!(sets(&house, &link, "yet another password").status, 410, "once");
    let told = "SELECT group_concat(act || ' ' || actor_kind || ' ' || (user_id IS NOT NULL), ', ')
                FROM (SELECT * FROM audit WHERE act IN ('password_link', 'password_set', 'password_changed') ORDER BY id)";
    assert_eq!(house.value::<String>(told, []), "password_link admin 1, password_set user 1, password_changed user 1");
}

#[test]
fn a_dead_link_says_the_same_whatever_killed_it() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let unknown = house.at("", "/reset-password?token=p0Zc4m3Yz1u8oVtKX5rQhGd2sLJb7wNfEiAaMyWxTkU");
    let dead = seen(&house.browser().opens(&unknown));
    assert_eq!(dead.0, 410);
    let is_dead = |link: &str, why: &str| assert_eq!(seen(&house.browser().opens(link)), dead, "{why}");
    is_dead(&house.at("", "/reset-password"), "none at all");

    let old = made(&house, &mut wang, "lilei");
    let newer = made(&house, &mut wang, "lilei");
    is_dead(&old, "a newer one was made");
    assert_eq!(house.browser().opens(&newer).status, 200);
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    lilei.opens(&house.at("", "/u/security"));
    let typed = [("current", PASSWORD), ("new", NEW), ("again", NEW)];
    assert_eq!(lilei.submits("/u/security/password", &typed).status, 303);
    is_dead(&newer, "the person changed the password");

    let link = made(&house, &mut wang, "hanmeimei");
    let page = format!("/console/users/{}", house.person("hanmeimei").id);
    for status in ["disabled", "enabled"] {
        wang.opens(&house.at("", &page));
        let named = [("username", "hanmeimei"), ("status", status)];
        assert_eq!(wang.submits(&page, &named).status, 303);
        is_dead(&link, status);
    }
    let link = made(&house, &mut wang, "hanmeimei");
    house.clock.advance_ms(24 * 3_600_000);
    is_dead(&link, "a day later");
    let mut zhao = house.lets_in("zhao");
    let link = made(&house, &mut zhao, "lintao");
    let page = format!("/console/users/{}", house.person("lintao").id);
    zhao.opens(&house.at("", &page));
    assert_eq!(zhao.submits(&format!("{page}/delete"), &[("confirm", "lintao")]).status, 303);
    is_dead(&link, "the user was deleted");
    assert_eq!(house.count("SELECT count(*) FROM password_links"), 0, "and none lies about");
}

#[test]
fn of_two_who_use_one_link_at_once_one_wins() {
    let house = House::with(|config| (config.workers, config.hash_threads) = (2, 2));
    let mut wang = house.lets_in("wang");
    for round in 0..6 {
        let link = made(&house, &mut wang, "lilei");
        let start = Barrier::new(2);
        let tries: Vec<(String, u16)> = std::thread::scope(|scope| {
            let enters = |password: String| {
                let (house, link, start) = (&house, &link, &start);
                scope.spawn(move || {
                    let mut browser = house.browser();
                    browser.opens(link);
                    start.wait();
                    let typed = [("new", password.as_str()), ("again", password.as_str())];
                    let status = browser.submits("/reset-password", &typed).status;
                    (password, status)
                })
            };
            let both = ["first", "second"].map(|who| enters(format!("the {who} one of {round}")));
            both.map(|thread| thread.join().unwrap()).to_vec()
        });
        let mut statuses: Vec<u16> = tries.iter().map(|(_, status)| *status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 410], "round {round}");
        for (password, status) in &tries {
            assert_eq!(can_log_in(&house, "lilei", password), *status == 303, "round {round}: {password}");
        }
    }
}

#[test]
fn a_bad_new_password_is_told_and_the_link_lives_on() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let link = made(&house, &mut wang, "lilei");
    let mut browser = house.browser();
    browser.opens(&link);
    let answer = browser.submits("/reset-password", &[("new", "short"), ("again", "other")]);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("At least 8 characters") && answer.text().contains("The two new passwords differ"));
    assert!(!answer.text().contains("value=\"short"));
    let mut typed = vec![("new", NEW), ("again", NEW)];
    assert_eq!(browser.submits("/reset-password", &typed).status, 303);
    let link = made(&house, &mut wang, "lilei");
    typed.push(("token", link.split('=').nth(1).unwrap()));
    let mut elsewhere = house.browser();
    assert_eq!(elsewhere.posts(&house.at("", "/reset-password"), &typed).status, 403, "without its own form");
    typed.push(("csrf", "x"));
    assert_eq!(elsewhere.posts(&house.at("", "/reset-password"), &typed).status, 403);
    assert_eq!(house.browser().opens(&link).status, 200);
}

#[test]
fn only_administrators_of_the_pool_make_links_and_none_for_themselves() {
    let house = House::open();
    let of = |name: &str| format!("/console/users/{}/reset-link", house.person(name).id);
    let answers = |who: &str, whom: &str| {
        let mut browser = house.lets_in(who);
        let csrf = browser.csrf_of(&house.at("", "/u"));
        browser.posts(&house.at("", &of(whom)), &[("csrf", &csrf)]).status
    };
    assert_eq!(answers("lilei", "hanmeimei"), 403);
    assert_eq!(answers("olga", "lilei"), 404, "another pool's");
    assert_eq!(answers("wang", "wang"), 422, "a stolen cookie must not become the account");
    assert_eq!(answers("wang", "zhao"), 200);
    assert_eq!(house.count("SELECT count(*) FROM password_links"), 1);
    let mut wang = house.lets_in("wang");
    let own = wang.opens(&house.at("", &format!("/console/users/{}", house.person("wang").id)));
    assert!(!own.text().contains("reset-link"));
    assert_eq!(wang.fetches(&house.at("", &of("lilei")), &[]).status, 405, "never by a GET");
}

#[test]
fn a_link_is_built_on_our_own_origin_whatever_a_request_says() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let csrf = wang.csrf_of(&house.at("", "/u"));
    let path = format!("/console/users/{}/reset-link", house.person("lilei").id);
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "host=evil.example"),
        ("X-Original-Host", "evil.example"),
    ];
    let answer = wang.sends("POST", &house.at("", &path), &headers, Some(&encoded(&[("csrf", &csrf)])));
    assert!(answer.text().contains(&house.at("", "/reset-password?token=")) && !answer.text().contains("evil"));
    let cookie = format!("exeunt={}", wang.secret("").unwrap());
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Cookie", cookie.as_str())];
    let body = encoded(&[("csrf", &csrf)]);
    let answer =
        crate::support::wire::request(house.port, "evil.example", ("POST", &path), &headers, Some(body.as_bytes()));
    assert_eq!(answer.status, 421);
}

#[test]
fn whoever_tries_links_has_to_wait() {
    let house = House::with(|config| config.login_tries_per_address = 5);
    let mut wang = house.lets_in("wang");
    let link = made(&house, &mut wang, "lilei");
    let mut guesser = house.browser();
    let tries = (0..6).map(|n| guesser.opens(&house.at("", &format!("/reset-password?token=guess{n}"))).status);
    assert_eq!(tries.collect::<Vec<_>>(), [410, 410, 410, 410, 410, 429]);
    let answer = guesser.opens(&link);
    assert_eq!(answer.status, 429, "a good one too");
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    house.clock.advance_ms(wait * 1_000);
    assert_eq!(guesser.opens(&link).status, 200);
}

#[test]
fn who_tries_links_keeps_nobody_from_logging_in_or_kicking() {
    let house = House::with(|config| config.login_tries_per_address = 5);
    let mut guesser = house.browser();
    for n in 0..20 {
        guesser.opens(&house.at("", if n % 2 == 0 { "/reset-password" } else { "/reset-password?token=x" }));
    }
    guesser.logs_in("lilei");
    assert!(guesser.is_in(""));
    // Nor does who tries credentials of programs: only the wrong ones wait.
    let wrong = json!({ "accessKeyId": house.pool, "accessKeySecret": "x" });
    let tries: Vec<Value> =
        (0..8).map(|_| json_post(house.port, "/api/v3/get-management-token", &wrong, &[]).json()).collect();
    assert_eq!(tries.last().unwrap()["statusCode"], 429, "{tries:?}");
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    assert!(!guesser.is_in(""));
}

/// `exeunt user reset-link NAME` as the operator types it; what it prints, or what it says when it cannot.
fn types(dir: &std::path::Path, name: &str) -> Result<String, String> {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_exeunt"))
        .args(["user", "reset-link", name, "--data-dir"])
        .arg(dir)
        .env_clear()
        .output()
        .unwrap();
    let text = |octets| String::from_utf8(octets).unwrap().trim().to_owned();
    if done.status.success() { Ok(text(done.stdout)) } else { Err(text(done.stderr)) }
}

#[test]
fn the_operator_prints_a_link_while_the_server_runs() {
    let house = House::open();
    let dir = house.state.config.data_dir.clone();
    let link = types(&dir, "lilei").unwrap();
    let token = link.split_once("/reset-password?token=").expect("a link").1;
    assert_eq!(sets(&house, &house.at("", &format!("/reset-password?token={token}")), NEW).status, 303);
    assert!(can_log_in(&house, "lilei", NEW));
    assert!(types(&dir, "nobody").unwrap_err().contains("no such user"));
    let made = "SELECT count(*) FROM audit WHERE act = 'password_link' AND actor_kind = 'operator'";
    assert_eq!(house.count(made), 1);
    let body = serde_json::json!({ "user": "lilei" }).to_string();
    let headers = [("Content-Type", "application/json"), ("Authorization", "Bearer x")];
    assert_eq!(house.ask(("POST", "/api/v1/operator/reset-link"), &headers, Some(body.as_bytes())).status, 401);
}
