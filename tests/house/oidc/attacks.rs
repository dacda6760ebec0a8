//! What an attacker would try who has read all of this: marks that are replayed, questions that are passed over, tokens that
//! outlive what they should not.

use std::sync::Arc;

use exeunt::domain::id::{PoolId, UserId};
use exeunt::domain::logout::Cause;
use exeunt::domain::oauth::TokenAlg;
use exeunt::flow::applications::{self, by_operator};
use exeunt::flow::error::Done;
use exeunt::flow::logout;
use exeunt::flow::state::State;
use exeunt::flow::users::{self, UserForm};
use exeunt::store::db::Act;
use serde_json::json;

use super::bad_input::refused;
use crate::support::browser::{Started, encoded};
use crate::support::client::{Client, Reply, Tokens};
use crate::support::people::Person;
use crate::support::{Browser, House, PASSWORD};

/// The address to which the log-in page leads back.
fn way_back(location: &str) -> String {
    let query = location.split_once('?').expect("a log-in page").1;
    let next = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
    next.expect("a way back").1.into_owned()
}

fn is_sent_to_log_in(browser: &mut Browser, url: &str) -> Option<String> {
    let answer = browser.loads(url, Started::Elsewhere);
    answer.location().starts_with("/login?").then(|| answer.location().to_owned())
}

#[test]
fn a_password_that_is_asked_for_is_asked() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    for params in [&[("prompt", "login")][..], &[("max_age", "0")], &[("prompt", "login"), ("state", "another")]] {
        let url = notes.request(params);
        let location = is_sent_to_log_in(&mut browser, &url).expect("the password");
        let back = house.at("", &way_back(&location));
        let mark = back.rsplit_once("exeunt_asked=").unwrap().1.to_owned();
        let (number, seal) = mark.split_once('.').unwrap();
        // Straight back, without having been there; with marks made up, or of another request.
        for forged in [
            back.clone(),
            format!("{url}&exeunt_asked="),
            format!("{url}&exeunt_asked=0"),
            format!("{url}&exeunt_asked=0.{seal}"),
            format!("{url}&exeunt_asked=-1.{seal}"),
            format!("{url}&exeunt_asked=00{number}.{seal}"),
            format!("{url}&exeunt_asked={number}."),
            format!("{url}&exeunt_asked={}", "9".repeat(30)),
            format!("{url}&exeunt_crossed=1"),
            format!("{url}&exeunt%5Fasked={mark}"),
            format!("{}&exeunt_asked={mark}", notes.request(&[("prompt", "login"), ("nonce", "another")])),
        ] {
            assert!(is_sent_to_log_in(&mut browser, &forged).is_some(), "{forged}");
        }
        let twice = browser.loads(&format!("{back}&exeunt_asked={mark}"), Started::Elsewhere);
        assert_eq!((twice.status, twice.location()), (400, ""), "two marks");
    }
}

#[test]
fn a_log_in_answers_the_request_that_asked_for_it_and_not_for_ever() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    browser.logs_in("lilei");
    for params in [&[("prompt", "login")][..], &[("max_age", "1")]] {
        house.clock.advance_ms(5_000);
        let location = is_sent_to_log_in(&mut browser, &notes.request(params)).expect("the password");
        let back = house.at("", &way_back(&location));
        browser.opens(&house.at("", &location));
        let reply = Reply::of(&browser.types_in("lilei", PASSWORD));
        assert!(reply.param("code").is_some(), "{reply:?}");
        // The same address, out of the history of this browser.
        house.clock.advance_ms(600_000);
        assert!(is_sent_to_log_in(&mut browser, &back).is_some(), "{params:?}: an old log-in");
    }
    // A clock that was set back makes no log-in younger than it is.
    house.clock.advance_ms(-3_600_000);
    assert!(is_sent_to_log_in(&mut browser, &notes.request(&[("max_age", "10000")])).is_some());
    assert_eq!(notes.asks(&mut browser, &[("max_age", "10000"), ("prompt", "none")]).error(), "login_required");
}

#[test]
fn people_of_another_pool_are_strangers() {
    let house = House::open();
    let (mut browser, shop) = (house.lets_in("lilei"), Client::of(&house, "shop"));
    let before = house.picture();
    assert_eq!(shop.asks(&mut browser, &[("prompt", "none")]).error(), "login_required");
    assert!(shop.asks(&mut browser, &[("prompt", "consent")]).asks_password(), "no question for a stranger");
    assert_eq!(before, house.picture());
    let page = browser.comes_from_elsewhere(&shop.request(&[]));
    assert!(Reply::of(&page).asks_password());
    let wrong = browser.submits("/login", &[("account", "lilei"), ("password", PASSWORD)]);
    assert_eq!(wrong.status, 422, "{}", wrong.location());
    browser.comes_from_elsewhere(&shop.request(&[]));
    let reply = Reply::of(&browser.types_in("polly", PASSWORD));
    let tokens = Tokens::of(&shop.trades(&reply.param("code").unwrap()));
    assert_eq!(shop.reads(&tokens.id)["sub"], house.person("polly").id.to_string());
    let lilei = house.person("lilei");
    let answer = house.foreign_program().tries_to_kick(shop.id, &json!([lilei.id]));
    assert_eq!(answer.json()["code"], 200, "unknown there, and so nobody");
}

#[test]
fn two_sessions_of_one_browser_are_ended_by_a_hint_of_both_only() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    let (mut one, other, friend) = (house.lets_in("lilei"), house.lets_in("lilei"), house.lets_in("hanmeimei"));
    let hint = notes.tokens(&mut one).id;
    let path = format!("/oidc/session/end?{}", encoded(&[("id_token_hint", &hint)]));
    let both = |a: &Browser, b: &Browser| {
        let cookies = format!("exeunt={}; exeunt={}", a.secret("").unwrap(), b.secret("").unwrap());
        house.ask(("GET", &path), &[("Cookie", cookies.as_str())], None)
    };
    assert_eq!(both(&one, &friend).status, 400, "a planted cookie is nobody's leave to end both");
    let mut friend = friend;
    assert!(one.is_in("") && friend.is_in(""));
    assert_eq!(both(&one, &other).status, 303);
    let mut other = other;
    assert!(!one.is_in("") && !other.is_in("") && friend.is_in(""));
}

// ---- tokens that may outlive a log-out

fn offline(house: &House) -> Client {
    house.adds("offline", |protocol| protocol.tokens_outlive_logout = true);
    Client::of(house, "offline")
}

/// What ends everything of somebody in an application, whatever may outlive a log-out.
type Way = (&'static str, fn(&House, &Client, UserId));

fn by_the_house(house: &House, end: impl FnOnce(&mut Act<'_>, &Arc<State>, PoolId) -> Done<()> + Send + 'static) {
    let pool = house.pool;
    house.state.write_now(move |act, state| end(act, state, pool)).expect("an ending");
}

const WAYS: [Way; 7] = [
    ("kick in the application", |house, client, user| {
        house.program().kicks(client.id, &[&Person { id: user }]);
    }),
    ("kick", |house, _, user| {
        let why = (Cause::Kicked, by_operator());
        by_the_house(house, move |act, state, pool| logout::kick(act, state, pool, (vec![user], None), why).map(drop));
    }),
    ("everybody", |house, client, _| {
        let id = client.id;
        by_the_house(house, move |act, state, pool| {
            logout::end_everybody(act, state, pool, id, by_operator()).map(drop)
        });
    }),
    ("disabled", |house, _, user| {
        by_the_house(house, move |act, state, pool| {
            let form = UserForm { username: "lilei".into(), disabled: true, ..UserForm::default() };
            users::edit(act, state, (pool, user), None, &form.judge()?, &by_operator()).map(drop)
        });
    }),
    ("deleted", |house, _, user| {
        by_the_house(house, move |act, state, pool| users::delete(act, state, pool, user, &by_operator()).map(drop));
    }),
    ("a password set by an administrator", |house, _, user| {
        by_the_house(house, move |act, state, pool| {
            users::set_password(act, state, (pool, user), "x", &by_operator()).map(drop)
        });
    }),
    ("all other sessions, from another one", |house, _, _| {
        let mut desk = house.lets_in("lilei");
        let csrf = desk.csrf_of(&house.at("", "/u/devices"));
        assert_eq!(desk.posts(&house.at("", "/u/devices/end-others"), &[("csrf", &csrf)]).status, 303);
    }),
];

#[test]
fn refresh_tokens_that_outlive_a_log_out_outlive_that_and_nothing_else() {
    for (way, ends) in WAYS {
        for left in [false, true] {
            let house = House::open();
            let (client, user, mut browser) = (offline(&house), house.person("lilei").id, house.lets_in("lilei"));
            let mut tokens = client.tokens(&mut browser);
            if left {
                let unused = client.code(&mut browser);
                assert_eq!(browser.logs_out().status, 303);
                tokens = Tokens::of(&client.refreshes(&tokens.refresh));
                assert_eq!(client.userinfo(&tokens.access).status, 200, "{way}: a plain log-out");
                refused("a code that waited", &client.trades(&unused), 400, "invalid_grant");
            }
            ends(&house, &client, user);
            client.is_out(&tokens);
            if way == "disabled" {
                // Enabled again: nothing comes back to life (security.md S7).
                house.rows().execute("UPDATE users SET status = 'activated' WHERE id = ?1", [user.as_str()]).unwrap();
                client.is_out(&tokens);
            }
        }
    }
}

#[test]
fn what_is_switched_off_outlives_no_further_log_out() {
    let house = House::open();
    let (client, mut browser) = (offline(&house), house.lets_in("lilei"));
    let tokens = client.tokens(&mut browser);
    house.changes(client.id, |protocol| protocol.tokens_outlive_logout = false);
    assert_eq!(browser.logs_out().status, 303);
    client.is_out(&tokens);
}

#[test]
fn tokens_of_a_deleted_application_are_nothing() {
    let house = House::open();
    let (client, mut browser) = (offline(&house), house.lets_in("lilei"));
    let (tokens, code) = (client.tokens(&mut browser), client.code(&mut browser));
    let id = client.id;
    by_the_house(&house, move |act, state, pool| applications::delete(act, state, pool, id, &by_operator()).map(drop));
    refused("userinfo", &client.userinfo(&tokens.access), 401, "invalid_token");
    refused("refresh", &client.refreshes(&tokens.refresh), 401, "invalid_client");
    refused("code", &client.trades(&code), 401, "invalid_client");
    let reply = client.asks(&mut browser, &[("prompt", "none")]);
    assert_eq!((reply.status, reply.location.as_str()), (400, ""), "nobody is sent there any more");
    let notes = Client::of(&house, "notes");
    assert_eq!(notes.introspects(&tokens.access), json!({ "active": false }));
}

#[test]
fn another_algorithm_or_another_secret_leaves_old_hints_of_the_secret_behind() {
    let house = House::open();
    house.adds("hashed", |protocol| protocol.id_token_alg = TokenAlg::Hs256);
    let (hashed, mut browser) = (Client::of(&house, "hashed"), house.lets_in("lilei"));
    let hint = hashed.tokens(&mut browser).id;
    let ends = |browser: &mut Browser| {
        browser
            .comes_from_elsewhere(&house.at("", &format!("/oidc/session/end?{}", encoded(&[("id_token_hint", &hint)]))))
    };
    house.changes(hashed.id, |protocol| protocol.id_token_alg = TokenAlg::Rs256);
    assert!(ends(&mut browser).text().contains("/oidc/session/confirm"));
    house.changes(hashed.id, |protocol| protocol.id_token_alg = TokenAlg::Hs256);
    assert!(ends(&mut browser).text().contains("/oidc/session/confirm"), "the secret is another one now");
    assert!(browser.is_in(""));
}
