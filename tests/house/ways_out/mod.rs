//! One file for each way out; the last for those that nobody walks by themselves.

mod console;
mod end_session;
mod front_end;
mod kick;
mod other;
mod personal_center;

use crate::support::{Answer, Browser, House};

/// The receipt of a farewell link.
#[track_caller]
fn receipt_of(answer: &Answer) -> String {
    let at = answer.location().find("r=").unwrap_or_else(|| panic!("no receipt in {}", answer.location())) + 2;
    answer.location()[at..].split('.').next().unwrap().to_owned()
}

/// Somebody who is in at the base host, in notes and in board: one session, three hosts.
#[track_caller]
pub fn in_everywhere(house: &House, name: &str) -> Browser {
    let mut browser = house.browser();
    browser.logs_in(name);
    for identifier in ["notes", "board"] {
        let answer = browser.opens(&house.at(identifier, "/u"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(browser.is_in(identifier), "{name} is not in {identifier}");
    }
    assert_eq!(
        house.count("SELECT count(DISTINCT session_id) FROM session_secrets"),
        house.count("SELECT count(*) FROM sessions")
    );
    browser
}

/// Which of the three hosts know the browser.
fn hosts_that_know(browser: &mut Browser) -> Vec<&'static str> {
    ["", "notes", "board"].into_iter().filter(|host| browser.is_in(host)).collect()
}
