//! What an act has done is said once, by the page it leads to, to whoever did it.

use crate::support::browser::Started;
use crate::support::{Browser, House};

const SAID: &str = "class=\"notice\" role=\"status\"";

/// Lilei, who has just logged out a device of theirs and not yet seen the page that says so.
fn has_just_ended_one(house: &House) -> Browser {
    let (mut lilei, _) = (house.lets_in("lilei"), house.lets_in("lilei"));
    lilei.opens(&house.at("", "/u/devices"));
    let answer = lilei.submits("/u/devices/end", &[]);
    assert_eq!((answer.status, answer.location()), (303, "/u/devices"), "{}", answer.text());
    let cookie = answer.set_cookie("exeunt_flash").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Domain"), "{cookie}");
    lilei
}

#[test]
fn it_is_said_once_first_in_the_title_and_not_again() {
    let house = House::open();
    let mut lilei = has_just_ended_one(&house);
    let page = lilei.opens(&house.at("", "/u/devices"));
    assert!(page.text().contains("<title>That device is logged out · Devices · exeunt</title>"), "{}", page.text());
    assert!(page.text().contains(SAID));
    let gone = page.set_cookie("exeunt_flash").expect("it is taken back");
    assert!(gone.starts_with("exeunt_flash=; Path=/; HttpOnly; SameSite=Lax") && gone.contains("Max-Age=0"), "{gone}");
    let again = lilei.opens(&house.at("", "/u/devices"));
    assert!(!again.text().contains(SAID) && again.text().contains("<title>Devices · exeunt</title>"));
}

#[test]
fn no_link_tells_of_a_deed_that_nobody_did() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let user = house.person("lilei").id;
    let application = house.application("notes").id;
    for link in [
        "/u/devices?done=one".to_owned(),
        "/u/devices?done=others".to_owned(),
        "/u/applications?left=1".to_owned(),
        "/u/profile?saved=1".to_owned(),
        "/u/security?changed=1".to_owned(),
        "/u/security?out=1".to_owned(),
        "/console/settings?saved=1".to_owned(),
        format!("/console/users/{user}?saved=1"),
        format!("/console/applications/{application}?saved=1"),
        format!("/console/applications/{application}/protocol?saved=1"),
    ] {
        let page = wang.loads(&house.at("", &link), Started::Elsewhere);
        assert!(page.status == 200 && !page.text().contains(SAID), "{link}");
    }
}

#[test]
fn it_is_for_this_person_this_page_and_a_minute() {
    let house = House::open();
    let lilei = has_just_ended_one(&house);
    let host = house.host("");
    let said = |browser: &mut Browser, path: &str| browser.opens(&house.at("", path)).text().contains(SAID);
    let cookie = lilei.jar[&host]["exeunt_flash"].clone();
    let mut friend = house.lets_in("hanmeimei");
    friend.jar.get_mut(&host).unwrap().insert("exeunt_flash".to_owned(), cookie.clone());
    assert!(!said(&mut friend, "/u/devices"), "planted in another browser");
    let mut forged = lilei.clone();
    let other = cookie.replacen("device.", "password.", 1);
    forged.jar.get_mut(&host).unwrap().insert("exeunt_flash".to_owned(), other);
    assert!(!said(&mut forged, "/u/devices"), "another word");
    let mut elsewhere = lilei.clone();
    assert!(!said(&mut elsewhere, "/u/security"));
    assert!(said(&mut elsewhere, "/u/devices"), "another page does not use it up");
    let mut open_page = lilei.clone();
    open_page.fetches(&house.at("", "/u/devices"), &[("X-Exeunt-Live", "1")]);
    assert!(said(&mut open_page, "/u/devices"), "nor does a page that turns by itself");
    house.clock.advance_ms(61_000);
    assert!(!said(&mut lilei.clone(), "/u/devices"), "too late");
}

#[test]
fn the_console_says_it_the_same_way() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let at = format!("/console/users/{}", house.person("lilei").id);
    wang.opens(&house.at("", &at));
    let answer =
        wang.submits(&at, &[("username", "lilei"), ("name", "Li Lei"), ("email", "lei@example.com"), ("phone", "")]);
    assert_eq!((answer.status, answer.location()), (303, at.as_str()), "{}", answer.text());
    let page = wang.follows(answer, Started::Here).text();
    assert!(page.contains(SAID) && page.contains("<title>Saved · "), "{page}");
    assert!(!wang.opens(&house.at("", &at)).text().contains(SAID));
}
