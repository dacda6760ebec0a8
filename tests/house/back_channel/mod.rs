//! OpenID Connect Back-Channel Logout: every application that held a piece of a session is told, whatever its state.

mod receipts;
mod retries;
mod token;
mod unruly;
mod ways;

use crate::support::{Browser, House, RelyingParty};

/// A house whose notes and board each want to be told.
fn listening() -> (House, RelyingParty, RelyingParty) {
    let (house, notes, board) = (House::open(), RelyingParty::open(), RelyingParty::open());
    house.tells("notes", &notes.uri());
    house.tells("board", &board.uri());
    (house, notes, board)
}

/// Somebody in notes and board: one session.
#[track_caller]
fn in_both(house: &House, name: &str) -> Browser {
    let mut browser = house.browser();
    browser.logs_in(name);
    for identifier in ["notes", "board"] {
        assert_eq!(browser.opens(&house.at(identifier, "/u")).status, 200);
    }
    browser
}

/// The public id of the session a browser holds.
#[track_caller]
fn sid(browser: &mut Browser) -> String {
    let answer = browser.fetches("/api/v1/session", &[]);
    answer.json()["sid"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}
