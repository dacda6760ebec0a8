//! What administrators may do: those who only read, and the password asked again before a grave act.

use std::path::Path;

use crate::support::{Answer, Browser, House};

/// Where the console is entered: each path of the route sheet with its methods, ids filled in.
fn routes(house: &House) -> Vec<(String, bool, bool)> {
    let sheet = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/mod.rs")).unwrap();
    let (user, application) = (house.person("lilei").id.to_string(), house.application("notes").id.to_string());
    let receipt: Option<String> = house.rows().query_row("SELECT id FROM endings", [], |row| row.get(0)).ok();
    let mut found = Vec::new();
    for line in sheet.lines().filter(|line| line.contains("\"/console")) {
        let path = line.split('"').nth(1).unwrap();
        let id = match path {
            path if path.contains("/users/") => user.clone(),
            path if path.contains("/receipts/") => receipt.clone().unwrap(),
            path if path.contains("/keys/") => "ffffffffffffffffffffffff".to_owned(),
            _ => application.clone(),
        };
        let says = |method: &str| line.contains(&format!("{method} ")) || line.contains(&format!("{method}\""));
        found.push((path.replace("{id}", &id), says("GET"), says("POST")));
    }
    assert!(found.len() > 20, "the sheet is written otherwise: {found:?}");
    found
}

/// An administrator gives somebody a role, as the form does.
#[track_caller]
fn gives_a_role(house: &House, admin: &mut Browser, name: &str, role: &str) -> Answer {
    let url = house.at("", &format!("/console/users/{}", house.person(name).id));
    let csrf = admin.csrf_of(&url);
    let whole = format!("{name} of the house");
    let fields = [("csrf", csrf.as_str()), ("username", name), ("name", &whole), ("role", role)];
    admin.posts(&url, &fields)
}

fn role_of(house: &House, name: &str) -> String {
    house.value("SELECT role FROM users WHERE username = ?1", [name])
}

/// Everything that an act could change.
fn everything(house: &House) -> Vec<String> {
    let mut all = house.picture();
    let number = |sql: &str| house.count(sql).to_string();
    all.push(number("SELECT count(*) FROM access_keys"));
    all.push(number("SELECT count(*) FROM audit"));
    all.push(house.value(
        "SELECT group_concat(quote(name) || quote(contact) || quote(accent) || quote(idle_seconds)) FROM pools",
        [],
    ));
    all
}

#[test]
fn a_read_only_administrator_sees_every_page_and_changes_nothing() {
    let house = House::open();
    let (mut wang, mut lintao, mut lilei) = (house.browser(), house.browser(), house.browser());
    wang.logs_in("wang");
    lilei.logs_in("lilei");
    // One receipt, so that there is one to read.
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    assert_eq!(gives_a_role(&house, &mut wang, "lintao", "auditor").status, 303);
    assert_eq!(role_of(&house, "lintao"), "auditor");
    lintao.logs_in("lintao");
    let csrf = lintao.csrf_of(&house.at("", "/u"));
    let before = everything(&house);
    let (user, application) = (house.person("hanmeimei").id.to_string(), house.application("notes").id.to_string());
    let fields = [
        ("csrf", csrf.as_str()),
        ("confirm", "lilei"),
        ("username", "lintao"),
        ("name", "Changed"),
        ("role", "admin"),
        ("label", "a key"),
        ("scope", "all"),
        ("user", &user),
        ("application", &application),
    ];
    for (path, reads, posts) in routes(&house) {
        let url = house.at("", &path);
        if reads && !path.ends_with("/live") {
            let seen = lintao.opens(&url);
            assert_eq!(seen.status, 200, "GET {path}: {}", seen.text());
            if seen.all("content-type").any(|kind| kind.starts_with("text/html")) {
                assert!(seen.text().contains("read-only administrator"), "{path} does not say why");
            }
            assert_eq!(lilei.opens(&url).status, if lilei.is_in("") { 403 } else { 200 }, "{path}");
        }
        if posts {
            assert_eq!(lintao.posts(&url, &fields).status, 403, "POST {path}");
        }
    }
    let after = everything(&house);
    assert_eq!(before, after);
}

#[test]
fn who_has_only_been_given_reading_calls_no_management_interface() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    assert_eq!(gives_a_role(&house, &mut wang, "zhao", "admin").status, 303);
    let zhao = house.person("zhao").id;
    let pool = house.pool;
    let (id, secret) = house
        .state
        .write_now(move |act, state| {
            let origin = exeunt::flow::applications::by_operator();
            exeunt::flow::applications::create_key(act, state, pool, Some(zhao), "robot", &origin)
        })
        .unwrap();
    let works = |house: &House| {
        let program = crate::support::Program::of_key(house, id.as_str(), secret.reveal());
        !program.token.is_empty()
    };
    assert!(works(&house));
    assert_eq!(gives_a_role(&house, &mut wang, "zhao", "auditor").status, 303);
    assert!(!works(&house), "the key outlives the right to make it");
}

#[test]
fn the_last_administrator_does_not_become_a_reader() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    assert_eq!(gives_a_role(&house, &mut wang, "zhao", "auditor").status, 303);
    let refused = gives_a_role(&house, &mut wang, "wang", "auditor");
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("One administrator has to remain"), "{}", refused.text());
    assert_eq!(role_of(&house, "wang"), "admin");
    assert_eq!(gives_a_role(&house, &mut wang, "lilei", "emperor").status, 400);
    assert_eq!(role_of(&house, "lilei"), "person");
}
