//! `/u/activity`: what a person may read and take home of what was done in their name.

use crate::support::House;

#[test]
fn a_person_reads_their_own_record_by_kind_and_nobody_elses() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    house.browser().logs_in_at(&house.at("", ""), "lilei", "not the password");
    house.browser().logs_in("hanmeimei");
    let text = |lilei: &mut crate::support::browser::Browser, kind: &str| {
        lilei.opens(&house.at("", &format!("/u/activity?kind={kind}"))).text().to_owned()
    };
    let all = text(&mut lilei, "");
    assert!(all.contains("Wrong password, not logged in") && all.contains("Logged in"));
    assert_eq!(
        all.matches("Logged in to").count() + all.matches(">Logged in<").count(),
        1,
        "the friend's is not there"
    );
    let refused = text(&mut lilei, "refused");
    assert!(refused.contains("Wrong password") && !refused.contains("Logged in to"));
    assert!(!text(&mut lilei, "logins").contains("Wrong password"));
    assert!(text(&mut lilei, "endings").contains("There is nothing of that kind"));
}

#[test]
fn a_first_visit_is_given_three_hints_and_a_later_one_none() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let first = lilei.opens(&house.at("", "/u")).text();
    assert!(first.contains("This is your first login.") && first.contains("New here?"), "{first}");
    house.browser().logs_in("lilei");
    let later = lilei.opens(&house.at("", "/u")).text();
    assert!(!later.contains("New here?") && later.contains("Last login:"), "{later}");
}

#[test]
fn an_application_that_registered_a_port_of_this_computer_can_be_opened() {
    let house = House::open();
    house.registers("notes", |form| {
        form.redirect_uris = vec!["http://localhost/any".to_owned(), "http://127.0.0.1:9101/callback".to_owned()];
    });
    let mut lilei = crate::ways_out::in_everywhere(&house, "lilei");
    let page = lilei.opens(&house.at("", "/u/applications")).text();
    assert!(page.contains("href=\"http://127.0.0.1:9101\""), "{page}");
}

#[test]
fn a_device_of_the_same_network_is_said_to_be() {
    let house = House::open();
    let mut lilei = house.lets_in("lilei");
    let shown = |lilei: &mut crate::support::Browser, ip: &str| {
        house.rows().execute("UPDATE sessions SET ip = ?1", [ip]).unwrap();
        lilei.opens(&house.at("", "/u/devices")).text()
    };
    assert!(shown(&mut lilei, "192.168.3.7").contains("local network"));
    let public = shown(&mut lilei, "203.0.114.7");
    assert!(!public.contains("local network") && public.contains("logged in today "), "{public}");
}

#[test]
fn a_long_record_is_read_a_page_at_a_time_and_ends_after_ninety_days() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let id = house.person("lilei").id;
    let now: i64 = house.value("SELECT max(at) FROM audit", []);
    let rows = house.rows();
    let add = |at: i64, ip: &str| {
        rows.execute(
            "INSERT INTO audit (at, pool_id, actor_kind, actor_id, act, user_id, target, ip, user_agent, request_id)
             SELECT ?1, pool_id, 'user', id, 'login', id, '', ?2, '', '' FROM users WHERE id = ?3",
            rusqlite::params![at, ip, id.to_string()],
        )
        .unwrap();
    };
    add(now - 91 * 86_400_000, "192.0.2.91");
    for n in 0..60 {
        add(now, &format!("198.51.100.{n}"));
    }
    let first = lilei.opens(&house.at("", "/u/activity?kind=logins"));
    assert!(first.text().contains("198.51.100.59") && first.text().contains("198.51.100.10"));
    assert!(!first.text().contains("198.51.100.9<"));
    let html = first.text();
    let next = html.split("href=\"/u/activity?kind=logins&amp;before=").nth(1).unwrap();
    let next = next.split('"').next().unwrap();
    let second = lilei.opens(&house.at("", &format!("/u/activity?kind=logins&before={next}")));
    assert!(second.text().contains("198.51.100.9<") && second.text().contains("198.51.100.0<"));
    assert!(!second.text().contains("198.51.100.10<"));
    assert!(!second.text().contains("192.0.2.91"), "older than ninety days");
    assert_eq!(lilei.opens(&house.at("", "/u/activity?before=x")).status, 400);
}

#[test]
fn the_record_is_taken_home_as_a_table_in_which_nothing_is_a_formula() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let id = house.person("lilei").id.to_string();
    house.rows().execute("UPDATE audit SET user_agent = '=1+1,\"x\"' WHERE user_id = ?1", [&id]).unwrap();
    let answer = lilei.opens(&house.at("", "/u/activity.csv"));
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"activity.csv\""));
    let text = answer.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "time,event,application,address,user_agent,request_id");
    assert!(lines[1].contains(",login,") && lines[1].contains("\"'=1+1,\"\"x\"\"\""), "{}", lines[1]);
    assert_eq!(lines.len(), 2);
    let mut stranger = house.browser();
    assert!(stranger.opens(&house.at("", "/u/activity.csv")).text().contains("name=\"password\""));
}

#[test]
fn the_audit_log_is_taken_home_by_administrators_only() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let answer = wang.opens(&house.at("", "/console/audit.csv?event=login"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().lines().count() >= 2, "{}", answer.text());
    assert!(answer.text().starts_with("time,event,actor_kind,actor,"));
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    assert_eq!(lilei.opens(&house.at("", "/console/audit.csv")).status, 403);
}
