//! The own profile: a language and a time zone that go with the person, and two who edit at once.

use crate::support::browser::encoded;
use crate::support::{Answer, Browser, House};

const LILEI: [(&str, &str); 4] =
    [("name", "Li Lei"), ("username", "lilei"), ("email", "lilei@example.com"), ("phone", "")];

#[track_caller]
fn saves(house: &House, browser: &mut Browser, more: &[(&str, &str)]) -> Answer {
    browser.opens(&house.at("", "/u/profile"));
    let typed: Vec<(&str, &str)> = LILEI.iter().chain(more).copied().collect();
    browser.submits("/u/profile", &typed)
}

/// A page as a browser with this header and these cookies gets it.
fn page(house: &House, browser: &Browser, path: &str, accepts: &str, cookies: &str) -> String {
    let cookie = format!("exeunt={}{cookies}", browser.secret("").unwrap());
    let headers = [("Accept-Language", accepts), ("Cookie", cookie.as_str())];
    house.ask(("GET", path), &headers, None).text()
}

fn lang(html: &str) -> &str {
    html.split("<html lang=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[test]
fn a_language_goes_with_the_person_below_what_this_browser_was_switched_to() {
    let house = House::open();
    let mut lilei = house.lets_in("lilei");
    let shown = |lilei: &Browser, path: &str, accepts: &str, cookies: &str| {
        lang(&page(&house, lilei, path, accepts, cookies)).to_owned()
    };
    assert_eq!(shown(&lilei, "/u", "en", ""), "en");
    let answer = saves(&house, &mut lilei, &[("lang", "zh"), ("zone", "")]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(answer.set_cookie("lang").is_some_and(|line| line.contains("Max-Age=0")), "a switch would hide it");
    assert_eq!(shown(&lilei, "/u", "en", ""), "zh-CN", "set by the person");
    assert_eq!(shown(&house.lets_in("lilei"), "/u", "en", ""), "zh-CN", "on every device");
    assert_eq!(shown(&lilei, "/u", "en", "; lang=en"), "en", "switched to in this browser");
    assert_eq!(shown(&lilei, "/u?lang=zh", "en", "; lang=en"), "zh-CN", "asked for");
    assert_eq!(shown(&house.lets_in("hanmeimei"), "/u", "en", ""), "en", "nobody else");
    assert_eq!(saves(&house, &mut lilei, &[("lang", "klingon"), ("zone", "")]).status, 303);
    assert_eq!(shown(&lilei, "/u", "en", ""), "en", "as the browser");
}

#[test]
fn a_time_zone_goes_with_the_person_above_the_browsers() {
    let house = House::open();
    let mut lilei = house.lets_in("lilei");
    let offset = |lilei: &Browser, cookies: &str| {
        let html = page(&house, lilei, "/u/devices", "en", cookies);
        html.split("datetime=\"").nth(1).unwrap().split('"').next().unwrap()[19..].to_owned()
    };
    house.clock.advance_ms(120_000);
    let second = house.lets_in("lilei");
    assert_eq!(offset(&second, ""), "+00:00");
    assert_eq!(offset(&second, "; tz=Asia%2FTokyo"), "+09:00");
    assert_eq!(saves(&house, &mut lilei, &[("lang", ""), ("zone", " america/st_johns ")]).status, 303);
    assert_eq!(house.value::<String>("SELECT zone FROM users WHERE username = 'lilei'", []), "America/St_Johns");
    assert_eq!(offset(&second, "; tz=Asia%2FTokyo"), "-03:30");
    for (zone, status) in
        [("Atlantis/Capital", 422), ("../../etc/passwd", 422), ("x".repeat(300).as_str(), 422), ("", 303)]
    {
        let answer = saves(&house, &mut lilei, &[("lang", ""), ("zone", zone)]);
        assert_eq!(answer.status, status, "{zone}");
        if status == 422 {
            assert!(answer.text().contains("no such time zone") && answer.text().contains(zone), "{}", answer.text());
        }
    }
    assert_eq!(offset(&second, "; tz=Asia%2FTokyo"), "+09:00", "as the browser again");
    let both = saves(&house, &mut lilei, &[("lang", ""), ("zone", "nowhere"), ("email", "no address")]);
    assert!(both.status == 400, "a field sent twice");
    lilei.opens(&house.at("", "/u/profile"));
    let typed = [("name", "x"), ("username", "lilei"), ("email", "no address"), ("phone", ""), ("zone", "nowhere")];
    let both = lilei.submits("/u/profile", &typed).text();
    assert!(both.contains("not an email address") && both.contains("no such time zone"), "all that is wrong at once");
}

#[test]
fn whoever_saves_second_sees_what_the_first_one_saved_and_keeps_what_they_typed() {
    let house = House::open();
    let mut lilei = house.lets_in("lilei");
    let mut elsewhere = lilei.clone();
    lilei.opens(&house.at("", "/u/profile"));
    elsewhere.opens(&house.at("", "/u/profile"));
    house.clock.advance_ms(1_000);
    let typed = |name: &'static str| [("name", name), LILEI[1], LILEI[2], LILEI[3], ("lang", ""), ("zone", "UTC")];
    assert_eq!(elsewhere.submits("/u/profile", &typed("Elsewhere")).status, 303);
    let answer = lilei.submits("/u/profile", &typed("<Here>"));
    assert_eq!(answer.status, 409);
    for told in ["value=\"&lt;Here&gt;\"", "Kept now: Elsewhere", "Somebody else saved first"] {
        assert!(answer.text().contains(told), "{told}: {}", answer.text());
    }
    assert_eq!(lilei.submits("/u/profile", &typed("<Here>")).status, 303);
    let stale = encoded(&[("csrf", "x"), ("seen", "1")]);
    assert_eq!(
        lilei
            .sends("POST", "/u/profile", &[("Content-Type", "application/x-www-form-urlencoded")], Some(&stale))
            .status,
        403
    );
}
