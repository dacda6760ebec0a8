//! Races: whatever runs beside a kick, nothing from before it lives after its answer, and a log-in after it lives. The clock
//! stands still, so only the order of the writes can tell the two apart.

use std::sync::atomic::{AtomicBool, Ordering};

use exeunt::domain::oauth::GrantType;
use serde_json::json;

use super::cas;
use crate::oidc::exceptions::{AUTHING, by_password, by_token};
use crate::oidc::races::beside;
use crate::support::authing::Sdk;
use crate::support::client::{Client, Tokens};
use crate::support::people::Person;
use crate::support::{House, PASSWORD, Program};

/// Rounds of one race.
const ROUNDS: usize = 30;

fn open() -> House {
    let house = House::with(|config| config.workers = 2);
    house.settles("notes", |protocol| {
        protocol.grant_types.extend([GrantType::Password, GrantType::AuthingToken, GrantType::Cas]);
    });
    house
}

/// Kicks in one of the ways, by turns; back once that is answered.
fn kicks(house: &House, program: &Program, round: usize, who: &Person) {
    let notes = house.application("notes").id;
    let answer = match round % 4 {
        0 => program.tries_to_kick(notes, &json!([who.id])),
        1 => program.posts("/api/v2/users/kick", &json!({ "userIds": [who.id] })),
        2 => program.posts("/api/v3/kick-users", &json!({ "appIds": [notes], "userId": who.id })),
        _ => program.gets(&format!("/logout?userId={}", who.id)),
    };
    let body = answer.json();
    assert!(body["code"] == 200 || body["statusCode"] == 200, "round {round}: {body}");
}

/// The highest kick so far, in the application or from everything.
fn barrier(house: &House) -> i64 {
    house.count("SELECT max((SELECT coalesce(max(barrier_seq), 0) FROM kicks), (SELECT max(barrier_seq) FROM users))")
}

/// Logs in by a call in whichever way; the token, when one was given.
type LogsIn = fn(&Sdk, &Client) -> Option<String>;

fn by_account(sdk: &Sdk, _: &Client) -> Option<String> {
    let body = json!({ "account": "lilei", "password": sdk.encrypts(PASSWORD) });
    sdk.without_cookies().posts("/api/v2/login/account", &body).json()["data"]["token"].as_str().map(str::to_owned)
}

fn by_graphql(sdk: &Sdk, _: &Client) -> Option<String> {
    let answer = sdk.without_cookies().tries("lilei", &sdk.encrypts(PASSWORD));
    answer["data"]["loginByUsername"]["token"].as_str().map(str::to_owned)
}

fn by_signin(sdk: &Sdk, _: &Client) -> Option<String> {
    let body = sdk.signin("lilei", PASSWORD, "openid offline_access");
    let answer = sdk.without_cookies().posts("/api/v3/signin", &body).json();
    answer["data"]["access_token"].as_str().map(str::to_owned)
}

fn by_grant(_: &Sdk, notes: &Client) -> Option<String> {
    let answer = by_password(notes, "lilei", PASSWORD, "openid");
    let token = answer.json()["access_token"].as_str().map(str::to_owned);
    assert!(token.is_some() || answer.json()["error"] == "invalid_grant", "{}", answer.text());
    token
}

fn log_in_beside_kicks(logs_in: LogsIn) {
    let house = open();
    let (program, lilei) = (house.program(), house.person("lilei"));
    let (sdk, notes) = (Sdk::of(&house, "notes"), Client::of(&house, "notes"));
    let lives = |token: &str| {
        let mut sdk = sdk.without_cookies();
        token.clone_into(&mut sdk.token);
        sdk.gets("/api/v3/get-profile").json()["statusCode"] == 200
    };
    let active = || {
        let path = format!("/api/v2/applications/{}/active-users", notes.id);
        program.gets(&path).json()["data"]["totalCount"].as_i64().unwrap()
    };
    let (mut dead, mut alive) = (0, 0);
    for round in 0..ROUNDS {
        let done = AtomicBool::new(false);
        let given = beside(
            || {
                let given = logs_in(&sdk, &notes);
                done.store(true, Ordering::SeqCst);
                given
            },
            // In every second round until the log-in is answered.
            || {
                for more in 0..1_000 {
                    kicks(&house, &program, round + more, &lilei);
                    if round % 2 == 0 || done.load(Ordering::SeqCst) {
                        break;
                    }
                }
            },
        );
        let granted = house.count("SELECT coalesce(max(seq), 0) FROM grants");
        let after = given.is_some() && granted > barrier(&house);
        assert_eq!(given.as_deref().is_some_and(lives), after, "round {round}: {granted} {}", barrier(&house));
        // Who was refused because a kick came between is not in either: there is no half a log-in.
        assert_eq!(active(), i64::from(after), "round {round}");
        if after {
            alive += 1;
        } else {
            dead += 1;
        }
        kicks(&house, &program, round, &lilei);
        assert!(!given.as_deref().is_some_and(lives) && active() == 0, "round {round}: after the last kick");
        let again = logs_in(&sdk, &notes).expect("a log-in after it");
        assert!(lives(&again), "round {round}: a log-in after it lives");
        kicks(&house, &program, round, &lilei);
    }
    assert!(alive > 0 && dead > 0, "{dead} dead, {alive} alive: the two did not meet");
}

#[test]
fn guards_log_in_beside_a_kick_is_whole_or_nothing() {
    log_in_beside_kicks(by_account);
}

#[test]
fn a_log_in_by_graphql_beside_a_kick_is_whole_or_nothing() {
    log_in_beside_kicks(by_graphql);
}

#[test]
fn a_log_in_of_version_3_beside_a_kick_is_whole_or_nothing() {
    log_in_beside_kicks(by_signin);
}

#[test]
fn a_log_in_by_the_password_grant_beside_a_kick_is_whole_or_nothing() {
    log_in_beside_kicks(by_grant);
}

#[test]
fn a_log_in_token_that_is_traded_beside_a_kick_gives_nothing_that_lives() {
    let house = open();
    let (program, lilei) = (house.program(), house.person("lilei"));
    let (mut sdk, openid) = (Sdk::of(&house, "notes"), Client::of(&house, "notes"));
    let mut given = 0;
    for round in 0..2 * ROUNDS {
        let notes = if round % 2 == 0 { openid.clone() } else { openid.clone().plain() };
        sdk.logs_in("lilei");
        let answer =
            beside(|| by_token(&notes, &sdk.token, "offline_access"), || kicks(&house, &program, round, &lilei));
        if answer.status == 200 {
            given += 1;
            notes.is_out(&Tokens::of(&answer));
        } else {
            assert_eq!(answer.json()["error"], "invalid_grant", "round {round}: {}", answer.text());
        }
        let late = by_token(&notes, &sdk.token, "");
        assert_eq!(late.json()["error"], "invalid_grant", "round {round}: {AUTHING}");
    }
    assert!(given < 2 * ROUNDS, "in no round did the kick come first");
}

#[test]
fn a_ticket_that_is_given_or_shown_beside_a_kick_tells_nothing_after_it() {
    let house = open();
    let (program, lilei) = (house.program(), house.person("lilei"));
    let (mut told, mut given) = (0, 0);
    for round in 0..2 * ROUNDS {
        let mut browser = house.lets_in("lilei");
        let (first, second) = (cas::ticket(&house, &mut browser), cas::ticket(&house, &mut browser));
        if round % 2 == 0 {
            let said = beside(|| cas::shows(&house, &first, &[]), || kicks(&house, &program, round, &lilei));
            told += usize::from(said["authenticationSuccess"].is_object());
        } else {
            let silent = [("service", cas::SERVICE), ("gateway", "true")];
            let answer = beside(|| cas::asks(&house, &mut browser, &silent), || kicks(&house, &program, round, &lilei));
            if answer.location() != cas::SERVICE {
                given += 1;
                let ticket = cas::ticket_of(&answer);
                assert_eq!(cas::failure(&cas::shows(&house, &ticket, &[])), "INVALID_TICKET", "round {round}");
            }
        }
        for ticket in [&first, &second] {
            assert_eq!(cas::failure(&cas::shows(&house, ticket, &[])), "INVALID_TICKET", "round {round}");
        }
        let silent = cas::asks(&house, &mut browser, &[("service", cas::SERVICE), ("gateway", "true")]);
        assert_eq!(silent.location(), cas::SERVICE, "round {round}: nobody is let back in");
        let mut browser = house.lets_in("lilei");
        let again = cas::ticket(&house, &mut browser);
        assert!(cas::shows(&house, &again, &[])["authenticationSuccess"].is_object(), "round {round}: after it");
    }
    assert!(told < ROUNDS && given < ROUNDS, "in no round did the kick come first");
}

#[test]
fn a_ticket_that_is_shown_twice_at_once_tells_once() {
    let house = open();
    let mut browser = house.lets_in("lilei");
    for round in 0..ROUNDS {
        let ticket = cas::ticket(&house, &mut browser);
        let shows = || cas::shows(&house, &ticket, &[])["authenticationSuccess"].is_object();
        let second = std::sync::Mutex::new(false);
        let first = beside(shows, || *second.lock().unwrap() = shows());
        assert!(first != second.into_inner().unwrap(), "round {round}");
    }
}
