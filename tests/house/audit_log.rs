//! The audit log: two views, every question, what an event changed, and the same rows taken home.

use std::sync::Arc;

use exeunt::domain::id::{ApplicationId, UserId};
use exeunt::flow::applications;
use exeunt::flow::audit::{self, Question};
use exeunt::flow::state::State;
use exeunt::store::db::Act;
use serde_json::Value;

use crate::support::{Browser, House};

fn admin(house: &House) -> Browser {
    let mut wang = house.browser();
    wang.logs_in("wang");
    wang
}

fn shows(house: &House, wang: &mut Browser, query: &str) -> String {
    let page = wang.opens(&house.at("", &format!("/console/audit{query}")));
    assert_eq!(page.status, 200, "{query}: {}", page.text());
    page.text()
}

/// The numbers of the events on a page.
fn numbers(page: &str) -> Vec<i64> {
    page.split("<details id=\"e").skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
}

fn number_of(house: &House, act: &str) -> Vec<i64> {
    let rows = house.rows();
    let mut sql = rows.prepare("SELECT id FROM audit WHERE act = ?1 ORDER BY id DESC").unwrap();
    sql.query_map([act], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// So many more events of one person, a minute apart, the latest now.
fn fill(house: &House, count: i64, act: &str, user: UserId) {
    house
        .rows()
        .execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO audit (at, pool_id, actor_kind, actor_id, act, user_id, target, ip, user_agent, request_id)
             SELECT ?2 - (?1 - i) * 60000, ?3, 'user', ?4, ?5, ?4, '', '198.51.100.7', '', 'req_' || i FROM n",
            rusqlite::params![count, house.state.now().0, house.pool.as_str(), user.as_str(), act],
        )
        .unwrap();
}

#[test]
fn what_users_did_and_what_administrators_did_are_two_views_and_nothing_is_in_neither() {
    let house = House::open();
    let (mut wang, mut lilei) = (admin(&house), house.browser());
    lilei.logs_in("lilei");
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    lilei.logs_in_at(&house.at("board", ""), "lilei", "not the password");
    let user = house.person("hanmeimei").id;
    wang.opens(&house.at("", &format!("/console/users/{user}")));
    let answer = wang.submits(&format!("/console/users/{user}"), &[("name", "Han Mei"), ("username", "hanmeimei")]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let users = numbers(&shows(&house, &mut wang, ""));
    let admins = numbers(&shows(&house, &mut wang, "?view=admin"));
    for act in ["login", "login_refused", "kicked"] {
        assert!(number_of(&house, act).iter().all(|n| users.contains(n)), "{act}");
    }
    for act in ["kicked", "user_changed", "token_issued"] {
        assert!(number_of(&house, act).iter().all(|n| admins.contains(n)), "{act}");
    }
    assert!(number_of(&house, "user_changed").iter().all(|n| !users.contains(n)));
    assert!(number_of(&house, "login").iter().all(|n| !admins.contains(n)));
    let all: i64 = house.value("SELECT count(*) FROM audit WHERE pool_id = ?1", [house.pool.to_string()]);
    let mut seen = [users, admins].concat();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(i64::try_from(seen.len()).unwrap(), all);
}

#[test]
fn every_question_finds_its_rows_and_stays_in_the_page() {
    let house = House::open();
    let (mut wang, mut lilei) = (admin(&house), house.browser());
    lilei.logs_in("lilei");
    house.browser().logs_in_at(&house.at("board", ""), "lilei", "not the password");
    // The refusal is written down without waiting; what is written after it is waited for.
    lilei.logs_out();
    let (lilei_id, wang_id) = (house.person("lilei").id, house.person("wang").id);
    let [login, refused, left] =
        [number_of(&house, "login"), number_of(&house, "login_refused"), number_of(&house, "personal_center")];
    let of_lilei = |acts: &[&[i64]]| {
        let mut all: Vec<i64> = acts.concat();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all
    };
    let find = |wang: &mut Browser, query: &str| numbers(&shows(&house, wang, query));
    assert_eq!(find(&mut wang, &format!("?user={lilei_id}")), of_lilei(&[&login[..1], &refused, &left]));
    assert_eq!(find(&mut wang, "?user=lilei&event=login"), login[..1]);
    assert_eq!(find(&mut wang, "?result=not"), refused);
    assert_eq!(find(&mut wang, &format!("?user={wang_id}&result=done")), login[1..]);
    assert!(find(&mut wang, "?user=nobody-of-that-name").is_empty());
    assert!(find(&mut wang, "?ip=203.0.113.9").is_empty());
    assert_eq!(find(&mut wang, "?ip=127.0.0.1&event=login_refused"), refused);
    let notes = house.application("notes").id;
    assert_eq!(find(&mut wang, &format!("?application={notes}")), login, "both logged in to it");
    let request: String = house.value("SELECT request_id FROM audit WHERE act = 'personal_center'", []);
    let receipt: String = house.value("SELECT ending_id FROM audit WHERE act = 'personal_center'", []);
    assert_eq!(find(&mut wang, &format!("?request={request}")), left);
    assert_eq!(find(&mut wang, &format!("?request={receipt}")), left);
    let page = shows(&house, &mut wang, &format!("?view=admin&user=lilei&ip=10.0.0.1&application={notes}"));
    for kept in ["value=\"lilei\"", "value=\"10.0.0.1\"", &format!("<option value=\"{notes}\" selected>")] {
        assert!(page.contains(kept), "{kept}");
    }
    assert!(page.contains("No record matches") && page.contains("Clear the filters"));
    assert!(page.contains("/console/audit?user=lilei"), "the other view takes the questions along");
}

#[test]
fn times_are_read_in_the_zone_of_the_reader_and_wrong_ones_are_said() {
    let house = House::open();
    let mut wang = admin(&house);
    let lilei = house.person("lilei").id;
    fill(&house, 300, "login", lilei);
    // The clock of the house stands at 2025-11-22 07:20:00 UTC, so event i is at 07:20 less (300 - i) minutes.
    let range = "?user=lilei&from=2025-11-22T06:50&to=2025-11-22T06:54";
    assert_eq!(numbers(&shows(&house, &mut wang, range)).len(), 5, "both minutes count whole");
    let place = |text: &str| shows(&house, &mut admin(&house), text);
    assert!(numbers(&place("?from=2025-11-22T07:21")).is_empty());
    assert!(numbers(&place("?to=2025-11-21T00:00")).is_empty());
    for (query, said) in [
        ("?from=yesterday", "This is not a date and time"),
        ("?to=2025-13-41T99:00", "This is not a date and time"),
        ("?from=2025-11-22T08:00&to=2025-11-22T07:00&user=kept", "This ends before it begins"),
    ] {
        let page = wang.opens(&house.at("", &format!("/console/audit{query}")));
        assert_eq!(page.status, 422, "{query}");
        assert!(page.text().contains(said), "{query}");
        assert_eq!(wang.opens(&house.at("", &format!("/console/audit.ndjson{query}"))).status, 400);
    }
    assert_eq!(wang.opens(&house.at("", "/console/audit?user=a&user=b")).status, 400);
}

#[test]
fn an_event_shows_what_it_changed_and_never_a_secret() {
    let house = House::open();
    let mut wang = admin(&house);
    let user = house.person("hanmeimei").id;
    let path = format!("/console/users/{user}");
    wang.opens(&house.at("", &path));
    let typed = [("name", "Han <Mei>"), ("username", "hanmeimei"), ("password", "another long one")];
    wang.submits(&path, &typed);
    let notes = house.application("notes").id;
    house.tells("notes", "http://127.0.0.1:9/hear");
    let page = shows(&house, &mut wang, "?view=admin");
    assert!(page.contains("Han &lt;Mei&gt;"), "{page}");
    let kept: String = house.value("SELECT detail FROM audit WHERE act = 'user_changed'", []);
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let fields: Vec<&String> = kept.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["email", "name"], "{kept}");
    assert_eq!((&kept["name"][1], &kept["email"][1]), (&Value::from("Han <Mei>"), &Value::Null));
    let text = "SELECT detail FROM audit WHERE act = 'application_changed' AND target = ?1 ORDER BY id DESC LIMIT 1";
    let kept: String = house.value(text, [notes.to_string()]);
    assert_eq!(kept, r#"{"backchannel_logout_uri":[null,"http://127.0.0.1:9/hear"]}"#);
    assert_eq!(
        house.count("SELECT count(*) FROM audit WHERE detail LIKE '%another long one%' OR detail LIKE '%argon2%'"),
        0
    );
}

#[test]
fn exactly_the_rows_that_were_asked_for_are_taken_home() {
    let house = House::open();
    let mut wang = admin(&house);
    let (lilei, hanmeimei) = (house.person("lilei").id, house.person("hanmeimei").id);
    fill(&house, 1_300, "login", lilei);
    fill(&house, 40, "login_refused", hanmeimei);
    house
        .rows()
        .execute("UPDATE audit SET user_agent = '=1+1' || char(10) || '\"x' WHERE user_id = ?1", [hanmeimei.as_str()])
        .unwrap();
    let csv = wang.opens(&house.at("", "/console/audit.csv?user=lilei"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"audit.csv\""));
    assert_eq!(csv.text().lines().count(), 1_301);
    let answer = wang.opens(&house.at("", "/console/audit.ndjson?result=not"));
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 40);
    assert!(lines.iter().all(|line| line["event"] == "login_refused" && line["userAgent"] == "=1+1\n\"x"));
    assert!(lines.windows(2).all(|pair| pair[0]["number"].as_i64() > pair[1]["number"].as_i64()));
    let csv = wang.opens(&house.at("", "/console/audit.csv?result=not")).text();
    assert!(csv.contains("\"'=1+1\n\"\"x\"") && !csv.contains(",=1+1"));
    let mut person = house.browser();
    person.logs_in("lilei");
    for path in ["/console/audit.csv", "/console/audit.ndjson", "/console/audit?view=admin"] {
        assert_eq!(person.opens(&house.at("", path)).status, 403, "{path}");
    }
}

#[test]
fn a_page_reads_so_much_of_a_long_log_and_says_how_far_it_looked() {
    let house = House::open();
    let mut wang = admin(&house);
    let (lilei, hanmeimei) = (house.person("lilei").id, house.person("hanmeimei").id);
    fill(&house, 10, "login_refused", hanmeimei);
    fill(&house, 45_000, "login", lilei);
    let asked = Question { success: Some(false), ..Question::default() };
    let (mut place, mut found, mut parts) = (None, 0, 0);
    loop {
        let part = audit::part(&house.state, house.pool, &asked, place, audit::PAGE).unwrap();
        (found, parts) = (found + part.rows.len(), parts + 1);
        if part.next.is_none() {
            break;
        }
        assert!(part.looked_back_to.is_some() && part.rows.is_empty(), "nothing was found on the way");
        place = part.next;
    }
    assert_eq!((found, parts), (10, 3));
    let page = shows(&house, &mut wang, "?result=not");
    assert!(page.contains("Looked back to") && page.contains("before="), "{}", &page[page.len() - 900..]);
    let lines = wang.opens(&house.at("", "/console/audit.ndjson?result=not")).text();
    assert_eq!(lines.lines().count(), 10, "what is taken home looks on to the end");
    let other = Question { application: ApplicationId::parse("0123456789abcdef01234567").ok(), ..Question::default() };
    assert!(audit::part(&house.state, house.pool, &other, None, audit::PAGE).unwrap().rows.is_empty());
}

#[test]
fn another_pools_log_is_not_read() {
    let house = House::open();
    let mut olga = house.browser();
    olga.logs_in_at(&house.at("shop", ""), "olga", crate::support::PASSWORD);
    let mut wang = admin(&house);
    let olga_id: String = house.value("SELECT id FROM users WHERE username = 'olga'", []);
    assert!(house.count("SELECT count(*) FROM audit WHERE act = 'login'") >= 2);
    assert!(numbers(&shows(&house, &mut wang, &format!("?user={olga_id}"))).is_empty());
    assert!(!shows(&house, &mut wang, "").contains("olga"));
}

/// The text of a part of a page, without its tags.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines of the ticker, newest first.
fn ticker(page: &str) -> Vec<String> {
    let table = page.split("id=\"ticker\"").nth(1).unwrap().split("</table>").next().unwrap();
    table.split("<td class=\"c-who\">").skip(1).map(words).collect()
}

#[test]
fn leaving_one_application_or_another_device_is_never_told_as_having_logged_out() {
    let house = House::open();
    let (mut wang, mut lilei) = (admin(&house), house.browser());
    lilei.logs_in("lilei");
    let (firefox, other) = (house.lets_in("lilei"), house.lets_in("lilei"));
    let sid = house.sid_of(&firefox).to_string();
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
    house.rows().execute("UPDATE sessions SET user_agent = ?1 WHERE sid = ?2", [agent, &sid]).unwrap();
    let csrf = lilei.csrf_of(&house.at("", "/u/devices"));
    assert_eq!(lilei.posts(&house.at("", "/u/devices/end"), &[("csrf", &csrf), ("sid", &sid)]).status, 303);
    let sid = house.sid_of(&other).to_string();
    assert_eq!(lilei.posts(&house.at("", "/u/devices/end"), &[("csrf", &csrf), ("sid", &sid)]).status, 303);
    let _three = [(); 3].map(|()| house.lets_in("lilei"));
    assert_eq!(lilei.posts(&house.at("", "/u/devices/end-others"), &[("csrf", &csrf)]).status, 303);
    let board = house.application("board").id.to_string();
    assert_eq!(
        lilei.posts(&house.at("", "/u/applications/leave"), &[("csrf", &csrf), ("application", &board)]).status,
        303
    );
    let own = words(&lilei.opens(&house.at("", "/u/activity?kind=endings")).text());
    let log = words(&shows(&house, &mut wang, "?event=personal_center"));
    for sentence in [
        "Logged out of BOARD",
        "Logged out Firefox on Linux",
        "Logged out another device",
        "Logged out 3 other devices",
    ] {
        assert!(own.contains(sentence), "{sentence}: {own}");
        assert!(log.contains(&format!("lilei of the house {sentence}")), "{sentence}: {log}");
    }
    assert_eq!(own.matches("Logged out").count(), 4, "{own}");
    assert!(lilei.is_in(""));
}

#[test]
fn an_act_names_its_object_after_the_verb_and_whoever_did_it_by_name() {
    let house = House::open();
    let mut wang = admin(&house);
    let (pool, origin) = (house.pool, applications::by_operator());
    let key = move |act: &mut Act<'_>, state: &Arc<State>| {
        applications::create_key(act, state, pool, None, "Nightly report", &origin)
    };
    house.state.write_now(key).unwrap();
    wang.opens(&house.at("", "/console/users/new"));
    let typed = [("name", "Maya Okafor"), ("username", "maya"), ("password", "a long and quiet one")];
    assert_eq!(wang.submits("/console/users/new", &typed).status, 303);
    house.program().kicks(house.application("notes").id, &[&house.person("lilei"), &house.person("hanmeimei")]);
    let log = words(&shows(&house, &mut wang, "?view=admin"));
    for line in [
        "Created the user Maya Okafor",
        "Created the access key Nightly report",
        "command line",
        "2 people Forced out of NOTES",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
    assert!(!log.contains("Maya Okafor Created"), "{log}");
    let page = wang.opens(&house.at("", "/console")).text();
    let lines = ticker(&page);
    assert!(lines.iter().any(|line| line.starts_with("2 people Forced out of NOTES")), "{lines:?}");
    for never in ["management token", "Created the", "Changed the"] {
        assert!(!lines.iter().any(|line| line.contains(never)), "{never}: {lines:?}");
    }
}
