//! Wrong passwords are slowed down, people who are in are not.

use crate::support::{Answer, Browser, House, PASSWORD};

fn tries(browser: &mut Browser, name: &str, password: &str) -> Answer {
    browser.opens("/login");
    browser.submits("/login", &[("account", name), ("password", password)])
}

/// What a stranger can tell two refusals apart by, without what they typed themselves.
fn seen(answer: &Answer, name: &str) -> (u16, Vec<String>, String) {
    let kept = |name: &str| !matches!(name, "date" | "x-request-id" | "content-length");
    let headers = answer.headers.iter().filter(|(n, _)| kept(n)).map(|(n, v)| format!("{n}: {v}")).collect();
    let csrf = crate::support::browser::hidden(&answer.text(), "csrf").unwrap_or_default();
    (answer.status, headers, answer.text().replace(name, "NAME").replace(&csrf, "CSRF"))
}

#[test]
fn ten_wrong_passwords_and_the_name_waits() {
    let house = House::open();
    let mut browser = house.browser();
    let mut last = Answer::default();
    for number in 0..10 {
        last = tries(&mut browser, "lilei", "wrong");
        assert_eq!(last.status, 422, "try {number}");
        assert!(!last.text().contains(" 0 attempts"), "try {number}");
        assert_eq!(last.text().contains("1 attempt left"), number == 8, "try {number}");
    }
    let wait = last.header("retry-after").expect("the last one says how long to wait");
    assert!(last.text().contains(&format!("please wait {wait} s before you log in")), "{}", last.text());
    let answer = tries(&mut browser, "lilei", "wrong");
    assert_eq!(answer.status, 429);
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    assert_eq!(tries(&mut browser, "lilei", PASSWORD).status, 429, "also with the right password");
    house.clock.advance_ms(wait * 1_000);
    assert_eq!(tries(&mut browser, "lilei", PASSWORD).status, 303);
}

#[test]
fn unknown_names_are_answered_alike_to_the_last_header() {
    let house = House::open();
    let (mut one, mut two) = (house.browser(), house.browser());
    for number in 0..12 {
        let known = tries(&mut one, "lilei", "wrong");
        let unknown = tries(&mut two, "lilex", "wrong");
        assert_eq!(seen(&known, "lilei"), seen(&unknown, "lilex"), "try {number}");
    }
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 0);
}

#[test]
fn no_spelling_of_a_name_has_tries_of_its_own() {
    let house = House::open();
    let mut browser = house.browser();
    let spellings = [
        "lilei",
        "LILEI",
        " lilei",
        "lilei ",
        "LiLei",
        "li lei",
        "l i l e i",
        "lilei\u{200b}",
        "lilei\t",
        "\u{feff}lilei",
    ];
    for spelling in spellings {
        assert_eq!(tries(&mut browser, spelling, "wrong").status, 422, "{spelling:?}");
    }
    for spelling in spellings {
        assert_eq!(tries(&mut browser, spelling, "wrong").status, 429, "{spelling:?}");
    }
    assert_eq!(tries(&mut browser, "hanmeimei", PASSWORD).status, 303, "nobody else waits");
}

#[test]
fn one_address_cannot_try_many_names() {
    let house = House::with(|config| config.login_tries_per_address = 5);
    let mut browser = house.browser();
    for number in 0..5 {
        assert_eq!(tries(&mut browser, &format!("name{number}"), "wrong").status, 422);
    }
    assert_eq!(tries(&mut browser, "another", "wrong").status, 429);
}

#[test]
fn who_is_in_stays_in_and_can_leave_and_be_kicked() {
    let house = House::with(|config| config.login_tries_per_address = 12);
    let (mut lilei, mut friend) = (house.browser(), house.browser());
    lilei.logs_in("lilei");
    friend.logs_in("hanmeimei");
    let program = house.program();
    let mut attacker = house.browser();
    for _ in 0..14 {
        tries(&mut attacker, "lilei", "wrong");
    }
    assert_eq!(tries(&mut attacker, "lilei", "wrong").status, 429);
    assert!(lilei.is_in(""));
    assert_eq!(lilei.opens(&house.at("", "/u")).status, 200);
    assert_eq!(lilei.logs_out().status, 303);
    program.kicks(house.application("notes").id, &[&house.person("hanmeimei")]);
    assert!(!friend.is_in(""));
}

#[test]
fn the_right_password_is_never_counted() {
    let house = House::open();
    for _ in 0..12 {
        let mut browser = house.browser();
        browser.logs_in("lilei");
    }
}

#[test]
fn a_wrong_secret_of_a_program_is_throttled_by_address_and_never_by_the_pool_it_names() {
    let house = House::with(|config| {
        config.login_tries_per_name = 3;
        config.login_tries_per_address = 10;
    });
    let body = serde_json::json!({ "userPoolId": house.pool, "secret": "f".repeat(32) });
    let ask = || crate::support::people::json_post(house.port, "/api/v2/userpools/access-token", &body, &[]);
    for number in 0..9 {
        assert_eq!(ask().json()["code"], 2020, "try {number}");
    }
    let _still_welcome = house.program();
    assert_eq!(ask().json()["code"], 2020);
    let answer = ask();
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
}
