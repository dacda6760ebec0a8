//! Way 1: the personal center.

use crate::support::browser::Started;
use crate::support::{Answer, House};

/// The receipt of a farewell link.
pub fn receipt_of(answer: &Answer) -> String {
    let at = answer.location().find("r=").expect("a receipt in the link") + 2;
    answer.location()[at..].split('.').next().unwrap().to_owned()
}

#[test]
fn who_logs_out_is_out_and_the_copied_cookie_with_them() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut thief = lilei.clone();
    assert!(thief.is_in(""));
    let answer = lilei.logs_out();
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(answer.clears_the_session());
    assert!(answer.header("clear-site-data").is_some_and(|v| v.contains("\"cookies\"")));
    assert!(lilei.secret("").is_none());
    assert!(!thief.is_in(""), "the copy of the cookie");
    let farewell = lilei.follows(answer, Started::Here);
    assert_eq!(farewell.status, 200);
    assert!(farewell.text().contains("lilei of the house"));
}

#[test]
fn a_log_out_has_a_receipt_in_the_rows_and_for_programs() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let id = receipt_of(&lilei.logs_out());
    let stored: String = house.value("SELECT cause FROM endings WHERE id = ?1", [&id]);
    assert_eq!(stored, "personal_center");
    let receipt = house.program().receipt(&id);
    assert_eq!(receipt["cause"], "personal_center");
    assert_eq!(receipt["scope"], "device");
    assert_eq!(receipt["sessionsEnded"], 1);
    assert_eq!(receipt["complete"], true);
    assert_eq!(receipt["users"][0], house.person("lilei").id.as_str());
    assert_eq!(receipt["applications"][0]["appId"], house.application("notes").id.as_str());
}
