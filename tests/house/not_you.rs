//! "Not you?": a device that its person does not know is logged out, and the password changed, in one go.

use crate::support::browser::Form;
use crate::support::{House, PASSWORD};

#[test]
fn a_stranger_is_logged_out_and_the_password_changed_in_one_go() {
    let house = House::open();
    let (mut lilei, mut stranger) = (house.browser(), house.browser());
    stranger.logs_in("lilei");
    lilei.logs_in("lilei");
    let page = lilei.opens(&house.at("", "/u/devices"));
    let form = Form::find(&page.text(), "/u/devices/end").expect("a way out for the other device");
    assert_eq!(page.text().matches("name=\"then\" value=\"password\"").count(), 1, "not for this device");
    let mut fields: Vec<(&str, &str)> = form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("then", "password"));
    let answer = lilei.posts(&house.at("", "/u/devices/end"), &fields);
    assert_eq!(answer.location(), "/u/security", "{}", answer.text());
    assert!(!stranger.is_in("") && lilei.is_in(""));
    let security = lilei.opens(&house.at("", "/u/security"));
    assert!(security.text().contains("That device is logged out. Now change the password"));
    let typed = [("current", PASSWORD), ("new", "a better password"), ("again", "a better password")];
    assert_eq!(lilei.submits("/u/security/password", &typed).status, 303);
    stranger.logs_in_at(&house.at("", ""), "lilei", PASSWORD);
    assert!(!stranger.is_in(""), "the old password opens nothing");
    let again = lilei.posts(&house.at("", "/u/devices/end"), &fields);
    assert_eq!(again.status, 403, "the hidden value went with the old secret");
}
