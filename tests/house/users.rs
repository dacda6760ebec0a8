//! The users of the console: found page by page, looked at tab by tab, forced out of one thing or switched off.

use crate::support::browser::Form;
use crate::support::{Browser, House};

fn page_of(house: &House, name: &str, tab: &str) -> String {
    house.at("", &format!("/console/users/{}{tab}", house.person(name).id))
}

/// The form of the present page to `action` that holds this hidden value, sent off.
#[track_caller]
fn presses(browser: &mut Browser, action: &str, name: &str, value: &str) -> crate::support::Answer {
    let html = browser.page.text();
    let part = html.split("<form").skip(1).find(|part| {
        let part = part.split("</form>").next().unwrap();
        part.contains(&format!("action=\"{action}\"")) && part.contains(&format!("name=\"{name}\" value=\"{value}\""))
    });
    let form =
        Form::find(&format!("<form{}", part.unwrap_or_else(|| panic!("no {name}={value}: {html}"))), action).unwrap();
    let fields: Vec<(&str, &str)> = form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let url = browser.at.clone();
    let origin = url::Url::parse(&url).unwrap().origin().ascii_serialization();
    browser.posts(&format!("{origin}{action}"), &fields)
}

#[test]
fn whoever_is_sought_is_found_page_by_page() {
    let house = House::open();
    let rows = house.rows();
    for n in 0..120 {
        rows.execute(
            "INSERT INTO users (id, pool_id, username, username_key, name, phone, role, status, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, 'person', 'activated', ?6, ?6)",
            rusqlite::params![
                format!("{n:024x}"),
                house.pool.as_str(),
                format!("extra{n}"),
                if n % 2 == 0 { "Even 50%_" } else { "Odd" },
                format!("+86139{n:08}"),
                n
            ],
        )
        .unwrap();
    }
    let mut wang = house.lets_in("wang");
    let mut seen = std::collections::BTreeSet::new();
    let mut at = house.at("", "/console/users?q=50%25_");
    for _ in 0..3 {
        let answer = wang.opens(&at);
        assert_eq!(answer.status, 200);
        let html = answer.text();
        seen.extend(html.split("<bdi>extra").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()));
        let Some(next) = html.split("rel=\"next\"").next().filter(|_| html.contains("rel=\"next\"")) else { break };
        let href = next.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&amp;", "&");
        at = house.at("", &href);
    }
    assert_eq!(seen.len(), 60, "every second one, over two pages");
    assert!(seen.iter().all(|n| n.parse::<u32>().unwrap() % 2 == 0));
    for (q, found) in [("extra77", "extra77"), ("+8613900000077", "extra77"), (&format!("{:024x}", 77), "extra77")] {
        let answer = wang.opens(&house.at("", &format!("/console/users?q={}", q.replace('+', "%2B"))));
        assert!(answer.text().contains(&format!("<bdi>{found}</bdi>")), "{q}");
        assert_eq!(answer.text().matches("<bdi>extra").count(), 1, "{q}");
    }
}

#[test]
fn two_administrators_at_one_user_lose_nothing() {
    let house = House::open();
    let (mut wang, mut zhao) = (house.lets_in("wang"), house.lets_in("zhao"));
    let at = page_of(&house, "lilei", "");
    let path = at.strip_prefix(&house.at("", "")).unwrap().to_owned();
    wang.opens(&at);
    zhao.opens(&at);
    house.clock.advance_ms(1_000);
    let by_zhao = [("username", "lilei"), ("name", "Named by Zhao"), ("email", "lei@example.com"), ("phone", "")];
    assert_eq!(zhao.submits(&path, &by_zhao).status, 303);
    let by_wang = [("username", "lilei"), ("name", "Named by <Wang>"), ("email", "lei@example.com"), ("phone", "")];
    let answer = wang.submits(&path, &by_wang);
    assert_eq!(answer.status, 409);
    let html = answer.text();
    for told in ["Somebody else saved first", "value=\"Named by &lt;Wang&gt;\"", "Kept now: Named by Zhao"] {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert!(!html.contains("Kept now: lei@example.com"), "only what differs");
    let name = || house.value::<String>("SELECT name FROM users WHERE username = 'lilei'", []);
    assert_eq!(name(), "Named by Zhao");
    assert_eq!(wang.submits(&path, &by_wang).status, 303, "once more, knowing");
    assert_eq!(name(), "Named by <Wang>");
}

#[test]
fn each_tab_tells_one_thing_and_none_a_secret() {
    let house = House::open();
    let (mut one, mut two) = (house.browser(), house.browser());
    for browser in [&mut one, &mut two] {
        browser.logs_in("lilei");
        browser.opens(&house.at("board", "/u"));
    }
    house.browser().logs_in_at(&house.at("", ""), "lilei", "not the password");
    let mut wang = house.lets_in("wang");
    let mut tab = |tab: &str| wang.opens(&page_of(&house, "lilei", tab)).text();
    assert!(tab("").contains("lilei of the house") && tab("").contains("2 sessions"));
    assert_eq!(tab("/devices").matches("name=\"sid\"").count(), 2);
    let applications = tab("/applications");
    assert!(applications.contains("BOARD") && applications.contains("NOTES") && applications.contains("on 2 devices"));
    assert!(tab("/history").contains("Wrong password") && !tab("/history?kind=logins").contains("Wrong password"));
    let data = tab("/data");
    assert!(data.contains("lilei@example.com") && data.contains("&quot;sessions&quot;"));
    for secret in ["argon2", "password", "hash", &one.secret("").unwrap()] {
        let code = data.split("id=\"data\"").nth(1).unwrap().split("</code>").next().unwrap();
        assert!(!code.contains(secret), "{secret}");
    }
    let mut olga = house.lets_in("olga");
    for of in ["", "/devices", "/applications", "/history", "/data"] {
        assert_eq!(olga.opens(&page_of(&house, "lilei", of)).status, 404, "{of}: another pool's");
        assert_eq!(one.opens(&page_of(&house, "lilei", of)).status, 403, "{of}: no administrator");
    }
}

#[test]
fn somebody_is_forced_out_of_one_device_or_one_application() {
    let house = House::open();
    let (mut one, mut two) = (house.browser(), house.browser());
    for browser in [&mut one, &mut two] {
        browser.logs_in("lilei");
        browser.opens(&house.at("board", "/u"));
    }
    let mut wang = house.lets_in("wang");
    wang.opens(&page_of(&house, "lilei", "/devices"));
    let sid = house.sid_of(&one);
    let end = format!("/console/users/{}/end", house.person("lilei").id);
    let mut late = wang.clone();
    let answer = presses(&mut wang, &end, "sid", sid.as_str());
    assert!(answer.location().starts_with("/console/receipts/"), "{} {}", answer.status, answer.text());
    assert!(!one.is_in("") && !one.is_in("board") && two.is_in("") && two.is_in("board"));
    let again = presses(&mut late, &end, "sid", sid.as_str());
    assert!(again.location().ends_with("/devices"), "it had ended: {} {}", again.status, again.text());
    let page = wang.opens(&page_of(&house, "lilei", "/applications"));
    assert!(page.text().contains("on 1 device"), "{}", page.text());
    let board = house.application("board").id;
    let action = format!("/console/users/{}/leave", house.person("lilei").id);
    let answer = presses(&mut wang, &action, "application", board.as_str());
    assert!(answer.location().starts_with("/console/receipts/"), "{} {}", answer.status, answer.text());
    assert!(!two.is_in("board") && two.is_in(""), "out of the board only");
    let foreign = house.application("shop").id;
    let csrf = wang.csrf_of(&house.at("", "/u"));
    let fields = [("csrf", csrf.as_str()), ("application", foreign.as_str())];
    assert_eq!(wang.posts(&house.at("", &action), &fields).status, 404, "another pool's application");
}

#[test]
fn a_user_is_switched_off_and_on_from_the_head_of_every_tab() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut wang = house.lets_in("wang");
    wang.opens(&page_of(&house, "lilei", "/history"));
    let action = format!("/console/users/{}/status", house.person("lilei").id);
    let answer = wang.submits(&action, &[]);
    assert!(answer.location().starts_with("/console/receipts/"), "{} {}", answer.status, answer.text());
    assert!(!lilei.is_in(""));
    let kept = "SELECT status || ' ' || email FROM users WHERE username = 'lilei'";
    assert_eq!(house.value::<String>(kept, []), "disabled lilei@example.com");
    let page = wang.opens(&page_of(&house, "lilei", ""));
    assert!(!page.text().contains("reset-link"), "nobody sets a password who may not log in");
    assert_eq!(wang.submits(&action, &[]).status, 303);
    assert_eq!(house.value::<String>(kept, []), "activated lilei@example.com");
    let csrf = wang.csrf_of(&house.at("", "/u"));
    let nonsense = [("csrf", csrf.as_str()), ("status", "deleted")];
    assert_eq!(wang.posts(&house.at("", &action), &nonsense).status, 400);
    let own = wang.opens(&page_of(&house, "wang", ""));
    assert!(!own.text().contains("/status\""), "nobody switches themselves off by the way");
}

#[test]
fn a_new_user_is_told_all_that_is_wrong_at_once_and_then_that_it_was_made() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let at = house.at("", "/console/users/new");
    wang.opens(&at);
    let fields = [("username", "LiLei"), ("email", "not one"), ("phone", "+8613800000000"), ("password", "short")];
    let refused = wang.submits("/console/users/new", &fields);
    assert_eq!(refused.status, 422);
    let html = refused.text();
    for field in ["username", "email", "password"] {
        assert!(html.contains(&format!("href=\"#{field}\"")), "{field}: {html}");
    }
    assert!(html.contains("This is taken"));
    wang.opens(&at);
    let made = wang.submits("/console/users/new", &[("username", "newcomer"), ("name", "New Comer")]);
    assert_eq!(made.status, 303);
    assert!(wang.opens(&house.at("", made.location())).text().contains("New Comer is created"));
}

#[test]
fn whoever_disables_somebody_who_is_nowhere_is_back_at_the_user() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let home = page_of(&house, "lilei", "");
    wang.opens(&home);
    let action = format!("/console/users/{}/status", house.person("lilei").id);
    let answer = presses(&mut wang, &action, "status", "disabled");
    assert!(home.ends_with(answer.location().split('?').next().unwrap()), "{}", answer.location());
    let page = wang.opens(&house.at("", answer.location())).text();
    assert!(page.contains("lilei of the house is disabled"), "{page}");
    assert_eq!(house.endings(), 1, "what was in flight is void all the same");
    wang.opens(&home);
    let back = presses(&mut wang, &action, "status", "enabled");
    assert!(wang.opens(&house.at("", back.location())).text().contains("may log in again"));
}

#[test]
fn the_receipt_of_a_disabled_user_leads_back_and_sends_nobody_to_log_in() {
    let house = House::open();
    let (mut wang, _) = (house.lets_in("wang"), house.lets_in("lilei"));
    wang.opens(&page_of(&house, "lilei", ""));
    let id = house.person("lilei").id;
    let answer = presses(&mut wang, &format!("/console/users/{id}/status"), "status", "disabled");
    assert!(answer.location().starts_with("/console/receipts/"), "{}", answer.location());
    house.upkeep();
    let page = wang.opens(&house.at("", answer.location())).text();
    assert!(page.contains(&format!("href=\"/console/users/{id}\"")) && page.contains("Back to "), "{page}");
    assert!(!page.contains("logs in again"), "{page}");
    let title = page.split("<title>").nth(1).unwrap().split('<').next().unwrap();
    assert!(title.contains("logged out"), "the title says what came of it: {title}");
    assert!(page.contains("<h1 tabindex=\"-1\" autofocus>"));
}

#[test]
fn the_list_says_in_which_applications_somebody_is() {
    let house = House::open();
    let (mut wang, mut lilei) = (house.lets_in("wang"), house.browser());
    lilei.logs_in("lilei");
    let list = wang.opens(&house.at("", "/console/users")).text();
    let row = |name: &str| list.split("<tr").find(|row| row.contains(&format!(">{name}<"))).unwrap().to_owned();
    assert!(row("lilei").contains("NOTES"), "{}", row("lilei"));
    assert!(!row("hanmeimei").contains("NOTES"), "{}", row("hanmeimei"));
    let users = list.split("href=\"/console/users\"").nth(1).unwrap().split("</a>").next().unwrap();
    assert!(users.contains(|c: char| c.is_ascii_digit()), "the rail counts them: {users}");
}
