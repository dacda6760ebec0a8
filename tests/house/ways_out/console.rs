//! Way 4: an administrator in the console. Four scopes, each with a receipt.

use serde_json::Value;

use super::{hosts_that_know, in_everywhere};
use crate::support::{Answer, Browser, House};

fn sids_of(house: &House, name: &str) -> Vec<String> {
    let rows = house.rows();
    let text = "SELECT s.sid FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.username = ?1 AND s.ended_at IS NULL ORDER BY s.id";
    let mut sql = rows.prepare(text).unwrap();
    sql.query_map([name], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The administrator picks sessions in notes, chooses a scope, and presses the button.
#[track_caller]
fn forces_out(house: &House, wang: &mut Browser, sids: &[String], scope: &str) -> Value {
    let notes = house.application("notes").id;
    let csrf = wang.csrf_of(&house.at("", &format!("/console/applications/{notes}/sessions")));
    let mut fields = vec![("csrf", csrf.as_str())];
    fields.extend(sids.iter().map(|sid| ("sid", sid.as_str())));
    let url = house.at("", &format!("/console/applications/{notes}/kick"));
    let page = wang.posts(&url, &fields);
    assert_eq!(page.status, 200, "{}", page.text());
    (wang.page, wang.at) = (page, url);
    let answer = wang.submits("/console/kick", &[("scope", scope)]);
    receipt(house, wang, &answer)
}

#[track_caller]
fn receipt(house: &House, wang: &mut Browser, answer: &Answer) -> Value {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let id = answer.location().strip_prefix("/console/receipts/").expect("a receipt").to_owned();
    house.upkeep();
    let page = wang.opens(&house.at("", answer.location()));
    assert_eq!(page.status, 200);
    let json = wang.sends("GET", &house.at("", &format!("/api/v1/logouts/{id}")), &[], None);
    assert_eq!(json.status, 200);
    let json = json.json();
    assert_eq!((&json["cause"], &json["complete"]), (&Value::from("console"), &Value::from(true)));
    assert_eq!(json["by"]["kind"], "admin");
    json
}

/// Lilei on two devices and a friend, each in notes and board; and the administrator.
fn scene(house: &House) -> (Browser, Browser, Browser, Browser) {
    let mut wang = house.browser();
    wang.logs_in("wang");
    (in_everywhere(house, "lilei"), in_everywhere(house, "lilei"), in_everywhere(house, "hanmeimei"), wang)
}

#[test]
fn one_session_in_one_application() {
    let house = House::open();
    let (mut desk, mut phone, mut friend, mut wang) = scene(&house);
    let receipt = forces_out(&house, &mut wang, &sids_of(&house, "lilei")[..1], "cell");
    assert_eq!(receipt["scope"], "cell");
    assert_eq!((receipt["sessionsTouched"].as_i64(), receipt["sessionsEnded"].as_i64()), (Some(1), Some(0)));
    assert_eq!(hosts_that_know(&mut desk), ["", "board"]);
    assert_eq!(hosts_that_know(&mut phone), ["", "notes", "board"]);
    assert_eq!(hosts_that_know(&mut friend), ["", "notes", "board"]);
    assert!(wang.is_in(""));
}

#[test]
fn one_application_on_every_device() {
    let house = House::open();
    let (mut desk, mut phone, mut friend, mut wang) = scene(&house);
    let receipt = forces_out(&house, &mut wang, &sids_of(&house, "lilei")[..1], "app");
    assert_eq!(receipt["scope"], "app");
    assert_eq!(receipt["sessionsTouched"], 2);
    assert_eq!(hosts_that_know(&mut desk), ["", "board"]);
    assert_eq!(hosts_that_know(&mut phone), ["", "board"]);
    assert_eq!(hosts_that_know(&mut friend), ["", "notes", "board"]);
}

#[test]
fn one_device_in_every_application() {
    let house = House::open();
    let (mut desk, mut phone, mut friend, mut wang) = scene(&house);
    let receipt = forces_out(&house, &mut wang, &sids_of(&house, "lilei")[..1], "device");
    assert_eq!(receipt["scope"], "device");
    assert_eq!(receipt["sessionsEnded"], 1);
    assert_eq!(receipt["applications"].as_array().map(Vec::len), Some(2));
    assert_eq!(hosts_that_know(&mut desk), Vec::<&str>::new());
    assert_eq!(hosts_that_know(&mut phone), ["", "notes", "board"]);
    assert_eq!(hosts_that_know(&mut friend), ["", "notes", "board"]);
}

#[test]
fn everything_of_a_person() {
    let house = House::open();
    let (mut desk, mut phone, mut friend, mut wang) = scene(&house);
    let receipt = forces_out(&house, &mut wang, &sids_of(&house, "lilei")[..1], "all");
    assert_eq!(receipt["scope"], "all");
    assert_eq!(receipt["sessionsEnded"], 2);
    assert_eq!(hosts_that_know(&mut desk), Vec::<&str>::new());
    assert_eq!(hosts_that_know(&mut phone), Vec::<&str>::new());
    assert_eq!(hosts_that_know(&mut friend), ["", "notes", "board"]);
}

#[test]
fn many_at_once_and_everybody_in_an_application() {
    let house = House::open();
    let (mut desk, mut phone, mut friend, mut wang) = scene(&house);
    let mut both = sids_of(&house, "lilei");
    both.extend(sids_of(&house, "hanmeimei"));
    let receipt = forces_out(&house, &mut wang, &both, "cell");
    assert_eq!(receipt["sessionsTouched"], 3);
    for browser in [&mut desk, &mut phone, &mut friend] {
        assert_eq!(hosts_that_know(browser), ["", "board"]);
    }
    let board = house.application("board").id;
    wang.opens(&house.at("", &format!("/console/applications/{board}/kick?all=1")));
    let answer = wang.submits("/console/kick", &[("confirm", "BOARD")]);
    let receipt = self::receipt(&house, &mut wang, &answer);
    assert_eq!((&receipt["everybody"], &receipt["sessionsEnded"]), (&Value::from(true), &Value::from(3)));
    for browser in [&mut desk, &mut phone, &mut friend] {
        assert_eq!(hosts_that_know(browser), Vec::<&str>::new(), "no application is left in the session");
    }
    assert!(wang.is_in(""), "the administrator is in notes, not in board");
}

#[test]
fn a_person_from_everything_by_their_own_page() {
    let house = House::open();
    let (mut desk, mut phone, mut friend, mut wang) = scene(&house);
    let lilei = house.person("lilei").id;
    wang.opens(&house.at("", &format!("/console/users/{lilei}/kick")));
    let answer = wang.submits("/console/kick", &[]);
    assert_eq!(receipt(&house, &mut wang, &answer)["sessionsEnded"], 2);
    assert!(!desk.is_in("") && !phone.is_in("") && friend.is_in(""));
}

#[test]
fn the_question_alone_ends_nothing_and_ended_sessions_are_passed_over() {
    let house = House::open();
    let (mut desk, _, _, mut wang) = scene(&house);
    let notes = house.application("notes").id;
    let sids = sids_of(&house, "lilei");
    let before = house.picture();
    wang.opens(&house.at("", &format!("/console/applications/{notes}/kick?sid={}&sid={}", sids[0], sids[1])));
    assert_eq!(before, house.picture());
    desk.logs_out();
    let receipt = forces_out(&house, &mut wang, &sids, "device");
    assert_eq!(receipt["sessionsEnded"], 1, "the other one had left by itself");
    let csrf = wang.csrf_of("/console");
    let endings = house.endings();
    let fields = [("csrf", csrf.as_str()), ("sid", &sids[0]), ("scope", "device"), ("application", notes.as_str())];
    let answer = wang.posts(&house.at("", "/console/kick"), &fields);
    assert_eq!(answer.status, 200, "nobody is left, and that is said: {}", answer.text());
    assert_eq!(house.endings(), endings);
}

#[test]
fn only_an_administrator_of_this_pool_forces_out_and_only_with_the_hidden_value() {
    let house = House::open();
    let (mut desk, _, mut friend, mut wang) = scene(&house);
    let mut olga = house.browser();
    olga.logs_in_at(&house.at("shop", ""), "olga", crate::support::PASSWORD);
    let sid = sids_of(&house, "lilei").remove(0);
    let notes = house.application("notes").id;
    let before = house.picture();
    let url = house.at("", "/console/kick");
    let fields = |csrf: &str| {
        let pairs = [("csrf", csrf), ("sid", &sid), ("scope", "all"), ("application", notes.as_str())];
        pairs.map(|(n, v)| (n.to_owned(), v.to_owned()))
    };
    let post = |browser: &mut Browser, url: &str, csrf: &str| {
        let owned = fields(csrf);
        let pairs: Vec<(&str, &str)> = owned.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        browser.posts(url, &pairs)
    };
    let friends = friend.csrf_of("/u");
    assert_eq!(post(&mut friend, &url, &friends).status, 403, "a person");
    assert_eq!(post(&mut wang, &url, "").status, 403, "no hidden value");
    assert_eq!(post(&mut wang, &url, &friends).status, 403, "another session's hidden value");
    let shop = house.at("shop", "/console/kick");
    let olgas = olga.csrf_of(&house.at("shop", "/u"));
    let foreign = post(&mut olga, &shop, &olgas);
    assert!(foreign.status == 200 || foreign.status == 404, "{}", foreign.status);
    let stranger = post(&mut house.browser(), &url, "");
    assert_eq!((stranger.status, stranger.location()), (303, "/login?next=%2Fu"));
    assert_eq!(before, house.picture());
    assert!(desk.is_in("notes"));
}

#[test]
fn every_page_of_the_console_is_for_administrators_only() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let notes = house.application("notes").id;
    let user = house.person("hanmeimei").id;
    for path in [
        "/console".to_owned(),
        "/console/audit".to_owned(),
        "/console/users".to_owned(),
        "/console/users/new".to_owned(),
        format!("/console/users/{user}"),
        format!("/console/users/{user}/kick"),
        "/console/applications".to_owned(),
        format!("/console/applications/{notes}"),
        format!("/console/applications/{notes}/sessions"),
        format!("/console/applications/{notes}/kick?all=1"),
        "/console/keys".to_owned(),
        "/console/live".to_owned(),
    ] {
        let answer = lilei.opens(&house.at("", &path));
        assert_eq!(answer.status, 403, "{path}");
        assert!(!answer.text().contains("hanmeimei"), "{path}");
    }
}

#[test]
fn a_force_out_that_cannot_be_written_says_so() {
    let house = House::open();
    let (mut desk, _, _, mut wang) = scene(&house);
    let lilei = house.person("lilei").id;
    wang.opens(&house.at("", &format!("/console/users/{lilei}/kick")));
    let answer = house.while_nothing_can_be_written(|| wang.submits("/console/kick", &[]));
    assert_eq!(answer.status, 503);
    assert!(desk.is_in("notes"));
    assert_eq!(house.endings(), 0);
}

#[test]
fn who_was_forced_out_is_asked_for_the_password_again() {
    let house = House::open();
    let (mut desk, _, _, mut wang) = scene(&house);
    forces_out(&house, &mut wang, &sids_of(&house, "lilei")[..1], "cell");
    let page = desk.opens(&house.at("notes", "/u"));
    assert!(page.text().contains("name=\"password\""), "{}", desk.at);
    assert!(!desk.is_in("notes"));
    desk.types_in("lilei", crate::support::PASSWORD);
    assert_eq!(hosts_that_know(&mut desk), ["", "notes", "board"]);
}

#[test]
fn everybody_leaves_only_when_the_name_was_typed() {
    let house = House::open();
    let (mut desk, _, _, mut wang) = scene(&house);
    let board = house.application("board").id;
    let before = house.picture();
    for typed in ["", "board!", "NOTES"] {
        wang.opens(&house.at("", &format!("/console/applications/{board}/kick?all=1")));
        let fields = [("confirm", typed), ("reason", "a kept <reason>")];
        let page = wang.submits("/console/kick", &fields);
        assert_eq!(page.status, 422, "{typed}");
        let text = page.text();
        assert!(text.contains("aria-invalid") && text.contains("href=\"#confirm\""), "{typed}");
        assert!(text.contains("value=\"a kept &lt;reason&gt;\""), "nothing typed is lost");
    }
    assert_eq!(before, house.picture());
    assert!(desk.is_in("board"));
}

#[test]
fn the_scope_page_tells_the_numbers_of_the_receipt() {
    let house = House::open();
    house.tells("notes", "http://127.0.0.1:9/backchannel");
    let (mut desk, _, _, mut wang) = scene(&house);
    crate::support::client::Client::of(&house, "notes").tokens(&mut desk);
    let notes = house.application("notes").id;
    let sids = sids_of(&house, "lilei");
    let held = house.count("SELECT count(*) FROM grants WHERE revoked_at IS NULL");
    assert!(held >= 1);
    let url = format!("/console/applications/{notes}/kick?sid={}", sids[0]);
    let page = wang.opens(&house.at("", &url)).text();
    let effect = |scope: &str| {
        let from = page.split(&format!("class=\"effect\" data-s=\"{scope}\"")).nth(1).unwrap();
        from.split("</dl>").next().unwrap().to_owned()
    };
    assert!(page.contains("4 log-ins of "), "{page}");
    assert!(effect("cell").contains(&format!("1 log-in, {held} token")), "{}", effect("cell"));
    assert!(effect("app").contains("2 log-ins") && effect("app").contains("tells NOTES"), "{}", effect("app"));
    assert!(effect("device").contains("2 log-ins in 1 session"), "{}", effect("device"));
    assert!(effect("all").contains("4 log-ins in 2 sessions") && !effect("all").contains("BOARD"), "{}", effect("all"));
    for scope in ["cell", "app", "device", "all"] {
        let said = effect(scope);
        let all: u32 = said.split("<dd>").skip(1).take(2).map(first_number).sum();
        assert_eq!(all, 4, "what ends and what stays of {scope}: {said}");
        assert!(!said.contains("0 tokens"), "{said}");
    }
    assert!(effect("app").contains("2 log-ins: BOARD in "), "what stays has a name: {}", effect("app"));
    let receipt = forces_out(&house, &mut wang, &sids[..1], "all");
    assert_eq!((&receipt["sessionsEnded"], &receipt["tokensRevoked"]), (&Value::from(2), &Value::from(held)));
}

/// The number a text begins with; none is nothing.
fn first_number(text: &str) -> u32 {
    text.split(' ').next().unwrap().parse().unwrap_or(0)
}

/// The administrator at two computers and a friend; the administrator reads at the first.
fn own_scene(house: &House) -> (Browser, Browser, Browser) {
    let (mut here, mut there) = (house.browser(), house.browser());
    here.logs_in("wang");
    there.logs_in("wang");
    (here, there, in_everywhere(house, "hanmeimei"))
}

const LEAVES: &str = "This logs you out of the console too";

#[test]
fn whoever_is_among_those_they_force_out_is_told_and_marked() {
    let house = House::open();
    let (mut wang, other, _) = own_scene(&house);
    let notes = house.application("notes").id;
    let (here, there) = (house.sid_of(&wang).to_string(), house.sid_of(&other).to_string());
    let ledger = wang.opens(&house.at("", &format!("/console/applications/{notes}/sessions"))).text();
    let row = |sid: &str| {
        let row = ledger.split("<tr").find(|row| row.contains(&format!("value=\"{sid}\""))).unwrap();
        (row.contains(">You<"), row.contains(">This device<"))
    };
    assert_eq!((row(&here), row(&there)), ((true, true), (true, false)));
    let friend = sids_of(&house, "hanmeimei").remove(0);
    assert_eq!(row(&friend), (false, false));
    let mut asks =
        |query: String| wang.opens(&house.at("", &format!("/console/applications/{notes}/kick?{query}"))).text();
    assert!(asks(format!("sid={here}")).contains(LEAVES));
    assert!(asks("all=1".to_owned()).contains(LEAVES));
    let others = asks(format!("sid={friend}"));
    assert!(!others.contains(LEAVES) && !others.contains("name=\"keep\""), "it is not about them");
}

#[test]
fn the_own_session_stays_where_that_was_wished_and_the_others_end() {
    for (query, scope) in [("all=1", "app"), ("sid", "app"), ("sid", "all"), ("user", "all")] {
        let house = House::open();
        let (mut wang, mut other, mut friend) = own_scene(&house);
        let (notes, own) = (house.application("notes").id, house.person("wang").id);
        let here = house.sid_of(&wang);
        let url = match query {
            "user" => format!("/console/users/{own}/kick"),
            "sid" => format!("/console/applications/{notes}/kick?sid={here}&scope={scope}"),
            all => format!("/console/applications/{notes}/kick?{all}"),
        };
        let page = wang.opens(&house.at("", &url)).text();
        assert!(page.contains(&format!("value=\"keep-{scope}\" checked")), "{query} {scope}");
        let spared = page.split(&format!("class=\"effect\" data-s=\"{scope}\" data-keep=\"yes\"")).nth(1).unwrap();
        let everybody = query == "all=1";
        let ends = first_number(spared.split("<dd>").nth(1).unwrap());
        assert_eq!(ends, if everybody { 2 } else { 1 }, "{query} {scope}");
        let typed: &[(&str, &str)] = if everybody { &[("confirm", "NOTES")] } else { &[] };
        let answer = wang.submits("/console/kick", typed);
        let receipt = receipt(&house, &mut wang, &answer);
        assert_eq!(receipt["sessionsTouched"], ends, "the receipt counts as the page did");
        assert!(wang.is_in("") && !other.is_in(""), "{query} {scope}");
        assert_eq!(friend.is_in("notes"), !everybody, "{query} {scope}");
        assert!(friend.is_in("board"), "{query} {scope}");
    }
}

#[test]
fn without_the_tick_the_own_session_ends_and_with_nothing_else_there_nothing_does() {
    let house = House::open();
    let (mut wang, _, _) = own_scene(&house);
    let (notes, own) = (house.application("notes").id, house.person("wang").id);
    let here = house.sid_of(&wang).to_string();
    let csrf = wang.csrf_of(&house.at("", "/console"));
    let before = house.endings();
    for scope in ["cell", "device"] {
        let (keep, notes) = (format!("keep-{scope}"), notes.as_str());
        let fields =
            [("csrf", csrf.as_str()), ("application", notes), ("sid", &here), ("scope", scope), ("keep", &keep)];
        let answer = wang.posts(&house.at("", "/console/kick"), &fields);
        assert_eq!(
            (answer.status, house.endings()),
            (200, before),
            "{scope}: the one that was to stay was all there was"
        );
    }
    assert!(wang.is_in(""));
    let other = [("csrf", csrf.as_str()), ("user", own.as_str()), ("scope", "all"), ("keep", "keep-app")];
    assert_eq!(wang.posts(&house.at("", "/console/kick"), &other).status, 303, "a tick at another scope says nothing");
    assert!(!wang.is_in(""));
}

#[test]
fn a_reason_is_kept_and_who_had_left_before_is_counted() {
    let house = House::open();
    let (mut desk, _, _, mut wang) = scene(&house);
    let mut sids = sids_of(&house, "lilei");
    sids.extend(sids_of(&house, "hanmeimei"));
    let notes = house.application("notes").id;
    let url = house.at("", &format!("/console/applications/{notes}/kick"));
    let csrf = wang.csrf_of(&house.at("", "/console"));
    let mut fields = vec![("csrf", csrf.as_str())];
    fields.extend(sids.iter().map(|sid| ("sid", sid.as_str())));
    let page = wang.posts(&url, &fields);
    (wang.page, wang.at) = (page, url);
    desk.logs_out();
    let long = "x".repeat(201);
    let again = wang.submits("/console/kick", &[("scope", "app"), ("reason", &long)]);
    assert_eq!(again.status, 422);
    assert!(again.text().contains(&long) && again.text().contains("value=\"app\" checked"), "nothing is lost");
    (wang.page, wang.at) = (again, house.at("", "/console/kick"));
    let answer = wang.submits("/console/kick", &[("scope", "device"), ("reason", "stolen \u{202e}laptop & <b>")]);
    let json = receipt(&house, &mut wang, &answer);
    assert_eq!((&json["sessionsEnded"], &json["leftBefore"]), (&Value::from(2), &Value::from(1)));
    assert_eq!(json["reason"], "stolen \u{202e}laptop & <b>");
    let page = wang.page.text();
    assert!(page.contains("2 ended, 1 had already left."));
    assert!(page.contains("stolen laptop &amp; &lt;b&gt;"), "shown as text, turning nothing around");
    assert!(page.contains("cannot be undone") && !page.contains("curl "), "there is no such call for devices");
    let kept: String = house.value("SELECT detail FROM audit WHERE act = 'console'", []);
    assert!(kept.contains("stolen"), "{kept}");
}

#[test]
fn a_receipt_shows_the_same_act_as_a_call_without_its_secret() {
    let house = House::open();
    let (_, _, _, mut wang) = scene(&house);
    forces_out(&house, &mut wang, &sids_of(&house, "lilei")[..1], "app");
    let (page, notes, lilei) = (wang.page.text(), house.application("notes").id, house.person("lilei").id);
    assert!(page.contains(&format!("/api/v2/applications/{notes}/kick-active-users")) && page.contains(lilei.as_str()));
    assert!(page.contains("Bearer $TOKEN"));
}
