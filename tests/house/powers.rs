//! What administrators may do: those who only read, and the password asked again before a grave act.

use crate::support::browser::Form;
use crate::support::{Answer, Browser, House, PASSWORD};

/// Where the console is entered: each path of the route sheet with its methods, ids filled in.
fn routes(house: &House) -> Vec<(String, bool, bool)> {
    let sheet = include_str!("../../src/web/mod.rs");
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

/// A quarter of an hour at the desk.
const LATER: i64 = 11 * 60_000;

#[test]
fn the_password_is_asked_again_after_ten_minutes_and_nothing_typed_is_lost() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    house.lets_pass(LATER);
    let url = house.at("", &format!("/console/users/{}", house.person("lilei").id));
    let csrf = wang.csrf_of(&url);
    let fields = [
        ("csrf", csrf.as_str()),
        ("username", "lilei"),
        ("name", "Li <Lei> & \"Co\""),
        ("email", "new@example.com"),
        ("role", "admin"),
        ("own_host", "untouched"),
    ];
    let before = everything(&house);
    let asked = wang.posts(&url, &fields);
    wang.page = asked.clone();
    assert_eq!(asked.status, 200);
    assert!(asked.text().contains("Confirm it is you"), "{}", asked.text());
    assert!(asked.text().contains("The role of lilei of the house becomes: Administrator."), "{}", asked.text());
    assert_eq!(before, everything(&house), "asking is not doing");
    let action = url.trim_start_matches(&house.at("", "")).to_owned();
    // Wrong, empty, then right.
    let wrong = wang.submits(&action, &[("own_password", "not it at all")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("The password is wrong."), "{}", wrong.text());
    assert!(!wrong.text().contains("not it at all"), "a password is never sent back");
    assert_eq!(role_of(&house, "lilei"), "person");
    assert_eq!(wang.submits(&action, &[("own_password", "")]).status, 422);
    let done = wang.submits(&action, &[("own_password", PASSWORD)]);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(role_of(&house, "lilei"), "admin");
    let kept: String = house.value("SELECT name || '|' || email FROM users WHERE username = 'lilei'", []);
    assert_eq!(kept, "Li <Lei> & \"Co\"|new@example.com");
    // It counts from now on.
    let again = gives_a_role(&house, &mut wang, "zhao", "auditor");
    assert_eq!(again.status, 303);
    assert_eq!(role_of(&house, "zhao"), "auditor");
}

#[test]
fn every_grave_act_asks_and_a_small_one_does_not() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let mut lilei = house.browser();
    lilei.logs_in_at(&house.at("notes", ""), "lilei", PASSWORD);
    house.lets_pass(LATER);
    let (notes, user, zhao) =
        (house.application("notes").id.to_string(), house.person("lilei").id, house.person("zhao").id);
    let csrf = wang.csrf_of(&house.at("", "/console/keys"));
    let users = |id| format!("/console/users/{id}");
    let grave: Vec<(String, Vec<(&str, &str)>)> = vec![
        (format!("{}/delete", users(user)), vec![("confirm", "lilei")]),
        (format!("{}/reset-link", users(user)), vec![]),
        (format!("/console/applications/{notes}/delete"), vec![("confirm", "notes")]),
        (format!("/console/applications/{notes}/secret"), vec![]),
        ("/console/keys".to_owned(), vec![("label", "robot")]),
        (users(user), vec![("username", "lilei"), ("role", "auditor")]),
        (users(user), vec![("username", "lilei"), ("role", "person"), ("password", "a new and long one")]),
        (users(zhao), vec![("username", "zhao"), ("role", "admin"), ("status", "disabled")]),
        ("/console/users/new".to_owned(), vec![("username", "mallory"), ("role", "admin")]),
        ("/console/kick".to_owned(), vec![("application", &notes), ("all", "1"), ("confirm", "NOTES")]),
    ];
    let before = everything(&house);
    for (path, fields) in grave {
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        let answer = wang.posts(&house.at("", &path), &all);
        assert!(answer.text().contains("Confirm it is you"), "{path}: {} {}", answer.status, answer.text());
        assert_eq!(before, everything(&house), "{path}");
    }
    // One person is forced out at once: somebody may have to be out now.
    let sid: String = house.value("SELECT sid FROM sessions WHERE user_id = ?1", [user.to_string()]);
    let one = [("csrf", csrf.as_str()), ("application", &notes), ("sid", &sid), ("scope", "cell")];
    let answer = wang.posts(&house.at("", "/console/kick"), &one);
    assert!(answer.location().starts_with("/console/receipts/"), "{}", answer.text());
}

#[test]
fn a_stolen_console_does_not_guess_passwords_for_ever() {
    let house = House::with(|config| config.login_tries_per_name = 3);
    let mut wang = house.browser();
    wang.logs_in("wang");
    house.lets_pass(LATER);
    let csrf = wang.csrf_of(&house.at("", "/console/keys"));
    let mut last = Answer::default();
    for n in 0..5 {
        let guess = format!("guess number {n}");
        let fields = [("csrf", csrf.as_str()), ("label", "robot"), ("own_password", guess.as_str())];
        last = wang.posts(&house.at("", "/console/keys"), &fields);
    }
    assert_eq!(last.status, 429, "{}", last.text());
    assert!(last.header("retry-after").is_some());
    let right = [("csrf", csrf.as_str()), ("label", "robot"), ("own_password", PASSWORD)];
    assert_eq!(wang.posts(&house.at("", "/console/keys"), &right).status, 429, "the right one has to wait too");
    assert_eq!(house.count("SELECT count(*) FROM access_keys"), 0);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE act = 'login_refused'"), 3);
    house.lets_pass(LATER);
    assert_eq!(wang.posts(&house.at("", "/console/keys"), &right).status, 200);
    assert_eq!(house.count("SELECT count(*) FROM access_keys"), 1);
}

#[test]
fn the_question_takes_no_form_of_another_site_and_sends_none_elsewhere() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    house.lets_pass(LATER);
    let url = house.at("", "/console/keys");
    let without = wang.posts(&url, &[("label", "robot"), ("own_password", PASSWORD)]);
    assert_eq!(without.status, 403);
    let csrf = wang.csrf_of(&url);
    // Neither a field nor the query moves the form.
    let moved = format!("{url}?action=https%3A%2F%2Fevil.example");
    let answer = wang.posts(&moved, &[("csrf", &csrf), ("label", "x"), ("action", "https://evil.example/")]);
    let form = Form::find(&answer.text(), "/console/keys").expect("the form goes back where it came from");
    assert_eq!(form.action, "/console/keys");
    assert!(form.fields.contains(&("action".to_owned(), "https://evil.example/".to_owned())), "{form:?}");
    assert_eq!(house.count("SELECT count(*) FROM access_keys"), 0);
}
